"""`dateline suspects`: annotations that are likely wrong."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from dateline_formats.options import MapOption, asked_map
from dateline_labels import MissingExtraError

from .requirements import require_training


def suspects(
    recipe: Annotated[Path, typer.Argument(help="The recipe that the models are trained by, a TOML file.")],
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="Annotated files or folders to look at, in place of the recipe's."),
    ] = None,
    folds: Annotated[
        int, typer.Option(min=2, max=50, help="Into how many parts the data are cut: so many trainings.")
    ] = 5,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for suspects.csv, suspects.jsonl and what the folds read.")
    ] = Path("out/suspects"),
    tasks: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT", help="Tasks for the annotation tool: label-studio, doccano, brat, prodigy, markup, jsonl."
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--n", min=1, help="Of how many suspects, the first ones, tasks are made.")
    ] = 200,
    map_: MapOption = None,
) -> None:
    """List annotations that are likely wrong, the likeliest first; the same command again goes on.

    They are what a model trained on the other folds does not believe, and what it reads where nothing is annotated.
    Example: dateline suspects train/recipes/quick.toml --data export.json --out out/suspects --tasks label-studio
    """
    require_training()
    if find_spec("rensa") is None:
        raise MissingExtraError("dateline suspects", "rensa", "archive")

    from .suspects_run import Asked, run_suspects

    run_suspects(Asked(recipe, out, tuple(data or ()), folds, most, tasks, asked_map(map_)))
