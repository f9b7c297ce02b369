"""The text and the rows of a WebAnno TSV file: sentences, tokens and parts of tokens, with offsets in code points.

The file gives the text of each sentence and the offsets of its tokens, in UTF-16 units; between two sentences stands
the line break that ends each, none where the next begins at once, or as many spaces as its offset asks for. Some
programs count code points instead, which is found out and told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from dateline_labels import InputError, Place

from .drafts import Reading
from .offsets import CODE_POINTS, Unit
from .webanno_cells import FORMAT_LINE, Layer, read_layer, unescape_text

_UTF_16 = Unit("UTF-16 units")
_TEXT = "#Text="
_WIDEST_GAP = 100_000


@dataclass(frozen=True)
class Row:
    """A token, or a part of one where its id has a dot, with its cells."""

    line: int
    id: str
    start: int
    end: int
    words: str
    cells: tuple[str, ...]


@dataclass
class Sentence:
    """A sentence's text and rows."""

    lines: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """The file: its layers, its text, its rows with their offsets in code points."""

    layers: tuple[Layer, ...]
    text: str
    rows: tuple[Row, ...]


def read_sheet(source: str, place: Place, reading: Reading) -> Sheet:
    """The file's content; raises InputError at the first line that is not as it must be."""
    lines = [line.removesuffix("\r") for line in source.split("\n")]
    if not lines[0].startswith(FORMAT_LINE[:-1]):
        raise InputError(place.at(1), "format", f"expected {FORMAT_LINE}, got {lines[0]!r}")
    layers: list[Layer] = []
    at = 1
    while at < len(lines) and lines[at].startswith("#T_"):
        try:
            layers.append(read_layer(lines[at], sum(len(layer.columns) for layer in layers)))
        except ValueError as error:
            raise InputError(place.at(at + 1), "layer", str(error)) from None
        at += 1
    width = sum(len(layer.columns) for layer in layers)
    found = list(_sentences(lines[at:], at + 1, width, place, reading))
    try:
        text, rows = _placed(found, _UTF_16, place)
    except InputError as error:
        try:
            text, rows = _placed(found, CODE_POINTS, place)
        except InputError:
            raise error from None
        reading.note(place, "offsets", "repaired", "they count code points, not the UTF-16 units of this format")
    return Sheet(tuple(layers), text, tuple(rows))


def _sentences(lines: Sequence[str], first: int, width: int, place: Place, reading: Reading) -> Iterator[Sentence]:
    sentence = Sentence()
    for number, line in enumerate(lines, start=first):
        if not line:
            if sentence.rows:
                yield sentence
                sentence = Sentence()
            continue
        if not line.startswith("#"):
            if not sentence.lines:
                raise InputError(place.at(number), "sentence", f"expected {_TEXT} and the text before the tokens")
            sentence.rows.append(_row(line, number, width, place))
            continue
        if sentence.rows:
            raise InputError(place.at(number), "sentence", "expected an empty line after the tokens of a sentence")
        if line.startswith(_TEXT):
            sentence.lines.append(unescape_text(line.removeprefix(_TEXT)))
        else:
            reading.note(place.at(number), "sentence", "lost", f"{line!r} is not read")
    if sentence.lines and not sentence.rows:
        raise InputError(place.at(first + len(lines) - 1), "sentence", "expected tokens after the text, got none")
    if sentence.rows:
        yield sentence


def _row(line: str, number: int, width: int, place: Place) -> Row:
    fields = line.split("\t")
    if len(fields) == width + 4 and not fields[-1]:
        fields.pop()  # INCEpTION ends each row with a tab
    if len(fields) != width + 3:
        what = f"expected {width + 3} columns, an id, offsets, a token and {width} of the layers, got {len(fields)}"
        raise InputError(place.at(number), "row", what)
    start, dash, end = fields[1].partition("-")
    if not (dash and start.isdecimal() and end.isdecimal() and len(fields[1]) < 30):
        raise InputError(place.at(number), "offsets", f"expected two numbers such as 4-9, got {fields[1]!r}")
    return Row(number, fields[0], int(start), int(end), fields[2], tuple(fields[3:]))


def _placed(found: Sequence[Sentence], unit: Unit, place: Place) -> tuple[str, list[Row]]:
    """The text, and the rows with their offsets in code points; raises InputError where a token stands elsewhere."""
    pieces: list[str] = []
    length = 0  # in the unit
    for number, sentence in enumerate(found):
        gap = sentence.rows[0].start - length
        if not 0 <= gap <= _WIDEST_GAP:
            what = f"the sentence begins at {sentence.rows[0].start}, the text before it ends at {length}"
            raise InputError(place.at(sentence.rows[0].line), "offsets", what)
        pieces += [("\n" if number else " ") + " " * (gap - 1) if gap else "", "\n".join(sentence.lines)]
        length += gap + sum(unit.widths(pieces[-1]))
    text = "".join(pieces)
    borders = unit.borders(text)
    return text, [_in_code_points(row, borders, text, place) for sentence in found for row in sentence.rows]


def _in_code_points(row: Row, borders: dict[int, int], text: str, place: Place) -> Row:
    start, end = borders.get(row.start, -1), borders.get(row.end, -1)
    words = text[start:end] if 0 <= start <= end else None
    if words is None or words not in (row.words, unescape_text(row.words)):
        got = "no part of the text" if words is None else repr(words)
        raise InputError(place.at(row.line), "offsets", f"expected {row.words!r} at {row.start}-{row.end}, got {got}")
    return replace(row, start=start, end=end)
