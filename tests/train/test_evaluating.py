import json
from pathlib import Path

import pytest
from dateline_labels import Schema, read_dispatches
from dateline_labels.main import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.read(ROOT / "labels" / "schema.toml")


def evaluated(model: Path, data: Path, out: Path) -> dict[str, object]:
    assert main(["evaluate", str(model), str(data), "--out", str(out), "--split", "train"]) == 0
    metrics: dict[str, object] = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return metrics


def test_checkpoint_and_bundle_have_the_same_figures(
    tmp_path: Path, tiny_checkpoint: Path, tiny_bundle: Path, corpus_sample: Path
) -> None:
    by_checkpoint = evaluated(tiny_checkpoint, corpus_sample, tmp_path / "checkpoint")
    by_bundle = evaluated(tiny_bundle, corpus_sample, tmp_path / "bundle")
    for part in ("spans", "attributes", "relations"):
        one, other = (metrics["confidence"][part]["all"] for metrics in (by_checkpoint, by_bundle))  # type: ignore[index]
        assert one["judged"] == pytest.approx(other["judged"], abs=2)  # a relation at the threshold may be in one alone
        assert one["ece"] == pytest.approx(other["ece"], abs=0.5)  # a score near a border may change its bin
    for part, kind in (("spans", "exact"), ("relations", "strict"), ("relations", "boundaries")):
        one, other = (metrics[part][kind] for metrics in (by_checkpoint, by_bundle))  # type: ignore[index]
        assert one.keys() == other.keys()
        for label, figures in one.items():
            assert figures["gold"] == other[label]["gold"]
            for count in ("right", "spurious", "missed"):
                assert figures[count] == pytest.approx(other[label][count], abs=2), (part, kind, label, count)
    assert by_checkpoint.keys() == by_bundle.keys()
    assert by_checkpoint["data"] == by_bundle["data"]
    assert by_bundle["data"]["dispatches"] == 32  # type: ignore[index]
    assert by_bundle["spans"]["exact"]["micro"]["f1"] > 30  # type: ignore[index]


def test_the_page_says_what_the_metrics_say_and_lists_the_cases(
    tmp_path: Path, tiny_bundle: Path, corpus_sample: Path, schema: Schema
) -> None:
    metrics = evaluated(tiny_bundle, corpus_sample, tmp_path)
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    micro = metrics["spans"]["exact"]["micro"]  # type: ignore[index]
    assert f"| micro | {micro['precision']:.1f} | {micro['recall']:.1f} | {micro['f1']:.1f} | {micro['gold']} |" in page
    for heading in (
        "## Spans",
        "### Exact",
        "### seqeval, strict",
        "## Relations",
        "### Strict",
        "### Boundaries",
        "### Mentions tied by same\\_event, as clusters",
        "### ATTACK.kind by value",
    ):
        assert heading in page
    pairs = metrics["clusters"]["same_event"]["pairs"]  # type: ignore[index]
    assert f"| pairs of mentions | {pairs['precision']:.1f} | {pairs['recall']:.1f} | {pairs['f1']:.1f} |" in page
    believed = metrics["confidence"]["relations"]["all"]  # type: ignore[index]
    assert f"| all | {believed['ece']:.1f} | {believed['score']:.1f} | {believed['right']:.1f} |" in page
    confusion = metrics["attributes"]["CASUALTY.outcome"]["confusion"]  # type: ignore[index]
    killed = sum(pair["count"] for pair in confusion if pair["gold"] == pair["predicted"] == "killed")
    (row,) = [line for line in page.splitlines() if line.startswith("| killed |") and "." not in line]
    columns = next(line for line in page.splitlines() if line.startswith("| gold, read as |") and "killed" in line)
    assert row.split("|")[columns.split("|").index(" killed ")] == f" {killed} "
    cases = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    spans = [case for case in cases if case["measure"] == "span"]
    assert sum(case["kind"] == "missed" for case in spans) == micro["missed"]
    assert sum(case["kind"] == "spurious" for case in spans) == micro["spurious"]
    gold = {dispatch.id: dispatch for dispatch in read_dispatches([corpus_sample], schema)}
    assert all(gold[case["dispatch"]].text[case["start"] : case["end"]] == case["what"] for case in spans)


@pytest.mark.parametrize("split", ["everything", "test "])
def test_an_unknown_part_is_refused(
    tmp_path: Path, tiny_bundle: Path, corpus_sample: Path, split: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["evaluate", str(tiny_bundle), str(corpus_sample), "--out", str(tmp_path / "out"), "--split", split]
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_model_is_refused(
    tmp_path: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tmp_path), str(corpus_sample), "--out", str(tmp_path / "out")]) == 3
    assert "not a checkpoint" in capsys.readouterr().err


def test_hostile_words_do_not_break_the_page(tmp_path: Path, tiny_bundle: Path) -> None:
    text = "<script>alert(1)</script> | **bold** ![x](http://example.org) `tick` Monday"
    spans = [{"id": "t1", "label": "TIME", "start": 0, "end": len(text)}]
    row = {"id": "<b>|1", "text": text, "spans": spans}
    data = tmp_path / "hostile.jsonl"
    data.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert main(["evaluate", str(tiny_bundle), str(data), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>" not in page
    assert "![" not in page
    assert "**bold" not in page


def test_a_bundle_is_measured_without_what_trains_and_a_checkpoint_says_what_it_needs(
    tmp_path: Path,
    tiny_bundle: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from dateline_train import requirements

    there = requirements.find_spec
    monkeypatch.setattr(requirements, "find_spec", lambda name: None if name == "torch" else there(name))
    assert evaluated(tiny_bundle, corpus_sample, tmp_path / "bundle")["data"]
    (tmp_path / "checkpoint").mkdir()
    capsys.readouterr()
    for command in ("evaluate", "report"):
        code = main([command, str(tmp_path / "checkpoint"), str(corpus_sample), "--out", str(tmp_path / "out")])
        (line,) = capsys.readouterr().err.splitlines()
        assert code == 2
        assert "which is no bundle, needs torch" in line
        assert "dateline[train]" in line


def test_a_report_that_has_no_place_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report"
    out.write_text("kept", encoding="utf-8")
    for command in ("evaluate", "report"):
        assert main([command, str(tmp_path / "no model"), str(tmp_path / "no data"), "--out", str(out)]) == 4
        assert capsys.readouterr().err == f"{out}: Not a directory\n"
    assert out.read_text(encoding="utf-8") == "kept"
