"""Text → tokens of the encoder, each with its place in the text. Nothing is truncated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from .characters import BLANK, DIGIT, LOWER, MARK, UPPER, WORD, Flags, flags_of
from .forms import token_forms

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]

_WITHOUT_SPACE = re.compile("[^\\s\u200b\u200e\u200f\ufeff](?:.*\\S)?", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|\n+|(?<=[a-z]{3})[.!?][\"'”’)\]]*(?=[A-Z“\"])")
_IN_A_ROW = 4


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text, without special ones.

    ids        (tokens,) vocabulary ids
    offsets    (tokens, 2) code points, half-open
    continues  (tokens,) bool: the token goes on with the word that the one before it began
    sentences  (tokens,) number of sentence ends before the token
    forms      (tokens,) how the token is written and what stands before it; see `forms`
    """

    ids: IntArray
    offsets: IntArray
    continues: NDArray[np.bool_]
    sentences: IntArray
    forms: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """The half-open token range that covers the code points start..end; empty where no token lies there."""
        first = int(np.searchsorted(self.offsets[:, 1], start, side="right"))
        last = int(np.searchsorted(self.offsets[:, 0], end, side="left"))
        return first, max(first, last)


def tokenize(tokenizer: Tokenizer, text: str) -> Tokens:
    """The tokens of one text, as `tokenize_all`."""
    return tokenize_all(tokenizer, [text])[0]


