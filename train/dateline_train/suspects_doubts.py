"""An annotated dispatch and how probable a model that never saw it finds the annotation → what is doubtful in it.

Every piece of annotation has a self-confidence: the probability that the model gives to just what is annotated
(Northcutt et al. 2021). Where it is below a half there is a doubt, with what the model finds more probable. Relations
that nobody annotated, and spans that touch no annotated one, are doubts likewise: their self-confidence is that of
there being none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from dateline_incidents.incidents import ROLES
from dateline_infer.weighing import Weighed, WeighedSpan
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.clusters import clusters

_HALF = 0.5
_NO_SUCH_SPAN = 0.1
"""Below this self-confidence of a span whose label is doubted, its values and relations are no doubts of their own."""
_FAR_LESS = 0.1


class Kind(StrEnum):
    """What would be wrong."""

    LABEL = "wrong label"
    BORDERS = "wrong borders"
    SPURIOUS = "no span"
    MISSED = "missed span"
    VALUE = "wrong value"
    RELATION = "wrong relation"
    UNRELATED = "missed relation"


@dataclass(frozen=True)
class Claim:
    """What is annotated or read: a label or a value, and the words of the span, or of both ends of the relation."""

    label: str
    words: tuple[str, ...]


NOTHING = Claim("", ())


@dataclass(frozen=True)
class Doubt:
    """A piece of annotation that a model does not believe, or one that it misses.

    spans            ids of the annotated spans that it is about; none where a span is missed
    annotated, read  NOTHING where no span or relation is
    confidence       the probability of what is annotated
    other            that of what is read
    part             what stands in the file, if anything does
    name             of the attribute whose value is doubted
    """

    kind: Kind
    dispatch: Dispatch
    start: int
    end: int
    spans: tuple[str, ...]
    annotated: Claim
    read: Claim
    confidence: float
    other: float
    part: Span | Relation | None = None
    name: str = ""


def doubts_of(dispatch: Dispatch, weighed: Weighed) -> list[Doubt]:
    """Everything doubtful in one dispatch."""
    spans = [doubt for each in weighed.spans if (doubt := _of_span(dispatch, each, weighed.found))]
    values = [doubt for each in weighed.spans for doubt in _of_values(dispatch, each)]
    missed = list(_missed_spans(dispatch, weighed.found))
    # what hangs on a span that is no such span is not doubtful by itself
    labels = [doubt for doubt in spans if doubt.kind in (Kind.LABEL, Kind.SPURIOUS)]
    unsafe = {doubt.spans[0] for doubt in labels if doubt.confidence < _NO_SUCH_SPAN}
    values = [doubt for doubt in values if doubt.spans[0] not in unsafe]
    relations = [doubt for doubt in _of_relations(dispatch, weighed) if not unsafe & set(doubt.spans)]
    return [*spans, *missed, *values, *relations]


def _of_span(dispatch: Dispatch, weighed: WeighedSpan, found: Sequence[Span]) -> Doubt | None:
    span = dispatch.span_by_id[weighed.id]
    confidence = weighed.labels.get(span.label, 0.0)
    if confidence >= _HALF:
        return None
    here = (dispatch.words(span),)
    readings: list[tuple[float, Kind, Claim]] = [(weighed.nothing, Kind.SPURIOUS, NOTHING)]
    readings += [(p, Kind.LABEL, Claim(label, here)) for label, p in weighed.labels.items() if label != span.label]
    readings += [
        (
            each.score or 0.0,
            Kind.BORDERS if each.label == span.label else Kind.LABEL,
            Claim(each.label, (dispatch.words(each),)),
        )
        for each in found
        if _overlap(each, span) and (each.start, each.end) != (span.start, span.end)
    ]
    other, kind, read = max(readings, key=lambda reading: reading[0])
    annotated = Claim(span.label, here)
    return Doubt(kind, dispatch, span.start, span.end, (span.id,), annotated, read, confidence, other, span)


def _of_values(dispatch: Dispatch, weighed: WeighedSpan) -> Iterator[Doubt]:
    span = dispatch.span_by_id[weighed.id]
    here = (dispatch.words(span),)
    for name, values in weighed.values.items():
        confidence = values.get(span.attributes[name], 0.0)
        if confidence < _HALF:
            other, value = max((p, value) for value, p in values.items() if value != span.attributes[name])
            claims = Claim(span.attributes[name], here), Claim(value, here)
            place = span.start, span.end, (span.id,)
            yield Doubt(Kind.VALUE, dispatch, *place, *claims, confidence, other, span, name)


def _missed_spans(dispatch: Dispatch, found: Sequence[Span]) -> Iterator[Doubt]:
    for span in found:
        probability = span.score or 0.0
        if probability > _HALF and not any(_overlap(span, each) for each in dispatch.spans):
            read = Claim(span.label, (dispatch.words(span),))
            yield Doubt(Kind.MISSED, dispatch, span.start, span.end, (), NOTHING, read, 1.0 - probability, probability)


def _of_relations(dispatch: Dispatch, weighed: Weighed) -> Iterator[Doubt]:
    """Annotated relations that are not believed, with what leads elsewhere instead; then other missing ones."""
    annotated = {_key(relation) for relation in dispatch.relations}
    believed = _with_ties(dispatch, weighed.relations)
    others = [each for each in believed if _key(each) not in annotated and (each.score or 0.0) > _HALF]
    named: set[tuple[str, str, str]] = set()
    for relation in believed:
        confidence = relation.score or 0.0
        if _key(relation) not in annotated or confidence >= _HALF:
            continue
        rivals = [each for each in others if _is_rival(each, relation)]
        named |= {_key(each) for each in rivals if _tells_all(relation, each)}
        read = max(rivals, key=lambda each: each.score or 0.0, default=None)
        other = (read.score or 0.0) if read else 1.0 - confidence
        doubt = _relation_doubt(Kind.RELATION, dispatch, relation, (confidence, other))
        yield replace(doubt, annotated=_claim(dispatch, relation), read=_claim(dispatch, read), part=relation)
    for relation in others:
        if _key(relation) not in named:
            probability = relation.score or 0.0
            doubt = _relation_doubt(Kind.UNRELATED, dispatch, relation, (1.0 - probability, probability))
            yield replace(doubt, read=_claim(dispatch, relation))


def _relation_doubt(kind: Kind, dispatch: Dispatch, about: Relation, confidences: tuple[float, float]) -> Doubt:
    ends = dispatch.span_by_id[about.head], dispatch.span_by_id[about.tail]
    place = min(span.start for span in ends), max(span.end for span in ends)
    return Doubt(kind, dispatch, *place, (about.head, about.tail), NOTHING, NOTHING, *confidences)


def _claim(dispatch: Dispatch, relation: Relation | None) -> Claim:
    if relation is None:
        return NOTHING
    ends = (dispatch.span_by_id[relation.head], dispatch.span_by_id[relation.tail])
    return Claim(relation.label, tuple(dispatch.words(span) for span in ends))


def _with_ties(dispatch: Dispatch, relations: Sequence[Relation]) -> list[Relation]:
    """The relations; of the one that ties mentions of one event, which has no direction, one a pair with the greater
    probability, and none between mentions that other ties put together.
    """
    tie = ROLES.same_event
    known = [(each.head, each.tail) for each in dispatch.relations if each.label == tie]
    together = [set(cluster) for cluster in clusters(known)]
    most: dict[frozenset[str], float] = {}
    for each in relations:
        if each.label == tie:
            pair = frozenset((each.head, each.tail))
            most[pair] = max(most.get(pair, 0.0), each.score or 0.0)
    kept = [each for each in relations if each.label != tie]
    for pair, probability in most.items():
        ends = next(((head, tail) for head, tail in known if pair == {head, tail}), None)
        if ends is None and any(pair <= cluster for cluster in together):
            continue
        head, tail = ends or sorted(pair)
        kept.append(Relation(tie, head, tail, probability))
    return kept


def _is_rival(read: Relation, annotated: Relation) -> bool:
    """Whether it is of the same pair, or of the same label with the same head or tail."""
    return _same_pair(read, annotated) or (
        read.label == annotated.label and (read.head == annotated.head or read.tail == annotated.tail)
    )


def _same_pair(one: Relation, other: Relation) -> bool:
    return {one.head, one.tail} == {other.head, other.tail}


def _tells_all(doubted: Relation, read: Relation) -> bool:
    """Whether the reading is no doubt of its own: one of another pair may be, where it is surer than the doubt."""
    return _same_pair(doubted, read) or (doubted.score or 0.0) <= _FAR_LESS * (1.0 - (read.score or 0.0))


def _key(relation: Relation) -> tuple[str, str, str]:
    return relation.label, relation.head, relation.tail


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
