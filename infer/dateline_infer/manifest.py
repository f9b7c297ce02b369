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

No pickle, no code, no links: a file that is not listed here, not in the manifest or not as listed refuses the bundle.
"""

import hashlib
import json
import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path

from dateline_labels import BundleError, one_line
from pydantic import BaseModel, ConfigDict, ValidationError

from .certificate import Certificate
from .choosing import FP16, FP32, INT8, INT8_DYNAMIC

FORMAT = 2
MANIFEST = "manifest.json"
CARD = "README.md"
CONFIG, HEADS, TOKENIZER, METRICS, TRAINING = (
    "config.json",
    "heads.safetensors",
    "tokenizer.json",
    "metrics.json",
    "training.json",
)
GATE = "gate.safetensors"
VARIANTS = {precision: f"encoder.{precision}.onnx" for precision in (INT8, INT8_DYNAMIC, FP16)}
VARIANTS[FP32] = "encoder.onnx"
REQUIRED = frozenset({CARD, CONFIG, HEADS, TOKENIZER, METRICS, TRAINING, VARIANTS[FP32]})
ALLOWED = REQUIRED | {GATE, *VARIANTS.values()}

_MOST_BYTES = 2**31  # no ONNX file can be larger


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

    @property
    def variants(self) -> list[str]:
        """The precisions of which the bundle has an encoder."""
        return [precision for precision, name in VARIANTS.items() if name in self.files]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a bundle; raises BundleError where there is none to be read."""
    path = folder / MANIFEST
    if not folder.is_dir() or not path.is_file():
        raise BundleError(f"{folder}: not a bundle, there is no {MANIFEST}")
    _check_plain(path, path.lstat())
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise BundleError(f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
    if manifest.format != FORMAT:
        raise BundleError(
            f"{path}: format {manifest.format}, this version reads format {FORMAT}; package the checkpoint again"
        )
    for name in sorted(REQUIRED - set(manifest.files)):
        raise BundleError(f"{path}: {name} is not listed, without which there is no bundle")
    for name in sorted(set(manifest.files) - ALLOWED):
        raise BundleError(f"{path}: {one_line(name, 100)}: a file that no bundle has")
    return manifest


def read_verified(folder: Path, manifest: Manifest, wanted: Collection[str]) -> dict[str, bytes]:
    """The bytes of the wanted files of a bundle, all of whose files were checked against the manifest."""
    present = {entry.name for entry in os.scandir(folder)}
    for name in sorted(present - {MANIFEST, *manifest.files}):
        raise BundleError(f"{folder / name}: a file that is not in the manifest")
    contents = {}
    for name, record in sorted(manifest.files.items()):
        data = _read(folder / name, record)
        if name in wanted:
            contents[name] = data
    return contents


def write_bundle(folder: Path, contents: Mapping[str, bytes], dateline: str, certificate: Certificate | None) -> None:
    """Write the files of a bundle and, last, its manifest into `folder`, which must exist."""
    records = {
        name: FileRecord(bytes=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in contents.items()
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    manifest = Manifest(format=FORMAT, dateline=dateline, files=records, certificate=certificate)
    (folder / MANIFEST).write_text(json.dumps(manifest.model_dump(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _read(path: Path, record: FileRecord) -> bytes:
    try:
        status = path.lstat()
        _check_plain(path, status)
        if status.st_size != record.bytes or status.st_size > _MOST_BYTES:
            raise BundleError(f"{path}: expected {record.bytes} bytes, got {status.st_size}")
        data = path.read_bytes()
    except FileNotFoundError:
        raise BundleError(f"{path}: missing") from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != record.sha256:
        raise BundleError(f"{path}: expected the SHA-256 {record.sha256}, got {digest}")
    return data


def _check_plain(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise BundleError(f"{path}: expected a plain file, got a link or a special file")
