"""Counts dispatch by dispatch → the figures of all dispatches together, in per cent, with intervals where resampled.

Every figure here is a ratio of two sums over dispatches, so that a resampled figure is the ratio of two resampled sums.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from dateline_labels.scoring import Counts
from numpy.typing import NDArray

from .bootstrap import Sampling

Ratios = NDArray[np.float64]
"""(dispatches, 4): the part and the whole of precision, the part and the whole of recall."""

_SMALL_SUPPORT, _FEW_DISPATCHES = 30, 10


def is_small(support: int, dispatches: int) -> bool:
    """Whether so few gold ones, or so few dispatches, stand behind a figure that its interval says little."""
    return support < _SMALL_SUPPORT or dispatches < _FEW_DISPATCHES


def ratios_of(counts: Iterable[Counts]) -> Ratios:
    """The ratios of one measure, from its counts in each dispatch."""
    rows = [(each.right, each.right + each.spurious, each.right, each.gold) for each in counts]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def shares_of(pairs: Iterable[tuple[float, float]]) -> Ratios:
    """The ratios of a plain share, from its part and its whole in each dispatch."""
    rows = [(part, whole, part, whole) for part, whole in pairs]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def f1_of(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, 4) sums → (…,) F1 from 0 to 1: the harmonic mean of precision and recall; NaN where both wholes are 0, so
    that there is nothing to measure.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], 0.0)
        recall = np.where(sums[..., 3] > 0, sums[..., 2] / sums[..., 3], 0.0)
        f1 = np.where(precision + recall > 0, 2 * precision * recall / (precision + recall), 0.0)
    return np.where((sums[..., 1] > 0) | (sums[..., 3] > 0), f1, np.nan)


def interval(ratios: Ratios, sampling: Sampling) -> dict[str, float]:
    """The bounds of F1, as `low` and `high` in per cent; nothing where nothing was resampled."""
    bounds = sampling.bounds(f1_of(sampling.sums(ratios)))
    return {} if bounds is None else {"low": percent(bounds[0]), "high": percent(bounds[1])}


def percent(share: float) -> float:
    """A share from 0 to 1 in per cent, to two digits."""
    return round(100 * float(share), 2)


def plain_f(ratios: Ratios, sampling: Sampling) -> dict[str, float]:
    """Precision, recall and F1 of figures that are no plain counts; `gold` is the whole of recall."""
    sums = ratios.sum(axis=0)
    return {
        "precision": percent(sums[0] / sums[1]) if sums[1] else 0.0,
        "recall": percent(sums[2] / sums[3]) if sums[3] else 0.0,
        "f1": percent(float(np.nan_to_num(f1_of(sums)))),
        "gold": int(sums[3]),
        **interval(ratios, sampling),
    }


def counted_f(counts: Sequence[Counts], sampling: Sampling) -> dict[str, float]:
    """Precision, recall and F1 with the counts they come from, given dispatch by dispatch."""
    total = sum(counts, Counts())
    shares = {"precision": total.precision, "recall": total.recall, "f1": total.f1}
    numbers = {"gold": total.gold, "right": total.right, "spurious": total.spurious, "missed": total.missed}
    return {
        **{name: percent(share) for name, share in shares.items()},
        **numbers,
        **interval(ratios_of(counts), sampling),
    }


def share_f(pairs: Sequence[tuple[int, int]], sampling: Sampling) -> dict[str, float]:
    """A plain share as `share`, with `right` of `of`, given dispatch by dispatch."""
    right, of = (sum(each) for each in zip(*pairs, strict=True)) if pairs else (0, 0)
    return {
        "share": percent(right / of) if of else 0.0,
        "right": right,
        "of": of,
        **interval(shares_of(pairs), sampling),
    }


def by_label(rows: Sequence[Mapping[str, Counts]], labels: Iterable[str], sampling: Sampling) -> dict[str, Any]:
    """The figures of each label, and of all together as `micro`, from the counts by label in each dispatch."""
    known = dict.fromkeys([*labels, *(label for row in rows for label in row)])
    found = {label: counted_f([row.get(label, Counts()) for row in rows], sampling) for label in known}
    return {**found, "micro": counted_f([sum(row.values(), Counts()) for row in rows], sampling)}
