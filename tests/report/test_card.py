"""The model card: its head is read by huggingface_hub as it is meant, its figures are those of metrics.json."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from dateline_labels import Dispatch, InputError, Relation, Schema, Span
from dateline_labels.markdown_cells import cell
from dateline_report.card import model_card
from dateline_report.figures import Readings
from dateline_report.reporting import Data, Model, measured
from dateline_statistics.bootstrap import Sampling
from huggingface_hub import EvalResult, ModelCard

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
TEXT = "Gunmen raided a market in Tarn on Monday and killed four traders."
HOSTILE = '</script>| x: [a](javascript:1)\n---\nname: "y" \u202e `c`'


def span(name: str, label: str, words: str, **attributes: str) -> Span:
    start = TEXT.index(words)
    return Span(name, label, start, start + len(words), attributes)


def dispatch(number: int) -> Dispatch:
    return Dispatch(
        f"d{number}",
        TEXT,
        spans=(
            span("p", "ACTOR", "Gunmen"),
            span("a", "ATTACK", "raided", kind="armed_assault", status="occurred"),
            span("l", "LOCATION", "Tarn"),
            span("c", "CASUALTY", "four traders", outcome="killed"),
        ),
        relations=(
            Relation("perpetrator", "a", "p"),
            Relation("place", "a", "l"),
            Relation("casualty", "a", "c"),
        ),
    )


def metrics(name: str = "example", resamples: int = 50, **facts: Any) -> dict[str, Any]:
    """Those of a model that misses every second place and takes some perpetrators for targets."""
    gold = [dispatch(number) for number in range(12)]
    read = []
    for number, each in enumerate(gold):
        spans = tuple(one for one in each.spans if number % 2 or one.id != "l")
        role = "target" if number % 3 == 0 else "perpetrator"
        kept = [relation for relation in each.relations if number % 2 or relation.tail != "l"][1:]
        read.append(replace(each, spans=spans, relations=(Relation(role, "a", "p"), *kept)))
    recipe = {
        "name": name,
        "seed": 13,
        "encoder": {"name": "owner/encoder"},
        "fitting": {"epochs": 3},
        "dispatches": {"train": 40, "validation": 5},
    }
    model = {"path": "out/x", "kind": "checkpoint", "name": name, "sha256": "ab" * 32, "recipe": recipe, **facts}
    found, _ = measured(
        Model(model, Readings(gold, read, SCHEMA)),
        Data((Path("/home/somebody/secret/corpus.jsonl"),), "test"),
        Sampling.of(gold, resamples, 1) if resamples else Sampling.none(len(gold)),
    )
    return found


def values_of(card: str) -> dict[str | None, float]:
    return {each.metric_name: each.metric_value for each in results_of(card)}


def values(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {row["title"]: row["value"] for row in metrics["headline"]}


def results_of(card: str) -> list[EvalResult]:
    found = ModelCard(card).data.eval_results
    assert found
    return list(found)


def test_the_hub_reads_the_head_and_every_headline_figure_in_it() -> None:
    found = metrics()
    data = ModelCard(model_card(found)).data
    assert (data.library_name, data.pipeline_tag, data.base_model) == (
        "dateline",
        "token-classification",
        "owner/encoder",
    )
    assert data.model_name == "example"
    results = {each.metric_name: each for each in results_of(model_card(found))}
    assert len(results) == len(found["headline"])
    for row in found["headline"]:
        each = results[row["title"]]
        assert each.task_type
        assert each.metric_value == row["value"]
        assert (each.dataset_name, each.dataset_split) == ("corpus.jsonl", "test")
        args = each.metric_args
        assert args is not None
        assert (args["low"], args["high"], args["support"]) == (row["low"], row["high"], row["support"])


def test_the_head_written_anew_by_the_hub_is_the_same() -> None:
    card = model_card(metrics())
    again = ModelCard(card)
    assert yaml.safe_load(again.data.to_yaml()) == yaml.safe_load(card.split("---\n")[1])


def table_after(card: str, heading: str) -> list[list[str]]:
    lines = card.split(heading)[1].splitlines()
    rows = [line for line in lines if line.startswith("|")]
    return [[each.strip() for each in line.strip("|").split("|")] for line in rows]


def test_the_tables_have_the_figures_of_the_metrics() -> None:
    found = metrics()
    rows = {row[0].removesuffix(" (few)"): row[2:4] for row in table_after(model_card(found), "### Results")}
    for row in found["headline"]:
        expected = [f"{row['value']:.1f}", f"{row['low']:.1f} to {row['high']:.1f}"]
        assert rows[cell(row["title"])] == expected
    place = found["relations"]["strict"]["place"]
    by_label = {row[0]: row[1:] for row in table_after(model_card(found), "By label")}
    assert by_label["relation place"][2] == f"{place['f1']:.1f}"
    assert by_label["relation place"][4] == str(place["gold"])
    assert "(4 of" not in model_card(found)
    swaps = found["swaps"]
    assert f"{swaps['swapped']} ({swaps['rate']:.1f} %) were given the role" in model_card(found)
    assert swaps["swapped"] == 4


def test_it_has_the_sections_that_readers_of_cards_look_for() -> None:
    card = model_card(metrics(), ("## Certificate\n\nproved",))
    headings = re.findall(r"^#+ (.+)$", card, re.MULTILINE)
    for wanted in (
        "Model Details",
        "Uses",
        "Out-of-Scope Use",
        "Bias, Risks, and Limitations",
        "What harm a wrong attribution does",
        "Training Details",
        "Evaluation",
        "Results",
        "Certificate",
    ):
        assert wanted in headings
    assert "on 40 annotated dispatches" in card
    assert "Seed 13; epochs 3" in card


def test_no_path_of_the_machine_is_told() -> None:
    found = metrics()
    found["model"]["recipe"]["encoder"]["name"] = "/home/somebody/encoders/big"
    card = model_card(found)
    assert "somebody" not in card
    assert "`big`" in card
    assert ModelCard(card).data.base_model is None


def test_without_resamples_there_are_no_intervals_and_the_card_says_so() -> None:
    card = model_card(metrics(resamples=0))
    assert "so there are no intervals" in card
    assert all("low" not in (each.metric_args or {}) for each in results_of(card))


def test_hostile_names_change_neither_head_nor_tables() -> None:
    found = metrics(HOSTILE)
    found["data"]["paths"] = [f"/x/{HOSTILE}"]
    card = model_card(found)
    plain = ModelCard(model_card(metrics()))
    data = ModelCard(card).data
    assert data.model_name == HOSTILE
    assert {*data.to_dict()} == {*plain.data.to_dict()}
    body = card.split("\n---\n", 1)[1]
    assert "<" not in re.sub("`[^`]*`", "", re.sub("```.*?```", "", ModelCard(card).text, flags=re.DOTALL))
    assert "\u202e" not in ModelCard(card).text
    assert body.count("\n# ") == model_card(metrics()).count("\n# ")


@pytest.mark.parametrize(("overlap", "told"), [(None, "is not known"), (0, "on none of them"), (7, "on 7 of them")])
def test_it_says_whether_it_was_measured_on_what_it_was_trained_on(overlap: int | None, told: str) -> None:
    found = metrics()
    found["data"]["train_overlap"] = overlap
    assert told in model_card(found)


def write(path: Path, plain: object) -> Path:
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def test_a_report_gives_a_bundle_its_figures(tmp_path: Path, tiny_checkpoint: Path, corpus_sample: Path) -> None:
    from dateline_bundle.encoders import FP32
    from dateline_infer import Extractor
    from dateline_train.certifying import Packaging
    from dateline_train.packaging import run_packaging

    weights = sha256((tiny_checkpoint / "model.safetensors").read_bytes()).hexdigest()
    found = metrics(sha256=weights, path="/home/somebody/x") | {"comparison": {"headline": [], "lost": [{}] * 9}}
    report = write(tmp_path / "metrics.json", found)
    packaging = Packaging(proving=(corpus_sample,), variants=(FP32,), timed=False, report=report)
    run_packaging(tiny_checkpoint, tmp_path / "bundle", packaging)
    Extractor.load(tmp_path / "bundle")
    card = (tmp_path / "bundle" / "README.md").read_text(encoding="utf-8")
    kept: Mapping[str, Any] = json.loads((tmp_path / "bundle" / "metrics.json").read_text(encoding="utf-8"))
    assert kept["headline"] == found["headline"]
    assert kept["comparison"] is None
    assert "somebody" not in json.dumps(kept["model"]) + card
    assert values_of(card) == values(found)
    assert weights in card
    assert "## Certificate" in card
    assert "onnx" in (ModelCard(card).data.tags or [])


@pytest.mark.parametrize(
    ("plain", "what"),
    [
        ({"format": 1, "model": {"sha256": "0" * 64}}, ":model.sha256: expected a report of"),
        ({"format": 2, "model": {}}, ":format: "),
        ([1], ":format: "),
    ],
)
def test_a_report_of_another_model_is_refused_before_anything_is_done(
    tmp_path: Path, tiny_checkpoint: Path, plain: object, what: str
) -> None:
    from dateline_train.card import reported

    with pytest.raises(InputError, match=re.escape(what)):
        reported(write(tmp_path / "metrics.json", plain), tiny_checkpoint)


def test_a_bundle_without_a_report_has_the_figures_of_its_validation(tiny_bundle: Path) -> None:
    card = (tiny_bundle / "README.md").read_text(encoding="utf-8")
    kept = json.loads((tiny_bundle / "metrics.json").read_text(encoding="utf-8"))
    assert values_of(card) == values(kept)
    assert "thresholds were chosen on" in card
