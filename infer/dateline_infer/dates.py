"""The words of a time span and the date they are counted from → the days they can mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from dateline_labels import Dispatch, Span


@dataclass(frozen=True)
class Anchor:
    """The day that a dispatch counts from, None where unknown, with the words of its dateline (code points, half-open;
    both None where it is not the dateline's) and why this day.
    """

    day: date | None
    start: int | None
    end: int | None
    reason: str


@dataclass(frozen=True)
class When:
    """The days that the words of a time span can mean: `earliest` and `latest` both None where unresolved, `latest`
    alone None where open ("since Tuesday"). `precision` is UCDP's date_prec, 1 to 5; `reason` tells how it was found or
    why it was not.
    """

    earliest: date | None
    latest: date | None
    clock: time | None
    granularity: str
    precision: int | None
    reason: str


def resolve(words: str, anchor: date | None) -> When:
    """The days that the words of one time span mean, counted from `anchor`."""
    raise NotImplementedError


def resolve_all(text: str, times: Sequence[Span], anchor: date | None) -> list[When]:
    """The days of each time span of one text, given in its order: read with the words around them, and "a day earlier"
    or "the next day" counted from the day told of before.
    """
    raise NotImplementedError


def anchor_of(dispatch: Dispatch) -> Anchor:
    """The date of the dispatch's dateline ("KABUL, July 20"), else that of its publication."""
    raise NotImplementedError
