"""The plots: one file a part as SVG and PNG, the same bytes each time, with any text."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from dateline_report.plots import plotted, write_plots
from example_report import example_metrics, f
from hostile import HOSTILE

pytest.importorskip("matplotlib")


def test_every_plot_is_written_twice_and_always_the_same(tmp_path: Path) -> None:
    metrics = example_metrics()
    small = {**metrics, "slices": {}, "comparison": None, "learning_curve": []}
    for folder in ("one", "two"):
        write_plots(tmp_path / folder, small)
    files = sorted((tmp_path / "one" / "plots").iterdir())
    assert len(files) == 2 * len(plotted(small)) > 10
    for file in files:
        assert file.read_bytes() == (tmp_path / "two" / "plots" / file.name).read_bytes()
        if file.suffix == ".svg":
            assert ElementTree.parse(file).getroot().tag.endswith("svg")
        else:
            assert file.read_bytes().startswith(b"\x89PNG")


def test_parts_of_every_kind_are_plotted() -> None:
    keys = [part.key for part in plotted(example_metrics())]
    assert {part.kind for part in plotted(example_metrics())} == {"table", "matrix", "chart"}
    assert {"slices.theatre", "comparison.headline", "learning_curve", "spans.exact"} <= set(keys)
    assert len(keys) == len(set(keys))


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_any_text_can_stand_in_a_plot(tmp_path: Path) -> None:
    awkward = [*HOSTILE, "$x^2$", "$", "\\frac{1}{2}", "\ud800", "x" * 500]
    spans = {**{words: f(50.0) for words in awkward}, "micro": f(50.0)}
    metrics = example_metrics()
    bare = {"slices": {}, "comparison": None, "learning_curve": [], "risk": {}, "headline": [], "incidents": {}}
    confusion = {"spans": [{"gold": words, "predicted": words, "count": 1} for words in awkward[:8]]}
    nothing = {"spans": {"all": {"bins": [], "judged": 0}}}
    write_plots(
        tmp_path,
        {
            **metrics,
            **bare,
            "spans": {**metrics["spans"], "exact": spans},
            "confusion": confusion,
            "confidence": nothing,
        },
    )
    for file in (tmp_path / "plots").glob("*.svg"):
        ElementTree.parse(file)
    assert (tmp_path / "plots" / "confusion.spans.png").is_file()
