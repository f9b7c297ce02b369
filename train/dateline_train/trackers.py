"""Experiment trackers that a training tells what it logs, each on this machine unless the user says otherwise.

tensorboard  <output>/tensorboard, or TENSORBOARD_LOGGING_DIR
mlflow       <output>/mlflow.db, or MLFLOW_TRACKING_URI
wandb        <output>/wandb, to be sent later by `wandb sync`; at once where WANDB_MODE says "online"

What mlflow and wandb tell their makers of their own use and errors is off, unless its variables say otherwise.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

from dateline_labels import InputError, MissingExtraError, Place

from .recipe import Tracker


def named(names: Sequence[str]) -> tuple[Tracker, ...]:
    """The trackers of these names; raises InputError where there is none of a name."""
    known: tuple[Tracker, ...] = get_args(Tracker)
    for name in names:
        if name not in known:
            raise InputError(Place("--report-to"), "report_to", f"expected one of {', '.join(known)}, got {name}")
    return tuple(tracker for tracker in known if tracker in names)


@contextmanager
def tracked(trackers: Sequence[Tracker], output: Path) -> Iterator[None]:
    """Have the trackers write into `output` for a while; raises MissingExtraError where one is not installed."""
    for tracker in trackers:
        if not find_spec(tracker):
            raise MissingExtraError(f"report_to {tracker}", tracker, tracker)
    folder = output.resolve()
    places = {
        "tensorboard": {"TENSORBOARD_LOGGING_DIR": str(folder / "tensorboard")},
        "mlflow": {
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
            "MLFLOW_EXPERIMENT_NAME": "dateline",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        },
        "wandb": {
            "WANDB_MODE": "offline",
            "WANDB_DIR": str(folder),
            "WANDB_PROJECT": "dateline",
            "WANDB_ERROR_REPORTING": "false",
        },
    }
    chosen = [each for tracker in trackers for each in places[tracker].items() if each[0] not in os.environ]
    os.environ.update(chosen)
    try:
        yield
    finally:
        for name, _ in chosen:
            os.environ.pop(name, None)
