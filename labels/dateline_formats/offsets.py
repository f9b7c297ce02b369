"""Offsets as some tool counted them → offsets in code points; the unit is found from the words that the tool quotes.

Tools count code points, the 16-bit units of JavaScript (doccano, Label Studio) or bytes, and some see the two
characters of a Windows line end as one, or a single one as two. A file comes from one tool, so one unit is looked for
in which the words of all its spans stand where they should. Where a format quotes no words, the right unit is the one
in which the fewest spans begin or end inside a word, with white space, or outside of the text; dashes and line breaks
are so common that bytes, or line ends that count as two, are believed only where they put two spans right.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from dateline_labels import InputError, Place

from .format import Finding

Piece = tuple[int, int]
_WHITE = re.compile(r"\r\n|\s")


@dataclass(frozen=True)
class Mark:
    """Where a file says that a span stands: one piece of the text or several, and the words there, None if not given.

    The words of several pieces are quoted with a space between them.
    """

    place: Place
    field: str
    text: str
    pieces: tuple[Piece, ...]
    quote: str | None = None


@dataclass(frozen=True)
class Unit:
    """What a tool counts, and how it counts line ends."""

    counted: Literal["code points", "UTF-16 units", "UTF-8 bytes"]
    line_ends: Literal["", "CRLF as one", "LF as two"] = ""

    def __str__(self) -> str:
        return f"{self.counted}, {self.line_ends}" if self.line_ends else self.counted

    @property
    def is_rare(self) -> bool:
        """Whether few tools count so."""
        return self.counted == "UTF-8 bytes" or self.line_ends == "LF as two"

    def widths(self, text: str) -> list[int]:
        """How many such units each character takes, line ends apart."""
        if self.counted == "code points" or text.isascii():
            return [1] * len(text)
        if self.counted == "UTF-16 units":
            return [2 if character > "\uffff" else 1 for character in text]
        return [len(character.encode("utf-8", errors="surrogatepass")) for character in text]

    def borders(self, text: str) -> dict[int, int]:
        """Each offset in this unit at which a character begins or the text ends, with the code points before it."""
        widths = self.widths(text)
        if self.line_ends:
            for match in re.finditer("\n", text):
                at = match.start()
                after_return = at > 0 and text[at - 1] == "\r"
                if after_return and self.line_ends == "CRLF as one":
                    widths[at] = 0
                elif not after_return and self.line_ends == "LF as two":
                    widths[at] = 2
        return dict(zip(accumulate(widths, initial=0), range(len(text) + 1), strict=True))


CODE_POINTS = Unit("code points")
UNITS = tuple(
    Unit(counted, line_ends)
    for line_ends in ("", "CRLF as one", "LF as two")
    for counted in ("code points", "UTF-16 units", "UTF-8 bytes")
)
"""Every unit that is tried, the likelier ones first."""


@dataclass(frozen=True)
class _Reading:
    """The marks in one unit: where each stands in code points, () where it cannot, whether it is well placed, and
    whether the words there are those quoted, white space too.
    """

    unit: Unit
    pieces: tuple[tuple[Piece, ...], ...]
    agree: tuple[bool, ...]
    exact: tuple[bool, ...]  # of a mark without a quote as `agree`

    def merit(self, marks: Sequence[Mark]) -> tuple[int, int, int]:
        """How many quoted marks agree, how many of them exactly (a span of white space agrees with its neighbours too),
        then how many others are well placed, less one for a rare unit.
        """
        quoted = [at for at, mark in enumerate(marks) if mark.quote is not None]
        agree = sum(self.agree[at] for at in quoted)
        return agree, sum(self.exact[at] for at in quoted), sum(self.agree) - agree - self.unit.is_rare


def located(marks: Sequence[Mark]) -> tuple[list[tuple[Piece, ...]], list[Finding]]:
    """The pieces of each mark in code points, and what was repaired or is doubtful.

    Raises InputError at the first mark that leaves its text or whose words stand elsewhere, in the unit in which most
    are right.
    """
    chosen = _read(marks, CODE_POINTS)
    if not all(chosen.exact):
        readings = [chosen, *(_read(marks, unit) for unit in UNITS if unit != CODE_POINTS)]
        chosen = max(readings, key=lambda reading: reading.merit(marks))  # the first of equals
    findings: list[Finding] = []
    for mark, pieces, agrees in zip(marks, chosen.pieces, chosen.agree, strict=True):
        if not pieces or (mark.quote is not None and not agrees):
            raise InputError(mark.place, mark.field, _fault(mark, pieces, chosen.unit))
        if pieces != mark.pieces:
            what = f"{_written(mark.pieces)} counts {chosen.unit}; {_written(pieces)} in code points"
            findings.append(Finding(mark.place, mark.field, "repaired", what))
        if not agrees:
            what = f"{_words(mark.text, pieces)!r} begins or ends inside a word or with white space"
            findings.append(Finding(mark.place, mark.field, "warning", what))
    return list(chosen.pieces), findings


def same_words(words: str, quote: str) -> bool:
    """Whether these are the same words, any white space and a Windows line end being as good as one space."""
    return words == quote or _WHITE.sub(" ", words) == _WHITE.sub(" ", quote)


def _read(marks: Sequence[Mark], unit: Unit) -> _Reading:
    text, borders = "", {0: 0}
    pieces: list[tuple[Piece, ...]] = []
    agree: list[bool] = []
    exact: list[bool] = []
    for mark in marks:
        if mark.text is not text:  # the marks of one text stand together
            text, borders = mark.text, unit.borders(mark.text)
        pieces.append(_in_code_points(mark.pieces, borders))
        agree.append(bool(pieces[-1]) and _well_placed(mark, pieces[-1]))
        exact.append(agree[-1] and mark.quote in (None, _words(mark.text, pieces[-1])))
    return _Reading(unit, tuple(pieces), tuple(agree), tuple(exact))


def _in_code_points(pieces: Iterable[Piece], borders: dict[int, int]) -> tuple[Piece, ...]:
    """The pieces in code points; () where one is empty or a border of it is none of the text's."""
    found = tuple((borders.get(start, -1), borders.get(end, -1)) for start, end in pieces)
    return found if all(0 <= start < end for start, end in found) else ()


def _well_placed(mark: Mark, pieces: tuple[Piece, ...]) -> bool:
    if mark.quote is not None:
        return same_words(_words(mark.text, pieces), mark.quote)
    return not any(_cuts(mark.text, at) for piece in pieces for at in piece) and not any(
        mark.text[start].isspace() or mark.text[end - 1].isspace() for start, end in pieces
    )


def _cuts(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _words(text: str, pieces: Iterable[Piece]) -> str:
    return " ".join(text[start:end] for start, end in pieces)


def _written(pieces: Iterable[Piece]) -> str:
    return ";".join(f"{start}-{end}" for start, end in pieces)


def _fault(mark: Mark, pieces: tuple[Piece, ...], unit: Unit) -> str:
    """Why the mark cannot be where it says, and in which unit it could."""
    where = f"{_written(mark.pieces)} in {unit}"
    if mark.quote is None:
        return f"expected a part of the text of {len(mark.text)} code points, got {where}"
    got = repr(_words(mark.text, pieces)) if pieces else "no part of the text"
    other = next((other for other in UNITS if all(_read([mark], other).agree)), None)
    hint = f"; it would be right in {other}" if other else ""
    return f"expected {mark.quote!r} at {where}, got {got}{hint}"
