"""`dateline next` as a user gives it: files or a run in, tasks out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from dateline_archive.commands import archive
from dateline_choosing.commands import choose_next
from dateline_formats.reading import read_annotations
from dateline_infer.extractor import CloseReading
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.files import write_dispatches
from dateline_labels.main import main

EXACT = ("--precision", "fp32")


@pytest.fixture(autouse=True)
def _the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command whatever was installed when."""
    app = typer.Typer()
    app.add_typer(archive, name="archive")
    app.command("next")(choose_next)
    monkeypatch.setattr("dateline_labels.main.command_line", lambda: app)


@pytest.fixture
def texts(tmp_path: Path, corpus_sample: Path) -> Path:
    """The sample's texts without what is marked, and five copies of the first one in another head."""
    schema = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
    notes = read_dispatches([corpus_sample], schema)
    rows: list[dict[str, str | None]] = [
        {"id": each.id, "text": each.text, "published": each.published} for each in notes
    ]
    rows += [
        {"id": f"copy {number}", "text": f"Update {number}. {notes[0].text}", "published": None} for number in range(5)
    ]
    path = tmp_path / "archive.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def choose(bundle: Path, inputs: Path | Sequence[Path], out: Path, *options: str) -> int:
    paths = [inputs] if isinstance(inputs, Path) else inputs
    return main(["next", str(bundle), *map(str, paths), "--out", str(out), *EXACT, *options])


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def is_copy(dispatch_id: str, first: str) -> bool:
    return dispatch_id == first or dispatch_id.startswith("copy")


