"""report.html in Chromium: what it shows, how its cases are filtered, linked and stepped through."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from dateline_labels import Dispatch
from dateline_report.page import write_page
from example_report import example_cases, example_metrics, gold_dispatch, read_dispatch
from watched_page import Watched, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ("chromium_page",)
OTHER = "Nothing at all was told of Tamsa. Raiders shelled the depot. The garrison of Tamsa and traders sleep."


def written(out: Path, gold: list[Dispatch], predicted: list[Dispatch], **changes: Any) -> Path:
    write_page(out, example_metrics(gold, **changes), gold, predicted, example_cases(gold, predicted))
    return out / "report.html"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four dispatches: read with errors, read all right, not read, and of another text."""
    gold = [gold_dispatch(f"note-{number}", theatre="north") for number in (1, 2, 3)]
    gold.append(gold_dispatch("other 4", OTHER, theatre="south"))
    predicted = [
        read_dispatch("note-1"),
        gold[1],
        Dispatch("note-3", gold[2].text, meta={"error": "the text is too strange"}),
        read_dispatch("other 4", OTHER),
    ]
    return written(tmp_path_factory.mktemp("page"), gold, predicted)


def address(**choices: str) -> str:
    return f"#{urlencode(choices)}"


def lists(page: "Page", ids: list[str]) -> None:
    """The page lists these dispatches, at once or, after a change of its address, soon."""
    expect(page.locator("#list .name")).to_have_text(ids)


def shows(page: "Page", name: str) -> None:
    """The page shows this dispatch, at once or, after a change of its address, soon."""
    expect(page.locator("#detail h3 bdi")).to_have_text(name)


def test_figures_stand_in_the_page_as_in_the_metrics(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    expect(page.locator("h1")).to_have_text("small")
    row = page.locator("#spans\\.exact tbody tr", has=page.get_by_role("rowheader", name="ACTOR"))
    assert row.locator("td.number").all_inner_texts() == ["81.2", "81.2", "81.2", "77.0–85.0", "90", "73", "17", "17"]
    assert row.get_by_role("img").get_attribute("aria-label") == "81.2, from 77.0 to 85.0"
    few = page.locator("#headline tr", has_text="few")
    expect(few).to_have_count(1)
    assert "Events found" in few.inner_text()
    for key in ("confidence.reliability", "risk", "learning_curve", "confusion.spans", "comparison.headline", "swaps"):
        assert page.locator(f'[id="{key}"]').is_visible()


def test_tables_are_sorted_by_their_heads_with_the_sum_last(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    table = page.locator("#spans\\.exact table")
    names = lambda: table.get_by_role("rowheader").all_inner_texts()  # noqa: E731
    table.get_by_role("button", name="gold").click()
    assert names() == ["ACTOR", "LOCATION", "ATTACK", "micro"]
    table.get_by_role("button", name="gold").click()
    assert names() == ["ATTACK", "LOCATION", "ACTOR", "micro"]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({}, ["note-1", "note-2", "note-3", "other 4"]),
        ({"kind": "clean"}, ["note-2"]),
        ({"kind": "errors"}, ["note-1", "note-3", "other 4"]),
        ({"kind": "span.spurious"}, ["note-1", "other 4"]),
        ({"kind": "span.missed.nothing"}, ["note-3"]),
        ({"kind": "span.missed.borders", "label": "span:ACTOR"}, ["note-1", "other 4"]),
        ({"kind": "span.missed.borders", "label": "span:LOCATION"}, []),
        ({"kind": "span.missed", "label": "span:LOCATION", "as": "ACTOR"}, ["note-1", "other 4"]),
        ({"kind": "attribute.wrong"}, ["note-1", "other 4"]),
        ({"kind": "relation.spurious.label"}, ["note-1", "other 4"]),
        ({"kind": "relation.missed.spans"}, ["note-1", "note-3", "other 4"]),
        ({"kind": "relation.missed.label"}, ["note-1", "other 4"]),
        ({"kind": "lost"}, ["note-1"]),
        ({"kind": "span.spurious", "from": "0.7"}, []),
        ({"kind": "span.spurious", "from": "0.6", "to": "0.7"}, ["note-1", "other 4"]),
        ({"text": "AT ALL WAS TOLD"}, ["other 4"]),
        ({"text": "note-"}, ["note-1", "note-2", "note-3"]),
        ({"sort": "errors"}, ["note-1", "other 4", "note-3", "note-2"]),
        ({"sort": "share"}, ["note-3", "note-1", "other 4", "note-2"]),
    ],
)  # fmt: skip
def test_filters_list_the_dispatches_in_which_an_item_fits(
    watched: Watched, report: Path, choices: Mapping[str, str], expected: list[str]
) -> None:
    page = watched.open(report, address(**choices) if choices else "")
    lists(page, expected)
    assert page.locator("#count").inner_text().endswith("4 in all")


