import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dateline_labels import Dispatch, Schema, Span, read_dispatches
from measuring import measured, measured_roles
from public_data import plain_schema

ROOT = Path(__file__).resolve().parents[2]
ATTRIBUTES = ("ATTACK.kind", "ATTACK.status", "CASUALTY.outcome")


class Echo:
    """Reads every dispatch as it is marked, but for the labels it does not know."""

    def __init__(self, schema: Schema, unread: tuple[str, ...] = ()) -> None:
        self.config = SimpleNamespace(schema=schema)
        self._unread = unread

    def stream(self, dispatches: Iterable[Dispatch]) -> Iterator[Dispatch]:
        for dispatch in dispatches:
            spans = tuple(span for span in dispatch.spans if span.label not in self._unread)
            ids = {span.id for span in spans}
            relations = tuple(relation for relation in dispatch.relations if {relation.head, relation.tail} <= ids)
            yield replace(dispatch, spans=spans, relations=relations)


@pytest.fixture(scope="module")
def gold() -> list[Dispatch]:
    return read_dispatches([ROOT / "labels" / "corpus" / "iraq"], shipped())


def shipped() -> Schema:
    return Schema.read(ROOT / "labels" / "schema.toml")


def figures_of(reader: Any, gold: list[Dispatch], folder: Path) -> dict[str, float]:
    return measured(reader, gold, folder)


def test_gold_read_as_gold_has_every_figure_at_its_height(tmp_path: Path, gold: list[Dispatch]) -> None:
    figures = figures_of(Echo(shipped()), gold, tmp_path)
    assert set(figures.values()) == {100.0}
    assert set(figures) == {
        *("spans F1", *(f"spans F1 {label}" for label in shipped().spans)),
        *(f"relations F1, {measure}" for measure in ("strict", "boundaries", "overlapping")),
        *(f"{name} {kind}" for name in ATTRIBUTES for kind in ("accuracy", "macro F1")),
        *(f"same_event pairs {share}" for share in ("F1", "precision", "recall")),
    }
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["data"]["dispatches"] == len(gold)
    assert (tmp_path / "cases.jsonl").read_text(encoding="utf-8") == ""


def test_a_label_that_is_not_read_costs_its_own_figures(tmp_path: Path, gold: list[Dispatch]) -> None:
    figures = figures_of(Echo(shipped(), ("CASUALTY",)), gold, tmp_path)
    assert figures["spans F1 CASUALTY"] == 0.0
    assert figures["spans F1 ATTACK"] == figures["same_event pairs F1"] == 100.0
    assert 0.0 < figures["relations F1, strict"] < 100.0
    assert "CASUALTY.outcome accuracy" not in figures
    cases = (tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(case)["kind"] for case in cases} == {"missed"}


def test_scores_are_held_to_how_often_they_are_right(tmp_path: Path, gold: list[Dispatch]) -> None:
    """Every span is right and says 0.8; every relation is as sure as it is right."""
    doubted = [
        replace(
            dispatch,
            spans=tuple(replace(span, score=0.8) for span in dispatch.spans),
            relations=tuple(replace(relation, score=1.0) for relation in dispatch.relations),
        )
        for dispatch in gold[:8]
    ]
    figures = figures_of(Echo(shipped()), doubted, tmp_path)
    assert figures["spans calibration error"] == pytest.approx(20.0)
    assert figures["relations calibration error"] == 0.0
    assert "attributes calibration error" not in figures


def test_roles_have_a_figure_each_and_one_for_all(tmp_path: Path) -> None:
    text = "rebels killed the mayor"
    read = Dispatch("d", text, spans=(Span("m1", "Actor", 0, 6), Span("m2", "Victim", 14, 23)))
    reader: Any = Echo(plain_schema("two", ("Actor", "Victim")))
    entities = [{"Actor": [frozenset({"guerrillas", "rebels"})], "Victim": [frozenset({"judge"})]}]
    assert measured_roles(reader, [read], entities, tmp_path) == {
        "CEAF-REE F1": 50.0,
        "CEAF-REE precision": 50.0,
        "CEAF-REE recall": 50.0,
        "CEAF-REE F1 Actor": 100.0,
        "CEAF-REE F1 Victim": 0.0,
    }
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["Victim"]["missed"] == 1
