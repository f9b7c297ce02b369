"""An input file → its rows, one a document, from any place in it; what a row holds is looked into elsewhere.

A row that cannot be told apart is told as a fault and leaves its neighbours alone.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dateline_labels import InputError, MissingExtraError, Place

from .files import CSV, PARQUET, TEXT, form_of
from .unpacking import Limits, Line, Lines, opened_lines

_MARK = b"\xef\xbb\xbf"  # Notepad and spreadsheets write it before a text
_OTHER_SEPARATORS = ";\t|"
_ROWS_AT_ONCE = 256
_LEAST_BOMB = 2**26


@dataclass(frozen=True, slots=True)
class Row:
    """One document as its file holds it: the bytes of a text or of a line of JSON, or the cells of a row.

    `line` counts from 1: the line that it ends on, or the number of the row where there are no lines; 0 stands for the
    file as a whole, which is one text. With a `fault`, (field, what), there is nothing else.
    """

    path: str
    line: int
    data: bytes | Mapping[str, object]
    fault: tuple[str, str] | None = None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.line)

    @property
    def is_text(self) -> bool:
        """Whether it is a file as a whole, the text itself."""
        return self.line == 0


@dataclass(frozen=True, slots=True)
class At:
    """A place between two rows of a file: bytes of it, unpacked (of Parquet: rows), and lines (rows) before it."""

    offset: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A row, what comes after it, and the bytes of the file itself that were read by then."""

    row: Row
    after: At
    consumed: int


def rows(path: Path, at: At, text_column: str, limits: Limits) -> Iterator[Placed]:
    """The rows of a file after `at`.

    Raises InputError where the rest cannot be read or the text column is not there, OSError where the file cannot be
    opened.
    """
    form = form_of(path)
    if form == PARQUET:
        yield from _parquet(path, at, text_column, limits)
    elif form == TEXT:
        if at == At():
            yield _text(path, limits)
    else:
        with opened_lines(path, limits) as lines:
            yield from (_csv if form == CSV else _json)(path, lines, at, text_column)


def _text(path: Path, limits: Limits) -> Placed:
    with path.open("rb") as file:
        data = file.read(4 * limits.text + 1)  # no code point takes more than four bytes
    if len(data) > 4 * limits.text:
        row = Row(str(path), 0, b"", ("text", f"longer than {limits.text} characters"))
    else:
        row = Row(str(path), 0, data.removeprefix(_MARK))
    return Placed(row, At(len(data), 1), len(data))


def _json(path: Path, lines: Lines, at: At, _: str) -> Iterator[Placed]:
    name, number = str(path), at.line
    lines.skip(at.offset)
    for line in lines:
        number += 1
        if line.whole and not line.data.strip():
            continue
        fault = None if line.whole else _too_long(line)
        data = b"" if fault else line.data.removesuffix(b"\n")
        if lines.offset == line.length:  # the first line; some tools write a mark before it
            data = data.removeprefix(_MARK)
        yield Placed(Row(name, number, data, fault), At(lines.offset, number), lines.consumed)


def _too_long(line: Line) -> tuple[str, str]:
    return "line", f"a line of {line.length} bytes is too long to be read"


class _LineTooLongError(Exception):
    """The reader of CSV asked for a line that is too long to be held."""


class _CsvLines:
    """Lines as the reader of CSV takes them; `undecodable` where one since the last record is not UTF-8."""

    def __init__(self, lines: Lines, mark: bytes = b"") -> None:
        self.undecodable = False
        self._lines = iter(lines)
        self._mark = mark

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if not line.whole:
            raise _LineTooLongError(_too_long(line)[1])
        try:
            return line.data.removeprefix(self._mark).decode("utf-8")
        except UnicodeDecodeError:
            self.undecodable = True
            return line.data.decode("utf-8", errors="replace")


def _csv(path: Path, lines: Lines, at: At, text_column: str) -> Iterator[Placed]:
    csv.field_size_limit(2**31 - 1)  # lines have a limit; a quote that is never closed ends with the file
    names, before = _header(path, lines, text_column)
    if at.offset > lines.offset:
        lines.skip(at.offset)
        before = at.line
    source = _CsvLines(lines)
    reader = csv.reader(source, strict=True)
    while True:
        source.undecodable = False
        try:
            cells = next(reader)
            fault = _csv_fault(cells, names, source)
        except StopIteration:
            return
        except (csv.Error, _LineTooLongError) as error:
            cells, fault = [], ("csv", str(error))
        if cells or fault:
            number = before + reader.line_num
            data = {} if fault else dict(zip(names, cells, strict=True))
            yield Placed(Row(str(path), number, data, fault), At(lines.offset, number), lines.consumed)


