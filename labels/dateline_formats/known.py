"""Every format that is known, in one place; which one a file is in, and why.

They are asked in their order, so that the formats that anything of their suffix could be in come last.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path

from dateline_labels import InputError, Place

from . import as_jsonl, as_markup
from .format import Annotated, Format

FORMATS: tuple[Format, ...] = (as_markup.FORMAT, as_jsonl.FORMAT)
_HEAD = 1 << 20


def named(name: str) -> Format:
    """The format of that name; raises InputError where there is none."""
    for each in FORMATS:
        if each.name == name:
            return each
    raise InputError(Place(name), "format", f"expected one of {', '.join(each.name for each in FORMATS)}")


def recognise(path: Path) -> tuple[Format, str] | None:
    """The first format that knows the file or folder as its own, and by what; None where none does."""
    head = b"" if path.is_dir() else _head(path)
    for each in FORMATS:
        reason = each.recognise(path, head)
        if reason:
            return each, reason
    return None


def recognised(path: Path) -> tuple[Format, str]:
    """The same; raises InputError where no format does."""
    found = recognise(path)
    if found is None:
        names = ", ".join(each.name for each in FORMATS)
        raise InputError(Place(str(path)), "format", f"expected a folder or a file in a format known here: {names}")
    return found


def read_unit(path: Path) -> Annotated:
    """What stands in one file, or in a folder that is one unit of its format."""
    return recognised(path)[0].read(path)


def merged(parts: Sequence[Annotated]) -> Annotated:
    """Several readings as one; raises InputError where an id occurs in two."""
    places: dict[tuple[str, ...], Place] = {}
    for part in parts:
        for dispatch in part.dispatches:
            if (dispatch.id,) in places:
                what = f"{dispatch.id} occurs twice, first in {places[dispatch.id,].path}"
                raise InputError(part.place_of(dispatch), "id", what)
        places.update(part.places)
    dispatches = tuple(dispatch for part in parts for dispatch in part.dispatches)
    return Annotated(dispatches, tuple(finding for part in parts for finding in part.findings), places)


def _head(path: Path) -> bytes:
    """The first bytes of the file, unpacked as far as they can be."""
    with path.open("rb") as file:
        data = file.read(_HEAD)
    if path.suffix != ".gz":
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, _HEAD)
    except zlib.error:
        return b""
