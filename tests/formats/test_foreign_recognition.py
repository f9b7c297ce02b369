"""What each format writes is recognised as that format by its content, with the reason, and by no other before it."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from dateline_formats.known import FORMATS, recognise
from dateline_labels import Dispatch, Relation, Span

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
