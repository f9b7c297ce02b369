"""Cardinal numbers in English words ↔ whole numbers up to 999,999,999."""

from collections.abc import Sequence
from typing import Final

LARGEST: Final = 999_999_999

_ONES: Final = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SMALL: Final = {word: value for value, word in enumerate(_ONES)} | {w: 10 * at for at, w in enumerate(_TENS, start=2)}
SCALES: Final = {"million": 1_000_000, "thousand": 1_000}


def in_words(number: int) -> str:
    """`number` in words, as "three hundred five thousand twelve"; raises ValueError below 0 and above LARGEST."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"expected a number from 0 to {LARGEST}, got {number}")
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    scale, word = next((scale, word) for word, scale in (*SCALES.items(), ("hundred", 100)) if number >= scale)
    count, rest = divmod(number, scale)
    return f"{in_words(count)} {word}" + (f" {in_words(rest)}" if rest else "")


def from_words(words: Sequence[str]) -> int | None:
    """The number that `words` (in lower case, hyphens taken apart) are as a whole; None where they are not one."""
    number = 0
    for name, scale in SCALES.items():
        if name in words:
            at = words.index(name)
            count = _below_thousand(words[:at])
            if not count:
                return None
            number, words = number + count * scale, _without_and(words[at + 1 :])
            if not words:
                return number
    rest = _below_thousand(words)
    return None if rest is None or (number and not rest) else number + rest


def _below_thousand(words: Sequence[str]) -> int | None:
    if len(words) > 1 and words[1] == "hundred":
        hundreds = 1 if words[0] == "a" else SMALL.get(words[0], 0)
        rest = _without_and(words[2:])
        below = _below_hundred(rest) if rest else 0
        return 100 * hundreds + below if 0 < hundreds < 10 and below is not None else None
    return 1 if list(words) == ["a"] else _below_hundred(words)


def _below_hundred(words: Sequence[str]) -> int | None:
    values = [SMALL.get(word) for word in words]
    match values:
        case [int(value)]:
            return value
        case [int(tens), int(ones)] if tens >= 20 and 0 < ones < 10:
            return tens + ones
    return None


def _without_and(words: Sequence[str]) -> Sequence[str]:
    return words[1:] if len(words) > 1 and words[0] == "and" else words
