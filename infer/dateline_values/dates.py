"""Time spans and the day they are counted from → the days they mean, or the reason why that cannot be said.

One expression is read by `time_expressions.py`; here is what the text around it adds: the day it is counted from, the
day that was told of before, whether it lies ahead. Nothing falls back on the date of publication.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from dateline_labels import Dispatch, Span

from .datelines import dateline
from .time_expressions import Setting, read_expression
from .when import Told, When, on, unresolved

__all__ = ["Anchor", "When", "anchor_of", "published_day", "resolve", "resolve_all"]


@dataclass(frozen=True)
class Anchor:
    """The day that a dispatch counts from, None where unknown, with the words of its dateline (code points, half-open;
    both None where it is not the dateline's) and why this day.
    """

    day: date | None
    start: int | None
    end: int | None
    reason: str


_REACH: Final = 90
_NEAR: Final = 40
_WEEK: Final = 7
_EVENING_HOUR: Final = 18
_MORNING_HOUR: Final = 10
_YEARS: Final = range(1000, 9000)
"""Of publication; 0001-01-01 and 9999-12-31 are what databases hold for no day at all."""
_EVENING: Final = re.compile(r"\b(?:evening|night|dusk|nightfall|sunset|overnight|tonight|p\.?m)\b")
_MORNING: Final = re.compile(r"\b(?:dawn|sunrise|daybreak|first light|early hours|small hours|midnight|morning)\b")
_SENTENCE_END: Final = re.compile(r"[.!?]\s|\n")
# the day on which something was said is not the day on which it happened
_REPORTED: Final = re.compile(
    r"\b(?:said|says|told|reported|announced|stated|confirmed|wrote|declared|added|claimed)"
    r"(?: (?:reporters|journalists|a|the|news|press|conference|statement|in|by|telephone|phone|afp|ap|reuters|xinhua"
    r"|voa"
    r"|agency|television|radio|state|local|late|early|on|it|online))* $"
)
_PLANNED: Final = re.compile(
    r"\b(?:will|is to|are to|to be (?:held|released|sworn|put|signed)|scheduled|due|planned|plans? to|expected"
    r"|upcoming|ahead of|slated"
    r"|set (?:for|to)|postponed (?:to|until)|adjourned|opens|meets?|resumes?|reopens|begins|starts|visits?|continues"
    r"|goes on trial|appears before|agenda for)\b[^.!?;:]{0,60}$"
    r"|\b(?:will|would|promised|expected|is|are|to)\b[^.!?;:]{0,60} by (?:the )?$"
    r"|\b(?:is|are) (?:on|at|in) $|\b(?:call(?:ed|s)?|set|planned|convened|summoned|announced"
    r"|invited)\b[^.!?;:]{0,40} for $"
)
_UNTIL: Final = re.compile(r"\buntil (?:the |about |around )?$")
_LASTED: Final = re.compile(
    r"\b(?:lasted|continued|raged|held out|holding out|went on|fought|fighting|resisted|burn(?:ed|t)|did not|not"
    r"|stayed|waited|lived|kept|heard"
    r"|worked|lay|remained|exchanged|until then|could be)\b[^.!?;]{0,60}$"
)
_FROM_EVENT: Final = re.compile(r"(?<!night )(?<!morning )(?<!evening )\b(?:before|after|prior)$")
_EVENT_FOLLOWS: Final = re.compile(
    r" (?!and\b|but\b|in\b|at\b|on\b|near\b|from\b|by\b|outside\b|inside\b|when\b|had\b|was\b|were\b|which\b)[\w\"“‘]"
)
_AT: Final = re.compile(r"\bat $")
_IN: Final = re.compile(r"\b(?:in|by|until|of|for|since) (?:the )?$")


def resolve(words: str, anchor: date | None) -> When:
    """The days that the words of one time span mean, counted from `anchor`.

    Months, days and weekdays without a year are the last ones not after the anchor, and no result ends after it, unless
    the words themselves look ahead ("tomorrow", "next week", a full date). Expressions that count from a day told of
    before ("a day later") and times of day without a day stay unresolved here; `resolve_all` reads them in their text.
    """
    return read_expression(words, Setting(anchor, newest_year=_newest_year(anchor, "")))


def resolve_all(text: str, times: Sequence[Span], anchor: date | None) -> list[When]:
    """The days of each time span of one text, given in its order, read with the words around them.

    "A day earlier" counts from the day told of before; a time of day without a day is of the day told of before, or of
    the one told of next in the same sentence; words that look ahead ("will", "scheduled for") turn to the next such
    day.
    """
    found: list[When] = []
    told = Told()
    for number, span in enumerate(times):
        when = _in_text(text, times[number : number + 2], anchor, told)
        found.append(when)
        said_then = _REPORTED.search(_sentence_before(text, span.start)) is not None
        if not said_then or told.day is None:
            told = _told(told, when, text[span.start : span.end])
    return found


def anchor_of(dispatch: Dispatch) -> Anchor:
    """The date of the dispatch's dateline ("KABUL, July 20"), else that of its publication.

    A dateline more than a month before or two days after the publication is not believed.
    """
    published = published_day(dispatch.published)
    found = dateline(dispatch.text, published)
    if found is None:
        reason = "the date of publication" if published else "no dateline, and no date of publication in ISO form"
        return Anchor(published, None, None, reason)
    day, start, end = found
    if published and not -2 <= (published - day).days <= 31:
        return Anchor(published, None, None, f"the date of publication; the dateline's, {day}, lies too far from it")
    return Anchor(day, start, end, "the date of the dateline")


def published_day(value: str | None) -> date | None:
    """The day of an ISO date or date-time, whatever stands after the day; None where there is none."""
    text = (value or "").strip()
    for told in (text, text[:10] if not text[10:11].isdigit() else ""):
        with suppress(ValueError):
            day = datetime.fromisoformat(told).date()
            return day if day.year in _YEARS else None
    return None


def _newest_year(anchor: date | None, before: str) -> int:
    """The last year that bare digits can be after these words: "at 1915" is a time, "in 2030" a year."""
    if _AT.search(before):
        return 0
    return 2099 if anchor is None or _IN.search(before) else anchor.year + 1


def _in_text(text: str, spans: Sequence[Span], anchor: date | None, told: Told) -> When:
    """The first of one or two spans that follow each other, read with the words around it."""
    start, end = spans[0].start, spans[0].end
    before = _sentence_before(text, start)
    lasted = bool(_LASTED.search(before))
    ahead = bool(_PLANNED.search(before)) or (bool(_UNTIL.search(before)) and not lasted)
    setting = Setting(anchor, told, ahead, lasted, _newest_year(anchor, before))
    words = text[start:end]
    when = read_expression(words, setting)
    if when.resolved and _FROM_EVENT.search(words.casefold()) and _EVENT_FOLLOWS.match(text[end : end + 20]):
        return unresolved("counted from an event that is told of after it")
    if not when.resolved and when.granularity == "hour":
        return _on_its_day(when, text, spans, setting)
    return when


def _sentence_before(text: str, start: int) -> str:
    """What stands before `start` in its sentence, in lower case, no further back than one reads for a verb."""
    return _SENTENCE_END.split(text[max(0, start - _REACH) : start].casefold())[-1]


def _on_its_day(when: When, text: str, spans: Sequence[Span], setting: Setting) -> When:
    """A time of day on the day told of next in its sentence, else on the one told of before; a morning that is told of
    after an evening is that of the day after.
    """
    if len(spans) > 1 and len(gap := text[spans[0].end : spans[1].start]) < _NEAR and not re.search(r"[.!?]\s|\n", gap):
        following = read_expression(text[spans[1].start : spans[1].end], setting)
        if following.earliest is not None and following.earliest == following.latest:
            return replace(following, clock=when.clock, granularity="hour", reason="on the day told of beside it")
    day = setting.told.day
    if day is None or day.earliest is None or day.earliest != day.latest:
        return when
    words = text[spans[0].start : spans[0].end]
    next_morning = setting.told.late and _is_morning(words, when.clock) and day.earliest < date.max
    on_day = on(day.earliest + timedelta(days=next_morning), f"on the day told of before, {day.earliest}")
    return replace(on_day, clock=when.clock, granularity="hour")


def _told(told: Told, when: When, words: str) -> Told:
    """What is known after this time too: the last day, the last time of any length, whether it was late in the day."""
    if when.earliest is None or when.latest is None:
        return told
    if (when.latest - when.earliest).days > _WEEK:
        return replace(told, time=when)
    late = bool(_EVENING.search(words.casefold())) or (when.clock is not None and when.clock.hour >= _EVENING_HOUR)
    return Told(when, when, late)


def _is_morning(words: str, clock: time | None) -> bool:
    return bool(_MORNING.search(words.casefold())) or (clock is not None and clock.hour < _MORNING_HOUR)
