import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from conftest import SCHEMA, recipe_text
from dateline_labels import InputError, Place
from dateline_labels.main import main
from dateline_labels.toml_files import toml
from dateline_train.recipe import Recipe
from dateline_train.training import run_training
from dateline_train.tune_commands import tune
from dateline_train.tune_space import at_home, check_space, values_of, with_values
from dateline_train.tune_watch import Watch
from filelock import FileLock

optuna = pytest.importorskip("optuna")

SPACE = """epochs = 2
validate = true

[tune.space]
"fitting.encoder_learning_rate" = { low = 1e-3, high = 1e-2, log = true }
"model.width" = { choices = [16, 32] }
"fitting.least_batches" = { low = 1, high = 4 }
"""


def written(folder: Path, encoder: Path, data: Path, body: str = SPACE) -> Path:
    path = folder / "tiny.toml"
    path.write_text(recipe_text(encoder, data, folder / "unused", body), encoding="utf-8")
    return path


def run(*arguments: str) -> int:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(tune)
    return main(list(arguments), app)


def trials(out: Path) -> list[tuple[str, dict[str, object], float | None]]:
    study = optuna.load_study(study_name="dateline", storage=f"sqlite:///{out / 'study.db'}")
    return [(trial.state.name, trial.params, trial.value) for trial in study.trials]


