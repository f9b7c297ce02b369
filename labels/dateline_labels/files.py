"""Paths → annotated dispatches: the format is known by its suffix, `.md` (inline markup) or `.jsonl` / `.jsonl.gz`.

A folder stands for every such file under it, in the order of their names.
"""

import errno
import gzip
import os
import shutil
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from . import jsonl, markup
from .dispatch import Dispatch
from .errors import InputError, Place
from .schema import Schema

FORMATS = (".md", ".jsonl", ".jsonl.gz")
_JSON_SPACE = " \t\r\n"
_KEPT_OF_A_NAME = 200
"""Bytes of a name of at most 255 that a temporary one begins with."""


def read_dispatches(paths: Iterable[Path], schema: Schema) -> list[Dispatch]:
    """Every dispatch of the files and folders; raises InputError at the first fault, OSError where unreadable."""
    return list(stream_dispatches(paths, schema))


def stream_dispatches(paths: Iterable[Path], schema: Schema) -> Iterator[Dispatch]:
    """The same one by one, so that no more than a file's text is held. Raises as that."""
    seen: dict[str, Path] = {}
    for path in paths:
        for file in annotated_files(path):
            for place, dispatch in _read_file(file, schema):
                if dispatch.id in seen:
                    raise InputError(place, "id", f"{dispatch.id} occurs twice, first in {seen[dispatch.id]}")
                seen[dispatch.id] = file
                yield dispatch


def annotated_files(path: Path) -> list[Path]:
    """The annotated files that `path` stands for; raises InputError where it stands for none."""
    if not path.is_dir():
        if not path.name.endswith(FORMATS):
            raise InputError(Place(str(path)), "format", f"expected a folder or a file ending in {', '.join(FORMATS)}")
        return [path]
    files = sorted(file for file in path.rglob("*") if file.name.endswith(FORMATS) and file.is_file())
    if not files:
        raise InputError(Place(str(path)), "format", f"no file here ends in {', '.join(FORMATS)}")
    return files


def decode_utf8(data: bytes, place: Place) -> str:
    """`data` as text, nothing normalised; raises InputError where it is not UTF-8 or starts with a byte order mark."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise InputError(place.at(1), "encoding", "expected UTF-8 without a byte order mark")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(place.at(1), "encoding", "expected UTF-8, got the byte order mark of UTF-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(place.at(line), "encoding", f"expected UTF-8, {error.reason} at byte {error.start}") from None


def read_bytes(path: Path) -> bytes:
    """The file's bytes, unpacked where its name ends in `.gz`. Raises InputError where they cannot be unpacked, OSError
    where it is unreadable.
    """
    data = path.read_bytes()
    if path.suffix != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(Place(str(path)), "gzip", str(error)) from None


def _read_file(path: Path, schema: Schema) -> Iterator[tuple[Place, Dispatch]]:
    if path.suffix == ".md":
        place = Place(str(path))
        text = decode_utf8(path.read_bytes(), place)
        dispatch = markup.read(text, place, schema)
        yield place.at(markup.header_line(text, "id")), dispatch
    else:
        yield from read_lines(path, schema)


def read_lines(path: Path, schema: Schema | None) -> Iterator[tuple[Place, Dispatch]]:
    """Each dispatch of a file of JSON lines with its place; raises InputError at the first fault or without any.

    Without a schema any label goes.
    """
    place = Place(str(path))
    text = decode_utf8(read_bytes(path), place)
    if not text.strip(_JSON_SPACE):
        raise InputError(place, "file", "expected at least one dispatch, got an empty file")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip(_JSON_SPACE):
            yield place.at(number), jsonl.read_line(line, place.at(number), schema)


def write_dispatches(dispatches: Iterable[Dispatch], target: Path) -> None:
    """Write JSON lines to a `.jsonl` or `.jsonl.gz` file, or one markup file a dispatch into the folder `target`.

    Nothing is left half-written. Raises InputError where an id occurs twice or the markup cannot carry a dispatch,
    OSError on I/O.
    """
    dispatches = list(dispatches)
    for each, count in Counter(dispatch.id for dispatch in dispatches).items():
        if count > 1:
            raise InputError(Place(str(target)), "id", f"{each} occurs {count} times, expected ids that differ")
    if target.name.endswith((".jsonl", ".jsonl.gz")):
        lines = "".join(jsonl.write_line(dispatch) + "\n" for dispatch in dispatches).encode("utf-8")
        write_atomically(target, gzip.compress(lines, mtime=0) if target.suffix == ".gz" else lines)
        return
    if target.suffix:
        raise InputError(Place(str(target)), "format", "expected a folder, or a file ending in .jsonl or .jsonl.gz")
    files = {target / f"{dispatch.id}.md": _markup_of(dispatch) for dispatch in dispatches}
    target.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        write_atomically(path, text.encode("utf-8"))


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` under a temporary name in the same folder, flush it to disk and rename it to `path`."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file under a temporary name in the same folder, which becomes `path` at the end or, on an error, goes.

    A link stays, and what it leads to is replaced; a device or a pipe is written to. Errors name `path`.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    poured = path.exists() and not path.is_file()
    target = Path(os.path.realpath(path))
    if not poured:
        target.parent.mkdir(parents=True, exist_ok=True)
    file = _temporary(path, None if poured else target)
    try:
        yield file
        file.flush()
        if poured:
            _pour(file, path)
        else:
            os.fsync(file.fileno())
            Path(file.name).chmod(0o666 & ~_umask())
            Path(file.name).replace(target)
    except OSError as error:
        raise _about(path, error) if error.filename in (None, file.name) else error from None
    finally:
        with suppress(OSError):  # on a full disk it fails a second time
            file.close()
        Path(file.name).unlink(missing_ok=True)


def _temporary(path: Path, target: Path | None) -> IO[bytes]:
    """A new file beside `target`, anywhere without one; stays when it is closed."""
    # cut, so that a file may have the longest name that there can be; without bytes that are no characters
    name = os.fsencode(target.name if target else "")[:_KEPT_OF_A_NAME]
    kept = name.decode(sys.getfilesystemencoding(), errors="ignore")
    folder = target.parent if target else None
    try:
        return tempfile.NamedTemporaryFile(dir=folder, prefix=f".{kept}.", delete=False)
    except OSError as error:
        raise _about(path, error) from None


def _pour(file: IO[bytes], device: Path) -> None:
    file.seek(0)
    with device.open("wb") as opened:
        shutil.copyfileobj(file, opened)


def _about(path: Path, error: OSError) -> OSError:
    """What went wrong with a file that was to become `path`, as an error of that."""
    return OSError(error.errno, error.strerror, str(path)) if error.errno else error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _markup_of(dispatch: Dispatch) -> str:
    if Path(dispatch.id).name != dispatch.id or dispatch.id.startswith("."):  # hidden, and never read
        raise InputError(Place(dispatch.id), "id", "cannot be a file name")
    try:
        return markup.write(dispatch)
    except ValueError as error:
        raise InputError(Place(dispatch.id), "markup", str(error)) from None
