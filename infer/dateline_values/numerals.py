"""Words in lower case → the same with every whole number as a mark: "two dozen of the 1,200" → `#24# of the #1200#`.

Numbers are taken in figures (1200, 1,200, 1.200, 1 200, 1.2 million), in words (`number_words`; also "twelve hundred"
and a bare "hundred") and in units ("a dozen", "two score", "half a dozen"). A unit that two numbers share goes to both:
"two to three dozen" → `#24# to #36#`. Ordinals, parts of larger signs ("7.62", "m-16", "$500") and 10-digit numbers
stay.
"""

import re
from collections.abc import Sequence
from typing import Final

from .number_words import SMALL, from_words

MARK: Final = r"#(\d+)#"
"""A number as `marked` writes it, as a pattern with one group."""

_UNITS: Final = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_LONGEST: Final = 20
_HALF_UNIT: Final = {"dozen": 6, "hundred": 50, "thousand": 500, "million": 500_000}
_FIGURES = (
    r"(?<![\w#.,:/$€£-])\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3})+|(?:[ \u00a0]\d{3})+)(?![\w.,]*\d)"
    r"|(?<![\w#.,:/$€£])(?<![a-z]-)\d{1,9}(?:\.\d+(?= [mth]))?(?![^\W_]|[.,:/]\d)"
)
_WORD = "|".join([*SMALL, *_UNITS])
_ATOM = rf"(?:{_FIGURES}|(?<!\w)(?:{_WORD})(?!\w))"
_UNIT = "|".join(_UNITS)
_RUN = re.compile(
    rf"(?:(?<!\w)(?:half[- ](?:an?[- ])?|an? )(?=(?:{_UNIT})(?!\w)))?{_ATOM}(?:(?: |-| and ){_ATOM})*"
    r"(?!-?(?:first|second|third|\w+th)\b)"
)
_ATOMS = re.compile(rf"half|an?(?=[ -])|and|{_FIGURES}|[a-z]+")
_SHARED = re.compile(r"#(\d+)# (to|or|-|and) #(\d+)@(\d+)#")
_UNIT_NOTE = re.compile(r"@\d+#")


def marked(words: str) -> str:
    """The words, in lower case, with every whole number as `#12#`; marks that they bring along are taken out."""
    noted = _RUN.sub(_marks, words.replace("#", " "))
    return _UNIT_NOTE.sub("#", _SHARED.sub(_share_unit, noted))


def _share_unit(match: re.Match[str]) -> str:
    low, word, high, unit = int(match[1]), match[2], int(match[3]), int(match[4])
    return f"#{low * unit if low * unit < high else low}# {word} #{high}#"


def _marks(run: re.Match[str]) -> str:
    """The numbers of a run of number words, longest first, marked, and what stands between them."""
    text = run[0]
    atoms = list(_ATOMS.finditer(text))
    written, begin, position = "", 0, 0
    while begin < len(atoms):
        furthest = min(len(atoms), begin + _LONGEST)
        tried = ((end, _mark([atom[0] for atom in atoms[begin:end]])) for end in range(furthest, begin, -1))
        end, mark = next(((end, mark) for end, mark in tried if mark), (begin + 1, ""))
        if mark:
            written += text[position : atoms[begin].start()] + mark
            position = atoms[end - 1].end()
        begin = end
    return written + text[position:]


def _mark(atoms: Sequence[str]) -> str:
    """The mark of the number that the atoms are as a whole, with the unit at its end; empty where they are not one."""
    unit = _UNITS.get(atoms[-1])
    whole = from_words(atoms)
    if whole is None and unit is not None:
        whole = _of_unit(atoms[:-1], atoms[-1])
    elif whole is None and len(atoms) == 1 and atoms[0][0].isdigit():
        whole = int(re.sub(r"\D", "", atoms[0]))
    if whole is None or atoms[0] == "and":
        return ""
    return f"#{whole}@{unit}#" if unit is not None and len(atoms) > 1 else f"#{whole}#"


def _of_unit(count: Sequence[str], unit: str) -> int | None:
    """How many "two", "half a", "1.2" or nothing of a unit are."""
    if not count:
        return None if unit == "score" else _UNITS[unit]
    if count[0] == "half":
        return _HALF_UNIT.get(unit)
    if list(count) in (["a"], ["an"]):
        return _UNITS[unit]
    if list(count) == ["hundred"]:
        return 100 * _UNITS[unit]
    if len(count) == 1 and re.fullmatch(r"\d+(\.\d+)?", count[0]):
        return round(float(count[0]) * _UNITS[unit])
    value = from_words(count)
    return value * _UNITS[unit] if value else None
