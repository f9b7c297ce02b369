"""Dates that are counted from another day → days: "yesterday", "last Thursday", "two weeks ago", "a day later".

Most are counted from the anchor, the day of the dispatch; "a day later" and the like from the day that the text told of
before. Conventions where English leaves room: weeks begin on Monday; a weekday is the last one on or before
the anchor, with "last" the last one before it; "N weeks ago" is the week around that day, "N months (years) ago" that
calendar month (year); "recent days, weeks, months, years" reach back 6 days, 6 weeks, 6 months, 5 years.
"""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from .calendar_names import SEASON, WEEKDAY, season_months, weekday_number
from .number_words import SMALL
from .when import Told, When, in_month, in_week, in_year, months_from, on, unresolved, within

_COUNTS: Final = {
    "a": 1,
    "an": 1,
    "couple of": 2,
    "a couple of": 2,
    "few": 3,
    "a few": 3,
    "several": 3,
    "half a": 0,
    "half an": 0,
}
_COUNT = (
    rf"(?P<count>\d+|{'|'.join([*SMALL, *_COUNTS])}"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?:one|two|three|four|five|six|seven|eight|nine))"
)
_ONE_UNIT = r"(?P<unit>second|minute|hour|night|day|week|fortnight|month|quarter|year|decade|weekend|season)"
_UNIT = rf"{_ONE_UNIT}s?"
_WEEKDAY: Final = re.compile(
    rf"(?P<which>last|this|next|past|coming|previous|the previous|this past"
    rf"|this coming)? ?(?P<day>{WEEKDAY})(?: (?P<late>last|next))?(?: (?:of )?(?P<week>last|this|next) week)?"
)
_FROM_TODAY: Final = {
    "today": 0,
    "this": 0,
    "tonight": 0,
    "this day": 0,
    "yesterday": -1,
    "last": -1,
    "tomorrow": 1,
    "day before yesterday": -2,
    "day after tomorrow": 2,
    "this day week": 7,
}
_AGO: Final = re.compile(
    rf"(?:about |around |some |nearly |almost |more than |over )*(?:{_COUNT} )?{_UNIT} ago(?: (?P<same>this month"
    rf"|today))?"
)
_SEASONS_AGO: Final = re.compile(rf"{_COUNT} (?P<season>{SEASON})s ago")
_CURRENT: Final = re.compile(
    r"(?:so far )?(?:the )?(?:this|current|present|whole of this)? ?(?P<unit>week|month|year|quarter"
    r"|weekend)(?: so far)?"
)
_BESIDE: Final = re.compile(
    r"(?:the )?(?P<which>last|next|previous|coming|past) (?P<unit>week|month|year|quarter|weekend|decade)"
)
_PAST: Final = re.compile(
    rf"(?:the )?(?:last|past|previous|preceding) {_COUNT} {_UNIT}|(?:the )?past (?P<one>day|hour)"
)
_RECENT: Final = re.compile(
    r"(?:the )?(?:recent|past few|last few|past several) (?P<unit>days|weeks|months|years|hours)"
)
_COMING: Final = re.compile(
    r"(?:the )?(?:coming|next few|next several|following few) (?P<unit>days|weeks|months|years|hours)"
)
_GRANULARITIES: Final = {
    **dict.fromkeys(("second", "minute"), "day"),
    **dict.fromkeys(("hour", "day", "night"), "days"),
    **dict.fromkeys(("fortnight", "weekend"), "week"),
    "quarter": "season",
}
"""What spans of several units are told in, where it has another name than the unit."""
_REACH_OF_RECENT: Final = {"hours": 0, "days": 6, "weeks": 42, "months": 183, "years": 1826}

