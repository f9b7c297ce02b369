"""What dates are resolved to: days, how finely they are told, and how sure that is."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Final


@dataclass(frozen=True)
class When:
    """The days that the words of a time span can mean.

    `earliest` and `latest` are both None where unresolved; `latest` alone is None where open ("since Tuesday"),
    `earliest` alone where only the end is told ("until Thursday"). `clock` is the time of day as the text gives it, in
    whatever zone. `granularity` is hour, day, days, week, month, season, year, decade or none. `precision` is UCDP
    GED's date_prec: 1 the day, 2 a range of two to six days, 3 a week, 4 up to a month, 5 longer. `reason` tells how it
    was found or why not.
    """

    earliest: date | None
    latest: date | None
    clock: time | None
    granularity: str
    precision: int | None
    reason: str

    @property
    def resolved(self) -> bool:
        """Whether the words give a day or a range of days."""
        return self.earliest is not None or self.latest is not None


@dataclass(frozen=True)
class Told:
    """What a text told of before: the last day (or range within a week), the last time of any length, and whether that
    day was told of by its evening or night.
    """

    day: When | None = None
    time: When | None = None
    late: bool = False


NOTHING_TOLD: Final = Told()

_LONGEST: Final = ((1, 1), (6, 2), (7, 3), (31, 4))


def within(earliest: date, latest: date, granularity: str, reason: str) -> When:
    """All days from `earliest` to `latest`, in order."""
    first, last = sorted((earliest, latest))
    days = (last - first).days + 1
    precision = next((level for longest, level in _LONGEST if days <= longest), 5)
    return When(first, last, None, granularity, precision, reason)


def on(day: date, reason: str) -> When:
    """One day."""
    return within(day, day, "day", reason)


def in_month(year: int, month: int, reason: str) -> When:
    """A calendar month."""
    return within(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month", reason)


def in_year(year: int, reason: str) -> When:
    """A calendar year."""
    return within(date(year, 1, 1), date(year, 12, 31), "year", reason)


def in_week(day: date, reason: str) -> When:
    """The week of `day`, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return within(monday, monday + timedelta(days=6), "week", reason)


def months_from(day: date, months: int) -> tuple[int, int]:
    """The year and month that lie `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1


def unresolved(reason: str, clock: time | None = None) -> When:
    """No day, and why."""
    return When(None, None, clock, "none", None, reason)


def until(when: When, anchor: date) -> When:
    """The same, cut off after `anchor`: a text tells of no day after it."""
    if when.earliest is None or when.latest is None or when.latest <= anchor or when.earliest > anchor:
        return when
    return replace(within(when.earliest, anchor, when.granularity, when.reason), clock=when.clock)


def part_of_range(when: When, part: str) -> When:
    """The first, middle or last third of a range of days ("early March"), or its very start or end: a quarter of a
    range up to a month, a tenth of a longer one. `part` is early, mid, late, start or end.
    """
    if when.earliest is None or when.latest is None:
        return when
    days = (when.latest - when.earliest).days + 1
    length = max(1, days // (3 if part in ("early", "mid", "late") else 4 if days <= 31 else 10))
    starts = {"early": 0, "start": 0, "mid": length, "late": days - length, "end": days - length}
    first = when.earliest + timedelta(days=starts[part])
    return within(first, first + timedelta(days=length - 1), when.granularity, f"{part} part of: {when.reason}")
