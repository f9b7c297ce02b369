"""How much more it tells which tag follows which than the model has learnt.

A model that is unsure of a word breaks a span there: "[British engineering firm] [OpenWorks]". It learns transitions
between tags together with all else, from texts of which it is soon sure. How often the tags of neighbouring words
follow one another tells of texts of which it is not: to the transitions decoding adds some of
log P(tag | tag before) − log P(tag) over the training dispatches, as much of it as serves best on validation.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from dateline_infer import tags
from dateline_infer.extractor import Extractor
from dateline_infer.tags import TokenSpan
from dateline_infer.tokens import FloatArray, IntArray, Tokens, tokenize
from dateline_labels import Dispatch
from dateline_labels.scoring import Counts
from numpy.typing import NDArray

_WEIGHTS = tuple(step / 10 for step in range(11))
_SMOOTHING = 0.5
"""Added to every count: what training has never seen is improbable, not impossible."""


def choose_transitions(
    extractor: Extractor, training: Iterable[Dispatch], validation: Iterable[Dispatch]
) -> tuple[tuple[float, ...], ...]:
    """What `ReadingConfig.transitions` should be for the highest span F1 on validation, from what they are."""
    seen = [_tokens_and_spans(extractor, dispatch) for dispatch in training]
    tag_count = tags.tag_count(len(extractor.config.schema.spans))
    evidence = association([(tags.encode(spans, len(tokens)), tokens.continues) for tokens, spans in seen], tag_count)
    known = [_tokens_and_spans(extractor, dispatch) for dispatch in validation]
    logits = [text.tag_logits for text in extractor.encode([tokens for tokens, _ in known])]
    learnt = np.array(extractor.config.transitions or np.zeros_like(evidence), dtype=np.float32)
    candidates = [learnt + weight * evidence for weight in _WEIGHTS]
    scores = []
    for candidate in candidates:
        found = tags.decode(logits, [tokens.continues for tokens, _ in known], candidate)
        scores.append(sum(map(_counts, (spans for _, spans in known), found), Counts()).f1)
    return tuple(tuple(round(float(each), 4) for each in row) for row in candidates[_peak(scores)])


def association(tagged: Iterable[tuple[IntArray, NDArray[np.bool_]]], tag_count: int) -> FloatArray:
    """(tags, tags) log P(tag of a word | tag before it) − log P(tag of a word), from the tags of texts and which of
    their tokens continue a word.
    """
    counts = np.full((tag_count, tag_count), _SMOOTHING)
    for numbers, continues in tagged:
        new_word = ~continues[1:]
        np.add.at(counts, (numbers[:-1][new_word], numbers[1:][new_word]), 1)
    given = counts / counts.sum(axis=1, keepdims=True)
    alone = counts.sum(axis=0) / counts.sum()
    evidence: FloatArray = (np.log(given) - np.log(alone)).astype(np.float32)
    return evidence


def _tokens_and_spans(extractor: Extractor, dispatch: Dispatch) -> tuple[Tokens, list[TokenSpan]]:
    tokens = tokenize(extractor.tokenizer, dispatch.text)
    labels = extractor.config.schema.span_labels
    return tokens, [
        TokenSpan(labels.index(span.label), *tokens.bounds(span.start, span.end)) for span in dispatch.spans
    ]


def _counts(gold: Iterable[TokenSpan], found: Iterable[TokenSpan]) -> Counts:
    known, read = ({(span.label, span.start, span.end) for span in spans} for spans in (gold, found))
    return Counts(len(known & read), len(read - known), len(known - read))


def _peak(scores: Sequence[float]) -> int:
    """Where the scores are highest with their neighbours: a single high one may be chance."""
    padded = np.pad(np.array(scores), 1, mode="edge")
    return int(np.argmax(padded[:-2] + padded[1:-1] + padded[2:]))
