"""A recipe → a trained checkpoint. The same run again goes on where it was interrupted.

<output>/            config.json, model.safetensors, tokenizer files, training.json: the checkpoint
<output>/log.jsonl   what was logged
<output>/findings.txt  what was lost, repaired or doubtful in the data, if anything
<output>/training/   the saved states of an unfinished run, gone when it is finished
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import torch
import typer
from dateline_formats.format import Finding
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_annotations, say_findings
from dateline_infer.windows import SpecialTokens
from dateline_labels import InputError, LockedError, Place, Schema, jsonl
from dateline_labels.files import write_atomically
from dateline_labels.splits import Splits, leave_folders_out, split_by_number, split_randomly
from filelock import FileLock, Timeout
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast, set_seed
from transformers.utils import logging as transformers_logging

from . import checkpoints, teacher
from .batches import TokenBatches
from .calibrating import choose_calibration
from .encoding import Collator, Encoder, size_in_batch
from .fitting import new_model, new_optimizer, training_arguments
from .gate_learning import learn_gate
from .model import DispatchModel
from .network import checkpoint_extractor
from .recipe import DataSection, Recipe
from .teacher import load_teachers
from .thresholds import choose_thresholds, obligatory_tails, with_low_thresholds
from .trainer import DispatchTrainer, validation_figures
from .varying import VariedRows

RECORD = "training.json"
"""Written last: what the checkpoint was trained from, and its figures on validation."""
FINDINGS = "findings.txt"
"""What was lost, repaired or doubtful in the data, a line each."""


@dataclass(frozen=True)
class Run:
    """A recipe with its data at hand."""

    recipe: Recipe
    place: Place
    schema: Schema
    splits: Splits
    fingerprint: str
    findings: tuple[Finding, ...] = ()


def run_training(
    path: Path, output: Path | None = None, data: Sequence[Path] = (), mapping: LabelMap | None = None
) -> None:
    """Train the recipe at `path`; `output`, `data` and `mapping` take the place of what it says.

    What was lost, repaired or doubtful in the data is listed in the output's findings.txt. Raises InputError on a
    faulty recipe or data, LockedError where another run writes to the same output.
    """
    recipe = Recipe.read(path)
    if output:
        recipe = replace(recipe, output=output)
    if data:
        recipe = replace(recipe, data=replace(recipe.data, files=tuple(data)))
    if mapping:
        recipe = replace(recipe, data=replace(recipe.data, map=mapping))
    train_recipe(recipe, Place(str(path)))


def train_recipe(recipe: Recipe, place: Place) -> None:
    """Train a recipe that was read from `place`; raises as above."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    run = prepare(recipe, place)
    with _lock(recipe.output):
        if _is_finished(run):
            _say(f"{recipe.output} is trained already; remove it to train it again")
            return
        if _is_main():
            say_findings(run.findings, recipe.output / FINDINGS)
        _train(run)


def prepare(recipe: Recipe, place: Place) -> Run:
    """Read and split the data."""
    schema = Schema.read(recipe.data.schema)
    splits, findings = read_split(recipe.data, schema, place)
    digest = hashlib.sha256(json.dumps({**recipe.to_dict(), "output": None, "data": None}, sort_keys=True).encode())
    digest.update(teacher.digest(recipe).encode())
    digest.update(f"{version('dateline')} {_processes()} {json.dumps(schema.to_dict())}".encode())
    for dispatch in (*splits.train, *splits.validation):
        digest.update(jsonl.write_line(dispatch).encode("utf-8", errors="surrogatepass"))
    return Run(recipe, place, schema, splits, digest.hexdigest(), findings)


def split(data: DataSection, schema: Schema, place: Place) -> Splits:
    """The parts of the data that the recipe names."""
    return read_split(data, schema, place)[0]


def read_split(data: DataSection, schema: Schema, place: Place) -> tuple[Splits, tuple[Finding, ...]]:
    """The same, with what there is to say about the data."""
    annotated = read_annotations(data.files, schema, data.map)
    dispatches, findings = annotated.dispatches, annotated.findings
    if data.validation:
        validation = read_annotations(data.validation, schema, data.map)
        splits, findings = Splits(dispatches, validation.dispatches, ()), findings + validation.findings
    elif data.split == "held-out":
        try:
            splits = leave_folders_out(dispatches, data.held_out)
        except ValueError as error:
            raise InputError(place, "data.held_out", str(error)) from None
    else:
        splits = split_by_number(dispatches) if data.split == "number" else split_randomly(dispatches)
    for name, part in (("train", splits.train), ("validation", splits.validation)):
        if not part:
            what = f'the split "{data.split}" leaves nothing for {name}; name validation files or use split = "random"'
            raise InputError(place, "data.split", what)
    return splits, findings


