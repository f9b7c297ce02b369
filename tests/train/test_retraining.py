import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import CORPUS, SCHEMA, recipe_text
from dateline_labels import Dispatch, InputError, Place, Schema, read_dispatches
from dateline_labels.files import write_dispatches
from dateline_labels.main import main
from dateline_labels.splits import Splits
from dateline_train.evaluating import training_dispatches
from dateline_train.learnt import LEARNT
from dateline_train.network import load_checkpoint
from dateline_train.recipe import RetrainSection
from dateline_train.retraining import renewed

SHORT = "epochs = 2\nvalidate = true\npatience = 1\n\n[retrain]\nreplay = 1.5\n\n[teacher]\nweight = 0.0"


@pytest.fixture(scope="module")
def new_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six dispatches that the tiny checkpoint has not seen."""
    folder = tmp_path_factory.mktemp("new")
    for number in range(41, 47):
        shutil.copy(CORPUS / "militancy_notes" / f"militancy_notes-{number:03}.md", folder)
    return folder


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path, corpus_sample: Path) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "retrain.toml"
    path.write_text(recipe_text(tiny_encoder, corpus_sample, path.parent / "unused", SHORT), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory, recipe: Path, new_data: Path, tiny_checkpoint: Path) -> Path:
    output = tmp_path_factory.mktemp("retrained") / "checkpoint"
    assert train(recipe, tiny_checkpoint, new_data, output) == 0
    return output


def train(recipe: Path, begin: Path, data: Path, output: Path) -> int:
    return main(["train", str(recipe), "--from", str(begin), "--data", str(data), "--output", str(output)])


def ids(checkpoint: Path) -> list[str]:
    return [json.loads(line)["id"] for line in (checkpoint / LEARNT).read_text(encoding="utf-8").splitlines()]


def record(checkpoint: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((checkpoint / "training.json").read_text(encoding="utf-8"))
    return found


def test_a_retraining_learns_the_new_besides_the_old_and_says_so(retrained: Path, tiny_checkpoint: Path) -> None:
    assert record(retrained)["dispatches"] == {"train": 38, "validation": 4}
    assert len(ids(tiny_checkpoint)) == 32
    assert set(ids(retrained)) - set(ids(tiny_checkpoint)) == {f"militancy_notes-{n:03}" for n in range(41, 47)}
    # the figures that it began with are not lost in two epochs
    before, after = (record(each)["validation"]["span_f1"] for each in (tiny_checkpoint, retrained))  # type: ignore[index]
    assert after > 0.8 * before > 0


def test_what_a_retrained_checkpoint_learnt_from_is_read_again_from_its_record(retrained: Path) -> None:
    schema = load_checkpoint(retrained)[0].reading.schema
    again = training_dispatches(record(retrained), schema)
    assert again is not None
    assert [dispatch.id for dispatch in again] == ids(retrained)


def test_a_retrained_checkpoint_is_packaged_on_its_own_validation(retrained: Path, tmp_path: Path) -> None:
    assert main(["package", str(retrained), str(tmp_path / "bundle"), "--variant", "fp32", "--no-timed"]) == 0


def test_the_same_retraining_gives_the_same_weights(
    retrained: Path, recipe: Path, new_data: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    assert train(recipe, tiny_checkpoint, new_data, tmp_path / "again") == 0
    one, two = ((each / "model.safetensors").read_bytes() for each in (retrained, tmp_path / "again"))
    assert one == two


@pytest.mark.slow
def test_a_second_retraining_must_have_what_the_first_one_learnt(
    retrained: Path, recipe: Path, new_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = tmp_path / "newer"
    newer.mkdir()
    shutil.copy(CORPUS / "militancy_notes" / "militancy_notes-047.md", newer)
    assert train(recipe, retrained, newer, tmp_path / "second") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "has learnt from 6 dispatches that are not here, as militancy_notes-041" in line
    assert "replay = 0.0" in line
    assert not (tmp_path / "second").exists()
    command = ["train", str(recipe), "--from", str(retrained), "--data", str(newer), "--data", str(new_data)]
    assert main([*command, "--output", str(tmp_path / "second")]) == 0
    assert len(ids(tmp_path / "second")) == 39


def test_validation_that_was_learnt_is_refused(
    recipe: Path, new_data: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    text = recipe.read_text(encoding="utf-8")
    other.write_text(text.replace("[encoder]", 'split = "random"\n\n[encoder]'), encoding="utf-8")
    assert train(other, tiny_checkpoint, new_data, tmp_path / "out") == 2
    assert "is for validation, but" in capsys.readouterr().err


def test_new_files_without_a_checkpoint_to_learn_them_are_refused(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    text = recipe.read_text(encoding="utf-8")
    other.write_text(text.replace("[retrain]\n", '[retrain]\nfiles = ["new.jsonl"]\n'), encoding="utf-8")
    assert main(["train", str(other)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{other}:{text.splitlines().index('[retrain]') + 2}:retrain.files:")


@pytest.mark.slow
def test_frozen_layers_stay_and_the_others_learn(
    recipe: Path, new_data: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    frozen = tmp_path / "frozen.toml"
    text = recipe.read_text(encoding="utf-8")
    frozen.write_text(text.replace("patience = 1", "patience = 1\nfrozen_layers = 1"), encoding="utf-8")
    assert train(frozen, tiny_checkpoint, new_data, tmp_path / "out") == 0
    before, after = (load_checkpoint(each)[0].state_dict() for each in (tiny_checkpoint, tmp_path / "out"))
    same = {name for name, weight in before.items() if torch.equal(weight, after[name])}
    below = {name for name in before if name.startswith(("encoder.embeddings.", "encoder.encoder.layer.0.", "forms."))}
    assert below
    assert below <= same
    assert not any(name.startswith(("encoder.encoder.layer.1.", "tags.")) for name in same)


def test_more_frozen_layers_than_there_are_are_refused(
    recipe: Path, new_data: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen = tmp_path / "frozen.toml"
    text = recipe.read_text(encoding="utf-8")
    frozen.write_text(text.replace("patience = 1", "patience = 1\nfrozen_layers = 3"), encoding="utf-8")
    assert train(frozen, tiny_checkpoint, new_data, tmp_path / "out") == 2
    assert "fitting.frozen_layers: the encoder has 2 layers, got 3" in capsys.readouterr().err


@pytest.fixture(scope="module")
def old() -> Splits:
    notes = read_dispatches([CORPUS / "militancy_notes"], Schema.read(SCHEMA))
    return Splits(tuple(notes[:4]), tuple(notes[4:6]), tuple(notes[6:8]))


def added(
    old: Splits, folder: Path, dispatches: list[Dispatch], validation: list[Dispatch] | None = None
) -> tuple[Splits, frozenset[str], list[str]]:
    write_dispatches(dispatches, folder / "new.jsonl")
    held = (folder / "held.jsonl",) if validation else ()
    if validation:
        write_dispatches(validation, held[0])
    section = RetrainSection(files=(folder / "new.jsonl",), validation=held)
    found = renewed(old, section, Schema.read(SCHEMA), Place("recipe.toml"))
    return found.splits, found.new, [finding.what for finding in found.findings]


def unmarked(dispatch: Dispatch) -> Dispatch:
    return replace(dispatch, spans=(), relations=())


def test_a_correction_takes_the_place_of_what_it_corrects(old: Splits, tmp_path: Path) -> None:
    corrected = [unmarked(part[0]) for part in (old.train, old.validation, old.test)]
    splits, new, findings = added(old, tmp_path, corrected)
    assert new == {corrected[0].id}
    assert [dispatch.id for dispatch in splits.train] == [dispatch.id for dispatch in (*old.train[1:], old.train[0])]
    assert splits.train[-1] == corrected[0]
    assert splits.validation == (corrected[1], old.validation[1])
    assert splits.test == (corrected[2], old.test[1])
    assert [what.partition(",")[0] for what in findings] == [
        "corrects a dispatch of validation",
        "corrects a dispatch of test",
    ]


def test_new_dispatches_are_validated_on_where_they_are_named_for_it(old: Splits, tmp_path: Path) -> None:
    one, two = (
        replace(old.train[0], id=name, text="An unknown man was shot.", spans=(), relations=()) for name in "ab"
    )
    splits, new, findings = added(old, tmp_path, [one], [two])
    assert (splits.train, splits.validation) == ((*old.train, one), (*old.validation, two))
    assert new == {"a"}
    assert len(findings) == 1  # both have one text, which the figures on b would owe something to
    assert "has the text of b" in findings[0]


def test_another_text_under_an_old_id_is_refused(old: Splits, tmp_path: Path) -> None:
    other = replace(unmarked(old.train[0]), text="Something else happened.")
    with pytest.raises(InputError, match="is the id of an old dispatch with another text"):
        added(old, tmp_path, [other])


def test_what_is_learnt_is_not_validated_on(old: Splits, tmp_path: Path) -> None:
    new = replace(unmarked(old.train[0]), id="new-1")
    with pytest.raises(InputError, match=r"held\.jsonl:1:id: new-1 is for validation and learnt from too"):
        added(old, tmp_path, [new], [new])


def test_corrections_of_the_test_alone_leave_nothing_to_learn(old: Splits, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a new dispatch to learn from"):
        added(old, tmp_path, [unmarked(old.test[0])])
