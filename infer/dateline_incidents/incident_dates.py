"""The TIME spans tied to an event → when it was: the nearest that can be resolved, made narrower by the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from dateline_labels import Dispatch, Span
from dateline_values.dates import When, anchor_of, resolve_all

from .incidents import ROLES, Argument


@dataclass(frozen=True)
class Dated:
    """When an event was: `words` is the span that tells it, None where none does; the clock may come from another span
    of the same days. `others` are the spans that do not tell it.
    """

    words: Span | None
    when: When
    clock: time | None
    others: tuple[Span, ...]


NO_TIME = When(None, None, None, "none", None, "no time is told")


def whens_of(dispatch: Dispatch) -> Mapping[str, When]:
    """What each TIME span of a dispatch means, by span id."""
    times = sorted((span for span in dispatch.spans if span.label == ROLES.time_span), key=lambda span: span.start)
    return dict(zip((s.id for s in times), resolve_all(dispatch.text, times, anchor_of(dispatch).day), strict=True))


def dated(arguments: Sequence[Argument], whens: Mapping[str, When]) -> Dated:
    """When the event was that the arguments, nearest first, tell of.

    The nearest span that is resolved wins; one further off that lies wholly within it and is narrower takes its place,
    and so does one that says that the event has gone on since that day. Without a resolved one, the nearest tells why
    not. Spans that contradict it are kept as others.
    """
    spans = [argument.span for argument in arguments]
    if not spans:
        return Dated(None, NO_TIME, None, ())
    resolved = [span for span in spans if whens[span.id].earliest]
    chosen = resolved[0] if resolved else spans[0]
    for span in resolved[1:]:
        if _is_narrower(whens[span.id], whens[chosen.id]):
            chosen = span
    since = [s for s in resolved if whens[s.id].latest is None and whens[s.id].earliest == whens[chosen.id].earliest]
    chosen = since[0] if since else chosen
    when = whens[chosen.id]
    clocks = [whens[span.id].clock for span in (chosen, *spans) if _may_be_same(whens[span.id], when)]
    clock = next((clock for clock in clocks if clock), None)
    return Dated(chosen, when, clock, tuple(span for span in spans if span is not chosen))


def _is_narrower(one: When, other: When) -> bool:
    """Whether `one` lies within `other` and tells more."""
    first, last = _days(one)
    outer_first, outer_last = _days(other)
    return outer_first <= first and last <= outer_last and (first, last) != (outer_first, outer_last)


def _may_be_same(one: When, other: When) -> bool:
    """Whether the days of both have one in common; unresolved words ("at 5 a.m.") can be any day."""
    first, last = _days(one)
    other_first, other_last = _days(other)
    return first <= other_last and other_first <= last


def _days(when: When) -> tuple[date, date]:
    return when.earliest or date.min, when.latest or date.max
