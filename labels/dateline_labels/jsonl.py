"""JSON lines: one dispatch a line, every field spelt out; `write_line` and `read_line` are inverse.

    {"id", "text", "published", "meta", "spans": [{"id", "label", "start", "end", "attributes", "score"}],
     "relations": [{"label", "head", "tail", "score"}]}

Strict: unknown or doubled keys, NaN, wrong types and everything the schema forbids are refused.
"""

import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from .dispatch import Dispatch, Relation, Span
from .errors import InputError, Place
from .schema import Schema
from .toml_files import fault_text


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _SpanRow(_Row):
    id: str
    label: str
    start: int
    end: int
    attributes: dict[str, str] = {}
    score: float | None = None


class _RelationRow(_Row):
    label: str
    head: str
    tail: str
    score: float | None = None


class _DispatchRow(_Row):
    id: str
    text: str
    published: str | None = None
    meta: dict[str, Any] = {}
    spans: list[_SpanRow] = []
    relations: list[_RelationRow] = []


def write_line(dispatch: Dispatch) -> str:
    """The dispatch as one line of JSON, without the line break."""
    row = {
        "id": dispatch.id,
        "text": dispatch.text,
        "published": dispatch.published,
        "meta": dict(dispatch.meta),
        "spans": [
            {
                "id": span.id,
                "label": span.label,
                "start": span.start,
                "end": span.end,
                "attributes": dict(span.attributes),
                "score": span.score,
            }
            for span in dispatch.spans
        ],
        "relations": [
            {"label": relation.label, "head": relation.head, "tail": relation.tail, "score": relation.score}
            for relation in dispatch.relations
        ],
    }
    return json.dumps(row, ensure_ascii=False, allow_nan=False)


def read_line(line: str, place: Place, schema: Schema) -> Dispatch:
    """The dispatch of one line; raises InputError naming the field of the first fault."""
    plain = read_json(line, place)
    try:
        row = _DispatchRow.model_validate(plain)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise InputError(place, field_path(fault["loc"]), fault_text(fault["msg"], fault["input"])) from None
    surrogate = next((at for at, character in enumerate(row.text) if "\ud800" <= character <= "\udfff"), None)
    if surrogate is not None:
        raise InputError(place, "text", f"a lone surrogate at offset {surrogate}")
    try:
        spans = tuple(Span(s.id, s.label, s.start, s.end, s.attributes, s.score) for s in row.spans)
        relations = tuple(Relation(r.label, r.head, r.tail, r.score) for r in row.relations)
        dispatch = Dispatch(row.id, row.text, row.published, row.meta, spans, relations)
    except ValueError as error:
        raise InputError(place, "dispatch", str(error)) from None
    for field, what in schema.problems(dispatch):
        raise InputError(place, field, what)
    return dispatch


def read_json(line: str, place: Place) -> object:
    """Strict JSON: doubled keys, NaN and infinities, hostile depth and hostile integers are refused."""
    try:
        return json.loads(line, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InputError(place, "json", f"{error.msg} at column {error.colno}") from None
    except ValueError as error:
        raise InputError(place, "json", str(error)) from None
    except RecursionError:
        raise InputError(place, "json", "nested too deep") from None


def field_path(location: Iterable[int | str]) -> str:
    """`("spans", 2, "start")` as `spans[2].start`."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or "dispatch"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} occurs twice")
    return row


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
