"""How often labels were annotated → how much a doubt about each weighs: more, the rarer the label.

A label that occurs a quarter as often as the mean of its kind weighs twice as much (the root of the ratio), none more
than three times or less than half as much as it would.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dateline_labels import Dispatch, Schema

from .doubt import Doubt

_LEAST, _MOST = 0.5, 3.0
_RARE = 1.5


@dataclass
class LabelCounts:
    """How many spans and relations of each label there are in the dispatches that were counted."""

    spans: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    dispatches: int = 0

    @staticmethod
    def of(dispatches: Iterable[Dispatch]) -> "LabelCounts":
        """Those of some dispatches."""
        counts = LabelCounts()
        for dispatch in dispatches:
            counts.add(dispatch)
        return counts

    def add(self, dispatch: Dispatch) -> None:
        """One dispatch more."""
        self.dispatches += 1
        self.spans.update(span.label for span in dispatch.spans)
        self.relations.update(relation.label for relation in dispatch.relations)


@dataclass(frozen=True)
class Weights:
    """What a doubt about each label weighs; 1 where nothing is known."""

    spans: Mapping[str, float]
    relations: Mapping[str, float]

    @staticmethod
    def of(counts: LabelCounts, schema: Schema) -> "Weights":
        """The rarer, the more."""
        spans = _weights(counts.spans, schema.span_labels)
        return Weights(spans, _weights(counts.relations, schema.relation_labels))

    def weighed(self, doubt: Doubt) -> float:
        """The expected errors of a dispatch, those of rare labels counted for more."""
        spans = sum(self.spans.get(label, 1.0) * expected for label, expected in doubt.spans.items())
        return spans + sum(self.relations.get(label, 1.0) * expected for label, expected in doubt.relations.items())

    def is_rare(self, label: str) -> bool:
        """Whether the label is so rare that it is worth a word."""
        return max(self.spans.get(label, 0.0), self.relations.get(label, 0.0)) >= _RARE


def _weights(counts: Mapping[str, int], labels: Iterable[str]) -> dict[str, float]:
    known = {label: counts.get(label, 0) for label in labels}
    total = sum(known.values())
    if not total:
        return dict.fromkeys(known, 1.0)
    mean = total / len(known)
    return {label: min(_MOST, max(_LEAST, (mean / max(count, 1)) ** 0.5)) for label, count in known.items()}
