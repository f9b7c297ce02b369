"""Text ↔ tokens, for the formats that hold tokens: where each token stands in the text, and which tokens a span covers.

Two rules, for texts that are written. Tokens: a run of letters, digits, `_` and the marks on them is a token, and so is
every other character but white space. Sentences: one ends after `.`, `!`, `?` or `…` and the quotes and brackets closed
there, where white space and then anything but a small letter follows, and at an empty line.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from dateline_labels import Span

_ENDS = frozenset(".!?…")
_CLOSING = frozenset("\"'”’»)]")


@dataclass(frozen=True)
class Tokens:
    """The tokens of a text by their offsets in it, in code points, half-open, in order and apart or touching."""

    text: str
    offsets: tuple[tuple[int, int], ...]

    @cached_property
    def words(self) -> list[str]:
        """The tokens themselves."""
        return [self.text[start:end] for start, end in self.offsets]

    @property
    def is_joined(self) -> bool:
        """Whether the text is nothing but its tokens with one space between."""
        return self.text == " ".join(self.words)

    def range_of(self, span: Span) -> tuple[int, int] | None:
        """The first and the last token of the span; None where one of its borders is not that of a token."""
        first = bisect_left(self.offsets, (span.start, span.start))
        last = bisect_right(self._ends, span.end) - 1
        if first > last or self.offsets[first][0] != span.start or self.offsets[last][1] != span.end:
            return None
        return first, last

    def touched(self, span: Span) -> range:
        """The tokens that have something of the span."""
        return range(bisect_right(self._ends, span.start), bisect_left(self.offsets, (span.end, span.end)))

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, end in self.offsets]


def joined(words: Sequence[str]) -> Tokens:
    """The words with one space between."""
    offsets, at = [], 0
    for word in words:
        offsets.append((at, at + len(word)))
        at += len(word) + 1
    return Tokens(" ".join(words), tuple(offsets))


def aligned(words: Sequence[str], text: str) -> Tokens:
    """The words where they stand in `text`; raises ValueError where more than white space lies between or around."""
    offsets, at = [], 0
    for number, word in enumerate(words):
        start = _after_space(text, at)
        at = start + len(word)
        if text[start:at] != word:
            raise ValueError(f"token {number} is {word!r}, the text goes on with {text[start : start + 20]!r}")
        offsets.append((start, at))
    at = _after_space(text, at)
    if at < len(text):
        raise ValueError(f"the text goes on after the last token with {text[at : at + 20]!r}")
    return Tokens(text, tuple(offsets))


def tokenised(text: str) -> Tokens:
    """The tokens of a text by the rule above."""
    offsets: list[tuple[int, int]] = []
    in_word = False
    for at, character in enumerate(text):
        kind = _kind(character)
        if offsets and offsets[-1][1] == at and (kind == "mark" or (in_word and kind == "word")):
            offsets[-1] = (offsets[-1][0], at + 1)
        elif kind != "space":
            offsets.append((at, at + 1))
            in_word = kind != "sign"
    return Tokens(text, tuple(offsets))


def sentences(tokens: Tokens, together: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences as half-open ranges of tokens; none is cut between the first and the last token of `together`."""
    bound = [0] * (len(tokens.offsets) + 1)  # how many of `together` begin, less those that end, before a token
    for first, last in together:
        bound[first + 1] += 1
        bound[last + 1] -= 1
    cuts, depth = [0], 0
    for at in range(1, len(tokens.offsets)):
        depth += bound[at]
        if depth == 0 and _ends_before(tokens, at):
            cuts.append(at)
    return list(pairwise([*cuts, len(tokens.offsets)])) if tokens.offsets else []


def _ends_before(tokens: Tokens, at: int) -> bool:
    (start, _), (_, done) = tokens.offsets[at], tokens.offsets[at - 1]
    between = tokens.text[done:start]
    if between.count("\n") > 1:
        return True
    if not between or tokens.text[start].islower():
        return False
    return next(_before(tokens, at), "") in _ENDS


def _before(tokens: Tokens, at: int) -> Iterator[str]:
    """The tokens that end at a gap, from its left, after those that close quotes and brackets."""
    for number in range(at - 1, -1, -1):
        word = tokens.text[slice(*tokens.offsets[number])]
        if word not in _CLOSING:
            yield word
            return
        if number and tokens.offsets[number][0] != tokens.offsets[number - 1][1]:
            return


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    if unicodedata.category(character).startswith("M") or character == "\u200d":
        return "mark"
    return "word" if character.isalnum() or character == "_" else "sign"
