"""A recipe, a seed and data → a checkpoint, by the project's own training; what it was trained from lies beside it.

<folder>/recipe.toml                      the derived recipe; `dateline train` takes it too
<folder>/schema.toml, {train,validation,test}.jsonl   of a public benchmark
<folder>/checkpoint/                      trained once, and reused as long as the recipe and the data are the same
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

from dateline_labels.files import write_atomically, write_dispatches
from dateline_labels.toml_files import toml
from dateline_train.recipe import DataSection, Recipe, TeacherSection
from dateline_train.training import run_training
from public_data import PublicData


def train_on_own(recipe: Recipe, folder: Path, split: Literal["number", "held-out"]) -> Path:
    """Train on the recipe's own files, split as said; returns the checkpoint's folder."""
    return train_on(replace(recipe, data=replace(recipe.data, split=split, splits=None, validation=())), folder)


def train_on_public(recipe: Recipe, folder: Path, data: PublicData) -> Path:
    """Train on a public benchmark with the recipe's encoder and fitting; returns the checkpoint's folder."""
    write_atomically(folder / "schema.toml", toml(asdict(data.schema)).encode("utf-8"))
    parts = {"train": data.train, "validation": data.validation, "test": data.test}
    for name, dispatches in parts.items():
        write_dispatches(dispatches, folder / f"{name}.jsonl")
    files = {name: (folder / f"{name}.jsonl",) for name in ("train", "validation")}
    section = DataSection(folder / "schema.toml", files["train"], files["validation"])
    # neither the labels that a gate looks for nor what a teacher knows are of this schema
    model = replace(recipe.model, gate=())
    return train_on(replace(recipe, data=section, model=model, teacher=TeacherSection()), folder)


def train_on(recipe: Recipe, folder: Path) -> Path:
    """Train a derived recipe; returns the checkpoint's folder."""
    checkpoint = folder / "checkpoint"
    path = folder / "recipe.toml"
    write_atomically(path, toml(replace(recipe, output=checkpoint).to_dict()).encode("utf-8"))
    run_training(path)
    return checkpoint
