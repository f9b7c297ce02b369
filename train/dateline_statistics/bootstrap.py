"""How sure a figure is: dispatches are drawn anew with replacement, and the figure is taken of each drawing.

The percentile bootstrap (Efron 1979) over whole dispatches, for what stands in one dispatch is not independent, or over
stories where several dispatches tell one (data in clusters: Davison and Hinkley 1997, section 3.8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dateline_labels import Dispatch
from dateline_labels.components import connected
from dateline_labels.stories import links_of, meta_values
from numpy.typing import NDArray

LEVEL = 95
"""Per cent of the drawings that an interval holds, the rest half below and half above."""


@dataclass(frozen=True)
class Sampling:
    """How often each dispatch was drawn in each drawing, (dispatches, resamples); the same for every figure, so that
    figures can be compared drawing by drawing. `unit` is what was drawn, dispatches or stories, from `count` of them.
    """

    weights: NDArray[np.float64]
    seed: int
    unit: str
    count: int = 0

    @staticmethod
    def of(dispatches: Sequence[Dispatch], resamples: int, seed: int, story: str = "story") -> "Sampling":
        """Drawings of the dispatches; those that `meta[story]` connects, or that have one id, are drawn together, one
        without either is a story of its own.
        """
        stories = meta_values(dispatches, story)
        links = [*links_of(stories), *links_of(tuple((each.id,) for each in dispatches))]
        firsts = connected(len(dispatches), links)
        units = np.unique(np.array(firsts, dtype=np.int64), return_inverse=True)[1]
        count = len(set(firsts))
        drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / max(count, 1)), size=resamples)
        weights = np.ascontiguousarray(drawn[:, units].T, dtype=np.float64)
        return Sampling(weights, seed, "story" if any(stories) else "dispatch", count)

    @staticmethod
    def none(dispatches: int) -> "Sampling":
        """No drawings: figures come without intervals."""
        return Sampling(np.zeros((dispatches, 0)), 0, "dispatch")

    @property
    def resamples(self) -> int:
        """How many drawings there are."""
        return int(self.weights.shape[1])

    def sums(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(dispatches, columns) → (resamples, columns): the sums over the dispatches of each drawing."""
        told = rows.any(axis=1)  # most figures are of few dispatches
        sums: NDArray[np.float64] = (rows[told].T @ self.weights[told]).T
        return sums

    def bounds(self, figures: NDArray[np.float64]) -> tuple[float, float] | None:
        """The interval of a figure that was taken of every drawing, (resamples,); drawings without it (NaN) do not
        count. None where there is none with it, or nothing to draw from but one dispatch or story.
        """
        known = figures[~np.isnan(figures)]
        if not len(known) or self.count < 2:
            return None
        tail = (100 - LEVEL) / 2
        low, high = np.percentile(known, [tail, 100 - tail])
        return float(low), float(high)

    def facts(self) -> dict[str, Any]:
        """What a report says of the drawings."""
        return {"resamples": self.resamples, "seed": self.seed, "unit": self.unit, "level": LEVEL}
