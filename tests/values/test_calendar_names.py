"""Names of the calendar: every month, weekday, season and holiday in each of its spellings, on its day."""

import calendar
from datetime import date

import pytest
from dateline_values.calendar_names import HOLIDAYS, easter, holiday, season_months, weekday_number
from dateline_values.dates import resolve

ANCHOR = date(2018, 6, 30)
MONTHS = [
    *(("January", "Jan", "Jan."), ("February", "Feb", "Feb."), ("March", "Mar", "Mar."), ("April", "Apr", "Apr.")),
    *(("May",), ("June", "Jun", "Jun."), ("July", "Jul", "Jul."), ("August", "Aug", "Aug.")),
    *(("September", "Sep", "Sept", "Sept."), ("October", "Oct", "Oct."), ("November", "Nov", "Nov.")),
    ("December", "Dec", "Dec."),
]
WEEKDAYS = [
    *(("Monday", "Mon"), ("Tuesday", "Tue", "Tues."), ("Wednesday", "Wed"), ("Thursday", "Thu", "Thurs")),
    *(("Friday", "Fri."), ("Saturday", "Sat"), ("Sunday", "Sun")),
]
DAYS_OF_2017 = {
    "New Year": (1, 1),
    "New Year's Day": (1, 1),
    "Valentine's Day": (2, 14),
    "St Patrick's Day": (3, 17),
    "Palm Sunday": (4, 9),
    "Good Friday": (4, 14),
    "Easter": (4, 16),
    "Easter Sunday": (4, 16),
    "Easter Monday": (4, 17),
    "May Day": (5, 1),
    "Ascension Day": (5, 25),
    "Pentecost": (6, 4),
    "Pentecost Sunday": (6, 4),
    "Whit Sunday": (6, 4),
    "Halloween": (10, 31),
    "All Saints' Day": (11, 1),
    "Thanksgiving": (11, 23),
    "Thanksgiving Day": (11, 23),
    "Christmas Eve": (12, 24),
    "Christmas": (12, 25),
    "Christmas Day": (12, 25),
    "Boxing Day": (12, 26),
    "New Year's Eve": (12, 31),
}


def test_every_holiday_falls_on_its_day() -> None:
    assert {name.lower() for name in DAYS_OF_2017} == set(HOLIDAYS)
    for name, day in DAYS_OF_2017.items():
        for words in (f"{name} 2017", f"{name}, 2017", f"{name} of 2017"):
            when = resolve(words, ANCHOR)
            assert (when.earliest, when.latest) == (date(2017, *day), date(2017, *day)), words


@pytest.mark.parametrize("number", range(12))
def test_every_month_is_read_in_each_spelling(number: int) -> None:
    for name in MONTHS[number]:
        for words in (f"3 {name} 2017", f"{name} 3, 2017", name.upper() + " 3, 2017"):
            assert resolve(words, ANCHOR).earliest == date(2017, number + 1, 3), words
        whole = resolve(f"{name} 2017", ANCHOR)
        assert (whole.earliest, whole.latest) == (
            date(2017, number + 1, 1),
            date(2017, number + 1, calendar.monthrange(2017, number + 1)[1]),
        )


@pytest.mark.parametrize("number", range(7))
def test_every_weekday_is_read_in_each_spelling(number: int) -> None:
    for name in WEEKDAYS[number]:
        day = resolve(name, ANCHOR).earliest
        assert day is not None
        assert day.weekday() == number
        assert weekday_number(name.lower()) == number


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("spring", date(2017, 3, 1), date(2017, 5, 31)),
        ("summer", date(2017, 6, 1), date(2017, 8, 31)),
        ("autumn", date(2017, 9, 1), date(2017, 11, 30)),
        ("fall", date(2017, 9, 1), date(2017, 11, 30)),
        ("winter", date(2017, 12, 1), date(2018, 2, 28)),
    ],
)
def test_every_season_has_its_months(name: str, first: date, last: date) -> None:
    assert season_months(name) == (first.month, last.month)
    for words in (f"{name} 2017", f"the {name} of 2017", f"{name}, 2017"):
        when = resolve(words, ANCHOR)
        assert (when.earliest, when.latest, when.granularity) == (first, last, "season"), words


def test_easter_is_that_of_the_gregorian_calendar_in_every_century() -> None:
    dateutil = pytest.importorskip("dateutil.easter")
    assert [easter(year) for year in range(1583, 4100)] == [dateutil.easter(year) for year in range(1583, 4100)]


def test_thanksgiving_is_the_fourth_thursday_of_november() -> None:
    days = [holiday("thanksgiving", year) for year in range(1950, 2100)]
    assert all(day.weekday() == calendar.THURSDAY and day.month == 11 and 22 <= day.day <= 28 for day in days)


def test_a_name_that_is_no_holiday_is_refused() -> None:
    with pytest.raises(KeyError):
        holiday("monday", 2017)
