"""Bytes → a file that is there whole or not at all, whenever the process or the machine stops.

A temporary name beside the file, flushed to the disk, renamed, the folder flushed. The temporary name is always the
same, so that what a killed run left is written over by the next one.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from .failpoints import reach


def publish(path: Path, data: bytes, name: str) -> None:
    """Write `data` to `path`; `name` is what failpoints call it. Raises OSError naming the file and what it needs."""
    half = len(data) // 2
    try:
        publish_pieces(path, (data[:half], data[half:]), name)
    except OSError as error:
        raise _explained(error, path, f"{len(data)} bytes") from error


def publish_pieces(path: Path, pieces: Iterable[bytes], name: str) -> None:
    """As `publish`, of what need not be in memory at once."""
    temporary = path.with_name(f".{path.name}.tmp")
    reach("opening", name)
    try:
        with temporary.open("wb") as file:
            reach("opened", name)
            for piece in pieces:
                file.write(piece)
                file.flush()
                reach("half-written", name)
            reach("written", name)
            os.fsync(file.fileno())
        reach("synced", name)
        temporary.replace(path)
        reach("renamed", name)
        flush_folder(path.parent)
        reach("folder-synced", name)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class AppendedLines:
    """A file that grows by whole lines, each on the disk before `append` returns."""

    def __init__(self, path: Path, length: int) -> None:
        """Go on after the first `length` bytes; what stands behind them was never finished."""
        self._path = path
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(length)
        self._file.seek(length)

    def append(self, line: bytes, name: str) -> None:
        """Add one line, which has no line break; raises OSError naming the file and what it needs."""
        half = len(line) // 2
        reach("appending", name)
        try:
            self._file.write(line[:half])
            self._file.flush()
            reach("half-appended", name)
            self._file.write(line[half:] + b"\n")
            self._file.flush()
            reach("appended", name)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _explained(error, self._path, f"{len(line) + 1} bytes") from error
        reach("append-synced", name)

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:  # what could not be written is tried once more
            raise _explained(error, self._path, "a line") from error


def _explained(error: OSError, path: Path, needed: str) -> OSError:
    """The error with the file and what was to be written, which the system leaves out where the disk is full."""
    return type(error)(error.errno, f"{error.strerror or error}, {needed} were to be written", str(path))
