"""Spans → BIO tags. Tag 0 is O; label number n of the schema has the tags B = 1 + 2n and I = 2 + 2n. The way back is
the `chain`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .tokens import FloatArray, IntArray

OUTSIDE = 0


@dataclass(frozen=True)
class TokenSpan:
    """A span in tokens: `start` to `end`, half-open; `label` is its number in the schema; `score` from 0 to 1."""

    label: int
    start: int
    end: int
    score: float = 1.0


def tag_count(labels: int) -> int:
    """How many tags `labels` span labels need."""
    return 1 + 2 * labels


def tag_names(labels: Sequence[str]) -> list[str]:
    """The tags by their names, in the order of their numbers."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def encode(spans: Iterable[TokenSpan], tokens: int) -> IntArray:
    """The tag of each token, (tokens,); raises ValueError where two spans share a token."""
    tags = np.full(tokens, OUTSIDE, dtype=np.int64)
    for span in spans:
        if tags[span.start : span.end].any():
            raise ValueError(f"two spans share the tokens {span.start} to {span.end}")
        tags[span.start] = 1 + 2 * span.label
        tags[span.start + 1 : span.end] = 2 + 2 * span.label
    return tags


def log_softmax(logits: FloatArray) -> FloatArray:
    """Log probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    normalised: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return normalised


def legal_steps(tags: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(tags, tags) each: which tag (column) may follow which (row), at a new word and inside of one."""
    before, after = np.arange(tags)[:, None], np.arange(tags)[None, :]
    inside = (after > 0) & (after % 2 == 0)
    goes_on = inside & ((before == after) | (before == after - 1))
    return ~inside | goes_on, goes_on | ((before == OUTSIDE) & (after == OUTSIDE))
