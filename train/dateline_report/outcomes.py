"""Every span and relation of gold and of the prediction, by whether it is right, spurious or missed.

Spans count exactly, relations strictly, as in `dateline_labels.scoring`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dateline_labels import Dispatch
from dateline_labels.scoring import Counts, RelationKey, SpanKey, relation_key, span_key

RIGHT, SPURIOUS, MISSED = "right", "spurious", "missed"


@dataclass(frozen=True)
class Outcomes:
    """The spans and relations of one dispatch, each with what became of it."""

    spans: tuple[tuple[SpanKey, str], ...]
    relations: tuple[tuple[RelationKey, str], ...]

    @staticmethod
    def of(gold: Dispatch, predicted: Dispatch) -> "Outcomes":
        """The outcomes in the order of the text."""
        spans = {span_key(span) for span in gold.spans}, {span_key(span) for span in predicted.spans}
        ties = (
            {relation_key(gold, relation) for relation in gold.relations},
            {relation_key(predicted, relation) for relation in predicted.relations},
        )
        return Outcomes(
            tuple((key, _outcome(key in spans[0], key in spans[1])) for key in sorted(spans[0] | spans[1])),
            tuple((key, _outcome(key in ties[0], key in ties[1])) for key in sorted(ties[0] | ties[1])),
        )


def counts_of(outcomes: Iterable[str]) -> Counts:
    """How many are right, spurious and missed."""
    found = list(outcomes)
    return Counts(found.count(RIGHT), found.count(SPURIOUS), found.count(MISSED))


def _outcome(in_gold: bool, in_predicted: bool) -> str:
    if in_gold and in_predicted:
        return RIGHT
    return MISSED if in_gold else SPURIOUS
