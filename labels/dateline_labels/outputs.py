"""What a command is about to write, looked at before its work, which is not to be lost for want of rights."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import InputError, Place


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Path | None] = ()) -> None:
    """Raises InputError where an output is an input, which writing would replace, or another output; OSError where a
    file cannot be written there. None stands for what was not asked for.
    """
    read = [path for path in inputs if path is not None]
    seen: list[Path] = []
    for out in outputs:
        if out is None:
            continue
        if any(_same(out, path) for path in read):
            raise InputError(Place(str(out)), "out", "expected another file than those that are read, got one of them")
        if any(_same(out, path) for path in seen):
            raise InputError(Place(str(out)), "out", "expected a file for each table or text, got one for two")
        seen.append(out)
        _check_writable(out)


def _same(one: Path, other: Path) -> bool:
    """Whether both are one file, by whatever name; devices such as /dev/null may be read and written."""
    if one.exists() and other.exists():
        return one.samefile(other) and one.is_file()
    return os.path.realpath(one) == os.path.realpath(other)


def check_folder(out: Path) -> None:
    """Raises OSError where no files can be written into a folder `out`, there already or not."""
    _check_rights(Path(os.path.realpath(out)), out)


def _check_writable(out: Path) -> None:
    if out.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(out))
    if not out.exists() or out.is_file():
        _check_rights(Path(os.path.realpath(out)).parent, out)


def _check_rights(folder: Path, out: Path) -> None:
    """Of the folder, or of the nearest one above that is there; what is wrong is told of `out`."""
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(out))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(out))
