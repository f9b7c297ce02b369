"""Files of raw dispatches, or the folder of a finished archive run → candidates, one by one.

Files are read here, with the doubts that the tags give too. A run was read before: its own spans, relations and scores
are taken, and only the texts are read again.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import typer
from dateline_archive.folder import RUN
from dateline_archive.results import ArchiveRun, marked
from dateline_archive.tables import EMPTY, ERROR, LEDGER, RELATIONS, SPANS
from dateline_infer import Extractor
from dateline_inputs.dispatches import Columns, dispatch_of
from dateline_inputs.files import files_of
from dateline_inputs.rows import At, ColumnError, Placed, rows
from dateline_inputs.unpacking import Limits
from dateline_labels import Dispatch, InputError, Place, Schema
from dateline_labels.progress import document_progress

from .doubt import close_doubt, doubt_of
from .pool import Candidate

Numbered = tuple[int, Dispatch]
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

    def dispatches(self) -> Iterator[Numbered]:
        """Every dispatch that has words, unread; raises InputError where a file has no column of texts, OSError."""
        files = list(files_of(self.paths))
        limits, before = Limits(unpacked=_UNPACKED), 0
        numbers = count()
        with document_progress(sum(file.stat().st_size for file in files), "reading") as advance:
            for file in files:
                for placed in self._rows(file, limits):
                    dispatch = self._dispatch(placed, limits)
                    if dispatch and dispatch.text.strip():
                        yield next(numbers), dispatch
                    advance(1, before + placed.consumed)
                before += file.stat().st_size

    def read(self, extractor: Extractor, dispatches: Iterable[Numbered]) -> Iterator[Candidate]:
        """The dispatches, read now."""
        return read_closely(extractor, dispatches, self.faults)

    def _dispatch(self, placed: Placed, limits: Limits) -> Dispatch | None:
        try:
            return dispatch_of(placed.row, self.columns, limits)
        except InputError as error:
            self.faults.add(error)
            return None

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
    schema: Schema  # of the bundle

    @property
    def model(self) -> str:
        """The SHA-256 of the manifest of the bundle that read it."""
        return str(self.archive.run["bundle"]["sha256"])

    def dispatches(self) -> Iterator[Numbered]:
        """Every document that has words, with what was marked in it then.

        Raises InputError where an input was changed since.
        """
        archive = self.archive
        with document_progress(archive.run["inputs"]["bytes"], "looking through the run") as advance:
            for shard in archive.inputs():
                spans, relations = (_by_document(archive.rows(table, shard.number)) for table in (SPANS, RELATIONS))
                ledger = {row["document"]: row["status"] for row in archive.rows(LEDGER, shard.number)}
                for number, row in enumerate(shard.rows, start=shard.first):
                    if ledger[number] not in (ERROR, EMPTY):
                        bare = archive.document(row)
                        yield number, marked(bare, spans.get(number, ()), relations.get(number, ()), self.schema)
                advance(len(shard.rows), shard.consumed)

    def read(self, extractor: Extractor, dispatches: Iterable[Numbered]) -> Iterator[Candidate]:
        """The dispatches as they were read then; raises InputError where the bundle's schema has no place for that."""
        for number, dispatch in dispatches:
            for name, what in extractor.config.schema.problems(dispatch):
                place = Place(f"{self.archive.folder}: document {number}")
                raise InputError(place, name, f"{what}: is the bundle of another schema?")
            yield Candidate(number, dispatch, doubt_of(dispatch), None)


def source_of(paths: Sequence[Path], columns: Columns, schema: Schema) -> FilesOf | RunOf:
    """What the paths stand for, for a bundle of this schema.

    Raises InputError where a run is not finished or stands beside others.
    """
    runs = [path for path in paths if (path / RUN).is_file()]
    if not runs:
        return FilesOf(tuple(paths), columns)
    if len(paths) > 1:
        raise InputError(Place(str(runs[0])), "run", "expected one run alone, or files, got both or several")
    return RunOf(ArchiveRun.open(runs[0]), schema)


def read_closely(extractor: Extractor, dispatches: Iterable[Numbered], faults: Faults) -> Iterator[Candidate]:
    """The dispatches that have tokens, in order, read with the doubts that the tags give too."""
    numbers: deque[int] = deque()

    def texts() -> Iterator[Dispatch]:
        for number, dispatch in dispatches:
            numbers.append(number)
            yield dispatch

    for reading in extractor.closely(texts()):
        number, dispatch = numbers.popleft(), reading.dispatch
        if "error" in dispatch.meta:
            faults.add(InputError(Place(dispatch.id), "text", str(dispatch.meta["error"])))
        elif len(reading.tokens):
            doubt = close_doubt(reading, extractor.config.schema)
            yield Candidate(number, dispatch, doubt, reading.vectors.mean(axis=0))


def _by_document(found: Sequence[Mapping[str, Any]]) -> Mapping[int, list[Mapping[str, Any]]]:
    by: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        by[row["document"]].append(row)
    return by
