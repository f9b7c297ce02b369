from datetime import date, time
from pathlib import Path

import pytest
from dateline_labels import Dispatch, Span
from dateline_values.calendar_names import easter
from dateline_values.dates import When, anchor_of, resolve, resolve_all
from hypothesis import example, given, settings
from hypothesis import strategies as st

THURSDAY = date(2017, 7, 20)
PIECES = [
    *(
        "Monday",
        "Sunday",
        "night",
        "last",
        "next",
        "week",
        "month",
        "year",
        "ago",
        "two",
        "days",
        "July",
        "20",
        "since",
    ),
    *("until", "between", "and", "early", "late", "2016", "noon", "at", "05:00", "yesterday", "weekend", "to", "of"),
    *(
        "hours",
        "later",
        "earlier",
        "spring",
        "Christmas",
        "the",
        "first",
        "half",
        "end",
        "31",
        "February",
        "GMT",
        "0300",
    ),
]
FAR = [
    "0000",
    "0001",
    "9999",
    "3000",
    "99999999999",
    "past",
    "winters",
    "decades",
    "years",
    "Christmas",
    "evening",
    "dawn",
]
"""With which one leaves the calendar."""
LOOKS_AHEAD = ("2016", "next", "until", "20", "end", "late", "31", "year", "week", "month", "weekend", "to", "half")


GRANULARITIES = {"hour", "day", "days", "week", "month", "season", "year", "decade", "none"}


def table(name: str = "date_cases.txt") -> list[list[str]]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split(" | ")] for line in lines if line and not line.startswith("#")]


def _day(cell: str) -> date | None:
    return None if cell == "-" else date.fromisoformat(cell)


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row[0]} from {row[1]}")
def test_the_table(row: list[str]) -> None:
    words, anchor, days, clock, granularity, precision = row
    when = resolve(words, _day(anchor))
    earliest, _, latest = days.partition(" .. ")
    assert (when.earliest, when.latest) == (_day(earliest), _day(latest or earliest)), when.reason
    assert when.clock == (None if clock == "-" else time.fromisoformat(clock))
    assert (when.granularity, when.precision) == (granularity, None if precision == "-" else int(precision))
    assert when.reason


def test_the_tables_are_long_enough() -> None:
    assert len(table()) >= 600
    assert len(table("told_cases.txt")) >= 100
    assert len(table("date_reasons.txt")) >= 50


@pytest.mark.parametrize("row", table("date_reasons.txt"), ids=lambda row: f"{row[0]} from {row[1]}")
def test_the_reason_tells_how_it_was_read_or_why_not(row: list[str]) -> None:
    words, anchor, reason = row
    assert resolve(words, _day(anchor)).reason == reason


def in_text(marked: str, anchor: date = THURSDAY) -> list[When]:
    spans, text = [], ""
    for number, piece in enumerate(marked.replace("]", "[").split("[")):
        if number % 2:
            spans.append(Span(f"t{number}", "TIME", len(text), len(text) + len(piece)))
        text += piece
    return resolve_all(text, spans, anchor)


