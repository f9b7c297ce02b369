"""When a training ends before its last epoch: the validation figures have not risen for so many epochs.

It is told from the log of the run alone, so that an interrupted run ends where it would have.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from .trainer import BEST_METRIC


class EarlyStopping(TrainerCallback):
    """Ends the training as soon as `has_stopped`."""

    def __init__(self, patience: int) -> None:
        self._patience = patience

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Look at the figures so far, the newest among them."""
        control.should_training_stop |= has_stopped(state.log_history, self._patience)


def has_stopped(log: Sequence[Mapping[str, Any]], patience: int) -> bool:
    """Whether the last `patience` validations were no better than the best one before them; never where it is 0."""
    figures = [float(entry[BEST_METRIC]) for entry in log if BEST_METRIC in entry]
    return bool(patience and figures) and len(figures) - 1 - figures.index(max(figures)) >= patience
