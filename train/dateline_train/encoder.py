"""The pretrained encoder by its name: files of a Python package, a local folder, or a hub id; of an encoder alone or
of a checkpoint, whose encoder is taken.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from dateline_labels import InputError, Place
from dateline_labels.digests import file_digest
from dateline_report.model_facts import WEIGHTS
from transformers import (
    MODEL_FOR_MASKED_LM_MAPPING,
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from .model import DispatchConfig, DispatchModel
from .recipe import EncoderSection

_PACKAGE = "package:"


@dataclass(frozen=True)
class Pretrained:
    """An encoder with its weights, in float32, and its fast tokenizer.

    forms  what a checkpoint has learnt besides of how words are written, (forms, hidden) float32; else None
    """

    encoder: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    forms: torch.Tensor | None = None


def load_encoder(section: EncoderSection, place: Place) -> Pretrained:
    """The encoder that a recipe names; of a checkpoint all but its heads.

    Only a hub id reaches the network; code that a model brings with it is never run. Raises InputError where the
    encoder is not there, is no encoder, reads less than a window at once, where its weights are not the ones named by
    `sha256`, or where its tokenizer is a slow one or does not fit.
    """
    folder = _folder(section.name, place)
    if folder:
        _check_weights(folder, section, place)
    name, where = _source(section, place)
    with _loading(section, place):
        config = AutoConfig.from_pretrained(name, **where)
    if not isinstance(config, DispatchConfig):
        _check_kind(config, section, place)
    with _loading(section, place, hint=_sentencepiece_hint()):
        tokenizer = AutoTokenizer.from_pretrained(name, **where)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise InputError(
            place,
            "encoder.name",
            f"{section.name} has only a slow tokenizer, which gives no offsets; a fast one is needed",
        )
    with _loading(section, place):
        # in the half precision that some are published in, no weight would learn
        model, loading = AutoModel.from_pretrained(
            name, config=config, dtype=torch.float32, output_loading_info=True, **where
        )
    missing = sorted(weight for weight in loading["missing_keys"] if not weight.startswith("pooler."))
    if missing:  # they would be random numbers, and nobody would know
        raise InputError(place, "encoder.name", f"{section.name} has no weights for {missing[0]}")
    found = Pretrained(model, tokenizer)
    if isinstance(model, DispatchModel):
        found = Pretrained(model.encoder, tokenizer, model.forms.weight.detach())
    _check_vocabulary(found, section, place)
    limit = _longest_window(found.encoder)
    if limit and section.window > limit:
        what = f"the encoder reads {limit} tokens at once, got a window of {section.window}"
        raise InputError(place, "encoder.window", what)
    return found


def load_gap_filler(section: EncoderSection, place: Place) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The same encoder under the head that guesses hidden tokens, with its tokenizer; the head begins afresh where it
    is not published with the encoder. Raises as `load_encoder`.
    """
    tokenizer = load_encoder(section, place).tokenizer
    name, where = _source(section, place)
    with _loading(section, place):
        model = AutoModelForMaskedLM.from_pretrained(name, dtype=torch.float32, **where)
    return model, tokenizer


