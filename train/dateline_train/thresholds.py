"""When a span or a relation is believed: probabilities chosen on validation dispatches, and what training shows
obligatory.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from dateline_incidents.incidents import ROLES
from dateline_infer.chain import BELIEVED
from dateline_infer.config import ReadingConfig
from dateline_infer.decoding import PLAUSIBLE
from dateline_infer.extractor import Extractor
from dateline_infer.gate import Gate
from dateline_infer.tokens import FloatArray, tokenize_all
from dateline_labels import Dispatch, Schema
from dateline_labels.clusters import score_clusters
from dateline_labels.confidence import Judged, judge
from dateline_labels.scoring import Counts, match_spans

_STEPS = tuple(step / 20 for step in range(1, 20))
_DOUBTFUL = 0.1
"""Of spans, the least probability that is looked at."""
_NOTICEABLE = 0.005
"""Another threshold of spans than a half has to be better by as much F1; seeds differ by that."""
_SHRINKAGE = 20
"""A relation with few validation examples keeps near 0.5: that choice weighs as much as this many examples."""
_GATE_DISTANCE = 0.25
_ENOUGH, _HARDLY_EVER_LACKING = 50, 0.9


@dataclass(frozen=True)
class _Candidate:
    """A relation that could be believed: its tail, which an obligatory relation must reach, and whether it is right."""

    tail: tuple[str, str]  # dispatch and span
    must_have: bool
    score: float
    right: bool


def choose_span_threshold(extractor: Extractor, validation: Sequence[Dispatch]) -> float:
    """The probability from which spans are believed: a half, or the nearest to it at which the F1 of exact spans is
    noticeably higher. Little is believed by a model that has learnt little, and then less than a half may be enough.

    `extractor` must believe spans from a low probability on (see `with_doubtful_spans`), with scores that are
    probabilities as they come. As the likelier one of two that overlap is kept, what is read at a threshold is what
    reaches it of what is read at a lower one.
    """
    gold = sum(len(dispatch.spans) for dispatch in validation)
    by_label = judge(validation, extractor.batch(validation), extractor.config.schema).spans
    judged = [each for of_label in by_label.values() for each in of_label]
    by_step = {step: _f1_of_spans(judged, gold, step) for step in _STEPS if step >= _DOUBTFUL}
    near = [step for step, f1 in by_step.items() if f1 > max(by_step.values()) - _NOTICEABLE]
    return min(near, key=lambda step: (abs(step - BELIEVED), step))


def _f1_of_spans(judged: Sequence[Judged], gold: int, threshold: float) -> float:
    believed = [each.right for each in judged if each.score >= threshold]
    right = sum(believed)
    return Counts(right, len(believed) - right, gold - right).f1


def with_doubtful_spans(config: ReadingConfig) -> ReadingConfig:
    """The same config, believing spans from a low probability on."""
    return replace(config, span_threshold=_DOUBTFUL)


def choose_thresholds(extractor: Extractor, validation: Sequence[Dispatch]) -> dict[str, float]:
    """For each relation the threshold of the highest F1 over predicted spans that overlap gold ones, drawn towards
    0.5 where there are few examples; for the relation that ties mentions of one event, of the highest pairwise F1 of
    the clusters it makes, since incidents are made of these: one missing link parts two clusters.

    `extractor` must believe relations from a low probability on (see `with_low_thresholds`).
    """
    read = extractor.batch(validation)
    candidates: dict[str, list[_Candidate]] = defaultdict(list)
    gold_count: dict[str, int] = defaultdict(int)
    for gold, found in zip(validation, read, strict=True):
        true = {(relation.label, relation.head, relation.tail) for relation in gold.relations}
        matches = match_spans(gold.spans, found.spans)
        for relation in gold.relations:
            gold_count[relation.label] += 1
        for relation in found.relations:
            right = (relation.label, matches.get(relation.head, ""), matches.get(relation.tail, "")) in true
            tail_label = found.span_by_id[relation.tail].label
            must_have = tail_label in extractor.config.obligatory.get(relation.label, ())
            score = relation.score or 0.0
            candidates[relation.label].append(_Candidate((gold.id, relation.tail), must_have, score, right))
    scores = {
        label: {step: _f1(candidates[label], gold_count[label], step) for step in _STEPS}
        for label in extractor.config.schema.relations
    }
    tie = ROLES.same_event
    if tie in scores:
        scores[tie] = {step: score_clusters(validation, _believing(read, tie, step), tie).f1 for step in _STEPS}
    return {label: _best(scores[label], gold_count[label]) for label in scores}


def choose_gate(extractor: Extractor, validation: Sequence[Dispatch], labels: Sequence[str]) -> Gate | None:
    """A gate that lets every validation dispatch with one of the labels through, and as many of others as it must.

    The lowest score of n dispatches lies above what one in n + 1 new ones has; the threshold keeps a distance from it,
    a share of the spread of their scores, so that more than 99.5 % of new ones pass where a hundred were at hand. None
    where no validation dispatch has such a label.
    """
    passing = scores_of_gate(extractor, validation)[[holds_any(dispatch, labels) for dispatch in validation]].astype(
        np.float64
    )
    if not len(passing):
        return None
    return Gate(tuple(labels), round(float(passing.min() - _GATE_DISTANCE * passing.std()), 4))


def scores_of_gate(extractor: Extractor, dispatches: Sequence[Dispatch]) -> FloatArray:
    """(dispatches,): the log-odds that each passes the gate."""
    texts = tokenize_all(extractor.tokenizer, [dispatch.text for dispatch in dispatches])
    return extractor.network.gate_scores([each.ids for each in texts])


def holds_any(dispatch: Dispatch, labels: Sequence[str]) -> bool:
    """Whether the dispatch has a span with one of the labels."""
    return any(span.label in labels for span in dispatch.spans)


def with_low_thresholds(config: ReadingConfig) -> ReadingConfig:
    """The same config, believing every relation from a low probability on."""
    return replace(config, thresholds=dict.fromkeys(config.schema.relations, PLAUSIBLE))


def obligatory_tails(training: Sequence[Dispatch], schema: Schema) -> dict[str, tuple[str, ...]]:
    """For each relation, the span labels whose spans hardly ever lack a relation of that label to them."""
    count: dict[str, int] = defaultdict(int)
    headed: dict[tuple[str, str], int] = defaultdict(int)
    for dispatch in training:
        for span in dispatch.spans:
            count[span.label] += 1
        for relation, tail in {(relation.label, relation.tail) for relation in dispatch.relations}:
            headed[relation, dispatch.span_by_id[tail].label] += 1
    return _obligatory(schema, count, headed)


def _obligatory(
    schema: Schema, count: Mapping[str, int], headed: Mapping[tuple[str, str], int]
) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, relation in schema.relations.items():
        enough = [label for label in relation.tail if count[label] >= _ENOUGH]
        labels = tuple(label for label in enough if headed[name, label] >= _HARDLY_EVER_LACKING * count[label])
        if labels:
            found[name] = labels
    return found


def _best(scores: Mapping[float, float], gold: int) -> float:
    """The threshold of the highest score, the middle one of equals, where there are as many gold examples."""
    equals = [step for step in _STEPS if scores[step] == max(scores.values())]
    best = equals[len(equals) // 2]
    return round((best * gold + 0.5 * _SHRINKAGE) / (gold + _SHRINKAGE), 4)


def _believing(read: Sequence[Dispatch], label: str, threshold: float) -> list[Dispatch]:
    """The dispatches as read without the relations of this label below the threshold."""
    return [
        replace(
            dispatch,
            relations=tuple(
                relation
                for relation in dispatch.relations
                if relation.label != label or (relation.score or 0.0) >= threshold
            ),
        )
        for dispatch in read
    ]


def _f1(candidates: Sequence[_Candidate], gold: int, threshold: float) -> float:
    """F1 of what is believed at a threshold, with the most probable head of each tail that must have one."""
    believed = [candidate for candidate in candidates if candidate.score >= threshold]
    headed = {candidate.tail for candidate in believed}
    most: dict[tuple[str, str], _Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: candidate.score):
        if candidate.must_have and candidate.tail not in headed:
            most[candidate.tail] = candidate
    chosen = [*believed, *most.values()]
    right = sum(candidate.right for candidate in chosen)
    return 2 * right / (len(chosen) + gold) if right else 0.0
