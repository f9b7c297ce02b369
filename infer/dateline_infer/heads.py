"""The attribute head and the relation head in numpy: small beside the encoder, exact in float32.

The same formulas stand in `dateline_train.model`, where they are learnt; packaging proves that both agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .pairs import between
from .tokens import FloatArray, IntArray

Weights = Mapping[str, FloatArray]
_PAIRS_AT_ONCE = 16_384


@dataclass(frozen=True)
class SpanBatch:
    """Spans of one or more dispatches whose tokens stand one after another.

    vectors  (tokens, hidden) what the encoder made of each token
    labels   (spans,) numbers of their labels in the schema
    starts, ends  (spans,) in those tokens, half-open
    """

    vectors: FloatArray
    labels: IntArray
    starts: IntArray
    ends: IntArray


def span_vectors(batch: SpanBatch) -> FloatArray:
    """(spans, 3 × hidden): the first token's vector, the last one's and the mean of all."""
    mean = _mean(_running_sum(batch.vectors), batch.starts, batch.ends)
    return np.concatenate([batch.vectors[batch.starts], batch.vectors[batch.ends - 1], mean], axis=1)


def attribute_logits(weights: Weights, batch: SpanBatch) -> FloatArray:
    """(spans, values of all attributes), in the order of `Schema.attributes`."""
    hidden = (
        _linear(weights, "attributes.hidden", span_vectors(batch)) + weights["attributes.label.weight"][batch.labels]
    )
    return _linear(weights, "attributes.output", np.maximum(hidden, 0.0))


def relation_logits(weights: Weights, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
    """(pairs, relation labels). `pairs` (pairs, 2) are rows of the batch, head and tail; `features` as in `pairs`."""
    spans = span_vectors(batch)
    parts = {name: _linear(weights, f"relations.{name}", spans) for name in ("head", "tail", "head_key", "tail_key")}
    words = _running_sum(batch.vectors @ weights["relations.between.weight"].T)
    logits = [
        _pair_logits(weights, batch, parts, words, pairs[at : at + _PAIRS_AT_ONCE], features[at : at + _PAIRS_AT_ONCE])
        for at in range(0, len(pairs), _PAIRS_AT_ONCE)
    ]
    return np.concatenate(logits) if logits else np.zeros((0, len(weights["relations.output.bias"])), dtype=np.float32)


def _pair_logits(
    weights: Weights,
    batch: SpanBatch,
    parts: Mapping[str, FloatArray],
    words: NDArray[np.float64],
    pairs: IntArray,
    features: IntArray,
) -> FloatArray:
    heads, tails = pairs[:, 0], pairs[:, 1]
    hidden = parts["head"][heads] + parts["tail"][tails]
    hidden += parts["head_key"][heads] * parts["tail_key"][tails]
    hidden += _mean(words, *between(batch.starts, batch.ends, pairs))
    hidden += weights["relations.labels.weight"][label_pair(batch.labels[heads], batch.labels[tails], weights)]
    for column in range(features.shape[1]):
        hidden += weights[f"relations.features.{column}.weight"][features[:, column]]
    hidden = np.maximum(_linear(weights, "relations.second", np.maximum(hidden, 0.0)), 0.0)
    return _linear(weights, "relations.output", hidden)


def label_pair(heads: IntArray, tails: IntArray, weights: Weights) -> IntArray:
    """The number of each pair of span labels, below (span labels)²."""
    labels = round(len(weights["relations.labels.weight"]) ** 0.5)
    numbers: IntArray = heads * labels + tails
    return numbers


def _linear(weights: Weights, name: str, rows: FloatArray) -> FloatArray:
    product: FloatArray = rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return product


def _running_sum(rows: FloatArray) -> NDArray[np.float64]:
    """(rows + 1, width): sums of all rows before each; in float64, for in a long text small spans are differences of
    large sums.
    """
    sums = np.zeros((len(rows) + 1, rows.shape[1]), dtype=np.float64)
    np.cumsum(rows, axis=0, dtype=np.float64, out=sums[1:])
    return sums


def _mean(sums: NDArray[np.float64], starts: IntArray, ends: IntArray) -> FloatArray:
    """The mean row of each half-open range, zeros for an empty one."""
    mean: FloatArray = ((sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)[:, None]).astype(np.float32)
    return mean
