"""Spans by their tokens, for readers and writers of tokens, and what becomes of those that have none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dateline_labels import Dispatch, InputError, Place, Span

from .drafts import Marks
from .format import Finding
from .losses import kept_spans, lost, without_twins
from .tokens import Tokens, tokenised


@dataclass
class TokenMarks(Marks):
    """Spans and relations that are added to a draft, the spans by their tokens."""

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
