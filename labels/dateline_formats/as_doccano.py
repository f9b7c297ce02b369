"""doccano's JSON lines, of several of its versions.

    {"id", "text", "entities": [{"id", "start_offset", "end_offset", "label"}],
     "relations": [{"id", "from_id", "to_id", "type"}], "Comments": []}         with relations
    {"id", "text", "label" or "labels" or "entities": [[start, end, label]]}    spans alone
    {"id", "text", "annotations": [{"start_offset", "end_offset", "label", "user"}], "meta": {}}        the oldest

It quotes no words; its offsets are UTF-16 units (issue 2290) or, by a setting of the project, grapheme clusters, which
are not looked for. We write such units, and quote the words, which its import passes over. What else a line holds is
meta data, `published` among it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated as Checked
from typing import Any

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import write_atomically
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from .carrying import Carries, renamed
from .drafts import Draft, Reading, id_of, new_relation, new_span, taken_date
from .format import Annotated, Finding, Format
from .json_rows import Row, first_keys, read_rows, typed
from .offsets import Mark, Piece, Unit, located

_SPAN_KEYS = ("entities", "label", "labels", "annotations")
_COMMENTS = ("Comments", "comments")
_RESERVED = frozenset({"id", "text", "published", "relations", "meta", "cats", *_SPAN_KEYS, *_COMMENTS})
_UTF16 = Unit("UTF-16 units")
_OTHERS = ("_input_hash", "_task_hash", "answer", "tokens", "tokenized_text", "data", "spans", "sentences")


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, defer_build=True)


def _named(value: object) -> object:
    return str(value) if type(value) is int else value  # numbers of labels, as the oldest exports have them


def _object(value: object) -> object:
    if isinstance(value, list) and len(value) == 3:
        return dict(zip(("start_offset", "end_offset", "label"), value, strict=True))
    if not isinstance(value, dict):
        is_category = isinstance(value, str)
        raise ValueError("expected [start, end, label]" + (", not a category of the text" if is_category else ""))
    return value


_Name = Checked[str, BeforeValidator(_named)]


class _Entity(_Loose):
    id: Checked[str | None, BeforeValidator(_named)] = None
    start_offset: int
    end_offset: int
    label: _Name
    text: str | None = None


class _Link(_Loose):
    from_id: _Name
    to_id: _Name
    type: _Name


class _Line(_Loose):
    id: int | str | None = None
    text: str
    meta: dict[str, Any] | None = None
    spans: list[Checked[_Entity, BeforeValidator(_object)]] = []
    relations: list[_Link] | None = None


_LINE = TypeAdapter(_Line)


@dataclass(frozen=True)
class _Example:
    """A line, and the key under which its spans stand."""

    row: Row
    number: int
    key: str
    line: _Line

    def name(self, index: int) -> str:
        """The field of a span."""
        return self.row.name(self.key, index)


def recognise(path: Path, head: bytes) -> str:
    """Lines with a text and spans under one of doccano's keys."""
    keys = first_keys(head)
    found = [key for key in _SPAN_KEYS if key in keys]
    if "text" not in keys or not found or keys & set(_OTHERS):
        return ""
    return f"a text with {' and '.join([*found, *(['relations'] if 'relations' in keys else [])])}"


def read(path: Path) -> Annotated:
    """Every line of the file. Raises as `Format` says."""
    reading = Reading()
    examples = [_example(row, number) for number, row in enumerate(read_rows(path), start=1)]
    placed, findings = located([mark for each in examples for mark in _marks(each)])
    reading.findings += findings
    pieces = iter(placed)
    for each in examples:
        _read_example(path, each, reading, pieces)
    return reading.annotated()


def _example(row: Row, number: int) -> _Example:
    """The line with its spans, whatever their key; typed under the key that it has."""
    key = next((key for key in _SPAN_KEYS if key in row.value), _SPAN_KEYS[0])
    plain = {name: value for name, value in row.value.items() if name != "spans"}
    plain["spans"] = plain.pop(key, [])
    try:
        return _Example(row, number, key, typed(Row(row.place, row.field, plain), _LINE))
    except InputError as error:
        raise InputError(error.place, error.field.replace("spans", key, 1), error.what) from None


def _marks(example: _Example) -> Iterator[Mark]:
    for index, entity in enumerate(example.line.spans):
        piece = entity.start_offset, entity.end_offset
        yield Mark(example.row.place, example.name(index), example.line.text, (piece,), entity.text)


def _read_example(path: Path, example: _Example, reading: Reading, pieces: Iterator[tuple[Piece, ...]]) -> None:
    row, line = example.row, example.line
    published = taken_date(row.value.get("published"))
    others = {key: value for key, value in row.value.items() if key not in _RESERVED}
    meta = {**(line.meta or {}), **others}
    if "published" in row.value and not published:
        meta["published"] = row.value["published"]
    draft = Draft(reading, row.place, id_of(path, line.id, example.number), line.text, published, meta)
    for index, entity in enumerate(line.spans):
        name, ((start, end),) = example.name(index), next(pieces)
        span_id = f"e{index + 1}" if entity.id is None else entity.id
        draft.span(row.place, name, new_span(row.place, name, span_id, entity.label, start, end))
    for index, link in enumerate(line.relations or ()):
        name = row.name("relations", index)
        draft.relation(row.place, name, new_relation(row.place, name, link.type, link.from_id, link.to_id))
    for key in _SPAN_KEYS:
        if key != example.key and row.value.get(key):
            reading.note(row.place, row.name(key), "lost", f"what stands under {key} beside {example.key} is not read")
    for key in (*_COMMENTS, "cats"):
        if row.value.get(key):
            what = "the categories of the text" if key == "cats" else "comments"
            reading.note(row.place, row.name(key), "lost", what)
    draft.finish()


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """A line a dispatch, for a project with relations; spans are numbered where their ids are no numbers. Raises as
    `Format` says.
    """
    if not target.name.endswith((".jsonl", ".json")):
        raise InputError(Place(str(target)), "format", "expected a file ending in .jsonl or .json")
    carries = Carries("doccano", published=True, meta=_meta_problem)
    fitted, findings = carries.fitted(dispatches, lossy)
    lines = "".join(json.dumps(_written(each), ensure_ascii=False, allow_nan=False) + "\n" for each in fitted)
    write_atomically(target, lines.encode("utf-8"))
    return tuple(findings)


def _meta_problem(key: str, value: object) -> str:
    return f"no meta data under its own key {key}" if key in _RESERVED or key in _OTHERS else ""


def _written(dispatch: Dispatch) -> dict[str, Any]:
    numbered = renamed(dispatch, r"0|[1-9]\d{0,8}", "")
    offset_of = {index: offset for offset, index in _UTF16.borders(dispatch.text).items()}
    entities = [
        {
            "id": int(span.id),
            "label": span.label,
            "start_offset": offset_of[span.start],
            "end_offset": offset_of[span.end],
            "text": dispatch.words(span),
        }
        for span in numbered.spans
    ]
    relations = [
        {"id": number, "from_id": int(each.head), "to_id": int(each.tail), "type": each.label}
        for number, each in enumerate(numbered.relations, start=1)
    ]
    published = {} if dispatch.published is None else {"published": dispatch.published}
    row = {"id": dispatch.id, "text": dispatch.text, **published, **dispatch.meta}
    return {**row, "entities": entities, "relations": relations, "Comments": []}


FORMAT = Format("doccano", "doccano's JSON lines", (".jsonl",), recognise, read, write, pieces="rows")
