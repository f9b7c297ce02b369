"""What `dateline check` lists of mistakes planted in annotations: names left bare, spans under another label.

    python benchmarks/checking.py labels/corpus

A share of all spans, drawn by a seed, is left out, or given another label of the data; then the words of the whole
collection are compared. Told is how many problems are listed, how many of these are planted ones (for an omission: its
words touch a span that was left out).
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dateline_checks.problems import Placed, Problem
from dateline_checks.usage_checks import check_usage
from dateline_checks.wording import usages
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, Span

SHARES = (0.0, 0.005, 0.01, 0.02, 0.05)
SEED = 3


@dataclass(frozen=True)
class Planted:
    """A dispatch after some of its spans were left out or relabelled, and those spans as they were."""

    dispatch: Dispatch
    spans: tuple[Span, ...]


def without(dispatch: Dispatch, share: float, chance: random.Random) -> Planted:
    """The dispatch with a share of its spans left out."""
    gone = {span.id for span in dispatch.spans if chance.random() < share}
    kept = tuple(span for span in dispatch.spans if span.id not in gone)
    planted = tuple(span for span in dispatch.spans if span.id in gone)
    return Planted(replace(dispatch, spans=kept, relations=()), planted)


def relabelled(dispatch: Dispatch, share: float, chance: random.Random, labels: Sequence[str]) -> Planted:
    """The dispatch with a share of its spans under another label."""
    changed = {span.id for span in dispatch.spans if chance.random() < share}
    spans = tuple(
        replace(span, label=chance.choice([label for label in labels if label != span.label]))
        if span.id in changed
        else span
        for span in dispatch.spans
    )
    planted = tuple(span for span in dispatch.spans if span.id in changed)
    return Planted(replace(dispatch, spans=spans, relations=()), planted)


def found(planted: Sequence[Planted], check: str) -> Iterator[tuple[Problem, bool]]:
    """Each problem of the check, and whether it is one that was planted."""
    annotated = read_annotations([])
    placed = [Placed(each.dispatch, annotated) for each in planted]
    by_id = {each.dispatch.id: each for each in planted}
    for problem in check_usage(usages(placed)):
        if problem.check == check:
            yield problem, _is_planted(problem, by_id[problem.place.path])


def _is_planted(problem: Problem, planted: Planted) -> bool:
    numbers = problem.field.partition("[")[2].removesuffix("]")
    if problem.check == "conflict":
        return planted.dispatch.spans[int(numbers)].id in {span.id for span in planted.spans}
    start, end = map(int, numbers.split("-"))
    return any(span.start < end and start < span.end for span in planted.spans)


def main() -> None:
    """Print a row for each share of both mistakes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+")
    dispatches = read_annotations(parser.parse_args().data).dispatches
    labels = sorted({span.label for dispatch in dispatches for span in dispatch.spans})
    print("mistake   share  planted  listed  of them planted")
    for check in ("omission", "conflict"):
        for share in SHARES:
            chance = random.Random(SEED)
            planted = [
                without(each, share, chance) if check == "omission" else relabelled(each, share, chance, labels)
                for each in dispatches
            ]
            listed = [is_planted for _, is_planted in found(planted, check)]
            count = sum(len(each.spans) for each in planted)
            right = sum(listed)
            print(f"{check:9} {share:6.1%} {count:8} {len(listed):7} {right:8} ({right / max(len(listed), 1):.0%})")


if __name__ == "__main__":
    main()
