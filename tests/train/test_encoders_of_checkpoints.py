"""A training that begins with the encoder of a checkpoint, under a schema of its own."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import CORPUS, SCHEMA, recipe_text
from dateline_labels import InputError, Place, Schema, read_dispatches
from dateline_labels.files import write_dispatches
from dateline_labels.main import main
from dateline_report.model_facts import WEIGHTS
from dateline_train.encoder import load_encoder
from dateline_train.fitting import new_model
from dateline_train.learnt import LEARNT
from dateline_train.network import load_checkpoint
from dateline_train.recipe import Recipe
from dateline_train.suspects_readings import planned
from dateline_train.training import fingerprint, prepare, run_training
from safetensors.torch import load_file, save_file

OURS = """name = "ours"
version = "1.0"

[spans.ASSAULT]
description = "words that name an assault"

[spans.PLACE]
description = "where something is"

[relations.at]
description = "where it was"
head = ["ASSAULT"]
tail = ["PLACE"]
"""
NAMES = {"ATTACK": "ASSAULT", "LOCATION": "PLACE"}
PLACE = Place("some.toml")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, tiny_checkpoint: Path) -> Path:
    """A recipe for annotations with labels of their own, none of them learnt by the tiny checkpoint."""
    folder = tmp_path_factory.mktemp("ours")
    (folder / "schema.toml").write_text(OURS, encoding="utf-8")
    dispatches = read_dispatches(
        [CORPUS / "militancy_notes" / f"militancy_notes-{number:03}.md" for number in range(41, 60)],
        Schema.read(SCHEMA),
    )
    under_ours = [
        replace(
            dispatch,
            spans=tuple(
                replace(span, label=NAMES[span.label], attributes={}) for span in dispatch.spans if span.label in NAMES
            ),
            relations=tuple(
                replace(relation, label="at") for relation in dispatch.relations if relation.label == "place"
            ),
        )
        for dispatch in dispatches
    ]
    write_dispatches(under_ours, folder / "ours.jsonl")
    text = recipe_text(tiny_checkpoint, folder / "ours.jsonl", folder / "checkpoint", "epochs = 1")
    text = text.replace(SCHEMA.as_posix(), (folder / "schema.toml").as_posix()).replace('gate = ["ATTACK"]\n', "")
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    return folder / "ours.toml"


def changed(path: Path, name: str, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    other = path.with_name(name)
    other.write_text(text.replace(old, new), encoding="utf-8")
    return other


def test_it_begins_with_all_that_the_checkpoint_knows_of_words(ours: Path, tiny_checkpoint: Path) -> None:
    recipe = Recipe.read(ours)
    model, tokenizer, fast = new_model(recipe, recipe.read_schema(PLACE), PLACE)
    known, its_tokenizer = load_checkpoint(tiny_checkpoint)
    weights = known.encoder.state_dict()
    assert model.encoder.state_dict().keys() == weights.keys()
    assert all(model.encoder.state_dict()[name].equal(weights[name]) for name in weights)
    assert model.forms.weight.equal(known.forms.weight)
    assert model.reading.schema.span_labels == ("ASSAULT", "PLACE")
    assert model.tags.weight.shape != known.tags.weight.shape
    text = "Gunmen killed six soldiers near Gao on Monday."
    assert tokenizer.encode(text).ids == its_tokenizer.encode(text).ids == fast(text)["input_ids"]


def test_fewer_layers_of_it_can_be_kept(ours: Path) -> None:
    recipe = Recipe.read(changed(ours, "fewer.toml", "window = 64", "window = 64\nlayers = 1"))
    model, _, _ = new_model(recipe, recipe.read_schema(PLACE), PLACE)
    assert model.encoder.config.num_hidden_layers == 1


def test_it_is_trained_and_tells_what_it_has_learnt_all_in_all(ours: Path, tiny_checkpoint: Path) -> None:
    assert main(["train", str(ours)]) == 0
    checkpoint = ours.parent / "checkpoint"
    record = json.loads((checkpoint / "training.json").read_text(encoding="utf-8"))
    history = json.loads((tiny_checkpoint / "training.json").read_text(encoding="utf-8"))
    assert record["recipe"]["encoder"]["name"] == tiny_checkpoint.as_posix()
    assert record["begun_with"]
    assert "begun_with" not in history
    before = (tiny_checkpoint / LEARNT).read_text(encoding="utf-8").splitlines()
    after = (checkpoint / LEARNT).read_text(encoding="utf-8").splitlines()
    assert set(before) < set(after)
    assert len(after) == len(before) + record["dispatches"]["train"]
    model, _ = load_checkpoint(checkpoint)
    assert model.reading.schema.name == "ours"


def test_what_the_checkpoint_has_learnt_is_not_validated_on(ours: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    checkpoint = shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint")
    parts = prepare(Recipe.read(ours), PLACE).splits
    line = json.dumps({"id": parts.validation[0].id, "sha256": "0" * 64})
    with (checkpoint / LEARNT).open("a", encoding="utf-8") as learnt:
        learnt.write(line + "\n")
    recipe = Recipe.read(changed(ours, "leaking.toml", tiny_checkpoint.as_posix(), checkpoint.as_posix()))
    with pytest.raises(InputError, match=f"{parts.validation[0].id} is for validation, but .* has learnt from it"):
        prepare(recipe, PLACE)


def test_nor_are_suspects_sought_among_it(ours: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    from dateline_formats.reading import read_annotations

    recipe = Recipe.read(ours)
    annotated = read_annotations(recipe.data.files, recipe.read_schema(PLACE))
    checkpoint = shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint")
    line = json.dumps({"id": annotated.dispatches[3].id, "sha256": "0" * 64})
    (checkpoint / LEARNT).write_text(line + "\n", encoding="utf-8")
    knowing = replace(recipe, encoder=replace(recipe.encoder, name=str(checkpoint)))
    told = f"encoder.name: .* has learnt from what is to be looked at, as {annotated.dispatches[3].id}"
    with pytest.raises(InputError, match=told):
        planned(knowing, PLACE, annotated, 2, tmp_path / "out")
    assert planned(recipe, PLACE, annotated, 2, tmp_path / "out")


def test_a_checkpoint_that_was_trained_again_is_another_encoder(
    ours: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    checkpoint = shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint")
    recipe = Recipe.read(changed(ours, "again.toml", tiny_checkpoint.as_posix(), checkpoint.as_posix()))
    before = fingerprint(recipe, PLACE)
    assert fingerprint(recipe, PLACE) == before
    model, _ = load_checkpoint(checkpoint)
    with torch.no_grad():
        model.forms.weight += 1.0
    model.save_pretrained(checkpoint)
    assert fingerprint(recipe, PLACE) != before


def test_an_encoder_that_moved_is_the_same_and_other_weights_in_its_place_are_another(
    tiny_encoder: Path, corpus_sample: Path, tmp_path: Path
) -> None:
    here, there = (shutil.copytree(tiny_encoder, tmp_path / name) for name in ("here", "there"))
    path = tmp_path / "tiny.toml"
    found = []
    for encoder in (here, there):
        path.write_text(recipe_text(encoder, corpus_sample, tmp_path / "out"), encoding="utf-8")
        found.append(fingerprint(Recipe.read(path), PLACE))
    assert found[0] == found[1]
    weights = load_file(there / WEIGHTS)
    weights["embeddings.word_embeddings.weight"] += 1.0
    save_file(weights, there / WEIGHTS, metadata={"format": "pt"})
    assert fingerprint(Recipe.read(path), PLACE) != found[1]


def test_a_checkpoint_without_weights_is_refused(ours: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    checkpoint = shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint")
    (checkpoint / WEIGHTS).unlink()
    path = changed(ours, "torn.toml", tiny_checkpoint.as_posix(), checkpoint.as_posix())
    with pytest.raises(InputError, match=r"encoder\.name: .*model\.safetensors is not there"):
        run_training(path, output=tmp_path / "out")


def test_an_encoder_that_reads_less_than_a_window_is_refused_in_a_checkpoint_too(ours: Path) -> None:
    section = replace(Recipe.read(ours).encoder, window=129)
    with pytest.raises(InputError, match="reads 128 tokens at once, got a window of 129"):
        load_encoder(section, PLACE)


def test_it_is_not_adapted_besides(ours: Path, tmp_path: Path) -> None:
    news = tmp_path / "news.txt"
    news.write_text("Gunmen killed six soldiers near Gao on Monday.", encoding="utf-8")
    path = changed(ours, "adapting.toml", "[model]", f'[adapting]\nfiles = ["{news.as_posix()}"]\n\n[model]')
    with pytest.raises(InputError, match=r"adapting\.files: a training that begins with a checkpoint has that one's"):
        run_training(path, output=tmp_path / "out")
