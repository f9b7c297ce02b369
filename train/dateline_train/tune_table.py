"""The trials of a search → a table in Markdown, the best first."""

from typing import TYPE_CHECKING

from dateline_labels.markdown_cells import cell, grid

from .recipe import Recipe

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial


def table(study: "Study", recipe: Recipe) -> str:
    """Every trial with its values, its figure on validation and how it ended."""
    trials = sorted(study.get_trials(deepcopy=False), key=_rank)
    names = list(recipe.tune.space)
    columns = ("ended", "trial", *(cell(name) for name in names), f"{recipe.tune.objective} on validation", "minutes")
    return grid(columns, [_row(trial, names) for trial in trials if trial.params])


def _rank(trial: "FrozenTrial") -> tuple[bool, float, int]:
    """Finished ones by their figures, then the others as they came."""
    figure = trial.value if trial.value is not None and trial.state.name == "COMPLETE" else None
    return figure is None, -(figure or 0.0), trial.number


def _row(trial: "FrozenTrial", names: list[str]) -> tuple[str, ...]:
    ended = {"COMPLETE": "finished", "PRUNED": "given up", "FAIL": "interrupted"}.get(trial.state.name, "running")
    values = (trial.params.get(name, "") for name in names)
    minutes = f"{trial.duration.total_seconds() / 60:.1f}" if trial.duration else ""
    figure = f"{trial.value:.2f}" if trial.value is not None else ""
    shown = (f"{value:.3g}" if isinstance(value, float) else cell(str(value)) for value in values)
    return (ended, str(trial.number), *shown, figure, minutes)
