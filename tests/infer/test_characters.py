import unicodedata

from dateline_infer.characters import BLANK, DIGIT, LOWER, MARK, NEWLINE, SPACE, TITLE, UPPER, WORD, flags_of
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(st.characters()))
def test_the_flags_of_a_text_are_those_of_its_characters(text: str) -> None:
    flags = flags_of(text)
    assert len(flags) == len(text)
    for character, flag in zip(text, flags.tolist(), strict=True):
        assert bool(flag & SPACE) == character.isspace()
        assert bool(flag & BLANK) == (character.isspace() or character in "\u200b\u200e\u200f\ufeff")
        assert bool(flag & WORD) == (character.isalnum() or unicodedata.category(character).startswith("M"))
        assert bool(flag & MARK) == unicodedata.category(character).startswith("M")
        assert bool(flag & UPPER) == character.isupper()
        assert bool(flag & LOWER) == character.islower()
        assert bool(flag & TITLE) == (unicodedata.category(character) == "Lt")
        assert bool(flag & DIGIT) == character.isdigit()
        assert bool(flag & NEWLINE) == (character == "\n")
