"""Dispatches as other desks would write them: in lower case, in capitals, without accents, numbers spelt otherwise.

What is marked stays marked: each disturbance is a list of pieces to put in the place of others, and every offset moves
with them.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from dateline_labels import Dispatch
from number_words import Piece, spelt_otherwise


def rewritten(dispatch: Dispatch, pieces: Sequence[Piece]) -> Dispatch:
    """`dispatch` with the pieces in place, which lie apart and in the order of the text; its spans mark the words that
    took the place of theirs. Raises ValueError where a border of a span lies inside a piece.
    """
    kept = [0, *(border for piece in pieces for border in (piece.start, piece.end)), len(dispatch.text)]
    parts = [dispatch.text[start:end] for start, end in zip(kept[::2], kept[1::2], strict=True)]
    text = parts[0] + "".join(piece.words + after for piece, after in zip(pieces, parts[1:], strict=True))
    starts = [piece.start for piece in pieces]
    growth = list(accumulate((len(piece.words) - (piece.end - piece.start) for piece in pieces), initial=0))

    def moved(border: int) -> int:
        at = bisect_right(starts, border)
        if at and pieces[at - 1].start == border:
            at -= 1
        elif at and border < pieces[at - 1].end:
            raise ValueError(f"{dispatch.id}: a span border at {border} cuts {dispatch.text[starts[at - 1] :][:20]!r}")
        return border + growth[at]

    spans = tuple(replace(span, start=moved(span.start), end=moved(span.end)) for span in dispatch.spans)
    return replace(dispatch, text=text, spans=spans)


def in_lower_case(dispatch: Dispatch) -> Iterator[Piece]:
    """Every letter in lower case."""
    return _by_character(dispatch.text, str.lower)


def in_capitals(dispatch: Dispatch) -> Iterator[Piece]:
    """Every letter as a capital, "ß" as "SS"."""
    return _by_character(dispatch.text, str.upper)


def without_accents(dispatch: Dispatch) -> Iterator[Piece]:
    """Every letter without its marks, whether it carries them composed or decomposed: "é" as "e". Letters of their own
    ("ø", "ß") stay, and so do marks that no letter comes before.
    """
    for start, end in pairwise(_borders(dispatch)):
        while start < end:
            after = next((at for at in range(start + 1, end) if not unicodedata.combining(dispatch.text[at])), end)
            letter = dispatch.text[start:after]
            decomposed = unicodedata.normalize("NFD", letter)
            bare = "".join(character for character in decomposed if not unicodedata.combining(character))
            if bare and bare != decomposed:
                yield Piece(start, after, unicodedata.normalize("NFC", bare))
            start = after


def with_numbers_spelt_otherwise(dispatch: Dispatch) -> Iterator[Piece]:
    """Every plain cardinal in its other spelling (see `number_words`), but for those that a span border cuts."""
    borders = _borders(dispatch)
    for piece in spelt_otherwise(dispatch.text):
        after_start = bisect_right(borders, piece.start)
        if after_start == len(borders) or borders[after_start] >= piece.end:
            yield piece


Disturbance = Callable[[Dispatch], Iterator[Piece]]
DISTURBANCES: dict[str, Disturbance] = {
    "lower case": in_lower_case,
    "capitals": in_capitals,
    "no accents": without_accents,
    "numbers": with_numbers_spelt_otherwise,
}


def disturbed(dispatches: Sequence[Dispatch], disturbance: Disturbance) -> tuple[list[Dispatch], int]:
    """Each dispatch disturbed, and how many pieces of them all were replaced."""
    pieces = [list(disturbance(dispatch)) for dispatch in dispatches]
    return [rewritten(*pair) for pair in zip(dispatches, pieces, strict=True)], sum(map(len, pieces))


def _by_character(text: str, change: Callable[[str], str]) -> Iterator[Piece]:
    for at, character in enumerate(text):
        if change(character) != character:
            yield Piece(at, at + 1, change(character))


def _borders(dispatch: Dispatch) -> list[int]:
    """Where the text and its spans begin and end, in order."""
    borders = {0, len(dispatch.text), *(border for span in dispatch.spans for border in (span.start, span.end))}
    return sorted(borders)