IN_TEXT = [
    ("Gunmen attacked on [Monday]. [A day earlier] a bomb went off.", [date(2017, 7, 17), date(2017, 7, 16)]),
    ("Gunmen attacked on [Monday]. The [next day] they left.", [date(2017, 7, 17), date(2017, 7, 18)]),
    ("Gunmen attacked on [Monday]. The [same day] a bomb went off.", [date(2017, 7, 17), date(2017, 7, 17)]),
    ("Gunmen attacked on [Monday] and [two days later] came back.", [date(2017, 7, 17), date(2017, 7, 19)]),
    ("Gunmen attacked on [Monday]. [Hours later] a bomb went off.", [date(2017, 7, 17), date(2017, 7, 17)]),
    ("Gunmen attacked on [Monday] at [05:00].", [date(2017, 7, 17), date(2017, 7, 17)]),
    ("At [05:00] on [Monday] gunmen attacked.", [date(2017, 7, 17), date(2017, 7, 17)]),
    ("They met on [Monday evening]. The fire began before [dawn].", [date(2017, 7, 17), date(2017, 7, 18)]),
    ("They met on [Monday morning]. The fire began at [noon].", [date(2017, 7, 17), date(2017, 7, 17)]),
    ("The trial will open on [Monday].", [date(2017, 7, 24)]),
    ("The vote is scheduled for [Saturday].", [date(2017, 7, 22)]),
    ("The trial opened on [Monday].", [date(2017, 7, 17)]),
    ("A ceasefire is due to begin on [July 25].", [date(2017, 7, 25)]),
    ("Fighting lasted until [Monday].", [date(2017, 7, 17)]),
    ("It began at [05:00], far from the river and from the road, on [Monday].", [None, date(2017, 7, 17)]),
    ("It began at [05:00], far from the river, so on [Monday].", [date(2017, 7, 17), date(2017, 7, 17)]),
    ("It began at [05:00]. On [Monday] it burnt.", [None, date(2017, 7, 17)]),
    ("It began at [05:00]\nMore on [Monday].", [None, date(2017, 7, 17)]),
    ("It began at [05:00] of the [week].", [None, None]),
    ("It began on [Tuesday]. At [05:00] of last [week] it burnt.", [date(2017, 7, 18), date(2017, 7, 18), None]),
    ("Gunmen attacked on [Monday]. A [day earlier] a bomb went off.", [date(2017, 7, 17), date(2017, 7, 16)]),
    ("Police said on [Tuesday] that the bomb went off at [noon].", [date(2017, 7, 18), date(2017, 7, 18)]),
    (
        "The bomb went off on [Monday], police said on [Tuesday]. At [noon] it was quiet.",
        [date(2017, 7, 17), date(2017, 7, 18), date(2017, 7, 17)],
    ),
    ("The road was closed until [July 22].", [date(2017, 7, 22)]),
    ("[A day earlier] a bomb went off.", [None]),
    ("A bomb went off at [noon].", [None]),
    ("The bombing came [two days after] a raid.", [None]),
    (
        "In [2013] it began. On [Monday] it ended, and [a day later] they left.",
        [None, date(2017, 7, 17), date(2017, 7, 18)],
    ),
]


@pytest.mark.parametrize("row", table("told_cases.txt"), ids=lambda row: f"{row[0]} from {row[1]}")
def test_the_last_time_is_read_with_what_was_told_before(row: list[str]) -> None:
    marked, anchor, expected, granularity = row
    when = in_text(marked, date.fromisoformat(anchor))[-1]
    days, _, clock = expected.rpartition(" ") if ":" in expected else (expected, "", "")
    earliest, _, latest = days.partition(" .. ")
    assert (when.earliest, when.latest) == (_day(earliest), _day(latest or earliest)), when.reason
    assert when.clock == (time.fromisoformat(clock) if clock else None)
    assert when.granularity == granularity


@pytest.mark.parametrize(("marked", "expected"), IN_TEXT, ids=[marked for marked, _ in IN_TEXT])
def test_times_are_read_in_their_text(marked: str, expected: list[date | None]) -> None:
    assert [when.earliest if when.earliest == when.latest else None for when in in_text(marked)] == expected


def test_a_week_is_told_as_a_week_and_several_as_more() -> None:
    _, week = in_text("A bomb went off on [Monday]. A [week earlier] they came.")
    assert (week.earliest, week.latest) == (date(2017, 7, 7), date(2017, 7, 13))
    _, weeks = in_text("A bomb went off on [Monday]. [Weeks earlier] they came.")
    assert (weeks.earliest, weeks.latest) == (date(2017, 5, 26), date(2017, 7, 6))


def test_the_same_period_of_another_year_and_the_clock_are_kept() -> None:
    half, before, hour = in_text(
        "In the [first half of 2014] more than in the [same period of 2013]. On [3 May at 05:20]."
    )
    assert (half.earliest, half.latest) == (date(2014, 1, 1), date(2014, 6, 30))
    assert (before.earliest, before.latest) == (date(2013, 1, 1), date(2013, 6, 30))
    assert (hour.earliest, hour.clock) == (date(2017, 5, 3), time(5, 20))


