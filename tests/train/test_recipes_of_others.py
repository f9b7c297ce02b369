"""Others' annotation, in their formats, under their labels: learnt from by recipe alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import ROOT, SCHEMA, recipe_text
from dateline_formats.known import named
from dateline_formats.label_map import LabelMap
from dateline_labels import InputError, Place, Schema, read_dispatches
from dateline_labels.main import main
from dateline_train.recipe import Recipe
from dateline_train.training import FINDINGS, prepare, run_training

RECIPES = ROOT / "train" / "recipes"
SHARED = ROOT.parent / "shared" / "bench"
MAP = """
[data.map]
others = "drop"
[data.map.spans]
Angriff = { label = "ATTACK", attributes = { status = "occurred" } }
Akteur = "ACTOR"
[data.map.relations]
von = { label = "perpetrator", reverse = true }
"""


@pytest.fixture
def export(corpus_sample: Path, tmp_path: Path) -> Path:
    """The sample as Label Studio exports it, under German labels, offsets in UTF-16 units after a fire."""
    dispatches = read_dispatches([corpus_sample], Schema.read(SCHEMA))
    path = tmp_path / "export.json"
    named("label-studio").write([replace(each, published=None, meta={}) for each in dispatches], path, False)
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        task["data"]["text"] = "🔥 " + task["data"]["text"]
        for result in task["annotations"][0]["result"]:
            if result["type"] == "relation":
                result["labels"] = [{"perpetrator": "von"}.get(result["labels"][0], "other")]
                result["from_id"], result["to_id"] = result["to_id"], result["from_id"]
                continue
            value = result["value"]
            value["start"], value["end"] = value["start"] + 3, value["end"] + 3
            if "labels" in value:
                value["labels"] = [{"ATTACK": "Angriff", "ACTOR": "Akteur"}.get(value["labels"][0], "Rest")]
        task["annotations"][0]["result"] = [
            result for result in task["annotations"][0]["result"] if result.get("from_name") != "status"
        ]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def recipe_of(folder: Path, encoder: Path, export: Path, more: str) -> Path:
    path = folder / "recipe.toml"
    text = recipe_text(encoder, export, folder / "checkpoint", "epochs = 1")
    path.write_text(text.replace("\n[encoder]", more + "\n[encoder]"), encoding="utf-8")
    return path


@pytest.mark.slow
def test_others_labels_and_offsets_are_learnt_from_and_every_repair_is_listed(
    export: Path, tiny_encoder: Path, corpus_sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.set_num_threads(1)
    path = recipe_of(tmp_path, tiny_encoder, export, MAP)
    run = prepare(Recipe.read(path), Place(str(path)))
    gold = {each.id: each for each in read_dispatches([corpus_sample], Schema.read(SCHEMA))}
    learnt = [*run.splits.train, *run.splits.validation]
    assert len(learnt) == 36
    for dispatch in learnt:
        kept = [span for span in gold[dispatch.id].spans if span.label in ("ATTACK", "ACTOR")]
        assert [(each.label, dispatch.words(each)) for each in dispatch.spans] == [
            (each.label, gold[dispatch.id].words(each)) for each in kept
        ]
        assert {(each.label, each.head, each.tail) for each in dispatch.relations} == {
            (each.label, each.head, each.tail) for each in gold[dispatch.id].relations if each.label == "perpetrator"
        }
    run_training(path)
    listed = (tmp_path / "checkpoint" / FINDINGS).read_text(encoding="utf-8").splitlines()
    assert len(listed) == len(run.findings)
    assert sum("counts UTF-16 units" in line for line in listed) > 100
    assert any("spans.Rest: lost: " in line for line in listed)
    assert "more, all in" in capsys.readouterr().err
    record = json.loads((tmp_path / "checkpoint" / "training.json").read_text(encoding="utf-8"))
    assert record["recipe"]["data"]["map"]["relations"] == {"von": {"label": "perpetrator", "reverse": True}}


def test_without_the_map_the_first_foreign_label_is_named(export: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    path = recipe_of(tmp_path, tiny_encoder, export, "")
    with pytest.raises(InputError, match=r"export\.json:\d+:[^:]+\.spans\[0\]\.label: unknown label "):
        prepare(Recipe.read(path), Place(str(path)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conll04", "muc4", "re3d"])
def test_others_schemas_are_learnt_and_evaluated(name: str, tiny_encoder: Path, tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the data of others is not here, ../shared/bench")
    torch.set_num_threads(1)
    recipe = (RECIPES / f"{name}.toml").read_text(encoding="utf-8").partition("[encoder]")[0]
    recipe = recipe.replace("../../../shared/bench", str(SHARED)).replace("schemas/", f"{RECIPES}/schemas/")
    if name == "muc4":  # so long that all of it would take minutes
        few = tmp_path / "train.json"
        lines = (SHARED / "muc4" / "train.json").read_text(encoding="utf-8").splitlines(keepends=True)
        few.write_text("".join(lines[:80]), encoding="utf-8")
        recipe = recipe.replace(str(SHARED / "muc4" / "train.json"), str(few))
    fitting = recipe_text(tiny_encoder, tmp_path, tmp_path, "epochs = 1").partition("[encoder]")[2]
    path = tmp_path / f"{name}.toml"
    fitting = fitting.replace('gate = ["ATTACK"]', "")
    path.write_text(f"{recipe}[encoder]{fitting}", encoding="utf-8")
    output = tmp_path / "checkpoint"
    run_training(path, output)
    data = Recipe.read(path).data
    mapping = [] if name == "conll04" else ["--map", str(tmp_path / "map.toml")]
    (tmp_path / "map.toml").write_text('[map]\noverlaps = "longest"\n', encoding="utf-8")
    chosen = str(data.validation[0] if data.validation else data.files[0])
    report = tmp_path / "report"
    assert main(["evaluate", str(output), chosen, "-o", str(report), *mapping]) == 0
    metrics = json.loads((report / "metrics.json").read_text(encoding="utf-8"))
    assert set(metrics["spans"]["exact"]) - {"micro"} == set(Schema.read(data.schema).spans)


@pytest.mark.parametrize("name", ["conll04", "muc4", "re3d"])
def test_the_recipes_of_others_schemas_are_whole(name: str) -> None:
    recipe = Recipe.read(RECIPES / f"{name}.toml")
    schema = Schema.read(recipe.data.schema)
    assert schema.name == recipe.name == name
    assert recipe.data.map == LabelMap(overlaps="keep" if name == "conll04" else "longest")
    if not SHARED.is_dir():
        pytest.skip("the data of others is not here, ../shared/bench")
    run = prepare(recipe, Place(name))
    assert {span.label for dispatch in run.splits.train for span in dispatch.spans} == set(schema.spans)
