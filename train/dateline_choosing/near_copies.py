"""Texts that are held → those of them that a new text nearly repeats, in memory that grows with what is held alone.

Signatures and what makes a copy are those of `dateline_archive.copies`; a text is compared with those that it shares a
band of its signature with.
"""

from collections import defaultdict
from importlib.util import find_spec

import numpy as np
from dateline_archive.copies import ALIKE, Signatures, band_keys, signatures_of
from dateline_labels import MissingExtraError


class NearCopies:
    """The texts that are held, each under a number; raises MissingExtraError where rensa is not installed."""

    def __init__(self, alike: float = ALIKE) -> None:
        if find_spec("rensa") is None:
            raise MissingExtraError("looking for copies", "rensa", "archive")
        self._alike = alike
        self._signatures: dict[int, Signatures] = {}
        self._bands: defaultdict[tuple[int, int], set[int]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._signatures)

    def of(self, signature: Signatures) -> list[int]:
        """The numbers of the texts that say nearly the same, in order; the signature is that of one text, (1, …)."""
        near = sorted({number for key in _keys(signature) for number in self._bands.get(key, ())})
        return [number for number in near if float(np.mean(self._signatures[number] == signature)) >= self._alike]

    def add(self, number: int, signature: Signatures) -> None:
        """Hold a text."""
        self._signatures[number] = signature
        for key in _keys(signature):
            self._bands[key].add(number)

    def remove(self, number: int) -> None:
        """Hold it no longer."""
        for key in _keys(self._signatures.pop(number)):
            self._bands[key].discard(number)
            if not self._bands[key]:
                del self._bands[key]


def signature_of(text: str, number: int) -> Signatures:
    """(1, …): the signature of a text; one without a word is like none of another number."""
    return signatures_of([text], number)


def _keys(signature: Signatures) -> list[tuple[int, int]]:
    return list(enumerate(band_keys(signature)[0].tolist()))
