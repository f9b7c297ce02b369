"""How far scores can be believed: calibration by label, and what is risked where only the surest ones are kept."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from dateline_infer.calibration import Calibration, Curve
from dateline_labels.confidence import Judged, Judgements, expected_calibration_error, reliability
from dateline_statistics.ratios import percent
from numpy.typing import NDArray

RISKS: Final = {"spans": 0.1, "relations": 0.2}
"""The share of wrong ones that is bearable, for the threshold below which to abstain."""
_POINTS: Final = 50
_FOLDS: Final = 5


def confidence(judgements: Judgements, calibration: Calibration | None) -> dict[str, dict[str, Any]]:
    """For spans, attributes and relations, by label and all together: how far the scores are from the share that is
    right; and the curve that made the scores of probabilities, where it is known.
    """
    curves = calibration or Calibration()
    parts: dict[str, tuple[Mapping[str, Sequence[Judged]], Mapping[str, Curve]]] = {
        "spans": (judgements.spans, curves.spans),
        "attributes": (judgements.attributes, curves.attributes),
        "relations": (judgements.relations, curves.relations),
    }
    return {
        part: {
            **{label: {**_believed(judged), **_curve(curves.get(label))} for label, judged in by_label.items()},
            "all": _believed([each for judged in by_label.values() for each in judged]),
        }
        for part, (by_label, curves) in parts.items()
    }


def _curve(curve: Curve | None) -> dict[str, float]:
    """The temperature that log-odds were divided by (Guo et al. 2017) and what was added (Platt 1999)."""
    return {"temperature": round(1 / curve.slope, 4), "intercept": round(curve.intercept, 4)} if curve else {}


def _believed(judged: Sequence[Judged]) -> dict[str, Any]:
    count = max(len(judged), 1)
    return {
        "ece": percent(expected_calibration_error(judged)),
        "score": percent(sum(each.score for each in judged) / count),
        "right": percent(sum(each.right for each in judged) / count),
        "judged": len(judged),
        "bins": [
            {"count": each.count, "score": percent(each.score), "right": percent(each.right)}
            for each in reliability(judged)
        ],
    }


def risk(judged: Mapping[str, Sequence[Sequence[Judged]]]) -> dict[str, Any]:
    """The curves of coverage and risk (El-Yaniv and Wiener 2010), of what was judged dispatch by dispatch in each part,
    and the threshold from which on no more than RISKS is wrong.

    The threshold's own coverage and risk are those of dispatches that it was not chosen on, in five folds.
    """
    curves: dict[str, Any] = {
        part: _curve_points([each for row in rows for each in row]) for part, rows in judged.items()
    }
    return {**curves, "abstain": {part: _abstain(rows, RISKS[part]) for part, rows in judged.items()}}


def _curve_points(judged: Sequence[Judged]) -> list[dict[str, float]]:
    """At most _POINTS points of the curve, from the surest ones to all."""
    scores, wrong = _sorted(judged)
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True)) if len(scores) else np.zeros(0, dtype=np.int64)
    if len(last) > _POINTS:
        last = last[np.unique(np.linspace(0, len(last) - 1, _POINTS).round().astype(np.int64))]
    return [
        {
            "threshold": round(float(scores[at]), 4),
            "coverage": percent((at + 1) / len(scores)),
            "risk": percent(wrong[at] / (at + 1)),
        }
        for at in last.tolist()
    ]


def _sorted(judged: Sequence[Judged]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Scores from the highest to the lowest, and how many are wrong among those down to each."""
    scores = np.array([each.score for each in judged], dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    wrong = np.cumsum(np.array([not each.right for each in judged], dtype=np.int64)[order])
    return scores[order], wrong


def _threshold(judged: Sequence[Judged], bearable: float) -> float | None:
    """The lowest score such that, of all with it or a higher one, no more than the bearable share is wrong."""
    scores, wrong = _sorted(judged)
    if not len(scores):
        return None
    last = np.append(scores[1:] != scores[:-1], True)
    fits = np.flatnonzero(last & (wrong <= bearable * np.arange(1, len(scores) + 1)))
    return float(scores[fits[-1]]) if len(fits) else None


def _abstain(rows: Sequence[Sequence[Judged]], bearable: float) -> dict[str, float | None]:
    """The threshold of all dispatches, with what it came to on those that others' thresholds were tried on."""
    kept: list[Judged] = []
    for fold in range(_FOLDS):
        others = [each for at, row in enumerate(rows) if at % _FOLDS != fold for each in row]
        chosen = _threshold(others, bearable)
        if chosen is not None:
            kept += [each for row in rows[fold::_FOLDS] for each in row if each.score >= chosen]
    judged = [each for row in rows for each in row]
    return {
        "bearable": percent(bearable),
        "threshold": _threshold(judged, bearable),
        "coverage": percent(len(kept) / len(judged)) if judged else 0.0,
        "risk": percent(sum(not each.right for each in kept) / len(kept)) if kept else 0.0,
    }
