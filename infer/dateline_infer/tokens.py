"""Text → tokens of the encoder, each with its place in the text. Nothing is truncated."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .forms import token_forms

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which no tokenizer takes and no UTF-8 file holds."""
_SPACE = re.compile("[\\s\u200b\u200e\u200f\ufeff]")
"""White space, and the signs without width that SentencePiece reads as one."""
_WITHOUT_SPACE = re.compile("[^\\s\u200b\u200e\u200f\ufeff](?:.*\\S)?", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|\n+|(?<=[a-z]{3})[.!?][\"'”’)\]]*(?=[A-Z“\"])")
_MAYBE_NEXT_WORD = re.compile(r"(?<=[^\W_])[^\W\d_a-z]")
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
    """The tokens of `text`; raises TypeError on lone surrogates, which no tokenizer takes.

    Words that were run together ("SuspectA court") are read as two, as they were before the space between got lost.
    """
    cuts = [match.start() for match in _MAYBE_NEXT_WORD.finditer(text) if run_together(text, match.start())]
    parts = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    encodings = tokenizer.encode_batch(parts, add_special_tokens=False)
    ids = np.concatenate([np.asarray(encoding.ids, dtype=np.int64) for encoding in encodings])
    offsets = np.concatenate(
        [
            np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2) + start
            for encoding, start in zip(encodings, [0, *cuts], strict=True)
        ]
    )
    kept = offsets[:, 1] > offsets[:, 0]
    offsets = _with_marks(text, _without_space(text, offsets[kept]))
    continues = _continues(text, offsets)
    continues[1:] &= ~(np.isin(offsets[1:, 0], cuts) & (offsets[:-1, 1] <= offsets[1:, 0]))
    return Tokens(
        ids[kept],
        offsets,
        continues,
        np.searchsorted([match.end() for match in _SENTENCE_END.finditer(text)], offsets[:, 0], side="right"),
        token_forms(text, offsets, continues),
    )


def run_together(text: str, at: int) -> bool:
    """Whether a word of `text` ends and the next one begins at `at` without a sign between: a capital after small
    letters or digits, or the last capital of many, each at least four in a row ("YouTube", "McDonald" are one word).
    """
    before, letter, after = text[max(0, at - _IN_A_ROW) : at], text[at : at + 1], text[at + 1 : at + _IN_A_ROW]
    if len(before) < _IN_A_ROW or not letter.isupper():
        return False
    small = all(map(str.islower, before)) or before.isdecimal()
    return small or (all(map(str.isupper, before)) and len(after) == _IN_A_ROW - 1 and all(map(str.islower, after)))


def _without_space(text: str, offsets: IntArray) -> IntArray:
    """Each token without the space that some tokenizers give to the word after it; tokens of space alone keep it."""
    space = np.zeros(len(text), dtype=np.bool_)
    space[[match.start() for match in _SPACE.finditer(text)]] = True
    narrower = offsets.copy()
    for token in np.flatnonzero(space[offsets[:, 0]] | space[offsets[:, 1] - 1]):
        if word := _WITHOUT_SPACE.search(text, *offsets[token].tolist()):
            narrower[token] = word.span()
    return narrower


def _with_marks(text: str, offsets: IntArray) -> IntArray:
    """Each token with the combining marks after it that the tokenizer drops, so that no span ends before an accent."""
    if text.isascii():
        return offsets
    wider = offsets.copy()
    limits = [*offsets[1:, 0].tolist(), len(text)]
    for token, (end, limit) in enumerate(zip(offsets[:, 1].tolist(), limits, strict=False)):
        while end < limit and _is_mark(text[end]):
            end += 1
        wider[token, 1] = end
    return wider


def _continues(text: str, offsets: IntArray) -> NDArray[np.bool_]:
    """A token continues a word where nothing but letters, digits and marks stand at its border with the one before,
    or where the two share a character; whatever the tokenizer.
    """
    joined = np.zeros(len(offsets), dtype=np.bool_)
    ends = offsets[:-1, 1].tolist()
    for token, (before, start) in enumerate(zip(ends, offsets[1:, 0].tolist(), strict=True), start=1):
        joined[token] = start < before or all(map(_in_word, text[before - 1 : start + 1]))
    return joined


def _in_word(character: str) -> bool:
    return character.isalnum() or _is_mark(character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
