"""Whether scores can be believed: what was predicted with which score, and whether it was right.

A span is right where label and both borders are (exact), a relation where it is *strict* right, an attribute where its
value is the gold one's; attributes are judged on spans found exactly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .dispatch import Dispatch
from .schema import Schema
from .scoring import relation_key, span_key


class Judged(NamedTuple):
    """A prediction's score and whether it was right."""

    score: float
    right: bool


@dataclass(frozen=True)
class Judgements:
    """What was predicted, by label; an attribute's name is `LABEL.attribute`, as in the schema."""

    spans: dict[str, list[Judged]] = field(default_factory=dict)
    attributes: dict[str, list[Judged]] = field(default_factory=dict)
    relations: dict[str, list[Judged]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bin:
    """Predictions of like score: how many, their mean score and the share of them that is right."""

    count: int
    score: float
    right: float


def judge(gold: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema) -> Judgements:
    """Judge every prediction that has a score; gold and predicted stand in the same order."""
    judgements = Judgements(
        {label: [] for label in schema.spans},
        {f"{label}.{name}": [] for label, name, _ in schema.attributes},
        {label: [] for label in schema.relations},
    )
    for true, found in zip(gold, predicted, strict=True):
        _judge(true, found, judgements)
    return judgements


def _judge(gold: Dispatch, predicted: Dispatch, judgements: Judgements) -> None:
    true = {span_key(span): span for span in gold.spans}
    for span in predicted.spans:
        match = true.get(span_key(span))
        if span.score is not None:
            judgements.spans[span.label].append(Judged(span.score, match is not None))
        for name, score in span.attribute_scores.items() if match else ():
            right = match is not None and match.attributes.get(name) == span.attributes[name]
            judgements.attributes[f"{span.label}.{name}"].append(Judged(score, right))
    related = {relation_key(gold, relation) for relation in gold.relations}
    for relation in predicted.relations:
        if relation.score is not None:
            judged = Judged(relation.score, relation_key(predicted, relation) in related)
            judgements.relations[relation.label].append(judged)


def reliability(judged: Iterable[Judged], bins: int = 10) -> list[Bin]:
    """The predictions in bins of equal width over the scores 0 to 1; empty bins are left out."""
    groups: dict[int, list[Judged]] = {}
    for each in judged:
        groups.setdefault(min(int(each.score * bins), bins - 1), []).append(each)
    return [
        Bin(
            len(group),
            sum(each.score for each in group) / len(group),
            sum(each.right for each in group) / len(group),
        )
        for _, group in sorted(groups.items())
    ]


def expected_calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """The mean distance of score and share right over the bins, weighed by their counts (Naeini et al. 2015; Guo et
    al. 2017), from 0 to 1; 0 where nothing was judged.
    """
    if not judged:
        return 0.0
    return sum(each.count * abs(each.score - each.right) for each in reliability(judged, bins)) / len(judged)
