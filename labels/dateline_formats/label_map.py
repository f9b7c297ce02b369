"""The labels of others → those of a schema: the `[map]` of a recipe, or of a file of its own.

    [map]
    others = "drop"                     # what no rule below names: "keep" (the default) or "drop"
    overlaps = "longest"                # "keep" (the default), or the longest of spans that overlap
    [map.spans]
    Bombing = { label = "ATTACK", attributes = { kind = "bombing", status = "occurred" } }
    GPE = "LOCATION"
    Noise = ""                          # dropped
    [map.relations]
    Agent = "perpetrator"
    Located_In = { label = "within", reverse = true }       # head and tail change places
    [map.attributes]
    Certainty = { name = "status", values = { Planned = "foiled" } }

Attributes of a rule are those of spans that have none of that name. Nothing is dropped in silence.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from dateline_labels import Dispatch, InputError, Place, Relation, Span
from dateline_labels.toml_files import read_typed_toml
from pydantic import BeforeValidator, ConfigDict

from . import format as formats
from .drafts import Reading
from .overlaps import without_overlaps

_STRICT = ConfigDict(extra="forbid")
Others = Literal["keep", "drop"]


@dataclass(frozen=True)
class SpanRule:
    """What becomes of a span label; "" drops its spans."""

    __pydantic_config__ = _STRICT

    label: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RelationRule:
    """What becomes of a relation; "" drops it."""

    __pydantic_config__ = _STRICT

    label: str
    reverse: bool = False


@dataclass(frozen=True)
class AttributeRule:
    """What becomes of an attribute and of its values, others staying as they are; "" drops it."""

    __pydantic_config__ = _STRICT

    name: str
    values: dict[str, str] = field(default_factory=dict)


def _labelled(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


@dataclass(frozen=True)
class LabelMap:
    """How others' labels are read; as it stands, as they are."""

    __pydantic_config__ = _STRICT

    spans: dict[str, Annotated[SpanRule, BeforeValidator(_labelled)]] = field(default_factory=dict)
    relations: dict[str, Annotated[RelationRule, BeforeValidator(_labelled)]] = field(default_factory=dict)
    attributes: dict[str, Annotated[AttributeRule, BeforeValidator(_named)]] = field(default_factory=dict)
    others: Others = "keep"
    overlaps: Literal["keep", "longest"] = "keep"

    @staticmethod
    def read(path: Path) -> "LabelMap":
        """The map of a TOML file; raises InputError with the place of the fault."""
        return read_typed_toml(path, _MapFile).map

    def rules(self) -> list[str]:
        """The name of each rule, as `spans.Bombing`."""
        return [
            *(f"spans.{name}" for name in self.spans),
            *(f"relations.{name}" for name in self.relations),
            *(f"attributes.{name}" for name in self.attributes),
            *(f"attributes.{name}.values.{value}" for name, rule in self.attributes.items() for value in rule.values),
        ]

    def rules_for(self, dispatches: Iterable[Dispatch]) -> set[str]:
        """The names of the rules that there is something for."""
        found: set[str] = set()
        for dispatch in dispatches:
            found.update(f"relations.{relation.label}" for relation in dispatch.relations)
            for span in dispatch.spans:
                found.add(f"spans.{span.label}")
                found.update(f"attributes.{name}" for name in span.attributes)
                found.update(f"attributes.{name}.values.{value}" for name, value in span.attributes.items())
        return found.intersection(self.rules())

    def unused(self, used: Container[str], path: Path) -> tuple[formats.Finding, ...]:
        """A warning of the rules of the map at `path` that nothing was there for: often a slip in a name."""
        names = [name for name in self.rules() if name not in used]
        what = f"the annotation has nothing for {len(names)} rules of the map: {', '.join(names)}"
        return (formats.Finding(Place(str(path)), "map", "warning", what),) if names else ()

    def applied(self, annotated: formats.Annotated) -> formats.Annotated:
        """The annotation under the labels of the map."""
        reading = Reading([], list(annotated.findings), {})
        dropped: dict[str, list[tuple[Dispatch, Span | Relation]]] = {}
        for dispatch in annotated.dispatches:
            _Applying(self, annotated, reading, dispatch, dropped).apply()
        for name, parts in dropped.items():
            what = f"{len(parts)} dropped by the map, this the first"
            reading.note(annotated.place_of(*parts[0]), name, "lost", what)
        mapped = reading.annotated()
        return without_overlaps(mapped) if self.overlaps == "longest" else mapped


@dataclass(frozen=True)
class _MapFile:
    __pydantic_config__ = _STRICT

    map: LabelMap


@dataclass(frozen=True)
class _Applying:
    """The map on one dispatch; what it drops is collected by label."""

    rules: LabelMap
    source: formats.Annotated
    reading: Reading
    dispatch: Dispatch
    dropped: dict[str, list[tuple[Dispatch, Span | Relation]]]

    def apply(self) -> None:
        spans = {span.id: mapped for span in self.dispatch.spans if (mapped := self._span(span))}
        places = self.reading.places
        places[self.dispatch.id,] = self.source.place_of(self.dispatch)
        for span in self.dispatch.spans:
            places[self.dispatch.id, span.id] = self.source.place_of(self.dispatch, span)
        relations: dict[tuple[str, str, str], Relation] = {}
        for relation in self.dispatch.relations:
            changed = self._relation(relation, spans)
            if not changed:
                continue
            key = changed.head, changed.label, changed.tail
            place = self.source.place_of(self.dispatch, relation)
            if key in relations:
                what = f"{relation.head} {relation.label} {relation.tail} becomes {' '.join(key)}, which is there"
                self.reading.note(place, f"relations.{relation.label}", "lost", what)
                continue
            relations[key] = changed
            places[self.dispatch.id, *key] = place
        whole = replace(self.dispatch, spans=tuple(spans.values()), relations=tuple(relations.values()))
        self.reading.dispatches.append(whole)

    def _span(self, span: Span) -> Span | None:
        rule = self.rules.spans.get(span.label, SpanRule(span.label if self.rules.others == "keep" else ""))
        if not rule.label:
            self._drop(f"spans.{span.label}", span)
            return None
        attributes: dict[str, str] = {}
        scores: dict[str, float] = {}
        for name, value in span.attributes.items():
            of_name = self.rules.attributes.get(name, AttributeRule(name))
            if not of_name.name:
                self._drop(f"attributes.{name}", span)
            elif of_name.name in attributes:
                what = f"two attributes of the span {span.id} become {of_name.name}"
                raise InputError(self.source.place_of(self.dispatch, span), f"attributes.{name}", what)
            else:
                attributes[of_name.name] = of_name.values.get(value, value)
                scores |= {of_name.name: span.attribute_scores[name]} if name in span.attribute_scores else {}
        filled: Mapping[str, str] = {**rule.attributes, **attributes}
        return replace(span, label=rule.label, attributes=dict(filled), attribute_scores=scores)

    def _relation(self, relation: Relation, spans: Mapping[str, Span]) -> Relation | None:
        kept = relation.label if self.rules.others == "keep" else ""
        rule = self.rules.relations.get(relation.label, RelationRule(kept))
        if not rule.label:
            self._drop(f"relations.{relation.label}", relation)
            return None
        if relation.head not in spans or relation.tail not in spans:
            self._drop(f"relations.{relation.label} of dropped spans", relation)
            return None
        head, tail = (relation.tail, relation.head) if rule.reverse else (relation.head, relation.tail)
        return replace(relation, label=rule.label, head=head, tail=tail)

    def _drop(self, name: str, part: Span | Relation) -> None:
        self.dropped.setdefault(name, []).append((self.dispatch, part))
