"""Where it fails: the figures of some dispatches, or of some spans and relations, apart from those of the others.

    of dispatches   source, theatre, style, year, length
    of spans        names seen in training or not, the form of casualty figures
    of relations    the words between head and tail

A slice of spans has no figures of relations, and the other way round; spurious ones belong to the slice that their own
words put them in.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dateline_labels import Dispatch, Schema
from dateline_labels.scoring import Counts, RelationKey, SpanKey
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import counted_f, is_small
from dateline_values.figures import read_figure

from .casualty_numbers import casualty_labels
from .outcomes import Outcomes, counts_of

Known = Mapping[str, frozenset[str]]
"""Label → the words, in small letters, of the spans that were trained on."""

_LENGTHS: Final = (50, 100, 200, 400)
_DISTANCES: Final = (3, 10, 25, 50)
_PIECES: Final = re.compile(r"(?=[-_/:# .])")
_MOST_VALUES: Final = 40
OTHERS: Final = "(others)"
"""The values of the fewest dispatches, together, where there are more than _MOST_VALUES."""


@dataclass(frozen=True)
class Evaluated:
    """Dispatches with what became of their spans and relations."""

    gold: Sequence[Dispatch]
    outcomes: Sequence[Outcomes]
    schema: Schema
    sampling: Sampling


def slices(of: Evaluated, known: Known | None) -> dict[str, dict[str, Any]]:
    """Slicing → value → its figures; a slicing with one value alone is left out, so is one that needs what was trained
    on where that is not known.
    """
    found = {name: _of_dispatches(of, value_of) for name, value_of in _DISPATCHES.items()}
    if known is not None:
        found["names"] = _of_spans(of, lambda dispatch, key: _seen(dispatch, key, known))
    found["casualty form"] = _of_spans(of, lambda dispatch, key: casualty_form(dispatch, key, of.schema))
    found["distance"] = _of_relations(of, distance)
    return {name: rows for name, rows in found.items() if len(rows) > 1}


def known_words(dispatches: Sequence[Dispatch]) -> Known:
    """What is seen in training, of the dispatches that were trained on."""
    words: dict[str, set[str]] = {}
    for dispatch in dispatches:
        for span in dispatch.spans:
            words.setdefault(span.label, set()).add(_plain(dispatch.words(span)))
    return {label: frozenset(names) for label, names in words.items()}


def source(dispatch: Dispatch) -> str:
    """Where a dispatch comes from: `meta["source"]`, else its id without the piece with a number, or the date, that
    ends it.
    """
    told = dispatch.meta.get("source")
    if told:
        return str(told)
    pieces = _PIECES.split(dispatch.id)
    if any(map(str.isdigit, pieces[-1])):
        pieces.pop()
        while pieces and pieces[-1][1:].isdigit():
            pieces.pop()
    return "".join(pieces)


def length(dispatch: Dispatch) -> str:
    """How many words a dispatch has."""
    return _bucket(len(dispatch.text.split()), _LENGTHS, "words")


def distance(dispatch: Dispatch, key: RelationKey) -> str:
    """How many words stand between the head and the tail of a relation."""
    (_, head, tail) = key
    between = dispatch.text[min(head[1], tail[1]) : max(head[0], tail[0])]
    return _bucket(len(between.split()), _DISTANCES, "words")


def casualty_form(dispatch: Dispatch, key: SpanKey, schema: Schema) -> str:
    """How a casualty figure is told: in digits, in words, bent by a qualifier, vaguely, or without a number; nothing
    for other spans.
    """
    start, end, label = key
    if label not in casualty_labels(schema):
        return ""
    qualifier = read_figure(dispatch.text, start, end).qualifier
    words = dispatch.text[start:end]
    if qualifier == "none":
        return "nobody"
    if qualifier not in ("exact", "unknown"):
        return "qualified or vague"
    if any(character.isdigit() for character in words):
        return "digits"
    return "number words or one" if qualifier == "exact" else "without a number"


def _seen(dispatch: Dispatch, key: SpanKey, known: Known) -> str:
    start, end, label = key
    return "seen" if _plain(dispatch.text[start:end]) in known.get(label, frozenset()) else "unseen"


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _meta(name: str) -> Callable[[Dispatch], str]:
    return lambda dispatch: str(dispatch.meta.get(name) or "")


_DISPATCHES: Final[Mapping[str, Callable[[Dispatch], str]]] = {
    "source": source,
    "theatre": _meta("theatre"),
    "style": _meta("style"),
    "year": lambda dispatch: (dispatch.published or "")[:4],
    "length": length,
}


def _bucket(count: int, bounds: Sequence[int], unit: str) -> str:
    """The bucket of a count, such that buckets stand in order when they are sorted by their first number."""
    least = 0
    for bound in bounds:
        if count <= bound:
            return f"{least}–{bound} {unit}"
        least = bound + 1
    return f"{least} or more {unit}"


def _of_dispatches(of: Evaluated, value_of: Callable[[Dispatch], str]) -> dict[str, Any]:
    """The figures of the dispatches with each value; one without a value is in no slice."""
    members: dict[str, list[int]] = {}
    for at, dispatch in enumerate(of.gold):
        if value := value_of(dispatch):
            members.setdefault(value, []).append(at)
    for value in sorted(members, key=lambda value: -len(members[value]))[_MOST_VALUES:]:
        members.setdefault(OTHERS, []).extend(members.pop(value))
    spans = [counts_of(outcome for _, outcome in each.spans) for each in of.outcomes]
    relations = [counts_of(outcome for _, outcome in each.relations) for each in of.outcomes]
    return {
        value: _row(len(some), _only(some, spans), _only(some, relations), of.sampling)
        for value, some in sorted(members.items(), key=lambda item: _order(item[0]))
    }


def _only(members: Sequence[int], counts: Sequence[Counts]) -> list[Counts]:
    """The counts of some dispatches, and of the others none."""
    kept = [Counts() for _ in counts]
    for at in members:
        kept[at] = counts[at]
    return kept


def _of_spans(of: Evaluated, value_of: Callable[[Dispatch, SpanKey], str]) -> dict[str, Any]:
    tables = _by_value([each.spans for each in of.outcomes], of.gold, value_of)
    return {value: _row(_within(counts), counts, None, of.sampling) for value, counts in tables.items()}


def _of_relations(of: Evaluated, value_of: Callable[[Dispatch, RelationKey], str]) -> dict[str, Any]:
    tables = _by_value([each.relations for each in of.outcomes], of.gold, value_of)
    return {value: _row(_within(counts), None, counts, of.sampling) for value, counts in tables.items()}


def _by_value(
    rows: Sequence[Sequence[tuple[Any, str]]], gold: Sequence[Dispatch], value_of: Callable[[Dispatch, Any], str]
) -> dict[str, list[Counts]]:
    """Value → its counts in each dispatch."""
    tables: dict[str, list[Counts]] = {}
    for at, (dispatch, row) in enumerate(zip(gold, rows, strict=True)):
        for key, outcome in row:
            if value := value_of(dispatch, key):
                if value not in tables:
                    tables[value] = [Counts() for _ in gold]
                tables[value][at] += counts_of([outcome])
    return {value: tables[value] for value in sorted(tables, key=_order)}


def _within(counts: Sequence[Counts]) -> int:
    return sum(each != Counts() for each in counts)


def _row(
    dispatches: int, spans: Sequence[Counts] | None, relations: Sequence[Counts] | None, sampling: Sampling
) -> dict[str, Any]:
    first = spans if spans is not None else relations or ()
    support = sum(each.gold for each in first)
    return {
        "dispatches": dispatches,
        "support": support,
        "spans": counted_f(spans, sampling) if spans is not None else None,
        "relations": counted_f(relations, sampling) if relations is not None else None,
        "small": is_small(support, dispatches),
    }


def _order(value: str) -> tuple[bool, int, str]:
    """By the number a value begins with, else by its letters; what stands for others last."""
    number = re.match(r"\d+", value)
    return (value == OTHERS, int(number[0]) if number else -1, value)
