"""Options of the commands that read annotations, and what they stand for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from .format import Format
    from .label_map import LabelMap


def format_names() -> list[str]:
    """Of every known format, for the shell to complete."""
    from .known import FORMATS

    return [each.name for each in FORMATS]


DataArgument = Annotated[list[Path], typer.Argument(help="Annotated files or folders, in any known format.")]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="FORMAT", help="The format of the data; else it is recognised.", autocompletion=format_names
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="MAP.TOML", help="Other labels for those of the annotations.", exists=True, dir_okay=False
    ),
]


def asked_format(name: str | None) -> "Format | None":
    """The format that `--from` names; raises InputError where there is none of that name."""
    from .known import named

    return named(name) if name else None


def asked_map(path: Path | None) -> "LabelMap | None":
    """The label map that `--map` names; raises InputError where it is faulty."""
    from .label_map import LabelMap

    return LabelMap.read(path) if path else None
