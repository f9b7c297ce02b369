import shutil
from pathlib import Path

import pytest
from dateline_labels import InputError, Place
from dateline_train.encoder import load_encoder
from dateline_train.recipe import EncoderSection, Recipe

PLACE = Place("some.toml")
QUICK = Path(__file__).resolve().parents[2] / "train" / "recipes" / "quick.toml"


def test_the_packaged_encoder_is_the_one_that_the_recipe_names_by_its_digest() -> None:
    found = load_encoder(Recipe.read(QUICK).encoder, PLACE)
    assert found.encoder.config.hidden_size == 384
    assert found.tokenizer.is_fast
    assert found.forms is None


def test_other_weights_than_the_named_ones_are_refused(tmp_path: Path, tiny_encoder: Path) -> None:
    folder = shutil.copytree(tiny_encoder, tmp_path / "encoder")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(InputError, match=r"expected 0{64}, got"):
        load_encoder(EncoderSection(str(folder), sha256="0" * 64, window=64, overlap=16), PLACE)


def test_a_folder_without_weights_is_refused(tmp_path: Path, tiny_encoder: Path) -> None:
    shutil.copytree(tiny_encoder, tmp_path / "encoder")
    (tmp_path / "encoder" / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"model\.safetensors is not there"):
        load_encoder(EncoderSection(str(tmp_path / "encoder"), window=64, overlap=16), PLACE)


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(InputError, match=r"some\.toml:0:encoder\.name: the Python package no_such_thing"):
        load_encoder(EncoderSection("package:no_such_thing/model"), PLACE)


def test_a_window_longer_than_the_encoder_reads_is_refused(tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="reads 128 tokens at once, got a window of 129"):
        load_encoder(EncoderSection(str(tiny_encoder), window=129, overlap=16), PLACE)
