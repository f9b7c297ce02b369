"""A bundle: a packaged checkpoint as a folder of data files, each checked against the manifest before it is used.

    manifest.json      the files with their sizes and SHA-256, and the proof that bundle and checkpoint read alike
    config.json        schema, windows, thresholds, padding
    encoder.onnx       encoder and tag head; input_ids, attention_mask → token_vectors, tag_logits
    heads.safetensors  weights of the attribute head and the relation head
    tokenizer.json     the tokenizer
    metrics.json       figures on validation dispatches
    training.json      recipe and versions the checkpoint was trained with

No pickle, no code, no links: a file that is not listed here, not in the manifest or not as listed refuses the bundle.
"""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from dateline_labels import BundleError, one_line
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors.numpy import load as load_safetensors
from tokenizers import Tokenizer

from .config import ReadingConfig
from .extractor import Extractor
from .forms import FORM_COUNT
from .heads import SpanBatch
from .network import Network, OnnxNetwork
from .pairs import FEATURE_SIZES
from .tags import tag_count
from .tokens import FloatArray

FORMAT = 1
MANIFEST = "manifest.json"
FILES = ("config.json", "encoder.onnx", "heads.safetensors", "metrics.json", "tokenizer.json", "training.json")
_MOST_BYTES = 2**31  # no ONNX file can be larger
_EXTERNAL = b"location"
"""The key under which an ONNX file names another file that holds weights. Nothing would check that file, and
onnxruntime looks for it wherever the command is run.
"""


class FileRecord(BaseModel):
    """Size and digest of one file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    bytes: int
    sha256: str


class Proof(BaseModel):
    """How bundle and checkpoint compare on validation dispatches; shares from 0 to 1, F1 in per cent."""

    model_config = ConfigDict(extra="forbid", strict=True)

    dispatches: int
    spans_agree: float
    relations_agree: float
    largest_logit_difference: float
    tolerance: float
    span_f1: dict[str, float]
    relation_f1: dict[str, float]


class Manifest(BaseModel):
    """What a bundle holds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: int
    dateline: str
    files: dict[str, FileRecord]
    proof: Proof | None


class BundleConfig(BaseModel):
    """`config.json` of a bundle."""

    model_config = ConfigDict(extra="forbid")

    reading: dict[str, Any]
    padding: int


def load_bundle(folder: Path) -> Extractor:
    """The extractor of a bundle, built from the bytes that were checked; raises BundleError, one line, where it is not
    whole.
    """
    contents = read_verified(folder)
    try:
        config = BundleConfig.model_validate_json(contents["config.json"])
        reading = ReadingConfig.from_dict(config.reading)
        tokenizer = Tokenizer.from_str(contents["tokenizer.json"].decode("utf-8"))
        weights: dict[str, FloatArray] = load_safetensors(contents["heads.safetensors"])
        _check_weights(weights, folder)
        if _EXTERNAL in contents["encoder.onnx"]:
            raise BundleError(f"{folder / 'encoder.onnx'}: expected no weights in other files")
        network = OnnxNetwork(contents["encoder.onnx"], weights)
        extractor = Extractor(network, tokenizer, reading, config.padding)
        _check_fit(extractor, network)
    except (BundleError, KeyboardInterrupt, SystemExit):
        raise
    # every library has its own kind, a panic in the tokenizer is not even an Exception; the bundle is unusable
    except BaseException as error:
        raise BundleError(f"{folder}: {one_line(f'{type(error).__name__}: {error}')}") from error
    return extractor


def read_verified(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a bundle, checked against the manifest."""
    manifest = read_manifest(folder)
    if tuple(sorted(manifest.files)) != FILES:
        raise BundleError(f"{folder / MANIFEST}: expected the files {', '.join(FILES)}")
    present = {entry.name for entry in os.scandir(folder)}
    for name in sorted(present - {MANIFEST, *FILES}):
        raise BundleError(f"{folder / name}: a file that no bundle has")
    return {name: _read(folder / name, manifest.files[name]) for name in FILES}


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
        raise BundleError(f"{path}: format {manifest.format}, this version reads format {FORMAT}")
    return manifest


def write_bundle(folder: Path, contents: Mapping[str, bytes], dateline: str, proof: Proof | None) -> None:
    """Write the files of a bundle and, last, its manifest into `folder`, which must exist."""
    records = {
        name: FileRecord(bytes=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in contents.items()
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    manifest = Manifest(format=FORMAT, dateline=dateline, files=records, proof=proof)
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


def _check_weights(weights: Mapping[str, FloatArray], folder: Path) -> None:
    for name, values in weights.items():
        if values.dtype != np.float32 or not np.isfinite(values).all():
            raise BundleError(f"{folder / 'heads.safetensors'}: {name}: expected finite float32 numbers")


def _check_fit(extractor: Extractor, network: Network) -> None:
    """Run one full window of the largest token id through the model, so that parts which do not fit each other or the
    schema show here and not in the middle of an archive. Raises ValueError, or whatever the libraries raise.
    """
    schema = extractor.config.schema
    ids = np.full((1, extractor.config.window), extractor.padding, dtype=np.int64)
    ids[0, -1] = max(extractor.tokenizer.get_vocab(with_added_tokens=True).values())
    last = len(schema.spans) - 1
    pair, features = np.array([[0, 1]]), np.array([FEATURE_SIZES]) - 1
    with np.errstate(all="ignore"):  # what overflows is refused below
        vectors, tag_logits = network.encode(ids, np.ones_like(ids), np.full_like(ids, FORM_COUNT - 1))
        _check_logits("tags", tag_logits, tag_count(len(schema.spans)))
        spans = SpanBatch(vectors[0], np.array([last, last]), np.array([0, 1]), np.array([1, 2]))
        values = sum(len(values) for _, _, values in schema.attributes)
        _check_logits("attribute values", network.attribute_logits(spans), values)
        _check_logits("relations", network.relation_logits(spans, pair, features), len(schema.relations))


def _check_logits(name: str, logits: FloatArray, width: int) -> None:
    if logits.shape[-1] != width:
        raise ValueError(f"the schema has {width} {name}, the model {logits.shape[-1]}")
    if not np.isfinite(logits).all():
        raise ValueError(f"expected finite logits of {name}")
