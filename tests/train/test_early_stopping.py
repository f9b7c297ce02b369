import hashlib
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_labels import InputError
from dateline_train import training
from dateline_train.early_stopping import has_stopped
from dateline_train.recipe import Recipe
from dateline_train.training import run_training
from hypothesis import given
from hypothesis import strategies as st

STILL = "epochs = 6\nvalidate = true\npatience = 2\nweight_decay = 0.0"


@given(st.lists(st.floats(0, 100), max_size=12), st.integers(1, 5))
def test_it_ends_when_so_many_are_no_better_than_the_best(figures: list[float], patience: int) -> None:
    log = [entry for figure in figures for entry in ({"loss": 1.0}, {"eval_f1": figure})]
    best = max(figures, default=0.0)
    expected = len(figures) > patience and max(figures[:-patience]) == best
    assert has_stopped(log, patience) == expected
    assert not has_stopped(log, 0)


def written(folder: Path, encoder: Path, data: Path) -> Path:
    """A recipe that learns nothing, so that no epoch is better than the first."""
    path = folder / "still.toml"
    text = recipe_text(encoder, data, folder / "checkpoint", STILL).replace("= 3e-3", "= 1e-30")
    path.write_text(text.replace("= 1e-2", "= 1e-30"), encoding="utf-8")
    return path


def epochs(checkpoint: Path) -> int:
    return (checkpoint / "log.jsonl").read_text(encoding="utf-8").count("eval_span_f1")


class Kill(BaseException):
    """Stands for a kill."""


@pytest.mark.slow
def test_a_run_that_was_killed_after_its_last_epoch_ends_as_it_would_have(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise Kill

    path = written(tmp_path, tiny_encoder, corpus_sample)
    with monkeypatch.context() as patched:
        patched.setattr(training, "_finish", die)
        with pytest.raises(Kill):
            run_training(path)
    assert epochs(tmp_path / "checkpoint") == 3  # the best one and two that are no better
    run_training(path)
    assert epochs(tmp_path / "checkpoint") == 3
    other = tmp_path / "other"
    other.mkdir()
    run_training(written(other, tiny_encoder, corpus_sample))
    one, two = (
        hashlib.sha256((each / "checkpoint" / "model.safetensors").read_bytes()).hexdigest()
        for each in (tmp_path, other)
    )
    assert one == two


def test_patience_without_validation_is_refused(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(recipe_text(tiny_encoder, corpus_sample, tmp_path, "patience = 2"), encoding="utf-8")
    with pytest.raises(InputError, match="needs validate = true"):
        Recipe.read(path)
