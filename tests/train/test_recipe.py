from dataclasses import replace
from pathlib import Path

import pytest
from dateline_labels import InputError, Place
from dateline_train.recipe import Recipe

RECIPES = Path(__file__).resolve().parents[2] / "train" / "recipes"

MINIMAL = """name = "mine"
output = "out"

[data]
schema = "schema.toml"
files = ["a.jsonl"]

[encoder]
name = "some/hub-id"
"""

FAULTS = {
    "an unknown key": (MINIMAL + "colour = 3\n", "encoder.colour", 10),
    "an unknown section": (MINIMAL + "[paint]\ncolour = 3\n", "paint", 10),
    "a word for a number": (MINIMAL + '[fitting]\nepochs = "many"\n', "fitting.epochs", 11),
    "a precision that is none": (MINIMAL + '[fitting]\nprecision = "fp7"\n', "fitting.precision", 11),
    "no epochs": (MINIMAL + "[fitting]\nepochs = 0\n", "fitting", 10),
    "a dropout of all": (MINIMAL + "[model]\ndropout = 1.0\n", "model", 10),
    "a loss below nothing": (MINIMAL + "[model]\ntag_weight = -1.0\n", "model", 10),
    "a missing section": (MINIMAL.partition("[encoder]")[0], "encoder", 0),
    "no files": (MINIMAL.replace('["a.jsonl"]', "[]"), "data", 4),
    "a short digest": (MINIMAL + 'sha256 = "53aa"\n', "encoder", 8),
    "broken TOML": (MINIMAL + "window = = 3\n", "toml", 10),
}


@pytest.mark.parametrize("name", ["quick.toml", "default.toml", "long.toml", "small.toml", "retrain.toml"])
def test_the_shipped_recipes_are_sound(name: str) -> None:
    recipe = Recipe.read(RECIPES / name)
    assert recipe.name == name.removesuffix(".toml")
    assert recipe.data.schema.is_file()
    assert all(folder.is_dir() for folder in recipe.data.files)


def test_input_paths_are_taken_from_the_recipes_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINIMAL, encoding="utf-8")
    recipe = Recipe.read(tmp_path / "mine.toml")
    assert recipe.data.schema == tmp_path / "schema.toml"
    assert recipe.data.files == (tmp_path / "a.jsonl",)
    assert recipe.output == Path("out")
    assert recipe.encoder.name == "some/hub-id"


def test_a_recipe_that_was_copied_elsewhere_is_told_where_paths_start(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    with pytest.raises(InputError, match=r"schema\.toml is not there; input paths start at the recipe's") as caught:
        Recipe.read(path).read_schema(Place(str(path)))
    assert str(caught.value).startswith(f"{path}:0:data.schema: ")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_recipe_is_refused_with_line_and_field(tmp_path: Path, fault: str) -> None:
    text, field, line = FAULTS[fault]
    path = tmp_path / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Recipe.read(path)
    assert caught.value.field == field
    assert caught.value.place.line == line


def test_a_recipe_to_retrain_with_is_shipped_and_fits_the_default_one() -> None:
    retrain, default = Recipe.read(RECIPES / "retrain.toml"), Recipe.read(RECIPES / "default.toml")
    assert retrain.encoder == default.encoder
    assert retrain.model == default.model
    assert retrain.data == default.data
    assert not retrain.teacher.weight
    begun = retrain.begun_from(Path("out/default/checkpoint"))
    assert begun.teacher.start
    assert begun.teacher.checkpoints == (Path("out/default/checkpoint"),)


def test_each_generation_has_the_next_seed_and_all_before_it_as_teachers(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL + '[teacher]\ncheckpoints = ["given"]\ngenerations = 3\n', encoding="utf-8")
    recipe = Recipe.read(path)
    found = [recipe.generation(number) for number in (1, 2, 3)]
    given, one, two = tmp_path / "given", Path("out/generations/1"), Path("out/generations/2")
    assert [each.seed for each in found] == [13, 14, 15]
    assert [each.output for each in found] == [one, two, Path("out")]
    assert [each.teacher.checkpoints for each in found] == [(given,), (given, one), (given, one, two)]


def test_generations_before_the_last_may_have_fewer_epochs(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL + "[teacher]\ngenerations = 3\nepochs = 4\n\n[fitting]\nepochs = 9\n", encoding="utf-8")
    recipe = Recipe.read(path)
    assert [recipe.generation(number).fitting.epochs for number in (1, 2, 3)] == [4, 4, 9]
    # a generation's own record, read as a recipe, trains what that generation was
    assert [recipe.generation(2).generation(number).fitting.epochs for number in (1, 2)] == [4, 4]
    alone = replace(recipe, teacher=replace(recipe.teacher, generations=1))
    assert alone.generation(1).fitting.epochs == 9


def test_one_generation_is_the_recipe_itself(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINIMAL, encoding="utf-8")
    recipe = Recipe.read(tmp_path / "mine.toml")
    assert recipe.generation(1) == recipe
