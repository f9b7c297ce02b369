import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import recipe_text
from dateline_labels import InputError, Place, Schema
from dateline_train.fitting import new_model, new_optimizer, training_arguments
from dateline_train.recipe import EncoderSection, Recipe
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Schema.read(ROOT / "labels" / "schema.toml")


@pytest.fixture
def recipe(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> Recipe:
    path = tmp_path / "tiny.toml"
    path.write_text(recipe_text(tiny_encoder, corpus_sample, tmp_path / "out"), encoding="utf-8")
    return Recipe.read(path)


def test_the_model_starts_from_the_pretrained_encoder(recipe: Recipe, tiny_encoder: Path) -> None:
    model, _, _ = new_model(recipe, SCHEMA, Place("x"))
    pretrained = load_file(tiny_encoder / "model.safetensors")
    for name, weight in model.encoder.state_dict().items():
        assert torch.equal(weight, pretrained[name]), name


def test_a_checkpoint_does_not_tell_where_the_encoder_lay(recipe: Recipe, tiny_encoder: Path, tmp_path: Path) -> None:
    model, _, _ = new_model(recipe, SCHEMA, Place("x"))
    model.save_pretrained(tmp_path / "saved")
    assert str(tiny_encoder) not in (tmp_path / "saved" / "config.json").read_text(encoding="utf-8")


def test_an_encoder_that_lacks_weights_is_refused(recipe: Recipe, tiny_encoder: Path, tmp_path: Path) -> None:
    """transformers fills what is missing at random, which would go unnoticed."""
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    section = replace(recipe.encoder, name=str(folder))
    with pytest.raises(InputError, match=r"encoder\.name.*encoder\.layer\.1\.output\.dense\.weight"):
        new_model(replace(recipe, encoder=section), SCHEMA, Place("x"))


def test_the_dropout_of_the_recipe_reaches_the_encoder(recipe: Recipe) -> None:
    section = EncoderSection(recipe.encoder.name, window=64, overlap=16, dropout=0.31, attention_dropout=0.07)
    model, _, _ = new_model(replace(recipe, encoder=section), SCHEMA, Place("x"))
    assert model.config.encoder["hidden_dropout_prob"] == 0.31
    assert model.config.encoder["attention_probs_dropout_prob"] == 0.07


def test_every_weight_is_fitted_once_and_the_heads_faster(recipe: Recipe) -> None:
    model, _, _ = new_model(recipe, SCHEMA, Place("x"))
    optimizer = new_optimizer(model, recipe.fitting)
    fitted = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    assert sorted(map(id, fitted)) == sorted(map(id, model.parameters()))
    rates = {id(parameter): group["lr"] for group in optimizer.param_groups for parameter in group["params"]}
    assert rates[id(model.relations.output.weight)] == recipe.fitting.head_learning_rate
    assert {rates[id(parameter)] for parameter in model.encoder.parameters()} == {recipe.fitting.encoder_learning_rate}


def test_saved_states_go_where_they_are_told(recipe: Recipe, tmp_path: Path) -> None:
    arguments = training_arguments(recipe, tmp_path / "states", epochs=3)
    assert arguments.output_dir == str(tmp_path / "states")
    assert arguments.bf16 is False
    assert arguments.report_to == []
