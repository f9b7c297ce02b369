"""A bundle as one .zip file and back, and its signature; only what was checked is written."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, LargeZipFile, ZipFile, ZipInfo

from dateline_labels import InputError, Place
from dateline_labels.files import replacing, write_atomically

from .files import MANIFEST, Files, opened
from .manifest import LIMITS, SIGNATURE, Manifest, manifest_of, read_small, read_verified

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_STORED = (".onnx", ".safetensors", ".sig")
"""Weights hardly get smaller, and are read at every start."""
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def pack(bundle: Path, target: Path, key: "Ed25519PublicKey | None" = None) -> None:
    """Write the bundle as one file; the same bundle gives the same bytes. Raises InputError where `target` is there."""
    if target.exists():
        raise InputError(Place(str(target)), "file", "exists, and is not replaced")
    if target.suffix != ".zip":
        raise InputError(Place(str(target)), "file", "expected a name ending in .zip")
    with opened(bundle, LIMITS) as files:
        manifest = manifest_of(files, key)
        with replacing(target) as file, ZipFile(file, "w", allowZip64=False) as archive:
            try:
                for name, data in _verified_files(files, manifest):
                    archive.writestr(_entry(name), data)
            except LargeZipFile:
                raise InputError(Place(str(target)), "file", "a .zip holds at most 4 GiB") from None


def unpack(bundle: Path, folder: Path, key: "Ed25519PublicKey | None" = None) -> None:
    """Write the files of the bundle into `folder`, which is made. Raises InputError where it is there."""
    if folder.exists():
        raise InputError(Place(str(folder)), "folder", "exists, and is not replaced")
    with opened(bundle, LIMITS) as files:
        manifest = manifest_of(files, key)
        with _new_folder(folder) as work:
            for name, data in _verified_files(files, manifest):
                (work / name).write_bytes(data)


def sign(bundle: Path, key: "Ed25519PrivateKey") -> None:
    """Write the signature of the bundle, a folder that must be whole. Raises BundleError where it is not whole,
    InputError where it is packed.
    """
    if bundle.is_file():
        raise InputError(Place(str(bundle)), "bundle", "is a file; unpack it, sign the folder and pack that")
    with opened(bundle, LIMITS) as files:
        data = read_small(files, MANIFEST)
        read_verified(files, manifest_of(files), ())
    write_atomically(bundle / SIGNATURE, key.sign(data))


def _verified_files(files: Files, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    """Each file of the bundle, one at a time in memory; raises BundleError on one that is not as listed."""
    for name in (MANIFEST, SIGNATURE):
        if name in files.names():
            yield name, read_small(files, name)
    for name in sorted(manifest.files):
        yield name, read_verified(files, manifest.only(name), (name,))[name]


def _entry(name: str) -> ZipInfo:
    info = ZipInfo(name, _NO_DATE)
    info.create_system = 3  # Unix, whose rights are meant
    info.external_attr = _PLAIN_FILE
    info.compress_type = ZIP_STORED if name.endswith(_STORED) else ZIP_DEFLATED
    return info


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write to that becomes `folder` at the end; on an error nothing is left of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.", ignore_cleanup_errors=True) as work:
        inside = Path(work) / folder.name
        inside.mkdir()
        yield inside
        inside.rename(folder)
