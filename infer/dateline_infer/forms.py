"""How the words of a text are written and what stands before each token: what an uncased vocabulary does not tell.

A form is a number below FORM_COUNT: the case of the word that the token belongs to, and the gap before the token.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Numbers = TypeVar("Numbers", bound=Any)

UNKNOWN, LOWER, CAPITALISED, CAPITALS, NUMBER, OTHER = range(6)
_GAPS = 4  # none, space, line break, blank line
FORM_COUNT = (OTHER + 1) * _GAPS

_WORD = re.compile(r"\w+")
_BREAK = re.compile(r"\s*\n\s*")
_TELLING = 0.6


def token_forms(text: str, offsets: IntArray) -> IntArray:
    """(tokens,): the form of each token of `text`; `offsets` (tokens, 2) are code points.

    In a text all in capitals or without any, the case of its letters tells nothing and is UNKNOWN.
    """
    words = list(_cases(text))
    starts = offsets[:, 0]
    cases = np.full(len(offsets), OTHER, dtype=np.int64)
    if words:
        bounds = np.array(words, dtype=np.int64)
        word = np.searchsorted(bounds[:, 0], starts, side="right") - 1
        inside = (word >= 0) & (starts < bounds[word, 1])
        cases[inside] = bounds[word[inside], 2]
        if not _is_mixed(bounds[:, 2]):
            cases[np.isin(cases, (LOWER, CAPITALISED, CAPITALS))] = UNKNOWN
    return cases * _GAPS + _gaps(text, offsets)


def without_case(forms: Numbers) -> Numbers:
    """The same forms, in an array or a tensor, with the case UNKNOWN and the gaps kept."""
    kept: Numbers = forms % _GAPS
    return kept


def _cases(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and case of each word."""
    for match in _WORD.finditer(text):
        word = match.group()
        if any(map(str.isdigit, word)):
            case = NUMBER
        elif word.islower():
            case = LOWER
        elif word.isupper() and len(word) > 1:
            case = CAPITALS
        else:
            case = CAPITALISED if word[0].isupper() else OTHER
        yield match.start(), match.end(), case


def _is_mixed(cases: IntArray) -> bool:
    """Whether some words are in lower case and some are not, capitals not being the rule."""
    lower, capitalised, capitals = ((cases == case).sum() for case in (LOWER, CAPITALISED, CAPITALS))
    letters = lower + capitalised + capitals
    return bool(capitalised + capitals and capitals <= _TELLING * letters)


def _gaps(text: str, offsets: IntArray) -> IntArray:
    """What lies before each token; the first token of a text stands after a blank line."""
    ends = np.concatenate([[0], offsets[:-1, 1]]) if len(offsets) else np.zeros(0, dtype=np.int64)
    gaps = (offsets[:, 0] > ends).astype(np.int64)
    for match in _BREAK.finditer(text):
        token = int(np.searchsorted(offsets[:, 0], match.end(), side="left"))
        if token < len(gaps):
            gaps[token] = 3 if match.group().count("\n") > 1 else 2
    gaps[:1] = 3
    return gaps
