"""metrics.json and the dispatches → report.html: one file that opens from disk and asks for nothing.

Figures are written into the page by jinja2 with autoescape; the cases lie in it as JSON and are drawn when looked at.
Its Content-Security-Policy names the page's own style and script by their SHA-256 and allows nothing else, so that
whatever the data hold, nothing of it can run or be fetched. Its parts are the files of `templates/`.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dateline_labels import Dispatch
from dateline_labels.errors import MissingExtraError
from dateline_labels.files import write_atomically
from dateline_labels.scoring import Case

from . import page_filters
from .case_data import browser_data
from .figure_tables import bounds, share
from .sections import sections

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLES: Final = ("page.css", "figures.css", "cases.css", "print.css")
_SCRIPTS: Final = (
    *("dom.js", "items.js", "filters.js", "annotated.js", "rows.js", "list.js", "detail.js", "choices.js"),
    *("cases.js", "page.js"),
)
_TILES: Final = (
    "spans.exact.micro.f1",
    "relations.strict.micro.f1",
    "events.recall.share",
    "incidents.core.f1",
)
_ESCAPED: Final = re.compile(
    "[<>&\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
"""What HTML would take for markup, and what is not seen; controls of ASCII are escaped by JSON itself."""


def write_page(
    out: Path,
    metrics: Mapping[str, Any],
    gold: Sequence[Dispatch],
    predicted: Sequence[Dispatch],
    cases: Sequence[Case],
) -> None:
    """Write report.html into `out`; gold and predicted dispatches stand in the same order.

    Raises MissingExtraError without jinja2.
    """
    browser = json_text(browser_data(metrics, gold, predicted, cases))
    write_atomically(out / "report.html", page(metrics, browser).encode("utf-8"))


def page(metrics: Mapping[str, Any], browser: str) -> str:
    """The page, with the case browser's data as JSON text that is safe in HTML. Raises MissingExtraError without
    jinja2.
    """
    environment = _environment()
    from markupsafe import Markup

    style, script = (_joined(names) for names in (_STYLES, _SCRIPTS))
    # what is marked as safe here are the package's own files and JSON without any sign that HTML knows
    return environment.get_template("report.html").render(
        name=_name(metrics),
        data=metrics["data"],
        facts=_facts(metrics),
        tiles=_tiles(metrics),
        sections=sections(metrics),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        browser=Markup(browser),  # noqa: S704
    )


def json_text(plain_data: object) -> str:
    """JSON in which no character means anything to HTML, turns a line around or is no character."""
    text = json.dumps(plain_data, ensure_ascii=False, separators=(",", ":"))
    return _ESCAPED.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}" if character.isascii() else json.dumps(character)[1:-1]


def _environment() -> "Environment":
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingExtraError("the report's page", "jinja2", "report") from None
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=page_filters.visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= page_filters.FILTERS
    environment.globals["range_ticks"] = (0, 0.25, 0.5, 0.75, 1)
    return environment


def _joined(names: Sequence[str]) -> str:
    text = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    return f'(() => {{\n"use strict";\n{text}\n}})();\n' if names is _SCRIPTS else text


def _policy(style: str, script: str) -> str:
    own = {"style-src": style, "script-src": script}
    hashes = [
        f"{name} 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for name, text in own.items()
    ]
    return "; ".join(
        [
            *("default-src 'none'", *hashes, "base-uri 'none'", "form-action 'none'"),
            *("require-trusted-types-for 'script'", "trusted-types 'none'"),
        ]
    )


def _name(metrics: Mapping[str, Any]) -> str:
    model = metrics["model"]
    return str(model.get("name") or model["path"])


def _facts(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of the model, the data and how figures were drawn, as names and values."""
    groups = {"model": metrics["model"], "data": metrics["data"], "uncertainty": metrics.get("uncertainty") or {}}
    return [
        (f"{group}, {name.replace('_', ' ')}", _told(value))
        for group, facts in groups.items()
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_told, value))
    return str(value)


def _tiles(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The few figures that stand large at the top."""
    rows = {row["key"]: row for row in metrics.get("headline", ())}
    return [
        {
            "title": row["title"],
            "value": share(row["value"]),
            "bounds": bounds(row),
            "small": row["small"],
        }
        for row in (rows[key] for key in _TILES if key in rows)
    ]
