"""JSON lines: one dispatch a line, every field spelt out; `write_line` and `read_line` are inverse.

    {"id", "text", "published", "meta", "spans": [{"id", "label", "start", "end", "attributes", "score",
     "attribute_scores"}], "relations": [{"label", "head", "tail", "score"}]}

Strict: unknown or doubled keys, NaN, wrong types and everything the schema forbids are refused.
"""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from .dispatch import Dispatch, Relation, Span, check_date, check_id
from .errors import InputError, Place
from .faults import field_path, first_fault
from .schema import Schema
from .strict_json import check_surrogates, read_json

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
