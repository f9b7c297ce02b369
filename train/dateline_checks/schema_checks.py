"""Checks under a schema: what it does not allow, and what it names of which there are few examples."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dateline_labels import Dispatch, Place, Schema

from .problems import Placed, Problem

_OVERLAP = re.compile(r"spans\[\d+\]")
_PART = re.compile(r"(spans|relations)\[(\d+)\](?:\.(\w+))?")


def check_schema(placed: Placed, schema: Schema) -> Iterator[Problem]:
    """Unknown labels, attributes and values, attributes that are missing, illegal relations."""
    dispatch = placed.dispatch
    for name, what in schema.problems(dispatch):
        part = _PART.match(name)
        if _OVERLAP.fullmatch(name) or not part:  # all overlaps, not neighbours alone, are looked for elsewhere
            continue
        number = int(part[2])
        if part[1] == "spans":
            check = "label" if part[3] == "label" else "attribute"
            span = dispatch.spans[number]
            yield Problem(placed.place(span), placed.field(name), "error", check, f"{placed.quoted(span)}: {what}")
        elif not _follows(dispatch, number, schema):
            yield placed.of_relation(number, "error", "relation", what)


def _follows(dispatch: Dispatch, number: int, schema: Schema) -> bool:
    """Whether the relation is only illegal because a span of it has a label that is told already."""
    relation = dispatch.relations[number]
    ends = (dispatch.span_by_id[each].label for each in (relation.head, relation.tail))
    return relation.label in schema.relations and not all(label in schema.spans for label in ends)


@dataclass(frozen=True)
class Counts:
    """How often each label occurs: `spans`, `relations` by label, `attributes` by (label, attribute, value)."""

    dispatches: int
    spans: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    attributes: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def count(collection: Sequence[Placed]) -> Counts:
    """The labels of a collection."""
    counts = Counts(len(collection))
    for placed in collection:
        counts.relations.update(relation.label for relation in placed.dispatch.relations)
        for span in placed.dispatch.spans:
            counts.spans[span.label] += 1
            counts.attributes.update((span.label, *each) for each in span.attributes.items())
    return counts


def check_counts(counts: Counts, schema: Schema, path: Path, few: int) -> Iterator[Problem]:
    """Each label, relation and value of the schema at `path` with fewer than `few` examples; those without any in one
    line, and the values of a label without any are not told besides.
    """
    spans = {f"spans.{label}": counts.spans[label] for label in schema.spans}
    relations = {f"relations.{label}": counts.relations[label] for label in schema.relations}
    values = {
        f"spans.{label}.{name}.{value}": counts.attributes[label, name, value]
        for label, name, choices in schema.attributes
        for value in choices
        if counts.spans[label]
    }
    place = Place(str(path))
    for field_name, named in (("spans", spans), ("relations", relations), ("values", values)):
        absent = [name.partition(".")[2] for name, examples in named.items() if not examples]
        if absent and few > 0:
            yield Problem(place, field_name, "warning", "few", f"no examples of {', '.join(absent)}")
        for name, examples in named.items():
            if 0 < examples < few:
                what = f"{examples} example{'s' if examples > 1 else ''}; from {few} on there is something to learn"
                yield Problem(place, name, "warning", "few", what)
