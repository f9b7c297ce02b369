"""A recipe → a trained checkpoint. The same run again goes on where it was interrupted.

<output>/            config.json, model.safetensors, tokenizer files: the checkpoint
<output>/training.json  what it was trained from and its figures on validation, written last
<output>/learnt.jsonl  what it was trained on, dispatch by dispatch
<output>/log.jsonl   what was logged
<output>/findings.txt  what was lost, repaired or doubtful in the data, if anything
<output>/training/   the saved states of an unfinished run, gone when it is finished
<output>/adapted/    the encoder as it was before, where the recipe has it learn raw texts first
<output>/generations/  the checkpoints that taught this one, where the recipe asks for generations
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer
from dateline_bundle.manifest import TRAINING
from dateline_formats.format import Finding
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import say_findings
from dateline_infer.windows import SpecialTokens
from dateline_labels import InputError, Place, Schema
from dateline_labels.digests import dispatches_digest, file_digest, line_of
from dateline_labels.files import write_atomically
from dateline_labels.splits import Splits
from dateline_report.model_facts import WEIGHTS
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast, TrainerCallback, TrainerState
from transformers.utils import logging as transformers_logging

from . import adapting, checkpoints, teacher
from .batches import TokenBatches
from .calibrating import choose_calibration
from .early_stopping import EarlyStopping, has_stopped
from .encoder import checkpoint_of, encoder_digest
from .encoding import Collator, Encoder
from .fitting import make_repeatable, new_model, new_optimizer, training_arguments
from .gate_learning import learn_gate
from .learnt import Known, write_learnt
from .locking import locked
from .model import DispatchModel
from .network import checkpoint_extractor
from .parts import read_parts
from .places import placed
from .recipe import Recipe, Tracker
from .replaying import ReplayedRows
from .retraining import Renewed, renewed
from .teacher import load_teachers
from .thresholds import (
    choose_span_threshold,
    choose_thresholds,
    obligatory_tails,
    with_doubtful_spans,
    with_low_thresholds,
)
from .trackers import tracked
from .trainer import DispatchTrainer, validation_figures
from .varying import VariedRows

FINDINGS = "findings.txt"
"""What was lost, repaired or doubtful in the data, a line each."""
_LATER = ("patience", "frozen_layers", "report_to")
"""Of the fitting; where they are not used a run is what it was before there were any."""


@dataclass(frozen=True)
class Run:
    """A recipe with its data at hand."""

    recipe: Recipe
    place: Place
    schema: Schema
    splits: Splits
    fingerprint: str
    findings: tuple[Finding, ...] = ()
    new: frozenset[str] = frozenset()  # ids of what a retraining adds to the old data
    known: Known | None = None  # what the checkpoint that it begins with has learnt from, if it begins with one


def run_training(
    path: Path,
    output: Path | None = None,
    data: Sequence[Path] = (),
    mapping: LabelMap | None = None,
    begin: Path | None = None,
    trackers: Sequence[Tracker] = (),
    splits: Path | None = None,
) -> Path | None:
    """Train the recipe at `path`; the others take the place of what it says. Returns the checkpoint's folder where it
    was trained just now, by this process.

    With `begin`, a checkpoint, the training begins with its weights, and `data` and `mapping` are of the new data that
    it learns besides the recipe's. What was lost, repaired or doubtful in the data is listed in the output's
    findings.txt. Raises InputError on a faulty recipe or data, LockedError where another run writes to the same output.
    """
    recipe = Recipe.read(path)
    recipe = replace(recipe, output=output or recipe.output)
    if trackers:
        recipe = replace(recipe, fitting=replace(recipe.fitting, report_to=tuple(trackers)))
    if splits:
        recipe = replace(recipe, data=replace(recipe.data, splits=splits, split="number", validation=()))
    files = {"files": tuple(data)} if data else {}
    changed: dict[str, Any] = files | ({"map": mapping} if mapping else {})
    if begin:
        recipe = recipe.begun_from(begin)
        recipe = replace(recipe, retrain=replace(recipe.retrain, **changed))
    else:
        recipe = replace(recipe, data=replace(recipe.data, **changed))
    return train_recipe(recipe, Place(str(path)))


def train_recipe(recipe: Recipe, place: Place, callbacks: Sequence[TrainerCallback] = ()) -> Path | None:
    """Train a recipe that was read from `place`; `callbacks` are told how the training goes; else as above."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    first = prepare(recipe.generation(1), place)
    # of several processes the first one holds the folder
    held = locked(recipe.output, "training run") if _is_main() else nullcontext()
    with held:
        _check_generations(recipe)
        trained = _train_generation(first, callbacks)
        for number in range(2, recipe.teacher.generations + 1):
            trained = _train_generation(prepare(recipe.generation(number), place), callbacks)
    return trained


def _train_generation(run: Run, callbacks: Sequence[TrainerCallback]) -> Path | None:
    recipe = run.recipe
    with tracked(recipe.fitting.report_to, recipe.output):
        if _is_finished(run):
            _say(f"{recipe.output} is trained already; remove it to train it again")
            return None
        if _is_main():
            say_findings(run.findings, recipe.output / FINDINGS)
        _train(run, callbacks)
    return recipe.output if _is_main() else None


