"""Doubts of all dispatches → one list, the likeliest errors first, each with one score.

Within a kind the annotation with the lowest self-confidence comes first. Probabilities of different kinds cannot be
compared: that of a whole span hardly ever reaches 0.999, that of no relation nearly always does. So the kinds are
interleaved as if errors were equally frequent in each: the n-th of a kind comes after the share n / (annotations of the
kind). A score is one less that share: 0.99 is among the hundredth of all annotation of its kind that is least believed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dateline_infer.weighing import Weighed
from dateline_labels import Dispatch

from .suspects_doubts import Doubt, Kind, doubts_of

_FAMILY = {
    Kind.LABEL: "spans",
    Kind.BORDERS: "spans",
    Kind.SPURIOUS: "spans",
    Kind.MISSED: "missed spans",
    Kind.VALUE: "values",
    Kind.RELATION: "relations",
    Kind.UNRELATED: "missed relations",
}
_MISSED_RELATIONS = 0.5
"""They come at half the rate: a relation that leads to a wrong span is doubted where it stands already."""


@dataclass(frozen=True)
class Suspect:
    """A doubt, its rank from 1, and its score."""

    doubt: Doubt
    rank: int
    score: float


def ranked(dispatches: Sequence[Dispatch], readings: Mapping[str, Weighed]) -> list[Suspect]:
    """Every doubt about the dispatches, in order."""
    doubts = [doubt for dispatch in dispatches for doubt in doubts_of(dispatch, readings[dispatch.id])]
    counts = _counts(dispatches)
    scored: list[tuple[float, Doubt]] = []
    in_order = sorted(doubts, key=lambda doubt: (_FAMILY[doubt.kind], doubt.confidence))
    for family, members in groupby(in_order, key=lambda doubt: _FAMILY[doubt.kind]):
        scored += [(number / max(counts[family], 1.0), doubt) for number, doubt in enumerate(members, start=1)]
    scored.sort(key=lambda each: (each[0], each[1].confidence))
    return [Suspect(doubt, rank, max(0.0, 1.0 - share)) for rank, (share, doubt) in enumerate(scored, start=1)]


def _counts(dispatches: Sequence[Dispatch]) -> dict[str, float]:
    """How many annotations there are that a doubt of each kind could be about."""
    spans = sum(len(dispatch.spans) for dispatch in dispatches)
    relations = sum(len(dispatch.relations) for dispatch in dispatches)
    return {
        "spans": spans,
        "missed spans": spans,
        "values": sum(len(span.attributes) for dispatch in dispatches for span in dispatch.spans),
        "relations": relations,
        "missed relations": _MISSED_RELATIONS * relations,
    }
