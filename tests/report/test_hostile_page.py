"""Sixty hostile strings in every field: nothing runs, nothing is asked for, and each is shown as it is."""

import base64
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.scoring import Case
from dateline_labels.visible_text import parts, plain
from dateline_report.page import page, write_page
from example_report import example_metrics, f
from hostile import HOSTILE
from watched_page import Watched, expect

pytest_plugins = ("chromium_page",)


def as_seen(text: str) -> str:
    """What stands in the page for a text: characters that cannot be seen as their signs, all others as they are."""
    return "".join(words for words, _ in parts(text))


def hostile_dispatch(words: str, score: float | None) -> Dispatch:
    """A dispatch in which every field is `words`; the read one (with a score) ends its spans a character early."""
    text = f"{words} – {words}\n{words}"
    start, early = len(words) + 3, 0 if score is None else 1
    spans = (
        Span(f"1{words}", words, 0, len(words), {words: words if score is None else f"not {words}"}, score),
        Span(f"2{words}", words, start, start + len(words) - early, {}, score),
        Span(f"3{words}", f"{words}!", 2 * start - 2, len(text), {}, score),
    )
    relations = tuple(Relation(words, spans[0].id, spans[number].id, score) for number in (1, 2))
    meta: dict[str, object] = (
        {words: words, "list": [words], "error": words} if score else {words: words, "list": [words]}
    )
    return Dispatch(words, text, "2020-01-01", meta, spans, relations)


def hostile_metrics(gold: list[Dispatch]) -> dict[str, Any]:
    """The example's metrics with the strings wherever a name, a path or a label can stand."""
    metrics = example_metrics(gold)
    rows = {words: f(50.0) for words in HOSTILE}
    everywhere = "\n".join(HOSTILE)
    lost = {"label": HOSTILE[0], "kind": everywhere, "what": everywhere, "start": 0, "end": 3, "instead": everywhere}
    return {
        **metrics,
        "model": {"path": everywhere, "name": everywhere, "recipe": {words: words for words in HOSTILE}},
        "data": {**metrics["data"], "paths": list(HOSTILE), "split": everywhere, "schema": everywhere},
        "spans": {**metrics["spans"], "exact": {**rows, "micro": f(50.0)}},
        "relations": {"strict": {**rows, "micro": f(50.0)}, everywhere: {"micro": f(50.0)}},
        "attributes": {everywhere: {**metrics["attributes"]["ATTACK.kind"], "values": rows}},
        "confusion": {"spans": [{"gold": words, "predicted": words, "count": 1} for words in ("", *HOSTILE)]},
        "clusters": {everywhere: {everywhere: f(10.0)}},
        "slices": {everywhere: {words: {**_slice(), "small": True} for words in HOSTILE}},
        "casualties": {everywhere: {everywhere: f(20.0)}},
        "learning_curve": [
            {"name": words, "dispatches": 10 + number, "spans": 50.0, "relations": 40.0}
            for number, words in enumerate(HOSTILE)
        ],
        "comparison": {
            **metrics["comparison"],
            "other": {"name": everywhere},
            "spans": dict.fromkeys(HOSTILE, metrics["comparison"]["spans"]["ACTOR"]),
            "lost": [{**lost, "dispatch": words, "measure": "span", "label": words} for words in HOSTILE],
            "won": [{**lost, "dispatch": words, "measure": words} for words in HOSTILE],
            "verdict": {"sentence": everywhere},
        },
        "unread": list(HOSTILE),
    }


def _slice() -> dict[str, Any]:
    return {"dispatches": 2, "support": 3, "spans": f(40.0), "relations": f(30.0)}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hostile")
    gold = [hostile_dispatch(words, None) for words in HOSTILE]
    predicted = [hostile_dispatch(words, 0.5) for words in HOSTILE]
    cases = [Case(words, words, words, words, words, 0, 1) for words in HOSTILE]
    write_page(out, hostile_metrics(gold), gold, predicted, cases)
    return out / "report.html"


