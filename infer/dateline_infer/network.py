"""What an Extractor asks of a model, and the model of a bundle: the encoder in onnxruntime, the heads in numpy."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import onnxruntime as ort

from . import heads
from .heads import SpanBatch
from .tokens import FloatArray, IntArray


class Network(Protocol):
    """A trained model, whatever runs it."""

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        ...

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        ...

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        ...


class OnnxNetwork:
    """The model of a bundle, built from bytes that were checked."""

    def __init__(self, graph: bytes, weights: Mapping[str, FloatArray], threads: int = 0) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads  # 0: one a core
        options.log_severity_level = 4  # what goes wrong is raised, and need not be printed too
        self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._weights = weights

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        vectors, logits = self._session.run(
            ["token_vectors", "tag_logits"],
            {"input_ids": input_ids, "attention_mask": attention_mask, "forms": forms},
        )
        return np.asarray(vectors), np.asarray(logits)

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        return heads.attribute_logits(self._weights, batch)

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        return heads.relation_logits(self._weights, batch, pairs, features)
