"""Checks of a dispatch's text: empty, characters that nobody sees or means, signs of a wrong encoding."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from dateline_labels.surrogates import SURROGATE

from .problems import Kind, Placed, Problem

_JOINERS = "\u200c\u200d"
"""Without them words of Persian or Hindi, and many pictographs, look different."""
_LOST = "\ufffd"
_DOUBTFUL = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp"})
_WRONG_ENCODING = re.compile("Ã[\x80-\xbf]|Â[\xa0-\xbf]|â€.?|ï»¿")
"""What UTF-8 looks like when it is read as Latin-1 or Windows-1252."""


def check_text(placed: Placed) -> Iterator[Problem]:
    """What is wrong with the text of a dispatch."""
    text = placed.dispatch.text
    if not any(map(str.isalnum, text)):
        what = "the text is empty" if not text.strip() else "the text has neither letter nor digit"
        yield _problem(placed, "text", "warning", "empty", what)
    if half := SURROGATE.search(text):
        what = "a lone surrogate, half a character, which no file and no tokenizer holds"
        yield _problem(placed, f"text[{half.start()}]", "error", "characters", what)
    counts = Counter(character for character in text if _is_doubtful(character))
    for character, count in counts.items():
        at = _first(text, character)
        if at >= 0:
            what = f"{_name(character)}{f', {count} times' if count > 1 else ''}"
            yield _problem(placed, f"text[{at}]", "warning", "characters", what)
    if match := _WRONG_ENCODING.search(text):
        what = f"{match[0]!r}, as UTF-8 looks when it is read in another encoding"
        yield _problem(placed, f"text[{match.start()}]", "warning", "characters", what)


def _is_doubtful(character: str) -> bool:
    if character in "\n\t" or character in _JOINERS:
        return False
    return character == _LOST or unicodedata.category(character) in _DOUBTFUL


def _first(text: str, character: str) -> int:
    """Where the character first stands, -1 where it only ends lines as Windows does."""
    if character != "\r":
        return text.index(character)
    lone = re.search(r"\r(?!\n)", text)
    return lone.start() if lone else -1


def _name(character: str) -> str:
    if character == _LOST:
        return "U+FFFD, which stands for a character that was lost"
    kinds = {
        "Cc": "a control",
        "Cf": "a sign that is not seen",
        "Zl": "a line separator",
        "Zp": "a paragraph separator",
    }
    kind = kinds.get(unicodedata.category(character), "no character that everybody has")
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip() + f", {kind}"


def _problem(placed: Placed, field: str, kind: Kind, check: str, what: str) -> Problem:
    return Problem(placed.place(), placed.field(field), kind, check, what)
