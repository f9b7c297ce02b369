"""How an encoder of a bundle reads against the checkpoint, on annotated dispatches."""

from collections.abc import Sequence

import numpy as np
from dateline_infer.certificate import VariantRecord
from dateline_infer.choosing import Choice
from dateline_infer.extractor import Extractor
from dateline_infer.heads import SpanBatch
from dateline_infer.manifest import VARIANTS
from dateline_infer.network import Network
from dateline_infer.tokens import FloatArray, IntArray
from dateline_labels import Dispatch, Schema
from dateline_labels.scoring import Scores, score, total


class ComparingNetwork:
    """Answers as `reference` and keeps the largest difference of any logit that `other` gives for the same input."""

    def __init__(self, reference: Network, other: Network) -> None:
        self._reference, self._other = reference, other
        self.largest_difference = 0.0

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        vectors, logits = self._reference.encode(input_ids, attention_mask, forms)
        _, others = self._other.encode(input_ids, attention_mask, forms)
        self._compare(logits[attention_mask == 1], others[attention_mask == 1])
        return vectors, logits

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        return self._compare(self._reference.attribute_logits(batch), self._other.attribute_logits(batch))

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        others = self._other.relation_logits(batch, pairs, features)
        return self._compare(self._reference.relation_logits(batch, pairs, features), others)

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        """(texts,): the log-odds that each text passes the gate."""
        return self._compare(self._reference.gate_scores(texts), self._other.gate_scores(texts))

    def _compare(self, reference: FloatArray, other: FloatArray) -> FloatArray:
        difference = float(np.abs(reference - other).max(initial=0.0))
        # a NaN compares as no difference, so it is made the largest there is
        self.largest_difference = max(self.largest_difference, difference if np.isfinite(difference) else np.inf)
        return reference


def prove(reference: Extractor, packaged: Extractor, dispatches: Sequence[Dispatch], choice: Choice) -> VariantRecord:
    """Read the dispatches with both and compare: `reference` reads with the checkpoint, `packaged` with what was chosen
    of a bundle.
    """
    schema = reference.config.schema
    network = ComparingNetwork(reference.network, packaged.network)
    comparing = Extractor(network, reference.tokenizer, reference.config, reference.padding)
    expected, got = comparing.batch(dispatches), packaged.batch(dispatches)
    agreement = score(expected, got, schema)
    span_f1, relation_f1 = f1s(dispatches, got, schema)
    return VariantRecord(
        file=VARIANTS[choice.variant],
        engine=choice.engine,
        spans_agree=_agreement(agreement, spans=True),
        relations_agree=_agreement(agreement, spans=False),
        largest_logit_difference=network.largest_difference,
        span_f1=span_f1,
        relation_f1=relation_f1,
    )


def f1s(gold: Sequence[Dispatch], got: Sequence[Dispatch], schema: Schema) -> tuple[float, float]:
    """F1 of exact spans and of strict relations, in per cent."""
    scores = score(gold, got, schema)
    spans, relations = total(scores.spans.values()), total(scores.relations["strict"].values())
    return round(100 * spans.f1, 2), round(100 * relations.f1, 2)


def _agreement(scores: Scores, spans: bool) -> float:
    """Share of what either found that both found, attributes included for spans."""
    counts = total(scores.spans.values() if spans else scores.relations["strict"].values())
    either = counts.right + counts.spurious + counts.missed
    confused = sum(n for table in scores.attributes.values() for (a, b), n in table.items() if a != b) if spans else 0
    return 1.0 if either == 0 else (counts.right - min(confused, counts.right)) / either
