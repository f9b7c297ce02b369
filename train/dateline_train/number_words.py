"""Cardinal numbers in English, spelt the other way: "12" as "twelve", "three hundred and five" as "305".

Rewritten are whole numbers up to 999,999,999 that stand alone: in digits, with commas between thousands or without; in
words, with or without hyphens and "and"; "a hundred" as 100. Numbers in names ("Article 53") are cardinals too.

Left alone is whatever is no plain cardinal, or may be none:
- bare numbers of four digits or more (years, hours such as 2330) and numbers that begin with a zero;
- days and years beside the name of a month ("25 June", "July 5 and 6", "18 Aug 88"), hours before a.m., p.m., GMT and
  o'clock, and everything that a sign ties to more ("05:00", "7.62", "M-16", "$500", "12%", "27-year-old", "35km");
- ordinals ("4th", "twenty-first") and fractions ("two thirds");
- "hundreds", "dozens" and other words for no exact number, "one" where it is a pronoun ("no one", "the one", "one
  another"), and words in a row that are no one number ("nineteen eighty-eight").
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dateline_values.number_words import SCALES, SMALL, from_words, in_words

from .rewriting import Piece

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WORD = "|".join(sorted([*SMALL, "hundred", *SCALES], key=len, reverse=True))
_RUN = rf"(?:a (?=(?:hundred|thousand|million)\b))?\b(?:{_WORD})(?:(?: |-| and )(?:{_WORD}))*\b"
_DIGITS = r"(?<![\w$€£#.,:/–’'-])(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}|0)(?![\w%°/–-]|[.,:’']\w| ?per ?cent)"
_SOME = rf"(?:\d+|(?:{_WORD})(?:[ -](?:{_WORD}))*)"
_SEVERAL = rf"{_SOME}(?: ?(?:-|–|,|and|or|to) ?{_SOME})*"
_LEFT_ALONE = re.compile(
    rf"\b{_SEVERAL} (?:of )?{_MONTH}(?:,? \d+)?"
    rf"|\b{_MONTH} {_SOME}(?: ?(?:-|–|and|or|to) ?{_SOME})*(?:,? \d{{4}})?\b"
    rf"|\b(?:\d+ )?{_SEVERAL} ?(?:[ap]\.? ?m\b|o['’]clock|gmt\b)",
    re.IGNORECASE,
)
_PART = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|\w+tieth"
    r"|hundredth|thousandth|millionth|half|halves|quarter)s?\b"
)
_ALONE = r"(?<![\w$€£-])"
_NUMBER = re.compile(
    rf"(?P<words>{_ALONE}(?>{_RUN})(?!['’]?\w|-\w|[ -]{_PART}))|(?P<digits>{_DIGITS}(?! {_PART}))", re.IGNORECASE
)
_PRONOUN_BEFORE = re.compile(
    r"\b(?:no|any|every|each|some|this|that|the|last|which|another|only|a|an|one by)[ -]$", re.IGNORECASE
)
_PRONOUN_AFTER = re.compile(r" (?:another|by one|day)\b", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.!?][\"'”’)\]]*\s+|\n)[\"'“‘(\[]*$")


def spelt_otherwise(text: str) -> Iterator[Piece]:
    """Every plain cardinal of `text` in its other spelling, in the order of the text."""
    left_alone = [match.span() for match in _LEFT_ALONE.finditer(text)]
    for match in _NUMBER.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in left_alone):
            continue
        if match["digits"]:
            words = in_words(int(match["digits"].replace(",", "")))
            starts = _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()])
            yield Piece(*match.span(), words.capitalize() if starts else words)
        elif not _is_pronoun(text, match):
            yield from _in_digits(match["words"], match.start())


def _in_digits(run: str, offset: int) -> Iterator[Piece]:
    """The numbers of a run of number words, longest first; none where it is not one number or several with "and"
    between them.
    """
    tokens = list(re.finditer(r"\w+", run))
    words = [token[0].lower() for token in tokens]
    pieces: list[Piece] = []
    begin = 0
    while begin < len(tokens):
        end = next((end for end in range(len(tokens), begin, -1) if _is_number(words[begin:end])), 0)
        if not end:
            return
        value = from_words(words[begin:end])
        pieces.append(Piece(offset + tokens[begin].start(), offset + tokens[end - 1].end(), f"{value:,}"))
        begin = end + (end < len(tokens) and words[end] == "and")
    if all(left.end + len(" and ") == right.start for left, right in pairwise(pieces)):
        yield from pieces


def _is_number(words: Sequence[str]) -> bool:
    return words[-1] != "and" and from_words(words) is not None


def _is_pronoun(text: str, match: re.Match[str]) -> bool:
    if match[0].lower() != "one":
        return False
    before = text[max(0, match.start() - 10) : match.start()]
    return bool(_PRONOUN_BEFORE.search(before) or _PRONOUN_AFTER.match(text, match.end()))
