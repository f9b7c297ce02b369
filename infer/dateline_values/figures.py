"""The words of a casualty span, and those around them, → how many people they can mean.

What each qualifier means in numbers stands in `quantities.py`; how a figure stands to others, in `figure_parts.py`.
"""

import re
from dataclasses import dataclass
from typing import Final

from .figure_parts import part_of
from .people import conjuncts, is_pair, is_plural
from .quantities import NOBODY, ONE, PAIR, PERHAPS, QUALIFIERS, UNCOUNTED, Quantity, quantity


@dataclass(frozen=True)
class Figure:
    """How many people the words of a casualty span mean.

    `low` is the fewest they can mean, `high` the most, None where they are open upward; `best` is what a coder would
    enter under a plain reading, None where the words give nothing to enter. `part` is `whole`, `of` (part of another
    figure), `more` (beside another figure) or `total` (a running total).
    """

    low: int
    high: int | None
    best: int | None
    qualifier: str
    part: str


_MOST: Final = 10**10
"""More people than there ever were at a time: digits that count no people, and that no column of a table holds."""
_REACH: Final = 80
_LONGEST_COUNT: Final = 120
"""A count stands at the head of its phrase; what comes after so many characters is none of it."""
_LONGEST_QUALIFIER: Final = 24
_BENT_BEFORE: Final = re.compile(
    rf"(?<!\w)(?:{QUALIFIERS['at_least']}|{QUALIFIERS['up_to']}|(?:well |many |far )?more than|(?:fewer|less) than"
    rf"|nearly|almost"
    r"|close to|approximately|roughly|an estimated|no|without|not a single|not one) $"
)
# what a span that was found by a model, not by an annotator, may begin with
_HARM_FIRST: Final = re.compile(
    r"^(?:(?:kill|wound|injur|captur|abduct|kidnapp|leav|includ)(?:ing|ed)|left|and|with|that|also|where|when"
    r"|,) (?=.*\d|.*\b"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|dozens|scores|several|at least"
    r"|more than)\b)"
)
_ANY: Final = re.compile(r"(?:any(?:one|body)?|a single|either)\b")
_NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|nor|neither|nobody|none|denied|denies|denying|cannot|prevented|avoided|avoiding)\b"
    r"|n['’]t\b)(?! (?:\w+ )?(?:known|clear|certain|sure|say|said))[^.;!?]*$"
)
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th))"
_TWO_ORDINALS: Final = re.compile(rf"(?:the )?{_ORDINAL} and {_ORDINAL}\b")
_DASHES: Final = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "’": "'", "‘": "", "“": "", "”": "", '"': ""}
)


def read_figure(text: str, start: int, end: int) -> Figure:
    """The figure of the casualty span `text[start:end]`, code points, read with the words around it."""
    counted = _counted(text, start, end)
    if max(counted.low, counted.high or 0) > _MOST:
        counted = UNCOUNTED
    part = "whole" if counted.high == 0 else part_of(text, start, end)
    return Figure(counted.low, counted.high, counted.best, counted.qualifier, part)


def _counted(text: str, start: int, end: int) -> Quantity:
    words = text[start:end]
    plain = _HARM_FIRST.sub("", _plain(words))
    if _ANY.match(plain):
        return NOBODY if _NEGATED.search(_plain(text[max(0, start - _REACH) : start])) else PERHAPS
    bent = _BENT_BEFORE.search(text[max(0, start - _LONGEST_QUALIFIER) : start].casefold())
    if bent and (whole := quantity(bent[0] + plain[:_LONGEST_COUNT])):
        return whole
    parts = list(conjuncts(words))
    if len(parts) == 1:
        return quantity(plain[:_LONGEST_COUNT]) or _uncounted(words, text)
    return _sum([quantity(_plain(part)[:_LONGEST_COUNT]) or _uncounted(part, text) for part in parts])


def _uncounted(words: str, text: str) -> Quantity:
    """A phrase without a count: a pair, one person, or several."""
    if is_pair(words) or _TWO_ORDINALS.match(_plain(words)):
        return PAIR
    return UNCOUNTED if is_plural(words, text) else ONE


def _sum(quantities: list[Quantity]) -> Quantity:
    """All of them together: open where one is, nothing to enter where one has nothing, bent as the first bent one."""
    highs = [each.high for each in quantities if each.high is not None]
    bests = [each.best for each in quantities if each.best is not None]
    return Quantity(
        sum(each.low for each in quantities),
        sum(highs) if len(highs) == len(quantities) else None,
        sum(bests) if len(bests) == len(quantities) else None,
        next((each.qualifier for each in quantities if each.qualifier not in ("exact", "none")), "exact"),
    )


def _plain(words: str) -> str:
    """The words in lower case, with plain dashes and spaces, without quotation marks; a space at an end stays one."""
    return re.sub(r"\s+", " ", words.translate(_DASHES).casefold())
