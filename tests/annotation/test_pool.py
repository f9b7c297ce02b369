"""What is held while an archive goes by: the most promising, nothing twice, nothing that is annotated."""

import random

import pytest
from dateline_annotation.doubt import doubt_of
from dateline_annotation.near_copies import NearCopies, signature_of
from dateline_annotation.pool import Candidate, Pool
from dateline_labels import Dispatch, MissingExtraError
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = [f"word{number}" for number in range(400)]


def text(seed: int, length: int = 60) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def candidate(number: int, words: str) -> Candidate:
    dispatch = Dispatch(f"d{number}", words)
    return Candidate(number, dispatch, doubt_of(dispatch), None)


def held(pool: Pool) -> list[int]:
    return [each.number for each in pool.candidates()]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 4.0]), max_size=30), st.integers(1, 6))
def test_it_holds_the_most_promising_of_texts_that_differ_and_of_equals_the_first(
    promises: list[float], size: int
) -> None:
    pool = Pool(size)
    for number, promise in enumerate(promises):
        pool.offer(candidate(number, text(number, 12)), promise)
    assert held(pool) == sorted(range(len(promises)), key=lambda at: (-promises[at], at))[:size]
    assert (pool.copies, pool.annotated) == (0, 0)


@pytest.mark.parametrize("better", [0, 1, 2])
def test_of_near_copies_it_holds_the_most_promising(better: int) -> None:
    story = text(1)
    copies = [story, f"REUTERS — {story.upper()}", f"{story} {text(2, 6)}"]
    pool = Pool(10)
    for number, words in enumerate(copies):
        pool.offer(candidate(number, words), 2.0 if number == better else 1.0)
    pool.offer(candidate(7, text(3)), 0.1)
    assert held(pool) == [better, 7]
    assert pool.copies == 2


def test_what_is_annotated_is_left_out_with_its_near_copies() -> None:
    story = text(1)
    pool = Pool(10, [text(8), story])
    for number, words in enumerate([story, f"{story} {text(2, 6)}", text(3)]):
        pool.offer(candidate(number, words), 1.0)
    assert held(pool) == [2]
    assert (pool.copies, pool.annotated) == (0, 2)


def test_what_goes_leaves_nothing_behind() -> None:
    pool = Pool(3)
    for number in range(40):
        pool.offer(candidate(number, text(number)), float(number))
    assert held(pool) == [39, 38, 37]
    pool.offer(candidate(40, text(1)), 50.0)  # a copy of one that is held no longer
    assert held(pool) == [40, 39, 38]
    assert pool.copies == 0


def test_copies_are_forgotten_with_the_text() -> None:
    copies = NearCopies()
    copies.add(4, signature_of(text(1), 4))
    assert copies.of(signature_of(text(1), 9)) == [4]
    copies.remove(4)
    assert copies.of(signature_of(text(1), 9)) == []
    assert len(copies) == 0


def test_texts_without_words_are_copies_of_nothing() -> None:
    pool = Pool(5, ["", "…"])
    for number, words in enumerate(["—", "", " "]):
        pool.offer(candidate(number, words), 1.0)
    assert held(pool) == [0, 1, 2]


def test_without_rensa_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dateline_annotation.near_copies.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"dateline\[archive\]"):
        Pool(3)
