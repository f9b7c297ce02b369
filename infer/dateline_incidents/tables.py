"""Rows → a file: CSV for spreadsheets, JSON lines, Parquet, by the suffix. A column has one type in all three.

CSV: several values of a cell stand apart by `; `, days are YYYY-MM-DD, what nobody tells is empty; words that a
spreadsheet would take for a formula begin with an apostrophe, numbers stay numbers.
"""

import csv
import io
import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from dateline_labels import InputError, MissingExtraError, Place
from dateline_labels.files import write_atomically

from .spreadsheets import protected

if TYPE_CHECKING:
    import pyarrow

SUFFIXES = (".csv", ".jsonl", ".parquet")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """Rows under named columns, each with its type in Python: str, int, float, bool, date, a list of these, or None."""

    columns: Mapping[str, Any]
    rows: Sequence[Row]


def table_of(kind: type, rows: Iterable[object]) -> Table:
    """The table whose columns are the fields of a dataclass and whose rows are objects of it."""
    columns = get_type_hints(kind)
    return Table(columns, [{name: getattr(row, name) for name in columns} for row in rows])


def check_suffix(path: Path, field: str) -> None:
    """Raises InputError where no table can be written under this name."""
    if path.suffix not in SUFFIXES:
        raise InputError(Place(str(path)), field, f"expected a file ending in {', '.join(SUFFIXES)}")
    if path.suffix == ".parquet" and find_spec("pyarrow") is None:
        raise MissingExtraError(f"{path}: a Parquet file", "pyarrow", "archive")


def beside(path: Path, name: str) -> Path:
    """The path of a second table beside the one at `path`: `x.csv` → `x.claims.csv`."""
    return path.with_name(f"{path.stem}.{name}{path.suffix}")


def write_table(path: Path, table: Table) -> None:
    """Write the table under a name that `check_suffix` lets through; nothing is left half-written."""
    as_bytes = {".csv": to_csv, ".jsonl": to_jsonl, ".parquet": to_parquet}[path.suffix]
    write_atomically(path, as_bytes(table))


def to_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8 with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([protected(name) for name in table.columns])
    writer.writerows([cell(row[name]) for name in table.columns] for row in table.rows)
    return text.getvalue().encode("utf-8")


def cell(value: object) -> object:
    """A value as a cell of a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return protected("; ".join(_on_one_line(str(each)) for each in value))
    return protected(_on_one_line(value.isoformat() if isinstance(value, date) else str(value)))


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def to_jsonl(table: Table) -> bytes:
    """One row a line, days as YYYY-MM-DD."""
    lines = (
        json.dumps({name: row[name] for name in table.columns}, ensure_ascii=False, default=_plain)
        for row in table.rows
    )
    return "".join(line + "\n" for line in lines).encode("utf-8")


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def to_parquet(table: Table, name: str = "") -> bytes:
    """The table as a Parquet file whose columns have the types of the fields; the same rows give the same bytes."""
    import pyarrow
    from pyarrow import parquet

    sink = io.BytesIO()
    parquet.write_table(
        pyarrow.Table.from_pylist(list(table.rows), schema=arrow_schema(table.columns, name)),
        sink,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        write_page_checksum=True,
        row_group_size=max(1, len(table.rows)),
    )
    return sink.getvalue()


def arrow_schema(columns: Mapping[str, Any], name: str = "") -> "pyarrow.Schema":
    """The types that a file of the table has."""
    import pyarrow

    fields = [pyarrow.field(column, *arrow_type(hint)) for column, hint in columns.items()]
    return pyarrow.schema(fields, metadata={"dateline": name} if name else None)


def arrow_type(hint: Any) -> "tuple[pyarrow.DataType, bool]":
    """The Arrow type of a Python type, and whether a value may be missing."""
    import pyarrow

    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (kind,) = (each for each in arguments if each is not type(None))
        return arrow_type(kind)[0], True
    if origin is list:
        kind, nullable = arrow_type(arguments[0])
        return pyarrow.list_(pyarrow.field("element", kind, nullable)), False
    plain = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        bool: pyarrow.bool_(),
        date: pyarrow.date32(),
    }
    return plain[hint], False
