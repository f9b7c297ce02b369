import os
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_labels import MissingExtraError
from dateline_labels.main import main
from dateline_train import trackers
from dateline_train.trackers import tracked


@pytest.mark.slow
def test_tensorboard_has_the_figures_of_a_run_and_nothing_is_left_in_the_environment(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path
) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    path = tmp_path / "tiny.toml"
    fitting = "epochs = 2\nvalidate = true"
    path.write_text(recipe_text(tiny_encoder, corpus_sample, tmp_path / "out", fitting), encoding="utf-8")
    before = dict(os.environ)
    assert main(["train", str(path), "--report-to", "tensorboard"]) == 0
    assert dict(os.environ) == before
    events = accumulator.EventAccumulator(str(tmp_path / "out" / "tensorboard"))
    events.Reload()
    assert len(events.Scalars("eval/span_f1")) == 2
    # whom a run tells what it logs changes nothing in it
    assert main(["train", str(path)]) == 0


def test_a_tracker_that_is_not_installed_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    with (
        pytest.raises(MissingExtraError, match=r"report_to wandb needs wandb.*dateline\[wandb\]"),
        tracked(("wandb",), tmp_path),
    ):
        raise AssertionError("nothing is to run")


def test_trackers_of_others_stay_on_this_machine_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trackers, "find_spec", lambda name: object())
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    for name in (
        "WANDB_MODE",
        "WANDB_DIR",
        "MLFLOW_TRACKING_URI",
        "MLFLOW_EXPERIMENT_NAME",
        "MLFLOW_DISABLE_TELEMETRY",
    ):
        monkeypatch.delenv(name, raising=False)
    with tracked(("mlflow", "wandb"), tmp_path):
        assert os.environ["WANDB_MODE"] == "offline"
        assert os.environ["WANDB_PROJECT"] == "mine"
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
        assert os.environ["MLFLOW_TRACKING_URI"].startswith("sqlite:////")
    assert "WANDB_MODE" not in os.environ


def test_an_unknown_tracker_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(tmp_path / "any.toml"), "--report-to", "postcards"]) == 2
    assert capsys.readouterr().err == (
        "--report-to:0:report_to: expected one of tensorboard, mlflow, wandb, got postcards\n"
    )
