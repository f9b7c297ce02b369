"""Runs that are killed, raced and starved of disk end as those that were not; the large form is in benchmarks/."""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_kills import Setting, failpoint_kills, oracle, points_of, races, random_kills, tree
from archive_texts import write_mixed
from archives import check
from dateline_archive.lock import LOCK, held

DOCUMENTS, BROKEN, SHARD = 26, 2, 4
SHARDS = -(-(DOCUMENTS + BROKEN) // SHARD)


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> Setting:
    inputs = write_mixed(tmp_path_factory.mktemp("archive"), DOCUMENTS, seed=5, broken=BROKEN)
    return Setting(tiny_bundle, inputs, ("--shard", str(SHARD)))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the runs of one test go; in memory where there is such a place, for no test here takes the power away."""
    memory = Path("/dev/shm")  # noqa: S108
    place = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else tmp_path))
    yield place
    shutil.rmtree(place)


FEW = [
    "renamed@inputs.jsonl",
    "half-written@spans/000000.parquet",
    "half-appended@journal.jsonl:3",
    "append-synced@journal.jsonl:6",
    "half-written@journal.jsonl",
    "opened@run.json:finished",
]


@pytest.mark.slow
def test_a_run_killed_at_steps_of_what_it_writes_ends_as_any_other(setting: Setting, folder: Path) -> None:
    assert set(FEW) <= set(points_of(SHARDS))
    found = failpoint_kills(setting, folder, FEW)
    assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, len(FEW))


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_as_any_other(setting: Setting, folder: Path) -> None:
    found = random_kills(setting, folder, 3)
    assert (found.different, found.lost, found.doubled) == ([], 0, 0)
    assert check(folder / "run0") == 0


def test_of_several_writers_one_proceeds_and_the_others_name_it(folder: Path) -> None:
    assert races(folder, 2, 2) + races(folder, 2, 4) == []


def test_the_command_names_who_is_writing(setting: Setting, folder: Path) -> None:
    out = folder / "held"
    with held(out):
        assert setting.run(out) == 5
    (said,) = Path(f"{out}.err").read_text().splitlines()
    assert re.fullmatch(rf"{out}: process {os.getpid()}@\S+, which began at \d{{4}}-\S+ is writing here", said)
    assert sorted(path.name for path in out.iterdir()) in ([LOCK], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    "failing",
    [
        "ENOSPC:written@spans/000001.parquet",
        "EIO:synced@ledger/000000.parquet",
        "ENOSPC:half-appended@journal.jsonl:2",
        "EDQUOT:folder-synced@run.json",
    ],
)
def test_a_disk_that_fails_stops_the_run_in_one_line_and_it_goes_on_later(
    setting: Setting, folder: Path, failing: str
) -> None:
    name, _, where = failing.partition("@")
    out = folder / name.replace(":", "-")
    assert setting.run(out, failing) == 4
    (said,) = Path(f"{out}.err").read_text().splitlines()
    assert said.startswith(f"{out / where.partition(':')[0]}: {os.strerror(getattr(errno, name.partition(':')[0]))}, ")
    assert re.search(r", \d+ bytes were to be written$", said)
    assert not list(out.rglob("*.tmp"))
    assert setting.run(out) == 0
    assert tree(out) == tree(oracle(setting, folder))


def test_files_that_may_not_grow_stop_the_run_in_one_line(setting: Setting, folder: Path) -> None:
    out = folder / "small"
    sizes = sorted(path.stat().st_size for path in oracle(setting, folder).rglob("*.parquet"))
    assert setting.run(out, largest_file=sizes[-3]) == 4
    (said,) = Path(f"{out}.err").read_text().splitlines()
    assert os.strerror(errno.EFBIG) in said
    assert setting.run(out) == 0
    assert tree(out) == tree(oracle(setting, folder))


@pytest.mark.slow
def test_steps_of_the_first_the_middle_and_the_last_shard(setting: Setting, folder: Path) -> None:
    """Every third of them, which is each step of some file and each file at some step; the benchmark takes all."""
    points = points_of(SHARDS)[::3]
    found = failpoint_kills(setting, folder, points)
    assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, len(points))


@pytest.mark.slow
def test_25_kills_of_the_process_group(setting: Setting, folder: Path) -> None:
    found = random_kills(setting, folder, 25, seed=2)
    assert found.kills >= 25
    assert (found.different, found.lost, found.doubled) == ([], 0, 0)


@pytest.mark.slow
def test_races_of_two_writers_and_of_eight(folder: Path) -> None:
    assert races(folder / "many", 25, 2) + races(folder / "many", 4, 8) == []
