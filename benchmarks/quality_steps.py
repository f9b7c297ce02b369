"""One step of the quality benchmark: a training or a checkpoint → its figures on each of the data asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import conll04
import muc4
import re3d
from dateline_infer import Extractor
from dateline_labels import Dispatch, read_dispatches
from dateline_labels.splits import leave_folders_out, split_by_number
from dateline_train.evaluating import load_extractor
from dateline_train.recipe import Recipe
from disturbing import DISTURBANCES, disturbed
from measuring import Figures, measured, measured_roles
from public_data import PublicData
from quality_table import QualityTable
from role_fillers import Entity
from trainings import train_on_own, train_on_public

ROOT = Path(__file__).resolve().parent.parent
DATA = ("corpus", "held-out", "real", "disturbed", "conll04", "muc4", "re3d")
SHIPPED = ("corpus", "real", "disturbed")
"""What one training on the shipped corpus is measured on."""
NOTES = {
    "corpus": ("the corpus is machine-made, and so is its annotation",),
    "real": ("the gold was annotated by instances of a large language model, not by people",),
}


@dataclass(frozen=True)
class Sources:
    """Where the data lies."""

    corpus: Path = ROOT / "labels" / "corpus"
    shared: Path = ROOT.parent / "shared"

    def of(self, data: str) -> Path:
        """The file or folder that `data` is read from."""
        if data in ("corpus", "held-out"):
            return self.corpus
        return self.shared / "real" / "dev" if data in SHIPPED else self.shared / "bench" / data


@dataclass(frozen=True)
class Step:
    """One training, or one checkpoint that is there already, and the data it is measured on."""

    column: str
    seed: str
    data: tuple[str, ...]
    folder: Path
    recipe: Recipe | None  # None: `folder` holds results alone, the column names the checkpoint


def take(step: Step, sources: Sources, table: QualityTable) -> Iterator[tuple[str, Figures]]:
    """Train, or load what is there, and measure; yields the figures by data, and notes in the table what they are of.

    Raises InputError on faulty data, BundleError where the checkpoint is none.
    """
    if step.recipe is None:
        yield from _shipped(load_extractor(Path(step.column)), step, sources, table)
    elif set(step.data) <= set(SHIPPED):
        extractor = load_extractor(train_on_own(step.recipe, step.folder, "number"))
        yield from _shipped(extractor, step, sources, table)
    elif step.data == ("held-out",):
        extractor = load_extractor(train_on_own(step.recipe, step.folder, "held-out"))
        yield "held-out", measured(extractor, _held_out(extractor, step.recipe, sources, table), step.folder)
    else:
        yield step.data[0], _public(step.data[0], step.recipe, step.folder, sources, table)


def _shipped(extractor: Extractor, step: Step, sources: Sources, table: QualityTable) -> Iterator[tuple[str, Figures]]:
    """The figures of a reader of the shipped schema."""
    schema = extractor.config.schema
    if "corpus" in step.data:
        gold = split_by_number(read_dispatches([sources.corpus], schema)).test
        yield "corpus", measured(extractor, gold, step.folder / "test")
        table.notes["corpus"] = (*NOTES["corpus"], _size(gold))
    real = read_dispatches([sources.of("real")], schema) if {"real", "disturbed"} & set(step.data) else []
    if "real" in step.data:
        yield "real", measured(extractor, real, step.folder / "real")
        table.notes["real"] = (*NOTES["real"], _size(real))
    if "disturbed" in step.data:
        for name, disturbance in DISTURBANCES.items():
            again, count = disturbed(real, disturbance)
            yield f"real, {name}", measured(extractor, again, step.folder / f"real-{name.replace(' ', '-')}")
            table.notes[f"real, {name}"] = (f"{count} pieces of {len(real)} dispatches were rewritten",)


def _held_out(extractor: Extractor, recipe: Recipe, sources: Sources, table: QualityTable) -> tuple[Dispatch, ...]:
    dispatches = read_dispatches([sources.corpus], extractor.config.schema)
    gold = leave_folders_out(dispatches, recipe.data.held_out).test
    table.notes["held-out"] = (f"left out are {', '.join(recipe.data.held_out)}", _size(gold))
    return gold


def _public(name: str, recipe: Recipe, folder: Path, sources: Sources, table: QualityTable) -> Figures:
    data, entities = _read_public(name, sources.of(name))
    table.notes[name] = data.notes
    extractor = load_extractor(train_on_public(recipe, folder, data))
    if entities is not None:
        return measured_roles(extractor, data.test, entities, folder)
    return measured(extractor, data.test, folder)


def _read_public(name: str, folder: Path) -> tuple[PublicData, list[dict[str, list[Entity]]] | None]:
    if name == "muc4":
        return muc4.read(folder)
    return (conll04.read(folder) if name == "conll04" else re3d.read(folder)), None


def _size(gold: Sequence[Dispatch]) -> str:
    words = sum(len(dispatch.text.split()) for dispatch in gold)
    spans = sum(len(dispatch.spans) for dispatch in gold)
    return f"{len(gold)} dispatches, {words} words, {spans} spans, {sum(len(d.relations) for d in gold)} relations"
