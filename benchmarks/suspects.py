"""How many planted annotation errors `dateline suspects` finds, and how early.

    python benchmarks/suspects.py                         # quick.toml, five folds, seed 13
    python benchmarks/suspects.py --seeds 13 14 15        # three times as long

Errors are planted in the shipped corpus (other labels, moved borders, dropped spans, other values, relations that lead
elsewhere; the seed says where), models are trained on it as `dateline suspects` does, and its list is cut at half as
many suspects as errors were planted, at as many, and at twice as many. The corpus has errors of its own, which count
against the precision. Run again, it goes on where it was. Prints tables and writes JSON.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dateline_formats.format import Annotated
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, Place, Schema
from dateline_labels.files import write_atomically
from dateline_train.recipe import Recipe
from dateline_train.suspects_files import write_tables
from dateline_train.suspects_ranking import Suspect, ranked
from dateline_train.suspects_readings import planned, read_by_others
from planting import KINDS, Planted, plant
from suspects_matching import matched

ROOT = Path(__file__).resolve().parent.parent
CUTS = (0.5, 1.0, 2.0)
ORDERS: dict[str, Callable[[Suspect], float]] = {
    "as ranked": lambda suspect: suspect.rank,
    "by self-confidence alone": lambda suspect: suspect.doubt.confidence,
}


def main() -> None:
    """Plant, train, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", type=Path, default=ROOT / "train" / "recipes" / "quick.toml")
    parser.add_argument("--data", type=Path, nargs="+", help="annotated files or folders; else the recipe's")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13], help="of what is planted where")
    parser.add_argument("--share", type=float, default=0.01, help="of the annotation of each kind that is made wrong")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks/suspects"))
    choices = parser.parse_args()
    recipe, place = Recipe.read(choices.recipe), Place(str(choices.recipe))
    schema = Schema.read(recipe.data.schema)
    files = choices.data or (*recipe.data.files, *recipe.data.validation)
    given = read_annotations(files, schema, recipe.data.map).dispatches
    report: dict[str, Any] = {"recipe": recipe.name, "folds": choices.folds, "share": choices.share, "seeds": {}}
    for seed in choices.seeds:
        changed, planted = plant(given, schema, counts(given, choices.share), seed)
        folder = choices.out / f"seed-{seed}"
        annotated = Annotated(tuple(changed))
        folds = planned(recipe, place, annotated, choices.folds, folder)
        readings = read_by_others(recipe, place, folds, folder)
        suspects = ranked(changed, readings)
        write_tables(suspects, annotated, folder)
        report["seeds"][str(seed)] = figures = measured(suspects, planted)
        print_figures(seed, figures)
        plain = json.dumps(report, indent=1) + "\n"
        write_atomically(choices.out / "suspects.json", plain.encode("utf-8"))
    print(f"written to {choices.out / 'suspects.json'}")


def counts(dispatches: Sequence[Dispatch], share: float) -> dict[str, int]:
    """How many errors of each kind are planted, at least one."""
    spans = sum(len(dispatch.spans) for dispatch in dispatches)
    values = sum(len(span.attributes) for dispatch in dispatches for span in dispatch.spans)
    relations = sum(len(dispatch.relations) for dispatch in dispatches)
    whole = {"label": spans, "borders": spans, "dropped": spans, "attribute": values, "relation": relations}
    return {kind: max(1, round(share * count)) for kind, count in whole.items() if count}


def measured(suspects: Sequence[Suspect], planted: Sequence[Planted]) -> dict[str, Any]:
    """The figures of each order of the list."""
    pointed = {id(suspect): matched(suspect.doubt, planted) for suspect in suspects}
    figures: dict[str, Any] = {
        "planted": {kind: sum(each.kind == kind for each in planted) for kind in KINDS},
        "suspects": len(suspects),
        "found anywhere": len({number for each in pointed.values() for number in each}),
    }
    for name, order in ORDERS.items():
        hits = [pointed[id(suspect)] for suspect in sorted(suspects, key=order)]
        rows = {str(cut): at_cut(hits, planted, round(cut * len(planted))) for cut in CUTS}
        figures[name] = {"average precision": average_precision(hits, len(planted)), "cuts": rows}
    return figures


def at_cut(hits: Sequence[Sequence[int]], planted: Sequence[Planted], cut: int) -> dict[str, Any]:
    """Of the first suspects, how many point at a planted error; of the planted errors, how many are pointed at."""
    found = {number for each in hits[:cut] for number in each}
    by_kind = {kind: [number for number, each in enumerate(planted) if each.kind == kind] for kind in KINDS}
    return {
        "suspects": cut,
        "precision": round(100 * sum(bool(each) for each in hits[:cut]) / cut, 1),
        "recall": round(100 * len(found) / len(planted), 1),
        "recall by kind": {
            kind: round(100 * len(found & set(numbers)) / len(numbers), 1)
            for kind, numbers in by_kind.items()
            if numbers
        },
    }


def average_precision(hits: Sequence[Sequence[int]], planted: int) -> float:
    """The mean over the planted errors of the precision where a suspect first points at each; 0 where none does."""
    seen: set[int] = set()
    total = 0.0
    for rank, numbers in enumerate(hits, start=1):
        for number in numbers:
            if number not in seen:
                seen.add(number)
                total += len(seen) / rank
    return round(100 * total / planted, 1)


def print_figures(seed: int, figures: dict[str, Any]) -> None:
    """The tables of one seed."""
    told = ", ".join(f"{count} {kind}" for kind, count in figures["planted"].items())
    everything = sum(figures["planted"].values())
    print(f"\nseed {seed}: planted {told}; of {everything} a suspect points at {figures['found anywhere']}")
    for name in ORDERS:
        print(f"  {name}: average precision {figures[name]['average precision']}")
        for row in figures[name]["cuts"].values():
            kinds = "  ".join(f"{kind} {recall:.1f}" for kind, recall in row["recall by kind"].items())
            cut = f"first {row['suspects']:>5}"
            print(f"    {cut}  precision {row['precision']:5.1f}  recall {row['recall']:5.1f}  by kind: {kinds}")


if __name__ == "__main__":
    main()
