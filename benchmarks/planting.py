"""Annotated dispatches → the same with errors planted in them, as annotators make them, and the list of these.

label      a span has another label
borders    a span begins or ends a word too late or too early
dropped    a span is not marked, nor any relation of it
attribute  an attribute has another value
relation   a relation leads to another span that the schema allows
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dateline_labels import Dispatch, Relation, Schema, Span

KINDS = ("label", "borders", "dropped", "attribute", "relation")
_WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class Planted:
    """One error: where it stands, from the first to the last character of what was and of what is there now.

    `spans` are the ids of the span, or those that the relation has led from and to; `label` is that of the relation, or
    the attribute's name.
    """

    kind: str
    dispatch: str
    start: int
    end: int
    spans: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class _Site:
    """A dispatch by its number, and a span or a relation of it by its number."""

    dispatch: int
    part: int


_Change = tuple[Dispatch, Planted]


def plant(
    dispatches: Sequence[Dispatch], schema: Schema, counts: Mapping[str, int], seed: int
) -> tuple[list[Dispatch], list[Planted]]:
    """So many errors of each kind, in the order of KINDS; no two of them touch one span.

    Raises ValueError where there is no room for so many.
    """
    chance = random.Random(f"{seed} planted errors")
    changed, planted = list(dispatches), []
    touched: set[tuple[str, str]] = set()
    for kind in KINDS:
        wanted = counts.get(kind, 0)
        for site in _sites(changed, kind, chance):
            if not wanted:
                break
            change = _PLANTING[kind](changed[site.dispatch], site.part, schema, chance)
            if change is None:
                continue
            ids = {(change[1].dispatch, each) for each in change[1].spans}
            if ids & touched:
                continue
            changed[site.dispatch] = change[0]
            planted.append(change[1])
            touched |= ids
            wanted -= 1
        if wanted:
            raise ValueError(f"no room for {wanted} more errors of the kind {kind}")
    return changed, planted


def _sites(dispatches: Sequence[Dispatch], kind: str, chance: random.Random) -> Iterator[_Site]:
    """Every span or relation once, in any order; numbers that a change has made wrong are passed over."""
    sites = [
        _Site(number, part)
        for number, dispatch in enumerate(dispatches)
        for part in range(len(dispatch.relations if kind == "relation" else dispatch.spans))
    ]
    chance.shuffle(sites)
    for site in sites:
        dispatch = dispatches[site.dispatch]
        if site.part < len(dispatch.relations if kind == "relation" else dispatch.spans):
            yield site


def _other_label(dispatch: Dispatch, part: int, schema: Schema, chance: random.Random) -> _Change | None:
    span = dispatch.spans[part]
    others = [label for label in schema.span_labels if label != span.label]
    if not others:
        return None
    label = chance.choice(others)
    values = schema.spans[label].attributes
    new = replace(span, label=label, attributes={name: chance.choice(values[name]) for name in values})
    changed = _with_spans(dispatch, {span.id: new}, schema)
    return changed, Planted("label", dispatch.id, span.start, span.end, (span.id,))


def _other_borders(dispatch: Dispatch, part: int, schema: Schema, chance: random.Random) -> _Change | None:
    span = dispatch.spans[part]
    words = [(match.start(), match.end()) for match in _WORD.finditer(dispatch.text)]
    inside = [word for word in words if span.start <= word[0] and word[1] <= span.end]
    before = [word for word in words if word[1] <= span.start][-1:]
    after = [word for word in words if word[0] >= span.end][:1]
    new = [(word[0], span.end) for word in before] + [(span.start, word[1]) for word in after]
    if len(inside) > 1:
        new += [(inside[1][0], span.end), (span.start, inside[-2][1])]
    free = [each for each in new if _is_free(dispatch, span, *each)]
    if not free:
        return None
    start, end = chance.choice(free)
    changed = _with_spans(dispatch, {span.id: replace(span, start=start, end=end)}, schema)
    place = min(start, span.start), max(end, span.end)
    return changed, Planted("borders", dispatch.id, *place, (span.id,))


def _is_free(dispatch: Dispatch, span: Span, start: int, end: int) -> bool:
    """Whether the new borders stay in the sentence's line and out of other spans."""
    if start >= end or re.search(r"\n|[.;:!?]\s", dispatch.text[start:end]):
        return False
    return not any(each.id != span.id and each.start < end and start < each.end for each in dispatch.spans)


def _dropped(dispatch: Dispatch, part: int) -> _Change:
    span = dispatch.spans[part]
    spans = tuple(each for each in dispatch.spans if each is not span)
    relations = tuple(each for each in dispatch.relations if span.id not in (each.head, each.tail))
    planted = Planted("dropped", dispatch.id, span.start, span.end, (span.id,))
    return replace(dispatch, spans=spans, relations=relations), planted


def _other_value(dispatch: Dispatch, part: int, schema: Schema, chance: random.Random) -> _Change | None:
    span = dispatch.spans[part]
    if not span.attributes:
        return None
    name = chance.choice(sorted(span.attributes))
    others = [value for value in schema.spans[span.label].attributes[name] if value != span.attributes[name]]
    new = replace(span, attributes={**span.attributes, name: chance.choice(others)})
    changed = _with_spans(dispatch, {span.id: new}, schema)
    return changed, Planted("attribute", dispatch.id, span.start, span.end, (span.id,), name)


def _other_end(dispatch: Dispatch, part: int, schema: Schema, chance: random.Random) -> _Change | None:
    relation = dispatch.relations[part]
    head = dispatch.span_by_id[relation.head]
    related = {frozenset((each.head, each.tail)) for each in dispatch.relations if each.label == relation.label}
    legal = [
        span
        for span in dispatch.spans
        if span.id != head.id
        and frozenset((head.id, span.id)) not in related
        and schema.relation_problem(relation.label, head.label, span.label) is None
    ]
    if not legal:
        return None
    tail = chance.choice(legal)
    relations = list(dispatch.relations)
    relations[part] = Relation(relation.label, head.id, tail.id)
    places = (head, dispatch.span_by_id[relation.tail], tail)
    planted = Planted(
        "relation",
        dispatch.id,
        min(each.start for each in places),
        max(each.end for each in places),
        (head.id, relation.tail, tail.id),
        relation.label,
    )
    return replace(dispatch, relations=tuple(relations)), planted


def _with_spans(dispatch: Dispatch, new: Mapping[str, Span], schema: Schema) -> Dispatch:
    """With these spans in the place of those of their ids, without the relations that are no longer legal."""
    spans = {span.id: new.get(span.id, span) for span in dispatch.spans}
    relations = tuple(
        each
        for each in dispatch.relations
        if schema.relation_problem(each.label, spans[each.head].label, spans[each.tail].label) is None
    )
    return replace(dispatch, spans=tuple(spans.values()), relations=relations)


_PLANTING: Mapping[str, Callable[[Dispatch, int, Schema, random.Random], _Change | None]] = {
    "label": _other_label,
    "borders": _other_borders,
    "dropped": lambda dispatch, part, _, __: _dropped(dispatch, part),
    "attribute": _other_value,
    "relation": _other_end,
}
