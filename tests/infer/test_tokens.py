"""Text → tokens: every offset points into the text as it stands, and no word is cut where a span may end."""

import unicodedata

import numpy as np
import pytest
from dateline_infer.tokens import run_together, tokenize, tokenize_all
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_tokenizers import AWKWARD, TOKENIZERS

kinds = pytest.mark.parametrize("kind", TOKENIZERS)
pieces = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=4))
texts = st.lists(pieces, max_size=12).map("".join)


def in_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


@kinds
@settings(max_examples=80, deadline=None)
@given(text=texts)
def test_offsets_lie_in_the_text_and_in_its_order(kind: str, text: str) -> None:
    tokens = tokenize(TOKENIZERS[kind], text)
    starts, ends = tokens.offsets[:, 0], tokens.offsets[:, 1]
    assert len(tokens.ids) == len(tokens.offsets) == len(tokens.continues) == len(tokens.sentences) == len(tokens)
    assert (starts >= 0).all()
    assert (starts < ends).all()
    assert (ends <= len(text)).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()
    assert (np.diff(tokens.sentences) >= 0).all()


@kinds
@settings(max_examples=80, deadline=None)
@given(text=texts)
def test_no_letter_that_the_tokenizer_knows_is_left_out(kind: str, text: str) -> None:
    tokens = tokenize(TOKENIZERS[kind], text)
    covered = {at for start, end in tokens.offsets.tolist() for at in range(start, end)}
    known = {at for at, character in enumerate(text) if character.isascii() and character.isalnum()}
    known |= {at for at, character in enumerate(text) if character in "é中文字한ヿ"}
    assert known <= covered


@kinds
@settings(max_examples=80, deadline=None)
@given(text=texts)
def test_a_token_that_begins_inside_a_word_or_a_character_continues_it(kind: str, text: str) -> None:
    tokens = tokenize(TOKENIZERS[kind], text)
    for token in range(1, len(tokens)):
        start, before = int(tokens.offsets[token, 0]), int(tokens.offsets[token - 1, 1])
        inside = start < before or all(in_a_word(character) for character in text[before - 1 : start + 1])
        parted = start >= before and run_together(text, start)
        assert bool(tokens.continues[token]) == (inside and not parted), (text, token)
    assert not tokens.continues[:1].any()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("killed", ["killed"]),
        ("re-tried 6km", ["re", "-", "tried", "6km"]),
        ("in 2014-15.", ["in", "2014", "-", "15", "."]),
        ("a中文b", ["a中文b"]),
        ("中,文", ["中", ",", "文"]),
        ("x\r\ny\r\n", ["x", "y"]),
        ("a\0b \0 c", ["a", "b", "c"]),
        ("😀 a 👩\u200d🚒.", ["😀", "a", "👩\u200d🚒", "."]),
        ("\u202eGao\u202c, \u2067Aden\u2069", ["Gao", ",", "Aden"]),
        ("café cafe\u0301.", ["café", "cafe\u0301", "."]),
        ("re\u0301sume\u0301s a\u0323\u0302", ["re\u0301sume\u0301s", "a\u0323\u0302"]),
        ("हिन्दी", ["हिन्दी"]),
        ("SuspectA court, 2013Tamerlan", ["Suspect", "A", "court", ",", "2013", "Tamerlan"]),
        ("AHMEDMurder InjuredBOMBED élèvesÉcole", ["AHMED", "Murder", "Injured", "BOMBED", "élèves", "École"]),
        ("McDonald YouTube AK47S UNHabitat iPhone", ["McDonald", "YouTube", "AK47S", "UNHabitat", "iPhone"]),
        ("", []),
        (" \n\t\u3000\u00a0", []),
        ("\0\u202e\ufeff", []),
    ],
)
def test_the_words_of_the_tokens_are_those_of_the_text(text: str, words: list[str]) -> None:
    tokens = tokenize(TOKENIZERS["word_piece"], text)
    found: list[tuple[int, int]] = []
    for (start, end), continues in zip(tokens.offsets.tolist(), tokens.continues.tolist(), strict=True):
        found.append((found.pop()[0], end) if continues else (start, end))
    assert [text[start:end] for start, end in found] == words