def _header(path: Path, lines: Lines, text_column: str) -> tuple[Sequence[str], int]:
    """The names of the columns and the lines that they take."""
    place = Place(str(path), 1)
    reader = csv.reader(_CsvLines(lines, _MARK), strict=True)  # spreadsheets write a mark
    try:
        names = next(reader, [])
    except (csv.Error, _LineTooLongError) as error:
        raise InputError(place, "csv", str(error)) from None
    _check_columns(text_column, names, place)
    return names, reader.line_num


def _csv_fault(cells: Sequence[str], names: Sequence[str], source: _CsvLines) -> tuple[str, str] | None:
    if source.undecodable:
        return "encoding", "expected UTF-8"
    if cells and len(cells) != len(names):
        return "row", f"expected {len(names)} cells, got {len(cells)}"
    return None


def _check_columns(text_column: str, names: Sequence[str], place: Place) -> None:
    if text_column not in names:
        if len(names) == 1 and any(sign in names[0] for sign in _OTHER_SEPARATORS):
            raise ColumnError(place, "csv", f"expected commas between columns, got {names[0]}")
        what = f"no such column, got {', '.join(names) or 'nothing'}; --text-column names another"
        raise ColumnError(place, text_column, what)
    counts = Counter(filter(None, names))  # spreadsheets leave columns without a name behind
    for name, count in counts.items():
        if count > 1:
            raise ColumnError(place, name, f"expected one column of this name, got {count}")


class ColumnError(InputError):
    """The columns are not such as were asked for: no fault of one row, but of the file as a whole."""


def _parquet(path: Path, at: At, text_column: str, limits: Limits) -> Iterator[Placed]:
    if find_spec("pyarrow") is None:
        raise MissingExtraError(f"{path}: a Parquet file", "pyarrow", "archive")
    import pyarrow
    from pyarrow.parquet import ParquetFile

    place = Place(str(path))
    try:
        # without a buffer Arrow holds whole columns of a row group
        with path.open("rb") as raw, ParquetFile(raw, pre_buffer=False, buffer_size=2**20) as file:
            _check_columns(text_column, file.schema_arrow.names, place)
            _check_ratio(file, place, limits)
            size, total = path.stat().st_size, max(1, file.metadata.num_rows)
            for number, cells, fault in _table_rows(file, at.line):
                row = Row(str(path), number, cells, fault)
                yield Placed(row, At(number, number), size * number // total)
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise InputError(place, "parquet", str(error)) from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise InputError(place, "parquet", str(error)) from None  # what Arrow says of a damaged page


def _table_rows(file: Any, read: int) -> Iterator[tuple[int, Mapping[str, object], tuple[str, str] | None]]:
    """Number, cells and fault of the rows after the first `read`; row groups among those are not touched."""
    groups, begin = 0, 0
    while groups < file.num_row_groups and begin + file.metadata.row_group(groups).num_rows <= read:
        begin += file.metadata.row_group(groups).num_rows
        groups += 1
    left = list(range(groups, file.num_row_groups))
    number = begin
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, row_groups=left) if left else ():
        skipped = min(batch.num_rows, max(0, read - number))
        number += skipped
        for cells, fault in _cells(batch.slice(skipped)):
            number += 1
            yield number, cells, fault


def _cells(batch: Any) -> Iterator[tuple[Mapping[str, object], tuple[str, str] | None]]:
    try:
        yield from ((cells, None) for cells in batch.to_pylist())
    except UnicodeDecodeError:  # raised before any row of the batch is given
        for at in range(batch.num_rows):
            try:
                yield batch.slice(at, 1).to_pylist()[0], None
            except UnicodeDecodeError:
                yield {}, ("encoding", "expected UTF-8")


def _check_ratio(file: Any, place: Place, limits: Limits) -> None:
    """Raises InputError where a column of a row group unpacks to more than the limits allow."""
    for group in range(file.num_row_groups):
        row_group = file.metadata.row_group(group)
        for at in range(row_group.num_columns):
            column = row_group.column(at)
            unpacked, packed = column.total_uncompressed_size, max(1, column.total_compressed_size)
            if unpacked > limits.unpacked or (unpacked > _LEAST_BOMB and unpacked > limits.ratio * packed):
                raise InputError(place, "parquet", f"a column unpacks from {packed} to {unpacked} bytes")
