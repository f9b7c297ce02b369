"""Spans ⇄ tags: the inverse on any spans, and the best legal sequence of tags on any logits."""

import tracemalloc
from itertools import pairwise, product

import numpy as np
import pytest
from dateline_infer import tags
from dateline_infer.tags import TokenSpan
from dateline_infer.tokens import FloatArray, IntArray
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

LABELS = 5
SURE = np.float32(12.0)


@st.composite
def token_spans(draw: st.DrawFn) -> tuple[int, list[TokenSpan]]:
    """The tokens of a text and spans of them in its order, apart or touching."""
    tokens = draw(st.integers(0, 40))
    cuts = sorted(draw(st.sets(st.integers(0, tokens), max_size=12)))
    kept = [pair for pair in pairwise(cuts) if draw(st.booleans())]
    return tokens, [TokenSpan(draw(st.integers(0, LABELS - 1)), start, end) for start, end in kept]


def one_hot(numbers: IntArray, labels: int = LABELS) -> FloatArray:
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


def legal(path: tuple[int, ...], continues: NDArray[np.bool_]) -> bool:
    """Whether an I follows only its own B or I, and no word is entered or left in its middle."""
    for at, tag in enumerate(path):
        before = path[at - 1] if at else tags.OUTSIDE
        inside = tag != tags.OUTSIDE and tag % 2 == 0
        if inside and before not in (tag - 1, tag):
            return False
        if at and continues[at] and not inside and (tag, before) != (tags.OUTSIDE, tags.OUTSIDE):
            return False
    return True


@settings(max_examples=150, deadline=None)
@given(token_spans())
def test_decoding_sure_tags_gives_the_encoded_spans(text: tuple[int, list[TokenSpan]]) -> None:
    tokens, spans = text
    encoded = tags.encode(spans, tokens)
    assert encoded.shape == (tokens,)
    (found,) = tags.decode([one_hot(encoded)], [free(tokens)])
    assert bounds(found) == bounds(spans)
    assert all(0.99 < span.score <= 1.0 for span in found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, 0, 3), (1, 2, 4)),
        ((0, 0, 3), (0, 2, 3)),
        ((1, 0, 4), (0, 1, 2)),
        ((0, 1, 2), (0, 0, 4)),
        ((0, 1, 2), (1, 1, 2)),
    ],
)
def test_spans_that_share_a_token_are_refused(first: tuple[int, int, int], second: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="two spans share the tokens"):
        tags.encode([TokenSpan(*first), TokenSpan(*second)], 4)


def test_tags_are_named_in_the_order_of_their_numbers() -> None:
    assert tags.tag_names(["ACTOR", "TIME"]) == ["O", "B-ACTOR", "I-ACTOR", "B-TIME", "I-TIME"]
    assert tags.tag_count(2) == 5
    assert tags.encode([TokenSpan(1, 1, 4), TokenSpan(0, 4, 5)], 6).tolist() == [0, 3, 4, 4, 1, 0]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(1, LABELS))
def test_no_logits_give_spans_that_overlap_or_cut_a_word(seed: int, tokens: int, labels: int) -> None:
    logits, continues = random_text(seed, tokens, labels)
    (spans,) = tags.decode([logits], [continues])
    for span in spans:
        assert 0 <= span.start < span.end <= tokens
        assert 0 <= span.label < labels
        assert 0.0 < span.score <= 1.0
        assert span.start == 0 or not continues[span.start]
        assert span.end == tokens or not continues[span.end]
    assert all(one.end <= other.start for one, other in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5), st.floats(0.1, 30.0))
