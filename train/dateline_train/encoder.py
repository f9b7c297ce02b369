"""The pretrained encoder by its name: files of a Python package, a local folder, or a hub id."""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dateline_labels import InputError, Place
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from .recipe import EncoderSection

_PACKAGE = "package:"


def load_encoder(section: EncoderSection, place: Place) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The encoder with its weights and its fast tokenizer.

    Only a hub id reaches the network; code that a model brings with it is never run. Raises InputError where the
    encoder is not there, its weights are not the ones named by `sha256`, or its tokenizer is a slow one.
    """
    folder = _folder(section.name, place)
    if folder:
        _check_weights(folder, section, place)
    where: dict[str, Any] = {"local_files_only": True} if folder else {"revision": section.revision}
    name = str(folder or section.name)
    tokenizer = AutoTokenizer.from_pretrained(name, **where)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise InputError(
            place,
            "encoder.name",
            f"{section.name} has only a slow tokenizer, which gives no offsets; a fast one is needed",
        )
    config = AutoConfig.from_pretrained(name, **where)
    limit = getattr(config, "max_position_embeddings", None)
    if limit and section.window > limit:
        what = f"the encoder reads {limit} tokens at once, got a window of {section.window}"
        raise InputError(place, "encoder.window", what)
    encoder, loading = AutoModel.from_pretrained(name, config=config, output_loading_info=True, **where)
    missing = sorted(weight for weight in loading["missing_keys"] if not weight.startswith("pooler."))
    if missing:  # they would be random numbers, and nobody would know
        raise InputError(place, "encoder.name", f"{section.name} has no weights for {missing[0]}")
    return encoder, tokenizer


def _folder(name: str, place: Place) -> Path | None:
    """The local folder that `name` stands for; None for a hub id."""
    if not name.startswith(_PACKAGE):
        return Path(name) if Path(name).is_dir() else None
    module, _, inside = name.removeprefix(_PACKAGE).partition("/")
    spec = find_spec(module)
    if spec is None or not spec.origin:
        raise InputError(place, "encoder.name", f"the Python package {module} is not installed")
    return Path(spec.origin).parent / inside


def _check_weights(folder: Path, section: EncoderSection, place: Place) -> None:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise InputError(place, "encoder.name", f"{weights} is not there")
    if section.sha256:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != section.sha256:
            raise InputError(place, "encoder.sha256", f"expected {section.sha256}, got {digest} in {weights}")
