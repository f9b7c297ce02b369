"""Gold and predicted dispatches → every figure of the metrics, as plain data, and the cases they come from.

All shares are in per cent. What each figure means stands in `meanings`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline_incidents.incidents import ROLES, can_assemble
from dateline_infer.calibration import Calibration
from dateline_labels import Dispatch, Schema
from dateline_labels.confidence import Judged, judge
from dateline_labels.scoring import Case, Scores, score
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import by_label

from .attributes import attribute_figures
from .believing import confidence, risk
from .cluster_scores import cluster_figures
from .headline import headline
from .incident_figures import incident_figures, swap_figures
from .outcomes import Outcomes
from .semeval import confusion, paired, semeval_scores
from .slices import Evaluated, known_words, slices
from .word_tags import seqeval_scores

FORMAT = 1
"""Of metrics.json."""


@dataclass(frozen=True)
class Readings:
    """Dispatches and how a model read them, in the same order.

    gold           as annotated
    predicted      as read
    schema         what both are of
    related        the gold spans with the relations that were read among them; None where that was not asked
    calibration    the curves that made the scores; None where they are not known
    trained_on     the dispatches that the model was trained on; None where they are not known
    """

    gold: Sequence[Dispatch]
    predicted: Sequence[Dispatch]
    schema: Schema
    related: Sequence[Dispatch] | None = None
    calibration: Calibration | None = None
    trained_on: Sequence[Dispatch] | None = None


def figures_of(readings: Readings, sampling: Sampling | None = None) -> tuple[dict[str, Any], list[Case]]:
    """Every figure that is made of the dispatches alone, and every case; without `sampling` there are no intervals.

    Raises ValueError where ids or texts of a gold and a predicted dispatch differ.
    """
    sampling = sampling or Sampling.none(len(readings.gold))
    scores = [score([one], [two], readings.schema) for one, two in zip(readings.gold, readings.predicted, strict=True)]
    figures = {
        "uncertainty": sampling.facts(),
        "spans": {
            "exact": by_label([each.spans for each in scores], readings.schema.spans, sampling),
            "seqeval": seqeval_scores(readings.gold, readings.predicted),
            "semeval": semeval_scores(readings.gold, readings.predicted, readings.schema.spans, sampling),
        },
        "relations": _relations(readings, scores, sampling),
        **_told(readings, sampling),
        "attributes": attribute_figures(scores, sampling),
        **_believed(readings),
        "slices": _slices(readings, sampling),
        "confusion": {"spans": confusion(paired(readings.gold, readings.predicted))},
        "unread": [dispatch.id for dispatch in readings.predicted if "error" in dispatch.meta],
    }
    figures["headline"] = headline(figures, len(readings.gold))
    return figures, [case for each in scores for case in each.cases]


def _relations(readings: Readings, scores: Sequence[Scores], sampling: Sampling) -> dict[str, Any]:
    labels = readings.schema.relations
    found = {
        measure: by_label([each.relations[measure] for each in scores], labels, sampling)
        for measure in ("strict", "boundaries", "overlapping")
    }
    if readings.related is None:
        return found
    given = [
        score([one], [two], readings.schema).relations["strict"]
        for one, two in zip(readings.gold, readings.related, strict=True)
    ]
    return {**found, "gold_spans": by_label(given, labels, sampling)}


def _told(readings: Readings, sampling: Sampling) -> dict[str, Any]:
    """What is told of events; empty parts where the schema has none."""
    gold, predicted, schema = readings.gold, readings.predicted, readings.schema
    tie, sides = ROLES.same_event, {ROLES.perpetrator, ROLES.target}
    nothing: dict[str, Any] = {"incidents": {}, "events": {}, "casualties": {}}
    return {
        "clusters": {tie: cluster_figures(gold, predicted, schema, tie, sampling)} if tie in schema.relations else {},
        **(incident_figures(gold, predicted, schema, sampling) if can_assemble(schema) else nothing),
        "swaps": swap_figures(gold, predicted, sampling) if sides <= set(schema.relations) else {},
    }


def _believed(readings: Readings) -> dict[str, Any]:
    rows = [judge([one], [two], readings.schema) for one, two in zip(readings.gold, readings.predicted, strict=True)]
    parts = {
        "spans": [_joined(each.spans) for each in rows],
        "relations": [_joined(each.relations) for each in rows],
    }
    return {
        "confidence": confidence(judge(readings.gold, readings.predicted, readings.schema), readings.calibration),
        "risk": risk(parts),
    }


def _joined(by_label: Mapping[str, Sequence[Judged]]) -> list[Judged]:
    return [each for judged in by_label.values() for each in judged]


def _slices(readings: Readings, sampling: Sampling) -> dict[str, dict[str, Any]]:
    outcomes = [Outcomes.of(one, two) for one, two in zip(readings.gold, readings.predicted, strict=True)]
    known = None if readings.trained_on is None else known_words(readings.trained_on)
    return slices(Evaluated(readings.gold, outcomes, readings.schema, sampling), known)
