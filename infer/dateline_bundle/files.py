"""The files of a bundle by their names, whether it is a folder or a .zip; nothing is unpacked to the disk."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from dateline_labels import BundleError, one_line

from .zip_files import ZipBundle

MANIFEST = "manifest.json"
_LOOKED_AT = 100


class Files(Protocol):
    """What holds the files of a bundle; `path / name` is how one of them is called in messages."""

    @property
    def path(self) -> Path:
        """The folder or the .zip."""
        ...

    def names(self) -> frozenset[str]:
        """The names of all files; raises BundleError on one that no bundle has."""
        ...

    def open(self, name: str) -> AbstractContextManager[tuple[IO[bytes], int]]:
        """The file and its size; raises BundleError where it is no plain file, OSError where it cannot be read."""
        ...


@dataclass(frozen=True)
class FolderBundle:
    """A bundle as a folder, with the names that its files may have."""

    path: Path
    known: frozenset[str]

    def names(self) -> frozenset[str]:
        """As `Files.names`. Raises as that."""
        with os.scandir(self.path) as entries:
            # a folder of a million files need not be listed to be refused
            names = frozenset(entry.name for entry in islice(entries, len(self.known) + 1))
        for name in sorted(names - self.known):
            raise BundleError(f"{self.path / one_line(name, 100)}: a file that no bundle has")
        return names

    @contextmanager
    def open(self, name: str) -> Iterator[tuple[IO[bytes], int]]:
        """As `Files.open`. Raises as that."""
        path = self.path / name
        try:
            _check_plain(path, path.lstat())
            # between the two looks the file may have become a link or a pipe, which would keep us waiting
            flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(path, os.O_RDONLY | flags), "rb") as stream:
                status = os.fstat(stream.fileno())
                _check_plain(path, status)
                yield stream, status.st_size
        except FileNotFoundError:
            raise BundleError(f"{path}: missing") from None


def _check_plain(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise BundleError(f"{path}: expected a plain file, got a link or a special file")


@contextmanager
def opened(path: Path, limits: Mapping[str, int]) -> Iterator[Files]:
    """The files of the bundle at `path`, where each of `limits` may be, with so many bytes at most.

    Raises BundleError where there is no bundle.
    """
    if path.is_dir():
        if not (path / MANIFEST).is_file():
            raise BundleError(f"{one_line(str(path))}: {_no_bundle(path)}")
        yield FolderBundle(path, frozenset(limits))
    elif path.is_file():
        with ZipBundle.opened(path, limits) as files:
            yield files
    else:
        raise BundleError(
            f"{one_line(str(path))}: no bundle is there, neither a folder nor a .zip; "
            "`dateline package CHECKPOINT BUNDLE` makes one"
        )


def _no_bundle(folder: Path) -> str:
    """What a folder without a manifest is, and where the bundle may be that was meant."""
    if (folder / "model.safetensors").is_file():
        return "a checkpoint, not a bundle; `dateline package CHECKPOINT BUNDLE` makes one of it"
    with os.scandir(folder) as entries:
        within = sorted(each.name for each in islice(entries, _LOOKED_AT) if Path(each, MANIFEST).is_file())
    meant = f"; did you mean {one_line(str(folder / within[0]))}?" if within else ""
    return f"not a bundle, there is no {MANIFEST}{meant}"
