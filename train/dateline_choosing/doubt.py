"""A dispatch as a model read it → how many of its marks are likely to be wrong or overlooked, by label.

The score of a span or relation is the probability that it is right (calibrated on validation data), so what it lacks
of 1, summed up, is how many wrong ones are to be expected: least confidence (Lewis and Gale 1994; for sequences Settles
and Craven 2008). Where the tags are at hand, a span is expected to be overlooked wherever a word lies outside of all
spans as often as its probabilities say that a span begins there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from dateline_infer.extractor import CloseReading
from dateline_infer.tags import log_softmax
from dateline_labels import Dispatch, Schema, one_line
from numpy.typing import NDArray

_LEAST = 0.1
"""What is as good as certain gives no reason to look."""
_MARKS = 8
_LONGEST_WORDS = 60


@dataclass(frozen=True)
class Mark:
    """A span or relation that may be wrong or overlooked: with what probability, and which, in words."""

    label: str
    doubt: float
    what: str


@dataclass(frozen=True)
class Doubt:
    """How unsure a model is of a dispatch.

    spans, relations  label -> how many are expected to be wrong or overlooked
    marks             the most doubtful ones, of each a few words
    words             of the text, by spaces
    """

    spans: Mapping[str, float]
    relations: Mapping[str, float]
    marks: tuple[Mark, ...]
    words: int

    @property
    def expected(self) -> float:
        """Wrong or overlooked spans and relations to be expected."""
        return sum(self.spans.values()) + sum(self.relations.values())


def doubt_of(dispatch: Dispatch) -> Doubt:
    """By the scores of what is marked; what has none is taken for certain."""
    return _summed(dispatch, list(_marked(dispatch)), {})


def close_doubt(reading: CloseReading, schema: Schema) -> Doubt:
    """By the scores and by the tags, which tell of what was overlooked too."""
    outside, begins = _overlooked(reading, schema)
    marks = [*_marked(reading.dispatch), *_overlooked_marks(reading, schema, outside, begins)]
    labels = schema.span_labels
    return _summed(reading.dispatch, marks, dict(zip(labels, begins.sum(axis=0).tolist(), strict=True)))


def _summed(dispatch: Dispatch, marks: list[Mark], overlooked: Mapping[str, float]) -> Doubt:
    spans, relations = defaultdict(float, overlooked), defaultdict[str, float](float)
    for span in dispatch.spans:
        spans[span.label] += _lacking(span.score)
    for relation in dispatch.relations:
        relations[relation.label] += _lacking(relation.score)
    worst = sorted(marks, key=lambda mark: -mark.doubt)[:_MARKS]
    return Doubt(dict(spans), dict(relations), tuple(worst), len(dispatch.text.split()))


def _marked(dispatch: Dispatch) -> Iterator[Mark]:
    for span in dispatch.spans:
        if _lacking(span.score) >= _LEAST:
            yield Mark(span.label, _lacking(span.score), f"{span.label} “{_short(dispatch.words(span))}”")
    for relation in dispatch.relations:
        if _lacking(relation.score) >= _LEAST:
            head, tail = (dispatch.words(dispatch.span_by_id[end]) for end in (relation.head, relation.tail))
            what = f"{relation.label} “{_short(head)}” → “{_short(tail)}”"
            yield Mark(relation.label, _lacking(relation.score), what)


def _overlooked(reading: CloseReading, schema: Schema) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The tokens (words,) that begin a word outside of all spans, and the probability that a span of each label begins
    there (words, labels).
    """
    tokens = reading.tokens
    outside = ~tokens.continues
    for span in reading.dispatch.spans:
        outside[slice(*tokens.bounds(span.start, span.end))] = False
    places = np.flatnonzero(outside)
    begins = np.exp(log_softmax(reading.tag_logits[places])[:, 1 : 2 * len(schema.span_labels) : 2])
    return places, begins.astype(np.float64)


def _overlooked_marks(
    reading: CloseReading, schema: Schema, places: NDArray[np.int64], begins: NDArray[np.float64]
) -> Iterator[Mark]:
    tokens, text = reading.tokens, reading.dispatch.text
    for row, label in np.argwhere(begins >= _LEAST).tolist():
        start = int(tokens.offsets[places[row], 0])
        word = text[start : start + _LONGEST_WORDS].split(maxsplit=1)
        if word:
            name = schema.span_labels[label]
            yield Mark(name, float(begins[row, label]), f"{name} overlooked at “{_short(word[0])}”")


def _lacking(score: float | None) -> float:
    return 0.0 if score is None else 1.0 - score


def _short(words: str) -> str:
    return one_line(" ".join(words.split()), _LONGEST_WORDS)
