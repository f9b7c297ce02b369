"""Files of raw dispatches, or the folder of a finished archive run → candidates, one by one.

Files are read here, with the doubts that the tags give too. A run was read before: its own spans, relations and scores
are taken, and only the texts are read again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from dateline_infer import Extractor
from dateline_infer.archive_folder import RUN
from dateline_infer.archive_results import ArchiveRun, marked
from dateline_infer.archive_tables import EMPTY, ERROR, LEDGER, RELATIONS, SPANS
from dateline_infer.extractor import CloseReading
from dateline_infer.input_files import files_of
from dateline_infer.inputs import Columns, dispatch_of
from dateline_infer.progress import Advance, document_progress
from dateline_infer.rows import At, ColumnError, Placed, rows
from dateline_infer.unpacking import Limits
from dateline_labels import Dispatch, InputError, Place, Schema

from .doubt import close_doubt, doubt_of
from .pool import Candidate

_SHOWN = 20
_UNPACKED = 2**40


@dataclass
class Faults:
    """What could not be read: the first ones are said, all are counted."""

    count: int = 0

    def add(self, error: InputError) -> None:
        """One more, which stops nothing."""
        self.count += 1
        if self.count <= _SHOWN:
            typer.echo(str(error), err=True)


@dataclass(frozen=True)
class FilesOf:
    """Files, folders and patterns of raw dispatches."""

    paths: tuple[Path, ...]
    columns: Columns = field(default_factory=Columns)
    faults: Faults = field(default_factory=Faults)

    def candidates(self, extractor: Extractor) -> Iterator[Candidate]:
        """Every dispatch that has words, read; raises InputError where a file has no column of texts, OSError."""
        files = list(files_of(self.paths))
        with document_progress(sum(file.stat().st_size for file in files), "reading") as advance:
            readings = extractor.closely(self._dispatches(files, advance))
            for number, reading in enumerate(readings):
                if "error" in reading.dispatch.meta:
                    self.faults.add(InputError(Place(reading.dispatch.id), "text", str(reading.dispatch.meta["error"])))
                elif len(reading.tokens):
                    yield close_candidate(number, reading, extractor.config.schema)

    def _dispatches(self, files: Sequence[Path], advance: Advance) -> Iterator[Dispatch]:
        limits, before = Limits(unpacked=_UNPACKED), 0
        for file in files:
            for placed in self._rows(file, limits):
                try:
                    yield dispatch_of(placed.row, self.columns, limits)
                except InputError as error:
                    self.faults.add(error)
                advance(1, before + placed.consumed)
            before += file.stat().st_size

    def _rows(self, file: Path, limits: Limits) -> Iterator[Placed]:
        """The rows of a file as far as it can be read."""
        try:
            yield from rows(file, At(), self.columns.text, limits)
        except ColumnError:
            raise
        except InputError as error:
            self.faults.add(InputError(error.place, error.field, f"{error.what}; the rest of the file was not read"))


@dataclass(frozen=True)
class RunOf:
    """The folder of a finished archive run."""

    archive: ArchiveRun

    @property
    def model(self) -> str:
        """The SHA-256 of the manifest of the bundle that read it."""
        return str(self.archive.run["bundle"]["sha256"])

    def candidates(self, extractor: Extractor) -> Iterator[Candidate]:
        """Every document that has words, as it was read then.

        Raises InputError where an input was changed since, or the bundle's schema has no place for what was read.
        """
        archive, schema = self.archive, extractor.config.schema
        with document_progress(archive.run["inputs"]["bytes"], "looking through the run") as advance:
            for shard in archive.inputs():
                spans, relations = (_by_document(archive.rows(table, shard.number)) for table in (SPANS, RELATIONS))
                ledger = {row["document"]: row["status"] for row in archive.rows(LEDGER, shard.number)}
                for number, row in enumerate(shard.rows, start=shard.first):
                    if ledger[number] not in (ERROR, EMPTY):
                        bare = archive.document(row)
                        dispatch = marked(bare, spans.get(number, ()), relations.get(number, ()), schema)
                        _check(archive.folder, number, dispatch, schema)
                        yield Candidate(number, dispatch, doubt_of(dispatch), None)
                advance(len(shard.rows), shard.consumed)


def source_of(paths: Sequence[Path], columns: Columns) -> FilesOf | RunOf:
    """What the paths stand for; raises InputError where a run is not finished or stands beside others."""
    runs = [path for path in paths if (path / RUN).is_file()]
    if not runs:
        return FilesOf(tuple(paths), columns)
    if len(paths) > 1:
        raise InputError(Place(str(runs[0])), "run", "expected one run alone, or files, got both or several")
    return RunOf(ArchiveRun.open(runs[0]))


def close_candidate(number: int, reading: CloseReading, schema: Schema) -> Candidate:
    """The candidate that a reading with tokens is."""
    doubt = close_doubt(reading, schema)
    return Candidate(number, reading.dispatch, doubt, reading.vectors.mean(axis=0))


def _by_document(found: Sequence[Mapping[str, Any]]) -> Mapping[int, list[Mapping[str, Any]]]:
    by: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        by[row["document"]].append(row)
    return by


def _check(folder: Path, number: int, dispatch: Dispatch, schema: Schema) -> None:
    for name, what in schema.problems(dispatch):
        raise InputError(Place(f"{folder}: document {number}"), name, f"{what}: is the bundle of another schema?")
