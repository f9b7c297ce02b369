"""The site: links lead to the same file in the repository and in the site, and nothing is loaded from elsewhere."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

pytest.importorskip("mkdocs", reason="the extra [docs] is not installed")

from command_reference import commands_page
from mkdocs.commands.build import build
from mkdocs.config import load_config
from recipe_reference import SOURCE, recipes_page
from recipe_schema import TARGET, recipe_schema
from repository_pages import _rewritten, page_name

_LOADED = re.compile(r"<(?:script|img|iframe|link rel=\"(?:stylesheet|preload|icon)\")[^>]*?(?:src|href)=\"([^\"]+)")


@pytest.mark.parametrize(
    ("origin", "link", "page", "led"),
    [
        ("docs/a.md", "formats.md#offsets", "a.md", "formats.md#offsets"),
        ("docs/a.md", "../labels/schema.toml", "a.md", "repository/labels/schema.toml.md"),
        ("README.md", "docs/formats.md", "index.md", "formats.md"),
        ("README.md", "labels/DATA_CARD.md", "index.md", "repository/labels/DATA_CARD.md"),
        ("labels/DATA_CARD.md", "guidelines.md", "repository/labels/DATA_CARD.md", "guidelines.md"),
        ("docs/a.md", "../README.md#how-well", "a.md", "how_well.md"),
        ("docs/a.md", "https://docs.ray.io", "a.md", "https://docs.ray.io"),
        ("docs/a.md", "nowhere.md", "a.md", "nowhere.md"),  # left as it is, for the strict build to find
    ],
)
def test_where_a_link_leads(origin: str, link: str, page: str, led: str) -> None:
    assert _rewritten(origin, f"see [this]({link}).", page) == f"see [this]({led})."


def test_names_of_pages() -> None:
    assert page_name("README.md") == "index.md"
    assert page_name("docs/formats.md") == "formats.md"
    assert page_name("docker/cpu.Dockerfile") == "repository/docker/cpu.Dockerfile.md"


def test_references_are_made_from_the_code() -> None:
    page = commands_page()
    assert "| `--device` | text | auto | auto, cpu or cuda. |" in page
    assert "\ndateline archive check out/news\n" in page
    assert "| `window` | `int` | `256` | tokens a window, with the special ones |" in recipes_page(
        SOURCE.read_text(encoding="utf-8")
    )


def test_editors_know_the_keys_of_recipes() -> None:
    """Where this fails: python docs/hooks/recipe_schema.py"""
    assert TARGET.read_text(encoding="utf-8") == recipe_schema()
    schema = json.loads(recipe_schema())
    fitting = schema["$defs"]["FittingSection"]["properties"]
    assert fitting["precision"]["enum"] == ["auto", "fp32", "bf16"]
    assert fitting["patience"]["description"].startswith("with `validate`: stop after so many epochs")
    assert schema["required"] == ["name", "output", "data", "encoder"]
    for path in TARGET.parent.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"#:schema {TARGET.name}\n"), path
        for name, value in tomllib.loads(text).items():
            known = schema["properties"][name]
            if isinstance(value, dict):
                assert value.keys() <= schema["$defs"][known["$ref"].rpartition("/")[2]]["properties"].keys(), path


@pytest.mark.slow
def test_a_site_that_loads_nothing_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True)
    build(config)
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 25
    loaded = [found for page in pages for found in _LOADED.findall(page.read_text(encoding="utf-8"))]
    assert len(loaded) > 100
    assert [address for address in loaded if "://" in address or address.startswith("//")] == []
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "who says so" in index
    assert "Where to go on" in index
