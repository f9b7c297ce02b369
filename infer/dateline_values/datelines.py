"""The head of a dispatch → the date in its dateline or heading: "KABUL, July 20 (Reuters) -", a line "22 May 2018"."""

import re
from datetime import date, timedelta
from typing import Final

from .calendar_dates import calendar_date
from .calendar_names import MONTH, WEEKDAY

_HEAD: Final = 600
_AHEAD: Final = timedelta(days=2)
_DATE: Final = re.compile(
    rf"(?<![\w/.-])(?:{WEEKDAY},? )?(?:"
    rf"\d{{1,2}}(?:st|nd|rd|th)? {MONTH}(?:,? '?\d{{4}}|,? '?\d{{2}}\b)?"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:, ?\d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}-[a-z]{3}-\d{4})(?!\w)",
    re.IGNORECASE,
)
# what may stand before the date in its line: a place in capitals or with them, a broadcast's hour, the words of a
# heading
_PLACE: Final = re.compile(
    r"[A-ZÀ-Þ][\w.'’/-]*(?:,? (?:[A-ZÀ-Þ(][\w.'’/)-]*|de|del|la|al|el|of|and|the|in|on|du|da|do|dos)){0,7}[,:]? ?\(?"
)
_BROADCAST: Final = re.compile(r"(?:[^.]{0,90}\b\d{4} GMT )?", re.IGNORECASE)
_HEADING: Final = re.compile(r"[^.]{0,110}(?:\b(?:of|from|dated?:?|as of|ending) |[,(–—-] ?)", re.IGNORECASE)
_FIELD: Final = re.compile(r"(?:date|dated|published|posted|updated):? ?", re.IGNORECASE)
_RANGE: Final = re.compile(r"\d(?:st|nd|rd|th)?(?: [A-Za-z]+\.?)?(?: \d{4})?(?: ?[-–—] ?| (?:to|and|au) )$")
# what may follow it
_AFTER_PLACE: Final = re.compile(r"\)?,? ?(?:[(\[/:–—-]|\n|$)")
_AFTER_BROADCAST: Final = re.compile(r"(?:,? \d{1,2}[:.]\d{2})? ?(?:[(–—-]|\n|$)")
_AFTER_HEADING: Final = re.compile(r"\)?(?:,? ?\d{1,2}[:.]\d{2})? ?(?:\n|$)")
_AFTER_FIELD: Final = re.compile(r"\s|$")
_FORMS: Final = (
    (_PLACE, _AFTER_PLACE),
    (_BROADCAST, _AFTER_BROADCAST),
    (_HEADING, _AFTER_HEADING),
    (_FIELD, _AFTER_FIELD),
)


def dateline(text: str, published: date | None) -> tuple[date, int, int] | None:
    """The day of the dateline with the code points of its words; None where the head of the text shows none.

    A year that is not said is found from the day of publication, two days after which the dateline may lie. The end of
    a range ("1-7 August 2023") is the period of a report and no dateline.
    """
    head = text[:_HEAD]
    for match in _DATE.finditer(head):
        before = head[head.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip()
        if _RANGE.search(before) or not any(
            start.fullmatch(before) and end.match(head, match.end()) for start, end in _FORMS
        ):
            continue
        anchor = published + _AHEAD if published else None
        when = calendar_date(" ".join(match[0].casefold().split()), anchor, ahead=False)
        if when is not None and when.earliest is not None and when.earliest == when.latest:
            return when.earliest, match.start(), match.end()
    return None
