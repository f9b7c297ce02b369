"""What a recipe's data section names → the parts that are learnt from, validated and tested on."""

from collections.abc import Mapping
from typing import Any

from dateline_bundle.manifest import TRAINING
from dateline_formats.format import Finding
from dateline_formats.reading import read_annotations
from dateline_labels import InputError, Place, Schema
from dateline_labels.splits import Splits, leave_folders_out, split_by_number, split_randomly
from dateline_splits.file import SplitFile
from pydantic import TypeAdapter

from .recipe import DataSection, RetrainSection
from .retraining import renewed


def read_parts(data: DataSection, schema: Schema, place: Place) -> tuple[Splits, tuple[Finding, ...]]:
    """The parts, and what there is to say about the data. Raises InputError where they are faulty, are not divided as
    the section says, or leave nothing to learn from or to validate on; OSError where a file cannot be read.
    """
    annotated = read_annotations(data.files, schema, data.map)
    dispatches, findings = annotated.dispatches, annotated.findings
    if data.validation:
        validation = read_annotations(data.validation, schema, data.map)
        splits, findings = Splits(dispatches, validation.dispatches, ()), findings + validation.findings
    elif data.splits:
        splits = SplitFile.read(data.splits).splits(dispatches, Place(str(data.splits)))
    elif data.split == "held-out":
        try:
            splits = leave_folders_out(dispatches, data.held_out)
        except ValueError as error:
            raise InputError(place, "data.held_out", str(error)) from None
    else:
        splits = split_by_number(dispatches) if data.split == "number" else split_randomly(dispatches)
    _check(splits, data, place)
    return splits, findings


def recorded_parts(record: Mapping[str, Any], schema: Schema) -> Splits:
    """The parts of the data that a checkpoint was trained on, read again as its training.json names them.

    Raises KeyError, TypeError or pydantic's ValidationError where the record is none, InputError or OSError where the
    data are not there as they were.
    """
    recipe, place = record["recipe"], Place(TRAINING)
    old, _ = read_parts(TypeAdapter(DataSection).validate_python(recipe["data"]), schema, place)
    section = TypeAdapter(RetrainSection).validate_python(recipe.get("retrain", {}))
    return renewed(old, section, schema, place).splits


def _check(splits: Splits, data: DataSection, place: Place) -> None:
    for name, part in (("train", splits.train), ("validation", splits.validation)):
        if not part:
            if data.splits:
                raise InputError(Place(str(data.splits)), f"parts.{name}", "expected at least one dispatch, got none")
            others = 'name validation files, use split = "random" or --splits'
            what = f'the split "{data.split}" leaves nothing for {name}; {others}'
            raise InputError(place, "data.split", what)
