"""The manifest of a bundle, and the bytes of its files once they were checked against it.

    manifest.json           the files with their sizes and SHA-256, and the certificate
    config.json             schema, windows, thresholds, padding
    encoder.onnx            encoder and tag head; input_ids, attention_mask, forms → token_vectors, tag_logits
    encoder.PRECISION.onnx  the same in another precision, if any
    heads.safetensors       weights of the attribute head and the relation head
    gate.safetensors        weights of the gate, if the model has one
    tokenizer.json          the tokenizer
    metrics.json            figures on validation dispatches
    training.json           recipe and versions the checkpoint was trained with
    README.md               the card
    manifest.sig            64 bytes, the Ed25519 signature of manifest.json, if the bundle is signed

No pickle, no code, no links: a file that is not listed here, not in the manifest or not as listed refuses the bundle.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dateline_labels import BundleError, one_line
from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from .certificate import Certificate
from .encoders import FP32, VARIANTS
from .files import MANIFEST, Files, opened
from .json_check import read_strict, unfit
from .signing import is_signed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = 3
SIGNATURE = "manifest.sig"
CARD = "README.md"
CONFIG, HEADS, TOKENIZER, METRICS, TRAINING = (
    "config.json",
    "heads.safetensors",
    "tokenizer.json",
    "metrics.json",
    "training.json",
)
GATE = "gate.safetensors"
REQUIRED = frozenset({CARD, CONFIG, HEADS, TOKENIZER, METRICS, TRAINING, VARIANTS[FP32]})
ALLOWED = REQUIRED | {GATE, *VARIANTS.values()}

_MEBIBYTE = 2**20
LIMITS = {
    **dict.fromkeys((MANIFEST, CONFIG, TRAINING, CARD), _MEBIBYTE),
    **dict.fromkeys(VARIANTS.values(), 2**31),  # no ONNX file can be larger
    HEADS: 256 * _MEBIBYTE,
    GATE: 256 * _MEBIBYTE,
    TOKENIZER: 64 * _MEBIBYTE,
    METRICS: 4 * _MEBIBYTE,
    SIGNATURE: 64,
}
"""Every file that a bundle may have, with the most bytes of each."""
_PIECE = _MEBIBYTE


class FileRecord(BaseModel):
    """Size and digest of one file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a bundle holds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: int
    dateline: str
    files: dict[str, FileRecord]
    certificate: Certificate | None
    _digest: str = PrivateAttr("")

    @property
    def variants(self) -> list[str]:
        """The precisions of which the bundle has an encoder."""
        return [precision for precision, name in VARIANTS.items() if name in self.files]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes, which vouch for all others; empty where it was not read from a bundle."""
        return self._digest

    def only(self, name: str) -> "Manifest":
        """The same, of one file."""
        return self.model_copy(update={"files": {name: self.files[name]}})


def read_manifest(path: Path, key: "Ed25519PublicKey | None" = None) -> Manifest:
    """The manifest of a bundle; raises BundleError where there is none to be read. With a key, its owner must have
    signed these very bytes.
    """
    with opened(path, LIMITS) as files:
        return manifest_of(files, key)


def manifest_of(files: Files, key: "Ed25519PublicKey | None" = None) -> Manifest:
    """As `read_manifest`, of a bundle that is open. Raises as that."""
    path = files.path / MANIFEST
    names = files.names()
    if MANIFEST not in names:
        raise BundleError(f"{files.path}: not a bundle, there is no {MANIFEST}")
    data = read_small(files, MANIFEST)
    if key is not None:
        _check_signature(files, data, key)
    try:
        manifest = Manifest.model_validate(read_strict(data, path))
    except ValidationError as error:
        raise unfit(path, error) from None
    manifest._digest = hashlib.sha256(data).hexdigest()
    if manifest.format != FORMAT:
        raise BundleError(
            f"{path}: format {manifest.format}, this version reads format {FORMAT}; package the checkpoint again"
        )
    for name in sorted(REQUIRED - set(manifest.files)):
        raise BundleError(f"{path}: {name} is not listed, without which there is no bundle")
    for name in sorted(set(manifest.files) - ALLOWED):
        raise BundleError(f"{path}: {one_line(name, 100)}: a file that no bundle has")
    for name in sorted(names - {MANIFEST, SIGNATURE, *manifest.files}):
        raise BundleError(f"{files.path / name}: a file that is not in the manifest")
    return manifest


def read_verified(files: Files, manifest: Manifest, wanted: Collection[str]) -> dict[str, bytes]:
    """The bytes of the wanted files of a bundle, all of whose files were checked against the manifest. Raises
    BundleError at the first that is not as listed.
    """
    contents = {}
    for name, record in sorted(manifest.files.items()):
        data = _checked(files, name, record, keep=name in wanted)
        if name in wanted:
            contents[name] = data
    return contents


def read_small(files: Files, name: str) -> bytes:
    """A file that the manifest does not vouch for, the manifest itself or its signature; raises BundleError where it
    is too large.
    """
    with files.open(name) as (stream, _):
        data = stream.read(LIMITS[name] + 1)
    if len(data) > LIMITS[name]:
        raise BundleError(f"{files.path / name}: expected at most {LIMITS[name]} bytes")
    return data


def write_bundle(
    folder: Path,
    contents: Mapping[str, bytes],
    dateline: str,
    certificate: Certificate | None,
    key: "Ed25519PrivateKey | None" = None,
) -> None:
    """Write the files of a bundle and, last, its manifest into `folder`, which must exist; with a key, signed."""
    records = {
        name: FileRecord(bytes=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in contents.items()
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    manifest = Manifest(format=FORMAT, dateline=dateline, files=records, certificate=certificate)
    data = (json.dumps(manifest.model_dump(), indent=1, sort_keys=True) + "\n").encode("utf-8")
    (folder / MANIFEST).write_bytes(data)
    if key is not None:
        (folder / SIGNATURE).write_bytes(key.sign(data))


def _check_signature(files: Files, manifest: bytes, key: "Ed25519PublicKey") -> None:
    path = files.path / SIGNATURE
    if SIGNATURE not in files.names():
        raise BundleError(f"{path}: missing, but a signature is required")
    if not is_signed(manifest, read_small(files, SIGNATURE), key):
        raise BundleError(f"{path}: not a signature of {MANIFEST} by the required key")


def _checked(files: Files, name: str, record: FileRecord, *, keep: bool) -> bytes:
    """The bytes of a file, which are as the manifest says; none where they are not kept."""
    path, most = files.path / name, LIMITS[name]
    with files.open(name) as (stream, size):
        if size != record.bytes:
            raise BundleError(f"{path}: expected {record.bytes} bytes, got {size}")
        if size > most:
            raise BundleError(f"{path}: expected at most {most} bytes, got {size}")
        # in one piece where it is kept, for joined pieces would need twice the memory
        pieces = iter(lambda: stream.read(size + 1 if keep else _PIECE), b"")
        data, digest, length = b"", hashlib.sha256(), 0
        while length <= size and (piece := next(pieces, b"")):
            digest.update(piece)
            length += len(piece)
            data += piece if keep else b""
    if length != size or digest.hexdigest() != record.sha256:
        raise BundleError(f"{path}: expected the SHA-256 {one_line(record.sha256, 100)}, got {digest.hexdigest()}")
    return data
