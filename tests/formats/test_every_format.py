"""What holds of every format that `known.py` lists: a new one is tried here, and in `test_fuzz.py`, by itself."""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from dateline_formats.format import Format
from dateline_formats.known import FORMATS, recognise
from dateline_formats.reading import units_of
from dateline_labels import Dispatch, MissingExtraError, Relation, Span

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

FORMATS_PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
NEEDS = {"xmi": "cassis", "docbin": "spacy", "datasets": "datasets"}
SPANS = (Span("e1", "Actor", 0, 6), Span("e2", "Place", 11, 14))
DISPATCH = Dispatch("d", "Gunmen hit Gao.", spans=SPANS, relations=(Relation("at", "e1", "e2"),))


def written(each: Format, dispatches: Sequence[Dispatch], target: Path, lossy: bool = False) -> Path:
    """The unit that the format's writer made, recognised among all formats."""
    if each.name in NEEDS and not find_spec(NEEDS[each.name]):
        pytest.skip(f"{NEEDS[each.name]} is not installed")
    findings = each.write(dispatches, target, lossy)
    assert lossy or findings == ()
    ((unit, found),) = [(unit, found) for unit, found in units_of(target, FORMATS) if found]
    assert found is each
    return unit


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_what_a_format_writes_is_known_as_that_and_what_it_carries_comes_back(tmp_path: Path, each: Format) -> None:
    first = each.read(written(each, [DISPATCH], tmp_path / "first" / f"d{each.suffixes[0]}", lossy=True))
    assert first.findings == ()
    assert next(span.label for dispatch in first.dispatches for span in dispatch.spans) == "Actor"
    again = each.read(written(each, first.dispatches, tmp_path / "again" / f"d{each.suffixes[0]}"))
    assert again.dispatches == first.dispatches


def test_every_format_has_its_row_in_the_documentation() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|.*\|.*\|.*\|$", FORMATS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {each.name for each in FORMATS} <= set(rows)


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
