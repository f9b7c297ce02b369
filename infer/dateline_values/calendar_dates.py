"""Dates that name a day, month, season, year or holiday → days; a missing year is found from an anchor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from .calendar_names import (
    HOLIDAYS,
    MONTH,
    SEASON,
    WEEKDAY,
    holiday,
    month_number,
    season_months,
    weekday_number,
)
from .when import When, in_month, in_year, months_from, on, unresolved, within

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}|'?\d{2}))"
_NAMED_DAY = rf"(?:{WEEKDAY},? )?(?:the |this )?"
_POINTS: Final = [
    re.compile(rf"{_NAMED_DAY}{_DAY} (?:of )?(?P<month>{MONTH}){_YEAR}?"),
    re.compile(rf"{_NAMED_DAY}(?P<month>{MONTH}) (?:the )?{_DAY}{_YEAR}?"),
    re.compile(rf"(?P<month>{MONTH})(?:,? (?:of )?(?P<year>\d{{4}}))?"),
    re.compile(rf"(?P<month>{MONTH}) '?(?P<year>\d{{2}})"),
    re.compile(rf"{_NAMED_DAY}{_DAY}"),
    re.compile(r"(?P<year>(?:1[89]|20)\d{2})"),
]
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC: Final = re.compile(
    rf"{_NAMED_DAY}(\d{{1,2}})(?:/(\d{{1,2}})(?:/(\d{{4}}|\d{{2}}))?|[.-](\d{{1,2}})[.-](\d{{4}}|\d{{2}}))"
)
_DECADE: Final = re.compile(r"(?:the )?(\d{3})0'?s|(?:the )?'?([2-9])0'?s")
_SEASON: Final = re.compile(
    rf"(?:the )?(?P<which>this |last |next |past )?(?P<season>{SEASON})(?:,? (?:of )?(?P<year>\d{{4}}))?"
)
_HOLIDAY: Final = re.compile(
    rf"(?P<which>this |last |next )?(?P<name>{'|'.join(HOLIDAYS)})(?P<weekend> weekend)?"
    r"(?:,? (?:of )?(?P<year>\d{4}))?"
)
_MONTH_OF: Final = re.compile(rf"(?P<which>last|this|next|past) (?P<month>{MONTH})|(?P<late>{MONTH}) last")
_OF_MONTH: Final = re.compile(r"(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<which>last|this|next) month")
_WEEKDAY_FIRST: Final = re.compile(WEEKDAY)
_LUNAR: Final = re.compile(
    r"\b(?:ramadan|ramazan|eid|ashura|sallah|mawlid|muharram|diwali|vesak|passover|yom kippur|hanukkah|rabi)\b"
)
_JOINTS: Final = re.compile(r" ?(?:-|/|&) ?| (?:to|and|through|until|till) |, (?:and )?")
_HYPHENS: Final = re.compile(r"(?<=\d)-(?=[a-z]{3})|(?<=[a-z]{3})-(?=\d{2,4}$)")
_COMMA_YEAR: Final = re.compile(r", (?=\d{4}\b)")


@dataclass(frozen=True)
class _Point:
    """What is said of a date; None for what is not."""

    year: int | None
    month: int | None
    day: int | None


def calendar_date(words: str, anchor: date | None, ahead: bool) -> When | None:
    """The days that a date in lower case means, None where it is none: "20 july", "july 20-22, 2017", "mid-2016" not.

    A year that is not said is the last in which the date does not lie after `anchor`, the first after it where `ahead`.
    """
    words = _HYPHENS.sub(" ", words).replace("’", "'")
    if (point := _point(words, anchor)) is not None:
        return _days(point, anchor, ahead, _WEEKDAY_FIRST.match(words))
    named = _holiday(words, anchor, ahead) or _season(words, anchor, ahead) or _month_of(words, anchor)
    if (when := named or _numeric(words, anchor, ahead) or _decade(words, anchor)) is not None:
        return when
    if match := _OF_MONTH.fullmatch(words):
        return _day_beside(match, anchor)
    return _range(words, anchor, ahead)


def last_year_of(month: int, day: int, anchor: date, ahead: bool) -> int | None:
    """The last year in which the day does not lie after `anchor`, or the first in which it does not lie before; a leap
    day is looked for eight years far.
    """
    for step in range(9):
        year = anchor.year + step if ahead else anchor.year - step
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate >= anchor if ahead else candidate <= anchor:
            return year
    return None


def full_year(year: str, anchor: date | None) -> int:
    """Two digits as the year of this or the last century that does not lie after the year that follows the anchor's."""
    number = int(year.lstrip("'"))
    if number >= 100:
        return number
    newest = anchor.year + 1 if anchor else 2049
    century = newest // 100 * 100
    return century + number if century + number <= newest else century - 100 + number


