"""English names of the calendar: months, weekdays, seasons and the holidays whose day is fixed or computed."""

import calendar
from datetime import date, timedelta
from typing import Final

MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
WEEKDAY: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
SEASON: Final = r"(?:spring|summer|autumn|fall|winter)"

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SEASONS: Final = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
_FIXED: Final = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "new year": (1, 1),
    "valentine's day": (2, 14),
    "st patrick's day": (3, 17),
    "may day": (5, 1),
    "halloween": (10, 31),
    "all saints' day": (11, 1),
}
_FROM_EASTER: Final = {
    "palm sunday": -7,
    "good friday": -2,
    "easter sunday": 0,
    "easter monday": 1,
    "easter": 0,
    "ascension day": 39,
    "pentecost": 49,
    "pentecost sunday": 49,
    "whit sunday": 49,
}
HOLIDAYS: Final = (*_FIXED, *_FROM_EASTER, "thanksgiving", "thanksgiving day")
"""The holidays that `holiday` knows."""


def month_number(name: str) -> int:
    """1 for "January", "jan." and so on."""
    return _MONTHS.index(name[:3]) + 1


def weekday_number(name: str) -> int:
    """0 for "Monday", "mon" and so on."""
    return _WEEKDAYS.index(name[:3])


def season_months(name: str) -> tuple[int, int]:
    """The first and the last month of a season of the northern half of the world; winter ends in the year after."""
    return _SEASONS[name]


def holiday(name: str, year: int) -> date:
    """The day of a holiday in a year; raises KeyError for a name that is not in `HOLIDAYS`."""
    if name.startswith("thanksgiving"):
        first = date(year, 11, 1)
        return first + timedelta(days=(calendar.THURSDAY - first.weekday()) % 7 + 21)
    if name in _FROM_EASTER:
        return easter(year) + timedelta(days=_FROM_EASTER[name])
    return date(year, *_FIXED[name])


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Jones, Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
