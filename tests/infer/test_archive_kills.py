"""Runs that are killed, raced and starved of disk end as those that were not; the large form is in benchmarks/."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_kills import Setting, failpoint_kills, points_of, random_kills
from archive_texts import write_mixed
from archives import check

DOCUMENTS, BROKEN, SHARD = 26, 2, 4
SHARDS = -(-(DOCUMENTS + BROKEN) // SHARD)


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> Setting:
    inputs = write_mixed(tmp_path_factory.mktemp("archive"), DOCUMENTS, seed=5, broken=BROKEN)
    return Setting(tiny_bundle, inputs, ("--shard", str(SHARD)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where runs go; in memory where there is such a place, for no test here takes the power away."""
    import shutil
    import tempfile

    memory = Path("/dev/shm")  # noqa: S108
    place = Path(tempfile.mkdtemp(dir=memory)) if os.access(memory, os.W_OK) else tmp_path_factory.mktemp("runs")
    yield place
    shutil.rmtree(place)


FEW = [
    "half-written@.owner.json",
    "renamed@inputs.jsonl",
    "synced@run.json",
    "half-written@spans/000000.parquet",
    "renamed@ledger/000003.parquet",
    "half-appended@journal.jsonl:3",
    "append-synced@journal.jsonl:6",
    "half-written@journal.jsonl",
    "opened@run.json:finished",
]


def test_a_run_killed_at_steps_of_what_it_writes_ends_as_any_other(setting: Setting, folder: Path) -> None:
    assert set(FEW) <= set(points_of(SHARDS))
    found = failpoint_kills(setting, folder, FEW)
    assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, len(FEW))


def test_a_run_killed_at_random_moments_ends_as_any_other(setting: Setting, folder: Path) -> None:
    found = random_kills(setting, folder, 4)
    assert (found.different, found.lost, found.doubled) == ([], 0, 0)
    assert check(folder / "run0") == 0


@pytest.mark.slow
def test_every_step_of_the_first_the_middle_and_the_last_shard(setting: Setting, folder: Path) -> None:
    points = points_of(SHARDS)
    found = failpoint_kills(setting, folder, points)
    assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, len(points))


@pytest.mark.slow
def test_25_kills_of_the_process_group(setting: Setting, folder: Path) -> None:
    found = random_kills(setting, folder, 25, seed=2)
    assert found.kills >= 25
    assert (found.different, found.lost, found.doubled) == ([], 0, 0)
