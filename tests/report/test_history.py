import json
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
import typer
from dateline_labels.main import main
from dateline_report.history import DataUsed, Entry, append, read_history, remember
from dateline_report.history_commands import history
from dateline_report.history_table import table
from hypothesis import given, settings
from hypothesis import strategies as st

DATA = DataUsed("test", 140, "ab" * 32)


def entry(name: str = "default", f1: float = 85.0, **given: object) -> Entry:
    figures = {"span_f1": f1, "span_f1_low": f1 - 1, "span_f1_high": f1 + 1, "relation_f1": f1 - 20}
    return Entry("report", name, "out/default/checkpoint", "cd" * 32, DATA, figures, **given)  # type: ignore[arg-type]


def run(*arguments: str) -> int:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(history)
    return main(list(arguments), app)


def test_what_is_remembered_is_read_again_in_its_order(tmp_path: Path) -> None:
    entries = [
        entry("first"),
        entry("second", learnt=DataUsed("train", 3, "ef" * 32), made_from="cd" * 32, recipe={"seed": 13}),
        entry("third", comparison={"other": "cd" * 32, "span_f1": {"difference": 0.4}, "failed": False}),
    ]
    for each in entries:
        append(tmp_path / "out" / "runs.jsonl", each)
    assert read_history(tmp_path / "out" / "runs.jsonl").entries == tuple(entries)


def add_many(work: tuple[str, str]) -> None:
    for _ in range(20):
        append(Path(work[0]), entry(work[1] * 3_000))


def test_processes_that_write_at_once_lose_no_line(tmp_path: Path) -> None:
    path = str(tmp_path / "runs.jsonl")
    with ProcessPoolExecutor(3) as pool:
        list(pool.map(add_many, [(path, name) for name in "abc"]))
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(add_many, [(path, name) for name in "abc"]))
    found = read_history(Path(path))
    assert len(found.entries) == 120
    assert not found.faults


@settings(max_examples=25)
@given(st.binary(max_size=60))
def test_whatever_stands_before_it_a_line_is_whole(tmp_path_factory: pytest.TempPathFactory, before: bytes) -> None:
    path = tmp_path_factory.mktemp("history") / "runs.jsonl"
    path.write_bytes(before)
    append(path, entry())
    assert read_history(path).entries == (entry_at(path),)


def entry_at(path: Path) -> Entry:
    row = json.loads(path.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2])
    return entry(at=row["at"])


def test_an_empty_name_is_no_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    remember(Path(""), entry())
    assert capsys.readouterr().err == ""
    assert not list(tmp_path.iterdir())


def test_a_folder_in_its_place_fails_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remember(tmp_path, entry())
    assert f"{tmp_path} did not get its line: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_torn_line_is_passed_over_with_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "runs.jsonl"
    append(path, entry("before"))
    with path.open("ab") as file:
        file.write(b'{"kind": "train", "na')
    append(path, entry("after"))
    assert run(str(path)) == 0
    said = capsys.readouterr()
    assert said.err == f"{path}:2:line: passed over, it is no run\n"
    assert "before" in said.out
    assert "after" in said.out


def test_the_table_shows_figures_bounds_and_the_verdict() -> None:
    compared = {
        "other": "ff" * 32,
        "span_f1": {"difference": -1.25, "low": -2.0, "high": -0.5},
        "relation_f1": {"difference": 0.5, "low": -0.5, "high": 1.5},
        "failed": True,
    }
    head, first, second = table([entry(), entry("evil\x1b[31m", 80.0, comparison=compared)]).split("\n")
    assert head.split()[:3] == ["when", "(UTC)", "what"]
    assert "85.0 (84.0–86.0)" in first
    assert "65.0" in first
    assert "test 140 abababab" in first
    assert "against ffffffff: spans -1.2 relations +0.5, WORSE" in second
    assert "\x1b" not in second
    assert first.index("85.0 (84") == second.index("80.0 (79")


def test_no_history_yet_says_what_writes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "runs.jsonl")) == 2
    assert "there is no history yet: dateline train" in capsys.readouterr().err


def test_the_figures_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "runs.jsonl"
    for number in range(4):
        append(path, entry(f"run_$x^{number}", 80.0 + number))
    append(path, Entry("package", "run", "out/bundle", "ee" * 32, DataUsed("proof", 5), {"span_f1": 1.0}))
    assert run(str(path), "--kind", "report", "--plot", str(tmp_path / "history.svg")) == 0
    assert (tmp_path / "history.svg").read_text(encoding="utf-8").count("<path") > 20
    assert run(str(path), "--kind", "package", "--plot", str(tmp_path / "none.svg")) == 2
    assert not (tmp_path / "none.svg").exists()
    assert run(str(path), "--kind", "pack") == 2
    assert run(str(path), "--plot", str(tmp_path / "history.doc")) == 2
    assert "expected a name that ends in .svg, .png, .pdf" in capsys.readouterr().err


def test_a_history_that_cannot_be_written_fails_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    remember(tmp_path / "file" / "runs.jsonl", entry())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: ")
    assert "did not get its line" in line


def test_names_that_the_font_cannot_draw_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    path, plot = tmp_path / "runs.jsonl", tmp_path / "history.svg"
    append(path, entry("新聞報道"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(str(path), "--plot", str(plot)) == 0
    missing = f"warning: {plot}: the font has no picture of some characters, boxes stand for them\n"
    assert capsys.readouterr().err == f"{missing}drawn in {plot}\n"