def _numeric(words: str, anchor: date | None, ahead: bool) -> When | None:
    if iso := _ISO.fullmatch(words):
        return _on_valid(int(iso[1]), int(iso[2]), int(iso[3]), "a full date")
    match = _NUMERIC.fullmatch(words)
    if match is None:
        return None
    first, second, said = int(match[1]), int(match[2] or match[4]), match[3] or match[5]
    readings = [(first, second), (second, first)]
    found = [
        when
        for day, month in readings
        if 1 <= month <= 12 and (when := _day_of(said, month, day, anchor, ahead)) is not None and when.earliest
    ]
    if not found:
        return unresolved("no such day")
    if anchor is None or first == second:
        return found[0]
    before = [when for when in found if when.earliest is not None and when.earliest <= anchor]
    best = max(before, key=lambda when: when.earliest or anchor) if before else found[0]
    # 04.09 is the fourth of September nearly everywhere; the other order only where this one lies ahead
    chosen = found[0] if found[0] in before or ahead else best
    return replace(
        chosen, reason=f"{chosen.reason}, day before month" if chosen is found[0] else f"{chosen.reason}, month first"
    )


def _day_of(year: str | None, month: int, day: int, anchor: date | None, ahead: bool) -> When | None:
    return _days(_Point(full_year(year, anchor) if year else None, month, day), anchor, ahead)


def _holiday(words: str, anchor: date | None, ahead: bool) -> When | None:
    if _LUNAR.search(words):
        return unresolved("a feast of another calendar")
    match = _HOLIDAY.fullmatch(words)
    if match is None:
        return None
    if match["year"] is None and anchor is None:
        return unresolved("no year, and no date to count from")
    if match["year"] or anchor is None:
        day = holiday(match["name"], int(match["year"]))
    else:
        ahead = ahead or match["which"] == "next "
        years = range(anchor.year - 1, anchor.year + 2)
        days = [holiday(match["name"], year) for year in years]
        day = min(d for d in days if d >= anchor) if ahead else max(d for d in days if d <= anchor)
    if match["weekend"]:
        return within(day - timedelta(days=2), day + timedelta(days=1), "days", "the days around a holiday")
    return on(day, "a holiday")


def _season(words: str, anchor: date | None, ahead: bool) -> When | None:
    match = _SEASON.fullmatch(words)
    if match is None:
        return None
    first, last = season_months(match["season"])
    if match["year"] is None and anchor is None:
        return unresolved("no year, and no date to count from")
    if match["year"] or anchor is None:
        year = int(match["year"])
    else:
        found = last_year_of(first, 1, anchor, ahead or match["which"] == "next ")
        year = anchor.year if found is None else found
        inside = date(year, first, 1) <= anchor <= _end_of_season(year, first, last)
        if match["which"] in ("last ", "past ") and inside:
            year -= 1
    return within(
        date(year, first, 1), _end_of_season(year, first, last), "season", "a season of the northern half of the world"
    )


def _end_of_season(year: int, first: int, last: int) -> date:
    return in_month(year + (last < first), last, "").latest or date(year, last, 28)


def _decade(words: str, anchor: date | None) -> When | None:
    match = _DECADE.fullmatch(words)
    if match is None:
        return None
    year = int(match[1]) * 10 if match[1] else full_year(f"{match[2]}0", anchor)
    return within(date(year, 1, 1), date(year + 9, 12, 31), "decade", "a decade")


def _month_of(words: str, anchor: date | None) -> When | None:
    match = _MONTH_OF.fullmatch(words)
    if match is None:
        return None
    if anchor is None:
        return unresolved("no year, and no date to count from")
    month = month_number(match["month"] or match["late"])
    which = match["which"] or "last"
    year = anchor.year
    if which in ("last", "past") and month >= anchor.month:
        year -= 1
    elif which == "next" and month <= anchor.month:
        year += 1
    return in_month(year, month, f"{which} such month from {anchor}")


