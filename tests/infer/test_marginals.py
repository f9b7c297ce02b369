"""Probabilities of spans against sums over every sequence of tags."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from dateline_infer.marginals import Chain
from dateline_infer.tags import TokenSpan, legal_steps, log_softmax, tag_count
from hypothesis import given, settings
from hypothesis import strategies as st

LABELS = 2
TAGS = tag_count(LABELS)
numbers = st.floats(-4, 4, width=32)


@st.composite
def texts(draw: Any) -> tuple[Any, Any, Any]:
    """Logits, continues and transitions of a short text."""
    tokens = draw(st.integers(1, 4))
    rows = st.lists(st.lists(numbers, min_size=TAGS, max_size=TAGS), min_size=tokens, max_size=tokens)
    square = st.lists(st.lists(numbers, min_size=TAGS, max_size=TAGS), min_size=TAGS, max_size=TAGS)
    continues = [False, *draw(st.lists(st.booleans(), min_size=tokens - 1, max_size=tokens - 1))]
    transitions = draw(st.none() | square)
    return (
        np.array(draw(rows), dtype=np.float32),
        np.array(continues, dtype=np.bool_),
        None if transitions is None else np.array(transitions, dtype=np.float32),
    )


def sequences(logits: Any, continues: Any, transitions: Any) -> dict[tuple[int, ...], float]:
    """Every legal sequence of tags with its weight."""
    new_word, same_word = legal_steps(TAGS)
    scores = log_softmax(logits).astype(np.float64)
    found = {}
    for path in product(range(TAGS), repeat=len(logits)):
        legal = bool(new_word[0, path[0]])
        total = scores[0, path[0]]
        for at in range(1, len(path)):
            steps = same_word if continues[at] else new_word
            legal = legal and bool(steps[path[at - 1], path[at]])
            total += scores[at, path[at]]
            if transitions is not None and not continues[at]:
                total += float(transitions[path[at - 1], path[at]])
        if legal:
            found[path] = float(np.exp(total))
    return found


def has(path: tuple[int, ...], span: TokenSpan) -> bool:
    begin, inside = 1 + 2 * span.label, 2 + 2 * span.label
    ends = span.end == len(path) or path[span.end] != inside
    return ends and path[span.start : span.end] == (begin, *[inside] * (span.end - span.start - 1))


@settings(max_examples=60, deadline=None)
@given(texts())
def test_the_probability_is_the_share_of_the_sequences_that_have_the_span(text: tuple[Any, Any, Any]) -> None:
    every = sequences(*text)
    total = sum(every.values())
    chain = Chain(*text)
    tokens = len(text[0])
    for start, end, label in product(range(tokens), range(1, tokens + 1), range(LABELS)):
        if start < end:
            span = TokenSpan(label, start, end)
            share = sum(weight for path, weight in every.items() if has(path, span)) / total
            assert chain.span(span) == pytest.approx(share, abs=1e-9)
            nothing = sum(weight for path, weight in every.items() if not any(path[start:end])) / total
            assert chain.nothing(start, end) == pytest.approx(nothing, abs=1e-9)


def test_a_span_inside_a_word_is_possible_only_where_it_was_marked() -> None:
    logits = np.zeros((2, TAGS), dtype=np.float32)
    continues = np.array([False, True])
    inner = TokenSpan(0, 1, 2)
    assert Chain(logits, continues).span(inner) == 0.0
    assert Chain(logits, continues, cuts=(1, 2)).span(inner) > 0.05
