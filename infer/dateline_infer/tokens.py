"""Text → tokens of the encoder, each with its place in the text. Nothing is truncated."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which no tokenizer takes and no UTF-8 file holds."""
_SPACE = re.compile("[\\s\u200b\u200e\u200f\ufeff]")
"""White space, and the signs without width that SentencePiece reads as one."""
_WITHOUT_SPACE = re.compile("[^\\s\u200b\u200e\u200f\ufeff](?:.*\\S)?", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|\n+")


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text, without special ones.

    ids        (tokens,) vocabulary ids
    offsets    (tokens, 2) code points, half-open
    continues  (tokens,) bool: the token goes on with the word that the one before it began
    sentences  (tokens,) number of sentence ends before the token
    """

    ids: IntArray
    offsets: IntArray
    continues: NDArray[np.bool_]
    sentences: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """The half-open token range that covers the code points start..end; empty where no token lies there."""
        first = int(np.searchsorted(self.offsets[:, 1], start, side="right"))
        last = int(np.searchsorted(self.offsets[:, 0], end, side="left"))
        return first, max(first, last)


def tokenize(tokenizer: Tokenizer, text: str) -> Tokens:
    """The tokens of `text`; raises TypeError on lone surrogates, which no tokenizer takes."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    kept = offsets[:, 1] > offsets[:, 0]
    offsets = _with_marks(text, _without_space(text, offsets[kept]))
    return Tokens(
        np.asarray(encoding.ids, dtype=np.int64)[kept],
        offsets,
        _continues(text, offsets),
        np.searchsorted([match.end() for match in _SENTENCE_END.finditer(text)], offsets[:, 0], side="right"),
    )


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
