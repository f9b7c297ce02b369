"""Files of raw dispatches → `Dispatch`es without spans: .txt, .jsonl, .jsonl.gz, .csv, .parquet, or standard input."""

import csv
import io
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from dateline_labels import Dispatch, InputError, MissingExtraError, Place
from dateline_labels.files import decode_utf8, read_bytes
from dateline_labels.jsonl import read_json

from .tokens import SURROGATE

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
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    place = Place(path, 1)
    try:
        if columns.text not in (reader.fieldnames or []):
            raise InputError(place, columns.text, f"no such column, got {', '.join(reader.fieldnames or ['nothing'])}")
        for row in reader:
            place = Place(path, reader.line_num)
            if None in row or None in row.values():  # cells without a column, columns without a cell
                raise InputError(place, "row", f"expected {len(reader.fieldnames or [])} cells")
            yield _dispatch(row, place, f"{name}-{reader.line_num}", columns)
    except csv.Error as error:
        raise InputError(place.at(place.line + 1), "csv", str(error)) from None


def _parquet(path: Path, name: str, columns: Columns) -> Iterator[Dispatch]:
    if find_spec("pyarrow") is None:
        raise MissingExtraError(f"{path}: a Parquet file", "pyarrow", "archive")
    import pyarrow
    import pyarrow.parquet

    place = Place(str(path))
    try:
        with path.open("rb") as raw, pyarrow.parquet.ParquetFile(raw) as file:
            if columns.text not in file.schema_arrow.names:
                raise InputError(place, columns.text, f"no such column, got {', '.join(file.schema_arrow.names)}")
            number = 0
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.to_pylist():
                    number += 1
                    yield _dispatch(row, place.at(number), f"{name}-{number}", columns)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise InputError(place, "parquet", str(error)) from None
    except OSError as error:
        if error.errno is not None:
            raise
        # what Arrow says of a damaged page
        raise InputError(place, "parquet", str(error)) from None


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
