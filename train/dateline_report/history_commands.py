"""`dateline history`: which models were trained, packaged and measured, on what, and how good they were."""

from pathlib import Path
from typing import Annotated, get_args

import typer
from dateline_labels import InputError, Place

from .history import HISTORY, VARIABLE, Kind, read_history


def history(
    runs: Annotated[
        Path, typer.Argument(metavar="RUNS.JSONL", envvar=VARIABLE, help="The history that commands write.")
    ] = HISTORY,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only train, package, evaluate or report; again for each.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE.SVG|PNG|PDF", help="Draw the figures, model after model, into this file."),
    ] = None,
) -> None:
    """List the trainings, bundles, evaluations and reports of a project, with hashes of data and models.

    Examples: dateline history · dateline history --kind report --plot out/history.svg
    """
    from .history_plot import check_plot, write_plot
    from .history_table import table

    for name in kind or ():
        if name not in get_args(Kind):
            raise InputError(Place("--kind"), "kind", f"expected one of {', '.join(get_args(Kind))}, got {name}")
    if plot:
        check_plot(plot)
    if not runs.is_file():
        what = "there is no history yet: dateline train, package, evaluate and report write it"
        raise InputError(Place(str(runs)), "file", what)
    found = read_history(runs)
    for fault in found.faults:
        typer.echo(fault, err=True)
    entries = [entry for entry in found.entries if not kind or entry.kind in kind]
    typer.echo(table(entries))
    if plot:
        write_plot(plot, entries)
        typer.echo(f"drawn in {plot}", err=True)
