"""The numpy heads against their formulas written out pair by pair, in float64; tests/train holds them to torch."""

import numpy as np
import pytest
from dateline_infer import heads, pairs
from dateline_infer.heads import SpanBatch
from dateline_infer.pairs import FEATURE_SIZES
from dateline_infer.tokens import FloatArray, IntArray

HIDDEN, WIDTH, LABELS, VALUES, RELATIONS = 6, 8, 3, 4, 5
Arrays = tuple[SpanBatch, IntArray, IntArray]


@pytest.fixture(scope="module")
def weights() -> dict[str, FloatArray]:
    random = np.random.default_rng(1)
    shapes: dict[str, tuple[int, ...]] = {
        "attributes.label.weight": (LABELS, WIDTH),
        "relations.between.weight": (WIDTH, HIDDEN),
        "relations.labels.weight": (LABELS**2, WIDTH),
        **{f"relations.features.{column}.weight": (size, WIDTH) for column, size in enumerate(FEATURE_SIZES)},
    }
    linear = {
        "attributes.hidden": (WIDTH, 3 * HIDDEN),
        "attributes.output": (VALUES, WIDTH),
        **{f"relations.{name}": (WIDTH, 3 * HIDDEN) for name in ("head", "tail", "head_key", "tail_key")},
        "relations.second": (WIDTH, WIDTH),
        "relations.output": (RELATIONS, WIDTH),
    }
    for name, (out, inward) in linear.items():
        shapes |= {f"{name}.weight": (out, inward), f"{name}.bias": (out,)}
    return {name: random.normal(scale=0.5, size=shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    """Spans that touch, of one token and of many, and every ordered pair of them."""
    random = np.random.default_rng(2)
    lengths = random.integers(1, 5, 12)
    starts = np.cumsum(lengths + random.integers(0, 9, 12)) - lengths
    batch = SpanBatch(
        random.normal(size=(int(starts[-1] + lengths[-1]) + 2, HIDDEN)).astype(np.float32),
        random.integers(0, LABELS, 12),
        starts,
        starts + lengths,
    )
    chosen = np.array([[head, tail] for head in range(12) for tail in range(12) if head != tail])
    features = np.stack([random.integers(0, size, len(chosen)) for size in FEATURE_SIZES], axis=1)
    return batch, chosen, features


def linear(weights: dict[str, FloatArray], name: str, row: FloatArray) -> FloatArray:
    result: FloatArray = weights[f"{name}.weight"].astype(np.float64) @ row + weights[f"{name}.bias"]
    return result


def span_row(batch: SpanBatch, span: int) -> FloatArray:
    inside = batch.vectors[batch.starts[span] : batch.ends[span]].astype(np.float64)
    row: FloatArray = np.concatenate([inside[0], inside[-1], inside.mean(axis=0)])
    return row


def test_attributes_come_from_the_span_and_its_label(weights: dict[str, FloatArray], arrays: Arrays) -> None:
    batch = arrays[0]
    expected = []
    for span, label in enumerate(batch.labels):
        hidden = linear(weights, "attributes.hidden", span_row(batch, span)) + weights["attributes.label.weight"][label]
        expected.append(linear(weights, "attributes.output", np.maximum(hidden, 0)))
    np.testing.assert_allclose(heads.attribute_logits(weights, batch), expected, atol=1e-4)


def test_relations_come_from_both_spans_and_what_lies_between(weights: dict[str, FloatArray], arrays: Arrays) -> None:
    batch, chosen, features = arrays
    expected = []
    for (head, tail), values in zip(chosen, features, strict=True):
        head_row, tail_row = span_row(batch, head), span_row(batch, tail)
        hidden = linear(weights, "relations.head", head_row) + linear(weights, "relations.tail", tail_row)
        hidden += linear(weights, "relations.head_key", head_row) * linear(weights, "relations.tail_key", tail_row)
        first, second = sorted((head, tail))
        gap = batch.vectors[batch.ends[first] : batch.starts[second]].astype(np.float64)
        if len(gap):
            hidden += weights["relations.between.weight"] @ gap.mean(axis=0)
        hidden += weights["relations.labels.weight"][batch.labels[head] * LABELS + batch.labels[tail]]
        for column, value in enumerate(values):
            hidden += weights[f"relations.features.{column}.weight"][value]
        hidden = np.maximum(linear(weights, "relations.second", np.maximum(hidden, 0)), 0)
        expected.append(linear(weights, "relations.output", hidden))
    assert any(batch.ends[head] == batch.starts[tail] for head, tail in chosen)
    np.testing.assert_allclose(heads.relation_logits(weights, *arrays), expected, atol=1e-4)


@pytest.mark.parametrize("block", [1, 7, 131, 132, 133])
def test_pairs_in_blocks_have_the_logits_of_pairs_at_once(
    block: int, weights: dict[str, FloatArray], arrays: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = heads.relation_logits(weights, *arrays)
    assert len(at_once) == 132
    monkeypatch.setattr(heads, "_PAIRS_AT_ONCE", block)
    np.testing.assert_allclose(heads.relation_logits(weights, *arrays), at_once, atol=1e-5)


def test_no_pair_has_no_logits(weights: dict[str, FloatArray], arrays: Arrays) -> None:
    none = np.zeros((0, 2), dtype=np.int64), np.zeros((0, len(FEATURE_SIZES)), dtype=np.int64)
    assert heads.relation_logits(weights, arrays[0], *none).shape == (0, RELATIONS)


def test_a_span_at_the_end_of_a_long_text_is_as_exact_as_at_its_beginning() -> None:
    vectors = np.full((300_000, 1), 7.7, dtype=np.float32)
    vectors[-3:] = vectors[:3] = [[0.001], [0.002], [0.003]]
    ends = np.array([3, 300_000])
    rows = SpanBatch(vectors, np.zeros(2, dtype=np.int64), ends - 3, ends).span_vectors
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-7)


@pytest.mark.parametrize("labels", [[], [0]])
def test_fewer_than_two_spans_make_no_pair(labels: list[int]) -> None:
    allowed = np.ones((LABELS, LABELS, RELATIONS), dtype=np.bool_)
    assert pairs.candidates(np.array(labels, dtype=np.int64), allowed).shape == (0, 2)
