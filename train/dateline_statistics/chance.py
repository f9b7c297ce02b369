"""Agreement beyond chance: Krippendorff's alpha, Cohen's and Fleiss' kappa, all of categories without order.

Each is a function of tables that can be added up over dispatches, so that a resampled figure is that of resampled sums.
That is why no library stands here; tests hold the figures against those of nltk. None of them is defined (NaN) where
nothing was judged, or all judgements are of one value: then nobody can tell agreement from habit.

Krippendorff (2004), Content Analysis, chapter 11; Cohen (1960); Fleiss (1971). Artstein and Poesio (2008) compare them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .bootstrap import Sampling

Floats = NDArray[np.float64]


def coincidences(values: NDArray[np.int64], count: int) -> Floats:
    """(annotators, units) numbers of values, of `count` different ones → (values, values): how often two of the
    annotators gave the one value and the other to a unit, each pair of them counting 1 / (annotators - 1).
    """
    told = np.stack([(values == value).sum(axis=0) for value in range(count)], axis=1).astype(np.float64)
    table: Floats = (told.T @ told - np.diag(told.sum(axis=0))) / (len(values) - 1)
    return table


def collapsed(tables: Floats, mask: NDArray[np.bool_]) -> Floats:
    """(…, values, values) → (…, 2, 2): the values of the mask as one, and the others as the other."""
    parts = np.stack([mask, ~mask]).astype(np.float64)
    two: Floats = parts @ tables @ parts.T
    return two


def alpha_of(tables: Floats) -> Floats:
    """(…, values, values) coincidences → (…,) Krippendorff's alpha, nominal: 1 - observed / expected disagreement."""
    margins = tables.sum(axis=-1)
    total = margins.sum(axis=-1)
    observed = 1 - _share(np.trace(tables, axis1=-2, axis2=-1), total)
    expected = 1 - _share((margins * (margins - 1)).sum(axis=-1), total * (total - 1))
    return 1 - _share(observed, expected)


def cohen_of(tables: Floats) -> Floats:
    """(…, values, values) how often the first annotator gave one value and the second another → (…,) Cohen's kappa."""
    total = tables.sum(axis=(-2, -1))
    observed = _share(np.trace(tables, axis1=-2, axis2=-1), total)
    by_chance = _share((tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1), total**2)
    return _share(observed - by_chance, 1 - by_chance)


def fleiss_row(counts: Sequence[NDArray[np.int64]], values: int) -> Floats:
    """Units, each with how many annotators gave it each value → (values + 2,): the sums of these, the share of pairs of
    annotators who agree, the units.
    """
    told = np.array(counts, dtype=np.float64).reshape(-1, values)
    raters = told.sum(axis=1)
    agreeing = ((told * (told - 1)).sum(axis=1) / (raters * (raters - 1))).sum() if len(told) else 0.0
    return np.array([*told.sum(axis=0), agreeing, len(told)])


def fleiss_of(sums: Floats) -> Floats:
    """(…, values + 2) sums of `fleiss_row` → (…,) Fleiss' kappa, of as many annotators to each unit."""
    told, units = sums[..., :-2], sums[..., -1]
    observed = _share(sums[..., -2], units)
    by_chance = (_share(told, told.sum(axis=-1)[..., None]) ** 2).sum(axis=-1)
    return _share(observed - by_chance, 1 - by_chance)


def resampled(table: Floats, sampling: Sampling) -> Floats:
    """(dispatches, values, values) → (resamples, values, values) sums."""
    sums = sampling.sums(table.reshape(len(table), -1))
    return sums.reshape(-1, *table.shape[1:])


def mean_of(figures: Floats) -> Floats:
    """(several, …) → (…,) the mean of those that are defined; NaN where none is."""
    known = (~np.isnan(figures)).sum(axis=0)
    mean: Floats = np.where(known > 0, np.nansum(figures, axis=0) / np.maximum(known, 1), np.nan)
    return mean


def chance_figure(name: str, whole: Floats, drawn: Floats, sampling: Sampling) -> dict[str, float | None]:
    """A coefficient under its name, None where there is none, with its interval."""
    value = float(whole)
    bounds = sampling.bounds(drawn)
    figure: dict[str, float | None] = {name: None if np.isnan(value) else round(value, 4)}
    return {**figure, "low": round(bounds[0], 4), "high": round(bounds[1], 4)} if bounds else figure


def _share(part: Floats, whole: Floats) -> Floats:
    """`part / whole`; NaN where the whole is nothing, but for what adding up leaves of it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Floats = np.where(np.abs(whole) > 1e-12, part / whole, np.nan)
    return share
