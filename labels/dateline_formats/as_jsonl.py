"""JSON lines, every field of a dispatch spelt out, as a format."""

from collections.abc import Sequence
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, jsonl
from dateline_labels.files import decode_utf8, read_bytes, write_dispatches

from .format import Annotated, Finding, Format
from .json_rows import first_keys

_KEYS = frozenset({"id", "text", "published", "meta", "spans", "relations"})
_SPACE = " \t\r\n"
SUFFIXES = (".jsonl", ".jsonl.gz")


def recognise(path: Path, head: bytes) -> str:
    """A file that ends in `.jsonl` or `.jsonl.gz`."""
    if not path.name.endswith(SUFFIXES) or path.is_dir():
        return ""
    keys = first_keys(head)
    return f"its keys are {', '.join(sorted(keys))}" if keys and keys <= _KEYS else "its name ends in .jsonl"


def read(path: Path) -> Annotated:
    """Every dispatch of the file."""
    place = Place(str(path))
    text = decode_utf8(read_bytes(path), place)
    if not text.strip(_SPACE):
        raise InputError(place, "file", "expected at least one dispatch, got an empty file")
    dispatches: list[Dispatch] = []
    places: dict[tuple[str, ...], Place] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip(_SPACE):
            continue
        dispatch = jsonl.read_line(line, place.at(number), None)
        if (dispatch.id,) in places:
            raise InputError(place.at(number), "id", f"{dispatch.id} occurs twice, first in {path}")
        places[dispatch.id,] = place.at(number)
        dispatches.append(dispatch)
    return Annotated(tuple(dispatches), places=places)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One dispatch a line; everything is carried."""
    if not target.name.endswith(SUFFIXES):
        raise InputError(Place(str(target)), "format", "expected a file ending in .jsonl or .jsonl.gz")
    write_dispatches(dispatches, target)
    return ()


FORMAT = Format("jsonl", "Dateline's JSON lines", SUFFIXES, recognise, read, write, pieces="rows")
