"""Options that several commands take to tell actors and places."""

from pathlib import Path
from typing import Annotated

import typer

ActorsOption = Annotated[
    Path | None, typer.Option("--actors", help="A table of actors of your own, as labels/actors.toml.")
]
GazetteerOption = Annotated[
    Path | None,
    typer.Option("--gazetteer", help="A GeoNames dump (allCountries.txt or the like) to place incidents with."),
]
