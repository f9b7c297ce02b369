"""`dateline report`: all that a paper's evaluation section needs, of a checkpoint or bundle."""

from pathlib import Path
from typing import Annotated

import typer
from dateline_formats.options import DataArgument, MapOption, asked_map
from dateline_infer.options import SignatureOption
from dateline_report.history import HISTORY, HistoryOption

from .commands import ModelArgument, SplitOption, SplitsOption
from .requirements import require

_NEEDED = ("huggingface_hub", "jinja2", "matplotlib", "scipy")


def report(
    model: ModelArgument,
    data: DataArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the report.")],
    split: SplitOption = "all",
    compare: Annotated[
        Path | None, typer.Option(metavar="OTHER", help="A checkpoint or bundle to compare with, on the same data.")
    ] = None,
    fail_if_worse: Annotated[
        float | None,
        typer.Option(metavar="POINTS", help="With --compare: end with exit code 6 where F1 fell by more points."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap; the same seed gives the same intervals.")] = 13,
    resamples: Annotated[int, typer.Option(min=0, help="Drawings of the bootstrap; 0 for no intervals.")] = 1_000,
    story: Annotated[
        str,
        typer.Option(metavar="KEY", help="Dispatches with the same value under this key of meta are drawn together."),
    ] = "story",
    runs: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint or bundle for the learning curve; again for each.")
    ] = None,
    require_signature: SignatureOption = None,
    map_: MapOption = None,
    splits: SplitsOption = None,
    history: HistoryOption = HISTORY,
) -> None:
    """Write the evaluation report of a checkpoint or bundle: report.html, report.md, plots, cases, model card.

    Examples: dateline report out/demo/bundle labels/corpus --split test -o out/demo/report
    · dateline report NEW DATA -o out/report --compare OLD --fail-if-worse 0.5
    """
    require("this command", _NEEDED, "report")
    from dateline_report.reporting import Options

    from .evaluating import Asked, run_full_report

    options = Options(seed, resamples, story, fail_if_worse)
    mapping = asked_map(map_)
    asked = Asked(
        model, tuple(data), out, split, splits, compare, tuple(runs or ()), require_signature, mapping, history
    )
    run_full_report(asked, options)