@pytest.mark.parametrize("strategy", ["uncertainty", "diverse", "mixed", "random"])
def test_it_chooses_as_many_as_asked_no_two_alike_the_most_worth_first(
    strategy: str, tiny_bundle: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "next.jsonl"
    assert choose(tiny_bundle, texts, out, "--n", "10", "--strategy", strategy, "--to", "jsonl", "--seed", "3") == 0
    rows = rows_of(out)
    assert len({row["id"] for row in rows}) == 10
    assert sum(is_copy(row["id"], "militancy_notes-001") for row in rows) <= 1
    scores = [row["meta"]["task_score"] for row in rows]
    assert [row["meta"]["task_rank"] for row in rows] == list(range(1, 11))
    assert all(f"chosen by {strategy}; about " in row["meta"]["task_reasons"] for row in rows)
    assert any(row["spans"] for row in rows)
    assert any(span["score"] is not None for row in rows for span in row["spans"])
    if strategy != "random":
        assert scores == sorted(scores, reverse=True)
    assert "10 of 45 dispatches chosen" in capsys.readouterr().out
    before = out.read_bytes()
    assert choose(tiny_bundle, texts, out, "--n", "10", "--strategy", strategy, "--to", "jsonl", "--seed", "3") == 0
    assert out.read_bytes() == before


def test_random_choices_of_two_seeds_differ(tiny_bundle: Path, texts: Path, tmp_path: Path) -> None:
    chosen = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.jsonl"
        assert choose(tiny_bundle, texts, out, "--n", "8", "--strategy", "random", "--to", "jsonl", "--seed", seed) == 0
        chosen.append([row["id"] for row in rows_of(out)])
    assert chosen[0] != chosen[1]


def test_a_finished_run_is_not_read_again_and_its_scores_are_used(
    tiny_bundle: Path, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    assert main(["archive", "run", str(tiny_bundle), str(texts), "--out", str(run), "--shard", "7", *EXACT]) == 0
    monkeypatch.setattr("dateline_infer.extractor.Extractor.closely", lambda *_: pytest.fail("was read again"))
    out = tmp_path / "next.jsonl"
    assert choose(tiny_bundle, run, out, "--n", "45", "--strategy", "uncertainty", "--to", "jsonl") == 0
    rows = {row["id"]: row for row in rows_of(out)}
    assert len(rows) == 40
    from dateline_infer import Extractor
    from dateline_infer.choosing import Asked

    extractor = Extractor.load(tiny_bundle, Asked(precision="fp32"))
    bare = [Dispatch(row["id"], row["text"]) for row in rows.values()]
    for dispatch in extractor.batch(bare):
        found = [(span["label"], span["start"], span["end"]) for span in rows[dispatch.id]["spans"]]
        assert found == [(span.label, span.start, span.end) for span in dispatch.spans]
        scores = [span["score"] for span in rows[dispatch.id]["spans"]]
        assert scores == pytest.approx([span.score for span in dispatch.spans], abs=1e-3)


def test_of_a_run_the_candidates_alone_are_read_for_their_vectors(
    tiny_bundle: Path, texts: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    assert main(["archive", "run", str(tiny_bundle), str(texts), "--out", str(run), *EXACT]) == 0
    out = tmp_path / "next.jsonl"
    assert choose(tiny_bundle, run, out, "--n", "5", "--pool", "12", "--to", "jsonl") == 0
    assert len(rows_of(out)) == 5
    assert any("stands for" in row["meta"]["task_reasons"] for row in rows_of(out))


def test_what_there_is_to_say_of_what_is_annotated_is_said(
    tiny_bundle: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps([{"id": 1, "data": {"text": "Calm."}, "annotations": []}]), encoding="utf-8")
    options = ("--n", "1", "--already", str(export), "--strategy", "random", "--to", "jsonl")
    assert choose(tiny_bundle, texts, tmp_path / "out.jsonl", *options) == 0
    assert f"{export}:1:[0].predictions: lost: the task is not annotated, and left out" in capsys.readouterr().err


def test_what_is_annotated_is_left_out_with_its_copies(
    tiny_bundle: Path, texts: Path, tmp_path: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "next.jsonl"
    first = corpus_sample / "militancy_notes-001.md"
    others = tmp_path / "others.jsonl"
    schema = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
    write_dispatches(read_dispatches([corpus_sample / f"militancy_notes-0{at}.md" for at in (10, 11)], schema), others)
    options = ("--n", "45", "--already", str(first), "--already", str(others), "--to", "jsonl")
    assert choose(tiny_bundle, texts, out, *options) == 0
    ids = {row["id"] for row in rows_of(out)}
    assert len(ids) == 37
    assert not any(is_copy(each, "militancy_notes-001") for each in ids)
    assert not ids & {"militancy_notes-010", "militancy_notes-011"}
    assert "0 copies of other candidates and 8 of annotated ones" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["label-studio", "doccano", "brat", "prodigy", "markup", "jsonl"])
def test_every_format_of_tasks_is_written_into_a_folder(
    form: str, tiny_bundle: Path, texts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tasks"
    assert choose(tiny_bundle, texts, out, "--n", "6", "--to", form, "--strategy", "uncertainty") == 0
    if form != "prodigy":  # nothing is answered there yet
        read = read_annotations([out]).dispatches
        assert len(read) == 6
        assert any(dispatch.spans for dispatch in read)
    else:
        assert len(rows_of(out / "tasks.jsonl")) == 6


def test_what_cannot_be_read_changes_nothing_else(
    tiny_bundle: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    assert choose(tiny_bundle, texts, good, "--n", "5", "--to", "jsonl") == 0
    lines = texts.read_text(encoding="utf-8").splitlines()
    broken = [lines[0], "{", json.dumps({"text": 5}), json.dumps({"text": " \n"}), *lines[1:]]
    texts.write_text("".join(line + "\n" for line in broken), encoding="utf-8")
    capsys.readouterr()
    assert choose(tiny_bundle, texts, bad, "--n", "5", "--to", "jsonl") == 0
    said = capsys.readouterr().err
    assert "archive.jsonl:2:json: " in said
    assert "archive.jsonl:3:text: expected a text, got int" in said
    assert "2 dispatches could not be read" in said
    assert sorted(row["id"] for row in rows_of(bad)) == sorted(row["id"] for row in rows_of(good))


def test_ids_that_occur_twice_or_are_no_file_names_are_made_fit(tiny_bundle: Path, texts: Path, tmp_path: Path) -> None:
    rows = rows_of(texts)[:4]
    for row, name in zip(rows, ("a/b", "a/b", "..", "x\u202ey"), strict=True):
        row.update(id=name, published="yesterday")
    texts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    out = tmp_path / "tasks"
    assert choose(tiny_bundle, texts, out, "--n", "4", "--to", "brat") == 0
    assert sorted(file.stem for file in out.glob("*.txt")) == ["a_b", "a_b-2", "dispatch", "x\\u202ey"]


FAULTS = {
    "an unknown format": (("--to", "xml"), "format: expected one of label-studio, doccano"),
    "a file that the format has not": (("--to", "brat", "--out", "x.json"), "out: expected a folder, as tasks of brat"),
    "a suffix of another": (("--to", "jsonl", "--out", "x.json"), "out: expected a file ending in .jsonl, or a folder"),
    "a pool too small": (("--pool", "5", "--n", "6"), "pool: expected at least as many candidates"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_options_are_one_line_and_nothing_is_written(
    name: str, tiny_bundle: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options, what = FAULTS[name]
    before = sorted(tmp_path.iterdir())
    assert choose(tiny_bundle, texts, tmp_path / "next.json", *options) == 2
    said = capsys.readouterr().err
    assert what in said
    assert said.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_beside_files_or_unfinished_and_inputs_without_texts_are_refused(
    tiny_bundle: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert main(["archive", "run", str(tiny_bundle), str(texts), "--out", str(run), *EXACT]) == 0
    out = tmp_path / "next.json"
    capsys.readouterr()
    assert choose(tiny_bundle, [run, texts], out) == 2
    assert "run: expected one run alone" in capsys.readouterr().err
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    del record["finished"]
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert choose(tiny_bundle, run, out) == 2
    assert "is not finished" in capsys.readouterr().err
    empty = tmp_path / "empty.txt"
    empty.write_text(" ", encoding="utf-8")
    assert choose(tiny_bundle, empty, out) == 2
    assert "has no dispatch that could be annotated next" in capsys.readouterr().err
    assert not out.exists()


def test_for_a_draw_by_chance_no_more_is_read_than_is_drawn(
    tiny_bundle: Path, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dateline_infer import Extractor

    read, closely = [], Extractor.closely

    def counted(self: Extractor, dispatches: Iterable[Dispatch]) -> Iterator[CloseReading]:
        some = list(dispatches)
        read.append(len(some))
        return closely(self, some)

    monkeypatch.setattr(Extractor, "closely", counted)
    out = tmp_path / "next.jsonl"
    options = ("--n", "4", "--to", "jsonl", "--pool", "9")
    assert choose(tiny_bundle, texts, out, *options, "--strategy", "diverse") == 0
    assert choose(tiny_bundle, texts, out, *options, "--strategy", "random") == 0
    assert max(read) == 9
    assert len(rows_of(out)) == 4
    assert choose(tiny_bundle, texts, out, *options, "--strategy", "uncertainty") == 0
    assert max(read) == 45


def test_where_all_is_annotated_there_is_nothing_to_choose(
    tiny_bundle: Path, corpus_sample: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for strategy in ("mixed", "random"):
        out = tmp_path / "next.json"
        assert choose(tiny_bundle, texts, out, "--already", str(corpus_sample), "--strategy", strategy) == 2
        told = capsys.readouterr().err.splitlines()[-1]
        assert told.startswith(f"{texts}:0:input: has no dispatch that could be annotated next; ")
        assert told.endswith(" are annotated, or copies of such")
        assert not out.exists()


def test_annotations_and_texts_are_never_written_over(
    tiny_bundle: Path, texts: Path, corpus_sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "annotated.jsonl"
    schema = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
    write_dispatches(read_dispatches([corpus_sample], schema)[:3], lines)
    before = lines.read_bytes(), texts.read_bytes()
    for out in (lines, texts):
        assert choose(tiny_bundle, texts, out, "--already", str(lines), "--to", "jsonl") == 2
        assert "out: expected another file than those that are read" in capsys.readouterr().err
    assert (lines.read_bytes(), texts.read_bytes()) == before


def test_a_folder_in_which_annotators_may_have_worked_is_left_alone(
    tiny_bundle: Path, texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "to_annotate"
    for form in ("brat", "markup"):
        assert choose(tiny_bundle, texts, out / form, "--n", "2", "--to", form) == 0
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        assert choose(tiny_bundle, texts, out / form, "--n", "3", "--to", form) == 2
        assert "out: expected a new or an empty folder" in capsys.readouterr().err
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
