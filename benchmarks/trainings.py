"""A recipe, a seed and data → a checkpoint, by the project's own training; what it was trained from lies beside it.

<folder>/recipe.toml                      the derived recipe; `dateline train` takes it too
<folder>/schema.toml, {train,validation,test}.jsonl   of a public benchmark
<folder>/checkpoint/                      trained once, and reused as long as the recipe and the data are the same
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from dateline_labels.files import write_atomically, write_dispatches
from dateline_train.recipe import DataSection, Recipe, TeacherSection
from dateline_train.training import run_training
from public_data import PublicData


def train_on_own(recipe: Recipe, folder: Path, split: Literal["number", "held-out"]) -> Path:
    """Train on the recipe's own files, split as said; returns the checkpoint's folder."""
    return _train(replace(recipe, data=replace(recipe.data, split=split, splits=None, validation=())), folder)


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
    return _train(replace(recipe, data=section, model=model, teacher=TeacherSection()), folder)


def _train(recipe: Recipe, folder: Path) -> Path:
    checkpoint = folder / "checkpoint"
    path = folder / "recipe.toml"
    write_atomically(path, toml(replace(recipe, output=checkpoint).to_dict()).encode("utf-8"))
    run_training(path)
    return checkpoint


def toml(plain: Mapping[str, Any]) -> str:
    """Plain data of tables, lists, strings, numbers and booleans as TOML; what is None is left out."""
    return "\n".join(_lines(plain, ())) + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    if path:
        yield f"\n[{'.'.join(map(_key, path))}]"
    for name, value in table.items():
        if value is not None and not isinstance(value, Mapping):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _lines(value, (*path, name))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    # a JSON string, list, number or boolean is a TOML one, but for the surrogates of ASCII JSON and for DEL
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
