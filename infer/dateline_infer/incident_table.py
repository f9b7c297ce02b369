"""Incidents → a table: CSV for spreadsheets, JSON lines with every offset, rows for a terminal."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from .incidents import CasualtyFigure, Incident, Mention, PlaceMention

COLUMNS = (
    "dispatch",
    "published",
    "incident",
    "kind",
    "status",
    "time",
    "place",
    "within",
    "perpetrators",
    "targets",
    "casualties",
    "sources",
    "mentions",
    "score",
)
"""Columns of the CSV. Several values of a cell stand apart by `; `, offsets are code points in brackets, half-open."""
_FORMULA = tuple("=+-@\t\r＝＋－＠")


def to_csv(incidents: Iterable[Incident]) -> str:
    """The table with its header. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for incident in incidents:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells(incident)])
    return text.getvalue()


def to_jsonl(incidents: Iterable[Incident]) -> str:
    """One incident a line, every mention with its offsets."""
    return "".join(json.dumps(asdict(incident), ensure_ascii=False) + "\n" for incident in incidents)


def cells(incident: Incident) -> Sequence[str]:
    """The cells of one row, in the order of COLUMNS."""
    return (
        _joined([incident.dispatch]),
        _joined([incident.published or ""]),
        str(incident.number),
        incident.kind,
        incident.status,
        _words(incident.times),
        _joined(place.place.words for place in incident.places),
        _joined(outer for outer in map(_within, incident.places) if outer),
        _words(incident.perpetrators),
        _words(incident.targets),
        _joined(_casualty(figure) for figure in incident.casualties),
        _words(incident.sources),
        _joined(f"{trigger.words} [{trigger.start}-{trigger.end}]" for trigger in incident.triggers),
        "" if incident.score is None else f"{incident.score:.3f}",
    )


def _casualty(figure: CasualtyFigure) -> str:
    parts = [f"{figure.figure.words} {figure.outcome}".strip()]
    if figure.sides:
        parts.append(f"of {_words(figure.sides)}")
    if figure.sources:
        parts.append(f"says {_words(figure.sources)}")
    return f"{', '.join(parts)} [{figure.figure.start}-{figure.figure.end}]"


def _within(place: PlaceMention) -> str:
    return " < ".join(outer.words for outer in place.within)


def _words(mentions: Iterable[Mention]) -> str:
    return _joined(mention.words for mention in mentions)


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(" ".join(part.split()) for part in parts)
