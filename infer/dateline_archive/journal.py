"""The journal of an archive run: one line for each shard whose files are on the disk. A shard is done when its line is.

A line that a kill left unfinished at the end is no line. When a run is finished the lines are put in order, so that it
does not show who read which shard when.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dateline_labels import InputError, Place
from pydantic import TypeAdapter

from .durable import AppendedLines, publish_pieces
from .reading import ReadShard, TableFile
from .shards import Position, Shard

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a table, as it was written."""

    rows: int
    bytes: int
    sha256: str

    @staticmethod
    def of(file: TableFile) -> "FileRecord":
        """What is written down of it."""
        return FileRecord(file.rows, len(file.data), sha256(file.data).hexdigest())


@dataclass(frozen=True, slots=True)
class DoneShard:
    """A shard that is done: its documents, its place in the input and its files, by the name of the table."""

    shard: int
    first: int
    documents: int
    begin: Position
    end: Position
    statuses: dict[str, int]
    files: dict[str, FileRecord]

    @staticmethod
    def of(shard: Shard, read: ReadShard) -> "DoneShard":
        """What is written down of it."""
        files = {name: FileRecord.of(file) for name, file in read.files.items()}
        place = shard.begin, shard.end
        return DoneShard(shard.number, shard.first, len(shard.rows), *place, dict(read.statuses), files)


_DONE = TypeAdapter(DoneShard)


class Journal:
    """The journal of one folder, held by the one process that writes there.

    done  the shards that are done, by their numbers
    """

    def __init__(self, folder: Path) -> None:
        """Read what there is; raises InputError where it is damaged."""
        self._path = folder / JOURNAL
        self.done, length = read_journal(self._path) if self._path.exists() else ({}, 0)
        self._lines = AppendedLines(self._path, length)

    def add(self, done: DoneShard) -> None:
        """Write down a shard whose files are on the disk; raises OSError."""
        self._lines.append(_line(done), f"{JOURNAL}:{done.shard}")
        self.done[done.shard] = done

    def put_in_order(self) -> None:
        """Write the lines anew, in the order of the shards."""
        lines = (_line(self.done[number]) + b"\n" for number in sorted(self.done))
        publish_pieces(self._path, lines, JOURNAL)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def read_journal(path: Path) -> tuple[dict[int, DoneShard], int]:
    """The shards that are done and the length of the whole lines in bytes; raises InputError where one is damaged."""
    done: dict[int, DoneShard] = {}
    length = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                shard = _DONE.validate_json(line)
            except ValueError:
                raise InputError(Place(str(path), number), "journal", "expected a shard that is done") from None
            done[shard.shard] = shard
            length += len(line)
    return done, length


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of counts by name, in the order of the names."""
    sums: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items()))


def _line(done: DoneShard) -> bytes:
    return json.dumps(_DONE.dump_python(done), separators=(",", ":")).encode("ascii")
