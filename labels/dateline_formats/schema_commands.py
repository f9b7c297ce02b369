"""Commands about schemas: `dateline schema infer`, `dateline schema settings`."""

from pathlib import Path
from typing import Annotated

import typer

from .options import DataArgument, FromOption, MapOption, asked_format, asked_map

schema = typer.Typer(
    name="schema",
    help="Make a schema from annotations, or an annotation tool's settings from a schema.",
    no_args_is_help=True,
)


def _tools() -> list[str]:
    from .tool_settings import TOOLS

    return list(TOOLS)


@schema.callback()
def _schema() -> None:
    """Make a schema from annotations, or an annotation tool's settings from a schema."""


@schema.command("infer")
def infer(
    data: DataArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The schema to write; a map goes beside it.")] = Path(
        "schema.toml"
    ),
    name: Annotated[str | None, typer.Option(help="Its name; else that of the file it is written to.")] = None,
    from_: FromOption = None,
    map_: MapOption = None,
    findings: Annotated[
        Path | None, typer.Option(help="Write to this file all that is lost, repaired or doubtful, a line each.")
    ] = None,
) -> None:
    """Write the schema that annotations keep to: labels, legal heads and tails, attributes, with their counts.

    Where they keep to none (labels with spaces, overlaps, attributes that only some spans have), a label map is written
    beside it that makes them. Example: dateline schema infer export.json -o ours.toml
    """
    from dateline_labels.files import write_atomically
    from dateline_labels.outputs import check_outputs
    from dateline_labels.surrogates import whole

    from .inferring import infer as inferred_from
    from .label_map import LabelMap
    from .reading import read_annotations, recognitions, say_findings

    given, beside = asked_format(from_), out.with_suffix(".map.toml")
    check_outputs((out, beside, findings), (*data, map_))
    annotated = read_annotations(data, None, asked_map(map_) or LabelMap(), given)
    inferred = inferred_from(annotated, whole(name or out.stem))
    for line in recognitions(data, given):
        typer.echo(line, err=True)
    say_findings(annotated.findings, findings)
    write_atomically(out, inferred.schema.encode("utf-8"))
    typer.echo(f"schema of {len(annotated.dispatches)} dispatches written to {out}")
    if inferred.map:
        write_atomically(beside, inferred.map.encode("utf-8"))
        typer.echo(f"it takes a label map, written to {beside}: give it as --map")


@schema.command("settings")
def settings(
    path: Annotated[
        Path, typer.Argument(metavar="SCHEMA", help="A label schema, a TOML file.", exists=True, dir_okay=False)
    ],
    to: Annotated[
        str, typer.Option(metavar="TOOL", help="label-studio or brat.", autocompletion=_tools)
    ] = "label-studio",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; else it is printed.")] = None,
) -> None:
    """Write the settings of an annotation tool's project: its labels, attributes and relations are those of the schema.

    For Label Studio the labelling interface (XML), for brat annotation.conf. Tasks that Dateline writes fit them.
    Examples: dateline schema settings labels/schema.toml -o label_studio.xml
    · dateline schema settings ours.toml --to brat -o to_annotate/annotation.conf
    """
    from dateline_labels import InputError, Place, Schema
    from dateline_labels.files import write_atomically

    from .tool_settings import TOOLS

    if to not in TOOLS:
        raise InputError(Place("--to"), "to", f"expected one of {', '.join(TOOLS)}, got {to}")
    text = TOOLS[to](Schema.read(path))
    if out is None:
        typer.echo(text, nl=False)
        return
    write_atomically(out, text.encode("utf-8"))
    typer.echo(f"settings for {to} written to {out}")
