"""What is held while an archive goes by: the most promising, nothing twice, nothing that is annotated."""

import random

import pytest
from dateline_choosing.near_copies import NearCopies, signature_of
from dateline_choosing.pool import Pool
from dateline_labels import MissingExtraError
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = [f"word{number}" for number in range(400)]


def text(seed: int, length: int = 60) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def held(pool: Pool[str]) -> list[int]:
    found = pool.held()
    assert all(words.startswith(f"{number}:") for number, words in found)
    return [number for number, _ in found]


def offer(pool: Pool[str], number: int, words: str, promise: float) -> None:
    pool.offer(number, words, promise, f"{number}: {words}")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 4.0]), max_size=30), st.integers(1, 6))
def test_it_holds_the_most_promising_of_texts_that_differ_and_of_equals_the_first(
    promises: list[float], size: int
) -> None:
    pool = Pool[str](size)
    for number, promise in enumerate(promises):
        offer(pool, number, text(number, 12), promise)
    assert held(pool) == sorted(range(len(promises)), key=lambda at: (-promises[at], at))[:size]
    assert (pool.copies, pool.annotated) == (0, 0)


@pytest.mark.parametrize("better", [0, 1, 2])
def test_of_near_copies_it_holds_the_most_promising(better: int) -> None:
    story = text(1)
    copies = [story, f"REUTERS — {story.upper()}", f"{story} {text(2, 6)}"]
    pool = Pool[str](10)
    for number, words in enumerate(copies):
        offer(pool, number, words, 2.0 if number == better else 1.0)
    offer(pool, 7, text(3), 0.1)
    assert held(pool) == [better, 7]
    assert pool.copies == 2


def test_what_is_annotated_is_left_out_with_its_near_copies() -> None:
    story = text(1)
    pool = Pool[str](10, [text(8), story])
    for number, words in enumerate([story, f"{story} {text(2, 6)}", text(3)]):
        offer(pool, number, words, 1.0)
    assert held(pool) == [2]
    assert (pool.copies, pool.annotated) == (0, 2)


def test_what_goes_leaves_nothing_behind() -> None:
    pool = Pool[str](3)
    for number in range(40):
        offer(pool, number, text(number), float(number))
    assert held(pool) == [39, 38, 37]
    offer(pool, 40, text(1), 50.0)  # a copy of one that is held no longer
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
    pool = Pool[str](5, ["", "…"])
    for number, words in enumerate(["—", "", " "]):
        offer(pool, number, words, 1.0)
    assert held(pool) == [0, 1, 2]


def test_without_rensa_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dateline_choosing.near_copies.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"dateline\[archive\]"):
        Pool(3)
