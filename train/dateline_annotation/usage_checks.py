"""Checks of the same words over a collection: names that are bare, labels and values that differ from all others'.

A share decides, so that words which may be marked or not, under one label or another, are not told. The shares were
chosen on the shipped corpus, see docs/checking.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from .problems import Problem
from .wording import Bare, Key, Marked, Usage

_NAMES, _FEWEST_NAMES = 0.7, 3
_NAMES_HERE = 0.5
_WORDS, _FEWEST_WORDS = 0.97, 20
_LABELS, _FEWEST_LABELS = 0.97, 8
_VALUES, _FEWEST_VALUES = 0.99, 20


def check_usage(usages: Mapping[Key, Usage]) -> Iterator[Problem]:
    """Omissions and conflicts, word by word."""
    for usage in usages.values():
        for bare in usage.bare:
            if what := _omission(usage, bare):
                yield bare.placed.of_text(bare.start, bare.end, "warning", "omission", what)
        yield from _label_conflicts(usage)
        yield from _value_conflicts(usage)


def _omission(usage: Usage, bare: Bare) -> str:
    """Why the bare words should be marked: a name that is, here or mostly, or words that nearly always are."""
    label = usage.labels.most_common(1)[0][0]
    here = [each for each in usage.marked if each.placed is bare.placed]
    often = f"{len(usage.marked)} of {len(usage.marked) + len(usage.bare)} times"
    if usage.is_name and here and usage.share >= _NAMES_HERE:
        first = here[0]
        return (
            f"bare, and marked in the same dispatch as {first.span.label} {first.span.id} (in the collection {often})"
        )
    share, fewest = (_NAMES, _FEWEST_NAMES) if usage.is_name else (_WORDS, _FEWEST_WORDS)
    if usage.share >= share and len(usage.marked) >= fewest:
        return f"bare, and marked as {label} {often} in the collection"
    return ""


def _label_conflicts(usage: Usage) -> Iterator[Problem]:
    votes = [(each, each.span.label) for each in usage.marked if not usage.is_name or each.is_capital]
    for marked, label, count, others in _outvoted(votes, _LABELS, _FEWEST_LABELS):
        yield _of_marked(marked, f"elsewhere the same words are {label}, {count} of {others} times")


def _value_conflicts(usage: Usage) -> Iterator[Problem]:
    values: dict[tuple[str, str], list[tuple[Marked, str]]] = defaultdict(list)
    for each in usage.marked:
        for name, value in each.span.attributes.items():
            values[each.span.label, name].append((each, value))
    for (_, name), votes in values.items():
        for marked, value, count, others in _outvoted(votes, _VALUES, _FEWEST_VALUES):
            got = marked.span.attributes[name]
            yield _of_marked(marked, f"{name} is {got}, elsewhere of the same words {value}, {count} of {others} times")


def _outvoted(votes: Sequence[tuple[Marked, str]], share: float, fewest: int) -> Iterator[tuple[Marked, str, int, int]]:
    """Each vote against the most common one where there are enough other votes, of which that has such a share; with
    the count of that and of all others.
    """
    others = len(votes) - 1
    if others < fewest:
        return
    top, count = Counter(vote for _, vote in votes).most_common(1)[0]
    if count >= share * others:
        yield from ((marked, top, count, others) for marked, vote in votes if vote != top)


def _of_marked(marked: Marked, what: str) -> Problem:
    return marked.placed.of_span(marked.placed.dispatch.spans.index(marked.span), "warning", "conflict", what)
