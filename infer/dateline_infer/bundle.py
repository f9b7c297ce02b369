"""A bundle → the Extractor that reads with it, built from the very bytes that were checked; see `manifest`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from dateline_bundle.encoders import VARIANTS
from dateline_bundle.files import opened
from dateline_bundle.json_check import read_record, unfit
from dateline_bundle.manifest import (
    CARD,
    CONFIG,
    GATE,
    HEADS,
    LIMITS,
    METRICS,
    TOKENIZER,
    TRAINING,
    Manifest,
    manifest_of,
    read_verified,
)
from dateline_bundle.onnx_check import check_graph
from dateline_bundle.tokenizer_check import read_tokenizer
from dateline_labels import BundleError, InputError, Place, one_line
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Tokenizer

from .choosing import BEST, Asked, choose
from .config import ReadingConfig
from .engines import build_engine
from .extractor import Extractor
from .forms import FORM_COUNT
from .heads import SpanBatch
from .host import Host
from .network import BundleNetwork, Network
from .pairs import FEATURE_SIZES
from .tags import tag_count
from .tokens import FloatArray
from .weights import read_gate, read_heads
from .windows import SpecialTokens

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PARTS = (CONFIG, HEADS, TOKENIZER, METRICS, TRAINING, CARD)
"""What is looked into whatever is asked for."""


class BundleConfig(BaseModel):
    """`config.json` of a bundle."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reading: dict[str, Any]
    padding: int


@dataclass(frozen=True)
class Parts:
    """What a bundle holds besides its encoders, checked; `metrics` and `training` are plain JSON data."""

    reading: ReadingConfig
    padding: int
    tokenizer: Tokenizer
    weights: Mapping[str, FloatArray]
    gate: Mapping[str, FloatArray]
    largest_token: int
    metrics: Any
    training: Any


def load_bundle(
    path: Path, asked: Asked = BEST, threads: int = 0, gated: bool = False, key: "Ed25519PublicKey | None" = None
) -> Extractor:
    """The extractor of a bundle, a folder or a .zip, with the engine that `choosing` takes, on so many threads (0: one
    a core); with a key, its owner must have signed the bundle.

    Raises BundleError, one line, where the bundle is not whole, InputError where what was asked for is not there.
    """
    with opened(path, LIMITS) as files:
        manifest = manifest_of(files, key)
        choice = choose(asked, Host.look(), manifest.variants)
        graph = VARIANTS[choice.variant]
        check_gate(manifest, gated, path)
        contents = read_verified(files, manifest, (*PARTS, graph, *([GATE] if gated else [])))
    parts = parts_of(contents, path)
    check_encoder(contents[graph], path / graph, parts)
    with _naming(path / graph):
        network = BundleNetwork(build_engine(contents[graph], choice, threads), parts.weights, parts.gate, choice)
    with _naming(path):
        extractor = Extractor(
            network, parts.tokenizer, parts.reading, parts.padding, gated, choice.device, manifest.digest
        )
        _check_fit(extractor, network, parts.largest_token, gated)
    return extractor


def check_gate(manifest: Manifest, gated: bool, path: Path) -> None:
    """Raises InputError where a gate is asked for and the bundle has none."""
    if gated and GATE not in manifest.files:
        raise InputError(Place("--gate"), "gate", f"{path} has none: its recipe names no labels for one")


def read_config(path: Path, key: "Ed25519PublicKey | None" = None) -> tuple[Manifest, ReadingConfig]:
    """What a bundle says of itself, without an encoder; raises BundleError where it is not whole."""
    with opened(path, LIMITS) as files:
        manifest = manifest_of(files, key)
        contents = read_verified(files, manifest, PARTS)
    return manifest, parts_of(contents, path).reading