_VAGUE: Final = ("few", "a few", "several", "couple of", "a couple of")
_LONG_UNITS: Final = ("month", "quarter", "season", "year", "decade", "spring", "summer", "autumn", "fall", "winter")
_SAME: Final = re.compile(
    r"(?:the )?(?:that|same|that same|very same|then)(?: (?P<unit>day|date|hour|week|weekend|month|year|time|moment"
    r"|spring|summer|autumn|fall|winter))?|(?:of )?(?:the )?same day|(?:the )?day"
)
_NEXT_TO: Final = re.compile(
    r"(?:the )?(?:(?P<which>following|previous|preceding|prior)(?: (?P<unit>day|week|month|year|weekend))?"
    r"|(?P<next>next)(?: day)?)"
    r"|(?:the |a )?(?P<noun>day|week|month|year)? ?(?P<side>before|after|earlier|later|prior)"
)
_SHIFTED: Final = re.compile(
    rf"(?:about |some |only |just |exactly |less than |more than )*(?:{_COUNT}(?: and a half)? )?"
    rf"{_ONE_UNIT}(?P<several>s)? (?P<side>later|after|on|earlier|before|beforehand|afterwards|prior|previously)"
    r"(?: that)?"
)
_WITHIN_DAY: Final = re.compile(r"(?:later|earlier|late|early)(?: (?:in|on|that|the same|in the) (?:the )?)?(?: ?day)?")
_EARLIER_IN: Final = re.compile(r"(?:earlier|later) (?:in the|this|(?P<that>that)) (?P<unit>week|month|year)")


def relative_date(words: str, anchor: date | None, told: Told) -> When | None:
    """The days that words in lower case mean, counted from the anchor or from what was told; None where they do not."""
    if (when := _from_told(words, told, anchor)) is not None:
        return when
    if anchor is None:
        return unresolved("no date to count from") if _is_relative(words) else None
    if words in ("month", "year") and told.time is not None and told.time.granularity == words:
        return replace(told.time, reason="the one told of before")
    near = _past(words, anchor) or _beside(words, anchor) or _current(words, anchor)
    return near or _ago(words, anchor) or _seasons_ago(words, anchor) or _recent(words, anchor)


def _is_relative(words: str) -> bool:
    patterns = (_WEEKDAY, _AGO, _SEASONS_AGO, _CURRENT, _BESIDE, _PAST, _RECENT)
    return words in _FROM_TODAY or any(pattern.fullmatch(words) for pattern in patterns)


def near_day(words: str, anchor: date, ahead: bool) -> When | None:
    """The day that "yesterday" or the name of a weekday means, counted from the anchor; None where the words are
    neither.
    """
    if words in _FROM_TODAY:
        return on(anchor + timedelta(days=_FROM_TODAY[words]), f"counted from {anchor}")
    match = _WEEKDAY.fullmatch(words)
    if match is None:
        return None
    number = weekday_number(match["day"])
    which = (match["which"] or match["late"] or "").removeprefix("the ")
    if match["week"]:
        monday = (
            anchor
            - timedelta(days=anchor.weekday())
            + timedelta(weeks={"last": -1, "this": 0, "next": 1}[match["week"]])
        )
        return on(monday + timedelta(days=number), f"that day of {match['week']} week, counted from {anchor}")
    back = (anchor.weekday() - number) % 7
    if which in ("next", "coming", "this coming") or (ahead and which not in ("last", "past", "previous", "this past")):
        return on(anchor + timedelta(days=(7 - back) if back else 7), f"the first one after {anchor}")
    if which in ("last", "past", "previous", "this past") and back == 0:
        back = 7
    return on(
        anchor - timedelta(days=back), f"the last one {'on or ' if back == 0 or not which else ''}before {anchor}"
    )


def _ago(words: str, anchor: date) -> When | None:
    match = _AGO.fullmatch(words)
    if match is None:
        return None
    when = _shift(anchor, match["unit"], -_count(match["count"]))
    if match["same"] == "this month" and when.earliest is not None:
        when = in_month(when.earliest.year, anchor.month, "")
    elif match["same"] == "today":
        when = _on_that_day(when, anchor)
    return replace(when, reason=f"counted from {anchor}") if when.resolved else when