def tokenize_all(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    """The tokens of each text; raises TypeError on lone surrogates, which no tokenizer takes.

    Words that were run together ("SuspectA court") are read as two, as they were before the space between got lost.
    The texts are worked on as one, laid end to end, so that what is asked of every token is asked once.
    """
    begins = np.cumsum([0, *map(len, texts)])
    whole = "".join(texts)
    flags = flags_of(whole)
    parts = np.union1d(begins, _next_words(texts, flags, begins)).astype(np.int64)
    encodings = tokenizer.encode_batch([whole[a:b] for a, b in pairwise(parts.tolist())], add_special_tokens=False)
    ids, offsets = _arrays(encodings, parts[:-1])
    text_of = np.searchsorted(begins[1:], offsets[:, 0], side="right")
    offsets = _with_marks(whole, flags, _without_space(whole, flags, offsets), begins[1:][text_of])
    continues = _continues(flags, offsets)
    continues[1:] &= ~(np.isin(offsets[1:, 0], parts) & (offsets[:-1, 1] <= offsets[1:, 0]))
    continues[1:] &= text_of[1:] == text_of[:-1]
    forms = token_forms(texts, text_of, flags, offsets, continues)
    sentences = _sentences(texts, begins, text_of, offsets)
    bounds = np.searchsorted(text_of, np.arange(len(texts) + 1))
    return [
        Tokens(ids[a:b], offsets[a:b] - begin, continues[a:b], sentences[a:b], forms[a:b])
        for begin, (a, b) in zip(begins.tolist(), pairwise(bounds.tolist()), strict=False)
    ]


def _arrays(encodings: Sequence[Encoding], begins: IntArray) -> tuple[IntArray, IntArray]:
    """Ids (tokens,) and offsets (tokens, 2) of parts that begin at `begins`; tokens of no character are left out."""
    counts = [len(encoding) for encoding in encodings]
    total = sum(counts)
    ids = np.fromiter(chain.from_iterable(encoding.ids for encoding in encodings), np.int64, total)
    bounds = chain.from_iterable(chain.from_iterable(encoding.offsets for encoding in encodings))
    offsets = np.fromiter(bounds, np.int64, 2 * total).reshape(-1, 2) + np.repeat(begins, counts)[:, None]
    kept = offsets[:, 1] > offsets[:, 0]
    return ids[kept], offsets[kept]


def _sentences(texts: Sequence[str], begins: IntArray, text_of: IntArray, offsets: IntArray) -> IntArray:
    """(tokens,) how many sentences of its text end before each token."""
    ends = np.array(
        [
            begin + match.end()
            for text, begin in zip(texts, begins.tolist(), strict=False)
            for match in _SENTENCE_END.finditer(text)
        ],
        dtype=np.int64,
    )
    of_texts_before = np.searchsorted(ends, begins, side="right")
    sentences: IntArray = np.searchsorted(ends, offsets[:, 0], side="right") - of_texts_before[text_of]
    return sentences


def _next_words(texts: Sequence[str], flags: Flags, begins: IntArray) -> list[int]:
    """Where, in the texts laid end to end, a word begins that was run together with the one before it."""
    small, capital, digit = ((flags & flag) > 0 for flag in (LOWER, UPPER, DIGIT))
    small_after = np.roll(_preceded(small, _IN_A_ROW - 1), -_IN_A_ROW)
    likely = capital & (
        _preceded(small, _IN_A_ROW) | _preceded(digit, _IN_A_ROW) | _preceded(capital, _IN_A_ROW) & small_after
    )
    places = np.flatnonzero(likely)
    text_of = np.searchsorted(begins, places, side="right") - 1
    found = zip(places.tolist(), text_of.tolist(), strict=True)
    return [at for at, text in found if run_together(texts[int(text)], at - int(begins[text]))]


def _preceded(flagged: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Whether the `count` characters before each are all flagged."""
    before = np.concatenate([[0], np.cumsum(flagged)])
    rows = np.zeros(len(flagged), dtype=np.bool_)
    rows[count:] = before[count:-1] - before[: max(len(flagged) - count, 0)] == count
    return rows


def run_together(text: str, at: int) -> bool:
    """Whether a word of `text` ends and the next one begins at `at` without a sign between: a capital after small
    letters or digits, or the last capital of many, each at least four in a row ("YouTube", "McDonald" are one word).
    """
    before, letter, after = text[max(0, at - _IN_A_ROW) : at], text[at : at + 1], text[at + 1 : at + _IN_A_ROW]
    if len(before) < _IN_A_ROW or not letter.isupper():
        return False
    small = all(map(str.islower, before)) or before.isdecimal()
    return small or (all(map(str.isupper, before)) and len(after) == _IN_A_ROW - 1 and all(map(str.islower, after)))


def _without_space(text: str, flags: Flags, offsets: IntArray) -> IntArray:
    """Each token without the space that some tokenizers give to the word after it; tokens of space alone keep it."""
    space = (flags & BLANK) > 0
    narrower = offsets.copy()
    for token in np.flatnonzero(space[offsets[:, 0]] | space[offsets[:, 1] - 1]):
        if word := _WITHOUT_SPACE.search(text, *offsets[token].tolist()):
            narrower[token] = word.span()
    return narrower


def _with_marks(whole: str, flags: Flags, offsets: IntArray, limits: IntArray) -> IntArray:
    """Each token with the combining marks after it that the tokenizer drops, so that no span ends before an accent;
    `limits` (tokens,) is where the text of each ends.
    """
    wider = offsets.copy()
    limits = np.minimum(np.append(offsets[1:, 0], len(whole)), limits) if len(offsets) else limits
    followed = (offsets[:, 1] < limits) & ((flags[np.minimum(offsets[:, 1], len(whole) - 1)] & MARK) > 0)
    for token in np.flatnonzero(followed).tolist():
        end = int(offsets[token, 1])
        while end < limits[token] and flags[end] & MARK:
            end += 1
        wider[token, 1] = end
    return wider


def _continues(flags: Flags, offsets: IntArray) -> NDArray[np.bool_]:
    """A token continues a word where nothing but letters, digits and marks stand at its border with the one before,
    or where the two share a character; whatever the tokenizer.
    """
    outside = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum((flags & WORD) == 0, out=outside[1:])
    before, starts = offsets[:-1, 1], offsets[1:, 0]
    joined = np.zeros(len(offsets), dtype=np.bool_)
    joined[1:] = (starts < before) | (outside[starts + 1] == outside[before - 1])
    return joined
