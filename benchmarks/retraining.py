"""What a retraining on a few new dispatches gains where they come from, and what it loses elsewhere.

    python benchmarks/retraining.py                                    # three theatres, three seeds: ten trainings
    python benchmarks/retraining.py --recipe train/recipes/quick.toml --theatre sahel --seed 13    # the smallest
    python benchmarks/retraining.py --replay 0 --out out/retraining-without-replay

A checkpoint is trained on the corpus without some theatres; then, for each theatre and seed, it is retrained on 20
dispatches drawn from that theatre, with a replay of the old ones. Both read the rest of the theatre ("there") and the
old test split ("before"), and are compared by the paired bootstrap of `dateline report`: dispatches are drawn, with
whatever every seed made of them. The bars: spans there gain, and spans before lose less than 0.5 points of F1.

Trainings and readings go to OUT/base and OUT/<theatre>/<seed> and are reused, so that an interrupted benchmark goes on.
OUT/retraining.md and OUT/retraining.json are written after each step.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.files import write_atomically, write_dispatches
from dateline_labels.markdown_cells import grid
from dateline_labels.progress import with_progress
from dateline_labels.splits import split_by_number
from dateline_report.comparing import RELATIONS, SPANS, compare
from dateline_statistics.bootstrap import Sampling
from dateline_train.evaluating import load_extractor
from dateline_train.recipe import Recipe
from script import run_script
from trainings import train_on

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "labels" / "corpus"
RECIPES = ROOT / "train" / "recipes"
THEATRES = ("sahel", "southeast_asia", "nigeria")
LARGEST_LOSS = 0.5
RESAMPLES = 1_000
PARTS = {"there": "the rest of the theatre", "before": "the old test split"}


@dataclass(frozen=True)
class Plan:
    """What is trained: `base` without the theatres, and from that checkpoint `again` on so many dispatches of each."""

    base: Recipe
    again: Recipe
    theatres: tuple[str, ...]
    seeds: tuple[int, ...]
    count: int
    out: Path

    @property
    def schema(self) -> Schema:
        """The schema of both."""
        return Schema.read(self.base.data.schema)


@dataclass(frozen=True)
class Pair:
    """Dispatches of one part as annotated, and as the checkpoint read them before and after its retraining."""

    theatre: str
    seed: int
    part: str
    gold: tuple[Dispatch, ...]
    before: tuple[Dispatch, ...]
    after: tuple[Dispatch, ...]


def pairs(plan: Plan) -> Iterator[Pair]:
    """Train and read, theatre by theatre and seed by seed."""
    out = plan.out.resolve()
    others = tuple(each for each in sorted(CORPUS.iterdir()) if each.is_dir() and each.name not in plan.theatres)
    old = tuple(split_by_number(read_dispatches(others, plan.schema)).test)
    base = train_on(_on(plan.base, others), out / "base")
    known = read(base, old, out / "base" / "before.jsonl")
    for theatre in plan.theatres:
        own = tuple(read_dispatches([CORPUS / theatre], plan.schema))
        first = {"there": read(base, own, out / "base" / f"{theatre}.jsonl"), "before": known}
        for seed in plan.seeds:
            where = out / theatre / str(seed)
            new = random.Random(seed).sample(own, plan.count)
            write_dispatches(new, where / "new.jsonl")
            again = train_on(_retraining(plan, others, base, where / "new.jsonl", seed), where)
            for part, gold in (("there", own), ("before", old)):
                after = read(again, gold, where / f"{part}.jsonl")
                kept = [number for number, dispatch in enumerate(gold) if dispatch not in new]
                parts = (tuple(each[number] for number in kept) for each in (gold, first[part], after))
                yield Pair(theatre, seed, part, *parts)


def _on(recipe: Recipe, files: tuple[Path, ...]) -> Recipe:
    return replace(recipe, data=replace(recipe.data, files=files, split="number", splits=None, validation=()))


def _retraining(plan: Plan, old: tuple[Path, ...], base: Path, new: Path, seed: int) -> Recipe:
    recipe = replace(_on(plan.again, old).begun_from(base), seed=seed)
    return replace(recipe, retrain=replace(recipe.retrain, files=(new,)))


def read(checkpoint: Path, gold: Sequence[Dispatch], kept: Path) -> tuple[Dispatch, ...]:
    """How the checkpoint reads the dispatches, which is kept in a file."""
    extractor = load_extractor(checkpoint)
    if kept.is_file() and kept.stat().st_mtime >= (checkpoint / "training.json").stat().st_mtime:
        found = tuple(read_dispatches([kept], extractor.config.schema))
        if [dispatch.id for dispatch in found] == [dispatch.id for dispatch in gold]:
            return found
    predicted = tuple(with_progress(extractor.stream(gold), len(gold), f"reading {kept.stem}"))
    write_dispatches(predicted, kept)
    return predicted


def compared(found: Sequence[Pair], schema: Schema) -> dict[str, dict[str, float]]:
    """How spans and relations changed over all of these readings; a dispatch is drawn with all that was made of it."""
    gold = [dispatch for pair in found for dispatch in pair.gold]
    after = [dispatch for pair in found for dispatch in pair.after]
    before = [dispatch for pair in found for dispatch in pair.before]
    sampling = Sampling.of(gold, RESAMPLES, 13)  # those of one id are drawn together
    rows = {row["key"]: row for row in compare(gold, after, before, schema, sampling)["headline"]}
    return {"spans": rows[SPANS], "relations": rows[RELATIONS]}


def figures(found: Sequence[Pair], schema: Schema) -> list[dict[str, Any]]:
    """A row for each theatre and seed, for each theatre over its seeds, and for all together, of both parts."""
    rows = []
    for part in PARTS:
        here = [pair for pair in found if pair.part == part]
        groups: dict[tuple[str, str], list[Pair]] = {}
        for pair in here:
            groups[pair.theatre, str(pair.seed)] = [pair]
        for pair in here:
            groups.setdefault((pair.theatre, "all"), []).append(pair)
        groups["all", "all"] = here
        for (theatre, seed), group in groups.items():
            rows.append({"part": part, "theatre": theatre, "seed": seed, **compared(group, schema)})
    return rows


def bars(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What the figures over all theatres and seeds say to the bars."""
    over_all = {row["part"]: row["spans"] for row in rows if (row["theatre"], row["seed"]) == ("all", "all")}
    gain, loss = over_all["there"], over_all["before"]
    gained = "met" if gain["low"] > 0 else "met, but chance may have done it" if gain["difference"] > 0 else "NOT met"
    kept = loss["difference"] > -LARGEST_LOSS
    surely = "met" if loss["low"] > -LARGEST_LOSS else "met, but the interval goes further" if kept else "NOT met"
    return [
        f"spans gain there: {_told(gain)}: {gained}",
        f"spans lose less than {LARGEST_LOSS} before: {_told(loss)}: {surely}",
    ]


