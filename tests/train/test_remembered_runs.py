import hashlib
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_bundle.manifest import read_manifest
from dateline_labels.main import main
from dateline_report.history import Entry, read_history


def entries(path: Path) -> tuple[Entry, ...]:
    found = read_history(path)
    assert not found.faults
    return found.entries


@pytest.mark.slow
def test_a_training_and_what_follows_it_are_remembered_once_each(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2")
    recipe, runs, checkpoint = tmp_path / "tiny.toml", tmp_path / "runs.jsonl", tmp_path / "checkpoint"
    recipe.write_text(recipe_text(tiny_encoder, corpus_sample, checkpoint, "epochs = 1"), encoding="utf-8")
    monkeypatch.setenv("DATELINE_HISTORY", str(runs))
    for _ in range(2):  # the second time it is trained already
        assert main(["train", str(recipe)]) == 0
    (trained,) = entries(runs)
    weights = hashlib.sha256((checkpoint / "model.safetensors").read_bytes()).hexdigest()
    assert (trained.kind, trained.name, trained.model, trained.made_from) == ("train", "tiny", weights, None)
    assert trained.learnt is not None
    assert (trained.learnt.dispatches, trained.data.part, trained.data.dispatches) == (32, "validation", 4)
    assert trained.recipe is not None
    assert trained.recipe["fitting"]["epochs"] == 1

    assert main(["package", str(checkpoint), str(tmp_path / "bundle"), "--variant", "fp32", "--no-timed"]) == 0
    data = [str(corpus_sample), "--split", "validation"]
    assert main(["evaluate", str(tmp_path / "bundle"), *data, "-o", str(tmp_path / "short")]) == 0
    compared = ["--compare", str(tiny_checkpoint), "--fail-if-worse", "0", "--resamples", "10"]
    assert main(["report", str(checkpoint), *data, "-o", str(tmp_path / "report"), *compared]) == 6
    _, packaged, evaluated, reported = entries(runs)
    assert packaged.made_from == weights
    assert packaged.model == evaluated.model == read_manifest(tmp_path / "bundle").digest
    assert evaluated.data == reported.data
    assert evaluated.data.sha256 == trained.data.sha256  # the same dispatches, however they came together
    assert reported.comparison is not None
    assert reported.comparison["failed"] is True
    assert reported.comparison["span_f1"]["difference"] < 0
    assert reported.figures["span_f1_low"] <= reported.figures["span_f1"] <= reported.figures["span_f1_high"]


def test_a_retraining_remembers_what_it_was_made_from(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    recipe = tmp_path / "tiny.toml"
    text = recipe_text(tiny_encoder, corpus_sample, tmp_path / "again", "epochs = 1")
    recipe.write_text(text, encoding="utf-8")
    runs = tmp_path / "runs.jsonl"
    assert main(["train", str(recipe), "--from", str(tiny_checkpoint), "--history", str(runs)]) == 0
    (entry,) = entries(runs)
    assert entry.made_from == hashlib.sha256((tiny_checkpoint / "model.safetensors").read_bytes()).hexdigest()
