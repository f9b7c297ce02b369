"""`dateline incidents …` as a user runs it."""

import csv
import json
from pathlib import Path

import pytest
import typer
from dateline_incidents.incident_commands import incidents
from dateline_labels import Dispatch, Place, markup
from dateline_labels.jsonl import write_line
from dateline_labels.main import main
from gazetteer_files import write_gazetteer
from table_network import SCHEMA

CORPUS = Path(__file__).resolve().parents[2] / "labels" / "corpus"
NOTE = """\
id: {0}
published: 2017-07-2{1}

[Taliban fighters](ACTOR p1) [bombed](ATTACK a1 kind=bombing status=occurred) [Gereshk](LOCATION l1) on
[July 20](TIME t1), killing [{2} soldiers](CASUALTY c1 outcome=killed), the [army](ACTOR p2) said.
---
a1 perpetrator p1
a1 place l1
a1 time t1
a1 casualty c1
c1 source p2
"""


@pytest.fixture(autouse=True)
def _the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The group of commands whatever was installed when."""
    app = typer.Typer()
    app.add_typer(incidents, name="incidents")
    app.command("nothing")(lambda: None)
    monkeypatch.setattr("dateline_labels.main.command_line", lambda: app)


@pytest.fixture
def read(tmp_path: Path) -> Path:
    notes = [
        markup.read(NOTE.format(name, day, killed), Place("x"), SCHEMA)
        for name, day, killed in (("a", 0, 6), ("b", 1, 9))
    ]
    path = tmp_path / "read.jsonl"
    unread = Dispatch("c", "Rain.", meta={"error": "ValueError: no"})
    path.write_text("".join(write_line(each) + "\n" for each in (*notes, unread)), encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_of_what_was_read(tmp_path: Path, read: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gazetteer = ["--gazetteer", str(write_gazetteer(tmp_path / "places")), "--gazetteer-index", str(tmp_path / "index")]
    assert main(["incidents", "table", str(read), "--out", str(tmp_path / "x.csv"), *gazetteer]) == 0
    assert capsys.readouterr().out == f"2 incidents with 2 claims written to {tmp_path / 'x.csv'}\n"
    assert [(row["incident"], row["geoname"], row["date_start"]) for row in rows(tmp_path / "x.csv")] == [
        ("a#1", "Gereshk", "2017-07-20"),
        ("b#1", "Gereshk", "2017-07-20"),
    ]
    assert [(row["claim"], row["best"]) for row in rows(tmp_path / "x.claims.csv")] == [("a#1.1", "6"), ("b#1.1", "9")]


def test_merged_events_with_their_claims_by_date_and_why(tmp_path: Path, read: Path) -> None:
    assert main(["incidents", "merge", str(read), "--out", str(tmp_path / "x.csv")]) == 0
    (event,) = rows(tmp_path / "x.csv")
    assert (event["event"], event["incidents"], event["last_published"]) == ("a#1", "a#1; b#1", "2017-07-21")
    assert [row["event"] for row in rows(tmp_path / "x.incidents.csv")] == ["a#1", "a#1"]
    claims = [(row["event"], row["published"], row["best"]) for row in rows(tmp_path / "x.claims.csv")]
    assert claims == [("a#1", "2017-07-20", "6"), ("a#1", "2017-07-21", "9")]
    (why,) = rows(tmp_path / "x.why.csv")
    assert (why["one"], why["other"], why["why"]) == (
        "a#1",
        "b#1",
        "the same day; both at gereshk; both tell of Taliban",
    )
    totals = {row["rule"]: row["best"] for row in rows(tmp_path / "x.totals.csv")}
    assert totals == dict.fromkeys(("conservative", "highest", "latest", "most_reported", "government", "ucdp"), "9")
    assert main(["incidents", "merge", str(read), "--threshold", "1", "--out", str(tmp_path / "y.jsonl")]) == 0
    assert len((tmp_path / "y.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_totals_side_by_side(tmp_path: Path, read: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = ["--rule", "conservative", "--rule", "government"]
    assert main(["incidents", "totals", str(read), *rules, "--out", str(tmp_path / "x.jsonl")]) == 0
    shown = capsys.readouterr().out
    assert "2 events" in shown
    assert [line.split() for line in shown.splitlines() if "best" in line] == [["killed", "best", "15", "15"]]
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["event"], row["rule"], row["best"], row["sides"]) for row in lines] == [
        (event, rule, best, ["state_force"])
        for event, best in (("a#1", 6), ("b#1", 9))
        for rule in ("conservative", "government")
    ]


@pytest.mark.parametrize("form", ["acled", "ucdp", "gtd", "plover"])
def test_exports_with_their_evidence(form: str, tmp_path: Path, read: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.jsonl"
    assert main(["incidents", "export", str(read), "--to", form, "--merge", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"1 events written to {out}\n"
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert 9 in (row.get("fatalities"), row.get("best"), row.get("nkill"), row.get("size", {}).get("dead"))
    evidence = (tmp_path / "x.evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["document"] for line in evidence} == {"a", "b"}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["table", "{read}", "--out", "{tmp}/x.xlsx"], 2, "{tmp}/x.xlsx:0:out: expected a file ending in .csv"),
        (
            ["export", "{read}", "--to", "plover", "--out", "{tmp}/x.csv"],
            2,
            "x.csv:0:out: expected a file ending in .jsonl",
        ),
        (["export", "{read}", "--to", "icews", "--out", "{tmp}/x.csv"], 2, "icews"),
        (["table", "{tmp}/none.jsonl", "--out", "{tmp}/x.csv"], 4, "none.jsonl: No such file"),
        (
            ["merge", "{read}", "--weights", "0", "0", "0", "0", "--out", "{tmp}/x.csv"],
            2,
            "--weights:0:weights: expected",
        ),
        (["totals", "{read}", "--rule", "best"], 2, "best"),
        (["table", "{read}", "--actors", "{read}", "--out", "{tmp}/x.csv"], 2, "read.jsonl:1:toml:"),
        (["table", "{read}", "--gazetteer", "{read}", "--out", "{tmp}/x.csv"], 2, "read.jsonl:1:columns: expected 19"),
        (["table", "{tmp}/bad.jsonl", "--out", "{tmp}/x.csv"], 2, "bad.jsonl:1:"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], code: int, says: str, tmp_path: Path, read: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    places = {"read": str(read), "tmp": str(tmp_path)}
    assert main(["incidents", *(argument.format(**places) for argument in arguments)]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert says.format(**places) in line
    assert sorted(tmp_path.iterdir()) == before


def test_gold_of_the_corpus_is_exported(tmp_path: Path) -> None:
    out = tmp_path / "ged.parquet"
    assert main(["incidents", "export", str(CORPUS / "sahel"), "--to", "ucdp", "--out", str(out)]) == 0
    assert out.stat().st_size > 1_000


@pytest.mark.parametrize(
    "arguments",
    [
        ("table", "read.jsonl", "--out", "read.jsonl"),
        ("table", "old.claims.jsonl", "--out", "old.jsonl"),
        ("merge", "old.why.jsonl", "--out", "old.jsonl"),
        ("totals", "read.jsonl", "--out", "read.jsonl"),
        ("export", "old.evidence.jsonl", "--to", "ucdp", "--out", "old.jsonl"),
        ("table", "read.jsonl", "--actors", "actors.csv", "--out", "actors.csv"),
    ],
)
def test_what_is_read_is_never_written_over(
    arguments: tuple[str, ...],
    tmp_path: Path,
    read: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("old.claims.jsonl", "old.why.jsonl", "old.evidence.jsonl", "actors.csv"):
        (tmp_path / name).write_bytes(read.read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(["incidents", *arguments]) == 2
    assert "out: expected another file than those that are read" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("weights", ["0 0 0 0", "1 1 1 -1", "nan 1 1 1", "1 1 1 nan", "inf 1 1 1", "1e308 1e308 1 1"])
def test_weights_that_weigh_nothing_are_refused(
    weights: str, tmp_path: Path, read: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "events.csv"
    assert main(["incidents", "merge", str(read), "--out", str(out), "--weights", *weights.split()]) == 2
    assert capsys.readouterr().err.startswith("--weights:0:weights: expected finite numbers, none below 0")
    assert not out.exists()
