"""Raw probabilities → scores that can be believed: of predictions with a score of 0.8, four in five are right.

A curve is a straight line over the log-odds (Platt 1999, on the model's own log-odds), fitted on validation data.
"""

import math
from dataclasses import dataclass, field

_LEAST = 1e-4
"""Scores are kept to four digits, and neither 0 nor 1 has log-odds."""


@dataclass(frozen=True)
class Curve:
    """Log-odds → slope × log-odds + intercept. It rises, so the order of the scores stays; raises ValueError else."""

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 < self.slope < math.inf and math.isfinite(self.intercept)):
            raise ValueError(f"expected a rising curve, got slope {self.slope}, intercept {self.intercept}")

    def __call__(self, probability: float) -> float:
        """The calibrated score of a probability, both from 0 to 1, to four digits."""
        return round(0.5 + 0.5 * math.tanh(0.5 * (self.slope * log_odds(probability) + self.intercept)), 4)


IDENTITY = Curve()


@dataclass(frozen=True)
class Calibration:
    """The curves of span labels, attributes (`LABEL.attribute`) and relation labels; a missing one changes nothing."""

    spans: dict[str, Curve] = field(default_factory=dict)
    attributes: dict[str, Curve] = field(default_factory=dict)
    relations: dict[str, Curve] = field(default_factory=dict)


def log_odds(probability: float) -> float:
    """Finite log-odds of a probability from 0 to 1."""
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(kept / (1.0 - kept))
