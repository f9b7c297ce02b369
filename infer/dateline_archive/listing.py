"""The input files of a run as they were when it began: their listing, and whether they still are what it says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from dateline_inputs.files import files_of
from dateline_labels import InputError, Place
from pydantic import TypeAdapter


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


_INPUT_FILE = TypeAdapter(InputFile)


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
