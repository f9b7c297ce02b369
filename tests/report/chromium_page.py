"""Chromium for the tests of report.html, and a page of it that keeps what it asked for, said and threw.

Test modules name this one in `pytest_plugins`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium without a window; skips where it or playwright is not installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page with what it asked for, said and threw."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.requests: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", self._close)
        page.on("popup", lambda popup: self.faults.append(f"popup: {popup.url}"))

    def _close(self, dialog: object) -> None:
        self.faults.append("dialog")
        dialog.dismiss()  # type: ignore[attr-defined]

    def open(self, file: Path, fragment: str = "") -> "Page":
        """The report with a part of its address; the page that was open is left."""
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(f"{file.as_uri()}{fragment}")
        return self.page


@pytest.fixture
def watched(chromium: "Browser") -> Iterator[Watched]:
    """A desktop's page; the test fails where it said anything, threw or asked for more than the file itself."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)  # a machine that tests run on can be busy
    page = Watched(context.new_page())
    yield page
    context.close()
    assert page.faults == []
    assert len(page.requests) <= 1
