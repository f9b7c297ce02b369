"""What the user names as input, files, folders and patterns → the files, in order, and the form of each by its name."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from dateline_labels import InputError, Place

from .unpacking import PACKED

TEXT, CSV, JSONL, PARQUET = ".txt", ".csv", ".jsonl", ".parquet"
SUFFIXES = (TEXT, PARQUET, *(form + packed for form in (JSONL, CSV) for packed in ("", *PACKED)))
_PATTERN = "*?["


def form_of(path: Path) -> str:
    """Of TEXT, CSV, JSONL and PARQUET, the one that the name ends in; raises InputError where it is none."""
    ending = _ending(path)
    if not ending:
        raise InputError(Place(str(path)), "format", f"expected a file ending in {', '.join(SUFFIXES)}")
    return next(form for form in (TEXT, CSV, JSONL, PARQUET) if ending.startswith(form))


def stem_of(path: Path) -> str:
    """The file's name without the ending that tells its form; the whole name where nothing else would be left."""
    return path.name.removesuffix(_ending(path)) or path.name


def _ending(path: Path) -> str:
    return next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), "")


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


def matches(pattern: Path, file: Path) -> bool:
    """Whether a pattern stands for a file of this path, be it there or not."""
    fixed = next((at for at, part in enumerate(pattern.parts) if set(part) & set(_PATTERN)), len(pattern.parts))
    start, path = Path(*pattern.parts[:fixed]).resolve(), file.resolve()
    return path.is_relative_to(start) and _fits(path.relative_to(start).parts, pattern.parts[fixed:])


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern or not parts:
        return not parts and not pattern
    if pattern[0] == "**":
        return any(_fits(parts[at:], pattern[1:]) for at in range(len(parts) + 1))
    return fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def _below(folder: Path) -> Iterator[Path]:
    """The files under a folder by their names, one folder of it at a time in memory."""
    for root, folders, names in os.walk(folder, onerror=_raise):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names) if name.endswith(SUFFIXES))


def _raise(error: OSError) -> None:
    raise error
