"""`dateline audit`: a run is sampled, annotated and estimated, from the command line as a user does it."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dateline_archive.commands import archive
from dateline_audit.commands import audit
from dateline_audit.record import read_sample
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.files import write_dispatches
from dateline_labels.main import main

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "labels" / "schema.toml"
SCHEMA = Schema.read(SCHEMA_FILE)
QUIET = "The council met on Tuesday and voted for a new bridge over the river."
BLIND = "spans.exact.micro"


def write_lines(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["parquet", "jsonl"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path, note: str) -> Path:
    """A run over 60 documents in two files: notes that tell of an incident, quiet ones, an empty and a broken one."""
    folder = tmp_path_factory.mktemp("archive")
    first: list[object] = [
        {"id": f"n{number}", "text": f"{note} ({number})", "published": f"19{87 + number % 2}-03-0{1 + number % 9}"}
        for number in range(30)
    ]
    second: list[object] = [{"id": f"q{number}", "text": f"{QUIET} ({number})", "desk": "city"} for number in range(28)]
    inputs = [
        write_lines(folder / "one.jsonl", [*first, "broken"]),
        write_lines(folder / "two.jsonl", [*second, {"id": "q28", "text": " "}]),
    ]
    out = folder / "run"
    options = ["--out", str(out), "--shard", "7", "--format", request.param]
    assert main(["run", str(tiny_bundle), *map(str, inputs), *options], archive) == 0
    return out


def sample(run: Path, out: Path, *options: str) -> int:
    return main(["sample", str(run), "--out", str(out), *options], audit)


def estimate(run: Path, out: Path, annotated: Path, *options: str) -> int:
    return main(["estimate", str(run), str(out), str(annotated), "--out", str(out), *options], audit)


def figures(out: Path, part: str = "all") -> dict[str, Any]:
    parts = json.loads((out / "estimate.json").read_text(encoding="utf-8"))["parts"]
    found: dict[str, Any] = next(each for each in parts if each["name"] == part)["figures"]
    return found


def test_a_sample_holds_texts_alone_and_tells_nothing_of_what_was_read(run: Path, tmp_path: Path, note: str) -> None:
    assert sample(run, tmp_path / "a", "--n", "20", "--seed", "3") == 0
    drawn = read_dispatches([tmp_path / "a" / "dispatches.jsonl"], SCHEMA)
    assert len(drawn) == 20
    assert not any(dispatch.spans or dispatch.relations for dispatch in drawn)
    assert {dispatch.text.rpartition(" (")[0] for dispatch in drawn} <= {note, QUIET}
    assert {key for dispatch in drawn for key in dispatch.meta} == {"input_id"}
    record = read_sample(tmp_path / "a")
    assert sum(stratum.documents for stratum in record.strata) == 58
    assert sum(stratum.weight * stratum.sampled for stratum in record.strata) == pytest.approx(58)
    assert record.left_out == {"empty": 1, "error": 1}


def test_the_seed_decides_who_is_drawn(run: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert sample(run, tmp_path / name, "--n", "20", "--seed", seed) == 0
    a, b, c = ((tmp_path / name / "sample.json").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_strata_by_year_source_and_column(run: Path, tmp_path: Path) -> None:
    assert sample(run, tmp_path / "a", "--n", "58", "--by", "year", "--by", "desk", "--least", "2") == 0
    record = read_sample(tmp_path / "a")
    assert record.criteria == ["found", "year", "desk"]
    assert {stratum.values["year"] for stratum in record.strata} >= {"1987", "1988", "unknown"}
    assert {stratum.values["desk"] for stratum in record.strata} - {"others"} == {"city", "unknown"}
    assert sample(run, tmp_path / "b", "--by", "source", "--least", "2") == 0
    sources = {stratum.values["source"] for stratum in read_sample(tmp_path / "b").strata}
    assert sources - {"others"} == {"one.jsonl", "two.jsonl"}  # the tiny model may find too little in one of them


def test_annotations_that_agree_with_the_run_find_it_right_and_its_counts_true(run: Path, tmp_path: Path) -> None:
    assert sample(run, tmp_path, "--n", "24", "--show-predictions") == 0
    shown = read_dispatches([tmp_path / "dispatches.jsonl"], SCHEMA)
    assert any(dispatch.spans for dispatch in shown)
    assert estimate(run, tmp_path, tmp_path / "dispatches.jsonl") == 0
    found = figures(tmp_path)
    assert found[BLIND]["predicted"] > 0
    for key, figure in found.items():
        assert figure["corrected"]["value"] == figure["predicted"], key
        assert figure["corrected"]["low"] is None, key  # no difference was seen, so nobody knows how large it may be
        for share in ("precision", "recall"):
            assert not figure.get(share) or figure[share]["value"] == figure[share]["high"] == 100, key
    assert found["incidents"]["recall"]["value"] == 100
    page = (tmp_path / "estimate.md").read_text(encoding="utf-8")
    assert "| incidents |" in page
    assert "may hold some" in page
    assert "no difference in the sample" in page


def emptied(dispatch: Dispatch) -> Dispatch:
    return replace(dispatch, spans=(), relations=())


def test_annotations_of_nothing_find_everything_spurious(run: Path, tmp_path: Path) -> None:
    assert sample(run, tmp_path, "--n", "58") == 0  # all of them
    assert estimate(run, tmp_path, tmp_path / "dispatches.jsonl") == 0
    for key in (BLIND, "incidents"):
        figure = figures(tmp_path)[key]
        assert figure["precision"]["value"] == 0
        assert figure["recall"] is None
        assert figure["corrected"]["value"] == figure["corrected"]["high"] == 0
        assert figure["annotated"]["spurious"] == figure["predicted"] > 0
    assert figures(tmp_path)["people.killed"]["corrected"]["value"] == 0


def test_a_sample_of_all_documents_gives_the_very_counts_of_the_annotation(run: Path, tmp_path: Path) -> None:
    assert sample(run, tmp_path, "--n", "58", "--show-predictions") == 0
    shown = read_dispatches([tmp_path / "dispatches.jsonl"], SCHEMA)
    gold = [emptied(each) if number % 3 == 0 else each for number, each in enumerate(shown)]
    write_dispatches(gold, tmp_path / "gold.jsonl")
    assert estimate(run, tmp_path, tmp_path / "gold.jsonl") == 0
    found = figures(tmp_path)
    true, read = (Counter(span.label for each in some for span in each.spans) for some in (gold, shown))
    for label in SCHEMA.spans:
        figure = found[f"spans.exact.{label}"]
        assert (figure["corrected"]["low"], figure["corrected"]["high"]) == (true[label], true[label])
        assert figure["predicted"] == read[label]
        if true[label]:
            assert figure["recall"]["low"] == 100
            assert figure["precision"]["value"] == pytest.approx(100 * true[label] / read[label], abs=0.01)


def test_parts_add_up_to_the_whole(run: Path, tmp_path: Path) -> None:
    assert sample(run, tmp_path, "--n", "40", "--by", "year") == 0
    assert estimate(run, tmp_path, tmp_path / "dispatches.jsonl") == 0
    estimates = json.loads((tmp_path / "estimate.json").read_text(encoding="utf-8"))
    strata = {stratum.name for stratum in read_sample(tmp_path).strata}
    apart = [part for part in estimates["parts"] if part["name"] in strata]
    for name in ("documents", "annotated"):
        assert sum(part[name] for part in apart) == estimates["parts"][0][name]
    predicted = [part["figures"][BLIND]["predicted"] for part in apart]
    assert sum(predicted) == estimates["parts"][0]["figures"][BLIND]["predicted"]
    values = {f"{key} {value}" for each in read_sample(tmp_path).strata for key, value in each.values.items()}
    assert "year 1987" in values
    assert values <= {part["name"] for part in estimates["parts"]}


def test_copies_of_earlier_documents_can_be_left_out(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "copies.json").unlink(missing_ok=True)
    assert sample(run, tmp_path / "a", "--n", "10", "--distinct") == 2
    assert "dateline archive copies" in capsys.readouterr().err
    assert main(["copies", str(run)], archive) == 0
    assert sample(run, tmp_path / "b", "--n", "10", "--distinct", "--least", "2") == 0
    record = read_sample(tmp_path / "b")
    assert record.left_out["copy"] > 50
    assert sum(stratum.documents for stratum in record.strata) + sum(record.left_out.values()) == 60


def said(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--n", "1"), "--n:0:n: expected at least"),
        (("--by", "colour"), "--by:0:by: expected year, source or a column of the input, got colour"),
        (("--by", "year", "--by", "year"), "--by:0:by: expected each criterion once"),
        (("--by", "found"), "--by:0:by: "),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_one_line_and_nothing_is_written(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str], what: str
) -> None:
    assert sample(run, tmp_path / "a", *options) == 2
    assert said(capsys).startswith(what)
    assert not (tmp_path / "a").exists()


def test_a_folder_that_is_no_finished_run_and_a_second_sample_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(tmp_path, tmp_path / "a") == 2
    assert "is not the folder of a run" in said(capsys)
    assert sample(run, tmp_path / "a", "--n", "20") == 0
    before = (tmp_path / "a" / "sample.json").read_bytes()
    capsys.readouterr()
    assert sample(run, tmp_path / "a", "--n", "21") == 2
    assert "holds a sample already" in said(capsys)
    assert (tmp_path / "a" / "sample.json").read_bytes() == before


def altered(dispatches: Sequence[Dispatch]) -> list[Dispatch]:
    return [replace(dispatches[0], text=dispatches[0].text + "."), *dispatches[1:]]


def strange(dispatches: Sequence[Dispatch]) -> list[Dispatch]:
    return [*dispatches, replace(dispatches[0], id="document-999999")]


@pytest.mark.parametrize(
    ("change", "what"),
    [(altered, "expected the text that was drawn"), (strange, "is not in the sample"), (lambda d: d[2:], "2 of 20")],
)
def test_annotations_of_other_documents_or_texts_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Any, what: str
) -> None:
    assert sample(run, tmp_path, "--n", "20") == 0
    write_dispatches(change(read_dispatches([tmp_path / "dispatches.jsonl"], SCHEMA)), tmp_path / "gold.jsonl")
    capsys.readouterr()
    assert estimate(run, tmp_path, tmp_path / "gold.jsonl") == 2
    assert what in said(capsys)
    assert not (tmp_path / "estimate.json").exists()


def test_documents_that_are_not_annotated_can_be_passed_over(run: Path, tmp_path: Path) -> None:
    assert sample(run, tmp_path, "--n", "20") == 0
    drawn = read_dispatches([tmp_path / "dispatches.jsonl"], SCHEMA)
    write_dispatches(drawn[1:], tmp_path / "gold.jsonl")
    assert estimate(run, tmp_path, tmp_path / "gold.jsonl", "--partial") == 0
    estimates = json.loads((tmp_path / "estimate.json").read_text(encoding="utf-8"))
    assert (estimates["parts"][0]["annotated"], estimates["parts"][0]["documents"]) == (19, 58)


def test_too_few_annotated_documents_of_a_stratum_and_another_table_of_actors_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(run, tmp_path, "--n", "20") == 0
    first = next(each.id for each in read_sample(tmp_path).documents if each.stratum == 0)
    drawn = read_dispatches([tmp_path / "dispatches.jsonl"], SCHEMA)
    others = {each.id for each in read_sample(tmp_path).documents if each.stratum} | {first}
    write_dispatches([each for each in drawn if each.id in others], tmp_path / "gold.jsonl")
    capsys.readouterr()
    assert estimate(run, tmp_path, tmp_path / "gold.jsonl", "--partial") == 2
    assert "strata[0]: expected 2 annotated documents or more of" in said(capsys)
    actors = SCHEMA_FILE.with_name("actors.toml")
    assert estimate(run, tmp_path, tmp_path / "dispatches.jsonl", "--actors", str(actors)) == 2
    assert said(capsys).startswith("--actors:0:actors: expected the table of the run")


def test_a_sample_of_another_run_and_a_damaged_one_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(run, tmp_path, "--n", "20") == 0
    path = tmp_path / "sample.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    for changed, what in (
        ({"fingerprint": "0" * 64}, "is a sample of another run"),
        ({"documents": whole["documents"][1:]}, "as many of each stratum as it says"),
        ({"seed": "many"}, ":seed: "),
        ({"strata": []}, "as many of each stratum"),
    ):
        path.write_text(json.dumps(whole | changed), encoding="utf-8")
        capsys.readouterr()
        assert estimate(run, tmp_path, tmp_path / "dispatches.jsonl") == 2
        assert what in said(capsys)


def test_two_samples_of_a_run_are_one_larger_sample(run: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    options = ("--n", "24", "--show-predictions")
    assert sample(run, first, *options, "--seed", "1") == 0
    assert sample(run, second, *options, "--seed", "2", "--allocation", "equal") == 0
    drawn = [each for folder in (first, second) for each in read_dispatches([folder / "dispatches.jsonl"], SCHEMA)]
    shown = {each.id: each for each in drawn}
    assert 24 < len(shown) < 48
    gold = {name: emptied(each) if int(name[-1]) % 3 == 0 else each for name, each in shown.items()}
    write_dispatches(gold.values(), tmp_path / "gold.jsonl")
    assert estimate(run, first, tmp_path / "gold.jsonl", "--also", str(second)) == 0
    estimates = json.loads((first / "estimate.json").read_text(encoding="utf-8"))
    assert (estimates["parts"][0]["annotated"], estimates["parts"][0]["documents"]) == (len(shown), 58)
    assert estimates["drawn"] == {"documents": len(shown), "seed": 1, "allocation": "optimal", "also": [2]}
    assert "seeds 1 and 2)" in (first / "estimate.md").read_text(encoding="utf-8")
    records = [read_sample(first), read_sample(second)]
    total = 0.0  # what the run read, and of each stratum as many more or fewer as the mean of its documents says
    for at, stratum in enumerate(records[0].strata):
        ids = {each.id for record in records for each in record.documents if each.stratum == at}
        more = sum(len(gold[name].spans) - len(shown[name].spans) for name in ids)
        total += stratum.predicted.get(BLIND, 0) + stratum.documents * more / len(ids)
    assert figures(first)[BLIND]["corrected"]["value"] == pytest.approx(total, abs=0.01)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--seed", "2", "--by", "year"), ":0:strata: expected the strata of"),
        (("--n", "21"), ":0:seed: expected another --seed than that of a sample beside it, got 0"),
    ],
)
def test_samples_that_make_no_larger_one_are_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str], what: str
) -> None:
    assert sample(run, tmp_path / "a", "--n", "40") == 0
    assert sample(run, tmp_path / "b", *(options if "--n" in options else ("--n", "40", *options))) == 0
    capsys.readouterr()
    gold = tmp_path / "a" / "dispatches.jsonl"
    assert estimate(run, tmp_path / "a", gold, "--also", str(tmp_path / "b")) == 2
    assert what in said(capsys)


def test_the_commands_load_nothing_heavy_before_they_are_called() -> None:
    late = {"scipy", "pyarrow", "huggingface_hub", "torch", "transformers"}
    script = f"import dateline_audit.commands, sys; print(sorted(set(sys.modules) & {late!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
