"""A page that keeps what it asked for, said and threw."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE = 120_000  # milliseconds; a machine that tests run on can be busy


def expect(part: "Locator") -> Any:
    """What the part is to be soon: a page follows its address a moment after the address has changed."""
    from playwright.sync_api import expect as expected

    expected.set_options(timeout=PATIENCE)
    return expected(part)


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
