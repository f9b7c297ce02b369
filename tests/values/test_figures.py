from dataclasses import replace
from pathlib import Path

import pytest
from dateline_values.figures import Figure, read_figure
from dateline_values.numerals import marked
from dateline_values.quantities import quantity
from hypothesis import given, settings
from hypothesis import strategies as st

CASES = Path(__file__).with_name("figure_cases.txt")
DOCUMENT = Path(__file__).parents[2] / "docs" / "numbers_and_dates.md"
WORDS = [
    "two",
    "12",
    "a",
    "dozen",
    "hundred",
    "some",
    "at least",
    "no",
    "of",
    "them",
    "men",
    "and",
    "others",
    "between",
    "-",
]


def table() -> list[tuple[str, Figure]]:
    rows = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, low, high, best, qualifier, part = (cell.strip() for cell in line.split(" | "))
            rows.append((text, Figure(int(low), _number(high), _number(best), qualifier, part)))
    return rows


def _number(cell: str) -> int | None:
    return None if cell in ("-", "open", "none") else int(cell)


@pytest.mark.parametrize(
    ("marked_text", "expected"), table(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_table(marked_text: str, expected: Figure) -> None:
    start, end = marked_text.index("["), marked_text.rindex("]") - 1
    text = marked_text.replace("[", "").replace("]", "")
    assert read_figure(text, start, end) == expected


def documented() -> list[tuple[str, Figure]]:
    rows = [
        line.strip("| ").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if " | " in line
    ]
    return [
        (words, Figure(int(low), _number(high), _number(best), qualifier, "whole"))
        for qualifier, words, low, high, best in (row for row in rows if len(row) == 5 and row[2].isdigit())
    ]


@pytest.mark.parametrize(("words", "expected"), documented(), ids=lambda value: value if isinstance(value, str) else "")
def test_the_documented_table(words: str, expected: Figure) -> None:
    figure = read_figure(f"The bomb killed {words}.", 16, 16 + len(words))
    assert replace(figure, part="whole") == expected


def test_the_documented_table_is_found() -> None:
    assert len(documented()) > 30


def test_the_table_is_long_enough() -> None:
    assert len(table()) >= 300


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), st.text(max_size=20), st.text(max_size=20))
def test_low_best_and_high_are_in_order(words: list[str], before: str, after: str) -> None:
    span = " ".join(words)
    figure = read_figure(f"{before} {span} {after}", len(before) + 1, len(before) + 1 + len(span))
    assert figure.low >= 0
    assert figure.high is None or figure.high >= figure.low
    if figure.best is not None:
        assert figure.low <= figure.best
        assert figure.high is None or figure.best <= figure.high


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_has_a_figure(text: str) -> None:
    figure = read_figure(text, 0, len(text))
    assert figure.part in ("whole", "of", "more", "total")
    assert figure.qualifier


@settings(deadline=None)
@given(st.integers(1, 999_999_999))
def test_a_number_in_figures_is_itself(number: int) -> None:
    for spelling in (str(number), f"{number:,}", f"{number:,}".replace(",", ".")):
        read = quantity(f"{spelling} people")
        assert read is not None
        assert (read.low, read.high, read.best) == (number, number, number)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("two dozen of the 1,200", "#24# of the #1200#"),
        ("twenty-first", "twenty-first"),
        ("fifty to one hundred", "#50# to #100#"),
        ("two and three", "#2# and #3#"),
        ("5 hundred", "#500#"),
        ("1.5 million", "#1500000#"),
        ("the 2nd", "the 2nd"),
        ("#7# men", "#7# men"),
        ("half a dozen", "#6#"),
        ("half a hundred", "#50#"),
        ("half a thousand", "#500#"),
        ("half a million", "#500000#"),
        ("a score of men", "#20# of men"),
        ("the score", "the score"),
        ("two score", "#40#"),
        ("hundred thousand", "#100000#"),
        ("an hundred", "#100#"),
        ("one or two hundred", "#100# or #200#"),
        ("two to three dozen", "#24# to #36#"),
        ("20 to three dozen", "#20# to #36#"),
        ("and one", "and #1#"),
        ("$500 m-16 7.62 12:30", "$500 m-16 7.62 12:30"),
        ("1234567890", "1234567890"),
        ("1.5 men", "1.5 men"),
    ],
)
def test_numbers_are_marked(words: str, expected: str) -> None:
    assert " ".join(marked(words).split()) == expected


@pytest.mark.parametrize("piece", ["the ", "one ", "12 ", "between ", "a and ", "of them ", "X Y "])
def test_endless_words_are_read_at_once(piece: str) -> None:
    words = piece * 3000
    assert read_figure(words, 0, len(words)).low >= 0
    assert read_figure(f"{words}12 men", len(words), len(words) + 6).best == 12
