"""A read dispatch and its incidents on a terminal. Without colour everything is still there to read."""

import unicodedata
from collections.abc import Sequence

from dateline_labels import Dispatch, Schema
from rich import box
from rich.console import Console, Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from .ledger import ClaimRecord, IncidentRecord

_COLOURS = ("bright_red", "bright_blue", "bright_green", "bright_yellow", "bright_magenta", "bright_cyan")


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
    for column, ratio in (("what", 4), ("when and where", 5), ("who → whom", 5), ("casualties, according to", 8)):
        table.add_column(column, overflow="fold", ratio=ratio, min_width=13)
    for incident in incidents:
        own = [claim for claim in claims if claim.incident == incident.incident]
        table.add_row(
            str(incident.number), _what(incident), _where(incident), _who(incident), _casualties(incident, own)
        )
        table.add_row()
    console.print(table)


def _what(incident: IncidentRecord) -> Text:
    return _lines([incident.kind, incident.status, *(f"“{trigger}”" for trigger in incident.triggers[:3])])


def _where(incident: IncidentRecord) -> Text:
    days = [_days(incident)] if incident.date_start else []
    told = [words for words in (incident.date_words, *incident.other_dates) if words]
    place = [" < ".join((incident.place, *incident.within))] if incident.place else []
    found = [f"{incident.geoname}, {incident.country}"] if incident.geoname else []
    return _lines([*days, *told, *place, *incident.other_places, *found])


def _days(incident: IncidentRecord) -> str:
    """2017-07-20 05:00, 2017-07-18 to 2017-07-20, since 2017-07-18."""
    start, end = incident.date_start, incident.date_end
    days = f"since {start}" if end is None else f"{start}" if end == start else f"{start} to {end}"
    return f"{days} {incident.clock or ''}".strip()


def _who(incident: IncidentRecord) -> Text:
    perpetrators = _each_once(incident.perpetrators, incident.perpetrators_key)
    return _lines([*perpetrators, *(f"→ {target}" for target in _each_once(incident.targets, incident.targets_key))])


def _each_once(words: Sequence[str], keys: Sequence[str]) -> list[str]:
    """The nearest words for each actor."""
    first: dict[str, str] = {}
    for key, name in zip(keys, words, strict=True):
        first.setdefault(key, name)
    return list(first.values())


def _casualties(incident: IncidentRecord, claims: Sequence[ClaimRecord]) -> Text:
    lines = []
    for claim in claims:
        side = f" (of {claim.side})" if claim.side else ""
        source = f", says {claim.source}" if claim.source else ""
        part = {"of": "among them ", "more": "another "}.get(claim.part, "")
        lines.append(f"• {part}{number_words(claim)} {claim.outcome}: {claim.figure}{side}{source}")
    return _lines([*lines, *(f"told by {source}" for source in _each_once(incident.sources, incident.sources_key))])


def number_words(claim: ClaimRecord) -> str:
    """4; 18–22 where it can mean several; 11+ where it is open upward."""
    if claim.high is None:
        return f"{claim.low}+"
    return str(claim.low) if claim.low == claim.high else f"{claim.low}–{claim.high}"


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
