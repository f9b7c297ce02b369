"""An annotation tool's settings have every name that the tasks written for it use."""

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from conftest import CORPUS, SCHEMA
from dateline_formats.known import named
from dateline_formats.tool_settings import brat, label_studio
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.main import main
from dateline_labels.schema import RelationType, SpanType


@pytest.fixture(scope="module")
def dispatches() -> list[Dispatch]:
    return read_dispatches([CORPUS / "militancy_notes"], Schema.read(SCHEMA))


def shared_attribute() -> Schema:
    """Two labels carry an attribute of one name, and a description has signs that XML minds."""
    spans = {
        "ATTACK": SpanType('Says "killed" & <so on>', {"status": ("occurred", "foiled")}),
        "CLAIM": SpanType("", {"status": ("foiled", "denied")}),
    }
    return Schema("two", "1", spans, {"same": RelationType(("ATTACK", "CLAIM"), ("ATTACK",))})


def test_label_studio_has_a_place_for_every_result(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    view = fromstring(label_studio(Schema.read(SCHEMA)))
    offered = {
        control.get("name"): {each.get("value") for each in control} for control in view if control.tag != "Relations"
    }
    relations = {each.get("value") for each in view.iterfind("Relations/Relation")}
    named("label-studio").write(dispatches, tmp_path / "tasks.json", True)
    used = set()
    for task in json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8")):
        for result in task["annotations"][0]["result"]:
            if result["type"] == "relation":
                assert set(result["labels"]) <= relations
            else:
                assert set(result["value"][result["type"]]) <= offered[result["from_name"]]
                used.add(result["from_name"])
    assert used == {"label", "kind", "status", "outcome"}
    assert relations == set(Schema.read(SCHEMA).relations)


def test_choices_are_shown_for_the_labels_that_carry_them() -> None:
    view = fromstring(label_studio(shared_attribute()))
    (choices,) = view.iterfind("Choices")
    assert choices.attrib["perRegion"] == "true"
    assert choices.attrib["whenLabelValue"] == "ATTACK,CLAIM"
    assert [each.get("value") for each in choices] == ["occurred", "foiled", "denied"]
    assert view.find("Labels/Label[@value='ATTACK']").attrib["hint"] == 'Says "killed" & <so on>'  # type: ignore[union-attr]


def test_brat_knows_every_line(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    conf = brat(Schema.read(SCHEMA))
    sections = dict(part.split("]\n", 1) for part in conf.split("[")[1:])
    entities = sections["entities"].split()
    relations = {line.split("\t")[0]: line.split("\t")[1] for line in sections["relations"].splitlines() if line}
    attributes = {line.split("\t")[0]: line.split("\t")[1] for line in sections["attributes"].splitlines() if line}
    assert sections["events"].strip() == ""
    named("brat").write(dispatches, tmp_path / "brat", True)
    seen = set()
    for file in (tmp_path / "brat").rglob("*.ann"):
        kinds = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            name, what = line.split("\t")[:2]
            first, *rest = what.split()
            seen.add(name[0])
            if name[0] == "T":
                kinds[name] = first
                assert first in entities
            elif name[0] == "R":
                one, two = (
                    dict(end.split(":") for end in relations[first].split(", "))[key] for key in ("Arg1", "Arg2")
                )
                head, tail = (kinds[end.split(":")[1]] for end in rest)
                assert head in one.split("|")
                assert tail in two.split("|")
            elif name[0] == "A":
                args = dict(each.split(":") for each in attributes[first].split(", "))
                assert kinds[rest[0]] in args["Arg"].split("|")
                assert rest[1] in args["Value"].split("|")
    assert seen >= {"T", "R", "A"}


def test_the_command_prints_or_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "settings", str(SCHEMA)]) == 0
    assert capsys.readouterr().out == label_studio(Schema.read(SCHEMA))
    out = tmp_path / "annotation.conf"
    assert main(["schema", "settings", str(SCHEMA), "--to", "brat", "-o", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == brat(Schema.read(SCHEMA))
    assert main(["schema", "settings", str(SCHEMA), "--to", "prodigy"]) == 2
    assert "expected one of label-studio, brat, got prodigy" in capsys.readouterr().err
