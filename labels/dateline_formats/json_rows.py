"""Files of JSON objects: one a line, one after another, or in a list; each with the line on which it begins.

Strict as our JSON lines: doubled keys, NaN, hostile depths and lone surrogates are refused.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dateline_labels import InputError, Place
from dateline_labels.faults import field_path, first_fault
from dateline_labels.files import decode_utf8, read_bytes
from dateline_labels.strict_json import check_surrogates, strict_decoder
from pydantic import TypeAdapter, ValidationError

Typed = TypeVar("Typed")
_SPACE = " \t\r\n"
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]', re.DOTALL)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # how JSON spells half of a surrogate pair; UTF-8 has no other way
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Row:
    """An object of the file; `field` leads to it where the file is one list, as in `[3]`."""

    place: Place
    field: str
    value: dict[str, Any]

    def name(self, *location: int | str) -> str:
        """The field that `location` leads to from the row."""
        return field_path((self.field, *location)) if self.field else field_path(location)


def read_rows(path: Path) -> list[Row]:
    """Every object of the file, after a byte order mark if there is one, unpacked where its name ends in `.gz`.

    Raises InputError where it is anything but objects, or there is none; OSError where it cannot be read.
    """
    place = Place(str(path))
    data = read_bytes(path)
    text = decode_utf8(data.removeprefix(BYTE_ORDER_MARK), place)
    may_have_halves = _HALF.search(text) is not None
    rows = []
    for row in _listed(text, place) if text.lstrip(_SPACE).startswith("[") else _in_a_row(text, place):
        if may_have_halves:
            check_surrogates(row.value, row.place, row.field)
        rows.append(row)
    if not rows:
        raise InputError(place, "file", "expected at least one object, got none")
    return rows


def typed(row: Row, kind: TypeAdapter[Typed]) -> Typed:
    """The row as `kind`; raises InputError naming the field of the first fault."""
    try:
        return kind.validate_python(row.value)
    except ValidationError as error:
        location, what = first_fault(error)
        raise InputError(row.place, row.name(*location), what) from None


def first_keys(head: bytes) -> frozenset[str]:
    """The keys of the first object in the first bytes of a file, as far as they go; none where no object begins."""
    head = head.removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n")
    if head.startswith(b"["):
        head = head[1:].lstrip(b" \t\r\n")
    if not head.startswith(b"{"):
        return frozenset()
    keys, depth, last = set(), 0, b""
    for match in _TOKEN.finditer(head):
        token = match[0]
        if token in b"{[":
            depth += 1
        elif token in b"}]":
            depth -= 1
            if depth == 0:
                break
        elif token == b":" and depth == 1:
            keys.add(last[1:-1].decode("utf-8", errors="replace"))
        last = token
    return frozenset(keys)


def _in_a_row(text: str, place: Place) -> Iterator[Row]:
    """Objects one after another, each beginning on a new line."""
    at, line = _skip(text, 0, 1)
    previous = 0
    while at < len(text):
        if previous and "\n" not in text[previous:at]:
            raise InputError(place.at(line), "json", "expected a line break between two objects")
        value, end = _decode(text, at, place, line)
        yield Row(place.at(line), "", _object(value, place.at(line), ""))
        previous = end
        at, line = _skip(text, end, line + text.count("\n", at, end))


def _listed(text: str, place: Place) -> Iterator[Row]:
    """Objects of one list."""
    at, line = _skip(text, 0, 1)
    at, line = _skip(text, at + 1, line)
    number = 0
    while not text.startswith("]", at):
        value, end = _decode(text, at, place, line)
        yield Row(place.at(line), f"[{number}]", _object(value, place.at(line), f"[{number}]"))
        number += 1
        at, line = _skip(text, end, line + text.count("\n", at, end))
        if text.startswith(",", at):
            at, line = _skip(text, at + 1, line)
            if text.startswith("]", at):
                raise InputError(place.at(line), "json", "a comma before the end of the list")
        elif not text.startswith("]", at):
            raise InputError(place.at(line), "json", "expected , or ] after an object of the list")
    at, line = _skip(text, at + 1, line)
    if at < len(text):
        raise InputError(place.at(line), "json", "expected nothing after the list")


def _skip(text: str, at: int, line: int) -> tuple[int, int]:
    """The next offset that is not white space, and its line."""
    end = at
    while end < len(text) and text[end] in _SPACE:
        end += 1
    return end, line + text.count("\n", at, end)


def _decode(text: str, at: int, place: Place, line: int) -> tuple[object, int]:
    try:
        return strict_decoder().raw_decode(text, at)
    except json.JSONDecodeError as error:
        whole = text.rstrip(_SPACE)
        if error.pos >= len(whole):
            here = place.at(whole.count("\n") + 1)
            raise InputError(here, "json", "the file ends before its JSON does") from None
        here = place.at(error.lineno)
        raise InputError(here, "json", f"{error.msg.removesuffix(' at')} at column {error.colno}") from None
    except ValueError as error:
        raise InputError(place.at(line), "json", str(error)) from None
    except RecursionError:
        raise InputError(place.at(line), "json", "nested too deep") from None


def _object(value: object, place: Place, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(place, name or "row", f"expected an object, got {type(value).__name__}")
    return value
