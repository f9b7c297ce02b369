"""The files of an archive → shards: runs of so many documents, cut by their place in the input alone.

The same input is always cut the same way, whoever reads it and wherever a run was stopped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from dateline_inputs.dispatches import Columns
from dateline_inputs.rows import At, ColumnError, Row, rows
from dateline_inputs.unpacking import Limits
from dateline_labels import InputError, Place

from .listing import InputFile, check_unchanged, read_listing

PARQUET, JSONL = "parquet", "jsonl"
FORMATS = (PARQUET, JSONL)
_UNPACKED = 2**40


@dataclass(frozen=True)
class Plan:
    """What to read of the input, how to cut it and what to write.

    A shard ends with the document that fills it: the `documents`-th, or the one that reaches so many `bytes`.
    `limit` is how many documents are read at most, None: all.

    Raises InputError where the format is none of the tables'.
    """

    columns: Columns = field(default_factory=Columns)
    limits: Limits = field(default_factory=lambda: Limits(unpacked=_UNPACKED))
    documents: int = 1_000
    bytes: int = 2**23
    format: str = PARQUET
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise InputError(Place("--format"), "format", f"expected one of {', '.join(FORMATS)}, got {self.format}")


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two documents: the number of the file in the listing, and where in it."""

    file: int = 0
    offset: int = 0
    line: int = 0


@dataclass(frozen=True)
class Shard:
    """Documents that are read and written together; `first` is the number of the first in the whole input.

    `consumed` are the bytes of the input files that were read when its last document was.
    """

    number: int
    first: int
    rows: tuple[Row, ...]
    begin: Position
    end: Position
    consumed: int


class Cut(Protocol):
    """A shard that was cut before."""

    @property
    def first(self) -> int: ...  # noqa: D102
    @property
    def documents(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> Position: ...  # noqa: D102


def shards(listing: Path, plan: Plan, done: Mapping[int, Cut]) -> Iterator[Shard]:
    """The shards of the files in a listing, without those that are done, whose documents are not read again.

    Raises InputError where a file has no column of texts or was changed, OSError where one cannot be read.
    """
    number, first, begin = 0, 0, Position()
    while True:
        while number in done:
            first, begin = done[number].first + done[number].documents, done[number].end
            number += 1
        for shard in _cut(_rows_after(listing, begin, plan), Shard(number, first, (), begin, begin, 0), plan):
            yield shard
            number, first, begin = number + 1, first + len(shard.rows), shard.end
            if number in done:
                break
        else:
            return


@dataclass(frozen=True, slots=True)
class _PlacedRow:
    row: Row
    file: InputFile
    after: Position
    consumed: int


def _cut(placed_rows: Iterator[_PlacedRow], empty: Shard, plan: Plan) -> Iterator[Shard]:
    """Shards from `empty` on, which has no rows yet."""
    if plan.limit is not None:
        placed_rows = islice(placed_rows, max(0, plan.limit - empty.first))
    some: list[_PlacedRow] = []
    size = 0
    for placed in placed_rows:
        some.append(placed)
        size += _size(placed.row)
        if len(some) == plan.documents or size >= plan.bytes:
            shard = _filled(empty, some)
            yield shard
            empty = Shard(shard.number + 1, shard.first + len(some), (), shard.end, shard.end, shard.consumed)
            some, size = [], 0
    if some:
        yield _filled(empty, some)


def _filled(empty: Shard, some: list[_PlacedRow]) -> Shard:
    check_unchanged(some[-1].file)
    rows = tuple(placed.row for placed in some)
    return replace(empty, rows=rows, end=some[-1].after, consumed=some[-1].consumed)


def _size(row: Row) -> int:
    if isinstance(row.data, bytes):
        return len(row.data)
    return sum(len(cell) for cell in row.data.values() if isinstance(cell, str))


def _rows_after(listing: Path, begin: Position, plan: Plan) -> Iterator[_PlacedRow]:
    before = 0
    for number, file in enumerate(read_listing(listing)):
        if number >= begin.file:
            at = At(begin.offset, begin.line) if number == begin.file else At()
            for placed in _rows_of(number, file, at, plan):
                yield replace(placed, consumed=before + placed.consumed)
            check_unchanged(file)
        before += file.bytes


def _rows_of(number: int, file: InputFile, at: At, plan: Plan) -> Iterator[_PlacedRow]:
    """The rows of one file; where the rest of it cannot be read, the last one says so."""
    try:
        for placed in rows(Path(file.path), at, plan.columns.text, plan.limits):
            at = placed.after
            yield _PlacedRow(placed.row, file, Position(number, at.offset, at.line), placed.consumed)
    except ColumnError:
        raise
    except InputError as error:
        fault = error.field, f"{error.what}; the rest of the file was not read"
        yield _PlacedRow(Row(file.path, at.line + 1, b"", fault), file, Position(number + 1), file.bytes)
