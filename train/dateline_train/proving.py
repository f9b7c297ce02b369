"""How an encoder of a bundle reads against the checkpoint, on annotated dispatches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from dateline_bundle.certificate import VariantRecord
from dateline_bundle.encoders import VARIANTS
from dateline_infer.choosing import Choice
from dateline_infer.extractor import Extractor
from dateline_infer.heads import SpanBatch
from dateline_infer.network import Network
from dateline_infer.tokens import FloatArray, IntArray
from dateline_labels import Dispatch, Schema
from dateline_labels.progress import with_progress
from dateline_labels.scoring import Scores, score, total


class RecordingNetwork:
    """Answers as `network` and keeps what it was asked and what it said."""

    at_once = 1  # so that what is kept stands in the order of the batches

    def __init__(self, network: Network) -> None:
        self._network = network
        self.encoded: list[tuple[IntArray, FloatArray]] = []  # input ids, tag logits where there is a token
        self.attributes: list[tuple[SpanBatch, FloatArray]] = []
        self.relations: list[tuple[SpanBatch, IntArray, IntArray, FloatArray]] = []

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        vectors, logits = self._network.encode(input_ids, attention_mask, forms)
        self.encoded.append((input_ids, logits[attention_mask == 1]))
        return vectors, logits

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        logits = self._network.attribute_logits(batch)
        self.attributes.append((batch, logits))
        return logits

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        logits = self._network.relation_logits(batch, pairs, features)
        self.relations.append((batch, pairs, features, logits))
        return logits

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        """(texts,): the log-odds that each text passes the gate."""
        return self._network.gate_scores(texts)


@dataclass(frozen=True)
class Reading:
    """How one model reads some dispatches, with all it was asked."""

    read: list[Dispatch]
    network: RecordingNetwork

    @staticmethod
    def of(extractor: Extractor, dispatches: Sequence[Dispatch]) -> "Reading":
        """Read them."""
        network = RecordingNetwork(extractor.network)
        recording = Extractor(network, extractor.tokenizer, extractor.config, extractor.padding)
        read = list(with_progress(recording.stream(dispatches), len(dispatches), "reading"))
        return Reading(read, network)


def prove(reference: Reading, packaged: Extractor, dispatches: Sequence[Dispatch], choice: Choice) -> VariantRecord:
    """Compare how the checkpoint read the dispatches with how an encoder of a bundle does."""
    schema = packaged.config.schema
    other = Reading.of(packaged, dispatches)
    agreement = score(reference.read, other.read, schema)
    span_f1, relation_f1 = f1s(dispatches, other.read, schema)
    return VariantRecord(
        file=VARIANTS[choice.variant],
        engine=choice.engine,
        spans_agree=_agreement(agreement, spans=True),
        relations_agree=_agreement(agreement, spans=False),
        largest_logit_difference=largest_difference(reference.network, other.network, packaged.network),
        span_f1=span_f1,
        relation_f1=relation_f1,
    )


def largest_difference(reference: RecordingNetwork, other: RecordingNetwork, network: Network) -> float:
    """The largest difference of any logit: of the tags, which both read from the same windows, and of the heads, which
    `network`, the other one, is asked for the reference's spans and pairs. Raises ValueError where the two read other
    windows.
    """
    pairs = [
        (one, two)
        for (ids, one), (others, two) in zip(reference.encoded, other.encoded, strict=True)
        if np.array_equal(ids, others)
    ]
    if len(pairs) < len(reference.encoded):
        raise ValueError("the two read other windows")
    pairs += [(logits, network.attribute_logits(batch)) for batch, logits in reference.attributes]
    pairs += [
        (logits, network.relation_logits(batch, asked, more)) for batch, asked, more, logits in reference.relations
    ]
    differences = [float(np.abs(one - two).max(initial=0.0)) for one, two in pairs]
    # a NaN compares as no difference, so it is made the largest there is
    return max((each if np.isfinite(each) else np.inf for each in differences), default=0.0)


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