def test_there_are_sixty_of_them() -> None:
    assert len(set(HOSTILE)) == 60


@pytest.mark.slow
def test_no_string_runs_asks_or_hides(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    elements = page.locator("*").evaluate_all("all => [...new Set(all.map((it) => it.localName))]")
    assert not {"iframe", "img", "object", "embed", "link", "base", "video", "math", "template"} & set(elements)
    assert page.locator("script").count() == 2
    attributes = page.locator("*").evaluate_all("all => [...new Set(all.flatMap((it) => it.getAttributeNames()))]")
    assert not [name for name in attributes if name.startswith("on")]
    links = page.locator("a").evaluate_all("all => all.map((it) => it.getAttribute('href'))")
    assert all(link.startswith("#") for link in links)
    for words in HOSTILE:
        page.evaluate("(id) => { location.hash = new URLSearchParams({ case: id, view: 'beside' }) }", words)
        expect(page.locator("#detail h3 bdi")).to_have_text(as_seen(words))
        assert page.locator("#detail h3 bdi").text_content() == as_seen(words)  # to the last space
        gold = hostile_dispatch(words, None)
        for text in page.locator("bdi.words").evaluate_all("all => all.map((it) => it.textContent)"):
            assert text == as_seen(gold.text)
        facts = page.locator("#detail .facts bdi").evaluate_all("all => all.map((it) => it.textContent)")
        assert facts[2:4] == [as_seen(words)] * 2
        assert page.locator(".failure bdi").evaluate("it => it.textContent") == as_seen(words)
        tags = page.locator("#detail .tag").evaluate_all("all => all.map((it) => it.dataset.tag)")
        assert any(plain(words) in tag for tag in tags)
        cells = page.locator("#detail .items bdi").evaluate_all("all => all.map((it) => it.textContent)")
        assert as_seen(words) in cells
    assert watched.page.evaluate("Object.prototype.alert === undefined && document.title.startsWith('Evaluation of ')")
    rows = page.locator('[id="spans.exact"] tbody th bdi').evaluate_all("all => all.map((it) => it.textContent)")
    assert rows == [*(as_seen(words) for words in HOSTILE), "micro"]
    unread = page.locator("#unread code bdi").evaluate_all("all => all.map((it) => it.textContent)")
    assert unread == [as_seen(words) for words in HOSTILE]


def test_every_string_can_be_filtered_for(watched: Watched, report: Path) -> None:
    page = watched.open(report)
    values = page.locator("#filters [name=label] option").evaluate_all("all => all.map((it) => it.value)")
    for words in HOSTILE[::7]:
        assert f"span:{words}" in [value.replace("\r\n", "\n") for value in values] or f"span:{words}" in values
    page.locator("#filters [name=text]").fill("<img src=x")
    expect(page.locator("#list li")).to_have_count(sum("<img src=x" in words for words in HOSTILE))


def test_no_hidden_character_and_no_markup_of_the_data_stands_in_the_file(report: Path) -> None:
    source = report.read_text(encoding="utf-8")
    hidden = {each for each in source if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden <= set("\n\t\u200c\u200d")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', source, re.DOTALL)
    assert data
    assert not set("<>&") & set(data[1])
    assert "<script>alert(1)" not in source
    assert "onerror=alert(1)>" not in source


def test_the_policy_lets_the_pages_own_style_and_script_in_and_nothing_else(report: Path) -> None:
    source = report.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', source)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))
    style, script = (re.search(f"<{tag}>(.*?)</{tag}>", source, re.DOTALL) for tag in ("style", "script"))
    assert style
    assert script
    for name, text in (("style-src", style[1]), ("script-src", script[1])):
        assert rules[name] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"


def test_a_lone_surrogate_is_shown_as_a_sign() -> None:
    text = page({**example_metrics([]), "model": {"path": "a\ud800b", "name": "a\ud800b"}}, "{}")
    assert '<bdi>a<span class="sign">U+D800</span>b</bdi>' in text
    assert text.encode("utf-8")
