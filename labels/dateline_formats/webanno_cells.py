"""How WebAnno TSV 3.3 writes what it holds: its header of layers, its escapes, its stacked values with their numbers.

As INCEpTION's documentation and its reader have it (https://inception-project.github.io, WebAnno TSV 3.3 file format).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["SP", "RL", "CH"]
FORMAT_LINE = "#FORMAT=WebAnno TSV 3.3"
NOTHING, NO_VALUE = "_", "*"  # no annotation; one without a value
BASE, ROLE = "BT_", "ROLE_"

_TEXT_ESCAPES = {"\t": "t", "\n": "n", "\f": "f", "\r": "r", "\b": "b", "\\": "\\"}
_TEXT_CHARACTERS = {letter: character for character, letter in _TEXT_ESCAPES.items()}
_ESCAPED_IN_TEXT = re.compile(r"[\x00-\x1f\\]")
_TEXT_ESCAPE = re.compile(r"\\(?P<character>[tnfrb\\\x00-\x1f])")
_ESCAPED_IN_VALUE = re.compile(r"->|[\\\[\]|_;\t\n*]")
_VALUE_ESCAPE = re.compile(r"\\(?P<character>->|.)", re.DOTALL)
_VALUE_LETTERS = {"t": "\t", "n": "\n"}
_NUMBERED = re.compile(r"(?P<value>(?:[^\\\[]|\\.)*)(?:\[(?P<number>[^\]]*)\])?", re.DOTALL)


@dataclass(frozen=True)
class Layer:
    """A layer of the header; its columns begin at `first` of a row's, the cells after the token.

    A column is a feature, "" where the layer has none, `ROLE_…` of a slot with the type of what it takes in the column
    after it, or `BT_…`, where a relation comes from.
    """

    kind: Kind
    name: str
    columns: tuple[str, ...]
    first: int

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that are features."""
        slots = {at + 1 for at, column in enumerate(self.columns) if column.startswith(ROLE)}
        return tuple(
            column
            for at, column in enumerate(self.columns)
            if column and at not in slots and not column.startswith((BASE, ROLE))
        )


@dataclass(frozen=True)
class Value:
    """One of the values stacked in a cell: unescaped, None without one, with the number in brackets after it."""

    raw: str
    number: str

    @property
    def text(self) -> str | None:
        """The value itself."""
        return None if self.raw in (NO_VALUE, NOTHING) else unescape_value(self.raw)


def read_layer(line: str, first: int) -> Layer:
    """The layer of a header line such as `#T_SP=name|feature`; raises ValueError where it is none."""
    match = re.fullmatch(r"#T_(?P<kind>SP|RL|CH)=(?P<name>[^|]+)(?P<columns>(?:\|[^|]*)*)", line)
    if not match:
        raise ValueError(f"expected a layer, #T_SP=, #T_RL= or #T_CH= with its name, got {line!r}")
    kind: Kind = "SP" if match["kind"] == "SP" else "RL" if match["kind"] == "RL" else "CH"
    columns = tuple(match["columns"].split("|")[1:]) or ("",)
    if kind == "RL" and not columns[-1].startswith(BASE):
        raise ValueError(f"expected the layer of relations to end in |{BASE}, the layer that they tie")
    if kind == "CH" and len(columns) != 2:
        raise ValueError("expected a layer of chains to have two columns, referenceType and referenceRelation")
    if columns[-1].startswith(ROLE):
        raise ValueError("expected the type of what a slot takes after it")
    return Layer(kind, match["name"], columns, first)


def read_value(raw: str) -> Value:
    """One value with its number; raises ValueError at a loose bracket."""
    match = _NUMBERED.fullmatch(raw)
    if not match:
        raise ValueError(f"expected a value, and a number in brackets after it at most, got {raw!r}")
    return Value(match["value"], match["number"] or "")


def write_cell(values: Sequence[tuple[str | None, int]]) -> str:
    """The values stacked in a cell with their numbers, 0 for none."""
    cells = [NO_VALUE if value is None else escape_value(value) for value, _ in values]
    numbered = [cell + (f"[{number}]" if number else "") for cell, (_, number) in zip(cells, values, strict=True)]
    return "|".join(numbered) if values else NOTHING


def split(cell: str, separator: str) -> list[str]:
    """The parts of a cell between separators that no backslash precedes."""
    parts, begun = [], 0
    for match in re.finditer(rf"\\.|{re.escape(separator)}", cell, re.DOTALL):
        if match[0] == separator:
            parts.append(cell[begun : match.start()])
            begun = match.end()
    return [*parts, cell[begun:]]


def escape_text(text: str) -> str:
    """A line of text as it stands after `#Text=`."""
    return _ESCAPED_IN_TEXT.sub(lambda match: "\\" + _TEXT_ESCAPES.get(match[0], match[0]), text)


def unescape_text(text: str) -> str:
    """The inverse."""
    return _TEXT_ESCAPE.sub(lambda match: _TEXT_CHARACTERS.get(match["character"], match["character"]), text)


def escape_value(value: str) -> str:
    """A value of a feature as it stands in a cell."""
    letters = {"\t": "t", "\n": "n"}
    return _ESCAPED_IN_VALUE.sub(lambda match: "\\" + letters.get(match[0], match[0]), value)


def unescape_value(value: str) -> str:
    """The inverse."""
    return _VALUE_ESCAPE.sub(lambda match: _VALUE_LETTERS.get(match["character"], match["character"]), value)
