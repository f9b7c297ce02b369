"""report.html as a file: its size, its colours, and that it needs nothing but jinja2."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import CORPUS, ROOT, SCHEMA
from dateline_labels import MissingExtraError, Schema, read_dispatches
from dateline_report.page import TEMPLATES, write_page
from example_report import example_metrics, gold_dispatch, read_dispatch

_SMALLEST_CONTRAST = 4.5
_INKS = ("ink", "soft", "link", "right", "missed", "spurious", *(f"c{number}" for number in range(8)))


def test_five_hundred_dispatches_make_less_than_ten_megabytes(tmp_path: Path) -> None:
    folders = [CORPUS / "sahel", CORPUS / "roundups", CORPUS / "iraq", CORPUS / "snippets", CORPUS / "wire_stories"]
    gold = read_dispatches(folders, Schema.read(SCHEMA))
    write_page(tmp_path, example_metrics(gold), gold, gold, [])
    size = (tmp_path / "report.html").stat().st_size
    assert size / len(gold) * 500 < 10_000_000


def test_the_same_input_makes_the_same_page(tmp_path: Path) -> None:
    gold, predicted = [gold_dispatch("note-1")], [read_dispatch("note-1")]
    for folder in ("one", "two"):
        write_page(tmp_path / folder, example_metrics(gold), gold, predicted, [])
    assert (tmp_path / "one" / "report.html").read_bytes() == (tmp_path / "two" / "report.html").read_bytes()


def test_without_jinja2_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    gold = [gold_dispatch("note-1")]
    with pytest.raises(MissingExtraError, match=r"dateline\[report\]"):
        write_page(tmp_path, example_metrics(gold), gold, gold, [])
    assert not list(tmp_path.iterdir())


def test_the_scripts_read_no_markup_and_ask_for_nothing() -> None:
    for script in TEMPLATES.glob("*.js"):
        source = script.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\(|import\(", source
        )
        assert "</" not in source
    for style in TEMPLATES.glob("*.css"):
        assert not re.search(r"url\(|@import|expression", style.read_text(encoding="utf-8"))


def test_the_templates_lie_where_the_wheel_takes_them_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = [ROOT / each for each in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
    assert any(package in TEMPLATES.parents for package in packages)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_text_can_be_read_on_the_page(theme: str) -> None:
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r"--paper:.*?\}", style, re.DOTALL)
    assert len(blocks) == 3
    assert colours(blocks[1]) == colours(blocks[2])  # dark by the system and by choice
    named = colours(blocks[0] if theme == "light" else blocks[2])
    for ink in _INKS:
        for ground in ("paper", "wash"):
            assert contrast(named[ink], named[ground]) >= _SMALLEST_CONTRAST, (ink, ground)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
