"""The label schema as data: span types with their attributes, relations with their legal heads and tails.

Read from TOML, stored as JSON in every checkpoint and bundle. The order of the file is the order of the labels.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from .dispatch import Dispatch
from .toml_files import FaultyKeysError, read_typed_toml


@dataclass(frozen=True)
class SpanType:
    """What a span label means and the attributes each such span carries, with their values."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    description: str = ""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, values in self.attributes.items():
            keys = ("attributes", name)
            _check_names(keys, (name, *values))
            if len(values) < 2:
                raise FaultyKeysError(keys, "an attribute needs at least two values")
            if len(set(values)) < len(values):
                raise FaultyKeysError(keys, "the attribute names a value twice")


@dataclass(frozen=True)
class RelationType:
    """The span labels a relation may leave from and lead to. Raises ValueError where there are none."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    head: tuple[str, ...]
    tail: tuple[str, ...]
    description: str = ""

    def __post_init__(self) -> None:
        if not self.head or not self.tail:
            raise ValueError("a relation needs at least one head and one tail")


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
        for label in self.spans:
            _check_names(("spans", label), (label,))
        for name, relation in self.relations.items():
            _check_names(("relations", name), (name,))
            for end, labels in (("head", relation.head), ("tail", relation.tail)):
                unknown = [label for label in labels if label not in self.spans]
                if unknown:
                    raise FaultyKeysError(("relations", name, end), f"no span label is named {unknown[0]}")

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
        return tuple(
            (label, name, values) for label, span in self.spans.items() for name, values in span.attributes.items()
        )

    def problems(self, dispatch: Dispatch) -> Iterator[tuple[str, str]]:
        """Each break of the schema in `dispatch`, as (field, what)."""
        for index, span in enumerate(dispatch.spans):
            for name, what in self._span_problems(span.label, span.attributes):
                yield f"spans[{index}].{name}", what
        for index, relation in enumerate(dispatch.relations):
            head, tail = dispatch.span_by_id[relation.head].label, dispatch.span_by_id[relation.tail].label
            problem = self.relation_problem(relation.label, head, tail)
            if problem:
                yield f"relations[{index}]", problem
        in_order = sorted(range(len(dispatch.spans)), key=lambda i: (dispatch.spans[i].start, dispatch.spans[i].end))
        for left, right in pairwise(in_order):
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
        """The schema as plain JSON data; `Schema.from_dict` is its inverse.

        Labels, attributes and relations are lists, for their order numbers the model's outputs and some writers of
        JSON sort the keys of objects.
        """
        spans = [
            {
                "label": label,
                "description": span.description,
                "attributes": [{"name": name, "values": list(values)} for name, values in span.attributes.items()],
            }
            for label, span in self.spans.items()
        ]
        relations = [
            {
                "label": label,
                "description": relation.description,
                "head": list(relation.head),
                "tail": list(relation.tail),
            }
            for label, relation in self.relations.items()
        ]
        return {"name": self.name, "version": self.version, "spans": spans, "relations": relations}

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> "Schema":
        """The schema of plain JSON data; raises KeyError, TypeError or ValueError where it is not one."""
        spans = _by(plain["spans"], "label")
        for span in spans.values():
            attributes = _by(span["attributes"], "name").items()
            span["attributes"] = {name: attribute["values"] for name, attribute in attributes}
        relations = _by(plain["relations"], "label")
        return TypeAdapter(Schema).validate_python({**plain, "spans": spans, "relations": relations})

    @staticmethod
    def read(path: Path) -> "Schema":
        """Read a schema from TOML; raises InputError with the place of the fault."""
        return read_typed_toml(path, Schema)


def _by(rows: Sequence[Mapping[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    """The rows without `key` by its values, which are all different."""
    named = {row[key]: {name: value for name, value in row.items() if name != key} for row in rows}
    if len(named) < len(rows):
        raise ValueError(f"a {key} occurs twice")
    return named


def _check_names(keys: tuple[str, ...], names: Iterable[str]) -> None:
    for name in names:
        if not re.fullmatch(r"\w[\w-]*", name):  # what the inline markup can carry
            raise FaultyKeysError(keys, f"expected a name of letters, digits, _ and -, got {name!r}")
