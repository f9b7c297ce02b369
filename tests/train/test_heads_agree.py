from pathlib import Path

import numpy as np
import pytest
from dateline_infer import heads
from dateline_infer.heads import SpanBatch
from dateline_infer.pairs import FEATURE_SIZES
from dateline_train.exporting import head_weights
from dateline_train.model import DispatchModel
from dateline_train.network import TorchNetwork, load_checkpoint

Inputs = tuple[SpanBatch, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def model(tiny_checkpoint: Path) -> DispatchModel:
    return load_checkpoint(tiny_checkpoint)[0]


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    """Random vectors, spans and pairs, among them pairs that touch and pairs in both directions."""
    generator = np.random.default_rng(11)
    vectors = generator.normal(0, 1, (500, 64)).astype(np.float32)
    starts = np.sort(generator.choice(490, 40, replace=False))
    ends = starts + generator.integers(1, 10, 40)
    pairs = generator.integers(0, 40, (900, 2))
    features = np.stack([generator.integers(0, size, 900) for size in FEATURE_SIZES], axis=1)
    return SpanBatch(vectors, generator.integers(0, 5, 40), starts, ends), pairs, features


def test_numpy_and_torch_compute_the_same_attributes(model: DispatchModel, inputs: Inputs) -> None:
    weights = {name: weight.numpy() for name, weight in head_weights(model).items()}
    expected = TorchNetwork(model).attribute_logits(inputs[0])
    np.testing.assert_allclose(heads.attribute_logits(weights, inputs[0]), expected, atol=1e-3, rtol=1e-4)


def test_numpy_and_torch_compute_the_same_relations(model: DispatchModel, inputs: Inputs) -> None:
    weights = {name: weight.numpy() for name, weight in head_weights(model).items()}
    expected = TorchNetwork(model).relation_logits(*inputs)
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(heads.relation_logits(weights, *inputs), expected, atol=1e-3, rtol=1e-4)


def test_pairs_in_blocks_are_pairs_at_once(
    model: DispatchModel, inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = {name: weight.numpy() for name, weight in head_weights(model).items()}
    at_once = heads.relation_logits(weights, *inputs)
    monkeypatch.setattr(heads, "_PAIRS_AT_ONCE", 37)
    np.testing.assert_allclose(heads.relation_logits(weights, *inputs), at_once, atol=1e-4)


def test_no_pairs_have_no_logits(model: DispatchModel, inputs: Inputs) -> None:
    weights = {name: weight.numpy() for name, weight in head_weights(model).items()}
    none = np.zeros((0, 2), dtype=np.int64), np.zeros((0, len(FEATURE_SIZES)), dtype=np.int64)
    assert heads.relation_logits(weights, inputs[0], *none).shape == (0, 9)
