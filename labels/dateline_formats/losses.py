"""Dispatches without what a format cannot tell apart; what goes is a `lost` finding."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dateline_labels import Dispatch, Place, Span

from .format import Finding


def lost(dispatch: Dispatch, name: str, what: str) -> Finding:
    """A loss of a dispatch that is written."""
    return Finding(Place(dispatch.id), name, "lost", what)


def kept_spans(dispatch: Dispatch, kept: Mapping[str, object], losses: list[Finding]) -> Dispatch:
    """The dispatch with the spans of these ids alone; the relations that go with the others are added to `losses`."""
    relations = []
    for relation in dispatch.relations:
        if relation.head in kept and relation.tail in kept:
            relations.append(relation)
        else:
            what = f"{relation.head} {relation.label} {relation.tail} goes with a span that is not carried"
            losses.append(lost(dispatch, f"relations.{relation.label}", what))
    spans = tuple(span for span in dispatch.spans if span.id in kept)
    return replace(dispatch, spans=spans, relations=tuple(relations))


def without_twins(dispatch: Dispatch, losses: list[Finding]) -> Dispatch:
    """The dispatch without spans that repeat one before them, label, attributes and all, which readers take for it."""
    kept: dict[str, Span] = {}
    seen: dict[tuple[object, ...], str] = {}
    for span in dispatch.spans:
        first = seen.setdefault((span.label, span.start, span.end, *sorted(span.attributes.items())), span.id)
        if first == span.id:
            kept[span.id] = span
        else:
            losses.append(lost(dispatch, f"spans.{span.id}", f"repeats {first}, and goes"))
    return kept_spans(dispatch, kept, losses)


def with_clear_ends(dispatch: Dispatch, place: Callable[[Span], object], losses: list[Finding]) -> Dispatch:
    """The dispatch with those relations alone whose ends are told by their place: each the first span that has it."""
    first: dict[object, str] = {}
    for span in dispatch.spans:
        first.setdefault(place(span), span.id)
    relations = []
    for relation in dispatch.relations:
        ends = [dispatch.span_by_id[end] for end in (relation.head, relation.tail)]
        unclear = [span.id for span in ends if first[place(span)] != span.id]
        if not unclear:
            relations.append(relation)
            continue
        what = f"another span stands where {unclear[0]} does, by which alone the format knows it"
        losses.append(lost(dispatch, f"relations.{relation.label}", what))
    return replace(dispatch, relations=tuple(relations))
