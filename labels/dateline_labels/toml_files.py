"""TOML file → typed dataclass, each fault with its line and field."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from .errors import InputError, Place

Typed = TypeVar("Typed")


def read_typed_toml(path: Path, kind: type[Typed]) -> Typed:
    """Read `path` as the dataclass `kind`; raises InputError as `path:line:field: what`, OSError where unreadable."""
    place = Place(str(path))
    try:
        text = path.read_bytes().decode("utf-8")
        return TypeAdapter(kind).validate_python(tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise InputError(place, "encoding", f"expected UTF-8, got {error.reason} at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise InputError(place.at(int(at[1]) if at else text.count("\n") + 1), "toml", str(error)) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        keys = [str(key) for key in fault["loc"]]
        raise InputError(place.at(_line_of(text, keys)), ".".join(keys) or "file", fault_text(fault["msg"], fault["input"])) from None


def fault_text(message: str, value: object) -> str:
    """One validation fault in words: what was expected and what was there."""
    message = message.removeprefix("Value error, ")
    scalar = isinstance(value, str | int | float | bool) or value is None
    return f"{message}, got {value!r}" if scalar else message


def _line_of(text: str, keys: list[str]) -> int:
    """The line from 1 where the dotted `keys` stand, 0 where they are not to be seen (a missing key)."""
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        if header:
            section = header[1].strip()
        key = re.match(r"\s*([\w.\"-]+)\s*=", line)
        dotted = ".".join(filter(None, [section, key[1] if key else ""]))
        if dotted == ".".join(keys) or (key and dotted == ".".join(keys[: dotted.count(".") + 1])):
            return number
    return 0
