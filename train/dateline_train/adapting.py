"""Raw texts → an encoder that has learnt to fill gaps in them, before it learns annotations.

<output>/adapted/     the encoder with its tokenizer, which other recipes can name as theirs; adapted.json last
<output>/adapting/    the saved states of an unfinished run, gone when it is finished

Masked-language training (Devlin et al. 2019) on texts of the domain, as in Gururangan et al. (2020): some tokens are
hidden, and learnt from those beside them. Nothing of it is packaged but the weights that it leaves.
"""

import json
import os
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import typer
from dateline_inputs.dispatches import Columns, dispatch_of
from dateline_inputs.files import files_of
from dateline_inputs.rows import At, rows
from dateline_inputs.unpacking import Limits
from dateline_labels import InputError, Place
from dateline_labels.digests import file_digest
from dateline_labels.files import write_atomically
from transformers import DataCollatorForTokenClassification, PreTrainedTokenizerFast, TrainingArguments

from . import checkpoints
from .batches import DispatchSize, TokenBatches
from .dropout import QuickDropout, exchange_dropout
from .encoder import load_gap_filler
from .fitting import arguments_of, make_repeatable
from .losses import IGNORED
from .recipe import Recipe
from .trainer import BatchTrainer

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


class GapRows(torch.utils.data.Dataset[dict[str, list[int]]]):
    """Windows with some of their tokens hidden, others in every epoch; what each hidden one was is its label.

    Of those that are to be guessed eight in ten are hidden, one is another word and one stays (Devlin et al. 2019).
    Seed, epoch and the window's number alone determine which, so that an interrupted run goes on as it would have.
    """

    def __init__(
        self, windows: Sequence[list[int]], tokenizer: PreTrainedTokenizerFast, share: float, seed: int
    ) -> None:
        self.windows = windows
        self._special = np.array(tokenizer.all_special_ids, dtype=np.int64)
        self._gap = int(tokenizer.convert_tokens_to_ids(str(tokenizer.mask_token)))  # type: ignore[arg-type]  # one token
        self._words = len(tokenizer)
        self._share, self._seed, self._epoch = share, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Give the rows of this epoch from now on."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, number: int) -> dict[str, list[int]]:
        chance = np.random.default_rng((self._seed, self._epoch, number))
        ids = np.array(self.windows[number], dtype=np.int64)
        words = np.flatnonzero(~np.isin(ids, self._special))
        guessed = words[chance.random(len(words)) < self._share]
        if not len(guessed):  # a batch without any would have no loss
            guessed = chance.choice(words, 1)
        labels = np.full(len(ids), IGNORED)
        labels[guessed] = ids[guessed]
        drawn = chance.random(len(guessed))
        ids[guessed[drawn < 0.8]] = self._gap
        others = guessed[drawn >= 0.9]
        ids[others] = chance.integers(self._words, size=len(others))
        return {"input_ids": ids.tolist(), "labels": labels.tolist()}


def _is_done(folder: Path, fingerprint: str) -> bool:
    record = folder / RECORD
    return record.is_file() and bool(json.loads(record.read_text(encoding="utf-8"))["fingerprint"] == fingerprint)


def _adapt(recipe: Recipe, fingerprint: str, place: Place) -> None:
    section, states, folder = recipe.adapting, recipe.output / STATES, recipe.output / ADAPTED
    make_repeatable(recipe.seed)
    model, tokenizer = load_gap_filler(recipe.encoder, place)
    if tokenizer.mask_token_id is None:
        what = f"the tokenizer of {recipe.encoder.name} has no sign for a gap, so that none can be learnt to be filled"
        raise InputError(place, "adapting.files", what)
    exchange_dropout(model, torch.nn.Dropout, QuickDropout)
    texts = drawn(_texts(section.files), section.texts, recipe.seed)
    windows = list(_windows(texts, tokenizer, recipe.encoder.window))
    if not windows:
        raise InputError(place, "adapting.files", "expected texts with a word in them, got none")
    sizes = [DispatchSize(len(window), 1, len(window)) for window in windows]
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    trainer = BatchTrainer(
        GapRows(windows, tokenizer, section.masked, recipe.seed),
        TokenBatches(sizes, recipe.fitting.tokens_a_batch, recipe.seed, processes),
        recipe.output / f"{STATES}.jsonl",
        model=model,
        args=_arguments(recipe, states),
        data_collator=DataCollatorForTokenClassification(tokenizer),
    )
    is_main, tokens = trainer.is_world_process_zero(), sum(map(len, windows))
    if is_main:
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


def _windows(texts: Sequence[str], tokenizer: PreTrainedTokenizerFast, window: int) -> Iterator[list[int]]:
    """Each text cut into windows that do not overlap, with their special tokens; those without a word are left out."""
    special = set(tokenizer.all_special_ids)
    for text in texts:
        cut = tokenizer(text, truncation=True, max_length=window, return_overflowing_tokens=True)
        yield from (ids for ids in cut["input_ids"] if not special.issuperset(ids))


def _arguments(recipe: Recipe, states: Path) -> TrainingArguments:
    section = recipe.adapting
    own = {
        "max_steps": section.steps,
        "learning_rate": section.learning_rate,
        "weight_decay": recipe.fitting.weight_decay,
        "save_strategy": "steps",
        "save_steps": max(1, section.steps // _SAVES),
        "report_to": [],
    }
    return arguments_of(recipe, states, own)
