"""The command that checks annotations: `dateline check`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from dateline_formats.options import DataArgument, FromOption, MapOption, asked_format, asked_map
from dateline_labels import ExitCode, MissingExtraError


def check(
    data: DataArgument,
    schema: Annotated[
        Path | None, typer.Option(help="What is allowed; the default schema if not given.", exists=True, dir_okay=False)
    ] = None,
    map_: MapOption = None,
    from_: FromOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Folder for problems.csv, problems.jsonl, counts and plots."),
    ] = None,
    annotator_key: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="The key of meta that names the annotator; those of one text are compared."),
    ] = None,
    few: Annotated[int, typer.Option(min=0, help="A label with fewer examples is told.")] = 10,
) -> None:
    """List everything wrong or doubtful in annotations, a line each on stdout, and a summary on stderr.

    Exit code 2 where there is an error, 0 where there are warnings alone. What cannot be read hides nothing beside it.
    Example: dateline check export.json --schema ours.toml --out out/check
    """
    if find_spec("rensa") is None:
        raise MissingExtraError("dateline check", "rensa", "archive")
    if out and find_spec("matplotlib") is None:
        raise MissingExtraError("dateline check --out", "matplotlib", "report")
    from dateline_formats.label_map import LabelMap
    from dateline_labels.shipped import shipped

    from .checking import Asked, check_all
    from .summary import show

    mapping = asked_map(map_) or LabelMap()
    given = asked_format(from_)
    checked = check_all(Asked(data, schema or shipped("schema.toml"), mapping, given, annotator_key, few, map_))
    for problem in checked.problems:
        typer.echo(str(problem))
    if out:
        from .files import write_check

        write_check(out, checked)
    show(checked, out)
    if checked.errors:
        raise typer.Exit(ExitCode.BAD_INPUT)
