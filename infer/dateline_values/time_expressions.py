"""The words of one time expression → the days they mean.

An expression is taken apart: what it says of the hour (`clock.py`), "since", "until", "between", "early", and what is
left, which is a date of the calendar (`calendar_dates.py`) or one counted from a day (`relative_dates.py`). Nothing
falls back on the anchor.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from .calendar_dates import calendar_date
from .calendar_names import MONTH
from .clock import HOURS, time_of_day
from .number_words import SMALL
from .relative_dates import near_day, relative_date
from .when import NOTHING_TOLD, Told, When, in_month, months_from, part_of_range, unresolved, until, within


@dataclass(frozen=True)
class Setting:
    """What an expression is read with: the day of the dispatch, what was told before, what the words before it say."""

    anchor: date | None
    told: Told = NOTHING_TOLD
    ahead: bool = False
    lasted: bool = False
    """Whether what lasts "until" a day is over."""
    newest_year: int = 2059
    """The last year that four digits alone can be; a later one is a time of day."""


_LONGEST: Final = 100
_FAR: Final = 3
_NO_DATE: Final = re.compile(
    r"(?:until further notice|reporting period|polling day|election day|within (?:the )?\w+(?: \w+)?(?: days?| weeks?"
    r"| months?| hours?)?"
    r"|(?:\w+ )?consecutive days|(?:the )?(?:\w+ )?anniversary.*|(?:in|for|over) an? \w+|independence day|national day"
    r"|republic day)"
)
_RECURRING: Final = re.compile(
    r"(?:(?:every|each) .*|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days(?: and .*)?|daily|nightly"
    r"|.*\beach (?:day|morning|night).*)"
)
_OPEN: Final = re.compile(r"(?:ever )?(?:since|starting|from)(?: (?:at )?(?:about|around|the))? (?P<rest>.+)")
_CLOSED: Final = re.compile(r"(?P<word>until|till|up to|by|before|through)(?: (?:the end of )?the)? (?P<rest>.+)")
_ENDS: Final = re.compile(r"(?:between|from) (?P<first>.+?) (?:and|to|until|till|through) (?P<second>.+)")
_PAIR: Final = re.compile(r"(?P<first>.+?) (?:to|and|through|until) (?P<second>.+)")
_NIGHT_BETWEEN: Final = re.compile(r"^(?:the )?(?:intervening )?night (?=between|from)")
_PERIOD: Final = re.compile(
    r"^(?:the )?(?:same|corresponding|whole)(?: (?:period|months?|quarter))?"
    r"(?: (?:of|in) (?:the )?| (?=(?:last|this) year$))"
)
_COUNTED_FROM: Final = re.compile(r"(?P<shift>.+? (?:before|after|prior to)|eve of|day of) (?P<base>.+)")
_EVENT: Final = re.compile(r" [a-z]{3,}$")
_NIGHT_TO: Final = re.compile(r"(?:over)?night (?:to|into) (?P<rest>.+)")
_YEAR_TO: Final = re.compile(r"(?:the )?(?:year|12 months|twelve months) to (?:the end of )?(?P<rest>.+)")
_OVERNIGHT: Final = re.compile(r"overnight\b[ ,]*(?:on |from |of )?(?P<rest>.*)")
_LED: Final = re.compile(
    r"^(?:(?:on|in|at|as of|of|during|over|for|the|around|about|as|also|elsewhere|dated|it was|this morning at|exactly"
    r"|only|also on) )+(?=\S)"
)
_EARLY: Final = re.compile(
    r"(?:the )?(?:(?P<early>early|earlier)|(?P<start>beginning of|start of|first (?:days|part) of|opening days of"
    r"|turn of)"
    r"|(?P<mid>mid|middle of|midway through)|(?P<late>late|later)|(?P<end>end of|last (?:days|part) of|close of))(?: "
    r"|-)(?:the |of )*(?P<rest>.+)"
)
_HALVES: Final = re.compile(
    r"(?:the )?(?P<which>first|second|third|fourth|last) (?:(?P<count>\w+) )?(?P<unit>half|quarter|week|weeks|day|days"
    r"|month|months|third)(?:(?: of)? (?:the )?(?P<rest>.+))?"
)
_SO_FAR: Final = re.compile(
    r"(?:so far (?:in )?(?P<a>this year|this month|this week|\d{4})|(?P<b>this year|this month|this week|\d{4}) so far"
    r"|year to date)"
)
_THAT_YEAR: Final = re.compile(
    r"(?:,? (?:of )?(?P<said>last year|this year|next year|that year|the same year|the year before))$"
)
_AHEAD_WORDS: Final = re.compile(r"\b(?:tomorrow|next|coming|tonight|until|till|by|this day week|(?:19|20)\d{2})\b")
_DASHES: Final = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "“": None, "”": None})
_NO_SPACE: Final = re.compile(r"(?<=[a-z]{3}\.)(?=\d)")
_MILITARY: Final = re.compile(rf"\b(\d\d)(\d\d)(\d\d) ?[hz] (?={MONTH})")
_WEEKDAY_THERE: Final = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_BOUNDING: Final = frozenset(
    [
        *(
            "since",
            "ever",
            "starting",
            "from",
            "until",
            "till",
            "up",
            "by",
            "before",
            "through",
            "between",
            "same",
        ),
        *("corresponding", "whole", "so", "year", "12", "twelve", "the"),
    ]
)
_PARTS: Final = frozenset(
    ("dawn", "dusk", "noon", "midnight", "sunrise", "nightfall", "morning", "afternoon", "evening", "night")
)
_HALF_SAID: Final = re.compile(r"[\d.:]+(?P<half> ?[ap]\.?\s?m\b.*)")
_BARE_YEAR: Final = re.compile(r"\d{4}")


def read_expression(words: str, setting: Setting) -> When:
    """The days that the words of one time span mean in their setting."""
    plain = " ".join(words.casefold().replace("’", "'").translate(_DASHES).split()).strip(' ,.;:()"')
    if len(plain) > _LONGEST:
        return unresolved("too long for a time")
    plain = _NO_SPACE.sub(" ", plain)
    plain = _MILITARY.sub(r"\2\3h \1 ", plain)
    if plain.startswith("at "):
        setting = replace(setting, newest_year=0)
    plain = _LED.sub("", plain)
    try:
        when = _expression(plain, setting)
    except (OverflowError, ValueError):  # before the year 1 or after 9999, as "the past 3000 years" or "March 0000"
        return unresolved("no such day")
    if setting.anchor is None or setting.ahead or when.earliest is None or _AHEAD_WORDS.search(plain):
        return when
    known = setting.told.time.earliest if setting.told.time else None
    if when.earliest > setting.anchor and known is not None and known <= setting.anchor:
        return unresolved("would lie after the dispatch")
    return until(when, setting.anchor)


def _expression(words: str, setting: Setting) -> When:
    """One expression, with what leads it: "since", "until", "between … and …", "overnight"."""
    words = _NIGHT_BETWEEN.sub("", words)
    if setting.anchor is not None and (day := near_day(words, setting.anchor, setting.ahead)) is not None:
        return day
    if _RECURRING.fullmatch(words):
        return unresolved("it recurs")
    if _NO_DATE.fullmatch(words):
        return unresolved("no day of the calendar is said")
    is_bounded = words.partition(" ")[0] in _BOUNDING or "so far" in words
    if is_bounded and (bounded := _bounded(words, setting)) is not None:
        return bounded
    if night := _NIGHT_TO.fullmatch(words):
        if " to " not in night["rest"]:
            return _night_before(_expression(night["rest"], setting))
        words = night["rest"]
    if (over := _OVERNIGHT.fullmatch(words)) and setting.anchor:
        return _overnight(over["rest"], setting.anchor, setting)
    return _with_hour(words, setting)


def _bounded(words: str, setting: Setting) -> When | None:
    """A time whose begin or end is told; None where no word does so."""
    if period := _PERIOD.match(words):
        return _same_period(words[period.end() :], period[0], setting)
    if (so_far := _SO_FAR.fullmatch(words)) and setting.anchor:
        inner = _expression(so_far["a"] or so_far["b"] or "this year", setting)
        return replace(until(inner, setting.anchor), reason=f"up to {setting.anchor}")
    if (ends := _ENDS.fullmatch(words)) and (between := _between(ends["first"], ends["second"], setting)) is not None:
        return between
    if opened := _OPEN.fullmatch(words):
        return _open(opened["rest"], setting)
    if (closed := _CLOSED.fullmatch(words)) and (end := _closed(closed["rest"], closed["word"], setting)).resolved:
        return end
    if (year := _YEAR_TO.fullmatch(words)) and (last := _days(year["rest"], setting)) is not None and last.latest:
        return within(last.latest - timedelta(days=364), last.latest, "year", f"the year to then: {last.reason}")
    return None


def _with_hour(words: str, setting: Setting) -> When:
    """A date with or without a time of day."""
    is_hour = bool(_BARE_YEAR.fullmatch(words)) and int(words) > setting.newest_year
    ends = {words.partition(" ")[0], words.rpartition(" ")[2]}
    whole = None if is_hour or ends & _PARTS else _days(words, setting)
    if whole is not None:
        return whole
    if setting.newest_year == 0 and words in HOURS:
        return When(None, None, None, "hour", None, "an hour without a day, morning or evening")
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


def _days(words: str, setting: Setting) -> When | None:
    """A date without a time of day; None where the words are not understood."""
    words = _LED.sub("", words)
    words = _year_said(words, setting)
    if setting.anchor is not None and (day := near_day(words, setting.anchor, setting.ahead)) is not None:
        return day
    if (when := calendar_date(words, setting.anchor, setting.ahead)) is not None:
        return when
    if (when := relative_date(words, setting.anchor, setting.told)) is not None:
        return when
    if (early := _EARLY.fullmatch(words)) and (whole := _days(early["rest"], setting)) is not None:
        part = next(name for name in ("early", "start", "mid", "late", "end") if early[name])
        if whole.earliest is None or whole.latest is None or whole.earliest == whole.latest:
            return whole
        return part_of_range(whole, part)
    if half := _HALVES.fullmatch(words):
        return _half(half, setting)
    if (counted := _COUNTED_FROM.fullmatch(words)) and (base := _days(counted["base"], setting)) and base.resolved:
        shift = {"eve of": "day before", "day of": "same day"}.get(
            counted["shift"], counted["shift"].removesuffix(" to")
        )
        return relative_date(shift, setting.anchor, Told(base, base))
    return _joined(words, setting)


def _joined(words: str, setting: Setting) -> When | None:
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
        day = _days(" ".join(parts[1:]), setting)
        return day if day is not None and day.earliest == day.latest else None
    return None


def _half(match: re.Match[str], setting: Setting) -> When | None:
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
    lengths = {"half": days / 2, "third": days / 3, "quarter": days / 4, "month": 30.4 * count, "week": 7 * count}
    length = min(days, round(lengths.get(unit, count)))
    start = (
        whole.latest - timedelta(days=length - 1) if number < 0 else whole.earliest + timedelta(days=number * length)
    )
    end = min(whole.latest, start + timedelta(days=length - 1))
    return within(start, end, "week" if unit == "week" else whole.granularity, f"a part of: {whole.reason}")


def _same_period(rest: str, period: str, setting: Setting) -> When:
    """Same period of 2013: the time told of before, in that year."""
    year = _days(_year_said(f"of {rest}", setting).removeprefix("of "), setting) or unresolved(
        "words that are not understood"
    )
    told = setting.told.time
    if "whole" in period or told is None or told.earliest is None or told.latest is None or year.earliest is None:
        return year
    if year.granularity != "year" or told.earliest.year == year.earliest.year:
        return year
    shift = year.earliest.year - told.earliest.year
    begin, end = (_in_other_year(day, shift) for day in (told.earliest, told.latest))
    return within(begin, end, told.granularity, "that period, in that year")


def _in_other_year(day: date, shift: int) -> date:
    """The same day so many years later; the last of a month stays the last, also of February."""
    last = calendar.monthrange(day.year, day.month)[1]
    last_then = calendar.monthrange(day.year + shift, day.month)[1]
    return date(day.year + shift, day.month, last_then if day.day == last else min(day.day, last_then))


def _open(rest: str, setting: Setting) -> When:
    """From a day on: the end stays open."""
    inner = _from_then(rest, setting)
    if inner.earliest is None:
        return inner
    reach = (
        within(inner.earliest, max(setting.anchor, inner.earliest), inner.granularity, "") if setting.anchor else inner
    )
    return replace(inner, latest=None, precision=reach.precision, reason=f"open from: {inner.reason}")


def _from_then(rest: str, setting: Setting) -> When:
    if rest == "then":
        return _expression("same day", setting)
    inner = _expression(_LED.sub("", rest), setting)
    if not inner.resolved and any(character.isdigit() for character in rest):  # "since the feb. 1 coup"
        return _expression(_EVENT.sub("", rest), setting)
    return inner


def _closed(rest: str, word: str, setting: Setting) -> When:
    """Up to a day: the begin stays open. A day that is said without a year lies ahead."""
    rest = _LED.sub("", rest)
    inner = _expression(rest, replace(setting, ahead=word in ("until", "till") and not setting.lasted))
    if not inner.resolved:
        return inner
    inner = _nearest(inner, _expression(rest, setting), setting.anchor)
    latest = inner.earliest - timedelta(days=1) if word == "before" and inner.earliest else inner.latest
    return replace(inner, earliest=None, latest=latest, precision=None, reason=f"open until: {inner.reason}")


def _nearest(ahead: When, back: When, anchor: date | None) -> When:
    """Of the same day or month ahead and back the one that lies far nearer the anchor, else the one ahead."""
    if anchor is None or ahead.latest is None or back.latest is None:
        return ahead
    return back if (anchor - back.latest).days * _FAR < (ahead.latest - anchor).days else ahead


def _between(first: str, second: str, setting: Setting) -> When | None:
    """Both ends told; the first lies before the second."""
    whole = _days(f"{first} to {second}", setting)
    if whole is not None and whole.resolved:
        return whole
    end = _expression(second, setting)
    half = _HALF_SAID.fullmatch(second) if re.fullmatch(r"[\d.:]+", first) else None
    if end.clock is not None and (half or not end.resolved):
        begin = _expression(f"{first}{half['half']}" if half else first, setting)
        return replace(end, clock=begin.clock or end.clock)
    if end.latest is None:
        return None
    begin = _expression(first, replace(setting, anchor=end.latest, ahead=False))
    if begin.earliest is None:
        return replace(end, clock=begin.clock, granularity="hour") if begin.clock else None
    granularity = "days" if end.granularity in ("day", "hour") else end.granularity
    return within(begin.earliest, end.latest, granularity, f"a range, {end.reason}")


def _night_before(day: When) -> When:
    if day.earliest is None or day.latest is None:
        return day
    return within(day.earliest - timedelta(days=1), day.latest, "days", f"the night before: {day.reason}")


def _overnight(rest: str, anchor: date, setting: Setting) -> When:
    """The night that ends on the anchor; of a day that is named, the night that follows it."""
    if not rest:
        return within(anchor - timedelta(days=1), anchor, "days", f"the night before {anchor}")
    day = _with_hour(rest, setting)
    if day.earliest is None or day.earliest != day.latest:
        return day
    return within(day.earliest, day.earliest + timedelta(days=1), "days", f"the night that follows: {day.reason}")


def _year_said(words: str, setting: Setting) -> str:
    """Words such as "march last year" with the year in figures; "that year" is the one told of before."""
    match = _THAT_YEAR.search(words)
    if match is None or match.start() == 0:
        return words
    said = match["said"]
    known = setting.told.time.earliest if setting.told.time else None
    base = known if said in ("that year", "the same year", "the year before") else setting.anchor
    if base is None:
        return words
    step = {"last year": -1, "next year": 1, "the year before": -1}.get(said, 0)
    return f"{words[: match.start()]}{' of' if ' of ' in match[0] else ''} {base.year + step}"
