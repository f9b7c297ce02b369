import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_labels import InputError, LockedError
from dateline_labels.main import main
from dateline_train.trainer import DispatchTrainer
from dateline_train.training import run_training
from filelock import FileLock

TWO_EPOCHS = "epochs = 2\nvalidate = true"


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path, corpus_sample: Path) -> Path:
    return trained(tmp_path_factory.mktemp("uninterrupted"), tiny_encoder, corpus_sample)


def written_recipe(folder: Path, encoder: Path, data: Path) -> Path:
    path = folder / "tiny.toml"
    path.write_text(recipe_text(encoder, data, folder / "checkpoint", TWO_EPOCHS), encoding="utf-8")
    return path


def trained(folder: Path, encoder: Path, data: Path) -> Path:
    run_training(written_recipe(folder, encoder, data))
    return folder / "checkpoint"


def digest(checkpoint: Path) -> str:
    return hashlib.sha256((checkpoint / "model.safetensors").read_bytes()).hexdigest()


def test_the_same_recipe_gives_the_same_weights(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, uninterrupted: Path
) -> None:
    assert digest(trained(tmp_path, tiny_encoder, corpus_sample)) == digest(uninterrupted)


def test_a_finished_run_leaves_the_checkpoint_and_its_record_alone(uninterrupted: Path) -> None:
    names = {file.name for file in uninterrupted.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "training.json", "log.jsonl"} <= names
    assert not any(name.endswith((".bin", ".pt", ".pth", ".pkl")) for name in names)
    assert "training" not in names
    record = json.loads((uninterrupted / "training.json").read_text(encoding="utf-8"))
    assert record["dispatches"] == {"train": 32, "validation": 4}
    assert set(record["validation"]) == {"span_f1", "relation_f1", "f1"}
    logged = [json.loads(line) for line in (uninterrupted / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum("eval_span_f1" in line for line in logged) == 2


class Kill(BaseException):
    """Stands for a kill: nothing may catch it."""


def killed_after_first_epoch(monkeypatch: pytest.MonkeyPatch, recipe: Path) -> None:
    save = DispatchTrainer._save_checkpoint

    def save_and_die(self: DispatchTrainer, *arguments: object) -> None:
        save(self, *arguments)  # type: ignore[arg-type]
        raise Kill

    with monkeypatch.context() as patched:
        patched.setattr(DispatchTrainer, "_save_checkpoint", save_and_die)
        with pytest.raises(Kill):
            run_training(recipe)


def test_a_killed_run_goes_on_to_the_same_weights(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, uninterrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = written_recipe(tmp_path, tiny_encoder, corpus_sample)
    killed_after_first_epoch(monkeypatch, recipe)
    assert not (tmp_path / "checkpoint" / "training.json").exists()
    run_training(recipe)
    assert digest(tmp_path / "checkpoint") == digest(uninterrupted)


@pytest.mark.slow
def test_a_damaged_state_is_trained_again_to_the_same_weights(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, uninterrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = written_recipe(tmp_path, tiny_encoder, corpus_sample)
    killed_after_first_epoch(monkeypatch, recipe)
    (state,) = (tmp_path / "checkpoint" / "training").glob("checkpoint-*")
    (state / "optimizer.pt").unlink()
    run_training(recipe)
    assert digest(tmp_path / "checkpoint") == digest(uninterrupted)


@pytest.mark.slow
def test_killed_by_the_system_at_any_moment_it_goes_on_to_the_same_weights(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path
) -> None:
    """SIGKILL when the run has begun, then within the writing of its first and of its last state, or just after it."""
    recipe = written_recipe(tmp_path, tiny_encoder, corpus_sample)
    command = [sys.executable, "-m", "dateline_labels.main", "train", str(recipe)]
    states = tmp_path / "checkpoint" / "training"
    kills = 0
    for seen in ("run.json", "checkpoint-10", "checkpoint-20", "never"):
        process = subprocess.Popen(command, start_new_session=True)
        while process.poll() is None and not (states / seen).exists():
            time.sleep(0.005)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
        elif process.returncode == 0:
            break
    assert kills >= 2
    assert process.returncode == 0
    whole = tmp_path / "whole"
    subprocess.run([*command, "--output", str(whole)], check=True)
    assert digest(tmp_path / "checkpoint") == digest(whole)


def test_a_finished_run_is_not_trained_again(
    uninterrupted: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (uninterrupted / "model.safetensors").stat().st_mtime_ns
    run_training(uninterrupted.parent / "tiny.toml")
    assert "trained already" in capsys.readouterr().err
    assert (uninterrupted / "model.safetensors").stat().st_mtime_ns == before


def test_another_recipe_does_not_touch_a_finished_checkpoint(
    tmp_path: Path, uninterrupted: Path, tiny_encoder: Path, corpus_sample: Path
) -> None:
    recipe = tmp_path / "other.toml"
    text = recipe_text(tiny_encoder, corpus_sample, uninterrupted, "epochs = 1")
    recipe.write_text(text, encoding="utf-8")
    before = digest(uninterrupted)
    with pytest.raises(InputError, match="holds a run of another recipe"):
        run_training(recipe)
    assert digest(uninterrupted) == before


def test_two_runs_do_not_write_to_one_place(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    recipe = written_recipe(tmp_path, tiny_encoder, corpus_sample)
    (tmp_path / "checkpoint").mkdir()
    with FileLock(tmp_path / "checkpoint" / ".lock"), pytest.raises(LockedError):
        run_training(recipe)
    with FileLock(tmp_path / "checkpoint" / ".lock"):
        assert main(["train", str(recipe)]) == 5


def test_data_without_validation_is_refused_with_a_way_out(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(corpus_sample / "militancy_notes-001.md", data)
    recipe = written_recipe(tmp_path, tiny_encoder, data)
    assert main(["train", str(recipe)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "data.split" in line
    assert 'split = "random"' in line
    assert not (tmp_path / "checkpoint").exists()


@pytest.mark.slow
def test_two_processes_train_together(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    """`accelerate launch` of the same command, two CPU processes over gloo, half the steps an epoch."""
    recipe = written_recipe(tmp_path, tiny_encoder, corpus_sample)
    # --multi_gpu asks for several processes; without a GPU they are CPU processes
    launch = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1"]
    launch += ["--mixed_precision", "no", "--dynamo_backend", "no", "--num_cpu_threads_per_process", "1"]
    command = [sys.executable, *launch, "-m", "dateline_labels.main", "train", str(recipe)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "10 batches an epoch" in done.stderr
    assert "step 10/10" in done.stdout  # two epochs, the batches of each dealt to two processes
    assert (tmp_path / "checkpoint" / "training.json").is_file()
    assert (tmp_path / "checkpoint" / "model.safetensors").is_file()
