"""Two annotations of the same text, or nearly the same → where they differ, in the words that both texts have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from dateline_labels import Dispatch, Span

_TOKEN = re.compile(r"\w+|[^\w\s]")
Bounds = tuple[int, int]


@dataclass(frozen=True)
class Difference:
    """What differs: at a span of the other dispatch, at a relation of it, or at words (code points) of its text."""

    what: str
    span: int | None = None
    relation: int | None = None
    words: Bounds | None = None


def differences(one: Dispatch, other: Dispatch) -> Iterator[Difference]:
    """How `other` differs from `one`; spans over words that only one of the texts has are passed over."""
    if bool(one.spans) != bool(other.spans):
        many = len(one.spans or other.spans)
        words = (0, len(other.text))
        yield Difference(
            f"not annotated, {many} spans there" if one.spans else f"{many} spans, none there", words=words
        )
        return
    aligned = _Aligned.of(one, other)
    pairs: dict[str, str] = {}
    for span in one.spans:
        yield from aligned.of_span(span, pairs)
    taken = set(pairs.values())
    for number, span in enumerate(other.spans):
        if span.id not in taken and aligned.is_shared(span):
            yield Difference(f"{span.label} here, bare there", span=number)
    yield from _relations(one, other, pairs)


@dataclass(frozen=True)
class _Aligned:
    """Two dispatches, the tokens of both, and which token of the other stands for one of the first."""

    other: Dispatch
    tokens: tuple[list[Bounds], list[Bounds]]
    stands_for: Mapping[int, int]

    @staticmethod
    def of(one: Dispatch, other: Dispatch) -> "_Aligned":
        tokens = ([match.span() for match in _TOKEN.finditer(each.text)] for each in (one, other))
        first, second = tokens
        if one.text == other.text:
            return _Aligned(other, (first, second), {number: number for number in range(len(first))})
        left, right = ([each.text[a:b] for a, b in found] for each, found in ((one, first), (other, second)))
        blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
        pairs = {block.a + step: block.b + step for block in blocks for step in range(block.size)}
        return _Aligned(other, (first, second), pairs)

    def of_span(self, span: Span, pairs: dict[str, str]) -> Iterator[Difference]:
        """How the other annotates the words of a span of the first; the span that it has for it goes into `pairs`."""
        there = [self.stands_for.get(token) for token in _covered(self.tokens[0], span)]
        found = [token for token in there if token is not None]
        if not found or len(found) < len(there) or found[-1] - found[0] != len(found) - 1:
            return
        start, end = self.tokens[1][found[0]][0], self.tokens[1][found[-1]][1]
        touching = [each for each in enumerate(self.other.spans) if each[1].start < end and start < each[1].end]
        if not touching:
            yield Difference(f"bare here, {span.label} there", words=(start, end))
            return
        number, twin = max(touching, key=lambda each: (each[1].label == span.label, _shared(each[1], start, end)))
        pairs[span.id] = twin.id
        if twin.label != span.label:
            yield Difference(f"{twin.label} here, {span.label} there", span=number)
        elif list(_covered(self.tokens[1], twin)) != found:
            yield Difference(f"other borders than there, {self.other.text[start:end]!r}", span=number)
        else:
            for name in sorted({*span.attributes, *twin.attributes}):
                here, value = twin.attributes.get(name, "nothing"), span.attributes.get(name, "nothing")
                if here != value:
                    yield Difference(f"{name} is {here} here, {value} there", span=number)

    def is_shared(self, span: Span) -> bool:
        """Whether the first text has the words of a span of the other."""
        covered = list(_covered(self.tokens[1], span))
        return bool(covered) and set(covered) <= set(self.stands_for.values())


def _covered(tokens: list[Bounds], span: Span) -> Iterator[int]:
    return (number for number, (start, end) in enumerate(tokens) if start < span.end and span.start < end)


def _shared(span: Span, start: int, end: int) -> int:
    return min(span.end, end) - max(span.start, start)


def _relations(one: Dispatch, other: Dispatch, pairs: Mapping[str, str]) -> Iterator[Difference]:
    """Relations between spans that both have, and that only one of them ties."""
    here = {(each.label, each.head, each.tail): number for number, each in enumerate(other.relations)}
    there = {
        (each.label, pairs[each.head], pairs[each.tail])
        for each in one.relations
        if each.head in pairs and each.tail in pairs
    }
    spans = other.span_by_id
    for label, head, tail in sorted(there - set(here)):
        head_number = other.spans.index(spans[head])
        yield Difference(f"no {label} to {other.words(spans[tail])!r} here, one there", span=head_number)
    taken = set(pairs.values())
    for (label, head, tail), number in here.items():
        if (label, head, tail) not in there and head in taken and tail in taken:
            yield Difference(f"{label} here, none there", relation=number)
