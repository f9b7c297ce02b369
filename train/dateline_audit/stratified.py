"""Counts in the documents of a stratified random sample → figures of the whole archive, with intervals.

N_h documents of stratum h, n_h of them in the sample, f_h = n_h/N_h, w = N_h/n_h. After Cochran (1977), "Sampling
Techniques", 3rd edition:

- the total of y is Σ_h N_h ȳ_h, its variance Σ_h N_h² (1 − f_h) s_h²/n_h (equations 5.1 and 5.13);
- a share (precision, recall) is the combined ratio R = Ŷ/X̂ of two totals, its variance to first order that of the total
  of (y − R x)/X̂ (section 6.11);
- the corrected count is the known total of predictions plus the estimated total of (gold − predicted): the difference
  estimator (section 7.2, regression with the slope 1), which has no bias, however badly the model reads;
- intervals are those of Student's t with the degrees of freedom of Satterthwaite (equation 5.16), of shares on the
  scale of the logit, so that they stay within 0 and 1.

Beside these stands the percentile interval of the rescaling bootstrap within strata (Rao and Wu 1988; Rao, Wu and Yue
1992, "Some recent work on resampling methods for complex surveys"): n_h − 1 documents are drawn with replacement and a
document drawn r times weighs w (1 − √(1−f_h) + √(1−f_h) r n_h/(n_h−1)).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_TAIL = 0.025
_PERCENTILES = (100 * _TAIL, 100 * (1 - _TAIL))
_NO_VARIANCE = 1e-24
"""Of a share; what is less comes of rounding."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval, its standard error, and the bootstrap's interval; None where the sample, which
    is not the whole, shows no variation that they could be estimated from.
    """

    value: float
    low: float | None
    high: float | None
    error: float | None
    bootstrap: tuple[float, float] | None


@dataclass(frozen=True)
class Design:
    """The strata that a sample was drawn from: how many documents each has, and the stratum of each sampled document.

    Raises ValueError where a stratum has one document in the sample and more outside, or none.
    """

    sizes: Integers
    stratum_of: Integers

    def __post_init__(self) -> None:
        for at, (size, count) in enumerate(zip(self.sizes, self.counts, strict=True)):
            if count < min(2, size) or count > size:
                raise ValueError(f"stratum {at}: expected 2 to {size} sampled documents, got {count}")

    @cached_property
    def counts(self) -> Integers:
        """n_h"""
        return np.bincount(self.stratum_of, minlength=len(self.sizes)).astype(np.int64)

    @property
    def is_census(self) -> bool:
        """Whether every document is in the sample."""
        return bool((self.counts == self.sizes).all())

    @cached_property
    def weights(self) -> Floats:
        """(documents,) how many documents of the archive each stands for"""
        return (self.sizes / self.counts)[self.stratum_of]

    def total(self, values: Floats) -> float:
        """The estimated total over the archive of what was counted in each sampled document."""
        return float(self.weights @ values)

    def variance(self, values: Floats) -> tuple[float, float]:
        """Of that total, and its degrees of freedom (infinite where nothing varies)."""
        means = np.bincount(self.stratum_of, values, len(self.sizes)) / self.counts
        squares = np.bincount(self.stratum_of, (values - means[self.stratum_of]) ** 2, len(self.sizes))
        freedom = np.maximum(self.counts - 1, 1)
        parts = self.sizes**2 * (1 - self.counts / self.sizes) * squares / freedom / self.counts
        spread = float((parts**2 / freedom).sum())
        return float(parts.sum()), float(parts.sum()) ** 2 / spread if spread else np.inf

    def replicates(self, resamples: int, seed: int) -> Floats:
        """(resamples, documents) the weights of each resample, in each stratum with the sum N_h"""
        random = np.random.default_rng(seed)
        found = np.empty((resamples, len(self.stratum_of)))
        for at, (size, count) in enumerate(zip(self.sizes.tolist(), self.counts.tolist(), strict=True)):
            times = random.multinomial(max(count - 1, 0), np.full(count, 1 / count), resamples)
            scale = (1 - count / size) ** 0.5
            drawn = scale * count / (count - 1) * times if count > 1 else 0.0
            found[:, self.stratum_of == at] = size / count * (1 - scale + drawn)
        return found

    def part(self, strata: Sequence[int]) -> tuple["Design", NDArray[np.bool_]]:
        """Some of the strata alone, and which sampled documents are in them."""
        inside = np.isin(self.stratum_of, strata)
        number = {stratum: at for at, stratum in enumerate(strata)}
        renumbered = np.array([number[int(each)] for each in self.stratum_of[inside]], dtype=np.int64)
        return Design(self.sizes[list(strata)], renumbered), inside


def corrected(design: Design, known: float, gold: Floats, predicted: Floats, replicates: Floats) -> Estimate:
    """The number of gold ones in the archive, where `known` is how many were predicted there. It is never bounded below
    what the sampled documents hold by themselves.
    """
    differences = gold - predicted
    floor = float(gold.sum())
    value = max(known + design.total(differences), floor)
    variance, freedom = design.variance(differences)
    if not variance and not design.is_census:
        return Estimate(value, None, None, None, None)
    reach = _quantile(freedom) * variance**0.5
    drawn = np.percentile(known + replicates @ differences, _PERCENTILES)
    bootstrap = (max(float(drawn[0]), floor), max(float(drawn[1]), floor))
    return Estimate(value, max(value - reach, floor), value + reach, variance**0.5, bootstrap)


def share(design: Design, part: Floats, whole: Floats, replicates: Floats) -> Estimate | None:
    """The share that `part` has in `whole`; None where the sample holds nothing of the whole.

    Where every document has the same share, as where the sample shows no exception or one document has all there is, no
    variance can be estimated: the interval is then that of Clopper and Pearson (1934) for as many independent trials as
    documents hold something of the whole.
    """
    total = design.total(whole)
    if not total:
        return None
    value = design.total(part) / total
    drawn = (replicates @ part) / np.maximum(replicates @ whole, 1e-12)
    low, high = np.percentile(drawn, _PERCENTILES)
    bootstrap = (float(low), float(high))
    if design.is_census:
        return Estimate(value, value, value, 0.0, bootstrap)
    variance, freedom = design.variance((part - value * whole) / total)
    if variance < _NO_VARIANCE:
        return Estimate(value, *_clopper_pearson(value, int((whole > 0).sum())), None, None)
    reach = _quantile(freedom) * variance**0.5 / (value * (1 - value))
    middle = np.log(value / (1 - value))
    low, high = (float(1 / (1 + np.exp(-middle - sign * reach))) for sign in (-1, 1))
    return Estimate(value, low, high, variance**0.5, bootstrap)


def unseen(sampled: int, size: int) -> float:
    """The largest share of a stratum (0 to 1) that can have what none of the sampled documents has, at 95 % confidence,
    one-sided: 1 − 0.05^(1/n), about 3/n (Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all
    right?").
    """
    return 0.0 if sampled >= size else float(1 - 0.05 ** (1 / sampled))


def _clopper_pearson(value: float, trials: int) -> tuple[float, float]:
    """The bounds of a share, from 0 to 1, that so many trials came to; how many came true need be no whole number."""
    from scipy.special import betaincinv

    true = value * trials
    low = float(betaincinv(true, trials - true + 1, _TAIL)) if value > 0 else 0.0
    return low, float(betaincinv(true + 1, trials - true, 1 - _TAIL)) if value < 1 else 1.0


def _quantile(freedom: float) -> float:
    """Student's t at 97.5 %."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(1 - _TAIL) if np.isinf(freedom) else stdtrit(freedom, 1 - _TAIL))
