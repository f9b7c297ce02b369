import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
from dateline_infer import pairs
from dateline_infer.pairs import FEATURE_SIZES, SpanTable
from dateline_infer.tags import TokenSpan
from dateline_infer.tokens import IntArray, Tokens
from dateline_labels import Schema
from hypothesis import given
from hypothesis import strategies as st

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
ALLOWED = pairs.allowed_relations(SCHEMA)


@st.composite
def tables(draw: st.DrawFn) -> SpanTable:
    spans, at = [], 0
    for gap, length, label in draw(
        st.lists(st.tuples(st.integers(0, 90), st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=12)
    ):
        spans.append(TokenSpan(label, at + gap, at + gap + length))
        at += gap + length
    generator = np.random.default_rng(at)
    tokens = Tokens(
        generator.integers(0, 3, at),
        np.stack([np.arange(at), np.arange(at) + 1], axis=1),
        np.zeros(at, dtype=bool),
        np.sort(generator.integers(0, 9, at)),
        np.zeros(at, dtype=np.int64),
    )
    return SpanTable.of(spans, tokens)


@given(table=tables())
def test_candidates_are_the_pairs_that_the_schema_allows(table: SpanTable) -> None:
    labels = [SCHEMA.span_labels[label] for label in table.labels]
    expected = [
        [head, tail]
        for head in range(len(labels))
        for tail in range(len(labels))
        if head != tail
        and any(SCHEMA.relation_problem(name, labels[head], labels[tail]) is None for name in SCHEMA.relations)
    ]
    assert pairs.candidates(table.labels, ALLOWED).tolist() == expected


@given(table=tables())
def test_features_stay_below_their_sizes_and_tell_the_direction(table: SpanTable) -> None:
    chosen = pairs.candidates(table.labels, ALLOWED)
    features = pairs.features(table, chosen)
    assert features.shape == (len(chosen), len(FEATURE_SIZES))
    assert ((features >= 0) & (features < np.array(FEATURE_SIZES))).all()
    for (head, tail), (distance, *_) in zip(chosen, features, strict=True):
        assert distance % 2 == (tail > head)


@given(table=tables())
def test_rivals_are_the_spans_of_the_tails_label_in_between(table: SpanTable) -> None:
    chosen = pairs.candidates(table.labels, ALLOWED)
    for (head, tail), row in zip(chosen, pairs.features(table, chosen), strict=True):
        between = table.labels[min(head, tail) + 1 : max(head, tail)]
        assert row[2] == min(5, (between == table.labels[tail]).sum())
        assert row[3] == min(5, (between == table.labels[head]).sum())


@given(table=tables())
def test_the_words_between_two_spans_are_the_same_from_both_sides(table: SpanTable) -> None:
    size = len(table.labels)
    both = np.array([[a, b] for a in range(size) for b in range(size) if a != b], dtype=np.int64).reshape(-1, 2)
    start, end = pairs.between(table.starts, table.ends, both)
    turned_start, turned_end = pairs.between(table.starts, table.ends, both[:, ::-1])
    assert (start <= end).all()
    assert (start == turned_start).all()
    assert (end == turned_end).all()
    for (head, tail), first, last in zip(both, start, end, strict=True):
        left, right = sorted((head, tail))
        assert (first, last) == (table.ends[left], table.starts[right])


def whole_blocks(labels: IntArray, bounds: IntArray, size: int) -> list[list[list[int]]]:
    """What `blocks` is to give: texts put together until there are as many pairs, then cut; all there at once."""
    made: list[list[list[int]]] = []
    waiting: list[list[int]] = []
    for begin, end in pairwise([*bounds.tolist(), None]):
        if end is not None:
            waiting += (pairs.candidates(labels[begin:end], ALLOWED) + begin).tolist()
        if end is None or len(waiting) >= size:
            made += [waiting[at : at + size] for at in range(0, len(waiting), size)]
            waiting = []
    return made


@given(
    texts=st.lists(st.lists(st.integers(0, len(SCHEMA.span_labels) - 1), max_size=14), max_size=5),
    size=st.integers(1, 200),
)
def test_blocks_hold_every_candidate_of_every_text_once_in_order(texts: list[list[int]], size: int) -> None:
    labels = np.array([label for text in texts for label in text], dtype=np.int64)
    bounds = np.cumsum([0, *map(len, texts)])
    found = [block.tolist() for block in pairs.blocks(labels, bounds, ALLOWED, size)]
    assert found == whole_blocks(labels, bounds, size)


def test_the_pairs_of_a_long_text_are_never_there_all_at_once() -> None:
    labels = np.arange(3_000) % len(SCHEMA.span_labels)
    tracemalloc.start()
    try:
        count = sum(len(block) for block in pairs.blocks(labels, np.array([0, len(labels)]), ALLOWED, 10_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count > 2_000_000
    assert peak < 2_000_000  # bytes; a pair has 16
