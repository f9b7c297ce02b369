"""transformers.Trainer for packed batches, validated with the decoding that ships, resumed from whole states only."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from dateline_labels import Dispatch, Schema
from dateline_labels.scoring import Counts, score, total
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from . import checkpoints
from .batches import TokenBatches
from .losses import Logits
from .model import DispatchModel, Loss
from .network import checkpoint_extractor
from .replaying import ReplayedRows
from .teacher import Teachers
from .varying import VariedRows

BEST_METRIC = "eval_f1"
Rows = VariedRows | ReplayedRows
_PARTS = ("tag_loss", "attribute_loss", "relation_loss", "teacher_loss")
"""In the order of `Loss.parts`."""


class EpochRows(Protocol):
    """What is learnt from, row by row, otherwise in every epoch."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Any: ...

    def set_epoch(self, epoch: int) -> None:
        """Give the rows of this epoch from now on."""


class BatchTrainer(Trainer):
    """Learns batches of a token budget, and seals each state that it saves, so that a run goes on from a whole one."""

    def __init__(self, rows: EpochRows, batches: TokenBatches, log: Path, **kwargs: Any) -> None:
        super().__init__(train_dataset=cast("Dataset[Any]", rows), **kwargs)
        self.batches = batches
        self.remove_callback(PrinterCallback)
        self.add_callback(EpochOfRows(rows, batches))
        self.add_callback(TrainingLog(log))

    def get_train_dataloader(self) -> DataLoader[Any]:
        """The batches of the token budget, dealt to the processes in turn."""
        loader: DataLoader[Any] = DataLoader(
            cast("Dataset[Any]", self.train_dataset),
            batch_sampler=self.batches,
            collate_fn=self.data_collator,
            pin_memory=self.args.dataloader_pin_memory,
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def _save_checkpoint(self, model: torch.nn.Module, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()  # the other processes write their random states
        if self.is_world_process_zero():
            checkpoints.seal(Path(self.args.output_dir or "") / f"checkpoint-{self.state.global_step}")


class DispatchTrainer(BatchTrainer):
    """Trains a `DispatchModel`; validation reads whole dispatches with an Extractor."""

    def __init__(
        self,
        rows: Rows,
        batches: TokenBatches,
        tokenizer: Tokenizer,
        validation: tuple[Dispatch, ...],
        log: Path,
        teachers: Teachers | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(rows, batches, log, **kwargs)
        self._teachers = teachers
        self.tokenizer = tokenizer
        self._validation = validation
        self._parts: list[Tensor] = []

    def compute_loss(self, model: torch.nn.Module, inputs: dict[str, Tensor], *_: Any, **__: Any) -> Tensor:
        """The loss of one batch; its parts are kept for the log."""
        taught: dict[str, Logits] = {}
        if self._teachers:
            with self.accelerator.autocast():  # accelerate has wrapped the student alone, not those that teach it
                taught["teacher"] = self._teachers.logits(inputs)
        loss: Loss = model(**inputs, **taught)
        self._parts.append(loss.parts.cpu())
        return loss.total

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log, with the mean of each part of the loss since the last time."""
        if "loss" in logs and self._parts:
            means = torch.stack(self._parts).mean(dim=0).tolist()
            logs |= {name: mean for name, mean in zip(_PARTS, means, strict=True) if mean}
            self._parts.clear()
        super().log(logs, start_time)

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Span and relation F1 (strict) on the validation dispatches, in per cent, and their mean."""
        model = self.accelerator.unwrap_model(self.model)
        metrics = validate(model, self.tokenizer, self._validation, bf16=self.args.bf16)
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def validate(
    model: DispatchModel, tokenizer: Tokenizer, validation: tuple[Dispatch, ...], bf16: bool = False
) -> dict[str, float]:
    """The figures of a model as it stands, read in evaluation mode; see `validation_figures`."""
    training = model.training
    model.eval()
    model.read_as_learnt()
    predicted = checkpoint_extractor(model, tokenizer, bf16).batch(validation)
    model.train(training)
    return validation_figures(validation, predicted, model.reading.schema)


def validation_figures(
    validation: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema
) -> dict[str, float]:
    """Span and relation F1 (strict) in per cent, and their mean, as `eval_…`."""
    scores = score(validation, predicted, schema)
    spans = _percent(total(scores.spans.values()))
    relations = _percent(total(scores.relations["strict"].values()))
    return {"eval_span_f1": spans, "eval_relation_f1": relations, BEST_METRIC: (spans + relations) / 2}


class EpochOfRows(TrainerCallback):
    """Tells the rows and the batches which epoch begins.

    The Trainer's own call gets lost between accelerate's wrappers where several processes resume within an epoch.
    """

    def __init__(self, rows: EpochRows, batches: TokenBatches) -> None:
        self._rows, self._batches = rows, batches

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Count by the state, whose epoch has a fraction where the run resumes within one."""
        epoch = int(state.epoch or 0)
        self._rows.set_epoch(epoch)
        self._batches.set_epoch(epoch)


class TrainingLog(TrainerCallback):
    """A progress bar on a terminal, a readable line every so often, and every figure as a line of JSON in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bar: tqdm[Any] | None = None
        self._begun = time.monotonic()

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Open the bar where the run stands."""
        self._begun = time.monotonic()
        if state.is_world_process_zero:
            self._bar = tqdm(total=state.max_steps, initial=state.global_step, unit="step", disable=None)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.update(state.global_step - self._bar.n if not self._bar.disable else 0)

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Write the figures."""
        logs: dict[str, Any] = kwargs["logs"]
        if not state.is_world_process_zero:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": state.global_step, **logs}) + "\n")
        if "train_runtime" in logs:  # the last ones, of the run as a whole
            return
        names = ("loss", *_PARTS, "eval_span_f1", "eval_relation_f1")
        figures = "  ".join(f"{name.removeprefix('eval_')} {logs[name]:.3g}" for name in names if name in logs)
        minutes, seconds = divmod(int(time.monotonic() - self._begun), 60)
        where = f"epoch {state.epoch or 0:.2f} of {args.num_train_epochs:g}  step {state.global_step}/{state.max_steps}"
        tqdm.write(f"{minutes}:{seconds:02d}  {where}  {figures}")

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Close the bar."""
        if self._bar is not None:
            self._bar.close()


def _percent(counts: Counts) -> float:
    return 100 * counts.f1
