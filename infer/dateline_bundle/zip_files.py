"""A bundle as one .zip: read from the archive itself, in the plainest form of the format and no other.

No links, folders, passwords, doubled names, names of one's own, entries that share bytes, spanned or 64-bit archives;
and no entry that unpacks to more than its file may have.
"""

import os
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from dateline_labels import BundleError, one_line

_END = struct.Struct("<4s4H2LH")  # signature, two disks, entries here and in all, directory's size and place, comment
_END_SIGNATURE, _LOCATOR_SIGNATURE = b"PK\x05\x06", b"PK\x06\x07"
_ENTRY_SIGNATURE = b"PK\x03\x04"
_LOCATOR_BYTES = 20
_MOST_DIRECTORY = 2**16
_HEADER_BYTES = 30
_PLAIN_FLAGS = 0x080E  # how hard the deflater tried; sizes behind the entry too; names in UTF-8
_FOLDER_ATTRIBUTE = 0x10
_LARGEST_RATIO = 200
_ANY_RATIO_BELOW = 2**20


@dataclass(frozen=True)
class ZipBundle:
    """A bundle as a .zip, open."""

    path: Path
    archive: ZipFile
    entries: Mapping[str, ZipInfo]

    @staticmethod
    @contextmanager
    def opened(path: Path, limits: Mapping[str, int]) -> Iterator["ZipBundle"]:
        """The .zip at `path`; raises BundleError where it is none or may not be read as a bundle."""
        with path.open("rb") as file:
            count, end = _directory(file, path, len(limits))
            try:
                archive = ZipFile(file)
            except (BadZipFile, ValueError, NotImplementedError) as error:
                raise BundleError(f"{path}: {one_line(str(error))}") from None
            infos = archive.infolist()
            for info in infos:
                _check_entry(info, path, limits)
            entries = {info.filename: info for info in infos}
            if not len(entries) == len(infos) == count:
                raise BundleError(f"{path}: a name occurs twice")
            _check_places(infos, path, end)
            with archive:
                yield ZipBundle(path, archive, entries)

    def names(self) -> frozenset[str]:
        """As `Files.names`."""
        return frozenset(self.entries)

    @contextmanager
    def open(self, name: str) -> Iterator[tuple[IO[bytes], int]]:
        """As `Files.open`. Raises as that."""
        if name not in self.entries:
            raise BundleError(f"{self.path / name}: missing")
        try:
            with self.archive.open(self.entries[name]) as stream:
                yield stream, self.entries[name].file_size
        except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            raise BundleError(f"{self.path / name}: {one_line(str(error))}") from None


def _directory(file: IO[bytes], path: Path, most: int) -> tuple[int, int]:
    """How many entries the archive says it has, and where they end; looked at before the library makes objects of
    whatever is listed there.
    """
    size = file.seek(0, os.SEEK_END)
    tail_bytes = _LOCATOR_BYTES + _END.size
    file.seek(max(0, size - tail_bytes))
    tail = file.read(tail_bytes)
    file.seek(0)
    if not tail[-_END.size :].startswith(_END_SIGNATURE) or len(tail) < tail_bytes:
        begun = file.read(len(_ENTRY_SIGNATURE)) == _ENTRY_SIGNATURE
        broken = "a .zip that is cut off, or has more behind its end"
        raise BundleError(f"{path}: {broken if begun else 'not a bundle, neither a folder nor a .zip'}")
    _, disk, first, here, count, directory, at, comment = _END.unpack(tail[-_END.size :])
    if count > most or directory > _MOST_DIRECTORY:
        raise BundleError(f"{path}: more than {most} files")
    alone = not disk and not first and here == count and not comment
    if not alone or at + directory + _END.size != size or tail.startswith(_LOCATOR_SIGNATURE):
        raise BundleError(f"{path}: expected a plain .zip, with nothing around its entries")
    return count, at


def _check_entry(info: ZipInfo, path: Path, limits: Mapping[str, int]) -> None:
    # the library cuts names at a NUL and turns the separators of the system round
    if info.orig_filename not in limits or info.filename != info.orig_filename:
        raise BundleError(f"{path / one_line(info.orig_filename, 100).lstrip('/')}: a file that no bundle has")
    place = path / info.filename
    form = stat.S_IFMT(info.external_attr >> 16)
    if form not in (0, stat.S_IFREG) or info.external_attr & _FOLDER_ATTRIBUTE:
        raise BundleError(f"{place}: expected a plain file, got a link or a special file")
    if info.flag_bits & ~_PLAIN_FLAGS or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BundleError(f"{place}: expected an entry stored or deflated, without a password")
    if info.file_size > limits[info.filename]:
        raise BundleError(f"{place}: expected at most {limits[info.filename]} bytes, got {info.file_size}")
    if info.file_size > max(_ANY_RATIO_BELOW, _LARGEST_RATIO * info.compress_size):
        raise BundleError(f"{place}: unpacks to more than {_LARGEST_RATIO} times its size")


def _check_places(infos: list[ZipInfo], path: Path, end: int) -> None:
    """Entries that share bytes make a small archive large."""
    ranges = sorted(
        (
            info.header_offset,
            info.header_offset + _HEADER_BYTES + len(info.filename) + info.compress_size,
            info.filename,
        )
        for info in infos
    )
    for (_, stop, name), (start, _, _) in pairwise([*ranges, (end, end, "")]):
        if start < stop:
            raise BundleError(f"{path / name}: shares its bytes with another entry")