def prepare(recipe: Recipe, place: Place) -> Run:
    """Read and split the data."""
    begun = recipe.teacher.checkpoints[0] if recipe.teacher.start else checkpoint_of(recipe.encoder)
    if begun and recipe.adapting.files:
        raise InputError(place, "adapting.files", "a training that begins with a checkpoint has that one's encoder")
    schema = recipe.read_schema(place)
    old, findings = read_parts(recipe.data, schema, place)
    parts = renewed(old, recipe.retrain, schema, place)
    known = Known.of(begun) if begun else None
    if known:
        known.check_validation(parts.splits, place)
        if recipe.teacher.start and recipe.retrain.files and recipe.retrain.replay:
            known.check_old((*parts.splits.train, *parts.splits.validation, *parts.splits.test), place)
    return Run(
        recipe,
        place,
        schema,
        parts.splits,
        _fingerprint(recipe, schema, parts),
        findings + parts.findings,
        parts.new,
        known,
    )


def fingerprint(recipe: Recipe, place: Place) -> str:
    """What tells the runs of a recipe, as its data stand now, from all others; raises as `prepare`."""
    return prepare(recipe, place).fingerprint


def _fingerprint(recipe: Recipe, schema: Schema, parts: Renewed) -> str:
    """What tells this run from every other whose weights might differ: neither paths nor trackers nor what is searched;
    what a run makes no use of is left out, so that it stays the same when recipes can say more.
    """
    plain = {**recipe.to_dict(), "output": None, "data": None}
    if encoder := encoder_digest(recipe.encoder):  # a folder may move, and another training may write it anew
        plain["encoder"]["name"] = encoder
    fitting = {**plain["fitting"], "report_to": ()}
    plain["fitting"] = {name: value for name, value in fitting.items() if name not in _LATER or value}
    plain["teacher"]["checkpoints"] = [None for _ in recipe.teacher.checkpoints]
    del plain["teacher"]["epochs"]  # the teachers' own
    if recipe.teacher.generations == 1:
        del plain["teacher"]["generations"]
    del plain["tune"], plain["retrain"], plain["adapting"]
    if recipe.adapting.files:
        plain["adapting"] = {**asdict(recipe.adapting), "files": adapting.digest(recipe.adapting.files)}
    if parts.new:
        plain["retrain"] = {"replay": recipe.retrain.replay, "new": sorted(parts.new)}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode())
    digest.update(teacher.digest(recipe).encode())
    digest.update(f"{version('dateline')} {_processes()} {json.dumps(schema.to_dict())}".encode())
    for dispatch in (*parts.splits.train, *parts.splits.validation):
        digest.update(line_of(dispatch))
    return digest.hexdigest()


def _train(run: Run, callbacks: Sequence[TrainerCallback] = ()) -> None:
    states = run.recipe.output / "training"
    adapted = adapting.adapted(run.recipe, run.fingerprint, run.place)
    trainer, fast = new_trainer(replace(run, recipe=adapted), states)
    for callback in callbacks:
        trainer.add_callback(callback)
    state = checkpoints.newest_whole(states)
    if state:
        _say(f"resuming from {state}")
        saved = TrainerState.load_from_json(str(state / "trainer_state.json"))
        if has_stopped(saved.log_history, run.recipe.fitting.patience):
            trainer.args.max_steps = saved.global_step  # interrupted after its last epoch
    trainer.train(resume_from_checkpoint=str(state) if state else None)
    if trainer.is_world_process_zero():
        model = trainer.accelerator.unwrap_model(trainer.model)
        _finish(run, model, trainer.tokenizer, fast, bf16=trainer.args.bf16)
        shutil.rmtree(states)
    trainer.accelerator.wait_for_everyone()


