"""A file, packed or not → its lines, in bounded memory whatever it holds.

A packed file that unpacks to more than the limits allow is refused where it passes them; a line that is too long is
told as such and never held.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

from dateline_labels import InputError, MissingExtraError, Place

GZIP, ZSTD = ".gz", ".zst"
PACKED = (GZIP, ZSTD)
_PIECE = 2**16
_STEP = 2**12  # of what can still be unpacked of a damaged file, at most so much is lost
_ALLOWED_WHATEVER_THE_RATIO = 2**24
_MOST_CHARACTERS = 2**28


@dataclass(frozen=True)
class Limits:
    """What an input may hold at most.

    text      code points of one text; a longer one is not read
    unpacked  bytes of one packed file, unpacked
    ratio     bytes unpacked for each packed one; the first 16 MiB of a file are free

    Raises InputError on one that is out of its range.
    """

    text: int = 500_000
    unpacked: int = 2**31
    ratio: int = 200

    def __post_init__(self) -> None:
        for name, most in (("text", _MOST_CHARACTERS), ("unpacked", 2**50), ("ratio", 2**20)):
            if not 1 <= getattr(self, name) <= most:
                raise InputError(Place("limits"), name, f"expected 1 to {most}, got {getattr(self, name)}")

    @property
    def line(self) -> int:
        """Bytes of a line: JSON may spell each code point of a text in twelve, and there is more than the text."""
        return 12 * self.text + 2**20


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its line break; `length` in bytes is more than that of `data` where it is too long to be held."""

    data: bytes
    length: int

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.length == len(self.data)


class Lines:
    """The lines of a file in turn.

    offset    bytes, unpacked, of the lines so far
    consumed  bytes of the file itself that were read so far
    """

    def __init__(self, stream: IO[bytes], raw: IO[bytes], longest: int) -> None:
        self.offset = 0
        self._stream, self._raw, self._longest = stream, raw, longest

    @property
    def consumed(self) -> int:
        """Bytes of the file itself that were read so far."""
        return self._raw.tell()

    def skip(self, offset: int) -> None:
        """Go to a place that `offset` told of; a packed file is unpacked up to there."""
        if self._stream is self._raw:
            self._stream.seek(offset)
        else:
            while self.offset < offset and (piece := self._stream.read(min(_PIECE, offset - self.offset))):
                self.offset += len(piece)
        self.offset = offset

    def __iter__(self) -> Iterator[Line]:
        """Raises InputError where the rest cannot be unpacked or passes a limit."""
        while data := self._stream.readline(self._longest + 1):
            length = len(data)
            if length > self._longest and not data.endswith(b"\n"):
                data = b""
                while (piece := self._stream.readline(_PIECE)) and not piece.endswith(b"\n"):
                    length += len(piece)
                length += len(piece)
            self.offset += length
            yield Line(data, length)


@contextmanager
def opened_lines(path: Path, limits: Limits) -> Iterator[Lines]:
    """The lines of a file, unpacked where its name ends in .gz or .zst; raises OSError where it cannot be read."""
    with path.open("rb") as raw:
        if path.suffix not in PACKED:
            yield Lines(raw, raw, limits.line)
            return
        with io.BufferedReader(cast(io.RawIOBase, _Unpacked(path, raw, limits)), _PIECE) as stream:
            yield Lines(stream, raw, limits.line)


class _Unpacked(io.RawIOBase):
    """What a packed file holds, within the limits.

    It is unpacked in steps of one size whoever asks for how much, so that a damaged file always ends at the same byte.
    """

    def __init__(self, path: Path, raw: IO[bytes], limits: Limits) -> None:
        self._place, self._raw, self._limits = Place(str(path)), raw, limits
        self._stream = gzip.GzipFile(fileobj=raw) if path.suffix == GZIP else _zstandard(path, raw)
        self._kind = "gzip" if path.suffix == GZIP else "zstd"
        self._given = 0
        self._step = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._step:
            self._step = memoryview(self._unpack())
            self._given += len(self._step)
            self._check()
        data, self._step = self._step[: len(buffer)], self._step[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _unpack(self) -> bytes:
        try:
            return self._stream.read1(_STEP)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(self._place, self._kind, str(error)) from None
        except OSError as error:
            if error.errno is not None:
                raise
            raise InputError(self._place, self._kind, str(error)) from None  # what Arrow says of a damaged frame

    def _check(self) -> None:
        if self._given > self._limits.unpacked:
            raise InputError(self._place, self._kind, f"unpacks to more than {self._limits.unpacked} bytes")
        free = self._given <= _ALLOWED_WHATEVER_THE_RATIO
        if not free and self._given > self._limits.ratio * max(1, self._raw.tell()):
            raise InputError(self._place, self._kind, f"unpacks to more than {self._limits.ratio} times its size")


def _zstandard(path: Path, raw: IO[bytes]) -> io.BufferedIOBase:
    if find_spec("pyarrow") is None:
        raise MissingExtraError(f"{path}: a zstd file", "pyarrow", "archive")
    import pyarrow

    stream: io.BufferedIOBase = pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, "r"), "zstd")
    return stream
