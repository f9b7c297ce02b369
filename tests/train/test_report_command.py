"""`dateline report` from end to end with a tiny model."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from dateline_infer import Extractor
from dateline_labels import Schema, read_dispatches
from dateline_labels.main import main
from dateline_train.evaluating import training_dispatches

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("--resamples", "50")
FILES = ("metrics.json", "report.html", "report.md", "cases.csv", "cases.jsonl", "README.md")


def reported(out: Path, *arguments: object, code: int = 0) -> dict[str, Any]:
    assert main(["report", *map(str, arguments), *QUICK, "--out", str(out)]) == code
    metrics: dict[str, Any] = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return metrics


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path, corpus_sample: Path) -> tuple[Path, Any]:
    out = tmp_path_factory.mktemp("report")
    return out, reported(out, tiny_bundle, corpus_sample, "--split", "train", "--seed", "5")


def test_every_file_is_written_and_the_facts_are_told(
    metrics: tuple[Path, Any], tiny_bundle: Path, corpus_sample: Path
) -> None:
    out, told = metrics
    assert all((out / name).is_file() for name in FILES)
    assert sorted(file.suffix for file in (out / "plots").iterdir())
    assert told["model"]["kind"] == "bundle"
    assert told["model"]["sha256"] == Extractor.load(tiny_bundle).model
    assert told["model"]["engine"] in ("onnxruntime", "openvino")
    assert told["model"]["recipe"]["dispatches"]["train"] == 32
    assert told["model"]["name"] == "tiny"
    assert told["data"]["paths"] == [str(corpus_sample)]
    assert (told["data"]["split"], told["data"]["dispatches"], told["data"]["train_overlap"]) == ("train", 32, 32)
    assert told["uncertainty"] == {"resamples": 50, "seed": 5, "unit": "dispatch", "level": 95}
    assert told["confidence"]["spans"]["ACTOR"]["temperature"] > 0
    assert told["comparison"] is None
    assert (out / "cases.jsonl").read_text(encoding="utf-8").count("\n") > 10


def test_a_folder_whose_name_is_no_utf8_is_named_with_an_escape(
    tiny_bundle: Path, corpus_sample: Path, tmp_path: Path
) -> None:
    data = tmp_path / os.fsdecode(b"da\xff")
    shutil.copytree(corpus_sample, data)
    told = reported(tmp_path / "report", tiny_bundle, data, "--split", "test")
    assert told["data"]["paths"] == [str(data)]
    assert "da\\udcff" in (tmp_path / "report" / "report.md").read_text(encoding="utf-8")


def test_names_are_told_apart_by_whether_training_saw_them(
    metrics: tuple[Path, Any], tiny_bundle: Path, corpus_sample: Path, tmp_path: Path
) -> None:
    told = reported(tmp_path, tiny_bundle, corpus_sample)
    names = told["slices"]["names"]
    assert names["seen"]["support"] + names["unseen"]["support"] == told["spans"]["exact"]["micro"]["gold"]
    assert names["unseen"]["support"] > 0
    assert names["seen"]["support"] >= metrics[1]["spans"]["exact"]["micro"]["gold"]  # those of the 32 it has learnt


def test_relations_among_gold_spans_are_read_better_than_among_found_ones(metrics: tuple[Path, Any]) -> None:
    relations = metrics[1]["relations"]
    assert relations["gold_spans"]["micro"]["f1"] > relations["strict"]["micro"]["f1"] > 0


def test_the_same_seed_gives_the_same_metrics(
    tmp_path: Path, metrics: tuple[Path, Any], tiny_bundle: Path, corpus_sample: Path
) -> None:
    assert reported(tmp_path, tiny_bundle, corpus_sample, "--split", "train", "--seed", "5") == metrics[1]


def test_a_model_beside_itself_differs_nowhere_and_runs_make_a_curve(
    tmp_path: Path, tiny_bundle: Path, tiny_checkpoint: Path, corpus_sample: Path
) -> None:
    compared = ("--compare", tiny_checkpoint, "--fail-if-worse", "0")
    told = reported(tmp_path, tiny_checkpoint, corpus_sample, "--split", "train", *compared, "--runs", tiny_bundle)
    assert told["model"] == told["comparison"]["other"]
    assert told["comparison"]["other"]["kind"] == "checkpoint"
    assert len(told["comparison"]["other"]["sha256"]) == 64
    assert all(row["difference"] == 0.0 for row in told["comparison"]["headline"])
    assert told["comparison"]["lost"] == told["comparison"]["won"] == []
    assert not told["comparison"]["verdict"]["failed"]
    assert [point["dispatches"] for point in told["learning_curve"]] == [32, 32]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--fail-if-worse", "1"), "expected --compare"),
        (("--split", "everything"), "expected one of"),
        (("--split", "held-out"), "no dispatch has an id"),
    ],
)
def test_faulty_options_are_one_line_and_nothing_is_written(
    tmp_path: Path,
    tiny_bundle: Path,
    corpus_sample: Path,
    options: tuple[str, ...],
    what: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert main(["report", str(tiny_bundle), str(corpus_sample), "--out", str(out), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert what in line
    assert not out.exists()


def test_what_was_trained_on_is_known_where_its_files_are_there_as_they_were(
    tiny_checkpoint: Path, corpus_sample: Path
) -> None:
    record = json.loads((tiny_checkpoint / "training.json").read_text(encoding="utf-8"))
    schema = Schema.read(ROOT / "labels" / "schema.toml")
    known = training_dispatches(record, schema)
    assert known is not None
    assert {each.id for each in known} < {each.id for each in read_dispatches([corpus_sample], schema)}
    assert training_dispatches({}, schema) is None
    fewer = {**record, "dispatches": {**record["dispatches"], "train": 31}}
    assert training_dispatches(fewer, schema) is None
    gone = {**record, "recipe": {**record["recipe"], "data": {**record["recipe"]["data"], "files": ["nowhere"]}}}
    assert training_dispatches(gone, schema) is None
