"""A bundle → the Extractor that reads with it, built from the very bytes that were checked; see `manifest`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from dateline_labels import BundleError, InputError, Place, one_line
from pydantic import BaseModel, ConfigDict
from safetensors.numpy import load as load_safetensors
from tokenizers import Tokenizer

from .choosing import BEST, Asked, choose
from .config import ReadingConfig
from .engines import build_engine
from .extractor import Extractor
from .forms import FORM_COUNT
from .heads import SpanBatch
from .host import Host
from .manifest import CONFIG, GATE, HEADS, TOKENIZER, VARIANTS, read_manifest, read_verified
from .network import BundleNetwork, Network
from .pairs import FEATURE_SIZES
from .tags import tag_count
from .tokens import FloatArray

_EXTERNAL = b"location"
"""The key under which an ONNX file names another file that holds weights. Nothing would check that file, and
onnxruntime looks for it wherever the command is run.
"""


class BundleConfig(BaseModel):
    """`config.json` of a bundle."""

    model_config = ConfigDict(extra="forbid")

    reading: dict[str, Any]
    padding: int


def load_bundle(folder: Path, asked: Asked = BEST, threads: int = 0, gated: bool = False) -> Extractor:
    """The extractor of a bundle with the engine that `choosing` takes, on so many threads (0: one a core).

    Raises BundleError, one line, where the bundle is not whole, InputError where what was asked for is not there.
    """
    manifest = read_manifest(folder)
    choice = choose(asked, Host.look(), manifest.variants)
    graph = VARIANTS[choice.variant]
    if gated and GATE not in manifest.files:
        raise InputError(Place("--gate"), "gate", f"{folder} has none: its recipe names no labels for one")
    contents = read_verified(folder, manifest, (CONFIG, HEADS, TOKENIZER, graph, *([GATE] if gated else [])))
    try:
        config = BundleConfig.model_validate_json(contents[CONFIG])
        reading = ReadingConfig.from_dict(config.reading)
        tokenizer = Tokenizer.from_str(contents[TOKENIZER].decode("utf-8"))
        weights: dict[str, FloatArray] = load_safetensors(contents[HEADS])
        _check_weights(weights, folder / HEADS)
        if _EXTERNAL in contents[graph]:
            raise BundleError(f"{folder / graph}: expected no weights in other files")
        gate: dict[str, FloatArray] = load_safetensors(contents[GATE]) if gated else {}
        _check_weights(gate, folder / GATE)
        network = BundleNetwork(build_engine(contents[graph], choice, threads), weights, gate, choice)
        extractor = Extractor(network, tokenizer, reading, config.padding, gated)
        _check_fit(extractor, network, gated)
    except (BundleError, KeyboardInterrupt, SystemExit):
        raise
    # every library has its own kind, a panic in the tokenizer is not even an Exception; the bundle is unusable
    except BaseException as error:
        raise BundleError(f"{folder}: {one_line(f'{type(error).__name__}: {error}')}") from error
    return extractor


def _check_weights(weights: Mapping[str, FloatArray], file: Path) -> None:
    for name, values in weights.items():
        if values.dtype != np.float32 or not np.isfinite(values).all():
            raise BundleError(f"{file}: {name}: expected finite float32 numbers")


def _check_fit(extractor: Extractor, network: Network, gated: bool) -> None:
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