def test_the_decoded_tags_are_the_best_of_all_legal_ones(seed: int, tokens: int, scale: float) -> None:
    logits, continues = random_text(seed, tokens, 2, scale)
    scores = tags.log_softmax(logits).astype(np.float64)

    def total(path: tuple[int, ...]) -> float:
        return float(sum(scores[at, tag] for at, tag in enumerate(path)))

    best = max((path for path in product(range(5), repeat=tokens) if legal(path, continues)), key=total)
    (spans,) = tags.decode([logits], [continues])
    found = tuple(tags.encode(spans, tokens).tolist())
    assert legal(found, continues)
    assert total(found) == pytest.approx(total(best), abs=1e-4)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_with_transitions_the_decoded_tags_are_the_best_too(seed: int, tokens: int) -> None:
    logits, continues = random_text(seed, tokens, 2)
    transitions = np.random.default_rng(seed + 1).normal(scale=3.0, size=(5, 5)).astype(np.float32)
    scores = tags.log_softmax(logits).astype(np.float64)

    def total(path: tuple[int, ...]) -> float:
        steps = [transitions[pair] for at, pair in enumerate(pairwise(path), start=1) if not continues[at]]
        return float(sum(scores[at, tag] for at, tag in enumerate(path)) + sum(steps))

    best = max((path for path in product(range(5), repeat=tokens) if legal(path, continues)), key=total)
    (spans,) = tags.decode([logits], [continues], transitions)
    found = tuple(tags.encode(spans, tokens).tolist())
    assert legal(found, continues)
    assert total(found) == pytest.approx(total(best), abs=1e-4)


def test_the_score_of_a_span_is_the_geometric_mean_of_its_tags() -> None:
    logits = np.log(np.array([[0.2, 0.8, 0.0001], [0.5, 0.0001, 0.5]], dtype=np.float32))
    ((span,),) = tags.decode([logits], [np.array([False, True])])
    assert bounds([span]) == [(0, 0, 2)]
    assert span.score == pytest.approx((0.8 * 0.5) ** 0.5, abs=1e-3)
    outside = np.log(np.array([[0.98, 0.01, 0.01]] * 3, dtype=np.float32))
    ((later,),) = tags.decode([np.concatenate([outside, logits])], [np.array([False] * 4 + [True])])
    assert bounds([later]) == [(0, 3, 5)]
    assert later.score == pytest.approx(span.score)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**32), st.integers(0, 40)), min_size=1, max_size=6))
def test_a_text_is_decoded_the_same_alone_and_among_others(texts: list[tuple[int, int]]) -> None:
    built = [random_text(seed, tokens, LABELS) for seed, tokens in texts]
    together = tags.decode([logits for logits, _ in built], [continues for _, continues in built])
    assert together == [tags.decode([logits], [continues])[0] for logits, continues in built]


def test_nothing_is_decoded_from_nothing() -> None:
    empty = np.zeros((0, 5), dtype=np.float32)
    assert tags.decode([], []) == []
    assert tags.decode([empty, empty], [free(0), free(0)]) == [[], []]


def test_the_last_tokens_of_a_long_text_are_decoded_as_if_it_were_short() -> None:
    """Over many tokens the sum of the scores grows, and with it what a float of few digits rounds away."""
    tail, _ = random_text(3, 30, 2, scale=0.02)
    hard = np.zeros((20_000, 5), dtype=np.float32)
    hard[0::2, 2] = hard[1::2, 4] = 99.0  # an I that nothing begins: every legal tag is unlikely
    border = np.zeros((1, 5), dtype=np.float32)
    border[0, tags.OUTSIDE] = 50.0
    logits = np.concatenate([hard, border, tail])
    (expected,) = tags.decode([np.concatenate([border, tail])], [free(31)])
    (found,) = tags.decode([logits], [free(len(logits))])
    shifted = [(label, start - 20_000, end - 20_000) for label, start, end in bounds(found) if start > 20_000]
    assert len(expected) > 3
    assert shifted == bounds(expected)


def test_one_long_text_among_many_short_ones_needs_no_memory_for_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "_TOKENS_AT_ONCE", 1_000)
    lengths = [3_000, *[5] * 63]
    logits = [random_text(number, tokens, LABELS)[0] for number, tokens in enumerate(lengths)]
    tracemalloc.start()
    try:
        tags.decode(logits, [free(tokens) for tokens in lengths])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * logits[0].nbytes
