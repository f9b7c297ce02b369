"""Files of raw dispatches → `Dispatch`es without spans: .txt, .jsonl, .jsonl.gz, .csv, .parquet, or standard input."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from dateline_labels import Dispatch, InputError, MissingExtraError, Place
from dateline_labels.files import decode_utf8, read_bytes
from dateline_labels.jsonl import read_json

SUFFIXES = (".txt", ".jsonl", ".jsonl.gz", ".csv", ".parquet")
STANDARD_INPUT = Path("-")
_LONGEST_CELL = 2**31 - 1


@dataclass(frozen=True)
class Columns:
    """Which key or column holds what; only the text must be there."""

    text: str = "text"
    id: str = "id"
    published: str = "published"


def read_inputs(paths: Iterable[Path], columns: Columns) -> list[Dispatch]:
    """Every dispatch of the files, in order; raises InputError at the first fault, OSError where unreadable.

    A .txt file is one dispatch, named after the file. Standard input is JSON lines where it begins with `{`, else one
    dispatch. Rows without an id are named after the file and the line. Other keys and columns are kept in `meta`.
    """
    return [dispatch for path in paths for dispatch in _read(path, columns)]


def _read(path: Path, columns: Columns) -> Iterator[Dispatch]:
    if path == STANDARD_INPUT:
        text = decode_utf8(sys.stdin.buffer.read(), Place("stdin"))
        whole = [_dispatch({columns.text: text}, Place("stdin"), "stdin", columns)]
        return _json_lines(text, "stdin", "stdin", columns) if text.lstrip().startswith("{") else iter(whole)
    if not path.name.endswith(SUFFIXES):
        raise InputError(Place(str(path)), "format", f"expected a file ending in {', '.join(SUFFIXES)}")
    name = path.name.partition(".")[0] or path.name
    if path.suffix == ".parquet":
        return _parquet(path, name, columns)
    data = read_bytes(path)
    if path.suffix == ".csv":
        text = decode_utf8(data.removeprefix(b"\xef\xbb\xbf"), Place(str(path)))  # spreadsheets write a mark
        return _csv(text, str(path), name, columns)
    text = decode_utf8(data, Place(str(path)))
    if path.suffix == ".txt":
        return iter([_dispatch({columns.text: text}, Place(str(path)), name, columns)])
    return _json_lines(text, str(path), name, columns)


def _json_lines(text: str, path: str, name: str, columns: Columns) -> Iterator[Dispatch]:
    for number, line in enumerate(text.split("\n"), start=1):
        place = Place(path, number)
        if not line.strip():
            continue
        row = read_json(line, place)
        if not isinstance(row, dict):
            raise InputError(place, "json", f"expected an object, got {type(row).__name__}")
        yield _dispatch(row, place, f"{name}-{number}", columns)


def _csv(text: str, path: str, name: str, columns: Columns) -> Iterator[Dispatch]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="", restval=None)
    place = Place(path, 1)
    try:
        if columns.text not in (reader.fieldnames or []):
            raise InputError(place, columns.text, f"no such column, got {', '.join(reader.fieldnames or ['nothing'])}")
        for row in reader:
            place = Place(path, reader.line_num)
            if "" in row or None in row.values():
                raise InputError(place, "row", f"expected {len(reader.fieldnames or [])} cells")
            yield _dispatch(row, place, f"{name}-{reader.line_num}", columns)
    except csv.Error as error:
        raise InputError(place.at(reader.line_num), "csv", str(error)) from None


def _parquet(path: Path, name: str, columns: Columns) -> Iterator[Dispatch]:
    if find_spec("pyarrow") is None:
        raise MissingExtraError(f"{path}: a Parquet file", "pyarrow", "archive")
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            if columns.text not in file.schema_arrow.names:
                raise InputError(
                    Place(str(path)), columns.text, f"no such column, got {', '.join(file.schema_arrow.names)}"
                )
            number = 0
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.to_pylist():
                    number += 1
                    yield _dispatch(row, Place(str(path), number), f"{name}-{number}", columns)
    except pyarrow.ArrowException as error:
        raise InputError(Place(str(path)), "parquet", str(error)) from None


def _dispatch(row: Mapping[str, object], place: Place, name: str, columns: Columns) -> Dispatch:
    text = row.get(columns.text)
    if not isinstance(text, str):
        raise InputError(
            place, columns.text, f"expected a text, got {'nothing' if text is None else type(text).__name__}"
        )
    known = (columns.text, columns.id, columns.published, "spans", "relations")
    given, published = row.get(columns.id), row.get(columns.published)
    meta = {
        key: value if isinstance(value, str | int | float | bool) else str(value)
        for key, value in row.items()
        if key not in known and value is not None
    }
    return Dispatch(str(given) if given not in (None, "") else name, text, str(published) if published else None, meta)