def test_a_character_of_several_tokens_is_never_shared_by_two_words() -> None:
    """Bytes of one emoji: the first token takes the space before it too, so the second begins elsewhere."""
    tokens = tokenize(TOKENIZERS["byte_level"], "a 😂 b")
    shared = [token for token in range(1, len(tokens)) if tokens.offsets[token, 0] < tokens.offsets[token - 1, 1]]
    assert shared
    assert tokens.continues[shared].all()


@settings(max_examples=80, deadline=None)
@given(text=texts, data=st.data())
def test_bounds_are_the_inverse_of_offsets(text: str, data: st.DataObject) -> None:
    tokens = tokenize(TOKENIZERS["word_piece"], text)
    assume(len(tokens))
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first + 1, len(tokens)))
    start, end = int(tokens.offsets[first, 0]), int(tokens.offsets[last - 1, 1])
    assert tokens.bounds(start, end) == (first, last)


@kinds
@settings(max_examples=60, deadline=None)
@given(text=texts, data=st.data())
def test_bounds_are_the_tokens_that_share_a_character_with_the_range(kind: str, text: str, data: st.DataObject) -> None:
    tokens = tokenize(TOKENIZERS[kind], text)
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    sharing = [at for at, (first, last) in enumerate(tokens.offsets.tolist()) if first < end and start < last]
    assert list(range(*tokens.bounds(start, end))) == sharing


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Gao. Aden", [0, 0, 1]),
        ("Gao! Aden? Aden", [0, 0, 1, 1, 2]),
        ('Gao." Aden', [0, 0, 0, 1]),
        ("Gao\nAden\n\n\nAden", [0, 1, 2]),
        ("Gao.\nAden", [0, 0, 2]),
        ("2.5 Gao", [0, 0, 0, 0]),
        ("fled.The Army", [0, 0, 1, 1]),
        ("U.S.Army", [0, 0, 0, 0, 0]),
    ],
)
def test_sentences_are_counted_at_their_ends(text: str, sentences: list[int]) -> None:
    tokens = tokenize(TOKENIZERS["word_piece"], text)
    whole = [number for number, goes_on in zip(tokens.sentences, tokens.continues, strict=True) if not goes_on]
    assert whole == sentences


@kinds
def test_words_run_together_have_the_tokens_of_words_apart(kind: str) -> None:
    together = tokenize(TOKENIZERS[kind], "InjuredAn attack")
    left, right = (tokenize(TOKENIZERS[kind], text) for text in ("Injured", "An attack"))
    assert together.ids.tolist() == [*left.ids.tolist(), *right.ids.tolist()]
    assert together.offsets.tolist() == [*left.offsets.tolist(), *(right.offsets + 7).tolist()]


def test_composed_and_decomposed_text_have_the_same_tokens_and_the_same_words() -> None:
    composed = "Près de Bamako, l'armée a été attaquée à Ségou."
    decomposed = unicodedata.normalize("NFD", composed)
    one, other = (tokenize(TOKENIZERS["word_piece"], text) for text in (composed, decomposed))
    assert len(decomposed) > len(composed)
    assert one.ids.tolist() == other.ids.tolist()
    assert one.continues.tolist() == other.continues.tolist()
    words = [unicodedata.normalize("NFC", decomposed[start:end]) for start, end in other.offsets]
    assert words == [composed[start:end] for start, end in one.offsets]


def test_a_lone_surrogate_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        tokenize(TOKENIZERS["word_piece"], "a \ud800")


@kinds
@settings(max_examples=80, deadline=None)
@given(several=st.lists(texts, max_size=4))
def test_a_text_has_the_same_tokens_alone_and_among_others(kind: str, several: list[str]) -> None:
    together = tokenize_all(TOKENIZERS[kind], several)
    assert len(together) == len(several)
    for text, found in zip(several, together, strict=True):
        alone = tokenize(TOKENIZERS[kind], text)
        for name in ("ids", "offsets", "continues", "sentences", "forms"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))
