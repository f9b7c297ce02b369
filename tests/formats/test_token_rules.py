"""Tokens and sentences: their rules, and that spans find their tokens."""

import pytest
from dateline_formats.tokens import Tokens, aligned, joined, sentences, tokenised
from dateline_labels import Span
from dispatch_strategies import any_texts
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two men died.", ["Two", "men", "died", "."]),
        ("U.S.-backed (SDF)", ["U", ".", "S", ".", "-", "backed", "(", "SDF", ")"]),
        ("don't  x_1\n", ["don", "'", "t", "x_1"]),
        ("cafe\u0301 नदी", ["cafe\u0301", "नदी"]),
        ("", []),
        (" \n", []),
    ],
)
def test_tokens_by_the_rule(text: str, words: list[str]) -> None:
    assert tokenised(text).words == words


@settings(deadline=None)
@given(any_texts)
def test_tokens_cover_all_but_white_space(text: str) -> None:
    tokens = tokenised(text)
    assert "".join(tokens.words) == "".join(character for character in text if not character.isspace())
    assert aligned(tokens.words, text) == tokens
    assert joined(tokens.words).is_joined


@settings(deadline=None)
@given(any_texts, st.data())
def test_a_span_finds_its_tokens_and_no_others(text: str, data: st.DataObject) -> None:
    tokens = tokenised(text)
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    starts, ends = {each for each, _ in tokens.offsets}, {each for _, each in tokens.offsets}
    found = tokens.range_of(Span("s", "X", start, end))
    assert (found is not None) == (start in starts and end in ends)
    if found:
        assert (tokens.offsets[found[0]][0], tokens.offsets[found[1]][1]) == (start, end)


def cut(text: str, *together: tuple[int, int]) -> list[str]:
    tokens = tokenised(text)
    return [text[tokens.offsets[start][0] : tokens.offsets[end - 1][1]] for start, end in sentences(tokens, together)]


def test_sentences_by_the_rule() -> None:
    assert cut("He said: “Go.” Then he left. no one came") == ["He said: “Go.”", "Then he left. no one came"]
    assert cut("GAO, Mali\n\nmen died") == ["GAO, Mali", "men died"]
    assert cut("A line\nAnother") == ["A line\nAnother"]
    assert cut("3.5 killed? Yes! 4 more") == ["3.5 killed?", "Yes!", "4 more"]
    assert cut("") == []


def test_no_sentence_ends_within_what_belongs_together() -> None:
    assert cut("One. Two. Three. Four.", (2, 4)) == ["One.", "Two. Three.", "Four."]


@settings(deadline=None)
@given(any_texts, st.data())
def test_sentences_are_all_tokens_in_their_order(text: str, data: st.DataObject) -> None:
    tokens = tokenised(text)
    last = max(len(tokens.offsets) - 1, 0)
    together = data.draw(st.lists(st.tuples(st.integers(0, last), st.integers(0, last)).map(sorted), max_size=3))
    together = [(first, second) for first, second in together] if tokens.offsets else []
    found = sentences(tokens, together)
    assert [at for start, end in found for at in range(start, end)] == list(range(len(tokens.offsets)))
    for first, second in together:
        assert any(start <= first and second < end for start, end in found)


def test_texts_that_disagree_with_their_tokens() -> None:
    assert aligned(["a", "b"], " a\tb\n") == Tokens(" a\tb\n", ((1, 2), (3, 4)))
    with pytest.raises(ValueError, match="token 1 is 'b', the text goes on with 'c'"):
        aligned(["a", "b"], "a c")
    with pytest.raises(ValueError, match="goes on after the last token with 'c'"):
        aligned(["a"], "a c")
