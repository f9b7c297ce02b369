"""A file of many dispatches → pieces of one each, and pieces → a file again that its reader takes, places put right.

Readers stop at the first fault of a file. With its pieces the dispatches beside a faulty one can be read all the same.
Rows of JSON and the documents (or sentences) of CoNLL can be cut apart; of other formats a file is one dispatch, or a
whole that cannot be (`DocBin`, `datasets`, re3d).
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from dateline_formats.format import Annotated, Finding, Format
from dateline_formats.json_rows import BYTE_ORDER_MARK
from dateline_labels import InputError, Place
from dateline_labels.files import read_bytes

_SPACE = re.compile(r"[ \t\r\n]*")
_NEXT_ROW = re.compile(r"\n(?=[ \t\r]*\{)")
_DOCUMENT = "-DOCSTART-"


@dataclass(frozen=True)
class Piece:
    """What a file has to say of one dispatch: its text, the line on which it begins, and the field that leads to it."""

    line: int
    field: str
    text: str


def pieces_of(path: Path, each: Format) -> list[Piece]:
    """The pieces of the file; none where it cannot be cut. Raises InputError where it cannot be unpacked.

    Bytes that are no UTF-8 stay what they are, so that they are the fault of their piece alone.
    """
    if path.is_dir() or each.pieces == "none":
        return []
    text = read_bytes(path).removeprefix(BYTE_ORDER_MARK).decode("utf-8", "surrogateescape")
    return list(_blocks(text) if each.pieces == "blocks" else _rows(text))


def read_pieces(path: Path, each: Format, pieces: Sequence[Piece]) -> Annotated:
    """The dispatches of some pieces of the file, where they stand in it; raises InputError as its reader does."""
    with TemporaryDirectory(prefix="dateline-") as folder:
        copy = Path(folder) / path.name.removesuffix(".gz")
        copy.write_bytes("".join(f"{piece.text}\n" for piece in pieces).encode("utf-8", "surrogateescape"))
        back = _Back(str(copy), str(path), pieces)
        try:
            annotated = each.read(copy)
        except InputError as error:
            raise back.error(error) from None
        findings = tuple(map(back.finding, annotated.findings))
        places = {key: back.place(place) for key, place in annotated.places.items()}
        return Annotated(annotated.dispatches, findings, places)


class _Back:
    """From the places of a file of pieces back to those of the file that they were cut from."""

    def __init__(self, copy: str, path: str, pieces: Sequence[Piece]) -> None:
        self.copy, self.path, self.pieces = copy, path, pieces
        self.begins = list(accumulate((piece.text.count("\n") + 1 for piece in pieces[:-1]), initial=1))

    def place(self, place: Place) -> Place:
        if not place.line:  # the file as a whole, which is one piece of it maybe
            return Place(self.path, self.pieces[0].line if len(self.pieces) == 1 else 0)
        at = bisect_right(self.begins, place.line) - 1
        return Place(self.path, self.pieces[at].line + place.line - self.begins[at])

    def field(self, place: Place, field: str) -> str:
        leading = self.pieces[bisect_right(self.begins, place.line) - 1].field if place.line else ""
        return field if not leading else leading if field == "row" else f"{leading}.{field}"

    def error(self, error: InputError) -> InputError:
        what = error.what.replace(self.copy, self.path)
        return InputError(self.place(error.place), self.field(error.place, error.field), what)

    def finding(self, finding: Finding) -> Finding:
        field = self.field(finding.place, finding.field)
        return replace(finding, place=self.place(finding.place), field=field)


def _rows(text: str) -> Iterator[Piece]:
    """JSON objects in a list or one after another. One that is no JSON goes as far as the line before the next that
    begins with a brace or, in a list, as far as the file, and so does what a list should not have.
    """
    at = _skip(text, 0)
    listed = text.startswith("[", at)
    at = _skip(text, at + 1) if listed else at
    number, line, counted = 0, 1, 0
    while at < len(text) and not (listed and text[at] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        end = _end(text, at, listed)
        yield Piece(line, f"[{number}]" if listed else "", re.sub(r"\s*\n\s*", " ", text[at:end]))
        number += 1
        at = _skip(text, end)
        if listed and text.startswith(",", at):
            at = _skip(text, at + 1)
        elif listed and not text.startswith("]", at):
            break
    rest = text[_skip(text, at + 1) if listed and text.startswith("]", at) else at :]
    if rest:
        line += text.count("\n", counted, len(text) - len(rest))
        yield Piece(line, f"[{number}]" if listed else "", re.sub(r"\s*\n\s*", " ", rest))


def _end(text: str, at: int, listed: bool) -> int:
    try:
        return json.JSONDecoder().raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        following = None if listed else _NEXT_ROW.search(text, at)
        return following.start() if following else len(text)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _blocks(text: str) -> Iterator[Piece]:
    """Lines up to the next document or, where none is marked, sentence."""
    lines = text.split("\n")
    marked = any(line.startswith(_DOCUMENT) for line in lines)
    first = 0
    for number in range(1, len(lines) + 1):
        ends = number == len(lines) or (
            lines[number].startswith(_DOCUMENT)
            if marked
            else bool(lines[number].strip() and not lines[number - 1].strip())
        )
        if ends:
            yield Piece(first + 1, "", "\n".join(lines[first:number]))
            first = number
