"""Tokens → overlapping windows and back: nothing lost, nothing doubled, every token where it has most context."""

from itertools import pairwise

import numpy as np
import pytest
from dateline_infer import windows
from dateline_infer.tokens import Tokens
from dateline_infer.windows import SpecialTokens, Window
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import TOKENIZERS

PADDING = -1
specials = st.builds(
    lambda before, after: SpecialTokens(tuple(range(-100, -100 + before)), tuple(range(-200, -200 + after)), PADDING),
    st.integers(0, 2),
    st.integers(0, 2),
)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[int, int, int, SpecialTokens]:
    """Tokens of a text, window and overlap as a ReadingConfig allows them, special tokens."""
    window = draw(st.integers(16, 80))
    return draw(st.integers(0, 600)), window, draw(st.integers(0, window // 2)), draw(specials)


def tokens_of(tokens: int) -> Tokens:
    """Tokens whose ids count from 0 and whose forms from 1."""
    ids = np.arange(tokens, dtype=np.int64)
    return Tokens(ids, np.stack([ids, ids + 1], axis=1), np.zeros(tokens, dtype=np.bool_), ids, ids + 1)


def window_of(length: int, number: int) -> Window:
    return Window(np.full(length, number, dtype=np.int64), np.full(length, number + 1, dtype=np.int64))


@settings(max_examples=150, deadline=None)
@given(layouts())
def test_every_token_is_read_at_one_place_which_holds_that_very_token(
    layout: tuple[int, int, int, SpecialTokens],
) -> None:
    tokens, window, overlap, special = layout
    cuts = windows.cut(tokens_of(tokens), window, overlap, special)
    chosen, position = windows.positions(tokens, window, overlap, special)
    assert len(chosen) == len(position) == tokens
    assert [int(cuts[row].ids[at]) for row, at in zip(chosen, position, strict=True)] == list(range(tokens))
    assert (np.diff(chosen) >= 0).all()


@settings(max_examples=150, deadline=None)
@given(layouts())
def test_windows_are_full_and_whole_and_share_the_overlap(layout: tuple[int, int, int, SpecialTokens]) -> None:
    tokens, window, overlap, special = layout
    cuts = windows.cut(tokens_of(tokens), window, overlap, special)
    assert all(len(cut) == window for cut in cuts) or (
        len(cuts) == 1 and len(cuts[0]) == tokens + special.count < window
    )
    inner = [cut.ids[len(special.prefix) : len(cut) - len(special.suffix)].tolist() for cut in cuts]
    for cut, part in zip(cuts, inner, strict=True):
        assert cut.ids.tolist() == [*special.prefix, *part, *special.suffix]
        forms = [token + 1 for token in part]
        assert cut.forms.tolist() == [*(0 for _ in special.prefix), *forms, *(0 for _ in special.suffix)]
        assert part == list(range(part[0], part[0] + len(part)))
    for one, other in pairwise(inner):
        assert len(set(one) & set(other)) >= overlap
    assert {token for part in inner for token in part} == set(range(tokens))


@settings(max_examples=100, deadline=None)
@given(layouts())
def test_no_window_holds_a_token_nearer_to_its_middle(layout: tuple[int, int, int, SpecialTokens]) -> None:
    tokens, window, overlap, special = layout
    capacity = window - special.count
    begins = windows.starts(tokens, capacity, overlap)
    chosen, _ = windows.positions(tokens, window, overlap, special)
    for token, row in enumerate(chosen):
        distances = [abs(2 * (token - begin) + 1 - capacity) for begin in begins if begin <= token < begin + capacity]
        # the border between two windows may fall on a half token
        assert abs(2 * (token - begins[row]) + 1 - capacity) <= min(distances) + 1 if len(begins) > 1 else row == 0


@pytest.mark.parametrize(
    ("tokens", "capacity", "overlap", "begins"),
    [
        (0, 10, 4, []),
        (1, 10, 4, [0]),
        (10, 10, 4, [0]),
        (11, 10, 4, [0, 1]),
        (16, 10, 4, [0, 6]),
        (17, 10, 4, [0, 4, 7]),
        (100, 10, 0, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]),
    ],
)
def test_windows_are_few_and_evenly_spread(tokens: int, capacity: int, overlap: int, begins: list[int]) -> None:
    assert windows.starts(tokens, capacity, overlap) == begins


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 30), max_size=40), st.integers(1, 200))
def test_batches_hold_every_window_once_within_the_budget(lengths: list[int], budget: int) -> None:
    cuts = [window_of(length, row) for row, length in enumerate(lengths)]
    rows: list[int] = []
    for batch in windows.batches(cuts, budget, PADDING):
        assert batch.input_ids.shape == batch.attention_mask.shape == batch.forms.shape
        assert (batch.forms == np.where(batch.attention_mask == 1, batch.input_ids + 1, 0)).all()
        assert batch.input_ids.size <= budget or len(batch.rows) == 1
        for row, ids, mask in zip(batch.rows, batch.input_ids, batch.attention_mask, strict=True):
            length = lengths[row]
            assert ids.tolist() == [row] * length + [PADDING] * (len(ids) - length)
            assert mask.tolist() == [1] * length + [0] * (len(ids) - length)
        rows += batch.rows.tolist()
    assert sorted(rows) == list(range(len(lengths)))


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(1, 16))
def test_padding_goes_up_to_the_next_multiple(lengths: list[int], multiple: int) -> None:
    ids, mask, forms = windows.pad([window_of(length, 1) for length in lengths], PADDING, multiple)
    assert ids.shape[1] % multiple == 0
    assert max(lengths) <= ids.shape[1] < max(lengths) + multiple
    assert mask.sum(axis=1).tolist() == lengths
    assert ((ids == PADDING) == (mask == 0)).all()
    assert (forms == 2 * mask).all()


@pytest.mark.parametrize(
    ("kind", "prefix", "suffix"), [("word_piece", (2,), (3,)), ("byte_level", (1,), (2,)), ("metaspace", (1,), (2,))]
)
def test_special_tokens_are_read_off_the_tokenizer(kind: str, prefix: tuple[int, ...], suffix: tuple[int, ...]) -> None:
    assert SpecialTokens.of(TOKENIZERS[kind], 7) == SpecialTokens(prefix, suffix, 7)