DATELINES = [
    ("KABUL, July 20 (Reuters) - Six died.", "2017-07-20", "July 20", date(2017, 7, 20)),
    ("KABUL, July 20 (Reuters) - Six died.", "2017-07-22", "July 20", date(2017, 7, 20)),
    ("KABUL, July 20 (Reuters) - Six died.", "2017-07-19", "July 20", date(2017, 7, 20)),
    ("date 2017-07-20 KABUL, July 20, (Xinhua) — Taliban", None, "2017-07-20", date(2017, 7, 20)),
    ("KABUL, July 20, (Xinhua) — Taliban", "2017-07-21", "July 20", date(2017, 7, 20)),
    ("Published: 20 July 2017\n\nSix died.", None, "20 July 2017", date(2017, 7, 20)),
    ("KABUL, Dec. 31 (AP) — Six died.", "2018-01-01", "Dec. 31", date(2017, 12, 31)),
    (
        "Six die in Kabul\n\nKABUL, Afghanistan, July 20, 2017 (AP) — Six died.",
        None,
        "July 20, 2017",
        date(2017, 7, 20),
    ),
    ("KABUL (Aug 14) — Troops backed out.", "2004-08-14", "Aug 14", date(2004, 8, 14)),
    (
        "Managua Radio Sandino in Spanish 1800 GMT 13 Jun 88\n\n[Text] A man",
        "1988-06-13",
        "13 Jun 88",
        date(1988, 6, 13),
    ),
    ("BAGHDAD, 22 May 2018 – At dawn", "2018-05-22", "22 May 2018", date(2018, 5, 22)),
    ("PATNA, FEB 7 (UNI) -- FIFTEEN PERSONS", "2000-02-07", "FEB 7", date(2000, 2, 7)),
    ("Maiduguri, 19 October\n\nSix died.", "2019-10-19", "19 October", date(2019, 10, 19)),
    ("New Delhi, 04.09.2019\n\nNIA files", "2019-09-05", "04.09.2019", date(2019, 9, 4)),
    ("KABUL, July 20 (Reuters) - Six died.", "2017-08-20", "July 20", date(2017, 7, 20)),
    ("KABUL, July 20 (Reuters) - Six died.", "2017-07-18", "July 20", date(2017, 7, 20)),
    ("x" * 580 + "\nKABUL, July 20 (Reuters) - Six died.", "2017-07-20", "July 20", date(2017, 7, 20)),
    ("KABUL, 20-jul-2017 - Six died.", None, "20-jul-2017", date(2017, 7, 20)),
    ("KABUL, 20-JUL-2017 - Six died.", None, "20-JUL-2017", date(2017, 7, 20)),
    ("Report of 20 July 2017\n\nSix died.", None, "20 July 2017", date(2017, 7, 20)),
    ("Situation as of 20 July 2017\n\nSix died.", None, "20 July 2017", date(2017, 7, 20)),
    ("REPORT DATED 20 JULY 2017\n", None, "20 JULY 2017", date(2017, 7, 20)),
    ("Updated: 20 July 2017 10:30", None, "20 July 2017", date(2017, 7, 20)),
    ("posted 20 July 2017 by us", None, "20 July 2017", date(2017, 7, 20)),
    ("DATE: 20 July 2017 and more", None, "20 July 2017", date(2017, 7, 20)),
    ("Radio Sandino in Spanish 1800 gmt 13 Jun 88\n", None, "13 Jun 88", date(1988, 6, 13)),
    ("\n\n  KABUL, July 20, 2017 (AP) — Six", None, "July 20, 2017", date(2017, 7, 20)),
    ("Six die\nMore are hurt\nKABUL, July 20, 2017 (AP) — Six", None, "July 20, 2017", date(2017, 7, 20)),
    ("Monday, July 17, 2017\nSix", None, "Monday, July 17, 2017", date(2017, 7, 17)),
    ("San Juan de la Maguana, July 20, 2017 (AP)", None, "July 20, 2017", date(2017, 7, 20)),
    ("summary OF 20 July 2017\n", None, "20 July 2017", date(2017, 7, 20)),
    ("SANTA CRUZ DE LA SIERRA, July 20, 2017 (AP)", None, "July 20, 2017", date(2017, 7, 20)),
    ("KABUL, 20th July '17 [AP] Six", None, "20th July '17", date(2017, 7, 20)),
    ("KABUL, July 20th: Six", "2017-07-21", "July 20th", date(2017, 7, 20)),
    ("BOGOTA, May 1 (EFE) - On June 2, 2017\n", "2017-05-02", "May 1", date(2017, 5, 1)),
]


