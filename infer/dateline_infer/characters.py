"""The characters of a text as an array of flags: what is asked of every character is asked once, of all together."""

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

SPACE, BLANK, WORD, MARK, UPPER, LOWER, TITLE, DIGIT, NEWLINE = (1 << bit for bit in range(9))
"""White space; that and the signs without width which SentencePiece reads as one; letters, digits and marks; combining
marks; capitals; small letters; the few letters that are both; digits; the line feed.
"""
Flags = NDArray[np.uint16]

_WITHOUT_WIDTH = "\u200b\u200e\u200f\ufeff"
_USUAL = 0x250
"""Latin letters; other characters are looked up one by one, each once."""


def flags_of(text: str) -> Flags:
    """(characters,): the flags of each character; lone surrogates have none."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    flags: Flags = _usual()[np.minimum(points, _USUAL)]
    rare = np.flatnonzero(points >= _USUAL)
    if len(rare):
        kinds, places = np.unique(points[rare], return_inverse=True)
        flags[rare] = np.array([_flags(chr(point)) for point in kinds.tolist()], dtype=np.uint16)[places]
    return flags


@cache
def _usual() -> Flags:
    """The flags of the usual characters and, last, none."""
    return np.array([*(_flags(chr(point)) for point in range(_USUAL)), 0], dtype=np.uint16)


@cache
def _flags(character: str) -> int:
    space = character.isspace()
    mark = unicodedata.category(character).startswith("M")
    return (
        SPACE * space
        | BLANK * (space or character in _WITHOUT_WIDTH)
        | WORD * (character.isalnum() or mark)
        | MARK * mark
        | UPPER * character.isupper()
        | LOWER * character.islower()
        | TITLE * (character.istitle() and not character.isupper())
        | DIGIT * character.isdigit()
        | NEWLINE * (character == "\n")
    )
