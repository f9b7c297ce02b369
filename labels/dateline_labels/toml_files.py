"""TOML file → typed dataclass, each fault with its line and field; plain data → TOML."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from .errors import InputError, Place
from .faults import fault_text

Typed = TypeVar("Typed")


class FaultyKeysError(ValueError):
    """A contradiction between keys, found where the dataclass is built; `keys` lead from there to the culprit."""

    def __init__(self, keys: tuple[str, ...], what: str) -> None:
        self.keys = keys
        super().__init__(what)


def read_typed_toml(path: Path, kind: type[Typed]) -> Typed:
    """Read `path` as the dataclass `kind`; raises InputError as `path:line:field: what`, OSError where unreadable."""
    place = Place(str(path))
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(place.at(line), "encoding", f"expected UTF-8, {error.reason} at byte {error.start}") from None
    try:
        return TypeAdapter(kind).validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        last_line = text.removesuffix("\n").count("\n") + 1
        raise InputError(place.at(int(at[1]) if at else last_line), "toml", str(error)) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        cause = fault.get("ctx", {}).get("error")
        keys = [str(key) for key in (*fault["loc"], *(cause.keys if isinstance(cause, FaultyKeysError) else ()))]
        unknown = fault["type"] == "unexpected_keyword_argument"
        what = _no_such_key(kind, keys) if unknown else fault_text(fault["msg"], fault["input"])
        raise InputError(place.at(_line_of(text, keys)), ".".join(keys) or "file", what) from None
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(place, "toml", str(error)) from None
    except RecursionError:
        raise InputError(place, "toml", "nested too deep") from None


def _no_such_key(kind: type, keys: list[str]) -> str:
    """What to write in place of the last of `keys`, which lead through dataclasses from `kind`."""
    for key in keys[:-1]:
        kind = get_type_hints(kind).get(key, object) if is_dataclass(kind) else object
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    alike = get_close_matches(keys[-1], names, n=1)
    if alike:
        return f"no such key, did you mean {alike[0]}?"
    return f"no such key, expected one of {', '.join(names)}" if names else "no such key"


def _line_of(text: str, keys: list[str]) -> int:
    """The line from 1 of the dotted `keys` or else of the innermost table around them, 0 where neither is seen."""
    best = deepest = 0
    section: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.fullmatch(r"\s*\[+([^\[\]]+)\]+\s*(?:#.*)?", line)
        if header:
            found = section = _keys(header[1])
        elif key := re.match(r"\s*([\w.\"' -]+?)\s*=", line):
            found = section + _keys(key[1])
        else:
            continue
        depth = min(len(found), len(keys))
        if depth > deepest and keys[:depth] == found[:depth]:
            best, deepest = number, depth
    return best


def _keys(dotted: str) -> list[str]:
    return [key.strip().strip("\"'") for key in dotted.split(".")]


def toml(plain: Mapping[str, Any]) -> str:
    """Plain data of tables, lists, strings, numbers and booleans as TOML; what is None is left out."""
    return "\n".join(_toml_lines(plain, ())) + "\n"


def _toml_lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    if path:
        yield f"\n[{'.'.join(map(toml_key, path))}]"
    for name, value in table.items():
        if value is not None and not isinstance(value, Mapping):
            yield f"{toml_key(name)} = {toml_value(value)}"
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _toml_lines(value, (*path, name))


def toml_key(name: str) -> str:
    """A name as a key, bare where it may be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_value(name)


def toml_value(value: Any) -> str:
    """A string, number, boolean or list of these."""
    # a JSON string, list, number or boolean is a TOML one, but for the surrogates of ASCII JSON and for DEL
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
