"""A cheap look at a whole text before the encoder reads it: does it hold anything that is looked for?

Each token has a row of a table; two layers look at its neighbours, the text's highest and mean values decide. The same
formulas stand in `dateline_train.gate`, where they are learnt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .tokens import FloatArray, IntArray

FIRST_SPAN, SECOND_SPAN = 3, 5
"""Tokens that a row of each layer sees."""
_APART = SECOND_SPAN // 2


@dataclass(frozen=True)
class Gate:
    """What is looked for, and the least log-odds at which a text is read.

    labels     span labels of which a wanted dispatch has one
    threshold  chosen on validation dispatches
    """

    labels: tuple[str, ...]
    threshold: float


def gate_scores(weights: Mapping[str, FloatArray], texts: Sequence[IntArray]) -> FloatArray:
    """(texts,): the log-odds that each text, given by its token ids, holds what is looked for; -inf without a token."""
    scores = np.full(len(texts), -np.inf, dtype=np.float32)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    if lengths.sum():
        firsts = np.cumsum(lengths) - lengths
        some = lengths > 0
        values = _values(weights, texts, lengths)
        highest = np.maximum.reduceat(values, firsts[some], axis=0)
        mean = np.add.reduceat(values, firsts[some], axis=0) / lengths[some, None]
        pooled = np.concatenate([highest, mean], axis=1).astype(np.float32)
        scores[some] = (pooled @ weights["output.weight"].T + weights["output.bias"])[:, 0]
    return scores


def _values(weights: Mapping[str, FloatArray], texts: Sequence[IntArray], lengths: IntArray) -> FloatArray:
    """(tokens of all texts, width), the texts one after another; none sees its neighbours."""
    begins = np.cumsum(lengths + _APART) - lengths
    inside = np.zeros(int(begins[-1] + lengths[-1]) + _APART, dtype=np.bool_)
    places = np.concatenate([np.arange(begin, begin + length) for begin, length in zip(begins, lengths, strict=True)])
    inside[places] = True
    rows = np.zeros((len(inside), weights["table"].shape[1]), dtype=np.float32)
    rows[inside] = weights["table"][np.concatenate(texts)]
    rows += _seen(rows, weights["first.weight"], weights["first.bias"]) * inside[:, None]
    return _seen(rows, weights["second.weight"], weights["second.bias"])[inside]


def _seen(rows: FloatArray, weight: FloatArray, bias: FloatArray) -> FloatArray:
    """A convolution over (tokens, width), with zeros around, and what is positive of it; `weight` (width, width,
    span).
    """
    span = weight.shape[2]
    around = np.pad(rows, ((span // 2, span // 2), (0, 0)))
    neighbours: NDArray[np.float32] = np.lib.stride_tricks.sliding_window_view(around, span, axis=0)
    flat = neighbours.reshape(len(rows), -1)  # (tokens, width × span)
    seen: FloatArray = np.maximum(flat @ weight.reshape(len(weight), -1).T + bias, 0.0)
    return seen
