"""Curves that make a model's probabilities believable, fitted on validation dispatches."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dateline_infer.calibration import Calibration, Curve, log_odds
from dateline_labels import Dispatch, Schema
from dateline_labels.confidence import Judged, judge
from numpy.typing import NDArray

_STEPS = 50
_PRIOR = 4.0
"""How strongly a curve is drawn towards the one of all labels together: as this many undecided examples would."""
_SMALLEST_STEP = 1e-9
_LEAST_SLOPE = 0.05
"""A curve must rise, or it would turn the order of the scores."""

Line = NDArray[np.floating[Any]]


def choose_calibration(validation: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema) -> Calibration:
    """A curve for each label; `predicted` must have raw probabilities, with the thresholds that ship."""
    judgements = judge(validation, predicted, schema)
    parts = (judgements.spans, judgements.attributes, judgements.relations)
    return Calibration(*map(_curves, parts))


def _curves(judged: Mapping[str, Sequence[Judged]]) -> dict[str, Curve]:
    shared = fit_curve([each for part in judged.values() for each in part], Curve())
    return {label: fit_curve(part, shared) for label, part in judged.items()}


def fit_curve(judged: Sequence[Judged], prior: Curve) -> Curve:
    """The curve of the highest likelihood (Platt 1999), drawn towards `prior` where there are few examples; by Newton
    steps, for the problem is convex.
    """
    odds = np.array([log_odds(each.score) for each in judged])
    right = np.array([each.right for each in judged], dtype=np.float64)
    inputs = np.stack([odds, np.ones_like(odds)], axis=1)
    start = np.array([prior.slope, prior.intercept])

    def loss(line: Line) -> float:
        known = np.logaddexp(0.0, inputs @ line) - right * (inputs @ line)
        return float(known.sum() + 0.5 * _PRIOR * ((line - start) ** 2).sum())

    line: Line = start.copy()
    for _ in range(_STEPS):
        shares = 0.5 + 0.5 * np.tanh(0.5 * (inputs @ line))
        gradient = inputs.T @ (shares - right) + _PRIOR * (line - start)
        curvature = (inputs * (shares * (1 - shares))[:, None]).T @ inputs + _PRIOR * np.eye(2)
        step: Line = np.linalg.solve(curvature, gradient)
        while np.abs(step).max() > _SMALLEST_STEP and loss(line - step) > loss(line):
            step = step / 2  # far from the best line a whole step overshoots
        if np.abs(step).max() <= _SMALLEST_STEP:
            break
        line = line - step
    return Curve(max(float(line[0]), _LEAST_SLOPE), float(line[1]))
