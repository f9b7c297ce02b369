"""Splits: every dispatch in exactly one part, by rules that do not change from run to run."""

from collections.abc import Callable
from pathlib import Path

import pytest
from dateline_labels import Dispatch
from dateline_labels.files import annotated_files
from dateline_labels.splits import HELD_OUT_FOLDERS, Splits, leave_folders_out, split_by_number, split_randomly

LABELS = Path(__file__).parents[2] / "labels"
Split = Callable[[list[Dispatch]], Splits]


@pytest.fixture(scope="module")
def corpus() -> list[Dispatch]:
    """The dispatches of the corpus without their texts: an id is the name of its file, and it alone decides."""
    return named(*(file.stem for file in annotated_files(LABELS / "corpus")))


def named(*ids: str) -> list[Dispatch]:
    return [Dispatch(name, "text") for name in ids]


def ids(part: tuple[Dispatch, ...]) -> list[str]:
    return [dispatch.id for dispatch in part]


def sizes(splits: Splits) -> tuple[int, int, int]:
    return len(splits.train), len(splits.validation), len(splits.test)


def test_the_corpus_by_number(corpus: list[Dispatch]) -> None:
    assert sizes(split_by_number(corpus)) == (1222, 140, 154)


@pytest.mark.parametrize("split", [split_by_number, split_randomly, leave_folders_out])
def test_every_dispatch_is_in_exactly_one_part_and_in_order(split: Split, corpus: list[Dispatch]) -> None:
    splits = split(corpus)
    together = ids(splits.train) + ids(splits.validation) + ids(splits.test)
    assert sorted(together) == sorted(dispatch.id for dispatch in corpus)
    assert len(set(together)) == len(together)
    order = {dispatch.id: index for index, dispatch in enumerate(corpus)}
    for part in (splits.train, splits.validation, splits.test):
        assert part
        assert ids(part) == sorted(ids(part), key=order.__getitem__)


@pytest.mark.parametrize("split", [split_by_number, split_randomly, leave_folders_out])
def test_a_dispatch_stays_in_its_part_when_the_others_come_in_another_order(
    split: Split, corpus: list[Dispatch]
) -> None:
    forward, backward = split(corpus), split(corpus[::-1])
    assert set(ids(forward.test)) == set(ids(backward.test))
    assert set(ids(forward.validation)) == set(ids(backward.validation))


def test_the_last_digit_decides() -> None:
    splits = split_by_number(named("a-001", "a-005", "a-010", "a-050", "b-15", "b-105", "b-4"))
    assert ids(splits.train) == ["a-001", "b-4"]
    assert ids(splits.validation) == ["a-010", "a-050"]
    assert ids(splits.test) == ["a-005", "b-15", "b-105"]


def test_an_id_that_ends_in_no_number_is_for_training() -> None:
    assert ids(split_by_number(named("5-a", "report", "2010-05-x")).train) == ["5-a", "report", "2010-05-x"]


def test_the_random_split_is_about_one_in_ten_and_the_same_everywhere() -> None:
    splits = split_randomly(named(*(f"d{number}" for number in range(2_000))))
    train, validation, test = sizes(splits)
    assert 150 <= validation <= 250
    assert 150 <= test <= 250
    assert train == 2_000 - validation - test
    assert ids(splits.validation)[:3] == ["d0", "d7", "d9"]
    assert ids(splits.test)[:3] == ["d4", "d15", "d36"]


def test_a_dispatch_stays_in_its_random_part_when_others_are_added() -> None:
    few = split_randomly(named(*(f"d{number}" for number in range(100))))
    many = split_randomly(named(*(f"d{number}" for number in range(200))))
    assert set(ids(few.test)) <= set(ids(many.test))
    assert set(ids(few.validation)) <= set(ids(many.validation))
    assert set(ids(few.train)) <= set(ids(many.train))


def test_the_folders_left_out_are_the_test_and_nothing_else_is(corpus: list[Dispatch]) -> None:
    splits = leave_folders_out(corpus)
    prefixes = tuple(f"{folder}-" for folder in HELD_OUT_FOLDERS)
    assert all(name.startswith(prefixes) for name in ids(splits.test))
    assert not any(name.startswith(prefixes) for name in ids(splits.train) + ids(splits.validation))
    files = [file for folder in HELD_OUT_FOLDERS for file in (LABELS / "corpus" / folder).glob("*.md")]
    assert sorted(ids(splits.test)) == sorted(file.stem for file in files)


def test_validation_is_by_number_when_folders_are_left_out() -> None:
    splits = leave_folders_out(named("a-010", "a-005", "b-010", "b-005", "c"), ["a"])
    assert (ids(splits.train), ids(splits.validation), ids(splits.test)) == (
        ["b-005", "c"],
        ["b-010"],
        ["a-010", "a-005"],
    )


def test_a_folder_is_its_whole_name() -> None:
    splits = leave_folders_out(named("iraq-1", "iraq_north-1", "north-iraq-1", "iraq-war-1"), ["iraq"])
    assert ids(splits.test) == ["iraq-1"]


@pytest.mark.parametrize("folders", [["sahell"], ["Sahel"], ["sahel", "irak"], [""], ["sahel-001"]])
def test_a_misspelt_folder_is_refused(folders: list[str], corpus: list[Dispatch]) -> None:
    with pytest.raises(ValueError, match=f"no dispatch has an id that starts with {folders[-1]}-"):
        leave_folders_out(corpus, folders)


@pytest.mark.parametrize("split", [split_by_number, split_randomly])
def test_nothing_splits_into_nothing(split: Split) -> None:
    assert split([]) == Splits((), (), ())
