"""Mistakes are made in what code does, one at a time, and nowhere else; and the tests of a module find them or not."""

import difflib

import pytest

pytest.importorskip("mutmut", reason="the extra [dev] is not installed")

from mutants import mutants

SOURCE = '''"""What it is about, "in words"."""

import re
from typing import Final

Key = tuple[str, int]
LIMIT: Final = 3


@lru_cache(maxsize=5)
def few(words: list[str] | None, found: Key) -> bool:
    """Whether there are few."""
    if words is None:
        raise ValueError(f"expected words, got {found}", "nothing")
    pairs = zip(words, found, strict=True)
    return len(words) < LIMIT and bool(pairs)
'''


def changed_lines(mutated: str) -> list[int]:
    """Numbers of the lines of SOURCE that are not there any more."""
    number, gone = 0, []
    for line in difflib.ndiff(SOURCE.splitlines(), mutated.splitlines()):
        number += line[:2] in ("  ", "- ")
        if line.startswith("- "):
            gone.append(number)
    return gone


def test_each_mutant_differs_in_one_line_and_can_be_read() -> None:
    made = mutants(SOURCE)
    assert len({mutant.source for mutant in made}) == len(made) > 10
    for mutant in made:
        compile(mutant.source, "mutant", "exec")
        assert changed_lines(mutant.source) == [mutant.line]


def test_mistakes_are_made_in_what_code_does_alone() -> None:
    made = mutants(SOURCE)
    assert {mutant.line for mutant in made} == {7, 13, 15, 16}
    assert all("strict=True" in mutant.source or "pairs = None" in mutant.source for mutant in made)
    assert all('f"expected words, got {found}", "nothing"' in mutant.source for mutant in made)


@pytest.mark.parametrize(
    "mistake", ["LIMIT: Final = 4", "words is not None", "len(words) <= LIMIT", "LIMIT or bool", "zip(None, found"]
)
def test_the_usual_mistakes_are_among_them(mistake: str) -> None:
    assert sum(mistake in mutant.source for mutant in mutants(SOURCE)) == 1


def test_a_mutant_tells_what_stood_there_and_what_stands_there() -> None:
    (mutant,) = (each for each in mutants(SOURCE) if "is not None" in each.source)
    assert mutant.difference(SOURCE) == ("if words is None:", "if words is not None:")
