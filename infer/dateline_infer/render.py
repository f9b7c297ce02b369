"""A read dispatch and its incidents on a terminal. Without colour everything is still there to read."""

import unicodedata
from collections.abc import Sequence

from dateline_incidents.incident_lines import COLUMNS, incident_lines
from dateline_incidents.ledger import ClaimRecord, IncidentRecord
from dateline_labels import Dispatch, Schema
from rich import box
from rich.console import Console, Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

_COLOURS = ("bright_red", "bright_blue", "bright_green", "bright_yellow", "bright_magenta", "bright_cyan")
_WIDEST_KIND = 20
"""Characters; the kind of an incident that is longer is broken in the table."""


def show_dispatch(dispatch: Dispatch, schema: Schema, console: Console) -> None:
    """The text with its spans: the words in the label's colour, then the label and attributes, then the relations."""
    console.print(Rule(Text(visible(f"{dispatch.id} {dispatch.published or ''}".strip()), style="bold"), align="left"))
    if "error" in dispatch.meta:
        console.print(Text(visible(f"not read: {dispatch.meta['error']}"), style="red"))
    console.print(Group(rendered(dispatch, schema), Text(), _relations(dispatch)))


def rendered(dispatch: Dispatch, schema: Schema) -> Text:
    """The text, each span as [words LABEL values] in the colour of its label."""
    text, done = Text(), 0
    for span in sorted(dispatch.spans, key=lambda span: span.start):
        colour = _COLOURS[schema.span_labels.index(span.label) % len(_COLOURS)]
        text.append(visible(dispatch.text[done : span.start]))
        text.append("[", style=f"dim {colour}")
        text.append(visible(dispatch.words(span)), style=f"bold {colour}")
        text.append(" " + " ".join([span.label, *span.attributes.values()]) + "]", style=f"dim {colour}")
        done = span.end
    return text.append(visible(dispatch.text[done:]))


def _relations(dispatch: Dispatch) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for relation in dispatch.relations:
        head, tail = dispatch.span_by_id[relation.head], dispatch.span_by_id[relation.tail]
        score = "" if relation.score is None else f"{relation.score:.2f}"
        words = [Text(visible(dispatch.words(span)), style="bold") for span in (head, tail)]
        table.add_row(words[0], Text(f"─ {relation.label} →", style="dim"), words[1], Text(score, style="dim"))
    return table


def show_incidents(incidents: Sequence[IncidentRecord], claims: Sequence[ClaimRecord], console: Console) -> None:
    """The incident table, one row an event, narrow enough for a terminal of eighty columns."""
    if not incidents:
        console.print(Text("No incident.", style="dim"))
        return
    table = Table(box=box.SIMPLE_HEAD, title="Incidents", title_justify="left", title_style="bold", expand=True)
    table.add_column("#")
    kinds = min(max(len(incident.kind) for incident in incidents), _WIDEST_KIND)
    for column, ratio, least in zip(COLUMNS, (4, 5, 5, 8), (kinds, None, None, None), strict=True):
        table.add_column(column, overflow="fold", ratio=ratio, width=least)  # beside a ratio a width is the least
    for incident in incidents:
        own = [claim for claim in claims if claim.incident == incident.incident]
        table.add_row(str(incident.number), *map(_lines, incident_lines(incident, own)))
        table.add_row()
    console.print(table)


def _lines(parts: Sequence[str]) -> Text:
    return Text("\n".join(" ".join(visible(part).split()) for part in parts if part))


def visible(text: str) -> str:
    """Untrusted text for a terminal: controls and bidi marks shown as signs, so that none takes effect."""
    return "".join(character if character in "\n\t" else _sign(character) for character in text)


def _sign(character: str) -> str:
    # no SVG may hold the last two
    if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") or character in "\ufffe\uffff":
        return chr(0x2400 + ord(character)) if ord(character) < 0x20 else "�"
    return character