@pytest.mark.slow
def test_a_search_tries_the_recipe_itself_first_and_writes_the_best_one(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = written(tmp_path, tiny_encoder, corpus_sample), tmp_path / "search"
    assert run(str(path), "--trials", "2", "--out", str(out)) == 0
    said = capsys.readouterr().out
    assert said.count("| finished |") == 2
    first, second = trials(out)
    assert first[1] == values_of(Recipe.read(path))
    best = max((first, second), key=lambda trial: trial[2] or 0.0)
    recipe = Recipe.read(out / "best.toml")
    assert values_of(recipe) == best[1]
    # the checkpoint of the best trial is the one that its recipe makes, and of the other the record alone is left
    assert run_training(out / "best.toml") is None
    assert len(list(out.glob("trials/*/model.safetensors"))) == 1
    assert len(list(out.glob("trials/*/training.json"))) == 2
    # the same search again goes on, with other values
    assert run(str(path), "--trials", "3", "--out", str(out)) == 0
    assert len({json.dumps(params) for _, params, _ in trials(out)}) == 3


@pytest.mark.slow
def test_a_trial_of_several_generations_is_one_and_the_best_recipe_trains_all(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path
) -> None:
    body = SPACE.replace("[tune.space]", "[teacher]\ngenerations = 2\n\n[tune.space]")
    path, out = written(tmp_path, tiny_encoder, corpus_sample, body), tmp_path / "search"
    assert run(str(path), "--trials", "1", "--out", str(out)) == 0
    (record,) = out.glob("trials/*/training.json")
    assert not (record.parent / "generations").exists()
    recipe = Recipe.read(out / "best.toml")
    assert (recipe.teacher.generations, recipe.output) == (2, out / "best")
    assert run_training(out / "best.toml") == out / "best"
    first, last = out / "best" / "generations" / "1", out / "best"
    assert (first / "model.safetensors").read_bytes() == (record.parent / "model.safetensors").read_bytes()
    assert (last / "model.safetensors").read_bytes() != (first / "model.safetensors").read_bytes()


@pytest.mark.slow
def test_a_budget_of_minutes_is_kept_and_an_unfinished_trial_goes_on(
    tmp_path: Path,
    tiny_encoder: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, out = written(tmp_path, tiny_encoder, corpus_sample), tmp_path / "search"
    steps = Watch.on_step_end

    def late(self: Watch, args: object, state: object, control: object, **others: object) -> None:
        if state.global_step == 3:  # type: ignore[attr-defined]
            self._deadline = 0.0
        steps(self, args, state, control, **others)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Watch, "on_step_end", late)
        assert run(str(path), "--trials", "1", "--out", str(out)) == 0
    assert trials(out)[0][0] == "FAIL"
    assert "the time is up; the same command goes on" in capsys.readouterr().err
    (state,) = out.glob("trials/*/training/checkpoint-3")
    assert (state / "files.json").is_file()
    assert run(str(path), "--trials", "1", "--out", str(out)) == 0
    assert f"resuming from {state}" in capsys.readouterr().err
    states = [state for state, _, _ in trials(out)]
    assert states == ["FAIL", "COMPLETE"]
    assert trials(out)[0][1] == trials(out)[1][1]


class Kill(BaseException):
    """Stands for a kill."""


@pytest.mark.slow
def test_a_killed_trial_goes_on_where_it_was(
    tmp_path: Path,
    tiny_encoder: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, out = written(tmp_path, tiny_encoder, corpus_sample), tmp_path / "search"

    def die(self: Watch, *_: object, **__: object) -> None:
        raise Kill

    with monkeypatch.context() as patched:
        patched.setattr(Watch, "on_save", die)
        with pytest.raises(Kill):
            run(str(path), "--trials", "1", "--out", str(out))
    assert [state for state, _, _ in trials(out)] == ["RUNNING"]
    assert run(str(path), "--trials", "1", "--out", str(out)) == 0
    assert "resuming from" in capsys.readouterr().err
    assert [state for state, _, _ in trials(out)] == ["FAIL", "COMPLETE"]


def test_no_time_begins_nothing(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, tiny_encoder, corpus_sample)
    assert run(str(path), "--minutes", "0", "--out", str(tmp_path / "search")) == 0
    assert not (tmp_path / "search" / "trials").exists()
    assert "no trial was finished within 0 minutes" in capsys.readouterr().err


def test_another_search_or_process_is_not_mixed_in(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    path, out = written(tmp_path, tiny_encoder, corpus_sample), tmp_path / "search"
    assert run(str(path), "--minutes", "0", "--out", str(out)) == 0
    with FileLock(out / ".lock"):
        assert run(str(path), "--minutes", "0", "--out", str(out)) == 5
    other = written(tmp_path, tiny_encoder, corpus_sample, SPACE.replace("1e-2", "2e-2"))
    assert run(str(other), "--minutes", "0", "--out", str(out)) == 2


@pytest.mark.parametrize(
    ("space", "says"),
    [
        ('"fitting.epoch" = { low = 1, high = 2 }', "expected a field of a section, as .* got fitting.epoch"),
        ('"data.map" = { choices = [1, 2] }', "expected a field of a section"),
        ('"fitting.epochs" = { low = 0, high = 2 }', r"fitting\.epochs = 0: .* at least 1"),
        ('"fitting.precision" = { choices = ["fp32", "fp7"] }', r"fitting\.precision = fp7: "),
        ('"fitting.epochs" = { low = 2, high = 1 }', "a low and a higher high"),
        ('"fitting.epochs" = { low = 0, high = 1, log = true }', "numbers above 0"),
        ('"fitting.epochs" = { choices = [1], low = 1 }', "either choices or low and high"),
    ],
)
def test_a_space_that_cannot_be_searched_is_refused_before_anything_is_trained(
    space: str, says: str, tmp_path: Path, tiny_encoder: Path, corpus_sample: Path
) -> None:
    path = written(tmp_path, tiny_encoder, corpus_sample, f"epochs = 1\n\n[tune.space]\n{space}\n")
    with pytest.raises(InputError, match=says):
        check_space(Recipe.read(path), Place(str(path)))


def test_a_recipe_at_home_reads_the_same_from_any_folder(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schema.toml").write_bytes(SCHEMA.read_bytes())
    path = written(
        tmp_path, tiny_encoder, corpus_sample, "epochs = 1\n\n[teacher]\ncheckpoints = ['old']\nstart = true"
    )
    text = path.read_text(encoding="utf-8").replace(f'schema = "{SCHEMA.as_posix()}"', 'schema = "schema.toml"')
    text = text.replace("[encoder]", 'splits = "splits.json"\nvaried = 0.5\n\n[encoder]')
    path.write_text(text + "\n[retrain]\nfiles = ['new.jsonl']\nvalidation = ['held.jsonl']\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    moved = tmp_path / "elsewhere" / "moved.toml"
    moved.parent.mkdir()
    moved.write_text(toml(at_home(Recipe.read(Path("tiny.toml")), Path("out"))), encoding="utf-8")
    recipe = Recipe.read(moved)
    assert recipe == replace(Recipe.read(path), output=tmp_path / "out")
    assert recipe.data.splits == tmp_path / "splits.json"


def test_values_keep_their_kind_and_all_else_stays(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    recipe = Recipe.read(written(tmp_path, tiny_encoder, corpus_sample))
    changed = with_values(recipe, {"fitting.epochs": 5, "encoder.dropout": 0.3}, Place("x"))
    assert (changed.fitting.epochs, changed.encoder.dropout) == (5, 0.3)
    assert with_values(changed, {"fitting.epochs": 2, "encoder.dropout": recipe.encoder.dropout}, Place("x")) == recipe


@pytest.mark.parametrize("name", ["default.toml", "retrain.toml", "small.toml", "muc4.toml"])
def test_the_shipped_recipes_can_be_searched_with_the_default_space(name: str) -> None:
    path = Path(__file__).resolve().parents[2] / "train" / "recipes" / name
    recipe = Recipe.read(path)
    check_space(recipe, Place(str(path)))
    assert with_values(recipe, {}, Place("x")) == recipe
