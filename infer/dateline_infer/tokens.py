"""Text → tokens of the encoder, each with its place in the text. Nothing is truncated."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float32]

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
    offsets = offsets[kept]
    return Tokens(
        np.asarray(encoding.ids, dtype=np.int64)[kept],
        offsets,
        _continues(text, offsets),
        np.searchsorted([match.end() for match in _SENTENCE_END.finditer(text)], offsets[:, 0], side="right"),
    )


def _continues(text: str, offsets: IntArray) -> NDArray[np.bool_]:
    """A token continues a word where letters or digits stand on both sides of its start, whatever the tokenizer."""
    joined = np.zeros(len(offsets), dtype=np.bool_)
    for token in np.flatnonzero(offsets[1:, 0] <= offsets[:-1, 1]) + 1:
        start = int(offsets[token, 0])
        joined[token] = start == offsets[token - 1, 0] or (text[start].isalnum() and text[start - 1].isalnum())
    return joined
