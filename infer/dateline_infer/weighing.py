"""Annotated dispatches → how probable a model finds what is annotated, and what it finds more probable.

Raw probabilities of the model, before any threshold or calibration: of spans by the chain of tags (`marginals`), of the
values of their attributes, and of relations between the annotated spans.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from dateline_labels import Dispatch, Relation, Schema, Span
from numpy.typing import NDArray

from . import pairs, tags
from .decoding import Encoded, code_points, given, sigmoid, together
from .extractor import Extractor
from .heads import SpanBatch
from .marginals import Chain
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
    unrelated  relation label → mean probability, over all pairs that are not annotated, of being none
    outside    mean probability, over the tokens in no annotated span, of being in none
    """

    id: str
    spans: tuple[WeighedSpan, ...] = ()
    found: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    outside: float = 1.0
    unrelated: Mapping[str, float] = field(default_factory=dict)


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
    config = extractor.config
    placed = given(dispatch, tokens, config.schema)
    places = [place for _, place in placed]
    transitions = np.array(config.transitions, dtype=np.float32) if config.transitions else None
    cuts = [border for place in places for border in (place.start, place.end)]
    chain = Chain(encoded.tag_logits, tokens.continues, transitions, cuts)
    found = tags.decode([encoded.tag_logits], [tokens.continues], transitions)[0]
    outside = chain.outside()[_is_outside(places, len(tokens))]
    if not places:
        relations: tuple[Relation, ...] = ()
        values: list[dict[str, dict[str, float]]] = []
        unrelated: dict[str, float] = {}
    else:
        table, batch = together([places], [tokens], encoded)
        values = _values(batch, extractor.network.attribute_logits(batch), config.schema)
        relations, unrelated = _relations(extractor, dispatch, [span for span, _ in placed], table, batch)
    return Weighed(
        dispatch.id,
        tuple(
            _span(chain, span, place, config.schema, each) for (span, place), each in zip(placed, values, strict=True)
        ),
        tuple(_found(dispatch.text, tokens, chain, found, config.schema)),
        relations,
        float(outside.mean()) if len(outside) else 1.0,
        unrelated,
    )


def _is_outside(places: Sequence[TokenSpan], tokens: int) -> NDArray[np.bool_]:
    outside = np.ones(tokens, dtype=np.bool_)
    for place in places:
        outside[place.start : place.end] = False
    return outside


def _span(
    chain: Chain, span: Span, place: TokenSpan, schema: Schema, values: Mapping[str, Mapping[str, float]]
) -> WeighedSpan:
    labels = {
        label: chain.span(TokenSpan(number, place.start, place.end)) for number, label in enumerate(schema.span_labels)
    }
    return WeighedSpan(span.id, labels, chain.nothing(place.start, place.end), values)


def _found(text: str, tokens: Tokens, chain: Chain, found: Sequence[TokenSpan], schema: Schema) -> Iterator[Span]:
    for number, place in enumerate(found, start=1):
        start, end = code_points(place, tokens)
        words = text[start:end]
        if words.strip():  # some tokenizers have tokens of nothing but space
            start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
            yield Span(f"m{number}", schema.span_labels[place.label], start, end, score=chain.span(place))


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
    extractor: Extractor, dispatch: Dispatch, spans: Sequence[Span], table: pairs.SpanTable, batch: SpanBatch
) -> tuple[tuple[Relation, ...], dict[str, float]]:
    schema = extractor.config.schema
    allowed = pairs.allowed_relations(schema)
    bounds = np.array([0, len(spans)])
    annotated = {(relation.label, relation.head, relation.tail) for relation in dispatch.relations}
    relations: list[Relation] = []
    sums, counts = np.zeros(len(schema.relations)), np.zeros(len(schema.relations))
    for block in pairs.blocks(table.labels, bounds, allowed, _PAIRS_A_BLOCK):
        scores = sigmoid(extractor.network.relation_logits(batch, block, pairs.features(table, block)))
        possible = allowed[table.labels[block[:, 0]], table.labels[block[:, 1]]]
        sums += np.where(possible, 1.0 - scores, 0.0).sum(axis=0)
        counts += possible.sum(axis=0)
        for (head, tail), row, legal in zip(block.tolist(), scores.tolist(), possible.tolist(), strict=True):
            for label, score, may in zip(schema.relation_labels, row, legal, strict=True):
                known = (label, spans[head].id, spans[tail].id) in annotated
                if may and (known or score >= MENTIONED):
                    relations.append(Relation(label, spans[head].id, spans[tail].id, score))
                if may and known:
                    sums[schema.relation_labels.index(label)] -= 1.0 - score
                    counts[schema.relation_labels.index(label)] -= 1
    means = sums / np.maximum(counts, 1)
    unrelated = {
        label: float(mean) for label, mean, count in zip(schema.relation_labels, means, counts, strict=True) if count
    }
    return tuple(relations), unrelated
