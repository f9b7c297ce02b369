"""Halves of characters (lone surrogates): JSON can spell them, no UTF-8 file holds them, no tokenizer takes them."""

import re

SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def replaced(text: str) -> tuple[str, int]:
    """The text with U+FFFD for each half of a character, so that offsets stay, and how many there were."""
    return SURROGATE.subn(_REPLACEMENT, text)


def whole(text: str) -> str:
    """The text alone, as `replaced` gives it."""
    return replaced(text)[0]
