"""The attribute head and the relation head in numpy: small beside the encoder, exact in float32.

The same formulas stand in `dateline_train.heads`, where they are learnt; packaging proves that both agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .pairs import between
from .tokens import FloatArray, IntArray

Weights = Mapping[str, FloatArray]
_PAIRS_AT_ONCE = 2_048
"""So many that what is made of them stays in a processor's cache."""
_FEW_ROWS = 8
_MANY_ROWS = 256


@dataclass(frozen=True)
class SpanBatch:
    """Spans of one or more dispatches whose tokens stand one after another; none is empty.

    vectors  (tokens, hidden) what the encoder made of each token
    labels   (spans,) numbers of their labels in the schema
    starts, ends  (spans,) in those tokens, half-open
    """

    vectors: FloatArray
    labels: IntArray
    starts: IntArray
    ends: IntArray

    @cached_property
    def span_vectors(self) -> FloatArray:
        """(spans, 3 × hidden): the first token's vector, the last one's and the mean of all; both heads read them."""
        mean = _sums(self.vectors, self.starts, self.ends) / (self.ends - self.starts)[:, None].astype(np.float32)
        return np.concatenate([self.vectors[self.starts], self.vectors[self.ends - 1], mean], axis=1)


def attribute_logits(weights: Weights, batch: SpanBatch) -> FloatArray:
    """(spans, values of all attributes), in the order of `Schema.attributes`."""
    hidden = _linear(weights, "attributes.hidden", batch.span_vectors)
    hidden += weights["attributes.label.weight"][batch.labels]
    return _linear(weights, "attributes.output", np.maximum(hidden, 0.0))


def relation_logits(weights: Weights, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
    """(pairs, relation labels). `pairs` (pairs, 2) are rows of the batch, head and tail; `features` as in `pairs`."""
    if not len(pairs):
        return np.zeros((0, len(weights["relations.output.bias"])), dtype=np.float32)
    parts = {
        name: _linear_of(weights, f"relations.{name}", batch.span_vectors, pairs[:, side])
        for side, names in enumerate((("head", "head_key"), ("tail", "tail_key")))
        for name in names
    }
    words = Sums.of(batch, weights["relations.between.weight"])
    blocks = (slice(at, at + _PAIRS_AT_ONCE) for at in range(0, len(pairs), _PAIRS_AT_ONCE))
    return np.concatenate([_pair_logits(weights, batch, parts, words, pairs[at], features[at]) for at in blocks])


@dataclass(frozen=True)
class Sums:
    """Sums of projected vectors up to each border of a span, from which that of any range between two borders follows.

    borders  (borders,) the tokens at which spans start or end, in order
    before   (borders, width) in float64, for in a long text small ranges are differences of large sums
    """

    borders: IntArray
    before: NDArray[np.float64]

    @staticmethod
    def of(batch: SpanBatch, weight: FloatArray) -> "Sums":
        """Of the vectors times `weight` (width, hidden): since that is linear, sums are multiplied and not tokens."""
        borders = np.union1d(batch.starts, batch.ends)
        before = np.zeros((len(borders), len(weight)), dtype=np.float64)
        before[1:] = _sums(batch.vectors, borders[:-1], borders[1:]) @ weight.T
        for last, row in pairwise(before):  # `cumsum` over rows goes down each column and takes seven times as long
            row += last
        return Sums(borders, before)

    def mean(self, starts: IntArray, ends: IntArray) -> FloatArray:
        """(ranges, width): the mean row of each half-open range of tokens, zeros for an empty one; both ends,
        (ranges,), are borders.
        """
        first, last = np.searchsorted(self.borders, starts), np.searchsorted(self.borders, ends)
        sums = self.before[last]
        sums -= self.before[first]
        sums /= np.maximum(ends - starts, 1)[:, None]
        return sums.astype(np.float32)


def _pair_logits(
    weights: Weights,
    batch: SpanBatch,
    parts: Mapping[str, FloatArray],
    words: Sums,
    pairs: IntArray,
    features: IntArray,
) -> FloatArray:
    heads, tails = pairs[:, 0], pairs[:, 1]
    hidden = parts["head"][heads] + parts["tail"][tails]
    hidden += parts["head_key"][heads] * parts["tail_key"][tails]
    hidden += words.mean(*between(batch.starts, batch.ends, pairs))
    hidden += weights["relations.labels.weight"][label_pair(batch.labels[heads], batch.labels[tails], weights)]
    for column in range(features.shape[1]):
        hidden += weights[f"relations.features.{column}.weight"][features[:, column]]
    hidden = _linear(weights, "relations.second", np.maximum(hidden, 0.0, out=hidden))
    return _linear(weights, "relations.output", np.maximum(hidden, 0.0, out=hidden))


def label_pair(heads: IntArray, tails: IntArray, weights: Weights) -> IntArray:
    """The number of each pair of span labels, below (span labels)²."""
    labels = round(len(weights["relations.labels.weight"]) ** 0.5)
    numbers: IntArray = heads * labels + tails
    return numbers


def _linear(weights: Weights, name: str, rows: FloatArray) -> FloatArray:
    product: FloatArray = rows @ weights[f"{name}.weight"].T
    product += weights[f"{name}.bias"]
    return product


def _linear_of(weights: Weights, name: str, rows: FloatArray, chosen: IntArray) -> FloatArray:
    """(rows, width): the product of the chosen rows; what stands in the others has no meaning."""
    is_chosen = np.zeros(len(rows), dtype=np.bool_)
    is_chosen[chosen] = True
    product = np.empty((len(rows), len(weights[f"{name}.bias"])), dtype=np.float32)
    product[is_chosen] = _linear(weights, name, rows[is_chosen])
    return product


def _sums(rows: FloatArray, starts: IntArray, ends: IntArray) -> FloatArray:
    """(ranges, width): the sum of the rows of each half-open range, of which none is empty; short ones all at once."""
    lengths = ends - starts
    sums = rows[starts]
    for step in range(1, _FEW_ROWS):
        longer = np.flatnonzero((lengths > step) & (lengths <= _FEW_ROWS))
        sums[longer] += rows[starts[longer] + step]
    for at in np.flatnonzero(lengths > _FEW_ROWS).tolist():
        # many rows would use up the digits of float32
        exact = np.float64 if lengths[at] > _MANY_ROWS else np.float32
        sums[at] = np.add.reduce(rows[starts[at] : ends[at]], axis=0, dtype=exact)
    return sums
