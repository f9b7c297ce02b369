"""Commands that need annotated dispatches alone: `dateline convert`."""

from pathlib import Path
from typing import Annotated

import typer

from .options import FromOption, MapOption, asked_format, asked_map, format_names


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A file or folder of annotations, in any known format.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    from_: FromOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="The format of OUT; else markup (a folder) or JSON lines.",
            autocompletion=format_names,
        ),
    ] = None,
    schema: Annotated[
        Path | None, typer.Option(help="Refuse what this schema does not allow.", exists=True, dir_okay=False)
    ] = None,
    map_: MapOption = None,
    lossy: Annotated[bool, typer.Option("--lossy", help="List what OUT cannot carry, and go on.")] = False,
    findings: Annotated[
        Path | None, typer.Option(help="Write to this file all that is lost, repaired or doubtful, a line each.")
    ] = None,
) -> None:
    """Convert annotated dispatches from one format to another.

    Everything is read and checked before anything is written. What was lost or repaired is listed on stderr.
    Examples: dateline convert labels/corpus corpus.jsonl
    · dateline convert export.json annotations --map ours.map.toml --schema labels/schema.toml
    · dateline convert corpus.jsonl to_annotate --to brat --lossy
    """
    from dateline_labels.schema import Schema

    from .known import named, target_format
    from .label_map import LabelMap
    from .reading import read_annotations, recognitions, say_findings, under_schema

    given = asked_format(from_)
    wanted = named(to) if to else target_format(target)
    mapping = asked_map(map_) or LabelMap()
    checked = Schema.read(schema) if schema else None
    source_read = read_annotations([source], given=given)
    unused = mapping.unused(mapping.rules_for(source_read.dispatches), map_) if map_ else ()
    annotated = under_schema(source_read, checked, mapping)
    said = (*annotated.findings, *unused, *wanted.write(annotated.dispatches, target, lossy))
    for line in recognitions([source], given):
        typer.echo(f"{line}; written as {wanted.title}", err=True)
    say_findings(said, findings)
    typer.echo(f"{len(annotated.dispatches)} dispatches written to {target}")
