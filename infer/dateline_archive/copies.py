"""Texts that say nearly the same → groups, in bounded memory: wire copies of one story, which are one report.

A text is its set of runs of three words, a signature of which is kept (MinHash, rensa): the share of numbers that two
signatures have in common is about the share of runs that two texts have in common (Broder 1997, Jaccard). Pairs to be
compared are those that agree in one of the bands of their signatures, found by sorting; groups are what pairs connect.
The same texts in the same order give the same groups.

On the disk a text takes 768 bytes while groups are sought, in memory about 40.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

Signatures = NDArray[np.uint32]  # (texts, _NUMBERS)
Groups = NDArray[np.int64]  # (texts,) the number of the first text of each one's group

ALIKE = 0.6
_NUMBERS, _BANDS = 128, 32
_ROWS = _NUMBERS // _BANDS
_SEED = 1
_WORDS = 3
_AT_ONCE = 2**14
_WORD = re.compile(r"\w+")
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)
"""Odd numbers, one a row of a band (xxHash's); equal rows give equal keys, and pairs are compared in full anyway."""


@dataclass(frozen=True)
class Likeness:
    """For each text the first one of its group and how alike the two are, from 0 to 1."""

    groups: Groups
    alike: NDArray[np.float64]


def likeness(texts: Iterable[Sequence[str]], alike: float, folder: Path) -> Likeness:
    """Group texts, given some at a time, of which each is alike to another one of its group at least so much; the
    signatures lie in files of `folder` meanwhile, which vanish whatever happens.
    """
    with _Signatures(folder) as signatures:
        for some in texts:
            signatures.add(signatures_of(some, signatures.count))
        groups = np.arange(signatures.count, dtype=np.int64)
        for band in range(_BANDS):
            for pairs in _pairs(signatures.keys(band)):
                _connect(groups, pairs[signatures.alike(pairs) >= alike])
            _flatten(groups)
        firsts = np.stack([np.arange(signatures.count, dtype=np.int64), groups], axis=1)
        return Likeness(groups, signatures.alike(firsts))


def signatures_of(texts: Sequence[str], first: int = 0) -> Signatures:
    """The signature of each text, numbered from `first`; one without a word is like no other. Words hold no halves of
    characters, which rensa would not take.
    """
    import rensa

    runs = [_runs(text) or [f"\0{number}"] for number, text in enumerate(texts, start=first)]
    # its types name the class elsewhere
    matrix = rensa.RMinHash.digest_matrix_from_token_sets(runs, _NUMBERS, _SEED)  # pyright: ignore[reportAttributeAccessIssue]
    return np.array(matrix.to_rows(), dtype=np.uint32).reshape(len(texts), _NUMBERS)


def band_keys(signatures: Signatures) -> NDArray[np.uint64]:
    """(texts, bands): texts that may be alike have the same key in one band at the least."""
    banded = signatures.reshape(len(signatures), _BANDS, _ROWS).astype(np.uint64)
    keys: NDArray[np.uint64] = (banded * _MIX).sum(axis=2, dtype=np.uint64)
    return keys


def _runs(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    if len(words) < _WORDS:
        return [" ".join(words)] if words else []
    return sorted({" ".join(words[at : at + _WORDS]) for at in range(len(words) - _WORDS + 1)})


class _Signatures:
    """Signatures on the disk, and apart from them the keys of each band."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        with ExitStack() as stack:
            files = [stack.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(1 + _BANDS)]
            self._open = stack.pop_all()
        self._rows: IO[bytes] = files[0]
        self._bands: Sequence[IO[bytes]] = files[1:]

    def __enter__(self) -> "_Signatures":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, rows: Signatures) -> None:
        self._rows.write(rows.tobytes())
        keys = band_keys(rows)
        for band, file in enumerate(self._bands):
            file.write(np.ascontiguousarray(keys[:, band]).tobytes())
        self.count += len(rows)

    def keys(self, band: int) -> NDArray[np.uint64]:
        """(texts,)"""
        file = self._bands[band]
        file.seek(0)
        return np.frombuffer(file.read(), dtype=np.uint64)

    def alike(self, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
        """(pairs,): the share of numbers that the two signatures of each pair have in common."""
        if not self.count:
            return np.zeros(0)
        self._rows.flush()
        rows = np.memmap(self._rows, dtype=np.uint32, mode="r", shape=(self.count, _NUMBERS))
        shares = np.zeros(len(pairs))
        for begin in range(0, len(pairs), _AT_ONCE):
            some = pairs[begin : begin + _AT_ONCE]
            shares[begin : begin + _AT_ONCE] = (rows[some[:, 0]] == rows[some[:, 1]]).mean(axis=1)
        return shares


def _pairs(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """(pairs, 2): each text that has the key of others, with the first of them and with the one before it."""
    order = np.argsort(keys, kind="stable")
    new = np.ones(len(order), dtype=bool)
    new[1:] = keys[order[1:]] != keys[order[:-1]]
    begins = np.flatnonzero(new)
    later = np.flatnonzero(~new)
    firsts = order[begins[np.searchsorted(begins, later, side="right") - 1]]
    yield np.stack([order[later], firsts], axis=1)
    yield np.stack([order[later], order[later - 1]], axis=1)


def _connect(groups: Groups, pairs: NDArray[np.int64]) -> None:
    """Put the groups of each pair together under the lower of their first texts."""
    for one, other in np.unique(np.sort(groups[pairs], axis=1), axis=0).tolist():
        low, high = sorted((_root(groups, one), _root(groups, other)))
        groups[high] = low


def _root(groups: Groups, at: int) -> int:
    while groups[at] != at:
        at = int(groups[at])
    return at


def _flatten(groups: Groups) -> None:
    """Lead each text to the first one of its group at one step."""
    while not np.array_equal(further := groups[groups], groups):
        groups[:] = further
