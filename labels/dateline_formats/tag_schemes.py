"""Tags of tokens → spans, in whatever scheme they are: IOB1, BIO (IOB2), BILOU, IOBES or BMEWO without W.

A tag that breaks its scheme begins or ends a span all the same, and is told.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Scheme = Literal["IOB1", "BIO", "bounded"]
_TAG = re.compile(r"O|(?P<prefix>[BIMELSU])-(?P<label>\S+)")
_GOES_ON = frozenset("IMEL")
_BOUNDED = frozenset("MELSU")
_ENDS = frozenset("ELSU")


@dataclass(frozen=True)
class Tag:
    """A tag such as B-LABEL; nothing in both for O."""

    prefix: str = ""
    label: str = ""

    def __str__(self) -> str:
        return f"{self.prefix}-{self.label}" if self.prefix else "O"


@dataclass(frozen=True)
class Tagged:
    """A span from its first to its last token."""

    label: str
    first: int
    last: int


def read_tag(tag: str) -> Tag | None:
    """The tag; None where it is none."""
    match = _TAG.fullmatch(tag)
    return Tag(match["prefix"] or "", match["label"] or "") if match else None


def scheme_of(sentences: Iterable[Sequence[Tag]]) -> Scheme:
    """`bounded` where a span's last token is marked, `IOB1` where B- only parts neighbours of one label, or `BIO`."""
    begins: set[str] = set()
    for sentence in sentences:
        if any(tag.prefix in _BOUNDED for tag in sentence if tag.prefix):
            return "bounded"
        begins |= {tag.prefix for before, tag in pairwise((Tag(), *sentence)) if tag.label != before.label}
    return "IOB1" if "I" in begins and "B" not in begins else "BIO"


def spans_of(sentence: Sequence[Tag], scheme: Scheme) -> Iterator[Tagged | tuple[int, str]]:
    """The spans of a sentence and, as a token and what to say of it, each break of the scheme."""
    first: int | None = None
    for number, tag in enumerate((*sentence, Tag())):
        if first is not None and not (tag.prefix in _GOES_ON and tag.label == sentence[first].label):
            if scheme == "bounded":
                yield number - 1, f"{sentence[number - 1]} ends a span, which E-, L-, S- or U- would say"
            yield Tagged(sentence[first].label, first, number - 1)
            first = None
        if first is None and tag.prefix:
            first = number
            if tag.prefix in _GOES_ON and scheme != "IOB1":
                yield number, f"{tag} begins a span, which B- would say"
        if tag.prefix in _ENDS and first is not None:
            yield Tagged(tag.label, first, number)
            first = None
