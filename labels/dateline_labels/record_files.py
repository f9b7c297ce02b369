"""A JSON file that holds one record → the record, each fault with its line and field."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .errors import InputError, Place
from .files import decode_utf8
from .jsonl import field_path, read_json
from .toml_files import fault_text

Record = TypeVar("Record", bound=BaseModel)


def read_record(path: Path, kind: type[Record]) -> Record:
    """The record of the file, as strict JSON; raises InputError where it holds none, OSError where unreadable."""
    place = Place(str(path))
    plain = read_json(decode_utf8(path.read_bytes(), place), place)
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = field_path(fault["loc"]) if fault["loc"] else "file"
        raise InputError(place, name, fault_text(fault["msg"], fault["input"])) from None
