"""Untrusted text for a page: nothing of it is markup, turns the line around or cannot be seen."""

import unicodedata

from .errors import HIDDEN

_SHAPING = "\u200c\u200d"
"""Joiners: without them words of Persian or Hindi and many pictographs look different."""
_SHOWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are drawn."""
_NO_CHARACTERS = "\ufffe\uffff"
"""No XML may hold them."""

_CONTROLS = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE"),
    *("DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)


def sign(character: str) -> str:
    """What stands for a character that takes effect but is not seen: CR or U+202E; "" where it is seen itself."""
    if character in "\n\t" or character in _SHAPING or character in _SHOWN:
        return ""
    if unicodedata.category(character) not in HIDDEN and character not in _NO_CHARACTERS:
        return ""
    point = ord(character)
    return _CONTROLS[point] if point < len(_CONTROLS) else f"U+{point:04X}"


def parts(text: str) -> list[tuple[str, bool]]:
    """`text` in pieces, in order: (words, False) as they are, (sign, True) for a character that would not be seen."""
    pieces: list[tuple[str, bool]] = []
    seen: list[str] = []
    for character in text:
        if instead := sign(character):
            pieces += [("".join(seen), False), (instead, True)]
            seen = []
        else:
            seen.append(character)
    pieces.append(("".join(seen), False))
    return [piece for piece in pieces if piece[0]]


def plain(text: str) -> str:
    """The same as one string, on one line, for where no element can stand, such as a plot."""
    return " ".join("".join(words for words, _ in parts(text)).split())
