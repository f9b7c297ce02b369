"""How the words of a text are written and what stands before each token: what an uncased vocabulary does not tell.

A form is a number below FORM_COUNT: the case of the word that the token belongs to, and the gap before the token.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .characters import DIGIT, NEWLINE, SPACE, TITLE, UPPER, Flags
from .characters import LOWER as SMALL

IntArray = NDArray[np.int64]
Numbers = TypeVar("Numbers", bound=Any)

UNKNOWN, LOWER, CAPITALISED, CAPITALS, NUMBER, OTHER = range(6)
_GAPS = 4  # none, space, line break, blank line
FORM_COUNT = (OTHER + 1) * _GAPS

_MOST_CAPITALS = 0.6


def token_forms(
    texts: Sequence[str], text_of: IntArray, flags: Flags, offsets: IntArray, continues: NDArray[np.bool_]
) -> IntArray:
    """(tokens,): the form of each token.

    texts      that are laid end to end: offsets and flags go over all of them
    text_of    (tokens,) the text of each token
    flags      (characters,) see `characters`
    offsets    (tokens, 2) code points
    continues  (tokens,) as in `Tokens`

    In a text all in capitals or without any, the case of its letters tells nothing and is UNKNOWN.
    """
    if not len(offsets):
        return np.zeros(0, dtype=np.int64)
    begins = np.flatnonzero(~continues)
    words = _cases(flags, offsets[begins, 0], offsets[np.append(begins[1:], len(offsets)) - 1, 1])
    word_text = text_of[begins]
    lettered = np.isin(words, (LOWER, CAPITALISED, CAPITALS))
    letters = np.bincount(word_text[lettered], minlength=len(texts))
    capitals = np.bincount(word_text[words == CAPITALS], minlength=len(texts))
    alike = np.array([text in (text.lower(), text.upper()) for text in texts])
    words[lettered & (alike | (capitals > _MOST_CAPITALS * letters))[word_text]] = UNKNOWN
    gaps = _gaps(flags, offsets, np.cumsum([0, *map(len, texts)]))
    gaps[np.flatnonzero(np.diff(text_of, prepend=-1))] = 3  # the first token of a text stands after a blank line
    forms: IntArray = words[np.cumsum(~continues) - 1] * _GAPS + gaps
    return forms


def without_case(forms: Numbers) -> Numbers:
    """The same forms, in an array or a tensor, with the case UNKNOWN and the gaps kept."""
    kept: Numbers = forms % _GAPS
    return kept


def _cases(flags: Flags, starts: IntArray, ends: IntArray) -> IntArray:
    """The case of each word, by the rules of `str.islower` and `str.isupper`."""
    digits, small, capitals, both = (_counts(flags, flag, starts, ends) > 0 for flag in (DIGIT, SMALL, UPPER, TITLE))
    all_capitals = np.where(ends - starts > 1, CAPITALS, CAPITALISED)
    begins_with_capital = np.where(flags[starts] & UPPER, CAPITALISED, OTHER)
    cases: IntArray = np.select(
        [digits, small & ~capitals & ~both, capitals & ~small & ~both],
        [NUMBER, LOWER, all_capitals],
        begins_with_capital,
    ).astype(np.int64)
    return cases


def _counts(flags: Flags, flag: int, starts: IntArray, ends: IntArray) -> IntArray:
    """How many characters with the flag each range has."""
    before = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum((flags & flag) > 0, out=before[1:])
    counts: IntArray = before[ends] - before[starts]
    return counts


def _gaps(flags: Flags, offsets: IntArray, begins: IntArray) -> IntArray:
    """What lies before each token; `begins` is where each text begins, and where the last one ends."""
    gaps = np.zeros(len(offsets), dtype=np.int64)
    gaps[1:] = offsets[1:, 0] > offsets[:-1, 1]
    space = np.pad((flags & SPACE) > 0, 1)
    border = np.zeros(len(flags) + 1, dtype=np.bool_)
    border[begins] = True  # white space does not reach from one text into the next
    starts = np.flatnonzero(space[1:] & (~space[:-1] | border))
    ends = np.flatnonzero(space[:-1] & (~space[1:] | border))
    breaks = _counts(flags, NEWLINE, starts, ends)
    token = np.searchsorted(offsets[:, 0], ends, side="left")
    before_token = (breaks > 0) & (token < len(gaps))
    gaps[token[before_token]] = np.where(breaks[before_token] > 1, 3, 2)  # of several, the last one holds
    return gaps
