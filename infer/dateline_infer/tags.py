"""Spans ⇄ BIO tags. Tag 0 is O; label number n of the schema has the tags B = 1 + 2n and I = 2 + 2n.

`decode` finds the most probable sequence of tags that is a legal one (Viterbi, 1967) and that never cuts a word:
a token that continues a word stays inside or outside with the word's first token. It may weigh in how often one tag
follows another.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .tokens import FloatArray, IntArray

OUTSIDE = 0
_NEVER = -1e9
_TOKENS_AT_ONCE = 65_536
"""Tokens with padding that are decoded at once: one long text must not make its neighbours as long."""


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


def decode(
    logits: Sequence[FloatArray], continues: Sequence[NDArray[np.bool_]], transitions: FloatArray | None = None
) -> list[list[TokenSpan]]:
    """The best legal spans of each text.

    logits       per text (tokens, tags)
    continues    per text (tokens,): the token goes on with the word before it
    transitions  (tags, tags) what is added to the log probability of a word's tag (column) after the tag (row) before
                 the word, for legal ones; nothing where None
    """
    found: list[list[TokenSpan]] = [[] for _ in logits]
    for rows in _blocks([len(text) for text in logits]):
        block = _decode_block([logits[row] for row in rows], [continues[row] for row in rows], transitions)
        for row, spans in zip(rows, block, strict=True):
            found[row] = spans
    return found


def _blocks(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The rows in blocks of like length, each at most _TOKENS_AT_ONCE with padding or a lone row."""
    order = sorted(range(len(lengths)), key=lambda row: lengths[row], reverse=True)
    begin = 0
    while begin < len(order):
        rows = order[begin : begin + max(1, _TOKENS_AT_ONCE // max(1, lengths[order[begin]]))]
        yield rows
        begin += len(rows)


def _decode_block(
    logits: Sequence[FloatArray], continues: Sequence[NDArray[np.bool_]], transitions: FloatArray | None
) -> list[list[TokenSpan]]:
    lengths = np.array([len(text) for text in logits])
    scores = np.zeros((len(logits), lengths.max(), logits[0].shape[1]), dtype=np.float32)
    joined = np.zeros(scores.shape[:2], dtype=np.int64)
    for row, (text, joins) in enumerate(zip(logits, continues, strict=True)):
        scores[row, : len(text)] = log_softmax(text)
        joined[row, : len(text)] = joins
    paths = _best_paths(scores, joined, lengths, transitions)
    return [_spans(paths[row, : len(text)], scores[row, : len(text)]) for row, text in enumerate(logits)]


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


def _best_paths(scores: FloatArray, joined: IntArray, lengths: IntArray, transitions: FloatArray | None) -> IntArray:
    """(texts, tokens): the legal tags with the highest sum of `scores` (texts, tokens, tags) and `transitions`.

    joined   (texts, tokens) 1 where a token goes on with the word before it, else 0
    lengths  (texts,) the tokens of each text, the longest text first; what the paths have behind them has no meaning
    """
    texts, tokens, tags = scores.shape
    new_word, same_word = legal_steps(tags)
    added = np.zeros((tags, tags)) if transitions is None else transitions.astype(np.float64)
    steps = np.stack([np.where(new_word, added, _NEVER), np.where(same_word, 0.0, _NEVER)])
    from_tag = steps.transpose(1, 0, 2)  # the tag before comes first, for the best over a first axis is found fastest
    going_on = np.count_nonzero(lengths[:, None] > np.arange(tokens), axis=0).tolist()  # texts with so many tokens
    # in float64, for over a long text the sums outgrow the digits of float32
    best = np.zeros((tokens, texts, tags))
    best[:1] = scores[:, :1].swapaxes(0, 1)
    best[:1, :, ~new_word[OUTSIDE]] = _NEVER
    for token in range(1, tokens):
        here = slice(going_on[token])
        ways = best[token - 1, here].T[:, :, None] + from_tag[:, joined[here, token]]
        best[token, here] = ways.max(axis=0) + scores[here, token]
    paths = np.zeros((texts, tokens), dtype=np.int64)
    rows = np.arange(texts)
    if tokens:
        paths[rows, lengths - 1] = best[lengths - 1, rows].argmax(axis=1)
    for token in range(tokens - 1, 0, -1):
        here = slice(going_on[token])
        ways = best[token - 1, here] + steps[joined[here, token], :, paths[here, token]]
        paths[here, token - 1] = ways.argmax(axis=1)
    return paths


def _spans(path: IntArray, scores: FloatArray) -> list[TokenSpan]:
    """The spans of one path; the score of a span is the geometric mean of its tags' probabilities."""
    log_probabilities = scores[np.arange(len(path)), path].tolist()
    tags = path.tolist()
    spans = []
    for start in np.flatnonzero(path % 2 == 1).tolist():
        end = start + 1
        while end < len(tags) and tags[end] == tags[start] + 1:
            end += 1
        log_probability = math.fsum(log_probabilities[start:end]) / (end - start)
        spans.append(TokenSpan(tags[start] // 2, start, end, math.exp(log_probability)))
    return spans
