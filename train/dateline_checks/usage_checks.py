"""Checks of the same words over a collection: names that are bare here, and spans under another label than all others.

A share decides, so that words which may be marked or not, under one label or another, are not told. Both shares were
chosen on the shipped corpus with spans left out and relabelled on purpose; see docs/checking.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from .problems import Problem
from .wording import Bare, Key, Usage

_NAMES, _FEWEST_NAMES = 0.7, 3
_NAMES_HERE = 0.5
_LABELS, _FEWEST_LABELS = 0.98, 10


def check_usage(usages: Mapping[Key, Usage]) -> Iterator[Problem]:
    """Omissions and conflicts, word by word."""
    for usage in usages.values():
        for bare in usage.bare:
            if what := _omission(usage, bare):
                yield bare.placed.of_text(bare.start, bare.end, "warning", "omission", what)
        yield from _conflicts(usage)


def _omission(usage: Usage, bare: Bare) -> str:
    """Why the bare words should be marked: as a name is mostly, or in this very dispatch and not seldom elsewhere."""
    often = f"{len(usage.marked)} of {len(usage.marked) + len(usage.bare)} times"
    here = next((each.span for each in usage.marked if each.placed is bare.placed), None)
    if here and usage.share >= _NAMES_HERE:
        return f"bare, and marked in the same dispatch as {here.label} {here.id} (in the collection {often})"
    if usage.share >= _NAMES and len(usage.marked) >= _FEWEST_NAMES:
        return f"bare, and marked as {usage.labels.most_common(1)[0][0]} {often} in the collection"
    return ""


def _conflicts(usage: Usage) -> Iterator[Problem]:
    """Each span whose label the other spans of the same words outvote."""
    alike = [each for each in usage.marked if not usage.is_name or each.is_capital]
    others = len(alike) - 1
    if others < _FEWEST_LABELS:
        return
    label, count = Counter(each.span.label for each in alike).most_common(1)[0]
    for each in alike if count >= _LABELS * others else ():
        if each.span.label != label:
            number = each.placed.dispatch.spans.index(each.span)
            what = f"elsewhere the same words are {label}, {count} of {others} times"
            yield each.placed.of_span(number, "warning", "conflict", what)
