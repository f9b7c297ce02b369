from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from dateline_infer import windows
from dateline_infer.tokens import Tokens, tokenize
from dateline_infer.windows import SpecialTokens
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

SPECIAL = SpecialTokens((101,), (102,), 0)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(scope="module")
def tokenizer(tiny_encoder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(tiny_encoder / "tokenizer.json"))


@given(tokens=st.integers(0, 700), window=st.integers(16, 64), share=st.integers(0, 50))
def test_every_token_is_read_once_where_it_stands(tokens: int, window: int, share: int) -> None:
    overlap = window * share // 100
    ids = np.arange(1000, 1000 + tokens)
    cuts = windows.cut(ids, window, min(overlap, window // 2 - 2), SPECIAL)
    rows, places = windows.positions(tokens, window, min(overlap, window // 2 - 2), SPECIAL)
    assert [int(cuts[row][place]) for row, place in zip(rows, places, strict=True)] == ids.tolist()
    assert all(len(cut) <= window and cut[0] == 101 and cut[-1] == 102 for cut in cuts)
    if len(cuts) > 1:
        assert all(len(cut) == window for cut in cuts)


@given(tokens=st.integers(63, 700), overlap=st.integers(0, 31))
def test_neighbouring_windows_share_what_was_asked(tokens: int, overlap: int) -> None:
    begins = windows.starts(tokens, 62, overlap)
    assert begins[0] == 0
    assert begins[-1] == tokens - 62
    assert all(0 < after - before <= 62 - overlap for before, after in pairwise(begins))


@given(tokens=st.integers(63, 500), overlap=st.integers(2, 31))
def test_a_token_stands_as_central_as_any_window_lets_it(tokens: int, overlap: int) -> None:
    begins = windows.starts(tokens, 62, overlap)
    rows, places = windows.positions(tokens, 64, overlap, SPECIAL)
    for token, (row, place) in enumerate(zip(rows, places, strict=True)):
        margins = [min(token - begin, begin + 61 - token) for begin in begins if begin <= token < begin + 62]
        assert place - 1 == token - begins[row]
        # one less where the border falls between two tokens
        assert min(token - begins[row], begins[row] + 61 - token) >= max(margins) - 1


def test_batches_hold_every_window_once_within_the_budget() -> None:
    rows = [np.full(length, length) for length in (5, 64, 1, 30, 30, 64, 2)]
    seen: list[int] = []
    for batch in windows.batches(rows, 128, padding=9):
        assert batch.input_ids.size <= 128
        assert batch.attention_mask.sum() == sum(len(rows[row]) for row in batch.rows)
        assert (batch.input_ids[batch.attention_mask == 0] == 9).all()
        seen += batch.rows.tolist()
    assert sorted(seen) == list(range(7))


def test_a_window_beyond_the_budget_is_a_batch_of_its_own() -> None:
    assert len(list(windows.batches([np.ones(64, dtype=np.int64)] * 3, 10, padding=0))) == 3


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_tokens_lie_within_the_text_in_order(tokenizer: Tokenizer, text: str) -> None:
    tokens = tokenize(tokenizer, text)
    assert len(tokens.ids) == len(tokens.offsets) == len(tokens.continues) == len(tokens.sentences)
    assert ((tokens.offsets[:, 0] >= 0) & (tokens.offsets[:, 0] < tokens.offsets[:, 1])).all()
    assert (tokens.offsets[:, 1] <= len(text)).all()
    assert (np.diff(tokens.offsets[:, 0]) >= 0).all()
    assert (np.diff(tokens.sentences) >= 0).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two 👩‍🚒 fled Gao.", "Gao"),
        ("line one\r\nGao fell\r\n", "Gao"),
        ("e\u0301lite force in Gao", "Gao"),
        ("\u202eGao\u202c burned", "Gao"),
        ("\x00\x00Gao", "Gao"),
        ("加奥 Gao 市", "Gao"),
        ("killed 𝟛 in Gao", "Gao"),
    ],
)
def test_offsets_count_code_points_of_the_text_as_it_stands(tokenizer: Tokenizer, text: str, words: str) -> None:
    tokens = tokenize(tokenizer, text)
    start = text.index(words)
    first, last = tokens.bounds(start, start + len(words))
    assert first < last
    assert text[tokens.offsets[first, 0] : tokens.offsets[last - 1, 1]] == words


def test_a_token_continues_only_inside_a_word(tokenizer: Tokenizer) -> None:
    text = "al-Shabaab's Qwxzkjv2 fighters"
    tokens = tokenize(tokenizer, text)
    for (start, _), joined in zip(tokens.offsets, tokens.continues, strict=True):
        assert joined == (start > 0 and text[start - 1].isalnum() and text[start].isalnum())
    assert tokens.continues.any()


def test_sentences_are_counted_over_marks_and_line_breaks(tokenizer: Tokenizer) -> None:
    text = 'One fell. "Two fell." Three\n\nFour 3.5 km'
    tokens = tokenize(tokenizer, text)

    def sentence(word: str) -> int:
        return int(tokens.sentences[tokens.bounds(text.index(word), text.index(word) + len(word))[0]])

    assert [sentence(word) for word in ("One", "Two", "Three", "Four", "km")] == [0, 1, 2, 3, 3]


def test_bounds_of_what_holds_no_token_are_empty(tokenizer: Tokenizer) -> None:
    tokens: Tokens = tokenize(tokenizer, "Gao   fell")
    first, last = tokens.bounds(4, 5)
    assert first == last


def test_special_tokens_are_read_off_the_tokenizer(tokenizer: Tokenizer) -> None:
    special = SpecialTokens.of(tokenizer, 0)
    assert (special.prefix, special.suffix) == ((2,), (3,))
