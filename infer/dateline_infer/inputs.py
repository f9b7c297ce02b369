"""Files of raw dispatches → `Dispatch`es without spans: .txt, .jsonl, .csv (.gz, .zst), .parquet, standard input."""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import decode_utf8
from dateline_labels.jsonl import read_json

from .input_files import TEXT, files_of, form_of
from .rows import At, Row, rows
from .tokens import SURROGATE
from .unpacking import Limits

STANDARD_INPUT = Path("-")


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
    return [dispatch for path in paths for dispatch in _read(path, columns)]


def _read(path: Path, columns: Columns) -> Iterator[Dispatch]:
    if path == STANDARD_INPUT:
        yield from _standard_input(columns)
        return
    limits = Limits()
    for file in files_of([path]):
        for placed in rows(file, At(), columns.text, limits):
            yield dispatch_of(placed.row, columns, limits)


def _standard_input(columns: Columns) -> Iterator[Dispatch]:
    text = decode_utf8(sys.stdin.buffer.read(), Place("stdin"))
    if not text.lstrip().startswith("{"):
        yield _dispatch({columns.text: text}, Place("stdin"), "stdin", columns)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = Place("stdin", number)
            yield _dispatch(_object(line, place), place, f"stdin-{number}", columns)


def dispatch_of(row: Row, columns: Columns, limits: Limits) -> Dispatch:
    """The dispatch that a row holds; raises InputError where it holds none or a text that is too long."""
    place = row.place
    if row.fault:
        raise InputError(place, *row.fault)
    if not isinstance(row.data, bytes):
        dispatch = _dispatch(row.data, place, name_of(row), columns)
    elif form_of(Path(row.path)) == TEXT:
        dispatch = _dispatch({columns.text: decode_utf8(row.data, place)}, place, name_of(row), columns)
    else:
        dispatch = _dispatch(_object(_decoded(row.data, place), place), place, name_of(row), columns)
    if len(dispatch.text) > limits.text:
        what = f"expected at most {limits.text} characters, got {len(dispatch.text)}"
        raise InputError(place, columns.text, what)
    return dispatch


def name_of(row: Row) -> str:
    """What a document without an id is called: the name of its file and, where that holds several, its line."""
    path = Path(row.path)
    stem = path.name.partition(".")[0] or path.name
    return _words(stem if form_of(path) == TEXT else f"{stem}-{row.line}")


def _decoded(line: bytes, place: Place) -> str:
    try:
        return decode_utf8(line, place)
    except InputError as error:
        raise InputError(place, error.field, error.what) from None


def _object(line: str, place: Place) -> Mapping[str, object]:
    row = read_json(line, place)
    if not isinstance(row, dict):
        raise InputError(place, "json", f"expected an object, got {type(row).__name__}")
    return row


def _dispatch(row: Mapping[str, object], place: Place, name: str, columns: Columns) -> Dispatch:
    text = row.get(columns.text)
    if not isinstance(text, str):
        raise InputError(
            place, columns.text, f"expected a text, got {'nothing' if text is None else type(text).__name__}"
        )
    known = (columns.text, columns.id, columns.published, "spans", "relations")
    given, published = row.get(columns.id), row.get(columns.published)
    others = {key: value for key, value in row.items() if key not in known}
    nested = others.get("meta")
    if isinstance(nested, dict):  # so a line that Dateline wrote carries what else is known
        others = {**others, **nested}
        del others["meta"]
    meta = {
        _words(key): value if isinstance(value, int | bool) or _is_finite(value) else _words(value)
        for key, value in others.items()
        if value is not None
    }
    dispatch_id = _words(name if given in (None, "") else given)
    return Dispatch(dispatch_id, text, _words(published) if published else None, meta)


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)  # JSON has no words for the others


def _words(value: object) -> str:
    """A value beside the text as words that can be written; the Extractor minds the text itself."""
    return SURROGATE.sub("\ufffd", str(value))