def _on_that_day(when: When, anchor: date) -> When:
    """Of a week its middle, of a month the anchor's day, of a year the anchor's month and day; a day stays."""
    if when.earliest is None or when.granularity == "day":
        return when
    if when.granularity == "week":
        return on(when.earliest + timedelta(days=3), "")
    month = when.earliest.month if when.granularity == "month" else anchor.month
    return on(date(when.earliest.year, month, anchor.day), "")


def _seasons_ago(words: str, anchor: date) -> When | None:
    match = _SEASONS_AGO.fullmatch(words)
    if match is None:
        return None
    first, last = season_months(match["season"])
    year = anchor.year - _count(match["count"])
    end = in_month(year + (last < first), last, "").latest or anchor
    return within(date(year, first, 1), end, "season", f"counted from {anchor}")


def _past(words: str, anchor: date) -> When | None:
    """Up to the anchor: "past three days" begins three days before it, "past 48 hours" two."""
    match = _PAST.fullmatch(words)
    if match is None:
        return None
    unit = match["unit"] or match["one"]
    count = _count(match["count"])
    if unit in ("month", "quarter", "year", "decade", "season"):
        months = count * {"month": 1, "quarter": 3, "season": 3, "year": 12, "decade": 120}[unit]
        year, month = months_from(anchor, -months)
        begin = date(year, month, min(anchor.day, 28))
    else:
        hours = (
            count
            * {
                "second": 0,
                "minute": 0,
                "hour": 1,
                "night": 24,
                "day": 24,
                "week": 168,
                "fortnight": 336,
                "weekend": 168,
            }[unit]
        )
        begin = anchor - timedelta(days=-(-hours // 24))
    return within(begin, anchor, _GRANULARITIES.get(unit, unit), f"up to {anchor}")


def _beside(words: str, anchor: date) -> When | None:
    match = _BESIDE.fullmatch(words)
    if match is None:
        return None
    if match["which"] == "past" and match["unit"] != "weekend":  # "over the past week" reaches up to now
        return _past(f"past one {match['unit']}", anchor)
    step = 1 if match["which"] in ("next", "coming") else -1
    return replace(
        _unit_of(anchor, match["unit"], step), reason=f"the {'next' if step > 0 else 'last'} one from {anchor}"
    )


def _current(words: str, anchor: date) -> When | None:
    match = _CURRENT.fullmatch(words)
    if match is None:
        return None
    return replace(_unit_of(anchor, match["unit"], 0), reason=f"that of {anchor}")


def _recent(words: str, anchor: date) -> When | None:
    if coming := _COMING.fullmatch(words):
        end = anchor + timedelta(days=_REACH_OF_RECENT[coming["unit"]])
        return within(anchor, end, coming["unit"].rstrip("s"), f"from {anchor} on, by convention")
    match = _RECENT.fullmatch(words)
    if match is None:
        return None
    return within(
        anchor - timedelta(days=_REACH_OF_RECENT[match["unit"]]),
        anchor,
        match["unit"].rstrip("s"),
        f"up to {anchor}, by convention",
    )


def _from_told(words: str, told: Told, anchor: date | None) -> When | None:
    matches = [pattern.fullmatch(words) for pattern in (_SAME, _SHIFTED, _NEXT_TO, _WITHIN_DAY, _EARLIER_IN)]
    same, shifted, beside, _, earlier_in = matches
    found = next((match for match in matches if match), None)
    if found is None or words == "this":
        return None
    if earlier_in and anchor and not earlier_in["that"]:
        return replace(_unit_of(anchor, earlier_in["unit"], 0), reason=f"that of {anchor}")
    said = found.groupdict()
    unit = said.get("unit") or said.get("noun") or "day"
    reference = told.time if unit in _LONG_UNITS else told.day
    day = reference.earliest if reference is not None else None
    if day is None or reference is None:
        return unresolved("counted from a day that the text does not tell before")
    if same or earlier_in:
        when = _same(unit, reference)
    elif shifted:
        sign = 1 if shifted["side"] in ("later", "after", "on", "afterwards") else -1
        when = (
            _shift_vaguely(day, unit, sign)
            if _is_vague(shifted)
            else _shift(day, unit, sign * _count(shifted["count"]))
        )
    elif beside:
        sign = (
            1
            if (beside["which"] or beside["next"] or beside["side"]) in ("next", "following", "after", "later")
            else -1
        )
        when = _shift(day, "day", sign) if unit == "day" else _unit_of(day, unit, sign)
    else:
        when = replace(reference, granularity="day" if reference.granularity == "hour" else reference.granularity)
    return replace(when, clock=None, reason=f"counted from {day}, told of before") if when.resolved else when


def _same(unit: str, reference: When) -> When:
    day = reference.earliest or date.max
    if unit in ("week", "weekend", "month", "year"):
        return _unit_of(day, unit, 0)
    if re.fullmatch(SEASON, unit):
        first, last = season_months(unit)
        return within(
            date(day.year, first, 1), in_month(day.year + (last < first), last, "").latest or day, "season", ""
        )
    return replace(reference, granularity="day" if reference.granularity == "hour" else reference.granularity)


def _is_vague(shifted: re.Match[str]) -> bool:
    """Whether no number is said: "days later", "a few days later"; "week earlier" is one week, its article left out."""
    return shifted["count"] in _VAGUE or (shifted["count"] is None and bool(shifted["several"]))


def _shift_vaguely(day: date, unit: str, sign: int) -> When:
    """A few days later, weeks later: from two to seven units away; hours and minutes stay on the day."""
    if unit in ("second", "minute", "hour"):
        return on(day, "")
    two, seven = _shift(day, unit, 2 * sign), _shift(day, unit, 7 * sign)
    ends = [end for when in (two, seven) for end in (when.earliest, when.latest) if end is not None]
    return within(min(ends), max(ends), _GRANULARITIES.get(unit, unit), "") if ends else two


def _shift(day: date, unit: str, count: int) -> When:
    """`count` units from a day, as finely as the unit tells: to the day, the week around, the month or the year."""
    try:
        match unit:
            case "second" | "minute" | "hour":
                return on(day + timedelta(days=int(count * {"second": 0, "minute": 0, "hour": 1}[unit] / 24)), "")
            case "day" | "night":
                return on(day + timedelta(days=count), "")
            case "week" | "fortnight" | "weekend":
                centre = day + timedelta(weeks=count * (2 if unit == "fortnight" else 1))
                return within(centre - timedelta(days=3), centre + timedelta(days=3), "week", "")
            case "month" | "quarter" | "season":
                return in_month(*months_from(day, count * (1 if unit == "month" else 3)), "")
        years = count * (10 if unit == "decade" else 1)
        return in_year(day.year + years, "")
    except (OverflowError, ValueError):
        return unresolved("no such day")


def _unit_of(day: date, unit: str, step: int) -> When:
    """The calendar unit that a day lies in, or the one `step` away; the weekend is the last one that has begun."""
    match unit:
        case "week":
            return in_week(day + timedelta(weeks=step), "")
        case "weekend":
            saturday = day - timedelta(days=(day.weekday() - 5) % 7)
            if step < 0 and day.weekday() >= 5:
                saturday -= timedelta(weeks=1)
            elif step > 0:
                saturday += timedelta(weeks=1)
            return within(saturday, saturday + timedelta(days=1), "days", "")
        case "month":
            return in_month(*months_from(day, step), "")
        case "quarter":
            first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
            year, month = months_from(first, 3 * step)
            end = in_month(*months_from(date(year, month, 1), 2), "").latest or day
            return within(date(year, month, 1), end, "season", "")
        case "decade":
            begin = day.year // 10 * 10 + 10 * step
            return within(date(begin, 1, 1), date(begin + 9, 12, 31), "decade", "")
    return in_year(day.year + step, "")


def _count(words: str | None) -> int:
    if words is None:
        return 1
    if words.isdigit():
        return int(words)
    return _COUNTS.get(words, SMALL.get(words, sum(SMALL.get(word, 0) for word in words.split("-"))))
