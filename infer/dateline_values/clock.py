"""The words of a time span → its time of day, its part of the day, and the words that are left for the date.

"9.20 p.m. on Tuesday" → 21:20, "tuesday"; "dawn on Sunday" → no clock, "dawn", "sunday". The zone is not minded: the
clock is what the text says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final

from .calendar_names import MONTH
from .number_words import SMALL

HOURS: Final = frozenset(word for word, value in SMALL.items() if 1 <= value <= 12)
"""The hours in words."""

_HOUR = rf"(?:{'|'.join(HOURS)}|\d{{1,2}})"
_ZONE = (
    r"(?:[ ,]*\(?(?:[\w.]+ )?(?:local time|local|gmt|utc|ist|est|edt|cet|eet|bst|pst|time|hours?"
    r"|hrs)\b(?: local(?: time)?)?\)?)"
)
_HALF = r"(?P<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?)"
_OF_DAY = (
    r"(?: (?:in the (?P<day_part>(?:early )?(?:morning|forenoon|afternoon|evening))|(?P<at_night>at night)"
    r"|(?P<today>this (?:morning|afternoon|evening))))"
)
_CLOCKS: Final = [
    re.compile(rf"\b(?P<hour>\d{{1,2}})(?:[:. ](?P<minute>\d{{2}})(?::\d{{2}})?)?(?: ?hours?)? ?{_HALF}{_ZONE}?"),
    re.compile(rf"(?<![\d/])(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::\d{{2}})?(?![\d/]){_ZONE}?{_OF_DAY}?"),
    re.compile(rf"(?<![\d/.])(?P<hour>\d{{1,2}})\.(?P<minute>\d{{2}})(?![\d/.]){_ZONE}?{_OF_DAY}?"),
    re.compile(rf"\b(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?: ?h\b{_ZONE}?|{_ZONE})"),
    re.compile(
        rf"\b(?P<past>half|(?:a )?quarter|{_HOUR}|twenty|twenty-five|ten)(?: minutes?)? (?P<side>past"
        rf"|to) (?P<hour>{_HOUR})\b(?! (?:of )?{MONTH})(?: o['’]clock)?{_OF_DAY}?"
    ),
    re.compile(rf"\b(?P<hour>{_HOUR}) o['’]clock\b{_ZONE}?{_OF_DAY}?"),
    re.compile(rf"\b(?P<hour>{_HOUR}){_OF_DAY}"),
    re.compile(
        rf"\b(?P<hour>{_HOUR})(?= on (?:mon|tues|wednes|thurs|fri|satur|sun)day (?:morning|afternoon|evening|night))"
    ),
    re.compile(rf"^(?P<hour>{_HOUR})(?= (?:this|yesterday|each) )"),
    re.compile(r"(?<=day |ing )(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)$"),
]
_BARE: Final = re.compile(
    r"^(?:at )?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?= (?:today|on|this|yesterday|mon|tue|wed|thu|fri|sat|sun)"
    r"|[ ,]*$)"
)
_NAMED: Final = re.compile(rf"\b(?P<name>noon|midday|midnight)\b{_ZONE}?")
_OF_24: Final = re.compile(r"0|\d{4}")
_FIRST_OF_NIGHT: Final = 6
"""The hour from which "at night" means the evening: "ten at night" is 22:00, "two at night" 02:00."""
_PARTS: Final = re.compile(
    r"\b(?:(?:(?:the )?(?:early|wee|small|late|pre-dawn|evening|morning|rush|lunch|night(?:time)?)(?:[ -](?:morning"
    r"|evening))? hours?"
    r"|shortly (?:before|after)|(?:just |well |long )?(?:before|after)(?= (?:dawn|dusk|sunrise|sunset|nightfall|dark"
    r"|noon|midnight|daybreak))"
    r"|first light|day ?break|nightfall|sun ?rise|sun ?set|cock-crow|lunch ?time|breakfast(?: time)?|dead of night"
    r"|rush hour|lunch hour"
    r"|(?:early|late|mid)?[ -]?(?:morning|afternoon|evening|night)|mid-?(?:morning|afternoon)|forenoon|dawn|dusk"
    r"|twilight|dark|mid-?day|(?:intervening )?night(?= (?:of|to|between|from)\b))\b)"
)
_GLUE: Final = re.compile(
    r"^(?:(?:at|on|of|in|the|about|around|from|by|local|each|every)\b(?: |$)|[,()\s]+)+|(?:[ ,]+(?:at|on|of|in|the"
    r"|about|around|from))+$"
)


@dataclass(frozen=True)
class TimeOfDay:
    """A time of day: the clock where one is given, whether a part of the day is, and the words without both."""

    clock: time | None
    part: str
    rest: str


def time_of_day(words: str, newest_year: int = 2059) -> TimeOfDay:
    """What the words (in lower case) say of the time of day; bare "1930" is no clock where it can be a year, from 1900
    to `newest_year`.
    """
    clock, rest, today, said = None, words, "", True
    for pattern in _CLOCKS:
        match = pattern.search(rest)
        if match and (clock := _clock(match)) is not None:
            today = " today" if match.groupdict().get("today") else ""
            said = bool(_half_of(match.groupdict())) or _OF_24.match(match[0]) is not None
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
            break
    if clock is None and (match := _BARE.search(rest)) and not 1900 <= int(match[1] + match[2]) <= newest_year:
        clock, rest = time(int(match["hour"]), int(match["minute"])), rest[match.end() :]
    part = ""
    if match := _NAMED.search(rest):
        part, rest = match["name"], f"{rest[: match.start()]} {rest[match.end() :]}"
        clock = clock or (time(0) if part == "midnight" else time(12))
    while match := _PARTS.search(rest):
        part, rest = part or match[0].strip(), f"{rest[: match.start()]} {rest[match.end() :]}"
    if clock is not None and not said:  # "nine on Monday evening"
        clock = clock.replace(hour=_in_half(clock.hour, part))
    return TimeOfDay(clock, part, _tidy(rest + today))


def _clock(match: re.Match[str]) -> time | None:
    groups = match.groupdict()
    hour = _number(groups["hour"])
    minute = int(groups.get("minute") or 0)
    if past := groups.get("past"):
        minute = 30 if past == "half" else 15 if past.endswith("quarter") else _number(past)
        if groups["side"] == "to":
            hour, minute = hour - 1, 60 - minute
    hour = _in_half(hour, _half_of(groups))
    return time(hour % 24, minute) if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _half_of(groups: Mapping[str, str | None]) -> str:
    """What is said beside the hour of its half or part of the day: "am", "evening"; empty where nothing is."""
    half = (groups.get("half") or "").replace(".", "").replace(" ", "")
    return half or groups.get("day_part") or groups.get("at_night") or groups.get("today") or ""


def _in_half(hour: int, half: str) -> int:
    """The hour of 24 that an hour of 12 is in a half or part of the day."""
    if half == "am":
        return hour % 12
    if half == "pm" or "afternoon" in half or "evening" in half:
        return hour + 12 if hour < 12 else hour
    if "night" in half:
        return hour + 12 if _FIRST_OF_NIGHT <= hour < 12 else 0 if hour == 12 else hour
    return hour


def _number(words: str) -> int:
    return int(words) if words.isdigit() else SMALL.get(words, sum(SMALL.get(word, 0) for word in words.split("-")))


def _tidy(words: str) -> str:
    words = " ".join(words.split())
    while (tidied := _GLUE.sub("", words).strip(" ,.()")) != words:
        words = tidied
    return words
