"""How plots look, and plots as files: the same figures give the same bytes with the same version of matplotlib."""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from dateline_labels.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS: Final = ("#00609c", "#9c4a00", "#00684c")
DASHES: Final = ("-", "--", ":")
MARKS: Final = ("o", "s", "^")
STYLE: Final[Any] = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "path",
    "svg.hashsalt": "dateline",
    "text.parse_math": False,
}
"""For matplotlib's `rc_context`."""
_METADATA: Final[Any] = {
    ".svg": {"Date": None, "Creator": "Dateline"},
    ".png": {"Software": "Dateline"},
    ".pdf": {"CreationDate": None, "Creator": "Dateline"},
}
SUFFIXES: Final = tuple(_METADATA)
_DOTS_AN_INCH: Final = 200
_GLYPH: Final = "missing from font"


def write_plot(path: Path, figure: "Figure") -> None:
    """Write the figure under a name that ends in one of SUFFIXES; nothing is left half-written. Where the font has no
    picture of a character, that is said once.
    """
    file, form = io.BytesIO(), path.suffix[1:]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        figure.savefig(file, format=form, metadata=_METADATA[path.suffix], dpi=_DOTS_AN_INCH, bbox_inches="tight")
    missing = [each for each in said if _GLYPH in str(each.message)]
    for each in said:
        if each not in missing:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    if missing:
        typer.echo(f"warning: {path}: the font has no picture of some characters, boxes stand for them", err=True)
    write_atomically(path, file.getvalue())


def write_both(folder: Path, name: str, figure: "Figure") -> None:
    """Write it as `name`.svg and `name`.png."""
    for suffix in (".svg", ".png"):
        write_plot(folder / f"{name}{suffix}", figure)
