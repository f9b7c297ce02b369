"""A JSON file that holds one record → the record, each fault with its line and field."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .errors import InputError, Place
from .faults import field_path, first_fault
from .files import decode_utf8
from .strict_json import read_json

Record = TypeVar("Record", bound=BaseModel)


def read_record(path: Path, kind: type[Record]) -> Record:
    """The record of the file, as strict JSON; raises InputError where it holds none, OSError where unreadable."""
    place = Place(str(path))
    plain = read_json(decode_utf8(path.read_bytes(), place), place)
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        location, what = first_fault(error)
        raise InputError(place, field_path(location, "file"), what) from None
