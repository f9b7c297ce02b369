"""`dateline tune`: the best values of a recipe's numbers, searched within a budget."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from dateline_labels import MissingExtraError

from .requirements import require_training


def tune(
    recipe: Annotated[Path, typer.Argument(help="The recipe; its section `tune` says what is searched.")],
    trials: Annotated[int, typer.Option(min=1, help="Trainings at the most, those of earlier calls counted.")] = 20,
    minutes: Annotated[
        float,
        typer.Option(min=0.0, help="Minutes at the most, of this call; a trial that is not done goes on in the next."),
    ] = 480.0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Where the search lies; else out/tune/RECIPE.")
    ] = None,
) -> None:
    """Search for better learning rates and the like, by validation alone; the same command again goes on.

    Example: dateline tune train/recipes/default.toml --trials 30 --minutes 600
    · dateline train out/tune/default/best.toml --output out/tuned/checkpoint
    """
    require_training()
    if find_spec("optuna") is None:
        raise MissingExtraError("dateline tune", "optuna", "tune")
    from .tuning import Budget, run_tuning

    run_tuning(recipe, Budget(trials, minutes), out or Path("out/tune") / recipe.stem)
