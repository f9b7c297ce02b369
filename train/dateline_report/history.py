"""The history of a project's models: runs.jsonl, a line for each training, package, evaluation and report.

It lies at out/runs.jsonl where the command is run, or where --history or DATELINE_HISTORY say. Lines are only ever
added, whole ones, by one process at a time.
"""

import errno
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, Literal

import typer
from dateline_labels import MissingExtraError, one_line

HISTORY: Final = Path("out/runs.jsonl")
VARIABLE: Final = "DATELINE_HISTORY"
HistoryOption = Annotated[
    Path,
    typer.Option(
        "--history", metavar="RUNS.JSONL", envvar=VARIABLE, help="Where the history gets its line; '': nowhere."
    ),
]
Kind = Literal["train", "package", "evaluate", "report"]


@dataclass(frozen=True)
class DataUsed:
    """Dispatches by their number and the SHA-256 of their JSON lines; `part` says which of the data they are."""

    part: str
    dispatches: int
    sha256: str = ""


@dataclass(frozen=True)
class Entry:
    """One line.

    kind        what was done
    name, path  the recipe's name and where the model lies, as it was named
    model       SHA-256 of a checkpoint's weights, or of a bundle's manifest
    data        what the figures are of
    figures     span_f1 (exact) and relation_f1 (strict), in per cent; their bounds as …_low and …_high where known
    learnt      what was trained on, of a training
    made_from   `model` of the checkpoint that a training began with, or that was packaged
    recipe      of a training
    comparison  with another model, of a report: its `other`, differences with bounds, and whether it failed
    at          when, in UTC
    dateline    the version
    """

    kind: Kind
    name: str
    path: str
    model: str
    data: DataUsed
    figures: dict[str, float]
    learnt: DataUsed | None = None
    made_from: str | None = None
    recipe: dict[str, Any] | None = None
    comparison: dict[str, Any] | None = None
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    dateline: str = field(default_factory=lambda: version("dateline"))


@dataclass(frozen=True)
class History:
    """The entries in the order of their lines, and a line of text on each line that is none."""

    entries: tuple[Entry, ...]
    faults: tuple[str, ...] = ()


def remember(path: Path, entry: Entry) -> None:
    """Add a line, but not to an empty name; where it cannot be done, that is said, for what is done already is not to
    fail of it.
    """
    if path == Path():
        return
    try:
        append(path, entry)
    except (OSError, MissingExtraError) as error:
        typer.echo(f"warning: {path} did not get its line: {one_line(str(error))}", err=True)


def append(path: Path, entry: Entry) -> None:
    """Add a line, alone among processes; raises OSError on I/O, MissingExtraError without filelock."""
    try:
        from filelock import FileLock
    except ImportError:
        raise MissingExtraError("the history", "filelock", "report") from None
    line = json.dumps({key: value for key, value in asdict(entry).items() if value is not None}, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = line.encode("utf-8", "backslashreplace") + b"\n"
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    with FileLock(path.with_name(f".{path.name}.lock")), path.open("a+b") as file:
        file.write(data if _ends_whole(file) else b"\n" + data)
        file.flush()
        os.fsync(file.fileno())


def read_history(path: Path) -> History:
    """Every entry; a line that is none, as a kill may leave it, is passed over with a word. Raises OSError."""
    from pydantic import TypeAdapter, ValidationError

    kind = TypeAdapter(Entry)
    entries, faults = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(kind.validate_python(json.loads(line)))
        except (ValidationError, ValueError, RecursionError):
            faults.append(f"{path}:{number}:line: passed over, it is no run")
    return History(tuple(entries), tuple(faults))


def _ends_whole(file: BinaryIO) -> bool:
    """Whether the last line is whole; a kill may have cut it."""
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
