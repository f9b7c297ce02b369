"""Annotations → the schema that they keep to, to be edited, and the label map without which they do not.

A schema takes labels of letters, digits, _ and -, attributes that every span of a label has, and spans that do not
overlap. What the annotation has otherwise goes into the map: labels rewritten, a value for spans without an attribute,
the longest of spans that overlap. An attribute of nearly as many values as spans, as the entries of a knowledge base or
remarks, is none that can be learnt; the map drops it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.toml_files import toml_key, toml_value

from .format import Annotated

_MOST_VALUES, _SPANS_A_VALUE = 20, 3
"""An attribute of more values than this, with fewer spans a value, is dropped."""

_NONE = "none"
"""The value for spans that an attribute says nothing of, and the second value of an attribute that has but one."""


@dataclass
class _SpanFacts:
    count: int = 0
    attributes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass
class _RelationFacts:
    count: int = 0
    heads: Counter[str] = field(default_factory=Counter)
    tails: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Inferred:
    """A schema and a label map, each as TOML; no map where the annotation keeps to the schema as it is."""

    schema: str
    map: str


def infer(annotated: Annotated, name: str) -> Inferred:
    """The schema with every label, attribute value, head and tail that occurs, in the order of their counts.

    Raises InputError where nothing is annotated or two labels become one when rewritten.
    """
    spans: dict[str, _SpanFacts] = defaultdict(_SpanFacts)
    relations: dict[str, _RelationFacts] = defaultdict(_RelationFacts)
    for dispatch in annotated.dispatches:
        _count(dispatch, spans, relations)
    if not spans:
        place = annotated.place_of(annotated.dispatches[0]) if annotated.dispatches else Place(name)
        raise InputError(place, "spans", "expected at least one span in the annotations, got none")
    dropped = _dropped(spans)
    kept = {key: None for facts in spans.values() for key in facts.attributes if key not in dropped}
    names = _Names(_legal(spans, annotated), _legal(relations, annotated), _legal(kept, annotated), dropped)
    schema = "\n".join(_schema_lines(name, spans, relations, names, len(annotated.dispatches))) + "\n"
    lines = list(_map_lines(spans, names, any(map(_overlaps, annotated.dispatches))))
    return Inferred(schema, "\n".join(["[map]", *lines]) + "\n" if lines else "")


@dataclass(frozen=True)
class _Names:
    """Each name of the annotation with the legal one for it."""

    spans: Mapping[str, str]
    relations: Mapping[str, str]
    attributes: Mapping[str, str]
    dropped: Mapping[str, tuple[int, int]]  # attributes, with how many values they have in how many spans


def _dropped(spans: Mapping[str, _SpanFacts]) -> dict[str, tuple[int, int]]:
    """The attributes that are free words, by name."""
    values: dict[str, Counter[str]] = defaultdict(Counter)
    for facts in spans.values():
        for key, counts in facts.attributes.items():
            values[key] += counts
    sizes = {key: (len(counts), counts.total()) for key, counts in values.items()}
    return {
        key: (different, all_)
        for key, (different, all_) in sizes.items()
        if _MOST_VALUES < different > all_ / _SPANS_A_VALUE
    }


def _count(dispatch: Dispatch, spans: dict[str, _SpanFacts], relations: dict[str, _RelationFacts]) -> None:
    for span in dispatch.spans:
        facts = spans[span.label]
        facts.count += 1
        for name, value in span.attributes.items():
            facts.attributes[name][value] += 1
    for relation in dispatch.relations:
        link = relations[relation.label]
        link.count += 1
        link.heads[dispatch.span_by_id[relation.head].label] += 1
        link.tails[dispatch.span_by_id[relation.tail].label] += 1


def _legal(names: Mapping[str, object], annotated: Annotated) -> dict[str, str]:
    first: dict[str, str] = {}
    for name in names:
        new = legal_name(name)
        if new in first:
            place = Place(annotated.place_of(annotated.dispatches[0]).path)
            what = f"{first[new]!r} and {name!r} would both be {new}; name them apart in a --map"
            raise InputError(place, "labels", what)
        first[new] = name
    return {name: new for new, name in first.items()}


def legal_name(name: str) -> str:
    """The name with _ for what a schema does not take in one."""
    return re.sub(r"[^\w-]", "_", name if re.match(r"\w", name) else f"x{name}")


def _overlaps(dispatch: Dispatch) -> bool:
    spans = sorted(dispatch.spans, key=lambda span: (span.start, span.end))
    return any(right.start < left.end for left, right in pairwise(spans))


def _schema_lines(
    name: str, spans: Mapping[str, _SpanFacts], relations: Mapping[str, _RelationFacts], names: _Names, dispatches: int
) -> Iterator[str]:
    yield f"# Inferred from {dispatches} dispatches; counts stand beside the labels. Edit what is not meant."
    yield f"name = {toml_value(name)}"
    yield 'version = "1.0"'
    for free, (different, held) in names.dropped.items():
        yield f"# The map drops {toml_key(free)}: {different} values in {held} spans are nothing that can be learnt."
    for label, facts in sorted(spans.items(), key=lambda item: -item[1].count):
        yield ""
        yield f"[spans.{toml_key(names.spans[label])}]  # {facts.count}"
        yield 'description = ""'
        for key, values in sorted(facts.attributes.items()):
            if key in names.dropped:
                continue
            yield f"attributes.{toml_key(names.attributes[key])} = {toml_value(_values(values, facts.count))}"
    if relations:
        yield ""
    for label, link in sorted(relations.items(), key=lambda item: -item[1].count):
        yield f"[relations.{toml_key(names.relations[label])}]  # {link.count}"
        yield f"head = {toml_value([names.spans[each] for each, _ in link.heads.most_common()])}"
        yield f"tail = {toml_value([names.spans[each] for each, _ in link.tails.most_common()])}"


def _values(values: Counter[str], spans: int) -> list[str]:
    """The values of an attribute, `none` among them where spans are without it or there would be only one."""
    legal = list(dict.fromkeys(legal_name(value) for value, _ in values.most_common()))
    return [*legal, _NONE] if _NONE not in legal and (values.total() < spans or len(legal) < 2) else legal


def _map_lines(spans: Mapping[str, _SpanFacts], names: _Names, overlap: bool) -> Iterator[str]:
    if overlap:
        yield 'overlaps = "longest"'
    rules = []
    for label, facts in spans.items():
        attributes = {key: values for key, values in facts.attributes.items() if key not in names.dropped}
        missing = [key for key, values in attributes.items() if values.total() < facts.count]
        filled = ", ".join(f"{toml_key(names.attributes[key])} = {toml_value(_NONE)}" for key in missing)
        if filled:
            new = toml_value(names.spans[label])
            rules.append(f"{toml_value(label)} = {{ label = {new}, attributes = {{ {filled} }} }}")
        elif label != names.spans[label]:
            rules.append(f"{toml_value(label)} = {toml_value(names.spans[label])}")
    if rules:
        yield from ("", "[map.spans]", *rules)
    renamed = [f"{toml_value(old)} = {toml_value(new)}" for old, new in names.relations.items() if old != new]
    if renamed:
        yield from ("", "[map.relations]", *renamed)
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for facts in spans.values():
        for key, counts in facts.attributes.items():
            values[key] |= {value: legal_name(value) for value in counts if legal_name(value) != value}
    rules = [f'{toml_value(key)} = ""' for key in names.dropped]
    for key, new in names.attributes.items():
        if values[key] or key != new:
            pairs = ", ".join(f"{toml_value(old)} = {toml_value(legal)}" for old, legal in values[key].items())
            rules.append(f"{toml_value(key)} = {{ name = {toml_value(new)}, values = {{ {pairs} }} }}")
    if rules:
        yield from ("", "[map.attributes]", *rules)
