"""Raw texts → an encoder that has learnt to fill gaps in them, before it learns annotations.

<output>/adapted/     the encoder with its tokenizer, which other recipes can name as theirs; adapted.json last
<output>/adapting/    the saved states of an unfinished run, gone when it is finished

Masked-language training (Devlin et al. 2019) on texts of the domain, as in Gururangan et al. (2020): some tokens are
hidden, and learnt from those beside them. Nothing of it is packaged but the weights that it leaves.
"""

import json
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch
import typer
from dateline_inputs.dispatches import Columns, dispatch_of
from dateline_inputs.files import files_of
from dateline_inputs.rows import At, rows
from dateline_inputs.unpacking import Limits
from dateline_labels import InputError, Place
from dateline_labels.digests import file_digest
from dateline_labels.files import write_atomically
from torch.utils.data import Dataset
from transformers import DataCollatorForLanguageModeling, PreTrainedTokenizerFast, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback

from . import checkpoints
from .encoder import load_gap_filler
from .fitting import in_bf16
from .recipe import Recipe
from .trainer import SealingTrainer, TrainingLog

ADAPTED, STATES, RECORD = "adapted", "adapting", "adapted.json"
_SAVES = 10
"""How often a run's state is saved, at about even distances."""


def adapted(recipe: Recipe, fingerprint: str, place: Place) -> Recipe:
    """The recipe with the adapted encoder in the place of its own, trained now unless the run has done so; as it is
    where it names no texts. `fingerprint` tells the run from others.

    Raises InputError where the texts cannot be read or the encoder's tokenizer has no sign for a gap.
    """
    if not recipe.adapting.files:
        return recipe
    folder = recipe.output / ADAPTED
    if not _is_done(folder, fingerprint):
        _adapt(recipe, fingerprint, place)
    encoder = replace(recipe.encoder, name=str(folder), revision=None, sha256=None)
    return replace(recipe, encoder=encoder)


def digest(files: Sequence[Path]) -> list[str]:
    """What tells the texts of a recipe from others: the SHA-256 of their files; raises InputError where there is none,
    OSError where one cannot be read.
    """
    return [file_digest(file) for file in files_of(files)]


def drawn(texts: Iterable[str], count: int, seed: int) -> list[str]:
    """At most so many of the texts, each as likely, in one pass (algorithm R of Vitter, 1985)."""
    chance = random.Random(seed)
    kept: list[str] = []
    for number, text in enumerate(texts):
        if len(kept) < count:
            kept.append(text)
        elif (at := chance.randrange(number + 1)) < count:
            kept[at] = text
    return kept


def _is_done(folder: Path, fingerprint: str) -> bool:
    record = folder / RECORD
    return record.is_file() and bool(json.loads(record.read_text(encoding="utf-8"))["fingerprint"] == fingerprint)


def _adapt(recipe: Recipe, fingerprint: str, place: Place) -> None:
    section, states, folder = recipe.adapting, recipe.output / STATES, recipe.output / ADAPTED
    set_seed(recipe.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    model, tokenizer = load_gap_filler(recipe.encoder, place)
    if tokenizer.mask_token_id is None:
        what = f"the tokenizer of {recipe.encoder.name} has no sign for a gap, so that none can be learnt to be filled"
        raise InputError(place, "adapting.files", what)
    texts = drawn(_texts(section.files), section.texts, recipe.seed)
    windows = list(_windows(texts, tokenizer, recipe.encoder.window))
    if not windows:
        raise InputError(place, "adapting.files", "expected texts with a word in them, got none")
    trainer = SealingTrainer(
        model=model,
        args=_arguments(recipe, states),
        train_dataset=cast("Dataset[Any]", windows),
        data_collator=DataCollatorForLanguageModeling(tokenizer, mlm_probability=section.masked),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(TrainingLog(recipe.output / f"{STATES}.jsonl"))
    is_main = trainer.is_world_process_zero()
    if is_main:
        tokens = sum(len(window["input_ids"]) for window in windows)
        typer.echo(f"adapting the encoder: {len(texts)} texts of {tokens} tokens, {section.steps} steps", err=True)
    state = checkpoints.newest_whole(states)
    learnt = trainer.train(resume_from_checkpoint=str(state) if state else None)
    if is_main:
        encoder = getattr(trainer.accelerator.unwrap_model(trainer.model), model.base_model_prefix)
        encoder.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        record = {
            "fingerprint": fingerprint,
            "texts": len(texts),
            "tokens": tokens,
            "steps": section.steps,
            "loss": round(learnt.training_loss, 4),
        }
        write_atomically(folder / RECORD, (json.dumps(record, indent=1) + "\n").encode("utf-8"))
        shutil.rmtree(states, ignore_errors=True)
    trainer.accelerator.wait_for_everyone()


def _texts(files: Sequence[Path]) -> Iterator[str]:
    """The texts of files, folders and patterns, one at a time."""
    columns, limits = Columns(), Limits()
    for file in files_of(files):
        for placed in rows(file, At(), columns.text, limits):
            yield dispatch_of(placed.row, columns, limits).text


def _windows(texts: Sequence[str], tokenizer: PreTrainedTokenizerFast, window: int) -> Iterator[dict[str, list[int]]]:
    """Each text cut into windows that do not overlap, with their special tokens."""
    special = tokenizer.num_special_tokens_to_add()
    for text in texts:
        cut = tokenizer(text, truncation=True, max_length=window, return_overflowing_tokens=True)
        yield from ({"input_ids": ids} for ids in cut["input_ids"] if len(ids) > special)


def _arguments(recipe: Recipe, states: Path) -> TrainingArguments:
    section, fitting = recipe.adapting, recipe.fitting
    arguments = TrainingArguments(
        output_dir=str(states),
        max_steps=section.steps,
        per_device_train_batch_size=max(1, fitting.tokens_a_batch // recipe.encoder.window),
        gradient_accumulation_steps=fitting.accumulation,
        learning_rate=section.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=fitting.warmup,
        weight_decay=fitting.weight_decay,
        max_grad_norm=1.0,
        bf16=in_bf16(fitting),
        use_cpu=not torch.cuda.is_available(),
        logging_steps=25,
        save_strategy="steps",
        save_steps=max(1, section.steps // _SAVES),
        save_total_limit=2,
        report_to=[],
        disable_tqdm=True,
        seed=recipe.seed,
        dataloader_pin_memory=False,
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)  # as `training_arguments`
    return arguments
