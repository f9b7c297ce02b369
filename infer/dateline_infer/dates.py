"""Time spans and the day they are counted from → the days they mean, or the reason why that cannot be said.

An expression is taken apart: what it says of the hour (`clock.py`), "since", "until", "between", "early", and what is left,
which is a date of the calendar (`calendar_dates.py`) or one counted from a day (`relative_dates.py`). Nothing falls back on
the date of publication.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from dateline_labels import Dispatch, Span

from .calendar_dates import calendar_date
from .calendar_names import MONTH
from .clock import time_of_day
from .datelines import dateline
from .number_words import SMALL
from .relative_dates import relative_date
from .when import When, in_month, months_from, part_of_range, unresolved, until, within

__all__ = ["Anchor", "When", "anchor_of", "resolve", "resolve_all"]


@dataclass(frozen=True)
class Anchor:
    """The day that a dispatch counts from, None where unknown, with the words of its dateline (code points, half-open;
    both None where it is not the dateline's) and why this day.
    """

    day: date | None
    start: int | None
    end: int | None
    reason: str


@dataclass(frozen=True)
class _Setting:
    """What an expression is read with: the day of the dispatch, the day told of before, and what the words before say."""

    anchor: date | None
    reference: When | None = None
    ahead: bool = False
    newest_year: int = 2059
    """The last year that four digits alone can be; a later one is a time of day."""


_NO_DATE: Final = re.compile(
    r"(?:until further notice|reporting period|polling day|election day|within (?:the )?\w+(?: \w+)?(?: days?| weeks?| months?| hours?)?"
    r"|(?:\w+ )?consecutive days|(?:the )?(?:\w+ )?anniversary.*|(?:in|for|over) an? \w+|independence day|national day|republic day)"
)
_RECURRING: Final = re.compile(
    r"(?:(?:every|each) .*|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days(?: and .*)?|daily|nightly|.*\beach (?:day|morning|night).*)"
)
_OPEN: Final = re.compile(r"(?:ever )?(?:since|starting|as from|from)(?: (?:at )?(?:about|around|the))? (?P<rest>.+)")
_CLOSED: Final = re.compile(r"(?P<word>until|till|up to|by|before|through)(?: (?:the end of )?the)? (?P<rest>.+)")
_ENDS: Final = re.compile(r"(?:between|from) (?P<first>.+?) (?:and|to|until|till|through) (?P<second>.+)")
_PAIR: Final = re.compile(r"(?P<first>.+?) (?:to|and|through|until) (?P<second>.+)")
_NIGHT_TO: Final = re.compile(r"(?:over)?night (?:to|into) (?P<rest>.+)")
_YEAR_TO: Final = re.compile(r"(?:the )?(?:year|12 months|twelve months) to (?:the end of )?(?P<rest>.+)")
_OVERNIGHT: Final = re.compile(r"overnight\b[ ,]*(?:on |from |of )?(?P<rest>.*)")
_LED: Final = re.compile(
    r"^(?:(?:on|in|at|as of|of|during|over|for|the|around|about|as|also|elsewhere|dated|it was|this morning at|exactly|only|also on) )+(?=\S)"
)
_EARLY: Final = re.compile(
    r"(?:the )?(?:(?P<early>early|earlier)|(?P<start>beginning of|start of|first (?:days|part) of|opening days of|turn of)"
    r"|(?P<mid>mid|middle of|midway through)|(?P<late>late|later)|(?P<end>end of|last (?:days|part) of|close of))(?: |-)(?:the |of )*(?P<rest>.+)"
)
_HALVES: Final = re.compile(
    r"(?:the )?(?P<which>first|second|third|fourth|last) (?:(?P<count>\w+) )?(?P<unit>half|quarter|week|weeks|day|days|month|months|third)"
    r"(?:(?: of)? (?:the )?(?P<rest>.+))?"
)
_SO_FAR: Final = re.compile(
    r"(?:so far (?:in )?(?P<a>this year|this month|this week|\d{4})|(?P<b>this year|this month|this week|\d{4}) so far|year to date)"
)
_THAT_YEAR: Final = re.compile(
    r"(?:,? (?:of )?(?P<said>last year|this year|next year|that year|the same year|the year before))$"
)
_BACK_TO: Final = re.compile(r"(?:.*\b)?(?:back to|from) \b")
_PLANNED: Final = re.compile(
    r"\b(?:will|would|to be|scheduled|due|plans?|planned|expected|upcoming|ahead of|slated|set for|deadline|postponed|called for"
    r"|by|resume|reopen|begin|begins|next|summoned|convene|meet)\b[^.!?;]{0,60}$"
)
_AT: Final = re.compile(r"\bat $")
_IN: Final = re.compile(r"\b(?:in|by|until|of|for|since) (?:the )?$")
_BARE_YEAR: Final = re.compile(r"\d{4}")
_MILITARY: Final = re.compile(rf"\b(\d\d)(\d\d)(\d\d) ?[hz] (?={MONTH})")
_WEEKDAY_THERE: Final = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")


_AHEAD_WORDS: Final = re.compile(r"\b(?:tomorrow|next|coming|tonight|until|till|by|this day week|(?:19|20)\d{2})\b")
_DASHES: Final = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "“": None, "”": None})


def resolve(words: str, anchor: date | None) -> When:
    """The days that the words of one time span mean, counted from `anchor`.

    Months, days and weekdays without a year are the last ones not after the anchor, and no result ends after it, unless the
    words themselves look ahead ("tomorrow", "next week", a full date). Expressions that count from a day told of before
    ("a day later") and times of day without a day stay unresolved here; `resolve_all` reads them in their text.
    """
    return _resolve(words, _Setting(anchor, newest_year=_newest_year(anchor, "")))


def resolve_all(text: str, times: Sequence[Span], anchor: date | None) -> list[When]:
    """The days of each time span of one text, given in its order, read with the words around them.

    "A day earlier" counts from the day told of before; a time of day without a day is of the day told of before, or of the
    one told of next in the same sentence; words that look ahead ("will", "scheduled for") turn to the next such day.
    """
    found: list[When] = []
    reference: When | None = None
    for number, span in enumerate(times):
        before = text[max(0, span.start - 90) : span.start].casefold()
        setting = _Setting(anchor, reference, _looks_ahead(before), _newest_year(anchor, before))
        when = _resolve(text[span.start : span.end], setting)
        if not when.resolved and (when.clock is not None or when.granularity == "hour"):
            when = _beside(when, text, times[number : number + 2], setting)
        found.append(when)
        if when.earliest is not None and when.latest is not None:
            reference = when
    return found


def anchor_of(dispatch: Dispatch) -> Anchor:
    """The date of the dispatch's dateline ("KABUL, July 20"), else that of its publication.

    A dateline more than a month before or two days after the publication is not believed.
    """
    published = _published(dispatch.published)
    found = dateline(dispatch.text, published)
    if found is None:
        reason = "the date of publication" if published else "no dateline, and no date of publication in ISO form"
        return Anchor(published, None, None, reason)
    day, start, end = found
    if published and not -2 <= (published - day).days <= 31:
        return Anchor(published, None, None, f"the date of publication; the dateline's, {day}, lies too far from it")
    return Anchor(day, start, end, "the date of the dateline")


def _published(value: str | None) -> date | None:
    """The day of an ISO date or date-time."""
    try:
        return datetime.fromisoformat(value.strip()).date() if value else None
    except ValueError:
        return None


def _newest_year(anchor: date | None, before: str) -> int:
    """The last year that bare digits can be after these words: "at 1915" is a time, "in 2030" a year."""
    if _AT.search(before):
        return 0
    return 2099 if anchor is None or _IN.search(before) else anchor.year + 1


def _looks_ahead(before: str) -> bool:
    return bool(_PLANNED.search(re.split(r"[.!?]\s|\n", before)[-1]))


def _beside(when: When, text: str, spans: Sequence[Span], setting: _Setting) -> When:
    """A time of day on the day told of next in its sentence, else on the one told of before."""
    if len(spans) > 1 and not re.search(r"[.!?]\s|\n", text[spans[0].end : spans[1].start]):
        following = _resolve(text[spans[1].start : spans[1].end], setting)
        if (
            following.earliest is not None
            and following.earliest == following.latest
            and spans[1].start - spans[0].end < 40
        ):
            return replace(
                following, clock=when.clock, granularity="hour", reason="a time of the day told of beside it"
            )
    day = setting.reference
    if day is None or day.earliest is None or day.latest is None:
        return when
    return replace(
        day, clock=when.clock, granularity="hour", reason=f"a time of the day told of before, {day.earliest}"
    )


def _resolve(words: str, setting: _Setting) -> When:
    plain = " ".join(words.casefold().replace("’", "'").translate(_DASHES).split()).strip(' ,.;:()"')
    plain = _MILITARY.sub(r"\2\3h \1 ", plain)
    if plain.startswith("at "):
        setting = replace(setting, newest_year=0)
    plain = _LED.sub("", plain)
    when = _expression(plain, setting)
    if setting.anchor is None or setting.ahead or when.earliest is None or _AHEAD_WORDS.search(plain):
        return when
    return until(when, setting.anchor)


def _expression(words: str, setting: _Setting) -> When:
    """One expression, with what leads it: "since", "until", "between … and …", "overnight"."""
    if _RECURRING.fullmatch(words):
        return unresolved("it recurs")
    if _NO_DATE.fullmatch(words):
        return unresolved("no day of the calendar is said")
    if (so_far := _SO_FAR.fullmatch(words)) and setting.anchor:
        inner = _expression(so_far["a"] or so_far["b"] or "this year", setting)
        return replace(until(inner, setting.anchor), reason=f"up to {setting.anchor}")
    if ends := _ENDS.fullmatch(words):
        if (between := _between(ends["first"], ends["second"], setting)) is not None:
            return between
    if opened := _OPEN.fullmatch(words):
        return _open(opened["rest"], setting)
    if (closed := _CLOSED.fullmatch(words)) and not time_of_day(words).part:
        return _closed(closed["rest"], closed["word"], setting)
    if (year := _YEAR_TO.fullmatch(words)) and (end := _days(year["rest"], setting)) and end.latest:
        return within(end.latest - timedelta(days=364), end.latest, "year", f"the year to then: {end.reason}")
    if night := _NIGHT_TO.fullmatch(words):
        if " to " not in night["rest"]:
            return _night_before(_expression(night["rest"], setting))
        words = night["rest"]
    if (over := _OVERNIGHT.fullmatch(words)) and setting.anchor:
        return _overnight(over["rest"], setting)
    return _with_hour(words, setting)


def _with_hour(words: str, setting: _Setting) -> When:
    """A date with or without a time of day."""
    is_hour = _BARE_YEAR.fullmatch(words) and int(words) > setting.newest_year
    whole = None if is_hour else _days(words, setting)
    if whole is not None:
        return whole
    hour = time_of_day(words, setting.newest_year)
    if hour.clock is None and not hour.part:
        return unresolved("words that are not understood")
    if not hour.rest or hour.rest in ("until", "till", "since", "before", "after", "by"):
        return When(None, None, hour.clock, "hour", None, "a time of day without a day")
    when = _days(hour.rest, setting)
    if when is None:
        when = _joined(hour.rest, setting) or unresolved("words that are not understood")
    if when.resolved and hour.clock is not None and when.earliest == when.latest:
        return replace(when, clock=hour.clock, granularity="hour")
    return replace(when, clock=hour.clock)


def _days(words: str, setting: _Setting) -> When | None:
    """A date without a time of day; None where the words are not understood."""
    words = _LED.sub("", words)
    words = _year_said(words, setting)
    if (when := calendar_date(words, setting.anchor, setting.ahead)) is not None:
        return when
    if (when := relative_date(words, setting.anchor, setting.reference, setting.ahead)) is not None:
        return when
    if (early := _EARLY.fullmatch(words)) and (whole := _days(early["rest"], setting)) is not None:
        part = next(name for name in ("early", "start", "mid", "late", "end") if early[name])
        if whole.earliest is None or whole.latest is None or whole.earliest == whole.latest:
            return whole
        return part_of_range(whole, part)
    if half := _HALVES.fullmatch(words):
        return _half(half, setting)
    return _joined(words, setting)


def _joined(words: str, setting: _Setting) -> When | None:
    """Two dates joined by "to" or "and": "friday to saturday", "friday, 18 july"."""
    pair = _PAIR.fullmatch(words)
    if pair is not None:
        second = _days(pair["second"], setting)
        if second is None or second.latest is None or second.earliest is None:
            return None
        first = _days(pair["first"], replace(setting, anchor=second.latest, ahead=False))
        if first is None or first.earliest is None:
            return None
        return within(first.earliest, second.latest, "days", f"a range, {second.reason}")
    parts = [part for part in re.split(r",? (?:on |the )?|, ", words, maxsplit=0) if part]
    if len(parts) > 1 and _WEEKDAY_THERE.fullmatch(parts[0]):
        return _days(" ".join(parts[1:]), setting)
    return None


def _half(match: re.Match[str], setting: _Setting) -> When | None:
    """A counted part of a longer time: "first half of the year", "first nine months of 2021", "first week of july"."""
    whole = _days(match["rest"] or "this year", setting)
    if whole is None or whole.earliest is None or whole.latest is None:
        return whole
    if match["rest"] is None and match["unit"] not in ("half", "quarter"):
        return unresolved("no day of the calendar is said")
    number = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}[match["which"]]
    unit = match["unit"].rstrip("s")
    said = match["count"] or "1"
    count = int(said) if said.isdigit() else SMALL.get(said, 1)
    months = {"half": 6, "quarter": 3, "third": 4, "month": count}.get(unit)
    if whole.granularity == "year" and months:
        first = months_from(whole.earliest, 12 - months if number < 0 else number * months)
        last = in_month(*months_from(date(first[0], first[1], 1), months - 1), "").latest or whole.latest
        return within(
            date(first[0], first[1], 1), last, "season" if months > 1 else "month", f"a part of: {whole.reason}"
        )
    days = (whole.latest - whole.earliest).days + 1
    length = min(
        days,
        round(
            {
                "half": days / 2,
                "third": days / 3,
                "quarter": days / 4,
                "month": 30.4 * count,
                "week": 7 * count,
                "day": count,
            }[unit]
        ),
    )
    start = (
        whole.latest - timedelta(days=length - 1) if number < 0 else whole.earliest + timedelta(days=number * length)
    )
    end = min(whole.latest, start + timedelta(days=length - 1))
    return within(start, end, "week" if unit == "week" else whole.granularity, f"a part of: {whole.reason}")


def _open(rest: str, setting: _Setting) -> When:
    """From a day on: the end stays open."""
    inner = _from_then(rest, setting)
    if inner.earliest is None:
        return inner
    reach = (
        within(inner.earliest, max(setting.anchor, inner.earliest), inner.granularity, "") if setting.anchor else inner
    )
    return replace(inner, latest=None, precision=reach.precision, reason=f"open from: {inner.reason}")


def _from_then(rest: str, setting: _Setting) -> When:
    if rest == "then":
        return _expression("same day", setting)
    return _expression(_LED.sub("", rest), setting)


def _closed(rest: str, word: str, setting: _Setting) -> When:
    """Up to a day: the begin stays open. A day that is said without a year lies ahead."""
    inner = _expression(_LED.sub("", rest), replace(setting, ahead=word in ("until", "till", "by")))
    if not inner.resolved:
        return inner
    latest = inner.earliest - timedelta(days=1) if word == "before" and inner.earliest else inner.latest
    return replace(inner, earliest=None, latest=latest, precision=None, reason=f"open until: {inner.reason}")


def _between(first: str, second: str, setting: _Setting) -> When | None:
    """Both ends told; the first lies before the second."""
    whole = _days(f"{first} to {second}", setting)
    if whole is not None and whole.resolved:
        return whole
    end = _expression(second, setting)
    if not end.resolved and end.clock is not None:
        half = re.search(r" ?[ap]\.?m\b.*$", second)
        begin = _expression(f"{first}{half[0]}" if half and first.replace(".", "").isdigit() else first, setting)
        return replace(end, clock=begin.clock or end.clock)
    if end.latest is None:
        return None
    begin = _expression(first, replace(setting, anchor=end.latest, ahead=False))
    if begin.earliest is None:
        return None
    granularity = "days" if end.granularity in ("day", "hour") else end.granularity
    return within(begin.earliest, end.latest, granularity, f"a range, {end.reason}")


def _night_before(day: When) -> When:
    if day.earliest is None or day.latest is None:
        return day
    return within(day.earliest - timedelta(days=1), day.latest, "days", f"the night before: {day.reason}")


def _overnight(rest: str, setting: _Setting) -> When:
    """The night that ends on the anchor; of a day that is named, the night that follows it."""
    if not rest:
        anchor = setting.anchor or date.max
        return within(anchor - timedelta(days=1), anchor, "days", f"the night before {anchor}")
    day = _with_hour(rest, setting)
    if day.earliest is None or day.earliest != day.latest:
        return day
    return within(day.earliest, day.earliest + timedelta(days=1), "days", f"the night that follows: {day.reason}")


def _year_said(words: str, setting: _Setting) -> str:
    """ "march last year" with the year in figures; "that year" is the one told of before."""
    match = _THAT_YEAR.search(words)
    if match is None or match.start() == 0:
        return words
    said = match["said"]
    known = setting.reference.earliest if setting.reference else None
    base = known if said in ("that year", "the same year", "the year before") else setting.anchor
    if base is None:
        return words
    step = {"last year": -1, "next year": 1, "the year before": -1}.get(said, 0)
    return f"{words[: match.start()]} {base.year + step}"