@pytest.mark.parametrize(("text", "published", "words", "day"), DATELINES)
def test_the_dateline_is_found(text: str, published: str | None, words: str, day: date) -> None:
    anchor = anchor_of(Dispatch("d", text, published))
    assert anchor.day == day
    assert anchor.start is not None
    assert text[anchor.start : anchor.end] == words


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("KABUL (Reuters) - Six died.", "2017-07-20", date(2017, 7, 20)),
        ("KABUL (Reuters) - Six died.", "2017-07-20T05:30:00Z", date(2017, 7, 20)),
        ("KABUL (Reuters) - Six died.", "2017-07-20T05:30:00+04:30", date(2017, 7, 20)),
        ("KABUL (Reuters) - Six died on July 20.", "2017-08-01", date(2017, 8, 1)),
        ("KABUL, July 20, 2011 (Reuters) - Six died.", "2017-07-20", date(2017, 7, 20)),
        ("Sahel snapshot, 1-7 August 2023\n\nArmed men", "2023-08-10", date(2023, 8, 10)),
        ("Six died on July 20.", None, None),
        ("KABUL, July 20 (Reuters) - Six died.", None, None),
        ("KABUL, July 20 (Reuters) - Six died.", "2017-08-21", date(2017, 8, 21)),
        ("KABUL, July 20 (Reuters) - Six died.", "2017-07-17", date(2017, 7, 17)),
        ("KABUL, July 20, 2017 (Reuters) - Six died.", "2017-07-17", date(2017, 7, 17)),
        ("x" * 600 + "\nKABUL, July 20, 2017 (Reuters) - Six died.", None, None),
        ("1st to 7th August 2023\n\nArmed men", None, None),
        ("1 July - 7 August 2023\n\nArmed men", None, None),
        ("From 1st JULY to 7 AUGUST 2023\n\nArmed men", None, None),
        ("1 July 2022 and 7 August 2023\n\nArmed men", None, None),
        ("kabul, July 20, 2017 (AP) - Six died.", None, None),
        ("July 32, 2017\n\nSix died.", None, None),
        ("July 2017\n\nSix died.", None, None),
        ("Six died.", "2017-07-20 05:30 GMT", date(2017, 7, 20)),
        ("Six died.", " 2017-07-20\n", date(2017, 7, 20)),
        ("Six died.", "2017-07-201", None),
        ("KABUL, July 20 (Reuters) - Six died.", "0001-01-01T00:00:00", None),
        ("KABUL, July 20 (Reuters) - Six died.", "9999-12-31", None),
        ("Six died.", "yesterday", None),
        ("KABUL, July 20 (Reuters) - Six died.", "0001-01-01", None),
        ("KABUL, July 20 (Reuters) - Six died.", "9999-12-31T23:59:59", None),
        ("KABUL, May 20 (Reuters) - Six died.", "9999-12-30", None),
        ("", None, None),
    ],
)
def test_without_a_dateline_the_day_is_that_of_publication(text: str, published: str | None, day: date | None) -> None:
    anchor = anchor_of(Dispatch("d", text, published))
    assert (anchor.day, anchor.start, anchor.end) == (day, None, None)
    assert anchor.reason


def test_the_reason_of_the_day_of_a_dispatch_is_told() -> None:
    reasons = {
        ("KABUL, July 20 (Reuters) - Six", "2017-07-20"): "the date of the dateline",
        ("Six died.", "2017-07-20"): "the date of publication",
        ("Six died.", None): "no dateline, and no date of publication in ISO form",
        ("KABUL, July 20, 2011 (AP) -", "2017-07-20"): (
            "the date of publication; the dateline's, 2011-07-20, lies too far from it"
        ),
    }
    assert {case: anchor_of(Dispatch("d", *case)).reason for case in reasons} == reasons


