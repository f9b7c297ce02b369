"""Incidents as a table of HTML for a notebook: a row an incident, as the terminal shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dateline_labels import Dispatch
from dateline_labels.dispatch_html import shown_text

from .incident_lines import COLUMNS, incident_lines
from .ledger import ClaimRecord, IncidentRecord
from .records import Lookups, records

MOST_ROWS: Final = 50
"""Incidents that a notebook shows; the rest are counted."""
_CELL: Final = "text-align:left;vertical-align:top"


@dataclass(frozen=True)
class IncidentTable:
    """The incidents of some dispatches and the claims about them; a notebook shows it as a table."""

    incidents: Sequence[IncidentRecord]
    claims: Sequence[ClaimRecord]

    @staticmethod
    def of(dispatches: Iterable[Dispatch], lookups: Lookups | None = None) -> "IncidentTable":
        """What the dispatches tell, with the actors and the gazetteer of `lookups`."""
        pairs = [records(dispatch, lookups or Lookups()) for dispatch in dispatches]
        incidents = [incident for found, _ in pairs for incident in found]
        return IncidentTable(incidents, [claim for _, claims in pairs for claim in claims])

    def _repr_html_(self) -> str:
        """How a notebook shows the table."""
        if not self.incidents:
            return "<p>No incident.</p>"
        head = "".join(f'<th style="{_CELL}">{column}</th>' for column in ("incident", *COLUMNS))
        rows = "".join(self._row(incident) for incident in self.incidents[:MOST_ROWS])
        more = len(self.incidents) - MOST_ROWS
        rest = f"<p>… and {more:,} more incidents</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"

    def _row(self, incident: IncidentRecord) -> str:
        own = [claim for claim in self.claims if claim.incident == incident.incident]
        cells = ([incident.incident], *incident_lines(incident, own))
        return f"<tr>{''.join(map(_cell, cells))}</tr>"


def _cell(lines: Sequence[str]) -> str:
    words = (" ".join(line.split()) for line in lines if line)
    return f'<td style="{_CELL}">{"<br>".join(map(shown_text, words))}</td>'
