"""A recipe and annotated dispatches → how probable models that did not learn from them find what is annotated.

<out>/run.json                what is looked at, by which recipe, in how many folds
<out>/fold-N/readings.jsonl   what the model of a fold made of it, a dispatch a line; a fold that has it is done
<out>/fold-N/                 while it is not: what its model learns from, and the training, which goes on where it was
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import typer
from dateline_formats.format import Annotated
from dateline_infer.weighing import Weighed, weigh
from dateline_labels import InputError, Place, Schema
from dateline_labels.digests import line_of
from dateline_labels.faults import field_path, first_fault
from dateline_labels.files import decode_utf8, write_atomically, write_dispatches
from dateline_labels.progress import with_progress
from dateline_labels.strict_json import read_json
from pydantic import TypeAdapter, ValidationError

from .encoder import checkpoint_of
from .learnt import Known
from .recipe import DataSection, Recipe
from .suspects_folds import Fold, folds_of

RUN, READINGS = "run.json", "readings.jsonl"
_WEIGHED = TypeAdapter(Weighed)


def planned(recipe: Recipe, place: Place, annotated: Annotated, folds: int, out: Path) -> list[Fold]:
    """The folds that the dispatches are cut into; `out` is theirs from now on.

    Raises InputError where there are too few dispatches, or `out` holds another run.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise InputError(place, "processes", "folds are trained by one process, on a GPU where there is one")
    if (encoder := checkpoint_of(recipe.encoder)) and (seen := Known.of(encoder).among(annotated.dispatches)):
        what = f"{encoder} has learnt from what is to be looked at, as {seen[0]}, and would not doubt it"
        raise InputError(place, "encoder.name", what)
    cut = folds_of(annotated, folds, recipe.seed)
    plain = json.dumps({"fingerprint": _fingerprint(recipe, Schema.read(recipe.data.schema), annotated, folds)})
    path = out / RUN
    if path.is_file() and path.read_bytes() != plain.encode():
        raise InputError(Place(str(out)), "out", "holds the folds of another recipe or other data; name another --out")
    write_atomically(path, plain.encode())
    return cut


def read_by_others(recipe: Recipe, place: Place, folds: Sequence[Fold], out: Path) -> dict[str, Weighed]:
    """What a model that learnt from the other folds makes of each dispatch, by its id; raises as a training does.

    Teachers and a checkpoint to begin with are left out, for they may have learnt from what is looked at.
    """
    readings: dict[str, Weighed] = {}
    for fold in folds:
        path = out / f"fold-{fold.number}" / READINGS
        if not path.is_file():
            typer.echo(f"fold {fold.number} of {len(folds)}: {len(fold.checked)} dispatches are looked at", err=True)
            _read_fold(_recipe_of(recipe, fold, path.parent), place, fold, path)
        readings |= read_readings(path, [dispatch.id for dispatch in fold.checked])
    return readings


def _fingerprint(recipe: Recipe, schema: Schema, annotated: Annotated, folds: int) -> str:
    plain = {
        name: section for name, section in recipe.to_dict().items() if name in ("encoder", "seed", "model", "fitting")
    }
    known = json.dumps([plain, recipe.data.varied, schema.to_dict(), folds, version("dateline")], sort_keys=True)
    digest = hashlib.sha256(known.encode())
    for dispatch in annotated.dispatches:
        digest.update(line_of(dispatch))
    return digest.hexdigest()


def _recipe_of(recipe: Recipe, fold: Fold, folder: Path) -> Recipe:
    """The recipe for one fold: nothing that may know what is looked at, no gate, which takes time, and no trackers."""
    data = DataSection(
        recipe.data.schema, (folder / "train.jsonl",), (folder / "validation.jsonl",), varied=recipe.data.varied
    )
    return Recipe(
        name=f"{recipe.name}, fold {fold.number}",
        output=folder / "checkpoint",
        data=data,
        encoder=recipe.encoder,
        seed=recipe.seed,
        model=replace(recipe.model, gate=()),
        fitting=replace(recipe.fitting, report_to=()),
    )


def _read_fold(recipe: Recipe, place: Place, fold: Fold, path: Path) -> None:
    """Train without the fold, read it, keep what was read and remove all else."""
    from .evaluating import load_extractor
    from .training import train_recipe

    write_dispatches(fold.train, recipe.data.files[0])
    write_dispatches(fold.validation, recipe.data.validation[0])
    train_recipe(recipe, place)
    weighed = weigh(load_extractor(recipe.output), fold.checked)
    write_readings(list(with_progress(weighed, len(fold.checked), "looking at the annotation")), path)
    shutil.rmtree(recipe.output)
    for file in (*recipe.data.files, *recipe.data.validation):
        file.unlink()


def write_readings(readings: Sequence[Weighed], path: Path) -> None:
    """A reading a line."""
    lines = "".join(json.dumps(asdict(each), allow_nan=False) + "\n" for each in readings)
    write_atomically(path, lines.encode("utf-8"))


def read_readings(path: Path, ids: Sequence[str]) -> Mapping[str, Weighed]:
    """The readings of a file, which are of these dispatches; raises InputError where they are not."""
    place = Place(str(path))
    readings = []
    for number, line in enumerate(decode_utf8(path.read_bytes(), place).splitlines(), start=1):
        try:
            readings.append(_WEIGHED.validate_python(read_json(line, place.at(number))))
        except ValidationError as error:
            location, what = first_fault(error)
            raise InputError(place.at(number), field_path(location), what) from None
    if [each.id for each in readings] != list(ids):
        raise InputError(place, "id", "expected the readings of this fold; remove the file to read it again")
    return {each.id: each for each in readings}
