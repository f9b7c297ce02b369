"""What each format writes is recognised as that format by its content, with the reason, and by no other before it."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from dateline_formats.known import FORMATS, recognise
from dateline_labels import Dispatch, MissingExtraError, Relation, Span

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

NEEDS = {"xmi": "cassis", "docbin": "spacy", "datasets": "datasets"}
TARGETS = {
    "conll": "d.conll",
    "spert": "d.json",
    "scierc": "d.jsonl",
    "gliner": "d.json",
    "docbin": "d.spacy",
    "webanno": "out/d.tsv",
    "xmi": "out/d.xmi",
    "re3d": "out",
    "datasets": "out",
}
SPANS = (Span("e1", "Actor", 0, 6), Span("e2", "Place", 11, 14))
DISPATCH = Dispatch("d", "Gunmen hit Gao.", spans=SPANS, relations=(Relation("at", "e1", "e2"),))


@pytest.mark.parametrize("name", TARGETS)
def test_a_written_file_is_known(tmp_path: Path, name: str) -> None:
    if name in NEEDS and not find_spec(NEEDS[name]):
        pytest.skip(f"{NEEDS[name]} is not installed")
    each = next(each for each in FORMATS if each.name == name)
    path = tmp_path / TARGETS[name]
    written = tmp_path / "out" if TARGETS[name].startswith("out") else path
    each.write([DISPATCH], written, True)
    found = recognise(path)
    assert found
    assert (found[0].name, bool(found[1])) == (name, True)
    assert (each.read(path).dispatches[0].spans[0].label, each.read(path).findings) == ("Actor", ())


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"x", b"PK\x03\x04", b"\x78\x9c", b"#FORMAT", b"<a/>", b"Gao fell\n"]
)
def test_other_files_are_none_of_these(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(data)
    assert recognise(path) is None


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [("xmi", "xmi_files", "formats"), ("docbin", "as_docbin", "spacy"), ("datasets", "as_datasets", "train")],
)
def test_a_missing_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str
) -> None:
    monkeypatch.setattr(f"dateline_formats.{module}.find_spec", lambda package: None)
    (tmp_path / "x").write_text("x", encoding="utf-8")
    with pytest.raises(MissingExtraError, match=rf"pip install 'dateline\[{extra}\]'"):
        next(each for each in FORMATS if each.name == name).read(tmp_path / "x")
