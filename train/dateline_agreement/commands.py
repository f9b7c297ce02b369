"""The command that compares annotators: `dateline agree`."""

from pathlib import Path
from typing import Annotated

import typer
from dateline_formats.options import FromOption, MapOption, asked_format, asked_map

from .merge_tool import Tool

_WIDTH = 160
"""Of the tables, in characters, where no terminal says how wide it is."""


def agree(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="A B…",
            help="What each annotator made, in any known format; or one file, folder or project of all.",
        ),
    ],
    schema: Annotated[
        Path | None, typer.Option(help="Refuse what this schema does not allow.", exists=True, dir_okay=False)
    ] = None,
    map_: MapOption = None,
    from_: FromOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write figures, disagreements and the merged file here."),
    ] = None,
    merge: Annotated[
        Tool | None, typer.Option(help="Write a merged file to settle disputes in this tool; needs --out.")
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, help="Drawings of the dispatches for the intervals.")] = 1_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the drawings.")] = 13,
) -> None:
    """Say how far annotators of the same dispatches agree, and list where they do not.

    Dispatches are put together by id; their texts must be the same.
    Examples: dateline agree anna.json ben.json --schema labels/schema.toml --out out/agreement
    · dateline agree export.json --out out/agreement --merge label-studio
    """
    from dateline_formats.label_map import LabelMap
    from dateline_labels import Schema
    from rich.console import Console

    from .agreeing import run_agreement
    from .annotators import Terms
    from .figures import Drawing
    from .tables import show

    if merge and not out:
        raise typer.BadParameter("--merge needs --out, where the merged file goes")
    terms = Terms(
        Schema.read(schema) if schema else None,
        asked_map(map_) or LabelMap(),
        asked_format(from_),
    )
    agreed = run_agreement(data, terms, Drawing(resamples, seed), out, merge)
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH
    show(agreed.figures, agreed.kinds, console)
    if out:
        typer.echo(f"written to {out}")
