import re

import numpy as np
import pytest
from dateline_infer.characters import flags_of
from dateline_infer.forms import (
    CAPITALISED,
    CAPITALS,
    FORM_COUNT,
    LOWER,
    NUMBER,
    OTHER,
    UNKNOWN,
    IntArray,
    token_forms,
    without_case,
)
from hypothesis import given
from hypothesis import strategies as st
from labels.dispatch_strategies import any_texts
from numpy.typing import NDArray

GAPS = FORM_COUNT // (OTHER + 1)
JOINED, SPACE, LINE, BLANK_LINE = range(GAPS)


def forms_of(text: str) -> IntArray:
    offsets = offsets_of(text)
    return forms_at(text, offsets, np.zeros(len(offsets), dtype=np.bool_))


def forms_at(text: str, offsets: IntArray, continues: NDArray[np.bool_]) -> IntArray:
    return token_forms([text], np.zeros(len(offsets), dtype=np.int64), flags_of(text), offsets, continues)


def offsets_of(text: str) -> IntArray:
    """Words and signs, one token each."""
    found = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def cases(text: str) -> list[int]:
    return (forms_of(text) // GAPS).tolist()


def gaps(text: str) -> list[int]:
    return (forms_of(text) % GAPS).tolist()


def test_a_token_has_the_case_of_its_word() -> None:
    assert cases("Gunmen killed 9 UN troops.") == [CAPITALISED, LOWER, NUMBER, CAPITALS, LOWER, OTHER]
    text = "Gunmen fled"
    pieces = np.array([[0, 3], [3, 6], [7, 11]])
    assert (forms_at(text, pieces, np.array([False, True, False])) // GAPS).tolist() == [
        CAPITALISED,
        CAPITALISED,
        LOWER,
    ]


def test_a_token_knows_what_stands_before_it() -> None:
    assert gaps("GAO, Mali\nA bomb.\n\n  Two") == [BLANK_LINE, JOINED, SPACE, LINE, SPACE, JOINED, BLANK_LINE]


@pytest.mark.parametrize("text", ["GUNMEN KILLED 9 TROOPS IN GAO", "gunmen killed 9 troops in gao"])
def test_where_all_letters_are_alike_their_case_tells_nothing(text: str) -> None:
    assert cases(text) == [UNKNOWN, UNKNOWN, NUMBER, UNKNOWN, UNKNOWN, UNKNOWN]


def test_scripts_without_case_are_neither_low_nor_high() -> None:
    assert cases("قتل Ali and 9") == [OTHER, CAPITALISED, LOWER, NUMBER]


@given(any_texts)
def test_every_token_has_a_form_and_keeps_its_gap_without_its_case(text: str) -> None:
    forms = forms_of(text)
    assert forms.shape == (len(offsets_of(text)),)
    assert ((forms >= 0) & (forms < FORM_COUNT)).all()
    bare = without_case(forms)
    assert (bare // GAPS == UNKNOWN).all()
    assert (bare % GAPS == forms % GAPS).all()


@given(st.text("abcXYZ 1.\n", max_size=40))
def test_lower_case_and_capitals_have_the_same_forms(text: str) -> None:
    assert forms_of(text.lower()).tolist() == forms_of(text.upper()).tolist()
