"""What an Extractor asks of a model, and the model of a bundle: the encoder in an engine, the heads in numpy."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from threadpoolctl import ThreadpoolController

from . import heads
from .choosing import Choice
from .engines import Engine
from .gate import gate_scores
from .heads import SpanBatch
from .tokens import FloatArray, IntArray


class Network(Protocol):
    """A trained model, whatever runs it; `at_once` calls of `encode` may go on side by side."""

    @property
    def at_once(self) -> int:
        """How many calls of `encode` may go on side by side."""
        ...

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        ...

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        ...

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        ...

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        """(texts,): the log-odds that each text passes the gate, which the model has."""
        ...


class BundleNetwork:
    """The model of a bundle, built from bytes that were checked; `choice` is what its engine was chosen as.

    numpy multiplies in one thread: the encoder has the cores, and a product that is shared between threads may differ
    in its last bit.
    """

    def __init__(
        self, engine: Engine, weights: Mapping[str, FloatArray], gate: Mapping[str, FloatArray], choice: Choice
    ) -> None:
        self.choice = choice
        self._engine = engine
        self._weights = weights
        self._gate = gate
        self.at_once = engine.at_once
        self._numpy = ThreadpoolController()

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        return self._engine.run(input_ids, attention_mask, forms)

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        with self._one_thread():
            return heads.attribute_logits(self._weights, batch)

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        with self._one_thread():
            return heads.relation_logits(self._weights, batch, pairs, features)

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        """(texts,): the log-odds that each text passes the gate."""
        with self._one_thread():
            return gate_scores(self._gate, texts)

    def _one_thread(self) -> AbstractContextManager[object]:
        limit: AbstractContextManager[object] = self._numpy.limit(limits=1, user_api="blas")
        return limit
