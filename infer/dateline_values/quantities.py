"""The words of a count → how many they can mean: "at least a dozen", "two to three hundred", "scores", "no".

Numbers are first written as marks (`#12#`), then one pattern reads what stands before and after them.

What each qualifier means in numbers, and where that comes from, stands in docs/numbers_and_dates.md; a test holds its
table to this file.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .numerals import MARK, marked


@dataclass(frozen=True)
class Quantity:
    """How many words can mean: the fewest, the most (None: open upward) and what a coder enters (None: nothing)."""

    low: int
    high: int | None
    best: int | None
    qualifier: str


ONE: Final = Quantity(1, 1, 1, "exact")
PAIR: Final = Quantity(2, 2, 2, "exact")
NOBODY: Final = Quantity(0, 0, 0, "none")
UNKNOWN: Final = Quantity(1, None, None, "unknown")
UNCOUNTED: Final = Quantity(2, None, None, "unknown")
PERHAPS: Final = Quantity(0, None, None, "unknown")
_ALL: Final = Quantity(2, None, None, "share")
_MANY: Final = Quantity(3, None, None, "many")
_SHARE: Final = Quantity(1, None, None, "share")
_VAGUE: Final = {
    "couple": Quantity(2, 3, 2, "couple"),
    "few": Quantity(3, 9, 3, "few"),
    "handful": Quantity(3, 9, 3, "handful"),
    "several": Quantity(3, 9, 3, "several"),
    "tens": Quantity(20, 99, 20, "tens"),
    "dozens": Quantity(24, 99, 24, "dozens"),
    "scores": Quantity(40, 199, 40, "scores"),
    "hundreds": Quantity(200, 999, 200, "hundreds"),
    "thousands": Quantity(2_000, 9_999, 2_000, "thousands"),
    "millions": Quantity(2_000_000, 9_999_999, 2_000_000, "millions"),
}
_PLURAL_UNITS: Final = {"dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1_000, "millions": 1_000_000}
_GROUPS_OF: Final = {
    "pair": 2,
    "duo": 2,
    "couple": 2,
    "twins": 2,
    "trio": 3,
    "threesome": 3,
    "triplets": 3,
    "quartet": 4,
}
_FRACTIONS: Final = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}

QUALIFIERS: Final = {
    "at_least": r"at (?:the very )?least|at a minimum|not? (?:fewer|less) than|a minimum of|minimum|upwards? of",
    "up_to": r"up to|as many as|not? more than|at (?:the )?most|a maximum of|maximum|anything up to",
    "more_than": r"(?:many |far )?more than|(?:well |just |slightly |far )?(?:over|above)|(?:well )?in excess of"
    r"|exceeding"
    r"|greater than",
    "fewer_than": r"(?:far )?(?:fewer|less) than|under|below",
    "nearly": r"nearly|almost|close to|just (?:under|short of)|approaching|(?:not far|little) short of",
    "about": r"about|around|some|roughly|approximately|approx\.?|(?:an )?estimated|circa|perhaps|maybe|possibly"
    r"|an average of"
    r"|somewhere (?:around|near|in the region of)|in the region of|~",
}
"""The words before a number that bend it, as patterns."""

_SOFTENERS = r"(?:(?:about|around|some|roughly|approximately|an estimated|estimated|perhaps|somewhere|even) )*"
_PRELUDE = (
    r"(?:(?:the|an?|all|only|just(?! (?:under|over|above|short)\b)|exactly|precisely|another|further|additional|extra"
    r"|other|remaining|first|last|next|these"
    r"|those|its|his|her|their|our|my|your|yet|also|total of|combined|in all|altogether|initial|a mere|mere|entire"
    r"|of) )*"
)
_SUFFIXES = (
    r"(?:(?P<or_more>\+| or (?:even )?more\b| plus\b|,? at (?:the very )?least\b)|(?P<or_fewer> or (?:fewer|less)\b"
    r"|,? at (?:the )?most\b)|(?P<or_so> or so\b)|(?P<odd>[ -]odd\b))?"
)
_COUNT: Final = re.compile(
    rf"{_PRELUDE}(?:(?:{'|'.join(f'(?P<{name}>{words})' for name, words in QUALIFIERS.items())}) )?"
    rf"{_PRELUDE}{_SOFTENERS}"
    rf"(?:(?P<span>between|from) {_SOFTENERS})?{MARK}{_SUFFIXES}(?: ?(?P<to>to|and|or|-|/|and/or) ?{_SOFTENERS}{MARK})?"
    r"(?!-(?!man|men|member|strong|person|woman)[a-z]| (?:half|thirds?|quarters?|fifths?|tenths?) of\b"
    r"| years? old| months? old| ?per ?cent|%)"
)
_VAGUE_COUNT: Final = re.compile(
    rf"{_PRELUDE}(?:(?P<at_least>{QUALIFIERS['at_least']}|{QUALIFIERS['more_than']}) )?(?:quite |literally )?{_PRELUDE}"
    rf"(?:(?P<word>several|few|handful|{'|'.join(word for word in _VAGUE if word.endswith('s'))}|couple(?= of| more"
    rf"| dozen| #))\b)"
    rf"(?: of)?(?: (?P<unit>dozens?|scores?|hundreds|thousands|millions|{MARK}))?"
)
_NONE: Final = re.compile(
    r"(?:no|nil|neither|none|nobody|no[ -]one|nothing|not (?:#1#|a single|any|an?)|without(?: an?y?)?)(?![\w.])"
)
_REPORTS: Final = re.compile(r"no (?:immediate |confirmed |other |further |initial )*(?:reports?|word|news) of\b")
_UNSAID: Final = re.compile(
    r"\bun(?:known|specified|determined|disclosed|confirmed|certain|told|clear|stated|identified) number"
    r"|\b(?:same|similar|equal|identical) number|\b(?:roughly |about |nearly |just )?as many(?! as)\b"
)
_LARGE: Final = re.compile(
    r"(?:the |so |too |very |a great |a good )?(?:many|numerous|countless|innumerable|multiple|untold|uncounted"
    r"|an? (?:large|great|high|significant|considerable|substantial|huge) (?:number|many)|(?:great|large"
    r"|huge) numbers)\b"
)
_SOME: Final = re.compile(
    r"(?:some|various|certain|a (?:small |limited |certain )?number of|an? \w+ number of|numbers of|those|others|dead"
    r"|wounded|everyone|everybody)\b"
)
_PART_OF: Final = re.compile(
    r"(?:(?:more than|over|at least|about|around|nearly|almost|less than|up to|fully|well over) )*"
    r"(?:(?P<most>most|all|(?:the |an? )?(?:vast |overwhelming |great |large )?(?:majority|bulk))"
    rf"|(?P<part>(?:an? |{MARK}[ -])?(?P<fraction>half|third|quarter|fifth|tenth)s?(?: -)?)"
    r"|#\d+w?# ?(?:%|per ?cent))"
    rf"(?: of| the|(?<=all)|(?<=most)|(?<=majority))\b(?P<rest>.*)$|(?:the )?(?P<rest_of>rest|remainder)\b"
)
_ALL_BUT: Final = re.compile(rf"(?:nearly |almost )?all but {MARK}(?: of (?:the |its |his |her |their )?{MARK})?")
_BASE: Final = re.compile(rf"(?: (?:of|the|its|his|her|their|our|those|these|all|some|about|nearly|more than))* {MARK}")
_GROUP: Final = re.compile(
    rf"{_PRELUDE}(?:[\w'-]+ ){{0,3}}?(?:{'|'.join(_GROUPS_OF)})\b(?! of (?:the|them|those|his|its))"
    rf"|{_PRELUDE}(?:[\w'-]+ ){{0,3}}?(?:group|family|crew|team|party|patrol|gang|squad|band|unit|total|detachment"
    rf"|column|platoon"
    rf"|household|crowd|garrison|contingent|delegation|batch) of (?:(?:{'|'.join(QUALIFIERS.values())}) )?{MARK}"
)


@lru_cache(maxsize=8192)
def quantity(words: str) -> Quantity | None:
    """How many the words (in lower case, one phrase) can mean; None where nothing in them counts."""
    text = marked(words)
    if none := _none(text):
        return none
    if count := _COUNT.match(text):
        return _counted(count)
    if vague := _VAGUE_COUNT.match(text):
        return _vague(vague)
    if re.match(rf"{_PRELUDE}both\b", text):
        return PAIR
    if _UNSAID.search(text):
        return UNKNOWN
    if _LARGE.match(text):
        return _MANY
    if all_but := _ALL_BUT.match(text):
        return _all_but(int(all_but[1]), all_but[2])
    if part := _PART_OF.match(text):
        return _share(part)
    if group := _GROUP.match(text):
        return _group(group[0])
    return UNCOUNTED if _SOME.match(text) else None


def _none(text: str) -> Quantity | None:
    if _REPORTS.match(text):
        return Quantity(0, None, 0, "none")
    if not _NONE.match(text) or _COUNT.match(text):
        return None
    return NOBODY


def _counted(match: re.Match[str]) -> Quantity:
    numbers = [int(number) for number in re.findall(MARK, match[0])]
    if match["to"] and len(numbers) == 2 and (match["to"] != "and" or match["span"]):
        low, high = sorted(numbers)
        return Quantity(low, high, low, "between") if low < high else Quantity(low, low, low, "exact")
    number = numbers[0]
    if match["odd"]:
        return Quantity(number, number + max(9, number // 10), number, "about")
    suffix = "at_least" if match["or_more"] else "up_to" if match["or_fewer"] else "about" if match["or_so"] else None
    return bent(number, suffix or next((name for name in QUALIFIERS if match[name]), "exact"))


def bent(number: int, qualifier: str) -> Quantity:
    """A number as its qualifier bends it; see the table of this module."""
    if number == 0:
        return NOBODY
    tenth = max(1, round(number / 10))
    match qualifier:
        case "at_least":
            return Quantity(number, None, number, qualifier)
        case "more_than":
            return Quantity(number + 1, None, number + 1, qualifier)
        case "up_to":
            return Quantity(1, number, number, qualifier)
        case "fewer_than":
            return Quantity(min(1, number - 1), number - 1, number - 1, qualifier)
        case "nearly":
            return Quantity(max(1, number - tenth), number, number, qualifier)
        case "about":
            return Quantity(max(1, number - tenth), number + tenth, number, qualifier)
    return Quantity(number, number, number, "exact")


def _vague(match: re.Match[str]) -> Quantity:
    vague = _VAGUE[match["word"]]
    unit = match["unit"] or ""
    factor, qualifier = 1, vague.qualifier
    if number := re.fullmatch(MARK, unit):
        if not re.fullmatch(r"12|20|10{2,}", number[1]):
            return vague
        factor = int(number[1])
    elif unit:
        qualifier = f"{unit.removesuffix('s')}s"
        factor = _PLURAL_UNITS[qualifier]
    high = None if match["at_least"] or vague.high is None else vague.high * factor
    return Quantity(vague.low * factor, high, vague.low * factor, qualifier)


def _all_but(left_out: int, whole: str | None) -> Quantity:
    if whole is None or int(whole) <= left_out:
        return _SHARE
    number = int(whole) - left_out
    return Quantity(number, number, number, "share")


def _share(match: re.Match[str]) -> Quantity:
    """A fraction of a base in figures; without one, one person at least."""
    base = _BASE.match(match["rest"] or "")
    if base is None:
        return _ALL if match["most"] else _SHARE
    whole = int(base[1])
    if match["most"] and not match["most"].endswith("all"):
        return Quantity(whole // 2 + 1, max(whole // 2 + 1, whole - 1), None, "share")
    if match["fraction"]:
        parts = int((re.search(r"\d+", match["part"]) or ["1"])[0])
        share = whole * parts / _FRACTIONS[match["fraction"]]
        return Quantity(math.floor(share), math.ceil(share), round(share), "share")
    return Quantity(1, whole, None, "share")


def _group(words: str) -> Quantity:
    if number := re.search(MARK, words):
        bend = next((name for name, pattern in QUALIFIERS.items() if re.search(rf"of (?:{pattern}) #", words)), "exact")
        return bent(int(number[1]), bend)
    size = _GROUPS_OF[words.rsplit(" ", 1)[-1]]
    return Quantity(size, size, size, "exact")