def page(rows: Sequence[dict[str, Any]], plan: Plan) -> str:
    """The figures as Markdown."""
    columns = (
        "dispatches of",
        "theatre",
        "seed",
        "spans, before → after",
        "change",
        "relations, before → after",
        "change",
    )
    lines = [
        (
            PARTS[row["part"]],
            row["theatre"],
            row["seed"],
            *(text for name in ("spans", "relations") for text in _cells(row[name])),
        )
        for row in rows
    ]
    head = (
        f"# Retraining on {plan.count} dispatches\n\n`{plan.base.name}`, then `{plan.again.name}` with a replay of "
        f"{plan.again.retrain.replay:g} old dispatches for each new one, teacher weight {plan.again.teacher.weight:g}. "
        "F1 in per cent, spans exact, relations strict; changes in points with 95 % intervals of the paired bootstrap."
    )
    return "\n\n".join([head, grid(columns, lines, words=3), "\n".join(f"- {bar}" for bar in bars(rows))]) + "\n"


def _cells(row: dict[str, float]) -> tuple[str, str]:
    return f"{row['other']:.2f} → {row['value']:.2f}", _told(row)


def _told(row: dict[str, float]) -> str:
    return f"{row['difference']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})"


def main(
    recipe: Annotated[Path, typer.Option(help="What the checkpoint is trained with at first.")] = RECIPES
    / "default.toml",
    again: Annotated[Path, typer.Option(help="What it is retrained with.")] = RECIPES / "retrain.toml",
    theatre: Annotated[list[str] | None, typer.Option(help="A folder of the corpus; again for each.")] = None,
    seed: Annotated[list[int] | None, typer.Option(help="Of the drawing and the retraining; again for each.")] = None,
    count: Annotated[int, typer.Option(min=1, help="New dispatches.")] = 20,
    replay: Annotated[float | None, typer.Option(min=0.0, help="Old dispatches for each new one.")] = None,
    weight: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Of the checkpoint as a teacher.")] = None,
    out: Annotated[Path, typer.Option(help="Where everything goes.")] = Path("out/retraining"),
) -> None:
    """Train, retrain, compare."""
    base, second = Recipe.read(recipe.resolve()), Recipe.read(again.resolve())
    if replay is not None:
        second = replace(second, retrain=replace(second.retrain, replay=replay))
    if weight is not None:
        second = replace(second, teacher=replace(second.teacher, weight=weight))
    plan = Plan(base, second, tuple(theatre or THEATRES), tuple(seed or (13, 14, 15)), count, out)
    found: list[Pair] = []
    for pair in pairs(plan):
        found.append(pair)
        if pair.part == "before":
            rows = figures(found, plan.schema)
            write_atomically(out / "retraining.json", (json.dumps(rows, indent=1) + "\n").encode("utf-8"))
            write_atomically(out / "retraining.md", page(rows, plan).encode("utf-8"))
            typer.echo(f"{pair.theatre}, seed {pair.seed}: " + "; ".join(bars(rows)), err=True)
    typer.echo((out / "retraining.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    run_script(main)
