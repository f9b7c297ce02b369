"""metrics.json as a whole: its keys, what it agrees with, gold read as gold, schemas that tell of no events."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dateline_labels import Dispatch, Relation, RelationType, Schema, Span, SpanType
from dateline_labels.scoring import score, total
from dateline_report.figures import Readings, figures_of
from dateline_report.headline import headline
from dateline_report.learning_curve import learning_curve
from dateline_report.meanings import MEANINGS, meaning
from dateline_report.model_facts import data_facts
from dateline_report.reporting import Data, Model, measured, write_metrics
from dateline_statistics.bootstrap import Sampling
from disturbed_readings import SCHEMA, corpus, disturbed

KEYS = {
    "uncertainty",
    "headline",
    "spans",
    "relations",
    "clusters",
    "attributes",
    "casualties",
    "incidents",
    "events",
    "swaps",
    "confidence",
    "risk",
    "slices",
    "confusion",
    "unread",
}


@pytest.fixture(scope="module")
def readings() -> Readings:
    gold = corpus()
    return Readings(gold, disturbed(gold), SCHEMA, related=gold, trained_on=gold[:5])


@pytest.fixture(scope="module")
def figures(readings: Readings) -> dict[str, Any]:
    return figures_of(readings, Sampling.of(readings.gold, 100, 13))[0]


def nodes(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every object within the metrics, with its path."""
    if isinstance(value, Mapping):
        yield path, value
        for key, part in value.items():
            yield from nodes(part, (*path, str(key)))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from nodes(part, (*path, str(at)))


def test_the_parts_are_those_that_were_agreed(figures: dict[str, Any]) -> None:
    assert set(figures) == KEYS
    assert set(figures["spans"]) == {"exact", "seqeval", "semeval"}
    assert set(figures["relations"]) == {"strict", "boundaries", "overlapping", "gold_spans"}
    assert set(figures["clusters"]["same_event"]) == {"pairs", "b_cubed", "ceaf_e", "lea"}
    assert set(figures["slices"]) == {"year", "style", "length", "names", "casualty form", "distance"}
    json.dumps(figures, allow_nan=False)


def test_every_share_is_a_share_and_stands_within_its_interval(figures: dict[str, Any]) -> None:
    seen = 0
    for path, node in nodes(figures):
        main = next((node[name] for name in ("f1", "accuracy", "share", "rate", "value") if name in node), None)
        if main is None or node.get("low") is None:
            continue
        seen += 1
        assert 0 <= node["low"] <= node["high"] <= 100, path
        # of few dispatches a percentile interval may leave the figure itself out
        assert node["low"] - 15 <= main <= node["high"] + 15, path
    assert seen > 150


def test_counts_and_cases_are_those_of_the_scorer(readings: Readings, figures: dict[str, Any]) -> None:
    scores = score(readings.gold, readings.predicted, SCHEMA)
    for label, counts in scores.spans.items():
        row = figures["spans"]["exact"][label]
        assert (row["right"], row["spurious"], row["missed"]) == (counts.right, counts.spurious, counts.missed)
    for measure, by_label in scores.relations.items():
        row = figures["relations"][measure]["micro"]
        assert row["f1"] == round(100 * total(by_label.values()).f1, 2)
    for name, confusion in scores.attributes.items():
        assert sum(pair["count"] for pair in figures["attributes"][name]["confusion"]) == sum(confusion.values())
    assert figures_of(readings)[1] == scores.cases


def test_strict_semeval_is_the_exact_score(figures: dict[str, Any]) -> None:
    for label, row in figures["spans"]["exact"].items():
        strict = figures["spans"]["semeval"]["strict"][label]
        assert strict["correct"] == row["right"]
        for name in ("precision", "recall", "f1", "low", "high"):
            assert strict[name] == row[name]


def test_the_same_seed_gives_the_same_metrics(readings: Readings, figures: dict[str, Any]) -> None:
    again, _ = figures_of(readings, Sampling.of(readings.gold, 100, 13))
    assert again == figures
    other, _ = figures_of(readings, Sampling.of(readings.gold, 100, 14))
    assert other != figures
    assert other["spans"]["exact"]["micro"]["f1"] == figures["spans"]["exact"]["micro"]["f1"]


def test_the_headline_says_each_figure_with_interval_and_meaning(figures: dict[str, Any]) -> None:
    rows = {row["key"]: row for row in figures["headline"]}
    assert len(rows) == 16
    for key, row in rows.items():
        assert row["meaning"], key
        assert row["low"] <= row["value"] <= row["high"], key
        assert row["support"] > 0, key
        assert "{" not in row["title"], key
    assert rows["spans.exact.micro.f1"]["value"] == figures["spans"]["exact"]["micro"]["f1"]
    assert rows["attributes.ATTACK.kind.accuracy"]["title"] == "Attribute ATTACK.kind"
    assert rows["attributes.ATTACK.kind.accuracy"]["support"] == figures["attributes"]["ATTACK.kind"]["judged"]
    assert not rows["spans.exact.micro.f1"]["small"]
    assert all(row["small"] for row in headline(figures, dispatches=9))


