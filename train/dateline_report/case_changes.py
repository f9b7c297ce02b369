"""What two models read differently, case by case: right with one and wrong with the other."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dateline_labels import Dispatch, Span
from dateline_labels.scoring import Case, relation_key, span_key

Row = dict[str, Any]
Places = tuple[tuple[int, int], ...]
_ATTRIBUTE = "attribute"


@dataclass(frozen=True)
class _Item:
    """A span, a relation or the value of an attribute: what it is called, its words, and where they stand."""

    measure: str
    label: str
    words: str
    places: Places

    def meets(self, other: "_Item") -> bool:
        """Whether both are of one kind and stand, in the same order, at places that share a character."""
        if self.measure != other.measure or (self.measure == _ATTRIBUTE and self.label != other.label):
            return False
        pairs = zip(self.places, other.places, strict=True)
        return all(a[0] < b[1] and b[0] < a[1] for a, b in pairs)


Items = Mapping[object, _Item]


def changes(
    gold: Sequence[Dispatch], predicted: Sequence[Dispatch], other: Sequence[Dispatch]
) -> tuple[list[Row], list[Row]]:
    """Cases that `other` has right and `predicted` wrong, and the reverse, in the order of the dispatches.

    A row is a `Case` of the model that is wrong (missed: a gold span or relation it does not find; spurious: one that
    is not in gold; wrong: a value) and `instead`: what stands there in its reading, or of a spurious one in gold.
    """
    lost: list[Row] = []
    won: list[Row] = []
    for true, ours, theirs in zip(gold, predicted, other, strict=True):
        readings = _items(true), _items(ours), _items(theirs)
        lost += _worse(true.id, *readings)
        won += _worse(true.id, readings[0], readings[2], readings[1])
    return lost, won


def _worse(dispatch: str, gold: Items, wrong: Items, right: Items) -> list[Row]:
    missed = [gold[key] for key in gold if key in right and key not in wrong]
    spurious = [wrong[key] for key in wrong if key not in gold and key not in right]
    rows = [_row(dispatch, item, wrong) for item in missed if item.measure != _ATTRIBUTE or _has_other(item, wrong)]
    # a wrong value is told where the right one is missed
    rows += [_row(dispatch, item, gold, "spurious") for item in spurious if item.measure != _ATTRIBUTE]
    return sorted(rows, key=lambda row: (row["start"], row["end"], row["measure"], row["label"]))


def _has_other(item: _Item, wrong: Items) -> bool:
    """Whether a value is judged: its span is found exactly. Else the span is the case."""
    return any(item.meets(each) and each.places == item.places for each in wrong.values())


def _row(dispatch: str, item: _Item, there: Items, kind: str = "missed") -> Row:
    start, end = item.places[0]
    kind = "wrong" if item.measure == _ATTRIBUTE else kind
    instead = sorted({f"{each.label}: {each.words}" for each in there.values() if each.meets(item)})
    return asdict(Case(dispatch, item.measure, item.label, kind, item.words, start, end)) | {
        "instead": "; ".join(instead)
    }


def _items(dispatch: Dispatch) -> dict[object, _Item]:
    """Everything that is read in a dispatch, by what an exact match compares."""
    found: dict[object, _Item] = {}
    for span in dispatch.spans:
        key = span_key(span)
        found[key] = _Item("span", span.label, dispatch.words(span), (_place(span),))
        for name, value in span.attributes.items():
            words = f"{dispatch.words(span)}: {value}"
            found[key, name, value] = _Item(_ATTRIBUTE, f"{span.label}.{name}", words, (_place(span),))
    for relation in dispatch.relations:
        head, tail = dispatch.span_by_id[relation.head], dispatch.span_by_id[relation.tail]
        words = f"{dispatch.words(head)} → {dispatch.words(tail)}"
        found[relation_key(dispatch, relation)] = _Item("relation", relation.label, words, (_place(head), _place(tail)))
    return found


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end
