"""Spans that overlap → spans that do not, as training needs them: the longest is kept, each other one listed."""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from dateline_labels import Dispatch, Relation, Span

from .drafts import Reading
from .format import Annotated


def without_overlaps(annotated: Annotated) -> Annotated:
    """Of spans that overlap the longest, the first given of equally long ones.

    A span that is given twice under one label passes its relations on; those of others go with them. Each span and
    relation that goes is a `lost` finding.
    """
    reading = Reading([], list(annotated.findings), dict(annotated.places))
    for dispatch in annotated.dispatches:
        reading.dispatches.append(_without_overlaps(dispatch, annotated, reading))
    return reading.annotated()


def _without_overlaps(dispatch: Dispatch, source: Annotated, reading: Reading) -> Dispatch:
    kept: dict[str, int] = {}  # by id, numbered from the longest
    starts: list[int] = []
    in_order: list[Span] = []  # those kept, which are apart
    stands_for = {span.id: span.id for span in dispatch.spans}
    for span in sorted(dispatch.spans, key=lambda span: span.start - span.end):
        at = bisect_right(starts, span.start)
        near = in_order[max(at - 1, 0) : bisect_left(starts, span.end)]
        longer = min((each for each in near if span.start < each.end), key=lambda each: kept[each.id], default=None)
        if longer is None:
            kept[span.id] = len(kept)
            starts.insert(at, span.start)
            in_order.insert(at, span)
            continue
        twin = (span.start, span.end, span.label) == (longer.start, longer.end, longer.label)
        stands_for[span.id] = longer.id if twin else ""
        what = f"{span.label} {span.id} {'repeats' if twin else 'overlaps'} {longer.label} {longer.id}, which is kept"
        reading.note(source.place_of(dispatch, span), "span", "lost", what)
    if len(kept) == len(dispatch.spans):
        return dispatch
    relations: dict[tuple[str, str, str], Relation] = {}
    for relation in dispatch.relations:
        head, tail = stands_for[relation.head], stands_for[relation.tail]
        place = source.place_of(dispatch, relation)
        if not head or not tail or head == tail:
            what = f"{relation.head} {relation.label} {relation.tail} goes with a span that overlaps another"
            reading.note(place, "relation", "lost", what)
            continue
        key = head, relation.label, tail
        if key in relations:
            what = f"{relation.head} {relation.label} {relation.tail} repeats {' '.join(key)}, which is kept"
            reading.note(place, "relation", "lost", what)
            continue
        relations[key] = replace(relation, head=head, tail=tail)
        reading.places[dispatch.id, *key] = place
    spans = tuple(span for span in dispatch.spans if span.id in kept)
    return replace(dispatch, spans=spans, relations=tuple(relations.values()))