def _point(words: str, anchor: date | None) -> _Point | None:
    for pattern in _POINTS:
        if match := pattern.fullmatch(words):
            said = match.groupdict()
            return _Point(
                full_year(said["year"], anchor) if said.get("year") else None,
                month_number(said["month"]) if said.get("month") else None,
                int(said["day"]) if said.get("day") else None,
            )
    return None


def _days(point: _Point, anchor: date | None, ahead: bool, weekday: re.Match[str] | None = None) -> When:
    """The days of a point, with the year, or the month, that it leaves out."""
    year, month = point.year, point.month
    reason = "a full date" if point.day is not None and year else "said in full"
    if year is None and anchor is None:
        return unresolved("no year, and no date to count from")
    if month is None and point.day is not None and anchor is not None:
        return _day_of_month(point.day, anchor, ahead, weekday_number(weekday[0]) if weekday else None)
    if year is None and month is not None and anchor is not None:
        day = point.day if point.day is not None else 28 if ahead else 1
        year = last_year_of(month, day, anchor, ahead)
        if year is None and point.day is None:
            year = anchor.year
        reason = f"the {'first after' if ahead else 'last before'} {anchor}"
    if year is None:
        return unresolved("no such day")
    if month is None:
        return in_year(year, reason)
    return in_month(year, month, reason) if point.day is None else _on_valid(year, month, point.day, reason)


def _day_of_month(day: int, anchor: date, ahead: bool, weekday: int | None) -> When:
    """A day without a month: of the nearest month up to (from) the anchor in which it falls on the weekday."""
    year, month = anchor.year, anchor.month
    for _ in range(12):
        try:
            candidate = date(year, month, day)
        except ValueError:
            candidate = None
        fits = candidate is not None and weekday in (None, candidate.weekday())
        if candidate is not None and fits and (candidate >= anchor if ahead else candidate <= anchor):
            return on(candidate, f"the {'first' if ahead else 'last'} such day of a month from {anchor}")
        step = 1 if ahead else -1
        year, month = year + (month + step - 1) // 12, (month + step - 1) % 12 + 1
    return unresolved("no such day")


def _day_beside(match: re.Match[str], anchor: date | None) -> When:
    """A day of the last, this or the next month."""
    if anchor is None:
        return unresolved("no date to count from")
    year, month = months_from(anchor, {"last": -1, "this": 0, "next": 1}[match["which"]])
    return _on_valid(year, month, int(match["day"]), f"counted from {anchor}")


def _on_valid(year: int, month: int, day: int, reason: str) -> When:
    try:
        return on(date(year, month, day), reason)
    except ValueError:
        return unresolved("no such day")


def _range(words: str, anchor: date | None, ahead: bool) -> When | None:
    """A range or list of points, which share what only one of them says: "20, 21 and 23 november", "may 2 and 3"."""
    parts = _JOINTS.split(_COMMA_YEAR.sub(" ", words))
    points = [_point(part, anchor) for part in parts]
    if len(points) < 2 or any(point is None for point in points):
        return None
    filled = list(_shared([point for point in points if point is not None]))
    if all(point == _Point(None, None, point.day) for point in filled):
        return None
    last = _days(filled[-1], anchor, ahead)
    if last.latest is None or last.earliest is None:
        return last
    firsts = [_days(point, last.latest, False) for point in filled[:-1]]
    if any(first.earliest is None for first in firsts):
        return unresolved("no such day")
    begin = min(first.earliest for first in firsts if first.earliest is not None)
    granularity = "days" if last.granularity == "day" else last.granularity
    return within(begin, last.latest, granularity, f"a range, {last.reason}")


def _shared(points: list[_Point]) -> Iterator[_Point]:
    """Each point with the month that the next one says, or the one before, and with the year of the next one."""
    month, year = None, None
    filled = []
    for point in reversed(points):
        month, year = point.month or (None if point.day is None else month), point.year or year
        filled.append(_Point(year, month, point.day))
    before = None
    for point in reversed(filled):
        before = point.month or before
        yield replace(point, month=point.month or (None if point.day is None else before))
