"""A network whose answers depend on a token alone, so that what an Extractor must find can be worked out by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from dateline_infer import Extractor
from dateline_infer.config import ReadingConfig
from dateline_infer.heads import SpanBatch
from dateline_infer.tags import tag_count
from dateline_infer.tokens import FloatArray, IntArray
from dateline_labels import Schema
from tokenizers import Tokenizer

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
HIDDEN = 6


@dataclass
class TableNetwork:
    """Rows of `vectors` (vocabulary, hidden) and `tag_logits` (vocabulary, tags) by token id; every relation gets
    `relation_logit`. Keeps the vectors of the texts that it was asked about.
    """

    vectors: FloatArray
    tag_logits: FloatArray
    relation_logit: float = 5.0
    seen: list[FloatArray] = field(default_factory=list)
    at_once: int = 1

    @staticmethod
    def random(vocabulary: int, seed: int = 0, scale: float = 3.0) -> "TableNetwork":
        random = np.random.default_rng(seed)
        tags = tag_count(len(SCHEMA.spans))
        return TableNetwork(
            random.normal(size=(vocabulary, HIDDEN)).astype(np.float32),
            random.normal(scale=scale, size=(vocabulary, tags)).astype(np.float32),
        )

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        return self.vectors[input_ids], self.tag_logits[input_ids]

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        self.seen.append(batch.vectors)
        values = sum(len(choices) for _, _, choices in SCHEMA.attributes)
        return np.cos(np.arange(values) + batch.labels[:, None]).astype(np.float32)

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        return np.array([self.tag_logits[ids].sum() for ids in texts], dtype=np.float32)

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        return np.full((len(pairs), len(SCHEMA.relations)), self.relation_logit, dtype=np.float32)


def table_extractor(tokenizer: Tokenizer, network: TableNetwork, window: int = 16, overlap: int = 4) -> Extractor:
    """An Extractor over the network, with windows so small that most texts need several."""
    return Extractor(network, tokenizer, ReadingConfig(SCHEMA, window, overlap), padding=0)
