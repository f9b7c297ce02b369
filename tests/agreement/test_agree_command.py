"""`dateline agree` as a user runs it: tables, findings, files, and one line where something is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from annotators_of_notes import FULL, PLACE, WHO, raid, run_agree
from dateline_agreement.tables import markdown
from dateline_formats.known import named
from disturbed_readings import corpus, disturbed

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "labels" / "schema.toml"


def write_notes(folder: Path) -> tuple[Path, Path]:
    """The files of two annotators of thirty notes."""
    notes = corpus("militancy_notes")[:30]
    anna, ben = folder / "anna.jsonl", folder / "ben.jsonl"
    named("jsonl").write(notes, anna, False)
    named("jsonl").write(disturbed(notes), ben, False)
    return anna, ben


@pytest.mark.parametrize("tool", ["brat", "label-studio"])
def test_everything_is_written(tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    files = write_notes(tmp_path)
    assert run_agree(*files, "--schema", SCHEMA, "--out", out, "--merge", tool, "--resamples", 50) == 0
    shown = capsys.readouterr().out
    assert "Krippendorff" not in shown  # the terminal has the figures, the page their meaning
    assert "Cohen's kappa" in shown
    assert shown.endswith(f"written to {out}\n")
    figures = json.loads((out / "agreement.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in figures["annotators"]] == ["anna", "ben"]
    assert figures["dispatches"] == 30
    assert (out / "agreement.md").read_text(encoding="utf-8") == markdown(figures, figures["disagreements"])
    lines = (out / "disagreements.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(figures["disagreements"].values()) == len(lines) > 20
    merged = out / ("merged" if tool == "brat" else "merged.json")
    assert merged.exists()
    f1 = figures["mean"]["spans"]["exact"]["micro"]["f1"]
    assert f" {f1:.1f} (" in shown


def test_three_annotators_have_pairs_and_a_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    anna, ben = write_notes(tmp_path)
    carl = tmp_path / "carl.jsonl"
    named("jsonl").write(disturbed(corpus("militancy_notes")[:30], 9)[1:], carl, False)
    assert run_agree(anna, ben, carl, "--resamples", 0) == 0
    shown, said = capsys.readouterr()
    assert "anna and carl" in shown
    assert "Fleiss' kappa" in shown
    assert "only anna" not in shown
    assert said.splitlines() == ["militancy_notes-001:0:id: warning: not of carl"]


def test_who_shares_no_dispatch_is_told_and_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    anna, ben = write_notes(tmp_path)
    carl = tmp_path / "carl.jsonl"
    named("jsonl").write([replace(FULL, id="of carl alone")], carl, False)
    assert run_agree(anna, ben, carl, "--resamples", 0, "--out", tmp_path / "out") == 0
    shown, said = capsys.readouterr()
    assert "of anna (30), ben (30)." in shown
    assert "Fleiss" not in shown
    assert said.splitlines() == [
        f"{carl}:1:id: lost: only carl has of carl alone; left out",
        f"{carl}:0:annotators: lost: carl has no dispatch together with another annotator, and is left out",
    ]


def test_hostile_labels_are_shown_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = raid(*(replace(span, label="[red]|<b>\x1b[2J") for span in (WHO, PLACE)))
    for name in ("anna", "ben"):
        named("jsonl").write([odd], tmp_path / f"{name}.jsonl", False)
    assert run_agree(tmp_path / "anna.jsonl", tmp_path / "ben.jsonl", "--out", tmp_path / "out") == 0
    shown = capsys.readouterr().out
    assert "[red]|<b>\\x1b[2J" in shown
    assert "\x1b[2J" not in shown
    page = (tmp_path / "out" / "agreement.md").read_text(encoding="utf-8")
    assert "\\[red\\]\\|&lt;b&gt;" in page


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ('{"id": "raid", "text": 5}\n', "ben.jsonl:1:text: "),
        ('{"id": "other", "text": "x"}\n', "ben.jsonl:0:id: no dispatch is of two annotators"),
    ],
)
def test_a_fault_is_one_line_and_nothing_is_written(
    second: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named("jsonl").write([FULL], tmp_path / "anna.jsonl", False)
    (tmp_path / "ben.jsonl").write_text(second, encoding="utf-8")
    status = run_agree(tmp_path / "anna.jsonl", tmp_path / "ben.jsonl", "--out", tmp_path / "out")
    shown, said = capsys.readouterr()
    assert (status, shown, len(said.splitlines())) == (2, "", 1)
    assert said.startswith(f"{tmp_path}/{expected}")
    assert not (tmp_path / "out").exists()


def test_a_merged_file_needs_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = write_notes(tmp_path)
    assert run_agree(*files, "--merge", "brat") == 2
    said = capsys.readouterr().err
    assert said.startswith("dateline: Invalid value: --merge needs --out, where the merged file goes; ")
    assert len(said.splitlines()) == 1


def test_what_is_half_settled_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files, out = write_notes(tmp_path), tmp_path / "out"
    assert run_agree(*files, "--out", out, "--merge", "brat", "--resamples", 0) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert run_agree(files[1], files[0], "--out", out, "--merge", "brat", "--resamples", 0) == 2
    assert capsys.readouterr() == ("", f"{out}/merged:0:merged: exists already, and is not written over\n")
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_findings_are_said_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named("jsonl").write([FULL, raid(name="more")], tmp_path / "anna.jsonl", False)
    named("jsonl").write([FULL], tmp_path / "ben.jsonl", False)
    assert run_agree(tmp_path / "anna.jsonl", tmp_path / "ben.jsonl", "--out", tmp_path / "out") == 0
    line = f"{tmp_path}/anna.jsonl:2:id: lost: only anna has more; left out\n"
    assert capsys.readouterr().err == line
    assert (tmp_path / "out" / "findings.txt").read_text(encoding="utf-8") == line
