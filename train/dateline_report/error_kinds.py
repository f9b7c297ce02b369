"""A gold and a predicted dispatch → what became of each span and relation, and how near the other side came.

`kind` agrees with the cases of `dateline_labels.scoring`: a gold one is right or missed, a predicted one right or
spurious, by exact spans and strict relations. `why` looks closer at what is not right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dateline_labels import Dispatch, Relation, Span
from dateline_labels.scoring import relation_key, span_key

from .semeval import pair_spans

WHYS = {
    "span": {
        "nothing": "nothing on the other side stands for it",
        "borders": "the other side has the label, with other borders",
        "label": "the other side has the borders, under another label",
        "both": "the other side has other borders and another label",
    },
    "relation": {
        "spans": "one of its two spans is not right",
        "pair": "both spans are right, the other side does not tie them",
        "label": "both spans are right, the other side ties them otherwise",
    },
}
"""What each `why` says, by measure, in the order of how they are listed."""


@dataclass(frozen=True)
class Outcome:
    """What became of a span or relation: right, missed or spurious; why; the label that the other side has instead."""

    kind: str
    why: str = ""
    other: str = ""


RIGHT = Outcome("right")


def span_outcomes(gold: Sequence[Span], predicted: Sequence[Span]) -> tuple[list[Outcome], list[Outcome]]:
    """The outcome of each gold span, then of each predicted one, as SemEval-2013 pairs them (`semeval.pair_spans`), so
    that what a cell of the confusion counts can be looked up.
    """
    found: tuple[dict[str, Outcome], dict[str, Outcome]] = ({}, {})
    for true, read in pair_spans(gold, predicted):
        if true is not None:
            found[0][true.id] = _outcome(true, read, "missed")
        if read is not None:
            found[1][read.id] = _outcome(read, true, "spurious")
    return [found[0][span.id] for span in gold], [found[1][span.id] for span in predicted]


def _outcome(span: Span, other: Span | None, kind: str) -> Outcome:
    if other is None:
        return Outcome(kind, "nothing")
    if (span.start, span.end) == (other.start, other.end):
        return RIGHT if span.label == other.label else Outcome(kind, "label", other.label)
    return Outcome(kind, "borders" if span.label == other.label else "both", other.label)


def relation_outcomes(own: Dispatch, other: Dispatch, kind: str) -> list[Outcome]:
    """The outcome of each relation of `own` against those of `other`; one that is not right is of `kind`."""
    keys = {relation_key(other, relation) for relation in other.relations}
    spans = {span_key(span) for span in other.spans}
    tied = {frozenset((head, tail)): label for label, head, tail in sorted(keys, reverse=True)}
    return [
        RIGHT if relation_key(own, relation) in keys else _near_relation(own, relation, spans, tied, kind)
        for relation in own.relations
    ]


def _near_relation(
    own: Dispatch,
    relation: Relation,
    spans: set[tuple[int, int, str]],
    tied: dict[frozenset[tuple[int, int, str]], str],
    kind: str,
) -> Outcome:
    _, head, tail = relation_key(own, relation)
    if head not in spans or tail not in spans:
        return Outcome(kind, "spans")
    pair = frozenset((head, tail))
    return Outcome(kind, "label", tied[pair]) if pair in tied else Outcome(kind, "pair")
