"""How plots look, and plots as files: the same figures give the same bytes with the same version of matplotlib."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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


def write_plot(path: Path, figure: "Figure") -> None:
    """Write the figure under a name that ends in one of SUFFIXES; nothing is left half-written."""
    file = io.BytesIO()
    figure.savefig(
        file, format=path.suffix[1:], metadata=_METADATA[path.suffix], dpi=_DOTS_AN_INCH, bbox_inches="tight"
    )
    write_atomically(path, file.getvalue())


def write_both(folder: Path, name: str, figure: "Figure") -> None:
    """Write it as `name`.svg and `name`.png."""
    for suffix in (".svg", ".png"):
        write_plot(folder / f"{name}{suffix}", figure)
