"""Spans → tags."""

from itertools import product

import numpy as np
import pytest
from dateline_infer import tags
from dateline_infer.tags import TokenSpan


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, 0, 3), (1, 2, 4)),
        ((0, 0, 3), (0, 2, 3)),
        ((1, 0, 4), (0, 1, 2)),
        ((0, 1, 2), (0, 0, 4)),
        ((0, 1, 2), (1, 1, 2)),
    ],
)
def test_spans_that_share_a_token_are_refused(first: tuple[int, int, int], second: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="two spans share the tokens"):
        tags.encode([TokenSpan(*first), TokenSpan(*second)], 4)


def test_tags_are_named_in_the_order_of_their_numbers() -> None:
    assert tags.tag_names(["ACTOR", "TIME"]) == ["O", "B-ACTOR", "I-ACTOR", "B-TIME", "I-TIME"]
    assert tags.tag_count(2) == 5
    assert tags.encode([TokenSpan(1, 1, 4), TokenSpan(0, 4, 5)], 6).tolist() == [0, 3, 4, 4, 1, 0]


def test_an_i_follows_only_its_own_and_no_word_is_entered_or_left_in_its_middle() -> None:
    new_word, same_word = tags.legal_steps(5)
    for before, after in product(range(5), repeat=2):
        goes_on = after in (2, 4) and before in (after - 1, after)
        assert new_word[before, after] == (goes_on or after in (0, 1, 3))
        assert same_word[before, after] == (goes_on or before == after == tags.OUTSIDE)


def test_log_probabilities_sum_to_one() -> None:
    logits = np.array([[1.0, 2.0, 3.0], [-1e4, 0.0, 1e4]], dtype=np.float32)
    assert np.exp(tags.log_softmax(logits)).sum(axis=1).tolist() == pytest.approx([1.0, 1.0])
