"""The same words all over a collection: where they are marked, under which labels, and where they are bare.

Words are compared as tokens, small and capital letters being the same. A name is what is written with a capital inside
of sentences where it is marked; where it is bare it counts only if it is written so there too, and not as part of a
longer name ("Assam" in "The Assam Tribune") or of a compound ("Iran-aligned"), and no single word counts that begins a
sentence or stands in a text all in capitals.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dateline_labels import Dispatch, Span

from .problems import Placed

Key = tuple[str, ...]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SENTENCE_BEGINS = re.compile(r"(?:[.!?:…]|\n)[\s\"'”’“‘)\]*•–—-]*\Z|\A[\s\"'“‘(*•–—-]*\Z")
_LOOK_BACK = 12
_LONGEST = 12
"""Tokens; words of more are hardly the same twice."""


@dataclass(frozen=True)
class Word:
    """A token of a text, half-open."""

    start: int
    end: int
    folded: str


class Words:
    """The tokens of a dispatch and what is asked of them."""

    def __init__(self, dispatch: Dispatch) -> None:
        self.text = dispatch.text
        self.words = [Word(*match.span(), match[0].casefold()) for match in _TOKEN.finditer(dispatch.text)]
        self.in_capitals = sum(map(str.isupper, self.text)) > sum(map(str.islower, self.text))
        self._at = {word.start: number for number, word in enumerate(self.words)}
        self._ending = {word.end: number for number, word in enumerate(self.words)}

    def bounds(self, span: Span) -> tuple[int, int] | None:
        """The half-open range of the span's tokens; None where it cuts one, or they are too many."""
        first, last = self._at.get(span.start), self._ending.get(span.end)
        if first is None or last is None or not first <= last < first + _LONGEST:
            return None
        return first, last + 1

    def key(self, first: int, last: int) -> Key:
        """The words of the tokens, for comparing."""
        return tuple(word.folded for word in self.words[first:last])

    def begins_sentence(self, first: int) -> bool:
        """Whether the token begins a sentence or a line."""
        start = self.words[first].start
        return bool(_SENTENCE_BEGINS.search(self.text[max(0, start - _LOOK_BACK) : start]))

    def is_capital(self, first: int) -> bool:
        """Whether the token begins with a capital."""
        return self.text[self.words[first].start].isupper()

    def is_part(self, first: int, last: int) -> bool:
        """Whether the tokens are part of a longer name or of a compound."""
        before, after = self._neighbour(first - 1), self._neighbour(last)
        start, end = self.words[first].start, self.words[last - 1].end
        hyphens = self.text[start - 1 : start] + self.text[end : end + 1]
        if any(sign in "-‐‑/&@#_" for sign in hyphens if sign.strip()):
            return True
        named_before = before is not None and self.text[before.end : start] == " " and self._is_named(first - 1)
        named_after = after is not None and self.text[end : after.start] == " " and self._is_named(last)
        return named_before or named_after

    def _is_named(self, number: int) -> bool:
        return self.is_capital(number) and not self.begins_sentence(number)

    def _neighbour(self, number: int) -> Word | None:
        return self.words[number] if 0 <= number < len(self.words) else None


@dataclass(frozen=True)
class Marked:
    """A span of a dispatch of the collection."""

    placed: Placed
    span: Span

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.placed.dispatch.text[self.span.start].isupper()


@dataclass(frozen=True)
class Bare:
    """A name in a dispatch that no span touches, and that is marked elsewhere."""

    placed: Placed
    start: int
    end: int


@dataclass
class Usage:
    """Every occurrence of the same words that counts, bare ones of names alone; `capitals` and `smalls` tell how the
    marked ones begin inside of sentences.
    """

    marked: list[Marked] = field(default_factory=list)
    bare: list[Bare] = field(default_factory=list)
    capitals: int = 0
    smalls: int = 0

    @property
    def is_name(self) -> bool:
        """Whether the words are a name."""
        return self.capitals > self.smalls

    @property
    def share(self) -> float:
        """The share of the occurrences that is marked."""
        return len(self.marked) / (len(self.marked) + len(self.bare))

    @cached_property
    def labels(self) -> Counter[str]:
        """How often the words are marked under each label."""
        return Counter(each.span.label for each in self.marked)


def usages(collection: Sequence[Placed]) -> dict[Key, Usage]:
    """The usage of all words that are marked anywhere."""
    texts = [Words(each.dispatch) for each in collection]
    found: dict[Key, Usage] = defaultdict(Usage)
    for placed, words in zip(collection, texts, strict=True):
        for span in placed.dispatch.spans:
            if bounds := words.bounds(span):
                _add_marked(found[words.key(*bounds)], Marked(placed, span), words, bounds[0])
    lengths = _lengths(found)
    for placed, words in zip(collection, texts, strict=True):
        for first, last in _bare(placed.dispatch, words, found, lengths):
            usage = found[words.key(first, last)]
            if usage.is_name and _is_name_here(words, first, last):
                usage.bare.append(Bare(placed, words.words[first].start, words.words[last - 1].end))
    return dict(found)


def _add_marked(usage: Usage, marked: Marked, words: Words, first: int) -> None:
    usage.marked.append(marked)
    if not words.in_capitals and not words.begins_sentence(first):
        usage.capitals += words.is_capital(first)
        usage.smalls += not words.is_capital(first)


def _lengths(keys: Mapping[Key, object]) -> dict[str, tuple[int, ...]]:
    """The lengths of the keys that begin with each word, the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        lengths[key[0]].add(len(key))
    return {word: tuple(sorted(counts, reverse=True)) for word, counts in lengths.items()}


def _bare(
    dispatch: Dispatch, words: Words, keys: Mapping[Key, object], lengths: Mapping[str, tuple[int, ...]]
) -> Iterator[tuple[int, int]]:
    """The ranges of tokens outside of spans that are marked elsewhere, the longest at each place."""
    touched = bytearray(len(words.words))
    for span in dispatch.spans:
        for number, word in enumerate(words.words):
            if word.start < span.end and span.start < word.end:
                touched[number] = 1
    first = 0
    while first < len(words.words):
        last = first + 1
        for length in () if touched[first] else lengths.get(words.words[first].folded, ()):
            key = words.key(first, first + length)
            if len(key) == length and key in keys and not any(touched[first : first + length]):
                last = first + length
                yield first, last
                break
        first = last


def _is_name_here(words: Words, first: int, last: int) -> bool:
    """Whether the tokens are written as a name by itself; a single word must not begin a sentence."""
    alone = last - first == 1
    if words.in_capitals:
        return not alone
    return words.is_capital(first) and not (alone and words.begins_sentence(first)) and not words.is_part(first, last)
