"""Rows → `Dispatch`es without spans: of .txt, .jsonl, .csv (.gz, .zst), .parquet files and of standard input."""

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import decode_utf8
from dateline_labels.strict_json import read_json
from dateline_labels.surrogates import whole

from .files import files_of, stem_of
from .rows import At, Row, rows
from .unpacking import Limits

STANDARD_INPUT = Path("-")
_NAME = "stdin"


@dataclass(frozen=True)
class Columns:
    """Which key or column holds what; only the text must be there."""

    text: str = "text"
    id: str = "id"
    published: str = "published"


def read_inputs(paths: Iterable[Path], columns: Columns) -> list[Dispatch]:
    """Every dispatch of the files, folders and patterns, in order; raises InputError at the first fault, OSError where
    unreadable.

    A .txt file is one dispatch, named after the file. Standard input is JSON lines where it begins with `{`, else one
    dispatch. Rows without an id are named after the file and the line. Other keys and columns are kept in `meta`.
    """
    limits = Limits()
    return [dispatch_of(row, columns, limits) for path in paths for row in _rows(path, columns, limits)]


def _rows(path: Path, columns: Columns, limits: Limits) -> Iterator[Row]:
    if path == STANDARD_INPUT:
        yield from _standard_input()
        return
    for file in files_of([path]):
        for placed in rows(file, At(), columns.text, limits):
            yield placed.row


def _standard_input() -> Iterator[Row]:
    data = sys.stdin.buffer.read()
    if not data.lstrip().startswith(b"{"):
        yield Row(_NAME, 0, data)
        return
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield Row(_NAME, number, line)


def dispatch_of(row: Row, columns: Columns, limits: Limits) -> Dispatch:
    """The dispatch that a row holds; raises InputError where it holds none or a text that is too long."""
    if row.fault:
        raise InputError(row.place, *row.fault)
    dispatch = _dispatch(row, _cells(row, columns), columns)
    if len(dispatch.text) > limits.text:
        what = f"expected at most {limits.text} characters, got {len(dispatch.text)}"
        raise InputError(row.place, columns.text, what)
    return dispatch


def name_of(row: Row) -> str:
    """What a document without an id is called: the name of its file and, where that holds several, its line."""
    stem = stem_of(Path(row.path))
    return whole(stem if row.is_text else f"{stem}-{row.line}")


def _cells(row: Row, columns: Columns) -> Mapping[str, object]:
    if not isinstance(row.data, bytes):
        return row.data
    if row.is_text:
        return {columns.text: decode_utf8(row.data, row.place)}
    return _object(_decoded(row.data, row.place), row.place)


def _decoded(line: bytes, place: Place) -> str:
    try:
        return decode_utf8(line, place)
    except InputError as error:
        raise InputError(place, error.field, error.what) from None


def _object(line: str, place: Place) -> Mapping[str, object]:
    found = read_json(line, place)
    if not isinstance(found, dict):
        raise InputError(place, "json", f"expected an object, got {type(found).__name__}")
    return found


def _dispatch(row: Row, cells: Mapping[str, object], columns: Columns) -> Dispatch:
    text = cells.get(columns.text)
    if not isinstance(text, str):
        got = "nothing" if text is None else type(text).__name__
        raise InputError(row.place, columns.text, f"expected a text, got {got}")
    known = (columns.text, columns.id, columns.published)
    given, published = cells.get(columns.id), cells.get(columns.published)
    others = {key: value for key, value in cells.items() if key not in known and not _is_marked(key, value)}
    nested = others.get("meta")
    if isinstance(nested, dict):  # so a line that Dateline wrote carries what else is known
        others = {**others, **nested}
        del others["meta"]
    meta = {_words(key): _plain(value) for key, value in others.items() if value is not None}
    dispatch_id = name_of(row) if given in (None, "") else _words(given)
    return Dispatch(dispatch_id, text, _words(published) if published else None, meta)


def _is_marked(key: str, value: object) -> bool:
    """Whether it is what an annotation or a reading before has marked, which is read anew."""
    return key in ("spans", "relations") and isinstance(value, list)


def _plain(value: object) -> object:
    """A value beside the text as JSON can have it, lists and objects as such."""
    if isinstance(value, int | bool) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list | dict):
        # nested texts may have lone surrogates, numbers may be none that JSON has
        return json.loads(whole(json.dumps(value, ensure_ascii=False, default=str)), parse_constant=str)
    return _words(value)


def _words(value: object) -> str:
    """A value beside the text as words that can be written; the Extractor minds the text itself."""
    return whole(str(value))
