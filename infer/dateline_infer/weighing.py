"""Annotated dispatches → how probable a model finds what is annotated, and what it finds more probable.

Raw probabilities of the model, before any threshold or calibration: of spans by the chain of tags, of the values
of their attributes, and of relations between the annotated spans.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from dateline_labels import Dispatch, Relation, Schema, Span

from . import pairs, tags
from .chain import Chain, decode
from .decoding import Encoded, code_points, given, sigmoid, together
from .extractor import Extractor
from .heads import SpanBatch
from .tags import TokenSpan
from .tokens import FloatArray, Tokens, tokenize_all

MENTIONED = 0.05
"""Relations that nobody annotated are kept from this probability on."""
_AT_ONCE = 64
_PAIRS_A_BLOCK = 131_072


@dataclass(frozen=True)
class WeighedSpan:
    """An annotated span.

    labels   label → probability that exactly these words are a span of it
    nothing  probability that none of its tokens is in a span
    values   attribute → value → probability
    """

    id: str
    labels: Mapping[str, float]
    nothing: float
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighed:
    """An annotated dispatch as a model sees it.

    spans      the annotated ones that have a token
    found      the spans that the model reads, with the probability of each as its score
    relations  between annotated spans: those annotated, and others from MENTIONED on, with their probabilities
    """

    id: str
    spans: tuple[WeighedSpan, ...] = ()
    found: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()


def weigh(extractor: Extractor, dispatches: Sequence[Dispatch]) -> Iterator[Weighed]:
    """What the model makes of each dispatch and of its annotation."""
    for at in range(0, len(dispatches), _AT_ONCE):
        some = dispatches[at : at + _AT_ONCE]
        tokens = tokenize_all(extractor.tokenizer, [dispatch.text for dispatch in some])
        encoded = extractor.encode(tokens)
        for number, (dispatch, each) in enumerate(zip(some, tokens, strict=True)):
            begin, end = encoded.bounds[number : number + 2].tolist()
            alone = Encoded(encoded.vectors[begin:end], encoded.tag_logits[begin:end], np.array([0, end - begin]))
            yield _weighed(extractor, dispatch, each, alone) if len(each) else Weighed(dispatch.id)


def _weighed(extractor: Extractor, dispatch: Dispatch, tokens: Tokens, encoded: Encoded) -> Weighed:
    config, text = extractor.config, dispatch.text
    placed = given(dispatch, tokens, config.schema)
    transitions = np.array(config.transitions, dtype=np.float32) if config.transitions else None
    cuts = [border for _, place in placed for border in (place.start, place.end)]
    chain = Chain.of(encoded.tag_logits, tokens.continues, transitions, cuts)
    read = decode([encoded.tag_logits], [tokens.continues], transitions, config.span_threshold)[0]
    found = tuple(_found(text, tokens, read, config.schema))
    if not placed:
        return Weighed(dispatch.id, found=found)
    table, batch = together([[place for _, place in placed]], [tokens], encoded)
    values = _values(batch, extractor.network.attribute_logits(batch), config.schema)
    spans = [_span(chain, *pair, config.schema, each) for pair, each in zip(placed, values, strict=True)]
    known = [span.id for span, _ in placed]
    return Weighed(dispatch.id, tuple(spans), found, tuple(_relations(extractor, dispatch, known, table, batch)))


def _span(
    chain: Chain, span: Span, place: TokenSpan, schema: Schema, values: Mapping[str, Mapping[str, float]]
) -> WeighedSpan:
    labels = {
        label: chain.span(TokenSpan(number, place.start, place.end)) for number, label in enumerate(schema.span_labels)
    }
    return WeighedSpan(span.id, labels, chain.nothing(place.start, place.end), values)


def _found(text: str, tokens: Tokens, found: Sequence[TokenSpan], schema: Schema) -> Iterator[Span]:
    for number, place in enumerate(found, start=1):
        ((start, end),) = code_points([place], tokens)
        words = text[start:end]
        if words.strip():  # some tokenizers have tokens of nothing but space
            start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
            yield Span(f"m{number}", schema.span_labels[place.label], start, end, score=place.score)


def _values(batch: SpanBatch, logits: FloatArray, schema: Schema) -> list[dict[str, dict[str, float]]]:
    """For each span, the probabilities of the values of each of its attributes."""
    values: list[dict[str, dict[str, float]]] = [{} for _ in batch.labels]
    column = 0
    for label, name, choices in schema.attributes:
        for row in np.flatnonzero(batch.labels == schema.span_labels.index(label)).tolist():
            probabilities = np.exp(tags.log_softmax(logits[row, column : column + len(choices)]))
            values[row][name] = dict(zip(choices, probabilities.tolist(), strict=True))
        column += len(choices)
    return values


def _relations(
    extractor: Extractor, dispatch: Dispatch, spans: Sequence[str], table: pairs.SpanTable, batch: SpanBatch
) -> Iterator[Relation]:
    """Between spans of these ids, which are the rows of the table."""
    schema = extractor.config.schema
    allowed = pairs.allowed_relations(schema)
    rows = {span_id: row for row, span_id in enumerate(spans)}
    numbers = {label: number for number, label in enumerate(schema.relation_labels)}
    annotated = np.zeros((len(spans), len(spans), len(schema.relations)), dtype=np.bool_)
    for each in dispatch.relations:
        if each.head in rows and each.tail in rows:
            annotated[rows[each.head], rows[each.tail], numbers[each.label]] = True
    for block in pairs.blocks(table.labels, np.array([0, len(spans)]), allowed, _PAIRS_A_BLOCK):
        scores = sigmoid(extractor.network.relation_logits(batch, block, pairs.features(table, block)))
        possible = allowed[table.labels[block[:, 0]], table.labels[block[:, 1]]]
        told = possible & ((scores >= MENTIONED) | annotated[block[:, 0], block[:, 1]])
        for at, number in np.argwhere(told).tolist():
            head, tail = map(int, block[at])
            yield Relation(schema.relation_labels[number], spans[head], spans[tail], float(scores[at, number]))
