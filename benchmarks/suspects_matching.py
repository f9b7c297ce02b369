"""Which planted errors a suspect points at."""

from collections.abc import Sequence

from dateline_train.suspects_doubts import Doubt, Kind
from planting import Planted

_SPANS = (Kind.LABEL, Kind.BORDERS, Kind.SPURIOUS, Kind.MISSED)
_RELATIONS = (Kind.RELATION, Kind.UNRELATED)


def matched(doubt: Doubt, planted: Sequence[Planted]) -> list[int]:
    """The numbers of the planted errors that whoever looks where the doubt is, for what it says, would see."""
    return [
        number for number, each in enumerate(planted) if each.dispatch == doubt.dispatch.id and _points_at(doubt, each)
    ]


def _points_at(doubt: Doubt, planted: Planted) -> bool:
    if planted.kind == "attribute":
        return doubt.kind is Kind.VALUE and doubt.spans[0] == planted.spans[0] and doubt.name == planted.label
    if planted.kind == "relation":
        claims = (doubt.annotated.label, doubt.read.label)
        return doubt.kind in _RELATIONS and planted.label in claims and set(doubt.spans) <= set(planted.spans)
    touches = doubt.start < planted.end and planted.start < doubt.end
    if planted.kind == "dropped":
        return doubt.kind is Kind.MISSED and touches
    same = not doubt.spans or doubt.spans[0] == planted.spans[0]
    return doubt.kind in _SPANS and touches and same