def _train(run: Run) -> None:
    states = run.recipe.output / "training"
    trainer, fast = new_trainer(run, states)
    state = checkpoints.newest_whole(states)
    if state:
        _say(f"resuming from {state}")
    trainer.train(resume_from_checkpoint=str(state) if state else None)
    if trainer.is_world_process_zero():
        model = trainer.accelerator.unwrap_model(trainer.model)
        _finish(run, model, trainer.tokenizer, fast, bf16=trainer.args.bf16)
        shutil.rmtree(states)
    trainer.accelerator.wait_for_everyone()


def new_trainer(run: Run, states: Path) -> tuple[DispatchTrainer, PreTrainedTokenizerFast]:
    """All that a run needs at its start, with the tokenizer to be saved; says what there is to learn from."""
    fitting = run.recipe.fitting
    set_seed(run.recipe.seed)
    # else several threads add up the gradients of what is looked up (spans, embeddings) in whatever order they come
    torch.use_deterministic_algorithms(True, warn_only=True)
    model, tokenizer, fast = new_model(run.recipe, run.schema, run.place)
    encoder = Encoder(tokenizer, model.reading, SpecialTokens.of(tokenizer, model.padding_id))
    rows = VariedRows(encoder, run.splits.train, run.recipe.data.varied, run.recipe.seed)
    sizes = list(map(size_in_batch, rows.plain["windows"]))
    batches = TokenBatches(sizes, fitting.tokens_a_batch, run.recipe.seed, _processes(), fitting.least_batches)
    epochs = fitting.epochs_of(len(batches) // _processes())
    _say(
        f"{run.recipe.name}: {len(rows)} dispatches of {sum(rows.plain['length'])} tokens to learn from, "
        f"{len(run.splits.validation)} to validate on, {epochs} epochs"
    )
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
        train_dataset=rows,
        eval_dataset=rows,  # the Trainer asks for one; `evaluate` reads the validation dispatches
        data_collator=Collator(run.schema, model.padding_id, fitting.pairs_a_dispatch),
        optimizers=(new_optimizer(model, fitting), None),
    )
    return trainer, fast


def _finish(run: Run, model: DispatchModel, tokenizer: Tokenizer, fast: PreTrainedTokenizerFast, bf16: bool) -> None:
    """Choose the thresholds, measure on validation and save the checkpoint, the record last."""
    output, validation = run.recipe.output, run.splits.validation
    model.eval()
    obligatory = obligatory_tails(run.splits.train, run.schema)
    model.read_as_learnt()
    model.set_reading(with_low_thresholds(replace(model.reading, obligatory=obligatory)))
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
        "validation": {name.removeprefix("eval_"): round(figure, 2) for name, figure in figures.items()},
        "thresholds": thresholds,
        "obligatory": obligatory,
        "versions": {name: version(name) for name in ("dateline", "torch", "transformers", "tokenizers")},
    }
    write_atomically(output / RECORD, (json.dumps(record, indent=1) + "\n").encode("utf-8"))
    _say(
        f"trained: validation span F1 {figures['eval_span_f1']:.1f}, relation F1 {figures['eval_relation_f1']:.1f}; "
        f"the checkpoint is in {output}"
    )


def _is_finished(run: Run) -> bool:
    """Whether the output holds this very run, finished; raises InputError where it holds another one."""
    output = run.recipe.output
    for name in (RECORD, "training/run.json"):
        path = output / name
        if path.is_file() and json.loads(path.read_text(encoding="utf-8"))["fingerprint"] != run.fingerprint:
            what = "holds a run of another recipe, other data or another number of processes; name another --output"
            raise InputError(Place(str(output)), "output", what)
    if (output / RECORD).is_file():
        return True
    if _is_main():
        (output / "training").mkdir(parents=True, exist_ok=True)
        begun = json.dumps({"fingerprint": run.fingerprint})
        write_atomically(output / "training" / "run.json", begun.encode("utf-8"))
    return False


@contextmanager
def _lock(output: Path) -> Iterator[None]:
    """Hold the output for this run alone; of several processes the first one holds it."""
    if not _is_main():
        yield
        return
    output.mkdir(parents=True, exist_ok=True)
    lock = FileLock(output / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{output}: another training run is writing here") from None
    try:
        yield
    finally:
        lock.release()


def _processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def _is_main() -> bool:
    return os.environ.get("RANK", "0") == "0"


def _say(message: str) -> None:
    if _is_main():
        typer.echo(message, err=True)
