"""How the words of a text are written and what stands before each token: what an uncased vocabulary does not tell.

A form is a number below FORM_COUNT: the case of the word that the token belongs to, and the gap before the token.
"""

import re
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Numbers = TypeVar("Numbers", bound=Any)

UNKNOWN, LOWER, CAPITALISED, CAPITALS, NUMBER, OTHER = range(6)
_GAPS = 4  # none, space, line break, blank line
FORM_COUNT = (OTHER + 1) * _GAPS

_SPACE = re.compile(r"\s+")
_MOST_CAPITALS = 0.6


def token_forms(text: str, offsets: IntArray, continues: NDArray[np.bool_]) -> IntArray:
    """(tokens,): the form of each token of `text`; `offsets` (tokens, 2) are code points, `continues` as in `Tokens`.

    In a text all in capitals or without any, the case of its letters tells nothing and is UNKNOWN.
    """
    if not len(offsets):
        return np.zeros(0, dtype=np.int64)
    begins = np.flatnonzero(~continues)
    bounds = zip(offsets[begins, 0].tolist(), offsets[np.append(begins[1:], len(offsets)) - 1, 1].tolist(), strict=True)
    words = np.array([_case(text[start:end]) for start, end in bounds], dtype=np.int64)
    letters = np.isin(words, (LOWER, CAPITALISED, CAPITALS))
    capitals = (words == CAPITALS).sum()
    if text in (text.lower(), text.upper()) or capitals > _MOST_CAPITALS * letters.sum():
        words[letters] = UNKNOWN
    forms: IntArray = words[np.cumsum(~continues) - 1] * _GAPS + _gaps(text, offsets)
    return forms


def without_case(forms: Numbers) -> Numbers:
    """The same forms, in an array or a tensor, with the case UNKNOWN and the gaps kept."""
    kept: Numbers = forms % _GAPS
    return kept


def _case(word: str) -> int:
    if any(map(str.isdigit, word)):
        return NUMBER
    if word.islower():
        return LOWER
    if word.isupper():
        return CAPITALS if len(word) > 1 else CAPITALISED
    return CAPITALISED if word[0].isupper() else OTHER


def _gaps(text: str, offsets: IntArray) -> IntArray:
    """What lies before each token; the first token of a text stands after a blank line."""
    gaps = np.zeros(len(offsets), dtype=np.int64)
    gaps[1:] = offsets[1:, 0] > offsets[:-1, 1]
    for match in _SPACE.finditer(text):
        breaks = match.group().count("\n")
        token = int(np.searchsorted(offsets[:, 0], match.end(), side="left")) if breaks else len(gaps)
        if token < len(gaps):
            gaps[token] = 3 if breaks > 1 else 2
    gaps[:1] = 3
    return gaps
