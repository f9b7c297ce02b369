"""A checkpoint or bundle against annotated dispatches → what it read, and what `dateline_report` makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_and_say
from dateline_infer import Extractor
from dateline_labels import DatelineError, Dispatch, InputError, Place, Schema
from dateline_labels.outputs import check_folder
from dateline_labels.progress import with_progress
from dateline_labels.splits import leave_folders_out, split_by_number
from dateline_report.figures import Readings
from dateline_report.history import remember
from dateline_report.history_entries import of_metrics
from dateline_report.model_facts import is_bundle, model_facts, training_record
from dateline_report.reporting import Data, Model, Options, run_report, write_short
from dateline_splits.choices import CHOICES, PARTS
from dateline_splits.file import SplitFile
from pydantic import ValidationError

from .parts import recorded_parts
from .requirements import require_training

FINDINGS = "findings.txt"
"""What was lost, repaired or doubtful in the data, a line each."""


@dataclass(frozen=True)
class Asked:
    """What a report is asked of.

    model, other  checkpoints or bundles; `other` to compare with, if any
    data, split   annotated files or folders, and which part of them
    splits        the file that says what is in which part, in place of the number that ends an id
    out           the folder for the report
    runs          checkpoints or bundles for the learning curve
    signature     the public key that bundles must be signed with, if any
    mapping       others' labels in the data for those of the schema, if any
    history       the file that gets a line about it, if any
    """

    model: Path
    data: tuple[Path, ...]
    out: Path
    split: str = "all"
    splits: Path | None = None
    other: Path | None = None
    runs: tuple[Path, ...] = ()
    signature: Path | None = None
    mapping: LabelMap | None = None
    history: Path | None = None


def run_full_report(asked: Asked, options: Options) -> None:
    """Read the dispatches with every model that is named and write the report.

    Raises InputError on faulty data or options, BundleError on faulty models, WorseModelError, when all is written,
    where the model is worse than it may be.
    """
    from dateline_report.verdict import check_points, check_verdict, told

    check_split(asked.split, asked.splits)
    check_folder(asked.out)
    check_points(options.fail_if_worse, asked.other, options.resamples)
    extractor = load_extractor(asked.model, asked.signature)
    gold = chosen_gold(extractor, asked)
    model = _model(asked.model, extractor, gold, in_full=True)
    named = [each for each in (asked.other, *asked.runs) if each is not None]
    others = {path: _other(path, gold, extractor.config.schema, asked.signature) for path in dict.fromkeys(named)}
    other = others[asked.other] if asked.other is not None else None
    metrics = run_report(
        asked.out,
        model,
        _data(asked),
        options,
        other,
        [others[path] for path in dict.fromkeys(asked.runs) if path != asked.model],
    )
    if overlap := metrics["data"]["train_overlap"]:
        typer.echo(f"warning: the model was trained on {overlap} of the {len(gold)} dispatches", err=True)
    typer.echo(_told(metrics, asked.out / "report.html"))
    if asked.history:
        remember(asked.history, of_metrics("report", metrics))
    if compared := metrics["comparison"]:
        if compared["verdict"]:
            check_verdict(compared["verdict"])
        typer.echo(told(compared))


def run_evaluation(asked: Asked) -> dict[str, Any]:
    """Read the dispatches with the model, score them and write the short report; the metrics. Raises as above."""
    check_split(asked.split, asked.splits)
    check_folder(asked.out)
    extractor = load_extractor(asked.model, asked.signature)
    gold = chosen_gold(extractor, asked)
    metrics = write_short(asked.out, _model(asked.model, extractor, gold, in_full=False), _data(asked))
    typer.echo(_told(metrics, asked.out / "report.md"))
    if asked.history:
        remember(asked.history, of_metrics("evaluate", metrics))
    return metrics


def _data(asked: Asked) -> Data:
    digest = SplitFile.read(asked.splits).sha256 if asked.splits else None
    return Data(asked.data, asked.split, digest)


def _told(metrics: Mapping[str, Any], page: Path) -> str:
    spans, relations = metrics["spans"]["exact"]["micro"]["f1"], metrics["relations"]["strict"]["micro"]["f1"]
    count = metrics["data"]["dispatches"]
    return (
        f"{count} dispatch{'' if count == 1 else 'es'}: span F1 {spans:.1f}, relation F1 {relations:.1f} (strict); "
        f"the report is {page}"
    )


def _model(path: Path, extractor: Extractor, gold: Sequence[Dispatch], *, in_full: bool) -> Model:
    """A model with how it reads the dispatches; in full, with the relations among gold spans and what it was trained
    on.
    """
    record = training_record(path)
    readings = read(extractor, gold)
    if in_full:
        related = tuple(with_progress(extractor.relate(gold), len(gold), "relating gold spans"))
        readings = replace(readings, related=related, trained_on=training_dispatches(record, extractor.config.schema))
    return Model(model_facts(path, extractor, record), readings)


def _other(path: Path, gold: Sequence[Dispatch], schema: Schema, signature: Path | None) -> Model:
    """Another model that reads the same dispatches; raises InputError where its schema is another one."""
    extractor = load_extractor(path, signature)
    if extractor.config.schema != schema:
        got = extractor.config.schema
        what = f"expected the schema of the model, {schema.name} {schema.version}, got {got.name} {got.version}"
        raise InputError(Place(str(path)), "schema", what)
    return _model(path, extractor, gold, in_full=False)


def training_dispatches(record: Mapping[str, Any], schema: Schema) -> Sequence[Dispatch] | None:
    """The dispatches that a model was trained on, as its training.json tells; None where they are not there as they
    were.
    """
    try:
        dispatches = recorded_parts(record, schema).train
        return dispatches if len(dispatches) == record["dispatches"]["train"] else None
    except (KeyError, TypeError, ValidationError, DatelineError, OSError):
        return None


def load_extractor(model: Path, require_signature: Path | None = None) -> Extractor:
    """The extractor of a bundle or of a checkpoint; where a signature is required, of a bundle alone. Raises
    MissingExtraError where nothing is installed that reads with a checkpoint.
    """
    if require_signature or is_bundle(model):
        return Extractor.load(model, require_signature=require_signature)
    require_training(f"{model}, which is no bundle,")
    from .network import checkpoint_extractor, load_checkpoint

    return checkpoint_extractor(*load_checkpoint(model))


def chosen_gold(extractor: Extractor, asked: Asked) -> Sequence[Dispatch]:
    """The part of the dispatches that is asked for, after what there is to say about all of them was said and written
    into `out`; raises InputError where it is empty, or the file of the split is one of other data.
    """
    dispatches = read_and_say(asked.data, extractor.config.schema, asked.mapping, asked.out / FINDINGS)
    return chosen_part(dispatches, asked.split, asked.splits)


def check_split(split: str, splits: Path | None = None) -> None:
    """Raises InputError where there is no such part, or the file of the split is none."""
    known = ("all", *PARTS) if splits else CHOICES
    if split not in known:
        raise InputError(Place("--split"), "split", f"expected one of {', '.join(known)}, got {split}")
    if splits:
        SplitFile.read(splits)


def chosen_part(dispatches: Sequence[Dispatch], split: str, splits: Path | None = None) -> Sequence[Dispatch]:
    """The part of the dispatches that is asked for; raises InputError where it is empty, or the file of the split is of
    other data.
    """
    parts = SplitFile.read(splits).splits(dispatches, Place(str(splits))) if splits else None
    if split == "all":
        part: Sequence[Dispatch] = dispatches
    elif split == "held-out":
        try:
            part = leave_folders_out(dispatches).test
        except ValueError as error:
            raise InputError(Place("--split"), "split", str(error)) from None
    else:
        part = getattr(parts or split_by_number(dispatches), split)
    if not part:
        by_number = "; without --splits the last digit of an id tells its part: `dateline split` makes a file of parts"
        told = "" if splits or split in ("all", "held-out") else by_number
        raise InputError(Place("--split"), "split", f"the part {split} of the data is empty{told}")
    return part


def read(extractor: Extractor, gold: Sequence[Dispatch]) -> Readings:
    """How a model reads the dispatches."""
    predicted = list(with_progress(extractor.stream(gold), len(gold), "reading"))
    return Readings(gold, predicted, extractor.config.schema, calibration=extractor.config.calibration)