def test_a_time_of_day_keeps_its_clock_and_tells_whose_day_it_has() -> None:
    beside, _ = in_text("It began at [05:00], [Monday].")
    assert (beside.earliest, beside.clock, beside.granularity) == (date(2017, 7, 17), time(5), "hour")
    assert beside.reason == "on the day told of beside it"
    _, before = in_text("They came on [Monday]. It began at [05:00].")
    assert (before.earliest, before.clock, before.granularity) == (date(2017, 7, 17), time(5), "hour")
    assert before.reason == "on the day told of before, 2017-07-17"
    _, event = in_text("They came on [Monday]. It was [two days after] the raid.")
    assert (event.resolved, event.reason) == (False, "counted from an event that is told of after it")
    (late,) = in_text("They came on [3 May]. The [next day] it burnt.", date(2017, 5, 2))[:1]
    assert late.earliest == date(2016, 5, 3)
    assert in_text("They came on [Monday]. The [following week] it burnt.")[1].reason == "would lie after the dispatch"


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_days_are_in_order_and_not_after_the_anchor(pieces: list[str], anchor: date) -> None:
    when = resolve(" ".join(pieces), anchor)
    if when.earliest and when.latest:
        assert when.earliest <= when.latest
        if not set(pieces) & set(LOOKS_AHEAD):
            assert when.latest <= anchor
    assert (when.precision is None) or 1 <= when.precision <= 5
    assert when.reason
    assert when.granularity in GRANULARITIES
    if not when.resolved:
        assert when.precision is None


EDGES = (
    st.dates(max_value=date(20, 1, 1)) | st.dates(min_value=date(9980, 1, 1)) | st.sampled_from([date.min, date.max])
)


@settings(deadline=None)
@given(st.sampled_from([row[0] for row in table()]), EDGES)
def test_at_the_edges_of_the_calendar_there_is_a_day_or_none_but_no_error(words: str, anchor: date) -> None:
    assert resolve(words, anchor).granularity in GRANULARITIES


@settings(deadline=None)
@given(st.text(max_size=40), st.none() | st.dates())
def test_any_words_are_read(words: str, anchor: date | None) -> None:
    assert resolve(words, anchor).reason


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES + FAR), min_size=1, max_size=5), max_size=3), st.none() | st.dates())
@example([["December", "31", "9999", "evening"], ["dawn"]], None)
@example([["past", "3000", "years"]], THURSDAY)
def test_no_time_leaves_the_calendar(times: list[list[str]], anchor: date | None) -> None:
    text, spans = "", []
    for number, pieces in enumerate(times):
        words = " ".join(pieces)
        spans.append(Span(f"t{number}", "TIME", len(text), len(text) + len(words)))
        text += f"{words}. "
    assert all(when.reason for when in resolve_all(text, spans, anchor))
    assert all(resolve(" ".join(pieces), anchor).reason for pieces in times)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1970, 1, 1), date(2060, 1, 1)))
def test_a_full_date_is_itself(day: date, anchor: date) -> None:
    spellings = (
        day.isoformat(),
        f"{day.day} {day:%B %Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%A} {day.day} {day:%b} {day.year}",
    )
    for words in spellings:
        when = resolve(words, anchor)
        assert (when.earliest, when.latest) == (day, day), words


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_the_last_one(anchor: date, number: int) -> None:
    day = resolve(
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][number], anchor
    ).earliest
    assert day is not None
    assert day.weekday() == number
    assert 0 <= (anchor - day).days < 7


@pytest.mark.parametrize(
    ("year", "day"), [(1961, (4, 2)), (2000, (4, 23)), (2011, (4, 24)), (2024, (3, 31)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@pytest.mark.parametrize(
    "piece", ["since ", "monday and ", "early ", "night to ", "first half of the ", "1 ", "before "]
)
def test_endless_words_are_no_time(piece: str) -> None:
    assert resolve(piece * 2000, THURSDAY).reason == "too long for a time"
    assert resolve(piece * (90 // len(piece)), THURSDAY).reason
