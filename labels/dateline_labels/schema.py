"""The label schema as data: span types with their attributes, relations with their legal heads and tails.

Read from TOML, stored as JSON in every checkpoint and bundle. The order of the file is the order of the labels.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from .dispatch import Dispatch
from .toml_files import read_typed_toml


@dataclass(frozen=True)
class SpanType:
    """What a span label means and the attributes each such span carries, with their values."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    description: str = ""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RelationType:
    """The span labels a relation may leave from and lead to."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    head: tuple[str, ...]
    tail: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True)
class Schema:
    """Every label that may occur. Raises ValueError where a relation names a span label that is not there."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    version: str
    spans: dict[str, SpanType]
    relations: dict[str, RelationType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.spans:
            raise ValueError("a schema needs at least one span label")
        for name, relation in self.relations.items():
            unknown = [label for label in (*relation.head, *relation.tail) if label not in self.spans]
            if unknown:
                raise ValueError(f"relation {name}: no span label is named {unknown[0]}")
            if not relation.head or not relation.tail:
                raise ValueError(f"relation {name}: needs at least one head and one tail")
        for name, span in self.spans.items():
            empty = [attribute for attribute, values in span.attributes.items() if len(values) < 2]
            if empty:
                raise ValueError(f"span {name}: attribute {empty[0]} needs at least two values")

    @cached_property
    def span_labels(self) -> tuple[str, ...]:
        """Span labels in the order of the schema."""
        return tuple(self.spans)

    @cached_property
    def relation_labels(self) -> tuple[str, ...]:
        """Relation labels in the order of the schema."""
        return tuple(self.relations)

    @cached_property
    def attributes(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Every (span label, attribute, values), in the order of the schema."""
        return tuple((label, name, values) for label, span in self.spans.items() for name, values in span.attributes.items())

    def problems(self, dispatch: Dispatch) -> Iterator[tuple[str, str]]:
        """Each break of the schema in `dispatch`, as (field, what)."""
        for index, span in enumerate(dispatch.spans):
            for name, what in self._span_problems(span.label, span.attributes):
                yield f"spans[{index}].{name}", what
        for index, relation in enumerate(dispatch.relations):
            head, tail = dispatch.span_by_id[relation.head].label, dispatch.span_by_id[relation.tail].label
            what = self.relation_problem(relation.label, head, tail)
            if what:
                yield f"relations[{index}]", what
        in_order = sorted(range(len(dispatch.spans)), key=lambda i: (dispatch.spans[i].start, dispatch.spans[i].end))
        for left, right in zip(in_order, in_order[1:], strict=False):
            if dispatch.spans[right].start < dispatch.spans[left].end:
                what = f"overlaps the span {dispatch.spans[left].id}; spans never overlap"
                yield f"spans[{right}]", what

    def relation_problem(self, label: str, head: str, tail: str) -> str | None:
        """Why no relation `label` may go from a `head` span to a `tail` span; None where it may."""
        relation = self.relations.get(label)
        if relation is None:
            return f"unknown relation {label}, expected one of {', '.join(self.relations)}"
        if head not in relation.head:
            return f"{label} leaves from {' or '.join(relation.head)}, got {head}"
        if tail not in relation.tail:
            return f"{label} leads to {' or '.join(relation.tail)}, got {tail}"
        return None

    def _span_problems(self, label: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        span_type = self.spans.get(label)
        if span_type is None:
            yield "label", f"unknown label {label}, expected one of {', '.join(self.spans)}"
            return
        for name, value in attributes.items():
            values = span_type.attributes.get(name)
            if values is None:
                yield f"attributes.{name}", f"{label} has no attribute {name}"
            elif value not in values:
                yield f"attributes.{name}", f"expected one of {', '.join(values)}, got {value}"
        for name in span_type.attributes:
            if name not in attributes:
                yield f"attributes.{name}", f"{label} needs the attribute {name}"

    def to_dict(self) -> dict[str, Any]:
        """The schema as plain JSON data; `Schema.from_dict` is its inverse."""
        plain: dict[str, Any] = TypeAdapter(Schema).dump_python(self, mode="json")
        return plain

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> "Schema":
        """The schema of plain JSON data; raises pydantic's ValidationError (a ValueError)."""
        return TypeAdapter(Schema).validate_python(dict(plain))

    @staticmethod
    def read(path: Path) -> "Schema":
        """Read a schema from TOML; raises InputError with the place of the fault."""
        return read_typed_toml(path, Schema)
