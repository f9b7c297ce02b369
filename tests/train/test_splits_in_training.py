"""The file of a split in a recipe and behind `--splits`: what is learnt from, what is tested on, other data refused."""

import json
import shutil
from pathlib import Path

import pytest
import torch
import typer
from conftest import recipe_text
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, InputError, Place, Schema
from dateline_labels.main import main
from dateline_splits.choices import By, Wanted
from dateline_splits.making import make_split
from dateline_train.commands import evaluate, train
from dateline_train.evaluating import chosen_part
from dateline_train.recipe import Recipe
from dateline_train.report_commands import report
from dateline_train.training import prepare

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Schema.read(ROOT / "labels" / "schema.toml")


def run(*arguments: object) -> int:
    """One of the commands that take the file; its exit code."""
    app = typer.Typer()
    for command in (train, evaluate, report):
        app.command()(command)
    return main([str(each) for each in arguments], app)


@pytest.fixture(scope="module")
def splits(tmp_path_factory: pytest.TempPathFactory, corpus_sample: Path) -> Path:
    path = tmp_path_factory.mktemp("splits") / "splits.json"
    annotated = read_annotations([corpus_sample], SCHEMA)
    make_split(annotated, Wanted(By.COPIES, validation=15, test=20)).file.write(path)
    return path


def ids(path: Path, part: str) -> set[str]:
    return set(json.loads(path.read_text(encoding="utf-8"))["parts"][part])


def recipe(folder: Path, encoder: Path, data: Path, line: str) -> Path:
    path = folder / "tiny.toml"
    text = recipe_text(encoder, data, folder / "checkpoint", "epochs = 1")
    path.write_text(text.replace("[data]\n", f"[data]\n{line}\n"), encoding="utf-8")
    return path


def test_the_recipe_learns_from_the_parts_of_the_file(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, splits: Path
) -> None:
    shutil.copy(splits, tmp_path / "mine.json")  # beside the recipe, from whose folder it is named
    read = Recipe.read(recipe(tmp_path, tiny_encoder, corpus_sample, 'splits = "mine.json"'))
    run = prepare(read, Place("tiny.toml"))
    assert {dispatch.id for dispatch in run.splits.train} == ids(splits, "train")
    assert {dispatch.id for dispatch in run.splits.validation} == ids(splits, "validation")
    plain = prepare(Recipe.read(recipe(tmp_path, tiny_encoder, corpus_sample, "")), Place("tiny.toml"))
    assert plain.fingerprint != run.fingerprint


@pytest.mark.parametrize("line", ['splits = "s.json"\nsplit = "random"', 'splits = "s.json"\nvalidation = ["v.jsonl"]'])
def test_two_ways_to_split_in_one_recipe_are_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="splits says what is for validation"):
        Recipe.read(recipe(tmp_path, tmp_path / "encoder", tmp_path / "data", line))


@pytest.mark.slow
def test_train_evaluate_and_report_take_the_file_and_say_which(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, splits: Path
) -> None:
    torch.set_num_threads(1)  # so small a model gains nothing from a second one
    path, checkpoint = recipe(tmp_path, tiny_encoder, corpus_sample, 'split = "random"'), tmp_path / "checkpoint"
    assert run("train", path, "--splits", splits) == 0
    record = json.loads((checkpoint / "training.json").read_text(encoding="utf-8"))
    assert record["dispatches"] == {"train": len(ids(splits, "train")), "validation": len(ids(splits, "validation"))}
    assert record["recipe"]["data"]["splits"] == str(splits)
    arguments = [str(checkpoint), str(corpus_sample), "--splits", str(splits), "--split", "test"]
    assert run("evaluate", *arguments, "--out", tmp_path / "short") == 0
    assert run("report", *arguments, "--out", tmp_path / "full", "--resamples", "0") == 0
    digest = json.loads(splits.read_text(encoding="utf-8"))["sha256"]
    for folder in ("short", "full"):
        metrics = json.loads((tmp_path / folder / "metrics.json").read_text(encoding="utf-8"))
        assert metrics["data"]["dispatches"] == len(ids(splits, "test"))
        assert (metrics["data"]["split"], metrics["data"]["splits"]) == ("test", digest)
    assert metrics["data"]["train_overlap"] == 0
    assert metrics["model"]["recipe"]["split"] == "splits.json"


def test_other_data_and_other_parts_are_one_line(
    tmp_path: Path,
    tiny_encoder: Path,
    tiny_bundle: Path,
    corpus_sample: Path,
    splits: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fewer = tmp_path / "fewer"
    shutil.copytree(corpus_sample, fewer)
    (fewer / "militancy_notes-001.md").unlink()
    path = recipe(tmp_path, tiny_encoder, fewer, f'splits = "{splits.as_posix()}"')
    evaluated = ["evaluate", str(tiny_bundle), str(fewer), "--splits", str(splits), "--out", str(tmp_path / "out")]
    what = f"{splits}:0:parts: made of other data: 1 of its 40 dispatches are not in the data, as militancy_notes-001"
    for arguments in (["train", str(path)], [*evaluated, "--split", "test"], evaluated):
        assert run(*arguments) == 2
        assert capsys.readouterr().err.splitlines() == [what]
    assert run(*evaluated, "--split", "held-out") == 2
    assert "expected one of all, train, validation, test, got held-out" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "checkpoint").exists()


def test_a_file_without_validation_is_no_split_to_train_with(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    annotated = read_annotations([corpus_sample], SCHEMA)
    path = tmp_path / "s.json"
    make_split(annotated, Wanted(By.RANDOM, validation=0, test=30)).file.write(path)
    assert run("train", recipe(tmp_path, tiny_encoder, corpus_sample, 'splits = "s.json"')) == 2
    assert capsys.readouterr().err == f"{path}:0:parts.validation: expected at least one dispatch, got none\n"


def test_a_span_that_cannot_be_learnt_is_told_with_its_place(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(corpus_sample, tmp_path / "data")
    odd = {
        "id": "odd-1",
        "text": "Gunmen\u200b raided a market.",
        "spans": [{"id": "T7", "label": "ACTOR", "start": 6, "end": 7}],
    }
    (tmp_path / "data" / "odd.jsonl").write_text(f"\n{json.dumps(odd)}\n", encoding="utf-8")
    path = recipe(tmp_path, tiny_encoder, tmp_path / "data", "")
    assert run("train", path) == 2
    where = f"{tmp_path / 'data' / 'odd.jsonl'}:2:odd-1.T7: no token lies in "
    assert capsys.readouterr().err.splitlines()[-1].startswith(where)


def test_a_part_that_no_id_tells_of_says_what_makes_one() -> None:
    with pytest.raises(InputError, match="`dateline split` makes a file of parts"):
        chosen_part([Dispatch("wire", "Gao fell."), Dispatch("brief", "Kidal too.")], "test")
