"""Quality of recipes over seeds, on the project's own data and on that of others.

    python benchmarks/quality.py --recipe train/recipes/quick.toml --seed 13 --seed 14 --seed 15
    python benchmarks/quality.py --checkpoint out/default/checkpoint       # measures what is trained already
    python benchmarks/quality.py --fast                                    # quick recipe, one training

| data | what is measured |
|---|---|
| corpus | the test split of the shipped corpus (file number ending in 5) |
| held-out | theatres of the corpus that a training of its own leaves out |
| real | ../shared/real/dev: real dispatches, never trained on |
| disturbed | the same in lower case, in capitals, without accents, with numbers spelt the other way |
| conll04, muc4, re3d | ../shared/bench: trained and tested on each, with the recipe's encoder and fitting |

Trainings go to OUT/<recipe>/<seed>/<data>/checkpoint and are reused, so that an interrupted benchmark goes on. The
table so far is written after each step to OUT/quality.md and OUT/quality.json, every figure and case beside the
checkpoint. What is not there is said in the table.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import conll04
import muc4
import re3d
import typer
from dateline_infer import Extractor
from dateline_labels import DatelineError, Dispatch, InputError, Place, read_dispatches
from dateline_labels.files import write_atomically
from dateline_labels.splits import leave_folders_out, split_by_number
from dateline_train.evaluating import load_extractor
from dateline_train.recipe import Recipe
from disturbing import DISTURBANCES, disturbed
from measuring import Figures, measured, measured_roles
from public_data import PublicData
from quality_table import QualityTable
from role_fillers import Entity
from trainings import train_on_own, train_on_public

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "train" / "recipes"
DATA = ("corpus", "held-out", "real", "disturbed", "conll04", "muc4", "re3d")
SHIPPED = ("corpus", "real", "disturbed")
"""What one training on the shipped corpus is measured on."""
_NOTES = {
    "corpus": ("the corpus is machine-made, and so is its annotation",),
    "real": ("the gold was annotated by instances of a large language model, not by people",),
}


@dataclass(frozen=True)
class Sources:
    """Where the data lies."""

    corpus: Path = ROOT / "labels" / "corpus"
    shared: Path = ROOT.parent / "shared"

    def of(self, data: str) -> Path:
        """The file or folder that `data` is read from."""
        if data in ("corpus", "held-out"):
            return self.corpus
        return self.shared / "real" / "dev" if data in SHIPPED else self.shared / "bench" / data


@dataclass(frozen=True)
class Plan:
    """What is to be measured on which data, and where the results go."""

    recipes: tuple[Path, ...]
    seeds: tuple[int, ...]
    checkpoints: tuple[Path, ...]
    data: tuple[str, ...]
    out: Path
    sources: Sources = field(default_factory=Sources)


@dataclass(frozen=True)
class _Step:
    """One training, or one checkpoint that is there already, and the data it is measured on."""

    column: str
    seed: str
    data: tuple[str, ...]
    folder: Path
    recipe: Recipe | None  # None: `folder` holds results alone, the column names the checkpoint


def run(plan: Plan) -> QualityTable:
    """Measure everything of the plan; raises InputError on faulty recipes, checkpoints or data."""
    recipes = _read_recipes(plan.recipes)
    table = QualityTable((*recipes, *map(str, plan.checkpoints)))
    there = tuple(data for data in plan.data if plan.sources.of(data).exists())
    table.absent.update({name: f"{plan.sources.of(name)}" for name in plan.data if name not in there})
    table.notes.update({name: notes for name, notes in _NOTES.items() if name in there})
    steps = list(_steps(plan, recipes, there))
    for number, step in enumerate(steps, start=1):
        typer.echo(f"[{number}/{len(steps)}] {step.column}, seed {step.seed}: {', '.join(step.data)}", err=True)
        for data, figures in _take(step, plan.sources, table):
            table.add(data, step.column, step.seed, figures)
        _write(table, plan.out)
    _write(table, plan.out)
    return table


def _read_recipes(paths: Sequence[Path]) -> dict[str, Recipe]:
    recipes: dict[str, Recipe] = {}
    for path in paths:
        recipe = Recipe.read(path.resolve())
        if recipe.name in recipes or Path(recipe.name).name != recipe.name:
            what = f"expected names of folders, different for each recipe, got {recipe.name!r}"
            raise InputError(Place(str(path)), "name", what)
        recipes[recipe.name] = recipe
    return recipes


def _steps(plan: Plan, recipes: dict[str, Recipe], there: Sequence[str]) -> Iterator[_Step]:
    """Checkpoints first, then seed by seed, so that every recipe has a figure early."""
    shipped = tuple(data for data in there if data in SHIPPED)
    for number, checkpoint in enumerate(plan.checkpoints, start=1):
        if shipped:
            folder = plan.out / f"checkpoint-{number}"
            yield _Step(str(checkpoint), _seed_of(checkpoint), shipped, folder, None)
    for seed in plan.seeds:
        for name, recipe in recipes.items():
            folder, seeded = plan.out.resolve() / name / str(seed), replace(recipe, seed=seed)
            if shipped:
                yield _Step(name, str(seed), shipped, folder / "corpus", seeded)
            for data in there:
                if data not in SHIPPED:
                    yield _Step(name, str(seed), (data,), folder / data, seeded)


def _take(step: _Step, sources: Sources, table: QualityTable) -> Iterator[tuple[str, Figures]]:
    if step.recipe is None:
        yield from _shipped(load_extractor(Path(step.column)), step, sources, table)
    elif set(step.data) <= set(SHIPPED):
        extractor = load_extractor(train_on_own(step.recipe, step.folder, "number"))
        yield from _shipped(extractor, step, sources, table)
    elif step.data == ("held-out",):
        extractor = load_extractor(train_on_own(step.recipe, step.folder, "held-out"))
        yield "held-out", measured(extractor, _held_out(extractor, step.recipe, sources, table), step.folder)
    else:
        yield step.data[0], _public(step.data[0], step.recipe, step.folder, sources, table)


def _shipped(extractor: Extractor, step: _Step, sources: Sources, table: QualityTable) -> Iterator[tuple[str, Figures]]:
    """The figures of a reader of the shipped schema."""
    schema = extractor.config.schema
    if "corpus" in step.data:
        gold = split_by_number(read_dispatches([sources.corpus], schema)).test
        yield "corpus", measured(extractor, gold, step.folder / "test")
        table.notes["corpus"] = (*_NOTES["corpus"], _size(gold))
    real = read_dispatches([sources.of("real")], schema) if {"real", "disturbed"} & set(step.data) else []
    if "real" in step.data:
        yield "real", measured(extractor, real, step.folder / "real")
        table.notes["real"] = (*_NOTES["real"], _size(real))
    if "disturbed" in step.data:
        for name, disturbance in DISTURBANCES.items():
            again, count = disturbed(real, disturbance)
            yield f"real, {name}", measured(extractor, again, step.folder / f"real-{name.replace(' ', '-')}")
            table.notes[f"real, {name}"] = (f"{count} pieces of {len(real)} dispatches were rewritten",)


def _held_out(extractor: Extractor, recipe: Recipe, sources: Sources, table: QualityTable) -> tuple[Dispatch, ...]:
    dispatches = read_dispatches([sources.corpus], extractor.config.schema)
    gold = leave_folders_out(dispatches, recipe.data.held_out).test
    table.notes["held-out"] = (f"left out are {', '.join(recipe.data.held_out)}", _size(gold))
    return gold


def _public(name: str, recipe: Recipe, folder: Path, sources: Sources, table: QualityTable) -> Figures:
    data, entities = _read_public(name, sources.of(name))
    table.notes[name] = data.notes
    extractor = load_extractor(train_on_public(recipe, folder, data))
    if entities is not None:
        return measured_roles(extractor, data.test, entities, folder)
    return measured(extractor, data.test, folder)


def _read_public(name: str, folder: Path) -> tuple[PublicData, list[dict[str, list[Entity]]] | None]:
    if name == "muc4":
        return muc4.read(folder)
    return (conll04.read(folder) if name == "conll04" else re3d.read(folder)), None


def _seed_of(checkpoint: Path) -> str:
    record = checkpoint / "training.json"
    return str(json.loads(record.read_text(encoding="utf-8"))["recipe"]["seed"]) if record.is_file() else "unknown"


def _size(gold: Sequence[Dispatch]) -> str:
    words = sum(len(dispatch.text.split()) for dispatch in gold)
    spans = sum(len(dispatch.spans) for dispatch in gold)
    return f"{len(gold)} dispatches, {words} words, {spans} spans, {sum(len(d.relations) for d in gold)} relations"


def _write(table: QualityTable, out: Path) -> None:
    plain = json.dumps(table.plain(), indent=1, ensure_ascii=False) + "\n"
    write_atomically(out / "quality.json", plain.encode("utf-8"))
    write_atomically(out / "quality.md", table.markdown().encode("utf-8"))


def main(
    recipe: Annotated[list[Path] | None, typer.Option(help="A recipe to train and measure.")] = None,
    seed: Annotated[list[int] | None, typer.Option(help="A seed to train each recipe with.")] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint or bundle of the shipped schema, measured untrained.")
    ] = None,
    only: Annotated[str, typer.Option(help=f"Some of {','.join(DATA)}.")] = "",
    fast: Annotated[
        bool, typer.Option(help="quick.toml, seed 13, corpus, real and disturbed, where not given.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where trainings and results go.")] = Path("out/quality"),
) -> None:
    """Measure recipes over seeds, or checkpoints, and print one table."""
    recipes = tuple(recipe or ())
    if not recipes and not checkpoint:
        recipes = (RECIPES / "quick.toml",) if fast else (RECIPES / "quick.toml", RECIPES / "default.toml")
    seeds = tuple(dict.fromkeys(seed or ([13] if fast else [13, 14, 15])))
    data = _chosen_data(only, fast or not recipes)
    if not recipes and not set(data) <= set(SHIPPED):
        what = f"checkpoints are measured on {', '.join(SHIPPED)}; the others need a --recipe to train"
        raise InputError(Place("--only"), "only", what)
    table = run(Plan(recipes, seeds, tuple(dict.fromkeys(checkpoint or ())), data, out))
    typer.echo(table.markdown())
    typer.echo(f"The table is in {out / 'quality.md'} and {out / 'quality.json'}", err=True)


def _chosen_data(only: str, is_shipped: bool) -> tuple[str, ...]:
    if not only:
        return SHIPPED if is_shipped else DATA
    names = [name.strip() for name in only.split(",")]
    unknown = [name for name in names if name not in DATA]
    if unknown:
        raise InputError(Place("--only"), "only", f"expected some of {', '.join(DATA)}, got {unknown[0]!r}")
    return tuple(name for name in DATA if name in names)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    try:
        app()
    except DatelineError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
