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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import typer
from dateline_labels import InputError, Place
from dateline_labels.files import write_atomically
from dateline_train.recipe import Recipe
from quality_steps import DATA, NOTES, ROOT, SHIPPED, Sources, Step, take
from quality_table import QualityTable
from script import run_script

RECIPES = ROOT / "train" / "recipes"


@dataclass(frozen=True)
class Plan:
    """What is to be measured on which data, and where the results go."""

    recipes: tuple[Path, ...]
    seeds: tuple[int, ...]
    checkpoints: tuple[Path, ...]
    data: tuple[str, ...]
    out: Path
    sources: Sources = field(default_factory=Sources)


def run(plan: Plan) -> QualityTable:
    """Measure everything of the plan; raises InputError on faulty recipes, checkpoints or data."""
    recipes = _read_recipes(plan.recipes)
    table = QualityTable((*recipes, *map(str, plan.checkpoints)))
    there = tuple(data for data in plan.data if plan.sources.of(data).exists())
    table.absent.update({name: f"{plan.sources.of(name)}" for name in plan.data if name not in there})
    table.notes.update({name: notes for name, notes in NOTES.items() if name in there})
    steps = list(_steps(plan, recipes, there))
    for number, step in enumerate(steps, start=1):
        typer.echo(f"[{number}/{len(steps)}] {step.column}, seed {step.seed}: {', '.join(step.data)}", err=True)
        for data, figures in take(step, plan.sources, table):
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


def _steps(plan: Plan, recipes: dict[str, Recipe], there: Sequence[str]) -> Iterator[Step]:
    """Checkpoints first, then seed by seed, so that every recipe has a figure early."""
    shipped = tuple(data for data in there if data in SHIPPED)
    for number, checkpoint in enumerate(plan.checkpoints, start=1):
        if shipped:
            folder = plan.out / f"checkpoint-{number}"
            yield Step(str(checkpoint), _seed_of(checkpoint), shipped, folder, None)
    for seed in plan.seeds:
        for name, recipe in recipes.items():
            folder, seeded = plan.out.resolve() / name / str(seed), replace(recipe, seed=seed)
            if shipped:
                yield Step(name, str(seed), shipped, folder / "corpus", seeded)
            for data in there:
                if data not in SHIPPED:
                    yield Step(name, str(seed), (data,), folder / data, seeded)


def _seed_of(checkpoint: Path) -> str:
    record = checkpoint / "training.json"
    return str(json.loads(record.read_text(encoding="utf-8"))["recipe"]["seed"]) if record.is_file() else "unknown"


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
    run_script(main)
