"""Casualty figures by the number that their words mean, whatever event they are tied to.

A figure is right where its words overlap those of a gold figure of the same outcome, one to one, and mean the same
fewest, most and best.
"""

from dateline_incidents.incidents import ROLES
from dateline_labels import Dispatch, Schema, Span
from dateline_labels.scoring import Counts
from dateline_values.figures import read_figure


def casualty_labels(schema: Schema) -> tuple[str, ...]:
    """The labels of spans that tell a casualty figure: those that the relation of an event to its figures leads to."""
    relation = schema.relations.get(ROLES.casualty)
    return relation.tail if relation else ()


def number_counts(gold: Dispatch, predicted: Dispatch, schema: Schema) -> dict[str, Counts]:
    """Outcome → its figures of one dispatch: found with their number, spurious, missed."""
    labels = casualty_labels(schema)
    wanted = [span for span in gold.spans if span.label in labels]
    given = [span for span in predicted.spans if span.label in labels]
    counts = {outcome: Counts() for outcome in dict.fromkeys(map(_outcome, (*wanted, *given)))}
    for span in sorted(given, key=lambda each: (each.start, each.end)):
        true = next((each for each in wanted if _is_same(each, span, gold.text)), None)
        if true is None:
            counts[_outcome(span)] += Counts(spurious=1)
        else:
            wanted.remove(true)
            counts[_outcome(span)] += Counts(right=1)
    for span in wanted:
        counts[_outcome(span)] += Counts(missed=1)
    return counts


def _outcome(span: Span) -> str:
    return span.attributes.get(ROLES.outcome, "")


def _is_same(gold: Span, span: Span, text: str) -> bool:
    if gold.start >= span.end or span.start >= gold.end or _outcome(gold) != _outcome(span):
        return False
    one, other = (read_figure(text, each.start, each.end) for each in (gold, span))
    return (one.low, one.best, one.high) == (other.low, other.best, other.high)