def new_trainer(run: Run, states: Path) -> tuple[DispatchTrainer, PreTrainedTokenizerFast]:
    """All that a run needs at its start, with the tokenizer to be saved; says what there is to learn from."""
    fitting = run.recipe.fitting
    make_repeatable(run.recipe.seed)
    model, tokenizer, fast = new_model(run.recipe, run.schema, run.place)
    encoder = Encoder(tokenizer, model.reading, SpecialTokens.of(tokenizer, model.padding_id))
    try:
        every = VariedRows(encoder, run.splits.train, run.recipe.data.varied, run.recipe.seed)
    except InputError as error:
        raise placed(error, run.recipe, run.schema) from None
    rows = ReplayedRows(every, run.new, run.recipe.retrain.replay, run.recipe.seed) if run.new else every
    batches = TokenBatches(rows.sizes, fitting.tokens_a_batch, run.recipe.seed, _processes(), fitting.least_batches)
    epochs = fitting.epochs_of(len(batches) // _processes())
    _say(
        f"{run.recipe.name}: {len(every)} dispatches of {sum(every.plain['length'])} tokens to learn from, "
        f"{len(run.splits.validation)} to validate on, {epochs} epochs"
    )
    if isinstance(rows, ReplayedRows):
        _say(rows.summary())
    if run.known and run.recipe.teacher.start and (changed := run.known.changed(run.splits.train)):
        _say(f"{len(changed)} dispatches stand otherwise than {run.known.checkpoint} has learnt them, as {changed[0]}")
    _say(batches.summary())
    for widened in encoder.widened:
        _say(f"warning: {widened}; the span is widened to whole tokens")
    trainer = DispatchTrainer(
        rows,
        batches,
        tokenizer,
        run.splits.validation,
        run.recipe.output / "log.jsonl",
        load_teachers(run.recipe, model, run.place),
        model=model,
        args=training_arguments(run.recipe, states, epochs),
        eval_dataset=rows,  # the Trainer asks for one; `evaluate` reads the validation dispatches
        data_collator=Collator(run.schema, model.padding_id, fitting.pairs_a_dispatch),
        optimizers=(new_optimizer(model, fitting), None),
    )
    if fitting.patience:
        trainer.add_callback(EarlyStopping(fitting.patience))
    return trainer, fast


def _finish(run: Run, model: DispatchModel, tokenizer: Tokenizer, fast: PreTrainedTokenizerFast, bf16: bool) -> None:
    """Choose the thresholds, measure on validation and save the checkpoint, the record last."""
    output, validation = run.recipe.output, run.splits.validation
    model.eval()
    _say("fitted; now reading validation, for thresholds and scores")
    obligatory = obligatory_tails(run.splits.train, run.schema)
    model.read_as_learnt()
    model.set_reading(with_doubtful_spans(model.reading))
    span_threshold = choose_span_threshold(checkpoint_extractor(model, tokenizer, bf16), validation)
    reading = replace(model.reading, span_threshold=span_threshold, obligatory=obligatory)
    model.set_reading(with_low_thresholds(reading))
    thresholds = choose_thresholds(checkpoint_extractor(model, tokenizer, bf16), validation)
    model.set_reading(replace(model.reading, thresholds=thresholds))
    predicted = checkpoint_extractor(model, tokenizer, bf16).batch(validation)
    calibration = choose_calibration(validation, predicted, run.schema)
    model.set_reading(replace(model.reading, calibration=calibration))  # changes scores alone, not what is found
    if run.recipe.model.gate:
        learn_gate(model, tokenizer, run.splits, run.recipe.model.gate, run.recipe.seed)
    figures = validation_figures(validation, predicted, run.schema)
    folder = output / "training" / "final"
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    for file in sorted(folder.iterdir()):
        file.replace(output / file.name)
    record = {
        "fingerprint": run.fingerprint,
        "recipe": run.recipe.to_dict(),
        "dispatches": {"train": len(run.splits.train), "validation": len(validation)},
        "data": {"train": dispatches_digest(run.splits.train), "validation": dispatches_digest(validation)},
        **({"begun_with": file_digest(run.known.checkpoint / WEIGHTS)} if run.known else {}),
        "validation": {name.removeprefix("eval_"): round(figure, 2) for name, figure in figures.items()},
        "span_threshold": span_threshold,
        "thresholds": thresholds,
        "obligatory": obligatory,
        "versions": {name: version(name) for name in ("dateline", "torch", "transformers", "tokenizers")},
    }
    write_learnt(output, run.splits.train, run.known)
    write_atomically(output / TRAINING, (json.dumps(record, indent=1) + "\n").encode("utf-8"))
    _say(
        f"trained: validation span F1 {figures['eval_span_f1']:.1f}, relation F1 {figures['eval_relation_f1']:.1f}; "
        f"the checkpoint is in {output}"
    )


def _is_finished(run: Run) -> bool:
    """Whether the output holds this very run, finished; raises InputError where it holds another one."""
    output = run.recipe.output
    for name in (TRAINING, "training/run.json"):
        path = output / name
        if path.is_file() and json.loads(path.read_text(encoding="utf-8"))["fingerprint"] != run.fingerprint:
            what = "holds a run of another recipe, other data or another number of processes; name another --output"
            raise InputError(Place(str(output)), "output", what)
    if (output / TRAINING).is_file():
        return True
    if _is_main():
        (output / "training").mkdir(parents=True, exist_ok=True)
        begun = json.dumps({"fingerprint": run.fingerprint})
        write_atomically(output / "training" / "run.json", begun.encode("utf-8"))
    return False


def _check_generations(recipe: Recipe) -> None:
    """Raises InputError where the output holds a run of fewer or more generations, before the first one is trained."""
    path = recipe.output / TRAINING
    if path.is_file():
        teaching = json.loads(path.read_text(encoding="utf-8"))["recipe"].get("teacher", {})
        if (found := teaching.get("generations", 1)) != recipe.teacher.generations:
            what = f"holds a run of {found} generations, not of {recipe.teacher.generations}; name another --output"
            raise InputError(Place(str(recipe.output)), "output", what)


def _processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def _is_main() -> bool:
    return os.environ.get("RANK", "0") == "0"


def _say(message: str) -> None:
    if _is_main():
        typer.echo(message, err=True)
