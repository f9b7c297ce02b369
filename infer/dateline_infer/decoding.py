"""What the encoder made of some dispatches → their spans, attributes and relations, each with its score.

Dispatches are decoded together, laid end to end, so that the heads multiply once for all of them; each gets what it
would get alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from dateline_labels import Dispatch, Relation, Schema, Span
from numpy.typing import NDArray

from . import chain, pairs, tags
from .calibration import IDENTITY
from .config import ReadingConfig
from .heads import SpanBatch
from .network import Network
from .tags import TokenSpan
from .tokens import FloatArray, IntArray, Tokens

PLAUSIBLE = 0.05
"""Least probability of a relation at which a span takes the most probable head of a relation that it must have."""
_PAIRS_A_BLOCK = 131_072


@dataclass(frozen=True)
class Encoded:
    """What the encoder made of some texts, whose tokens stand one after another.

    vectors     (tokens, hidden)
    tag_logits  (tokens, tags)
    bounds      (texts + 1,) the first token of each text, and the end of the last one
    """

    vectors: FloatArray
    tag_logits: FloatArray
    bounds: IntArray

    def vectors_of(self, text: int) -> FloatArray:
        """(tokens of the text, hidden)."""
        vectors: FloatArray = self.vectors[self.bounds[text] : self.bounds[text + 1]]
        return vectors

    def tags_of(self, text: int) -> FloatArray:
        """(tokens of the text, tags)."""
        logits: FloatArray = self.tag_logits[self.bounds[text] : self.bounds[text + 1]]
        return logits


@dataclass(frozen=True)
class _Attributes:
    """The attributes of a span by their names, with the score of each."""

    values: dict[str, str]
    scores: dict[str, float]


class Decoder:
    """Reads off logits as a `ReadingConfig` says."""

    def __init__(self, network: Network, config: ReadingConfig) -> None:
        self._network = network
        self._config = config
        self._allowed = pairs.allowed_relations(config.schema)
        self._transitions = np.array(config.transitions, dtype=np.float32) if config.transitions else None
        labels = config.schema.relation_labels
        self._obligatory = np.array(
            [[label in config.obligatory.get(relation, ()) for relation in labels] for label in config.schema.spans],
            dtype=np.bool_,
        )  # (span labels, relation labels)
        has_attributes = {label for label, *_ in config.schema.attributes}
        self._has_attributes = np.array([label in has_attributes for label in config.schema.spans], dtype=np.bool_)
        self._thresholds = np.array([config.threshold(label) for label in labels], dtype=np.float32)

    def decode(self, dispatches: Sequence[Dispatch], tokens: Sequence[Tokens], encoded: Encoded) -> list[Dispatch]:
        """The dispatches with what was found in each."""
        logits = [encoded.tags_of(text) for text in range(len(tokens))]
        continues = [each.continues for each in tokens]
        decoded = chain.decode(logits, continues, self._transitions, self._config.span_threshold)
        found = [
            # some tokenizers have tokens of nothing but space, in which there is nothing to be marked
            [span for span, (a, b) in zip(spans, code_points(spans, each), strict=True) if dispatch.text[a:b].strip()]
            for dispatch, each, spans in zip(dispatches, tokens, decoded, strict=True)
        ]
        if not any(found):
            return list(dispatches)
        every = _Candidates.of(found, tokens, encoded)
        values = self._attributes(every.table, every.batch)
        spans = [
            self._spans(dispatch.text, each, of_text, values[begin : begin + len(of_text)])
            for dispatch, each, of_text, begin in zip(dispatches, tokens, found, every.bounds.tolist(), strict=False)
        ]
        relations = self._relations(every, spans)
        return [
            replace(dispatch, spans=of_text, relations=tied)
            for dispatch, of_text, tied in zip(dispatches, spans, relations, strict=True)
        ]

    def relate(self, dispatches: Sequence[Dispatch], tokens: Sequence[Tokens], encoded: Encoded) -> list[Dispatch]:
        """The dispatches with the relations that are found among the spans they carry; a span without a token of its
        own, or with a label that the schema has not, is in none.
        """
        placed = [given(dispatch, each, self._config.schema) for dispatch, each in zip(dispatches, tokens, strict=True)]
        found = [[place for _, place in each] for each in placed]
        if not any(found):
            return [replace(dispatch, relations=()) for dispatch in dispatches]
        spans = [[span for span, _ in each] for each in placed]
        relations = self._relations(_Candidates.of(found, tokens, encoded), spans)
        return [replace(dispatch, relations=tied) for dispatch, tied in zip(dispatches, relations, strict=True)]

    def _spans(
        self, text: str, tokens: Tokens, found: Sequence[TokenSpan], attributes: Sequence["_Attributes"]
    ) -> tuple[Span, ...]:
        labels = self._config.schema.span_labels
        counts = dict.fromkeys(labels, 0)
        spans = []
        for span, (start, end), own in zip(found, code_points(found, tokens), attributes, strict=True):
            label = labels[span.label]
            counts[label] += 1
            words = text[start:end]
            start += len(words) - len(words.lstrip())
            end -= len(words) - len(words.rstrip())
            score = self._config.calibration.spans.get(label, IDENTITY)(span.score)
            spans.append(Span(f"{label.lower()}{counts[label]}", label, start, end, own.values, score, own.scores))
        return tuple(spans)

    def _attributes(self, table: pairs.SpanTable, batch: SpanBatch) -> list["_Attributes"]:
        """What is told of each span."""
        found = [_Attributes({}, {}) for _ in table.labels]
        having = np.flatnonzero(self._has_attributes[table.labels])
        labels = table.labels[having]
        logits = self._network.attribute_logits(
            SpanBatch(batch.vectors, labels, table.starts[having], table.ends[having])
        )
        column = 0
        for label, name, choices in self._config.schema.attributes:
            rows = np.flatnonzero(labels == self._config.schema.span_labels.index(label))
            probabilities = np.exp(tags.log_softmax(logits[rows, column : column + len(choices)]))
            best = probabilities.argmax(axis=1).tolist() if len(rows) else []
            curve = self._config.calibration.attributes.get(f"{label}.{name}", IDENTITY)
            for at, (row, value) in enumerate(zip(having[rows].tolist(), best, strict=True)):
                found[row].values[name] = choices[value]
                found[row].scores[name] = curve(float(probabilities[at, value]))
            column += len(choices)
        return found

    def _relations(self, every: "_Candidates", spans: Sequence[Sequence[Span]]) -> list[tuple[Relation, ...]]:
        """For each text, the relations among its spans."""
        labels = every.table.labels
        found: list[tuple[int, int, int, float]] = []  # head, tail, relation label, probability
        best = np.zeros((len(labels), len(self._thresholds)), dtype=np.float32)  # of each tail and relation label
        best_heads = np.zeros(best.shape, dtype=np.int64)
        for pair, scores in self._relation_scores(every):
            rows, numbers = np.nonzero(scores >= self._thresholds)
            chosen = (pair[rows, 0], pair[rows, 1], numbers, scores[rows, numbers])
            found += zip(*(column.tolist() for column in chosen), strict=True)
            for number in np.flatnonzero(self._obligatory.any(axis=0)):
                # in order of probability, so that the highest of a tail is written last
                order = np.argsort(scores[:, number], kind="stable")
                better = order[scores[order, number] > best[pair[order, 1], number]]
                best[pair[better, 1], number] = scores[better, number]
                best_heads[pair[better, 1], number] = pair[better, 0]
        headed = {(tail, number) for _, tail, number, _ in found}
        tails, relations = np.nonzero(self._obligatory[labels] & (best >= PLAUSIBLE))
        for tail, label in zip(tails.tolist(), relations.tolist(), strict=True):
            if (tail, label) not in headed:
                found.append((int(best_heads[tail, label]), tail, label, float(best[tail, label])))
        return self._by_text(sorted(found), every.bounds, spans)

    def _by_text(
        self, found: Sequence[tuple[int, int, int, float]], bounds: IntArray, spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Relation, ...]]:
        labels = self._config.schema.relation_labels
        curves = [self._config.calibration.relations.get(label, IDENTITY) for label in labels]
        ids = [span.id for of_text in spans for span in of_text]
        relations: list[list[Relation]] = [[] for _ in spans]
        texts = np.searchsorted(bounds, [head for head, *_ in found], side="right") - 1
        for text, (head, tail, number, score) in zip(texts.tolist(), found, strict=True):
            relations[text].append(Relation(labels[number], ids[head], ids[tail], curves[number](score)))
        return [tuple(of_text) for of_text in relations]

    def _relation_scores(self, every: "_Candidates") -> Iterator[tuple[IntArray, FloatArray]]:
        """All candidate pairs (pairs, 2) with the probability that each relation and both its spans are right (pairs,
        relations), 0 where the schema allows none; in blocks, so that many spans need little memory.
        """
        labels = every.table.labels
        for block in pairs.blocks(labels, every.bounds, self._allowed, _PAIRS_A_BLOCK):
            logits = self._network.relation_logits(every.batch, block, pairs.features(every.table, block))
            allowed = self._allowed[labels[block[:, 0]], labels[block[:, 1]]]
            both_right = every.scores[block].prod(axis=1, keepdims=True)
            yield block, np.where(allowed, sigmoid(logits) * both_right, np.float32(0.0))


@dataclass(frozen=True)
class _Candidates:
    """The spans of some texts end to end, between which there may be relations.

    scores  (spans,) float32, the probability of each; 1 where it is given
    bounds  (texts + 1,) the first span of each text, and the end of the last one
    """

    table: pairs.SpanTable
    batch: SpanBatch
    scores: FloatArray
    bounds: IntArray

    @staticmethod
    def of(found: Sequence[Sequence[TokenSpan]], tokens: Sequence[Tokens], encoded: Encoded) -> "_Candidates":
        scores = np.array([span.score for spans in found for span in spans], dtype=np.float32)
        return _Candidates(*together(found, tokens, encoded), scores, np.cumsum([0, *map(len, found)]))


def together(
    found: Sequence[Sequence[TokenSpan]], tokens: Sequence[Tokens], encoded: Encoded
) -> tuple[pairs.SpanTable, SpanBatch]:
    """The spans of all texts end to end: as a table, and as what the heads take."""
    tables = [pairs.SpanTable.of(spans, each) for spans, each in zip(found, tokens, strict=True)]
    table = pairs.SpanTable.joined(tables, encoded.bounds[:-1])
    return table, SpanBatch(encoded.vectors, table.labels, table.starts, table.ends)


def given(dispatch: Dispatch, tokens: Tokens, schema: Schema) -> list[tuple[Span, TokenSpan]]:
    """The spans that a dispatch carries, in the order of the text, with their places in tokens."""
    numbers = {label: number for number, label in enumerate(schema.span_labels)}
    places = []
    for span in sorted(dispatch.spans, key=lambda each: (each.start, each.end)):
        start, end = tokens.bounds(span.start, span.end)
        if start < end and span.label in numbers:
            places.append((span, TokenSpan(numbers[span.label], start, end)))
    return places


def code_points(spans: Sequence[TokenSpan], tokens: Tokens) -> list[tuple[int, int]]:
    """Where the tokens of each span stand in the text, half-open."""
    starts = tokens.offsets[[span.start for span in spans], 0] if spans else tokens.offsets[:0, 0]
    ends = tokens.offsets[[span.end - 1 for span in spans], 1] if spans else starts
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def sigmoid(logits: FloatArray) -> NDArray[np.float32]:
    """Log-odds as probabilities."""
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))).astype(np.float32)
