"""What the readers and the writers of tokens share: spans by their tokens, and what becomes of those that tokens lack.

A span given twice is kept once and a relation from a span to itself is left out, each with a finding.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dateline_labels import Dispatch, InputError, Place, Span

from .drafts import Draft, new_relation
from .format import Finding
from .json_rows import Row
from .tokens import Tokens, aligned, joined, tokenised

TEXT = "_text"
"""The key under which a row also holds the text, where one space between its tokens does not make it."""

SAME_ENTITY = "same_entity"
"""The relation that ties a mention to the one before it, where a format tells the mentions of an entity as a list."""


def read_tokens(row: Row, words: Sequence[str]) -> Tokens:
    """The tokens of a row in the text it holds, or with one space between; raises InputError where they disagree."""
    text = row.value.get(TEXT)
    if text is None:
        return joined(words)
    if not isinstance(text, str):
        raise InputError(row.place, row.name(TEXT), f"expected a text, got {type(text).__name__}")
    try:
        return aligned(words, text)
    except ValueError as error:
        raise InputError(row.place, row.name(TEXT), str(error)) from None


@dataclass
class Marks:
    """The spans and relations that a reader adds to a draft, numbered in their order, each once."""

    draft: Draft
    known: dict[tuple[str, int, int, tuple[tuple[str, str], ...]], str] = field(default_factory=dict)

    def span(self, place: Place, name: str, span: Span) -> str:
        """Add a span under an id of its own; its id, or that of the same span given before."""
        key = span.label, span.start, span.end, tuple(sorted(span.attributes.items()))
        if key in self.known:
            what = f"{span.label} from {span.start} to {span.end} is given twice, and kept once"
            self.draft.reading.note(place, name, "lost", what)
            return self.known[key]
        self.known[key] = f"e{len(self.draft.spans) + 1}"
        self.draft.span(place, name, replace(span, id=self.known[key]))
        return self.known[key]

    def relation(self, place: Place, name: str, label: str, ends: tuple[str, str], score: float | None = None) -> None:
        """Add a relation between the spans of these ids, from the first to the second. Raises InputError where there
        can be no such relation.
        """
        head, tail = ends
        if head == tail:
            self.draft.reading.note(place, name, "lost", f"{label} relates {head} to itself")
            return
        made = new_relation(place, name, label, head, tail)
        try:
            self.draft.relation(place, name, replace(made, score=score))
        except ValueError as error:
            raise InputError(place, name, str(error)) from None


@dataclass
class TokenMarks(Marks):
    """The same by tokens."""

    tokens: Tokens = field(kw_only=True)

    def token_span(
        self, place: Place, name: str, label: str, tokens: tuple[int, int], score: float | None = None
    ) -> str:
        """Add a span from the first to the last token, both in it; raises InputError where there are none such."""
        first, last = tokens
        offsets = self.tokens.offsets
        if not 0 <= first <= last < len(offsets):
            what = f"expected tokens from 0 to {len(offsets) - 1}, the first not after the last"
            raise InputError(place, name, f"{what}, got {first} to {last}")
        try:
            return self.span(place, name, Span("new", label, offsets[first][0], offsets[last][1], score=score))
        except ValueError as error:
            raise InputError(place, name, str(error)) from None


@dataclass(frozen=True)
class TokenDispatch:
    """A dispatch to be written as tokens: the first and the last token of each span that has any."""

    dispatch: Dispatch
    tokens: Tokens
    ranges: Mapping[str, tuple[int, int]]

    def text_row(self) -> dict[str, str]:
        """The text under its key, where the tokens alone do not make it."""
        return {} if self.tokens.is_joined else {TEXT: self.dispatch.text}


def as_tokens(dispatch: Dispatch, title: str, losses: list[Finding]) -> TokenDispatch:
    """The dispatch as tokens; what crosses the border of a token goes to `losses` and is left out.

    The order of the spans stays; one that repeats another is lost, as rows of tokens know no ids.
    """
    tokens = tokenised(dispatch.text)
    dispatch = without_twins(dispatch, losses)
    ranges: dict[str, tuple[int, int]] = {}
    for span in dispatch.spans:
        found = tokens.range_of(span)
        if found is None:
            what = f"{dispatch.words(span)!r} crosses the border of a token, which {title} cannot carry"
            losses.append(lost(dispatch, f"spans.{span.id}", what))
        else:
            ranges[span.id] = found
    return TokenDispatch(kept_spans(dispatch, ranges, losses), tokens, ranges)


def lost(dispatch: Dispatch, name: str, what: str) -> Finding:
    """A loss of a dispatch that is written."""
    return Finding(Place(dispatch.id), name, "lost", what)


def kept_spans(dispatch: Dispatch, kept: Mapping[str, object], losses: list[Finding]) -> Dispatch:
    """The dispatch with the spans of these ids alone; the relations that go with the others are added to `losses`."""
    relations = []
    for relation in dispatch.relations:
        if relation.head in kept and relation.tail in kept:
            relations.append(relation)
        else:
            what = f"{relation.head} {relation.label} {relation.tail} goes with a span that is not carried"
            losses.append(lost(dispatch, f"relations.{relation.label}", what))
    spans = tuple(span for span in dispatch.spans if span.id in kept)
    return replace(dispatch, spans=spans, relations=tuple(relations))


def without_twins(dispatch: Dispatch, losses: list[Finding]) -> Dispatch:
    """The dispatch without spans that repeat one before them, label, attributes and all, which readers take for it."""
    kept: dict[str, Span] = {}
    seen: dict[tuple[object, ...], str] = {}
    for span in dispatch.spans:
        first = seen.setdefault((span.label, span.start, span.end, *sorted(span.attributes.items())), span.id)
        if first == span.id:
            kept[span.id] = span
        else:
            losses.append(lost(dispatch, f"spans.{span.id}", f"repeats {first}, and goes"))
    return kept_spans(dispatch, kept, losses)


def with_clear_ends(dispatch: Dispatch, place: Callable[[Span], object], losses: list[Finding]) -> Dispatch:
    """The dispatch with those relations alone whose ends are told by their place: each the first span that has it."""
    first: dict[object, str] = {}
    for span in dispatch.spans:
        first.setdefault(place(span), span.id)
    relations = []
    for relation in dispatch.relations:
        ends = [dispatch.span_by_id[end] for end in (relation.head, relation.tail)]
        unclear = [span.id for span in ends if first[place(span)] != span.id]
        if not unclear:
            relations.append(relation)
            continue
        what = f"another span stands where {unclear[0]} does, by which alone the format knows it"
        losses.append(lost(dispatch, f"relations.{relation.label}", what))
    return replace(dispatch, relations=tuple(relations))
