"""JSON lines: one dispatch a line, every field spelt out; `write_line` and `read_line` are inverse.

    {"id", "text", "published", "meta", "spans": [{"id", "label", "start", "end", "attributes", "score",
     "attribute_scores"}], "relations": [{"label", "head", "tail", "score"}]}

Strict: unknown or doubled keys, NaN, wrong types and everything the schema forbids are refused.
"""

import json
import math
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from .dispatch import Dispatch, Relation, Span, check_date, check_id
from .errors import InputError, Place
from .faults import field_path, first_fault
from .schema import Schema
from .surrogates import SURROGATE

_Id = Annotated[str, AfterValidator(check_id)]
_Date = Annotated[str, AfterValidator(check_date)]


class _Row(BaseModel):
    # built when first used: whoever reads no JSON lines need not wait for it
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _SpanRow(_Row):
    id: _Id
    label: str
    start: int
    end: int
    attributes: dict[str, str] = {}
    score: float | None = None
    attribute_scores: dict[str, float] = {}


class _RelationRow(_Row):
    label: str
    head: str
    tail: str
    score: float | None = None


class _DispatchRow(_Row):
    id: _Id
    text: str
    published: _Date | None = None
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
        "spans": [_span_row(span) for span in dispatch.spans],
        "relations": [
            {"label": relation.label, "head": relation.head, "tail": relation.tail, "score": relation.score}
            for relation in dispatch.relations
        ],
    }
    return json.dumps(row, ensure_ascii=False, allow_nan=False)


def _span_row(span: Span) -> dict[str, Any]:
    """The span's fields; the scores of attributes only where there are any, as gold has none."""
    row = {
        "id": span.id,
        "label": span.label,
        "start": span.start,
        "end": span.end,
        "attributes": dict(span.attributes),
        "score": span.score,
    }
    return {**row, "attribute_scores": dict(span.attribute_scores)} if span.attribute_scores else row


def read_line(line: str, place: Place, schema: Schema | None) -> Dispatch:
    """The dispatch of one line; raises InputError naming the field of the first fault.

    Without a schema any label goes.
    """
    plain = read_json(line, place)
    if not isinstance(plain, dict):
        raise InputError(place, "dispatch", f"expected an object, got {type(plain).__name__}")
    check_surrogates(plain, place)
    try:
        row = _DispatchRow.model_validate(plain)
    except ValidationError as error:
        location, what = first_fault(error)
        raise InputError(place, field_path(location), what) from None
    try:
        spans = tuple(Span(s.id, s.label, s.start, s.end, s.attributes, s.score, s.attribute_scores) for s in row.spans)
        relations = tuple(Relation(r.label, r.head, r.tail, r.score) for r in row.relations)
        dispatch = Dispatch(row.id, row.text, row.published, row.meta, spans, relations)
    except ValueError as error:
        raise InputError(place, "dispatch", str(error)) from None
    for field, what in schema.problems(dispatch) if schema else ():
        raise InputError(place, field, what)
    return dispatch


def read_json(line: str, place: Place) -> object:
    """Strict JSON: doubled keys, NaN and infinities, hostile depth and hostile integers are refused.

    The fault of a whole file, a place without a line, is told with its line.
    """
    try:
        return json.loads(line, **_STRICT)
    except json.JSONDecodeError as error:
        where = place if place.line else place.at(error.lineno)
        raise InputError(where, "json", f"{error.msg.removesuffix(' at')} at column {error.colno}") from None
    except ValueError as error:
        raise InputError(place, "json", str(error)) from None
    except RecursionError:
        raise InputError(place, "json", "nested too deep") from None


@cache
def strict_decoder() -> json.JSONDecoder:
    """The decoder behind `read_json`; it raises ValueError or RecursionError."""
    return json.JSONDecoder(**_STRICT)


def check_surrogates(plain: object, place: Place, name: str = "") -> None:
    """Raise InputError where half of a surrogate pair stands alone in a key or a value; `name` leads to `plain`."""
    surrogate = _lone_surrogate(plain)
    if surrogate:
        path = (name, *surrogate[0]) if name else surrogate[0]
        raise InputError(place, field_path(path), f"a lone surrogate at offset {surrogate[1]}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        seen: set[str] = set()
        doubled = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {doubled!r} occurs twice")
    return row


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite_float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"the number {digits} is too large")
    return value


_STRICT: dict[str, Any] = {
    "object_pairs_hook": _unique,
    "parse_constant": _refuse_constant,
    "parse_float": _finite_float,
}


def _lone_surrogate(plain: object) -> tuple[tuple[int | str, ...], int] | None:
    """Where the first half of a surrogate pair stands alone in a key or a value, and at which offset of it."""
    waiting: list[tuple[tuple[int | str, ...], object]] = [((), plain)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            match = SURROGATE.search(value)
            if match:
                return path, match.start()
        elif isinstance(value, dict):
            waiting += [((*path, key), part) for key, part in value.items()]
            waiting += [((*path, key), key) for key in value]
        elif isinstance(value, list):
            waiting += [((*path, index), part) for index, part in enumerate(value)]
    return None
