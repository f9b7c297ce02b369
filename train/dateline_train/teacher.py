"""Checkpoints as teachers: what they make of a batch, and their weights to begin with.

A student may have fewer layers (distillation), or as many as its teachers, of which several are read as one.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from dateline_labels import InputError, Place
from dateline_labels.digests import file_digest
from dateline_report.model_facts import WEIGHTS
from torch import Tensor

from .encoder import keep_layers
from .growing import grown, missing
from .losses import Logits
from .model import DispatchModel
from .network import load_checkpoint
from .recipe import Recipe

_INPUTS = ("input_ids", "attention_mask", "forms", "token_rows", "spans", "pairs")


class Teachers:
    """Reads batches as one or more checkpoints would, without learning."""

    def __init__(self, models: Sequence[DispatchModel]) -> None:
        self._models = models

    def logits(self, batch: dict[str, Tensor]) -> Logits:
        """The mean of their logits for a batch of `Collator`."""
        with torch.no_grad():
            for model in self._models:
                model.to(batch["input_ids"].device)  # type: ignore[arg-type]  # the wrapper of `to` loses its types
            found = [model.logits(**{name: batch[name] for name in _INPUTS}) for model in self._models]
        means = [torch.stack(each).mean(dim=0) for each in zip(*found, strict=True)]
        # token vectors of models that began otherwise have nothing in common: none are to be imitated
        vectors = found[0].vectors if len(found) == 1 else found[0].vectors[:, :0]
        return Logits(vectors, *means[1:])


def load_teachers(recipe: Recipe, model: DispatchModel, place: Place) -> Teachers | None:
    """The teachers of a recipe, None where it names none, or gives what they make of a batch no weight; raises
    InputError where one does not fit the model.
    """
    if not recipe.teacher.weight:
        return None
    models = [_load(folder, model, place) for folder in recipe.teacher.checkpoints]
    for folder, teacher in zip(recipe.teacher.checkpoints, models, strict=True):
        if teacher.reading.schema != model.reading.schema:
            what = f"{folder} was trained with another schema, and cannot teach this one"
            raise InputError(place, "teacher.checkpoints", f"{what}; to begin with its weights alone: weight = 0.0")
    return Teachers(models) if models else None


def begin_as_teacher(model: DispatchModel, recipe: Recipe, place: Place) -> None:
    """Give the model the weights of its first teacher, less the layers that it has not; the labels that the teacher
    does not know begin afresh. Raises InputError where it knows some that the model does not.
    """
    teacher = _load(recipe.teacher.checkpoints[0], model, place)
    if recipe.encoder.layers:
        keep_layers(teacher.encoder, recipe.encoder.layers, place)
    old, new = teacher.reading.schema, model.reading.schema
    if lacking := missing(old, new):
        what = f"{recipe.teacher.checkpoints[0]} knows the {lacking}, which {new.name} {new.version} does not have"
        way = "a schema may grow from one training to the next, not shrink; its encoder alone can be named in [encoder]"
        raise InputError(place, "data.schema", f"{what}; {way}")
    try:
        loaded = model.load_state_dict(grown(teacher.state_dict(), model.state_dict(), old, new), strict=False)
    except RuntimeError as error:  # another width
        raise InputError(place, "teacher.start", " ".join(str(error).split())) from None
    unexpected = [name for name in loaded.unexpected_keys if not name.startswith("gate.")]  # the model gets its own
    if loaded.missing_keys or unexpected:
        odd = [*loaded.missing_keys, *unexpected]
        raise InputError(place, "teacher.start", f"the teacher has another encoder or other heads: {odd[0]}")


def digest(recipe: Recipe) -> str:
    """What tells the teachers of a recipe from others: the SHA-256 of their weights."""
    files = (folder / WEIGHTS for folder in recipe.teacher.checkpoints)
    return " ".join(file_digest(file) for file in files if file.is_file())


def _load(folder: Path, model: DispatchModel, place: Place) -> DispatchModel:
    if not (folder / WEIGHTS).is_file():
        raise InputError(place, "teacher.checkpoints", f"{folder} is no checkpoint; train it first")
    teacher, _ = load_checkpoint(folder)
    if teacher.config.encoder["vocab_size"] != model.config.encoder["vocab_size"]:
        raise InputError(place, "teacher.checkpoints", f"{folder} has another vocabulary")
    return teacher
