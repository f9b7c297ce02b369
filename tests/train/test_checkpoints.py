from collections.abc import Callable
from pathlib import Path

import pytest
from dateline_train import checkpoints


def saved_state(training: Path, step: int) -> Path:
    state = training / f"checkpoint-{step}"
    state.mkdir(parents=True)
    (state / "model.safetensors").write_bytes(bytes(range(100)))
    (state / "optimizer.pt").write_bytes(b"moments")
    checkpoints.seal(state)
    return state


def empty(file: Path) -> None:
    file.write_bytes(b"")


def halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: len(file.read_bytes()) // 2])


def flip(file: Path) -> None:
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])


def test_the_newest_whole_state_is_taken_by_its_number(tmp_path: Path) -> None:
    saved_state(tmp_path, 9)
    newest = saved_state(tmp_path, 100)
    assert checkpoints.newest_whole(tmp_path) == newest


def test_without_a_state_there_is_nothing_to_resume(tmp_path: Path) -> None:
    assert checkpoints.newest_whole(tmp_path) is None


@pytest.mark.parametrize("damage", [Path.unlink, empty, halve, flip])
@pytest.mark.parametrize("name", ["model.safetensors", "optimizer.pt", "files.json"])
def test_a_damaged_state_is_passed_over(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    older, newest = saved_state(tmp_path, 1), saved_state(tmp_path, 2)
    damage(newest / name)
    assert checkpoints.newest_whole(tmp_path) == older


def test_a_file_from_elsewhere_damages_a_state(tmp_path: Path) -> None:
    older, newest = saved_state(tmp_path, 1), saved_state(tmp_path, 2)
    (newest / "rng_state.pth").write_bytes(b"stray")
    assert checkpoints.newest_whole(tmp_path) == older
