"""What a trial tells the search while it trains, and how the search ends it."""

import time
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from .trainer import BEST_METRIC

if TYPE_CHECKING:
    from optuna.trial import Trial


class OutOfTimeError(Exception):
    """The budget of the search ran out in a trial, whose state is saved."""


class Watch(TrainerCallback):
    """Reports each validation to the search, which may give the trial up; saves it and stops at the deadline.

    `deadline` is a time of `time.monotonic`.
    """

    def __init__(self, trial: "Trial", deadline: float) -> None:
        self._trial = trial
        self._deadline = deadline
        self._saving = False

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Have the state saved when the time is up, but for a run whose last step this was."""
        if time.monotonic() >= self._deadline and state.global_step < state.max_steps:
            self._saving = control.should_save = True

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Stop as soon as the state is saved."""
        if self._saving:
            raise OutOfTimeError

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Tell the figure of the epoch; where others had better ones by then the trial is given up."""
        from optuna import TrialPruned

        self._trial.report(kwargs["metrics"][BEST_METRIC], round(state.epoch or 0))
        if self._trial.should_prune():
            raise TrialPruned
