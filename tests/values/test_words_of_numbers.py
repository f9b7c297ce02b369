"""Numbers in words: what is written can be read, and what is no number is none."""

import pytest
from dateline_values.number_words import LARGEST, from_words, in_words
from hypothesis import given
from hypothesis import strategies as st


def read(words: str) -> int | None:
    return from_words(words.replace("-", " ").split())


@given(st.integers(0, LARGEST) | st.integers(0, 2_000))
def test_every_number_can_be_written_and_read(number: int) -> None:
    assert read(in_words(number)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (12, "twelve"),
        (19, "nineteen"),
        (20, "twenty"),
        (99, "ninety-nine"),
        (100, "one hundred"),
        (310, "three hundred ten"),
        (1_000, "one thousand"),
        (12_021, "twelve thousand twenty-one"),
        (300_045, "three hundred thousand forty-five"),
        (1_000_000, "one million"),
        (2_000_301, "two million three hundred one"),
        (999_999_999, "nine hundred ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine"),
    ],
)
def test_numbers_are_written_as_they_are_said(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_what_lies_outside_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"expected a number from 0 to 999999999, got {number}"):
        in_words(number)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("a", 1),
        ("a hundred", 100),
        ("a hundred and five", 105),
        ("two hundred and twenty five", 225),
        ("a thousand", 1_000),
        ("a thousand and one", 1_001),
        ("a million two hundred thousand and six", 1_200_006),
        ("fifty thousand", 50_000),
        ("ninety nine", 99),
    ],
)
def test_numbers_are_read_as_they_are_said(words: str, number: int) -> None:
    assert read(words) == number


@pytest.mark.parametrize(
    "words",
    [
        *("", "and", "men", "hundred", "zero hundred", "ten hundred", "twenty hundred", "two hundred and", "five six"),
        *(
            "twenty ten",
            "nineteen one",
            "twenty zero",
            "twenty one two",
            "two hundred men",
            "thousand",
            "zero thousand",
        ),
        *("two thousand zero", "two thousand and", "two thousand men", "men thousand", "two thousand three million"),
        *("twenty thousand thousand", "men hundred", "two and three", "hundred five"),
    ],
)
def test_what_is_no_number_is_none(words: str) -> None:
    assert read(words) is None
