"""Tokens of any length → overlapping windows of one size, and back to one row a token.

Each token is read where it stands most central, so that it has context on both sides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from tokenizers import Tokenizer

from .tokens import IntArray, Tokens


@dataclass(frozen=True)
class SpecialTokens:
    """The special tokens an encoder expects before and after a text, and the one it is padded with."""

    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    padding: int

    @staticmethod
    def of(tokenizer: Tokenizer, padding: int) -> "SpecialTokens":
        """Read off what the tokenizer puts around a word."""
        encoding = tokenizer.encode("a", add_special_tokens=True)
        plain = [at for at, special in enumerate(encoding.special_tokens_mask) if not special]
        return SpecialTokens(tuple(encoding.ids[: plain[0]]), tuple(encoding.ids[plain[-1] + 1 :]), padding)

    @property
    def count(self) -> int:
        """How many of a window's tokens are special."""
        return len(self.prefix) + len(self.suffix)


@dataclass(frozen=True)
class Window:
    """A piece of a text with its special tokens, whose form is 0.

    ids    (length,) vocabulary ids
    forms  (length,) see `forms`
    """

    ids: IntArray
    forms: IntArray

    def __len__(self) -> int:
        return len(self.ids)


def cut(tokens: Tokens, window: int, overlap: int, special: SpecialTokens) -> list[Window]:
    """The windows of a text, each at most `window` tokens with the special ones; neighbours share `overlap` or more."""
    capacity = window - special.count
    return [
        Window(
            np.concatenate([special.prefix, tokens.ids[start : start + capacity], special.suffix]).astype(np.int64),
            np.pad(tokens.forms[start : start + capacity], (len(special.prefix), len(special.suffix))),
        )
        for start in starts(len(tokens), capacity, overlap)
    ]


def starts(tokens: int, capacity: int, overlap: int) -> list[int]:
    """Where each window begins: evenly spread, so that every window but a lone one is full."""
    if tokens == 0:
        return []
    if tokens <= capacity:
        return [0]
    count = -(-(tokens - overlap) // (capacity - overlap))
    return [round(index * (tokens - capacity) / (count - 1)) for index in range(count)]


@dataclass(frozen=True)
class Take:
    """The tokens of a text, half-open, that are read in one window, and where the first of them stands in it."""

    first: int
    end: int
    position: int


def takes(tokens: int, window: int, overlap: int, special: SpecialTokens) -> list[Take]:
    """What is read in each window: every token of the text once, where it stands most central."""
    capacity = window - special.count
    begins = starts(tokens, capacity, overlap)
    # between two windows the border lies in the middle of what they share
    borders = [0, *((one + other + capacity) // 2 for one, other in pairwise(begins)), tokens]
    return [
        Take(first, end, first - begin + len(special.prefix))
        for begin, (first, end) in zip(begins, pairwise(borders), strict=False)
    ]


def positions(tokens: int, window: int, overlap: int, special: SpecialTokens) -> tuple[IntArray, IntArray]:
    """(tokens,) and (tokens,): the window, and the position in it, where each token of the text stands most central."""
    read = takes(tokens, window, overlap, special)
    chosen = np.repeat(np.arange(len(read)), [take.end - take.first for take in read])
    begins = np.array([take.position - take.first for take in read], dtype=np.int64)
    return chosen, np.arange(tokens, dtype=np.int64) + begins[chosen]


@dataclass(frozen=True)
class WindowBatch:
    """Windows padded to one length.

    rows            (windows,) which of the windows given to `batches` these are
    input_ids       (windows, length)
    attention_mask  (windows, length) 1 where there is a token, 0 where there is padding
    forms           (windows, length) 0 where there is padding
    """

    rows: IntArray
    input_ids: IntArray
    attention_mask: IntArray
    forms: IntArray


def batches(windows: Sequence[Window], budget: int, padding: int) -> Iterator[WindowBatch]:
    """The windows sorted by length in batches of at most `budget` tokens with padding (one window at the least)."""
    order = sorted(range(len(windows)), key=lambda row: len(windows[row]), reverse=True)
    begin = 0
    while begin < len(order):
        length = len(windows[order[begin]])
        rows = order[begin : begin + max(1, budget // length)]
        yield WindowBatch(np.asarray(rows, dtype=np.int64), *pad([windows[row] for row in rows], padding))
        begin += len(rows)


def pad(windows: Sequence[Window], padding: int, multiple: int = 1) -> tuple[IntArray, IntArray, IntArray]:
    """Input ids, attention mask and forms, each (windows, length), the length a multiple of `multiple`."""
    length = -(-max(len(window) for window in windows) // multiple) * multiple
    input_ids = np.full((len(windows), length), padding, dtype=np.int64)
    attention_mask = np.zeros((len(windows), length), dtype=np.int64)
    forms = np.zeros((len(windows), length), dtype=np.int64)
    for row, window in enumerate(windows):
        input_ids[row, : len(window)] = window.ids
        forms[row, : len(window)] = window.forms
        attention_mask[row, : len(window)] = 1
    return input_ids, attention_mask, forms


def widened(array: IntArray, multiple: int) -> IntArray:
    """(windows, length) → the same with zeros behind, so that the length is a multiple of `multiple`."""
    missing = -array.shape[1] % multiple
    return np.pad(array, ((0, 0), (0, missing))) if missing else array