def test_choosing_in_the_form_changes_the_list_and_the_address(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    page.locator("#filters [name=label]").select_option("span:ACTOR")
    page.locator("#filters [name=kind]").select_option(label="span spurious: nothing there on the other side (2)")
    lists(page, ["note-1", "other 4"])
    page.wait_for_url(re.compile("#label=span%3AACTOR&kind=span.spurious.nothing$"))
    expect(page.locator("mark.matched")).to_have_text(["traders"])
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#list .name")).to_have_count(4)


def test_figures_link_to_the_cases_that_they_count(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    page.locator("#spans\\.exact tr", has_text="LOCATION").get_by_role("link").last.click()  # missed
    lists(page, ["note-1", "note-3", "other 4"])
    cell = page.locator('[id="confusion.spans"] tr', has_text="LOCATION").get_by_role("link").first
    assert cell.inner_text() == "1"
    cell.click()
    lists(page, ["note-1", "other 4"])
    expect(page.locator("#as-note")).to_have_text("and read or annotated as ACTOR on the other side")


def test_a_link_opens_its_dispatch_and_goes_back(watched: Watched, report: Path) -> None:
    page = watched.open(report, address(case="other 4"))
    shows(page, "other 4")
    assert page.locator("#detail").evaluate("it => it.getBoundingClientRect().top < innerHeight")
    page.locator('#list button:has-text("note-2")').click()
    shows(page, "note-2")
    page.wait_for_url(re.compile("#case=note-2$"))
    page.evaluate("location.hash = '#case=note-3'")
    shows(page, "note-3")
    expect(page.locator(".failure")).to_contain_text("the text is too strange")
    page.go_back()
    shows(page, "note-2")


def test_an_unknown_id_is_said(watched: Watched, report: Path) -> None:
    page = watched.open(report, address(case="gone"))
    assert page.locator("#count").inner_text().startswith("No dispatch has the id gone")


def test_keys_step_through_dispatches_and_errors(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    for key, expected in (("j", "note-2"), ("j", "note-3"), ("k", "note-2"), ("n", "note-3")):
        page.keyboard.press(key)
        shows(page, expected)
    page.keyboard.press("p")
    page.keyboard.press("p")  # over the dispatch without an error, back to the one before it
    shows(page, "note-1")
    expect(page.locator("tr.picked")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("tr.picked")).to_have_count(0)
    page.keyboard.press("v")
    expect(page.locator(".pane")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("jnk")  # in a field keys are letters
    assert page.get_by_label("Words or id").input_value() == "jnk"
    lists(page, [])
    expect(page.locator("#detail")).to_have_text("No dispatch matches these filters.")


def test_help_opens_by_key_and_single_keys_can_be_put_off(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.get_by_label("single keys work").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    shows(page, "note-1")


def test_the_text_shows_what_is_right_missed_and_spurious(watched: Watched, report: Path) -> None:
    page = watched.open(report, address(case="note-1"))
    gold, predicted = gold_dispatch("note-1"), read_dispatch("note-1")
    assert page.locator("bdi.words").evaluate("it => it.textContent") == gold.text
    tags = page.locator("#detail .tag").evaluate_all("all => all.map((it) => it.dataset.tag)")
    assert tags == [
        *("✓ ACTOR", "≠ ATTACK killing", "+ ACTOR", "− LOCATION", "✓ LOCATION"),
        *("+ ACTOR", "− ACTOR", "+ ACTOR"),
    ]
    expect(page.locator("#detail mark.above.below.right")).to_have_text(["Raiders", "shelled", "Tamsa"])
    expect(page.locator("g.arc")).to_have_count(5)
    expect(page.locator("g.arc.right text")).to_have_text(["perpetrator"])
    page.locator("#filters [name=view]").select_option("gold")
    expect(page.locator("#detail mark")).to_have_count(len(gold.spans))
    expect(page.locator("g.arc")).to_have_count(len(gold.relations))
    page.locator("#filters [name=view]").select_option("predicted")
    expect(page.locator("#detail mark")).to_have_count(len(predicted.spans))
    page.locator("#filters [name=lines]").select_option("none")
    expect(page.locator("g.arc")).to_have_count(0)


def test_what_is_chosen_stands_out_with_what_it_is_tied_to(watched: Watched, report: Path) -> None:
    page = watched.open(report, address(case="note-1"))
    page.locator("mark", has_text="Raiders").click()
    expect(page.locator("mark.picked")).to_have_text("Raiders")
    expect(page.locator("g.arc.tied text")).to_have_text(["perpetrator"])
    page.wait_for_url(re.compile("item="))
    page.get_by_role("button", name="shelled → traders").click()
    assert sorted(page.locator("mark.tied").all_inner_texts()) == ["shelled", "traders"]


@pytest.mark.slow
def test_two_thousand_dispatches_are_listed_without_drawing_them(watched: Watched, tmp_path: Path) -> None:
    gold = [gold_dispatch(f"note-{number:04}") for number in range(2_000)]
    file = written(tmp_path, gold, [read_dispatch(each.id) for each in gold])
    page = watched.open(file)
    assert page.locator("#list li").count() < 60
    expect(page.locator("bdi.words")).to_have_count(1)
    page.locator("#list").evaluate("it => it.scrollTo(0, it.scrollHeight)")
    expect(page.locator("#list")).to_contain_text("note-1999")
    assert page.locator("#list li").count() < 60
    page.evaluate("location.hash = '#case=note-1234&kind=span.spurious&from=0.6'")
    shows(page, "note-1234")
    expect(page.locator("#count")).to_contain_text("1235 of 2000 listed")
    assert page.locator('#list [aria-current="true"]').inner_text().startswith("note-1234")


@pytest.mark.slow
def test_paper_gets_what_is_folded_and_every_listed_dispatch_if_asked(watched: Watched, report: Path) -> None:
    page = watched.open(report, address(kind="span.spurious"))
    assert len(page.pdf()) > 10_000
    page.get_by_label("print every listed dispatch").check()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#sheet h3 bdi")).to_have_text(["note-1", "other 4"])
    expect(page.locator("details:not([open])")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#sheet h3")).to_have_count(0)
    assert page.locator("details:not([open])").count() > 3


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_width_makes_the_page_scroll_sideways(watched: Watched, report: Path, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 800})
    page = watched.open(report, address(case="note-1"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    texts = page.locator(".text").evaluate_all("all => all.map((it) => it.scrollWidth - it.clientWidth)")
    assert max(texts) <= 40  # the last arc's name may stand out


def test_light_and_dark_can_be_chosen(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    paper = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    page.emulate_media(color_scheme="dark")
    assert paper() == "rgb(22, 23, 26)"
    page.get_by_label("Colours").select_option("light")
    assert paper() == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="light")
    page.get_by_label("Colours").select_option("dark")
    assert paper() == "rgb(22, 23, 26)"


def test_everything_that_can_be_used_has_a_name_and_headings_are_in_order(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    nameless = "(it) => !(it.textContent.trim() || it.ariaLabel || it.labels?.length || it.title)"
    named = f"all => all.filter({nameless}).map((it) => it.outerHTML)"
    assert page.locator("button, a, input:not([type=hidden]), select").evaluate_all(named) == []
    images = page.locator("svg:not([aria-hidden])")
    assert images.evaluate_all("all => all.every((it) => it.role === 'img' && it.ariaLabel)")
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map((it) => Number(it.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - level <= 1 for level, later in pairwise(levels))
    ids = page.locator("[id]").evaluate_all("all => all.map((it) => it.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate("document.documentElement.lang") == "en"


def test_figures_without_intervals_and_without_relations_make_a_page_too(watched: Watched, tmp_path: Path) -> None:
    gold = [replace(gold_dispatch("note-1"), relations=())]
    bare = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "gold": 5, "right": 0, "spurious": 0, "missed": 5}
    nothing = {"all": {"ece": 0.0, "score": 0.0, "right": 0.0, "judged": 0, "bins": []}}
    changes: dict[str, Any] = {
        "headline": [],
        "uncertainty": {"resamples": 0, "seed": 13, "unit": "dispatch", "level": 95},
        "spans": {"exact": {"ACTOR": bare, "micro": bare}, "seqeval": None, "semeval": {}},
        "relations": {"strict": {"micro": bare}},
        "confidence": {"spans": nothing, "attributes": nothing, "relations": nothing},
        "risk": {"spans": [], "relations": [], "abstain": {}},
        **{part: {} for part in ("attributes", "clusters", "events", "incidents", "casualties", "swaps", "slices")},
        "learning_curve": [],
        "comparison": None,
        "confusion": {"spans": []},
    }
    page = watched.open(written(tmp_path, gold, [Dispatch("note-1", gold[0].text)], **changes))
    expect(page.locator("#contents a")).to_have_text(["Spans", "Cases", "What was measured"])
    expect(page.locator("main")).to_contain_text("seqeval is not installed")
    assert "95 % interval" not in page.locator("main").inner_text()
    lists(page, ["note-1"])
