"""The heads multiply in one thread, whatever numpy is told, and give it back afterwards."""

from pathlib import Path

import pytest
from dateline_bundle.encoders import FP32
from dateline_infer import Extractor, heads, network
from dateline_infer.choosing import Asked
from dateline_infer.heads import SpanBatch, Weights
from dateline_infer.tokens import FloatArray
from threadpoolctl import threadpool_info, threadpool_limits

EACH = (4, 2)
"""What numpy's threads are set to in turn."""
NOTE = "Gunmen killed 5 soldiers near Gao on Monday, an army spokesman said."


def threads() -> set[int]:
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_the_heads_multiply_in_one_thread(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extractor = Extractor.load(tiny_bundle, Asked(precision=FP32))
    seen: list[set[int]] = []

    def watched(weights: Weights, batch: SpanBatch) -> FloatArray:
        seen.append(threads())
        return attribute_logits(weights, batch)

    attribute_logits = heads.attribute_logits
    monkeypatch.setattr(network.heads, "attribute_logits", watched)
    for count in EACH:
        with threadpool_limits(count, user_api="blas"):
            outside = threads()
            extractor(NOTE)
            assert threads() == outside
    assert seen
    assert all(each == {1} for each in seen)
