"""Probabilities of spans against sums over every sequence of tags, and the spans that are believed."""

import tracemalloc
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from dateline_infer import chain as chain_module
from dateline_infer import tags
from dateline_infer.chain import Chain, decode
from dateline_infer.tags import TokenSpan, legal_steps, log_softmax, tag_count
from dateline_infer.tokens import FloatArray, IntArray
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

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
    chain = Chain.of(*text)
    tokens = len(text[0])
    for start, end, label in product(range(tokens), range(1, tokens + 1), range(LABELS)):
        if start < end:
            span = TokenSpan(label, start, end)
            share = sum(weight for path, weight in every.items() if has(path, span)) / total
            assert chain.span(span) == pytest.approx(share, abs=1e-9)
            nothing = sum(weight for path, weight in every.items() if not any(path[start:end])) / total
            assert chain.nothing(start, end) == pytest.approx(nothing, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(texts(), st.sampled_from([0.1, 0.25, 0.5, 0.7]))
def test_what_is_believed_is_the_likeliest_first_that_shares_no_token(text: tuple[Any, Any, Any], least: float) -> None:
    every = sequences(*text)
    total = sum(every.values())
    tokens = len(text[0])
    spans = [
        TokenSpan(*each) for each in product(range(LABELS), range(tokens), range(1, tokens + 1)) if each[1] < each[2]
    ]
    shares = {span: sum(weight for path, weight in every.items() if has(path, span)) / total for span in spans}
    (found,) = decode([text[0]], [text[1]], text[2], least)
    for span in found:
        assert span.score == pytest.approx(shares[TokenSpan(span.label, span.start, span.end)], abs=1e-9)
    for span, share in shares.items():
        rivals = [each for each in found if each.start < span.end and span.start < each.end]
        if share > least + 1e-9:
            assert max(each.score for each in rivals) >= share - 1e-9


def test_a_span_inside_a_word_is_possible_only_where_it_was_marked() -> None:
    logits = np.zeros((2, TAGS), dtype=np.float32)
    continues = np.array([False, True])
    inner = TokenSpan(0, 1, 2)
    assert Chain.of(logits, continues).span(inner) == 0.0
    assert Chain.of(logits, continues, cuts=(1, 2)).span(inner) > 0.05


MANY = 5
SURE = np.float32(12.0)


@st.composite
def token_spans(draw: st.DrawFn) -> tuple[int, list[TokenSpan]]:
    """The tokens of a text and spans of them in its order, apart or touching."""
    tokens = draw(st.integers(0, 40))
    cuts = sorted(draw(st.sets(st.integers(0, tokens), max_size=12)))
    kept = [pair for pair in pairwise(cuts) if draw(st.booleans())]
    return tokens, [TokenSpan(draw(st.integers(0, MANY - 1)), start, end) for start, end in kept]


def one_hot(numbers: IntArray, labels: int = MANY) -> FloatArray:
    logits: FloatArray = np.eye(tags.tag_count(labels), dtype=np.float32)[numbers] * SURE
    return logits


def free(tokens: int) -> NDArray[np.bool_]:
    return np.zeros(tokens, dtype=np.bool_)


def random_text(seed: int, tokens: int, labels: int, scale: float = 3.0) -> tuple[FloatArray, NDArray[np.bool_]]:
    random = np.random.default_rng(seed)
    logits = random.normal(scale=scale, size=(tokens, tags.tag_count(labels))).astype(np.float32)
    return logits, random.random(tokens) < 0.3


def bounds(spans: list[TokenSpan]) -> list[tuple[int, int, int]]:
    return [(span.label, span.start, span.end) for span in spans]


@settings(max_examples=150, deadline=None)
@given(token_spans())
def test_decoding_sure_tags_gives_the_encoded_spans(text: tuple[int, list[TokenSpan]]) -> None:
    tokens, spans = text
    encoded = tags.encode(spans, tokens)
    assert encoded.shape == (tokens,)
    (found,) = decode([one_hot(encoded)], [free(tokens)])
    assert bounds(found) == bounds(spans)
    assert all(0.99 < span.score <= 1.0 for span in found)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(1, MANY))
def test_no_logits_give_spans_that_overlap_or_cut_a_word(seed: int, tokens: int, labels: int) -> None:
    logits, continues = random_text(seed, tokens, labels)
    (spans,) = decode([logits], [continues])
    for span in spans:
        assert 0 <= span.start < span.end <= tokens
        assert 0 <= span.label < labels
        assert 0.0 < span.score <= 1.0
        assert span.start == 0 or not continues[span.start]
        assert span.end == tokens or not continues[span.end]
    assert all(one.end <= other.start for one, other in pairwise(spans))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**32), st.integers(0, 40)), min_size=1, max_size=6))
def test_a_text_is_decoded_the_same_alone_and_among_others(texts: list[tuple[int, int]]) -> None:
    built = [random_text(seed, tokens, MANY) for seed, tokens in texts]
    together = decode([logits for logits, _ in built], [continues for _, continues in built])
    assert together == [decode([logits], [continues])[0] for logits, continues in built]


def test_nothing_is_decoded_from_nothing() -> None:
    empty = np.zeros((0, 5), dtype=np.float32)
    assert decode([], []) == []
    assert decode([empty, empty], [free(0), free(0)]) == [[], []]


def test_the_last_tokens_of_a_long_text_are_decoded_as_if_it_were_short() -> None:
    """Over many tokens the sum of the scores grows, and with it what a float of few digits rounds away."""
    tail, _ = random_text(3, 30, 2, scale=0.02)
    hard = np.zeros((20_000, 5), dtype=np.float32)
    hard[0::2, 2] = hard[1::2, 4] = 99.0  # an I that nothing begins: every legal tag is unlikely
    border = np.zeros((1, 5), dtype=np.float32)
    border[0, tags.OUTSIDE] = 50.0
    logits = np.concatenate([hard, border, tail])
    (expected,) = decode([np.concatenate([border, tail])], [free(31)], least=0.1)
    (found,) = decode([logits], [free(len(logits))], least=0.1)
    shifted = [(label, start - 20_000, end - 20_000) for label, start, end in bounds(found) if start > 20_000]
    assert len(expected) > 3
    assert shifted == bounds(expected)


def test_one_long_text_among_many_short_ones_needs_no_memory_for_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_module, "_TOKENS_AT_ONCE", 1_000)
    lengths = [3_000, *[5] * 63]
    logits = [random_text(number, tokens, MANY)[0] for number, tokens in enumerate(lengths)]
    tracemalloc.start()
    try:
        decode(logits, [free(tokens) for tokens in lengths])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * logits[0].nbytes