def test_gold_read_as_gold_is_right_everywhere() -> None:
    gold = corpus()
    figures, cases = figures_of(Readings(gold, gold, SCHEMA, related=gold))
    assert cases == []
    for row in figures["headline"]:
        assert row["value"] == (0.0 if row["key"] == "swaps.rate" else 100.0), row["key"]
        assert row["low"] is None
    assert figures["uncertainty"]["resamples"] == 0
    assert all(row["gold"] == row["predicted"] for row in figures["confusion"]["spans"])


def test_nothing_read_is_right_nowhere_and_no_figure_is_missing() -> None:
    gold = corpus()[:3]
    read = [replace(each, spans=(), relations=(), meta={"error": "no"}) for each in gold]
    figures, _ = figures_of(Readings(gold, read, SCHEMA, related=read), Sampling.of(gold, 50, 13))
    assert figures["unread"] == [each.id for each in gold]
    assert all(row["value"] == 0.0 for row in figures["headline"])
    assert figures["risk"] == {
        "spans": [],
        "relations": [],
        "abstain": {
            part: {"bearable": bearable, "threshold": None, "coverage": 0.0, "risk": 0.0}
            for part, bearable in (("spans", 10.0), ("relations", 20.0))
        },
    }


def test_a_schema_without_events_has_the_figures_that_it_can_have() -> None:
    schema = Schema("people", "1", {"PERSON": SpanType()}, {"knows": RelationType(("PERSON",), ("PERSON",))})
    spans = (Span("a", "PERSON", 0, 3), Span("b", "PERSON", 8, 11))
    gold = [Dispatch(f"d{at}", "Ann met Bob.", spans=spans, relations=(Relation("knows", "a", "b"),)) for at in (1, 2)]
    figures, _ = figures_of(Readings(gold, gold, schema), Sampling.of(gold, 10, 13))
    for part in ("clusters", "incidents", "events", "casualties", "swaps", "attributes"):
        assert figures[part] == {}
    assert [row["key"] for row in figures["headline"]] == [
        "spans.exact.micro.f1",
        "spans.semeval.partial.micro.f1",
        "relations.strict.micro.f1",
        "relations.overlapping.micro.f1",
    ]
    assert all(row["small"] for row in figures["headline"])


def test_a_prediction_of_another_text_is_refused() -> None:
    gold = corpus()[:2]
    with pytest.raises(ValueError, match="expected the prediction of"):
        figures_of(Readings(gold, gold[::-1], SCHEMA))


def test_meanings_are_single_sentences_of_keys_that_there_are(figures: dict[str, Any]) -> None:
    known = {".".join(path) for path, _ in nodes({**figures, "learning_curve": {}})}
    for key, sentence in MEANINGS.items():
        assert sentence.endswith("."), key
        assert ". " not in sentence, key
        assert key.replace("*", "same_event") in known, key
    assert meaning("spans.semeval.partial.micro.f1") == MEANINGS["spans.semeval.partial"]
    assert meaning("clusters.same_event.lea.f1") == MEANINGS["clusters.*.lea"]
    assert meaning("weather") == ""


def test_the_curve_of_learning_has_a_point_a_model_from_few_to_many() -> None:
    gold = corpus()
    runs = [
        ({"name": name, "recipe": {"dispatches": {"train": count}}}, Readings(gold, disturbed(gold, count), SCHEMA))
        for name, count in (("all", 900), ("half", 450))
    ]
    points = learning_curve([*runs, ({"name": "unknown"}, runs[0][1])], Sampling.of(gold, 50, 13))
    assert [(point["name"], point["dispatches"]) for point in points] == [("half", 450), ("all", 900)]
    for point in points:
        assert point["spans_low"] < point["spans"] < point["spans_high"]
        assert point["relations_low"] < point["relations"] < point["relations_high"]
    assert learning_curve(runs[:1], Sampling.none(len(gold))) == []


def test_data_is_told_with_its_digest_and_what_of_it_was_trained_on(readings: Readings, tmp_path: Path) -> None:
    facts = data_facts([Path("corpus")], "all", readings.gold, SCHEMA, readings.trained_on)
    assert facts["train_overlap"] == 5
    again = [replace(each, id=f"again-{each.id}") for each in readings.gold]
    renamed = data_facts([Path("corpus")], "all", again, SCHEMA, readings.trained_on)
    assert renamed["train_overlap"] == 5  # a text is known, whatever its id
    others = [replace(each, text=f"{each.text} And more.") for each in readings.gold]
    assert data_facts([Path("corpus")], "all", others, SCHEMA, readings.trained_on)["train_overlap"] == 0
    assert facts["schema"] == "dispatch 1.0"
    assert facts["dispatches"] == len(readings.gold)
    other = data_facts([Path("corpus")], "all", readings.gold[1:], SCHEMA, None)
    assert other["sha256"] != facts["sha256"]
    assert other["train_overlap"] is None
    metrics, cases = measured(Model({"name": "m"}, readings), Data((Path("corpus"),), "all"), Sampling.none(28))
    write_metrics(tmp_path, metrics)
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8")) == metrics
    assert {"format", "model", "data", "learning_curve", "comparison"} | KEYS == set(metrics)
    assert cases
