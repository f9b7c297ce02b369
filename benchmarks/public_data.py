"""What the readers of public benchmarks share: typed rows of JSON, and what becomes of spans that overlap."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dateline_labels import Dispatch, InputError, Place, Schema, Span
from dateline_labels.faults import field_path, first_fault
from dateline_labels.strict_json import read_json
from pydantic import TypeAdapter, ValidationError

Typed = TypeVar("Typed")


@dataclass(frozen=True)
class PublicData:
    """A benchmark as the project's own data; `notes` tell what its figures must be read with."""

    schema: Schema
    train: tuple[Dispatch, ...]
    validation: tuple[Dispatch, ...]
    test: tuple[Dispatch, ...]
    notes: tuple[str, ...]


def read_typed_json(path: Path, kind: type[Typed]) -> Typed:
    """One JSON document as `kind`; raises InputError with the field of the first fault, OSError where unreadable."""
    return _typed(path.read_text(encoding="utf-8"), TypeAdapter(kind), Place(str(path)))


def read_typed_lines(path: Path, kind: type[Typed]) -> list[Typed]:
    """One `kind` a line, after a byte order mark if there is one; raises as `read_typed_json`."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    adapter, place = TypeAdapter(kind), Place(str(path))
    return [_typed(line, adapter, place.at(number)) for number, line in enumerate(lines, start=1) if line.strip()]


def plain_schema(name: str, labels: Iterable[str], relations: dict[str, Any] | None = None) -> Schema:
    """A schema of span labels without attributes; `relations` gives each relation's `head` and `tail`."""
    plain: dict[str, Any] = {"name": name, "version": "1", "spans": {label: {} for label in labels}}
    return TypeAdapter(Schema).validate_python({**plain, "relations": relations or {}})


def without_overlaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in the order of the text, the longest of those that overlap, the first given of equally long ones."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start - span.end):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def cuts_a_word(text: str, start: int, end: int) -> bool:
    """Whether a border of `start` to `end` stands between two letters or digits."""
    return any(0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum() for at in (start, end))


def _typed(text: str, adapter: TypeAdapter[Typed], place: Place) -> Typed:
    plain = read_json(text, place)
    try:
        return adapter.validate_json(json.dumps(plain))
    except ValidationError as error:
        location, what = first_fault(error)
        raise InputError(place, field_path(location), what) from None
