"""Which spans may be related, and what can be told of each pair besides its words.

Any two spans of a dispatch that the schema allows are a pair, however far apart. The features are small numbers
(buckets), each of which the relation head turns into a vector.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from dateline_labels import Schema
from numpy.typing import NDArray

from .tags import TokenSpan
from .tokens import IntArray, Tokens

_GAPS = np.array([1, 2, 3, 4, 5, 7, 10, 15, 21, 31, 51, 81, 131, 251])
_MOST_SENTENCES = 4
_MOST_RIVALS = 5

FEATURE_SIZES = (2 * (len(_GAPS) + 1), 2 * _MOST_SENTENCES + 1, _MOST_RIVALS + 1, _MOST_RIVALS + 1, 3)
"""How many values each feature has: distance with direction, sentences apart, rivals of the tail between, rivals of
the head between, likeness of words."""


@dataclass(frozen=True)
class SpanTable:
    """The spans of one dispatch as arrays, or of several laid end to end.

    labels  (spans,) numbers of their labels in the schema
    starts, ends  (spans,) in tokens, half-open
    sentences  (spans,) the sentence each begins in
    words, last_words  (spans,) equal numbers for equal words, and for equal last tokens
    """

    labels: IntArray
    starts: IntArray
    ends: IntArray
    sentences: IntArray
    words: IntArray
    last_words: IntArray

    @staticmethod
    def of(spans: Sequence[TokenSpan], tokens: Tokens) -> "SpanTable":
        """The table of `spans`, which must be in the order of the text."""
        starts = np.array([span.start for span in spans], dtype=np.int64)
        ends = np.array([span.end for span in spans], dtype=np.int64)
        numbers: dict[tuple[int, ...], int] = {}
        words = [numbers.setdefault(tuple(tokens.ids[s.start : s.end].tolist()), len(numbers)) for s in spans]
        return SpanTable(
            np.array([span.label for span in spans], dtype=np.int64),
            starts,
            ends,
            tokens.sentences[starts],
            np.array(words, dtype=np.int64),
            tokens.ids[ends - 1],
        )

    @staticmethod
    def joined(tables: Sequence["SpanTable"], first_tokens: IntArray) -> "SpanTable":
        """One table of several texts, whose tokens begin at `first_tokens`, (texts,); what it says of spans of two
        texts at once has no meaning.
        """
        counts = [len(table.labels) for table in tables]
        shift = np.repeat(first_tokens[: len(tables)], counts)
        columns = ("labels", "starts", "ends", "sentences", "words", "last_words")
        whole = {name: np.concatenate([getattr(table, name) for table in tables]) for name in columns}
        return SpanTable(**{**whole, "starts": whole["starts"] + shift, "ends": whole["ends"] + shift})


def allowed_relations(schema: Schema) -> NDArray[np.bool_]:
    """(span labels, span labels, relation labels): whether the relation may go from a head of the first to a tail of
    the second.
    """
    labels = schema.span_labels
    allowed = np.zeros((len(labels), len(labels), len(schema.relations)), dtype=np.bool_)
    for number, relation in enumerate(schema.relations.values()):
        for head in relation.head:
            for tail in relation.tail:
                allowed[labels.index(head), labels.index(tail), number] = True
    return allowed


def candidates(labels: IntArray, allowed: NDArray[np.bool_]) -> IntArray:
    """(pairs, 2): every ordered pair of different spans between which some relation is allowed."""
    possible = np.any(allowed, axis=2)[labels[:, None], labels[None, :]]
    np.fill_diagonal(possible, val=False)
    return np.argwhere(possible)


def blocks(labels: IntArray, bounds: IntArray, allowed: NDArray[np.bool_], size: int) -> Iterator[IntArray]:
    """The candidate pairs (pairs, 2) within each text, whose spans are the rows `bounds[text]` to `bounds[text + 1]` of
    `labels`, in blocks of at most `size`; those of a long text are not there all at once.
    """
    waiting: list[IntArray] = []
    for begin, end in pairwise(bounds.tolist()):
        is_full = False
        for some in _by_heads(labels[begin:end], allowed, size):
            waiting.append(some + begin)
            if sum(map(len, waiting)) >= size:
                is_full = True
                *whole, rest = _cut(waiting, size)
                yield from whole
                waiting = [rest]
        if is_full:  # a block is of whole texts, or of one alone
            yield from _cut(waiting, size)
            waiting = []
    yield from _cut(waiting, size)


def _by_heads(labels: IntArray, allowed: NDArray[np.bool_], size: int) -> Iterator[IntArray]:
    """The candidates of one text, in their order, those of about `size` possible pairs at a time."""
    any_relation = np.any(allowed, axis=2)
    step = max(1, size // max(1, len(labels)))
    for first in range(0, len(labels), step):
        heads = np.arange(first, min(first + step, len(labels)))
        possible = any_relation[labels[heads][:, None], labels[None, :]]
        possible[heads - first, heads] = False
        yield np.argwhere(possible) + np.array([first, 0])


def _cut(waiting: Sequence[IntArray], size: int) -> Iterator[IntArray]:
    whole = np.concatenate(waiting) if waiting else np.zeros((0, 2), dtype=np.int64)
    for at in range(0, len(whole), size):
        yield whole[at : at + size]


def features(table: SpanTable, pairs: IntArray) -> IntArray:
    """(pairs, len(FEATURE_SIZES)): the value of each feature, below its size."""
    heads, tails = pairs[:, 0], pairs[:, 1]
    forward = table.starts[tails] >= table.starts[heads]
    gap_start, gap_end = between(table.starts, table.ends, pairs)
    distance = np.searchsorted(_GAPS, gap_end - gap_start, side="right") * 2 + forward
    sentences = np.clip(table.sentences[tails] - table.sentences[heads], -_MOST_SENTENCES, _MOST_SENTENCES)
    likeness = (table.last_words[heads] == table.last_words[tails]).astype(np.int64)
    likeness += table.words[heads] == table.words[tails]
    return np.stack(
        [
            distance,
            sentences + _MOST_SENTENCES,
            _rivals(table, pairs, table.labels[tails]),
            _rivals(table, pairs, table.labels[heads]),
            likeness,
        ],
        axis=1,
    )


def between(starts: IntArray, ends: IntArray, pairs: IntArray) -> tuple[IntArray, IntArray]:
    """(pairs,) and (pairs,): the half-open token range between the two spans of each pair, empty where they touch.

    `starts` and `ends` are (spans,), `pairs` (pairs, 2), rows of these.
    """
    heads, tails = pairs[:, 0], pairs[:, 1]
    gap_start = np.minimum(ends[heads], ends[tails])
    return gap_start, np.maximum(gap_start, np.maximum(starts[heads], starts[tails]))


def _rivals(table: SpanTable, pairs: IntArray, labels: IntArray) -> IntArray:
    """How many spans with the given label (one a pair) lie between the two spans of each pair, capped."""
    count = int(table.labels.max(initial=-1)) + 1
    before = np.zeros((len(table.labels) + 1, count), dtype=np.int64)
    before[1:] = np.cumsum(table.labels[:, None] == np.arange(count)[None, :], axis=0)
    first, second = pairs.min(axis=1), pairs.max(axis=1)
    rivals: IntArray = np.minimum(before[second, labels] - before[first + 1, labels], _MOST_RIVALS)
    return rivals
