"""What the user names as input, files, folders and patterns → the files, in order, with size and time of change."""

import glob
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from dateline_labels import InputError, Place
from pydantic import TypeAdapter

from .unpacking import PACKED

TEXT, CSV, JSONL, PARQUET = ".txt", ".csv", ".jsonl", ".parquet"
SUFFIXES = (TEXT, PARQUET, *(form + packed for form in (JSONL, CSV) for packed in ("", *PACKED)))
_PATTERN = "*?["


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of dispatches as it was when a run began; `modified` in nanoseconds since 1970."""

    path: str
    bytes: int
    modified: int

    @staticmethod
    def of(path: Path) -> "InputFile":
        """The file as it is now; raises OSError where there is none."""
        status = path.stat()
        return InputFile(str(path), status.st_size, status.st_mtime_ns)

    @property
    def form(self) -> str:
        """Of TEXT, CSV, JSONL and PARQUET."""
        return form_of(Path(self.path))


_INPUT_FILE = TypeAdapter(InputFile)


def form_of(path: Path) -> str:
    """Of TEXT, CSV, JSONL and PARQUET, the one that the name ends in; raises InputError where it is none."""
    if not path.name.endswith(SUFFIXES):
        raise InputError(Place(str(path)), "format", f"expected a file ending in {', '.join(SUFFIXES)}")
    return Path(path.stem).suffix if path.suffix in PACKED else path.suffix


def files_of(inputs: Iterable[Path]) -> Iterator[Path]:
    """The files in the order given; those of a folder or a pattern (`*`, `?`, `[`, `**`) by their names.

    Raises InputError where one stands for no file or has another format, or where a file would be read twice.
    """
    inputs = list(inputs)
    seen: set[tuple[int, int]] = set()
    for path in inputs:
        nothing = True
        for file in _matching(path):
            if len(inputs) > 1:
                status = file.stat()
                if (status.st_dev, status.st_ino) in seen:
                    raise InputError(Place(str(file)), "file", "is given twice")
                seen.add((status.st_dev, status.st_ino))
            nothing = False
            yield file
        if nothing:
            raise InputError(Place(str(path)), "format", f"no file here ends in {', '.join(SUFFIXES)}")


def _matching(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _below(path)
    elif any(character in _PATTERN for character in str(path)) and not path.exists():
        for name in sorted(glob.glob(str(path), recursive=True)):  # noqa: PTH207 a Path needs to know where the pattern begins
            if name.endswith(SUFFIXES) and Path(name).is_file():
                yield Path(name)
    else:
        form_of(path)
        yield path


def _below(folder: Path) -> Iterator[Path]:
    """The files under a folder by their names, one folder of it at a time in memory."""
    for root, folders, names in os.walk(folder, onerror=_raise):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names) if name.endswith(SUFFIXES))


def _raise(error: OSError) -> None:
    raise error


def listing_lines(inputs: Iterable[Path]) -> Iterator[bytes]:
    """One line of JSON for each file of the inputs."""
    for path in files_of(inputs):
        yield _line(InputFile.of(path))


def read_listing(path: Path) -> Iterator[InputFile]:
    """The files of a listing; raises InputError where it is damaged."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield _of_line(line)
            except (ValueError, RecursionError):
                raise InputError(Place(str(path), number), "file", "expected path, bytes and modified") from None


def check_listing(path: Path, inputs: Iterable[Path]) -> None:
    """Raises InputError, naming the first difference, where the inputs are not those of the listing at `path`."""
    begun = read_listing(path)
    for line, was in zip_longest(listing_lines(inputs), begun):
        now = _of_line(line) if line is not None else None
        if now == was:
            continue
        if was is None or now is None or now.path != was.path:
            here, there = (f"{each.path}" if each else "nothing more" for each in (now, was))
            what = f"are others: {here} in the place of {there}"
        else:
            what = f"{now.path} was changed"
        raise InputError(Place(str(path.parent)), "inputs", f"{what} since the run began; name another --out")


def check_unchanged(file: InputFile) -> None:
    """Raises InputError where the file is not as it was when the run began."""
    if InputFile.of(Path(file.path)) != file:
        raise InputError(Place(file.path), "file", "was changed since the run began")


def _of_line(line: bytes) -> InputFile:
    # names that are no UTF-8 have halves of characters, which pydantic's own reader of JSON refuses
    return _INPUT_FILE.validate_python(json.loads(line))


def _line(file: InputFile) -> bytes:
    row = {"path": file.path, "bytes": file.bytes, "modified": file.modified}
    return (json.dumps(row) + "\n").encode("ascii")
