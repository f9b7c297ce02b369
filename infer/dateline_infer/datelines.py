"""The text of a dispatch → the date that stands in its dateline or heading: "KABUL, July 20 (Reuters) -", "22 May 2018"."""

import re
from datetime import date, timedelta
from typing import Final

from .calendar_dates import calendar_date
from .calendar_names import MONTH, WEEKDAY

_HEAD: Final = 600
_DATE: Final = (
    rf"(?P<date>(?:{WEEKDAY},? )?(?:\d{{1,2}}(?:st|nd|rd|th)? {MONTH}(?:,? '?\d{{4}}|,? '?\d{{2}}\b)?|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, ?\d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}-[A-Za-z]{3}-\d{4}))"
)
# a name of a place in capitals or with them, without a sentence before the date
_PLACE: Final = (
    r"(?-i:[A-ZÀ-Þ][\w.'’/-]*(?:,? (?:[A-ZÀ-Þ(][\w.'’/)-]*|de|del|la|al|el|of|and|the|in|on|du|da|do|dos)){0,7})"
)
_PATTERNS: Final = [
    re.compile(rf"^{_PLACE}[,:]? ?\(?{_DATE}\)?(?= ?(?:\(|[-–—:\[]|/|$))", re.MULTILINE | re.IGNORECASE),
    re.compile(
        rf"^(?:[^\n.]{{0,90}}?\b(?:in \w+ )?\d{{4}} GMT )?{_DATE}(?=,? ?\d{{0,2}}:?\d{{0,2}} ?(?:\(|[-–—]|$))",
        re.MULTILINE | re.IGNORECASE,
    ),
    re.compile(
        rf"^[^\n.]{{0,110}}?(?:\b(?:of|from|dated?:?|as of|ending) |[,(–—-] ?){_DATE}\)?(?:,? ?\d{{1,2}}[:.]\d{{2}})?$",
        re.MULTILINE | re.IGNORECASE,
    ),
]


_RANGE_BEFORE: Final = re.compile(r"\d(?:st|nd|rd|th)?(?: [A-Za-z]+\.?)?(?: \d{4})?(?: ?[-–—] ?| (?:to|and|au) )$")


def dateline(text: str, published: date | None) -> tuple[date, int, int] | None:
    """The day of the dateline with the code points of its words; None where the head of the text shows none.

    A year that is not said is found from the day of publication, two days after which the dateline may lie.
    """
    head = text[:_HEAD]
    matches = [match for pattern in _PATTERNS if (match := pattern.search(head))]
    for match in sorted(matches, key=lambda found: found.start("date")):
        if _RANGE_BEFORE.search(head[: match.start("date")]):
            continue
        anchor = published + timedelta(days=2) if published else None
        when = calendar_date(" ".join(match["date"].casefold().split()), anchor, ahead=False)
        if when is not None and when.earliest is not None and when.earliest == when.latest:
            return when.earliest, match.start("date"), match.end("date")
    return None
