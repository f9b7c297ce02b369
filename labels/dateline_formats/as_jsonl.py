"""JSON lines, every field of a dispatch spelt out, as a format."""

from collections.abc import Sequence
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import read_lines, write_dispatches

from .format import Annotated, Finding, Format
from .json_rows import first_keys

_KEYS = frozenset({"id", "text", "published", "meta", "spans", "relations"})
SUFFIXES = (".jsonl", ".jsonl.gz")


def recognise(path: Path, head: bytes) -> str:
    """A file that ends in `.jsonl` or `.jsonl.gz`."""
    if not path.name.endswith(SUFFIXES) or path.is_dir():
        return ""
    keys = first_keys(head)
    return f"its keys are {', '.join(sorted(keys))}" if keys and keys <= _KEYS else "its name ends in .jsonl"


def read(path: Path) -> Annotated:
    """Every dispatch of the file. Raises as `Format` says."""
    dispatches: list[Dispatch] = []
    places: dict[tuple[str, ...], Place] = {}
    for place, dispatch in read_lines(path, None):
        if (dispatch.id,) in places:
            raise InputError(place, "id", f"{dispatch.id} occurs twice, first in {path}")
        places[dispatch.id,] = place
        dispatches.append(dispatch)
    return Annotated(tuple(dispatches), places=places)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One dispatch a line; everything is carried. Raises as `Format` says."""
    if not target.name.endswith(SUFFIXES):
        raise InputError(Place(str(target)), "format", "expected a file ending in .jsonl or .jsonl.gz")
    write_dispatches(dispatches, target)
    return ()


FORMAT = Format("jsonl", "Dateline's JSON lines", SUFFIXES, recognise, read, write, pieces="rows")
