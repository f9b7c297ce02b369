"""Commands that need annotated dispatches alone: `dateline convert`."""

from pathlib import Path
from typing import Annotated

import typer

SCHEMA_OPTION = typer.Option("--schema", help="Schema of the annotations.", exists=True, dir_okay=False)


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A folder, or a .md, .jsonl or .jsonl.gz file.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .jsonl or .jsonl.gz file, or a folder for .md files.")
    ],
    schema: Annotated[Path, SCHEMA_OPTION] = Path("labels/schema.toml"),
) -> None:
    """Convert annotated dispatches between the inline markup and JSON lines.

    Everything is read and checked before anything is written. Example: dateline convert labels/corpus corpus.jsonl
    """
    from dateline_labels.files import read_dispatches, write_dispatches
    from dateline_labels.schema import Schema

    dispatches = read_dispatches([source], Schema.read(schema))
    write_dispatches(dispatches, target)
    typer.echo(f"{len(dispatches)} dispatches written to {target}")
