"""Five files of each tool whose offsets count something else: each is found, put right, and every repair listed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dateline_formats.offsets import Unit
from dateline_formats.reading import read_annotations

TEXT = "🔥 Café owners fled Gao.\r\n“Gunmen came – 40 of them”, an elder said\nnear Ménaka 🚨 on Monday."
WORDS = ("Café owners", "Gao", "Gunmen", "an elder", "Ménaka", "Monday")
UNITS = (
    Unit("UTF-16 units"),
    Unit("UTF-8 bytes"),
    Unit("code points", "CRLF as one"),
    Unit("UTF-16 units", "CRLF as one"),
    Unit("code points", "LF as two"),
)


def pieces(unit: Unit) -> Iterator[tuple[int, int, str]]:
    offset_of = {index: offset for offset, index in unit.borders(TEXT).items()}
    for words in WORDS:
        start = TEXT.index(words)
        yield offset_of[start], offset_of[start + len(words)], words


def brat(folder: Path, unit: Unit) -> Path:
    (folder / "d.txt").write_bytes(TEXT.encode())
    lines = [f"T{index}\tX {start} {end}\t{words}\n" for index, (start, end, words) in enumerate(pieces(unit))]
    (folder / "d.ann").write_bytes("".join(lines).encode())
    return folder / "d.ann"


def label_studio(folder: Path, unit: Unit) -> Path:
    results: list[dict[str, Any]] = [
        {"id": words, "type": "labels", "value": {"start": start, "end": end, "text": words, "labels": ["X"]}}
        for start, end, words in pieces(unit)
    ]
    (folder / "d.json").write_text(
        json.dumps([{"id": 1, "data": {"text": TEXT}, "annotations": [{"result": results}]}])
    )
    return folder / "d.json"


def doccano(folder: Path, unit: Unit) -> Path:
    spans = [[start, end, "X"] for start, end, _ in pieces(unit)]
    (folder / "d.jsonl").write_text(json.dumps({"id": 1, "text": TEXT, "label": spans}) + "\n")
    return folder / "d.jsonl"


@pytest.mark.parametrize("unit", UNITS, ids=str)
@pytest.mark.parametrize("tool", [brat, label_studio, doccano])
def test_a_planted_unit_is_found_and_each_repair_listed(tool: Any, unit: Unit, tmp_path: Path) -> None:
    annotated = read_annotations([tool(tmp_path, unit)])
    (dispatch,) = annotated.dispatches
    assert tuple(dispatch.words(span) for span in dispatch.spans) == WORDS
    moved = [
        (start, end) != (span.start, span.end)
        for (start, end, _), span in zip(pieces(unit), dispatch.spans, strict=True)
    ]
    assert any(moved)
    assert [finding.kind for finding in annotated.findings] == ["repaired"] * sum(moved)
    assert all(str(unit) in finding.what for finding in annotated.findings)


@pytest.mark.parametrize("tool", [brat, label_studio, doccano])
def test_code_points_are_left_alone(tool: Any, tmp_path: Path) -> None:
    annotated = read_annotations([tool(tmp_path, Unit("code points"))])
    assert tuple(annotated.dispatches[0].words(span) for span in annotated.dispatches[0].spans) == WORDS
    assert annotated.findings == ()