def parts_of(contents: Mapping[str, bytes], path: Path) -> Parts:
    """The parts of the bundle at `path`; raises BundleError naming the file that is not as it must be."""
    with _naming(path / CONFIG):
        config = BundleConfig.model_validate(read_record(contents[CONFIG], path / CONFIG))
        reading = ReadingConfig.from_dict(config.reading)
    with _naming(path / CARD):
        contents[CARD].decode("utf-8")
    with _naming(path / TOKENIZER):
        tokenizer = read_tokenizer(contents[TOKENIZER], path / TOKENIZER)
        special = SpecialTokens.of(tokenizer, config.padding)
        if reading.window - special.count <= reading.overlap:
            raise ValueError(f"expected room in windows of {reading.window} tokens, {special.count} are special ones")
        largest = _largest_token(tokenizer, special)
    with _naming(path / HEADS):
        weights = read_heads(contents[HEADS], path / HEADS, reading.schema)
    with _naming(path / GATE):
        gate = read_gate(contents[GATE], path / GATE, largest) if GATE in contents else {}
    metrics, training = (read_record(contents[name], path / name) for name in (METRICS, TRAINING))
    return Parts(reading, config.padding, tokenizer, weights, gate, largest, metrics, training)


def check_encoder(graph: bytes, path: Path, parts: Parts) -> None:
    """Raises BundleError where the ONNX file must not reach a runtime, or does not know each token of the tokenizer:
    openvino reads zeros past the end of a table, without a word.
    """
    with _naming(path):
        try:
            rows = check_graph(graph)
        except ValueError as error:
            raise BundleError(f"{path}: {one_line(str(error))}") from None
    largest = {"input_ids": parts.largest_token, "forms": FORM_COUNT - 1}
    for name, number in largest.items():
        if name not in rows:
            raise BundleError(f"{path}: expected a table that {name} are looked up in")
        if number >= rows[name]:
            raise BundleError(f"{path}: has {rows[name]} rows for {name}, the largest number is {number}")


def _largest_token(tokenizer: Tokenizer, special: SpecialTokens) -> int:
    """The largest id that the encoder may be given: of a word, around a text or beside it."""
    ids = (*tokenizer.get_vocab(with_added_tokens=True).values(), *special.prefix, *special.suffix, special.padding)
    if min(ids) < 0:
        raise ValueError("expected no padding token below 0")
    return max(ids)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Whatever a library raises, as a BundleError that names the file."""
    try:
        yield
    except (BundleError, KeyboardInterrupt, SystemExit):
        raise
    except ValidationError as error:
        raise unfit(path, error) from None
    # every library has its own kind, a panic in the tokenizer is not even an Exception; the bundle is unusable
    except BaseException as error:
        raise BundleError(f"{path}: {one_line(f'{type(error).__name__}: {error}')}") from error


def _check_fit(extractor: Extractor, network: Network, largest_token: int, gated: bool) -> None:
    """Run one full window of the largest token id through the model, so that parts which do not fit each other or the
    schema show here and not in the middle of an archive. Raises ValueError, or whatever the libraries raise.
    """
    schema = extractor.config.schema
    ids = np.full((1, extractor.config.window), extractor.padding, dtype=np.int64)
    ids[0, -1] = largest_token
    last = len(schema.spans) - 1
    pair, features = np.array([[0, 1]]), np.array([FEATURE_SIZES]) - 1
    with np.errstate(all="ignore"):  # what overflows is refused below
        vectors, tag_logits = network.encode(ids, np.ones_like(ids), np.full_like(ids, FORM_COUNT - 1))
        if vectors.shape[:2] != ids.shape:
            raise ValueError(f"the encoder does not read windows of {extractor.config.window} tokens")
        _check_logits("tags", tag_logits, tag_count(len(schema.spans)))
        spans = SpanBatch(vectors[0], np.array([last, last]), np.array([0, 1]), np.array([1, 2]))
        values = sum(len(values) for _, _, values in schema.attributes)
        _check_logits("attribute values", network.attribute_logits(spans), values)
        if gated:
            _check_logits("texts", network.gate_scores([ids[0]])[None], 1)
        _check_logits("relations", network.relation_logits(spans, pair, features), len(schema.relations))


def _check_logits(name: str, logits: FloatArray, width: int) -> None:
    if logits.shape[-1] != width:
        raise ValueError(f"the schema has {width} {name}, the model {logits.shape[-1]}")
    if not np.isfinite(logits).all():
        raise ValueError(f"expected finite logits of {name}")