def checkpoint_of(section: EncoderSection) -> Path | None:
    """The checkpoint whose encoder it is, where the name is that of a local folder with one."""
    try:
        config = json.loads((Path(section.name) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # a name of another kind, or what `load_encoder` refuses
    is_ours = isinstance(config, dict) and config.get("model_type") == DispatchConfig.model_type
    return Path(section.name) if is_ours else None


def encoder_digest(section: EncoderSection) -> str:
    """What tells an encoder in a local folder from others, wherever the folder lies: the SHA-256 of its weights, its
    configuration and its tokenizer; nothing where the name is that of something else.
    """
    folder = Path(section.name)
    if not (folder / WEIGHTS).is_file():
        return ""
    files = (folder / name for name in (WEIGHTS, "config.json", "tokenizer.json"))
    return " ".join(file_digest(file) for file in files if file.is_file())


def keep_layers(encoder: PreTrainedModel, count: int, place: Place) -> None:
    """Leave `count` of the encoder's layers, evenly spread from the first to the last; raises InputError where it has
    fewer.
    """
    total = encoder.config.num_hidden_layers
    name, stack = _layers(encoder, count, place, "encoder.layers")
    kept = [round(at * (total - 1) / max(count - 1, 1)) for at in range(count)]
    parent, _, attribute = name.rpartition(".")
    setattr(encoder.get_submodule(parent), attribute, torch.nn.ModuleList(stack[at] for at in kept))
    encoder.config.num_hidden_layers = count
    kinds = getattr(encoder.config, "layer_types", None)  # some families alternate two kinds of attention
    if kinds:
        encoder.config.layer_types = [kinds[at] for at in kept]


def freeze_layers(encoder: PreTrainedModel, count: int, place: Place) -> None:
    """Let the lowest `count` of the encoder's layers, and all that stands below them, stay as they are; raises
    InputError where it has fewer.
    """
    name, _ = _layers(encoder, count, place, "fitting.frozen_layers")
    learnt = tuple(f"{name}.{at}." for at in range(count, encoder.config.num_hidden_layers))
    below = encoder.get_input_embeddings()
    for parameter, weights in encoder.named_parameters():
        in_embeddings = parameter.startswith("embeddings.") or any(weights is each for each in below.parameters())
        frozen = in_embeddings or (parameter.startswith(f"{name}.") and not parameter.startswith(learnt))
        weights.requires_grad_(not frozen)


def _layers(encoder: PreTrainedModel, count: int, place: Place, field: str) -> tuple[str, torch.nn.ModuleList]:
    """The encoder's layers, with their name in it; raises InputError where they are fewer than `count`, or unknown."""
    total = encoder.config.num_hidden_layers
    stacks = [
        (name, module)
        for name, module in encoder.named_modules()
        if isinstance(module, torch.nn.ModuleList) and len(module) == total
    ]
    if count > total or len(stacks) != 1:
        raise InputError(place, field, f"the encoder has {total} layers, got {count}")
    return stacks[0]


@contextmanager
def _loading(section: EncoderSection, place: Place, hint: str = "") -> Iterator[None]:
    """Whatever the libraries raise over files that are missing, broken or not theirs is an InputError."""
    try:
        yield
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        what = f"{section.name} cannot be loaded: {type(error).__name__}: {reason}{hint}{_elsewhere(section)}"
        raise InputError(place, "encoder.name", what) from error


def _source(section: EncoderSection, place: Place) -> tuple[str, dict[str, Any]]:
    """What transformers is to load, and from where."""
    folder = _folder(section.name, place)
    where: dict[str, Any] = {"local_files_only": True} if folder else {"revision": section.revision}
    where["trust_remote_code"] = False  # without it, transformers asks on the terminal
    return str(folder or section.name), where


def _elsewhere(section: EncoderSection) -> str:
    """What else to name, where a name is taken for that of a hub."""
    if section.name.startswith("package:") or Path(section.name).exists():
        return ""
    return "; no such folder is here, so the hub was asked: name a local folder, or be connected"


def _sentencepiece_hint() -> str:
    if find_spec("sentencepiece"):
        return ""
    return " (to read a tokenizer that is published as a SentencePiece model alone: pip install sentencepiece)"


def _check_kind(config: PreTrainedConfig, section: EncoderSection, place: Place) -> None:
    """Models that learnt to fill gaps see a token from both sides; decoders and models with one do not."""
    decodes = config.is_encoder_decoder or getattr(config, "is_decoder", False)
    if decodes or type(config) not in MODEL_FOR_MASKED_LM_MAPPING:
        what = f"expected an encoder that reads in both directions, as BERT does, got a {config.model_type} model"
        raise InputError(place, "encoder.name", f"{section.name}: {what}")


def _check_vocabulary(found: Pretrained, section: EncoderSection, place: Place) -> None:
    vocabulary = found.tokenizer.get_vocab()
    if set(vocabulary) <= set(found.tokenizer.all_special_tokens):  # as transformers makes it where it finds no file
        raise InputError(place, "encoder.name", f"{section.name} has no tokenizer, or one without words")
    largest, rows = max(vocabulary.values()), found.encoder.get_input_embeddings().get_parameter("weight").shape[0]
    if largest >= rows:
        what = f"{section.name} embeds {rows} tokens, but its tokenizer has one with the number {largest}"
        raise InputError(place, "encoder.name", what)


def _longest_window(encoder: PreTrainedModel) -> int | None:
    """Tokens that the encoder reads at once, special ones included; None where there is no limit."""
    table = getattr(getattr(encoder, "embeddings", None), "position_embeddings", None)
    if isinstance(table, torch.nn.Embedding):
        # RoBERTa and its kin count positions on from the padding's
        return table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1)
    limit: int | None = getattr(encoder.config, "max_position_embeddings", None)
    return limit


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
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise InputError(place, "encoder.name", f"{weights} is not there")
    if section.sha256 and (digest := file_digest(weights)) != section.sha256:
        raise InputError(place, "encoder.sha256", f"expected {section.sha256}, got {digest} in {weights}")
