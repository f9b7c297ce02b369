"""Runs that are killed within an epoch; a recipe saves between epochs, so states are saved more often here."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_train import training
from dateline_train.trainer import DispatchTrainer
from dateline_train.training import run_training

LAUNCHED = """import os
import sys
from pathlib import Path

from dateline_train import training
from dateline_train.trainer import DispatchTrainer

recipe, every, deadly = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
arguments, save = training.training_arguments, DispatchTrainer._save_checkpoint

def saving_often(*parts):
    made = arguments(*parts)
    made.save_strategy, made.save_steps = "steps", every
    return made

def save_and_die(self, *parts):
    save(self, *parts)
    if self.state.global_step == deadly:
        self.accelerator.wait_for_everyone()
        os._exit(9)

training.training_arguments = saving_often
DispatchTrainer._save_checkpoint = save_and_die
training.run_training(recipe)
"""


class Kill(BaseException):
    """Stands for a kill: nothing may catch it."""


def written_recipe(folder: Path, encoder: Path, data: Path, fitting: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny.toml"
    path.write_text(recipe_text(encoder, data, folder / "checkpoint", fitting), encoding="utf-8")
    return path


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "checkpoint" / "model.safetensors").read_bytes()).hexdigest()


def save_every(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    made = training.training_arguments

    def saving_often(*parts):
        arguments = made(*parts)
        arguments.save_strategy, arguments.save_steps = "steps", steps
        return arguments

    monkeypatch.setattr(training, "training_arguments", saving_often)


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int, recipe: Path) -> None:
    save = DispatchTrainer._save_checkpoint

    def save_and_die(self: DispatchTrainer, *parts: object) -> None:
        save(self, *parts)  # type: ignore[arg-type]
        if self.state.global_step == step:
            raise Kill

    with monkeypatch.context() as patched:
        patched.setattr(DispatchTrainer, "_save_checkpoint", save_and_die)
        with pytest.raises(Kill):
            run_training(recipe)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fitting", "steps", "deadly"),
    [
        ("epochs = 2", 4, (4, 12)),  # 10 batches an epoch: within the first epoch, then within the second
        ("epochs = 2\naccumulation = 3", 3, (3, 6)),  # 4 steps an epoch, the last one of a single batch
    ],
)
def test_a_run_killed_within_an_epoch_goes_on_to_the_same_weights(
    tmp_path: Path,
    tiny_encoder: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    fitting: str,
    steps: int,
    deadly: tuple[int, ...],
) -> None:
    save_every(monkeypatch, steps)
    run_training(written_recipe(tmp_path / "whole", tiny_encoder, corpus_sample, fitting))
    recipe = written_recipe(tmp_path / "killed", tiny_encoder, corpus_sample, fitting)
    for step in deadly:
        kill_at(monkeypatch, step, recipe)
    run_training(recipe)
    assert digest(tmp_path / "killed") == digest(tmp_path / "whole")


def test_the_learning_rate_falls_to_zero_over_the_steps_there_are(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With three batches a step 10 batches make 4 steps, of which the schedule knows."""
    seen: list[tuple[int, int, float]] = []
    step = DispatchTrainer.training_step

    def seeing(self: DispatchTrainer, *parts: object) -> object:
        seen.append((self.state.global_step, self.state.max_steps, min(self.lr_scheduler.get_last_lr())))
        return step(self, *parts)  # type: ignore[arg-type]

    monkeypatch.setattr(DispatchTrainer, "training_step", seeing)
    run_training(written_recipe(tmp_path, tiny_encoder, corpus_sample, "epochs = 2\naccumulation = 3"))
    assert len(seen) == 2 * 10
    assert [global_step for global_step, _, _ in seen][-1] == 7
    assert {max_steps for _, max_steps, _ in seen} == {8}
    assert seen[-1][2] == pytest.approx(3e-3 / 7)  # the encoder's: one warm-up step, then seven down to zero


@pytest.mark.slow
def test_two_processes_killed_within_an_epoch_go_on_to_the_same_weights(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path
) -> None:
    """10 batches an epoch on two processes: killed in step 8, within the second epoch."""
    script = tmp_path / "launched.py"
    script.write_text(LAUNCHED, encoding="utf-8")

    def launch(folder: str, deadly: int) -> int:
        recipe = written_recipe(tmp_path / folder, tiny_encoder, corpus_sample, "epochs = 2")
        # --multi_gpu asks for several processes; without a GPU they are CPU processes
        command = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
        command += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
        command += ["--num_cpu_threads_per_process", "1", str(script), str(recipe), "4", str(deadly)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert (done.returncode == 0) == (deadly == 0), done.stderr[-3000:]
        return done.stderr.count("resuming from")

    launch("whole", 0)
    launch("killed", 8)
    assert launch("killed", 0) == 1
    assert digest(tmp_path / "killed") == digest(tmp_path / "whole")
