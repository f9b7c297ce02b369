"""report.md: the figures as in metrics.json and report.html, and nothing of the data as markup."""

import re
from html.parser import HTMLParser
from typing import Any

from dateline_labels.scoring import Case
from dateline_report.figure_tables import bounds, share
from dateline_report.markdown import markdown
from dateline_report.page import page
from example_report import example_cases, example_metrics, f, gold_dispatch, read_dispatch
from hostile import HOSTILE


class Tables(HTMLParser):
    """The cells of every table of figures in a page, row by row, without the range plots."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell = False
        self.feed(source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = ("class", "plot") not in attributes
            if self._cell and self.rows:
                self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th", "svg")

    def handle_data(self, data: str) -> None:
        if self._cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def cells(text: str) -> set[tuple[str, ...]]:
    """The rows of Markdown's tables."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {tuple(cell.replace("\\", "").strip() for cell in row) for row in rows}


def figures(node: Any) -> list[dict[str, Any]]:
    """Every precision, recall and F1 of the metrics."""
    if isinstance(node, dict):
        own = [node] if {"precision", "recall", "f1"} <= node.keys() else []
        return own + [each for value in node.values() for each in figures(value)]
    return [each for value in node for each in figures(value)] if isinstance(node, list) else []


def test_both_pages_say_what_the_metrics_say() -> None:
    metrics = example_metrics([gold_dispatch("note-1")])
    shown = cells(markdown(metrics, []))
    on_page = {tuple(cell.strip() for cell in row) for row in Tables(page(metrics, "{}")).rows}
    assert len(figures(metrics)) > 60
    for figure in figures(metrics):
        run = tuple(share(figure[name]) for name in ("precision", "recall", "f1"))
        run = (*run, bounds(figure)) if "low" in figure else run
        slice_run = (run[2], bounds(figure), str(figure["gold"])) if "gold" in figure else run
        for rows in (shown, on_page):
            assert any(is_within(run, row) or is_within(slice_run, row) for row in rows), figure
    for row in metrics["headline"]:
        run = (share(row["value"]), bounds(row), str(row["support"]))
        assert any(is_within(run, each) for each in shown)
        assert any(is_within(run, each) for each in on_page)


def test_a_new_measure_stands_in_both_pages_by_itself() -> None:
    metrics = example_metrics([gold_dispatch("note-1")])
    metrics["spans"]["by_heads"] = {"ACTOR": f(41.7), "micro": f(43.9)}
    metrics["relations"]["by_heads"] = {"side": f(31.7), "micro": f(33.9)}
    for text in (markdown(metrics, []), page(metrics, "{}")):
        assert text.count("By heads") >= 2
        assert all(figure in text for figure in ("41.7", "43.9", "31.7", "33.9"))


def is_within(run: tuple[str, ...], row: tuple[str, ...]) -> bool:
    return any(row[start : start + len(run)] == run for start in range(len(row)))


def test_cases_are_listed_by_kind_with_their_count() -> None:
    gold, predicted = [gold_dispatch("note_1")], [read_dispatch("note_1")]
    text = markdown(example_metrics(gold), example_cases(gold, predicted))
    assert "### span, missed: 2" in text
    assert "| note\\_1 | ACTOR | The garrison of Tamsa | 49 |" in text
    assert "### relation, spurious: 2" in text


def test_plots_are_linked_where_there_are_some() -> None:
    metrics = example_metrics()
    assert "](plots/" not in markdown(metrics, [])
    linked = re.findall(r"!\[[^\]]*\]\(plots/([\w.-]+)\.svg\)", markdown(metrics, [], with_plots=True))
    assert {"headline", "confidence.reliability", "risk", "confusion.spans", "learning_curve"} <= set(linked)


def test_untrusted_text_is_no_markup_and_breaks_no_table() -> None:
    awkward = [*HOSTILE, "a | b", "`code`", "![x](http://x)", "[x](y)", "*x*", "_x_", "# x", "~~x~~", "\ud800"]
    cases = [Case(words, "span", words, "missed", words, 0, 1) for words in awkward]
    model = {"path": awkward[0], "name": "x"}
    text = markdown({**example_metrics(), "model": model, "unread": awkward}, cases)
    assert text.encode("utf-8")
    rows = [line for line in text[text.index("## Cases") :].splitlines() if line.endswith(" | 0 |")]
    assert len(rows) == 40  # so many are shown
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    outside = re.sub(r"`[^`]*`", "", text)
    assert "<" not in outside
    assert not re.search(r"(?<!\\)!\[", outside)
