import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import CORPUS, ROOT, recipe_text
from dateline_labels import InputError, Schema, read_dispatches
from dateline_train.recipe import Recipe
from public_files import conll04_folder, muc4_folder, re3d_folder
from quality import Plan, main, run
from quality_steps import DATA, SHIPPED, Sources
from trainings import toml


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, corpus_sample: Path) -> Sources:
    """A small corpus of two folders, eight dispatches as the real ones, public benchmarks of invented texts."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copytree(corpus_sample, folder / "corpus" / "militancy_notes")
    (folder / "corpus" / "snippets").mkdir()
    (folder / "shared" / "real" / "dev").mkdir(parents=True)
    for file in sorted((CORPUS / "snippets").glob("*.md"))[:8]:
        shutil.copy(file, folder / "corpus" / "snippets")
    for file in sorted(corpus_sample.iterdir())[:8]:
        shutil.copy(file, folder / "shared" / "real" / "dev")
    bench = folder / "shared" / "bench"
    for name, write in (("conll04", conll04_folder), ("muc4", muc4_folder), ("re3d", re3d_folder)):
        write(bench / name)
    return Sources(folder / "corpus", folder / "shared")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path, sources: Sources) -> Path:
    path = tmp_path_factory.mktemp("recipes") / "tiny.toml"
    text = recipe_text(tiny_encoder, sources.corpus, Path("elsewhere"), "epochs = 4")
    path.write_text(text.replace("[encoder]", 'held_out = ["snippets"]\n\n[encoder]'), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_recipe_is_measured_on_everything(tmp_path: Path, recipe: Path, sources: Sources) -> None:
    plan = Plan((recipe,), (7,), (), DATA, tmp_path / "out", sources)
    table = run(plan)
    measured = list(dict.fromkeys(data for data, _ in table.values))
    disturbed = ["real, lower case", "real, capitals", "real, no accents", "real, numbers"]
    assert measured == ["corpus", "real", *disturbed, "held-out", "conll04", "muc4", "re3d"]
    for data in ("corpus", "real", *disturbed):
        assert {measure for each, measure in table.values if each == data} >= {
            *("spans F1", "relations F1, strict", "relations F1, boundaries", "relations F1, overlapping"),
            *("same_event pairs F1", "spans F1 ATTACK"),
            *("spans calibration error", "relations calibration error"),
        }
    assert table.values["conll04", "spans F1"]["tiny"]["7"] > 20
    assert ("muc4", "CEAF-REE F1 Weapon") in table.values
    assert not any("relations" in measure for data, measure in table.values if data in ("muc4", "re3d"))
    assert all(0 <= value <= 100 for columns in table.values.values() for value in columns["tiny"].values())
    # where the case tells nothing, an uncased encoder reads the same
    assert table.values["real, lower case", "spans F1"] == table.values["real, capitals", "spans F1"]
    folder = plan.out / "tiny" / "7"
    assert json.loads((plan.out / "quality.json").read_text(encoding="utf-8"))["data"].keys() == set(measured)
    assert (plan.out / "quality.md").read_text(encoding="utf-8") == table.markdown()
    for name in ("corpus", "held-out", "conll04", "muc4", "re3d"):
        assert (folder / name / "checkpoint" / "training.json").is_file()
    record = json.loads((folder / "held-out" / "checkpoint" / "training.json").read_text(encoding="utf-8"))
    assert record["dispatches"] == {"train": 36, "validation": 4}
    schema = Schema.read(folder / "conll04" / "schema.toml")
    assert len(read_dispatches([folder / "conll04" / "test.jsonl"], schema)) == 6

    weights = {path: path.stat().st_mtime_ns for path in plan.out.rglob("model.safetensors")}
    assert run(plan).values == table.values
    assert {path: path.stat().st_mtime_ns for path in plan.out.rglob("model.safetensors")} == weights


def test_a_checkpoint_is_measured_untrained_and_what_is_absent_is_said(
    tmp_path: Path, tiny_checkpoint: Path, sources: Sources
) -> None:
    plan = Plan((), (), (tiny_checkpoint,), SHIPPED, tmp_path, Sources(sources.corpus, tmp_path / "nowhere"))
    table = run(plan)
    assert {data for data, _ in table.values} == {"corpus"}
    assert table.values["corpus", "spans F1"][str(tiny_checkpoint)].keys() == {"7"}
    assert set(table.absent) == {"real", "disturbed"}
    assert "not there" in (tmp_path / "quality.md").read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("*.safetensors"))


def test_two_recipes_of_one_name_are_refused(tmp_path: Path, recipe: Path, sources: Sources) -> None:
    again = tmp_path / "again.toml"
    shutil.copy(recipe, again)
    with pytest.raises(InputError, match="different for each recipe"):
        run(Plan((recipe, again), (7,), (), DATA, tmp_path / "out", sources))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("checkpoint", "only", "words"),
    [(None, "corpus,everything", "got 'everything'"), ([Path("out/none")], "conll04", "need a --recipe")],
)
def test_data_that_cannot_be_measured_is_refused_before_any_work(
    tmp_path: Path, checkpoint: list[Path] | None, only: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        main(checkpoint=checkpoint, only=only, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_script_says_in_one_line_what_is_no_checkpoint(tmp_path: Path) -> None:
    paths = os.pathsep.join(str(ROOT / name) for name in ("labels", "infer", "train"))
    command = [sys.executable, str(ROOT / "benchmarks" / "quality.py"), "--checkpoint", str(tmp_path)]
    command += ["--only", "corpus", "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.returncode == 3
    assert done.stderr.splitlines()[1:] == [f"{tmp_path}: not a checkpoint, config.json is missing"]


def test_recipes_and_schemas_are_the_same_when_written_and_read(tmp_path: Path, recipe: Path) -> None:
    for path in (recipe, *(ROOT / "train" / "recipes").glob("*.toml")):
        read = Recipe.read(path)
        written = tmp_path / "recipe.toml"
        written.write_text(toml(read.to_dict()), encoding="utf-8")
        assert Recipe.read(written) == read
    odd = {"name": 'a "b"\\\n\x7f é 👩', "none": None, "Ünder": {"deep": {"list": ["x", 1.5e-05, True]}, "empty": {}}}
    assert tomllib.loads(toml(odd)) == {key: value for key, value in odd.items() if key != "none"}
