import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import pytest
from dateline_incidents.ledger import ClaimRecord, IncidentRecord
from dateline_incidents.records import Lookups, records
from dateline_infer import Extractor, extraction
from dateline_infer.render import rendered, show_dispatch, visible
from dateline_labels import Dispatch, Place, Schema, Span, jsonl, read_dispatches
from dateline_labels.main import main
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Schema.read(ROOT / "labels" / "schema.toml")


@pytest.fixture
def source(tmp_path: Path, corpus_sample: Path) -> Path:
    path = tmp_path / "x.jsonl"
    dispatches = read_dispatches([corpus_sample], SCHEMA)[:5]
    path.write_text("".join(jsonl.write_line(dispatch) + "\n" for dispatch in dispatches), encoding="utf-8")
    return path


def expected(bundle: Path, corpus_sample: Path) -> list[Dispatch]:
    return Extractor.load(bundle).batch(read_dispatches([corpus_sample], SCHEMA)[:5])


def read(lines: str) -> list[Dispatch]:
    return [jsonl.read_line(line, Place("out", 1), SCHEMA) for line in lines.splitlines()]


def test_the_command_writes_what_the_extractor_finds(
    tmp_path: Path, source: Path, tiny_bundle: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(tiny_bundle), str(source), "--out", str(tmp_path / "out.jsonl")]) == 0
    assert capsys.readouterr().out == ""
    written = read((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert written == expected(tiny_bundle, corpus_sample)


def test_a_bug_over_one_dispatch_costs_no_other(
    tmp_path: Path, source: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = read(source.read_text(encoding="utf-8"))[0].id

    def failing(dispatch: Dispatch, lookups: Lookups) -> tuple[list[IncidentRecord], list[ClaimRecord]]:
        if dispatch.id == first:
            raise ZeroDivisionError("x")
        return records(dispatch, lookups)

    monkeypatch.setattr(extraction, "records", failing)
    assert main(["extract", str(tiny_bundle), str(source), "--out", str(tmp_path / "out.jsonl")]) == 0
    assert "warning: 1 of 5 dispatches were not read" in capsys.readouterr().err
    written = read((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert [each.meta.get("error") for each in written] == ["a bug: ZeroDivisionError: x", *[None] * 4]


def test_without_a_place_to_go_the_lines_go_to_standard_output(
    source: Path, tiny_bundle: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(tiny_bundle), str(source)]) == 0
    assert read(capsys.readouterr().out) == expected(tiny_bundle, corpus_sample)


def test_shown_texts_are_whole_with_their_labels(
    source: Path, tiny_bundle: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(tiny_bundle), str(source), "--show"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for dispatch in expected(tiny_bundle, corpus_sample):
        assert dispatch.id in shown
        for span in dispatch.spans:
            assert f"[{' '.join(dispatch.words(span).split())} {span.label}" in shown
    assert "Incidents" in shown


def test_a_picture_is_a_drawing_of_what_is_shown(tmp_path: Path, source: Path, tiny_bundle: Path) -> None:
    arguments = ["--picture", str(tmp_path / "x.svg"), "--out", str(tmp_path / "out.jsonl")]
    assert main(["extract", str(tiny_bundle), str(source), *arguments]) == 0
    written = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "url(" not in written.replace("url(#", "")  # whoever opens it fetches nothing
    drawing = ElementTree.fromstring(written)
    text = "".join(drawing.itertext()).replace("\xa0", " ")
    assert "militancy_notes-001" in text
    assert "ACTOR" in text
    assert main(["extract", str(tiny_bundle), str(source), "--picture", str(tmp_path / "x.png")]) == 2


def test_standard_input_is_read(
    tiny_bundle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Gunmen attacked Gao.")))
    assert main(["extract", str(tiny_bundle)]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Gunmen attacked Gao."


def test_a_dispatch_that_was_not_read_is_reported(
    source: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dateline_infer import extractor

    tokenize_all = extractor.tokenize_all
    first = json.loads(source.read_text(encoding="utf-8").splitlines()[0])["text"]

    def failing(tokenizer: object, texts: Sequence[str]) -> object:
        if first in texts:
            raise ValueError("no")
        return tokenize_all(tokenizer, texts)  # type: ignore[arg-type]

    monkeypatch.setattr(extractor, "tokenize_all", failing)
    assert main(["extract", str(tiny_bundle), str(source)]) == 0
    printed = capsys.readouterr()
    assert "1 of 5 dispatches were not read" in printed.err
    assert json.loads(printed.out.splitlines()[0])["meta"]["error"] == "ValueError: no"


def test_nothing_in_a_text_moves_the_terminal() -> None:
    text = "\x1b[31mred\x1b[0m \x07 \u202eevil\u202c \u2066x\u2069 \x9b2J [bold]plain[/bold]\tGao\n"
    dispatch = Dispatch("\x1bid", text, spans=(Span("l", "LOCATION", 0, 8, {}, 0.5),))
    page = io.StringIO()
    show_dispatch(dispatch, SCHEMA, Console(file=page, force_terminal=False, width=200))
    shown = page.getvalue()
    assert not {character for character in shown if character < " " and character != "\n"}
    assert not set(shown) & set("\x9b\u202e\u202c\u2066\u2069")
    assert "[bold]plain[/bold]" in shown


def test_visible_keeps_every_letter_and_the_length() -> None:
    text = "Zażółć 中 👩‍🚒 \x00\x1b\u200d ok\n"
    assert len(visible(text)) == len(text)
    assert visible("Zażółć 中") == "Zażółć 中"


def test_rendering_keeps_the_words_of_the_text() -> None:
    dispatch = Dispatch("d", "Gao fell.", spans=(Span("l", "LOCATION", 0, 3),))
    assert rendered(dispatch, SCHEMA).plain == "[Gao LOCATION] fell."
