"""The wire format of protocol buffers: bytes → a tree of fields, by a table of what may stand where.

Only what the table lists is let through, each with the wire type it must have: a part that is passed over here could be
read by a runtime. Nothing is copied; texts and numbers in bulk are kept as the range of bytes they stand in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

INT, FLOAT, DOUBLE, BYTES = "int", "float", "double", "bytes"
_VARINT, _EIGHT, _RANGE, _FOUR = 0, 1, 2, 5
_WIRES = {INT: _VARINT, FLOAT: _FOUR, DOUBLE: _EIGHT}
_WIDTHS = {FLOAT: 4, DOUBLE: 8, INT: 1, BYTES: 1}
_MOST_PARTS = 200_000
"""Some 3,000 a layer at most, as DeBERTa's."""
_MOST_DEPTH = 24


class Range(NamedTuple):
    """Where in the bytes something stands, half-open."""

    start: int
    end: int


@dataclass(frozen=True)
class Kind:
    """What a message may hold: the type of each field, or the kind of message; and what is refused by name."""

    once: Mapping[int, str] = field(default_factory=dict)
    often: Mapping[int, str] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)


class Message(NamedTuple):
    """The fields of a message by their numbers, in order."""

    numbers: dict[int, list[int]]
    ranges: dict[int, list[Range]]
    messages: dict[int, list["Message"]]


class Reader:
    """Reads one message of a file; raises ValueError, saying what is wrong, on whatever is not as the kinds say."""

    def __init__(self, data: bytes, kinds: Mapping[str, Kind]) -> None:
        self._data = data
        self._kinds = kinds
        self._parts = 0

    def read(self, kind: str) -> Message:
        """The whole file as a message of this kind. Raises ValueError where it is none, or has a part that is not
        listed.
        """
        return self._message(kind, Range(0, len(self._data)), 0)

    def _message(self, name: str, within: Range, depth: int) -> Message:
        if depth > _MOST_DEPTH:
            raise ValueError(f"nested more than {_MOST_DEPTH} deep")
        kind, message = self._kinds[name], Message({}, {}, {})
        seen, at = set(), within.start
        while at < within.end:
            self._count()
            tag, at = self._varint(at, within.end)
            number, wire = tag >> 3, tag & 7
            if number in kind.refused:
                raise ValueError(f"expected no {kind.refused[number]}")
            if number in kind.once and number in seen:
                raise ValueError(f"field {number} of a {name} occurs twice")
            seen.add(number)
            what = kind.once.get(number) or kind.often.get(number)
            if what is None:
                raise ValueError(f"a part that no bundle has: field {number} of a {name}")
            at = self._field(message, number, what, wire, Range(at, within.end), depth, packs=number in kind.often)
        return message

    def _field(
        self, message: Message, number: int, what: str, wire: int, rest: Range, depth: int, *, packs: bool
    ) -> int:
        """Put the field whose value starts where `rest` does into the message; returns where it ends."""
        if wire == _WIRES.get(what):
            value, at = self._number(wire, rest)
            message.numbers.setdefault(number, []).append(value)
            return at
        if wire != _RANGE or (what in _WIRES and not packs):
            raise ValueError(f"field {number} has the wire type {wire}, expected another")
        length, start = self._varint(rest.start, rest.end)
        found = Range(start, start + length)
        if found.end > rest.end:
            raise ValueError("a length goes past the end")
        if what in self._kinds:
            message.messages.setdefault(number, []).append(self._message(what, found, depth + 1))
        else:
            self._check_packed(what, found)
            message.ranges.setdefault(number, []).append(found)
        return found.end

    def _number(self, wire: int, rest: Range) -> tuple[int, int]:
        if wire == _VARINT:
            return self._varint(rest.start, rest.end)
        end = rest.start + (4 if wire == _FOUR else 8)
        if end > rest.end:
            raise ValueError("ends in the middle of a number")
        return int.from_bytes(self._data[rest.start : end], "little"), end

    def _check_packed(self, what: str, found: Range) -> None:
        cut = what == INT and found.end > found.start and self._data[found.end - 1] >= 0x80
        if cut or (found.end - found.start) % _WIDTHS[what]:
            raise ValueError("ends in the middle of a number")

    def _count(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise ValueError(f"more than {_MOST_PARTS} parts")

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        """The number that starts at `at`, and where it ends."""
        if at < end and self._data[at] < 0x80:  # nearly every one
            return self._data[at], at + 1
        value = 0
        for shift in range(0, 70, 7):
            if at >= end:
                raise ValueError("ends in the middle of a number")
            byte = self._data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >= 2**64:
                    break
                return value, at
        raise ValueError("a number of more than 64 bits")
