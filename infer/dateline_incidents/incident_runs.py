"""What the commands `dateline incidents …` do: dispatches in, tables out. Nothing is left half-written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_type_hints

from dateline_labels import Schema
from dateline_labels.files import annotated_files, stream_dispatches
from dateline_labels.outputs import check_outputs
from dateline_labels.progress import with_progress
from dateline_labels.shipped import shipped

from .actor_table import ActorTable
from .event import Event
from .event_tables import (
    EventRecord,
    SumRecord,
    TotalRecord,
    apart,
    event_record,
    events_of,
    sums,
    total_records,
)
from .exporting import check_form, export, rule_of
from .gazetteer import Gazetteer
from .incident_choices import Form, Rule
from .ledger import ClaimRecord, IncidentRecord
from .merging import Group, Match, Merging, merge
from .records import Lookups, records
from .tables import Table, beside, check_suffix, table_of, write_table


@dataclass(frozen=True)
class Reading:
    """Which dispatches, under which schema (None: the one that comes with Dateline), and what names are looked up in:
    the table of actors (None: the one that comes along), a gazetteer and the folder of its index (None: beside it).
    """

    files: Sequence[Path]
    schema: Path | None = None
    actors: Path | None = None
    gazetteer: Path | None = None
    index: Path | None = None

    def check(self, out: Path, *names: str) -> None:
        """Raises InputError where `out`, or a table of one of the names beside it, cannot be written or would take the
        place of a file that is read, OSError likewise.
        """
        check_suffix(out, "out")
        read = [file for path in self.files for file in annotated_files(path)]
        tables = [out, *(beside(out, name) for name in names)]
        check_outputs(tables, (*read, self.schema, self.actors, self.gazetteer))


def lookups_of(actors: Path | None, gazetteer: Path | None, index: Path | None = None) -> Lookups:
    """What names are looked up in; raises InputError where a file is not as it should be."""
    return Lookups(ActorTable.read(actors) if actors else None, Gazetteer.open(gazetteer, index) if gazetteer else None)


def read_records(reading: Reading) -> tuple[list[IncidentRecord], list[ClaimRecord]]:
    """The rows of all dispatches, in their order."""
    lookups = lookups_of(reading.actors, reading.gazetteer, reading.index)
    schema = Schema.read(reading.schema or shipped("schema.toml"))
    incidents: list[IncidentRecord] = []
    claims: list[ClaimRecord] = []
    for dispatch in with_progress(stream_dispatches(reading.files, schema), None, "assembling"):
        rows, figures = records(dispatch, lookups)
        incidents += rows
        claims += figures
    return incidents, claims


def run_table(reading: Reading, out: Path) -> tuple[int, int]:
    """Write the incidents to `out` and the claims beside it; gives how many there are of each."""
    reading.check(out, "claims")
    incidents, claims = read_records(reading)
    write_tables(out, incidents, claims)
    return len(incidents), len(claims)


def write_tables(out: Path, incidents: Sequence[IncidentRecord], claims: Sequence[ClaimRecord]) -> None:
    """Write both tables: the claims under the name of the incidents with `.claims` before the suffix."""
    write_table(beside(out, "claims"), table_of(ClaimRecord, claims))
    write_table(out, table_of(IncidentRecord, incidents))


def run_merge(reading: Reading, out: Path, merging: Merging, rules: Sequence[Rule]) -> tuple[int, int]:
    """Write the events to `out`, and beside it the incidents and the claims of each, why incidents were merged, and the
    totals under the rules; gives how many incidents and events there are.
    """
    reading.check(out, "incidents", "claims", "why", "totals")
    incidents, claims = read_records(reading)
    groups = merge(incidents, merging)
    events = events_of(groups, claims, Rule.CONSERVATIVE)
    event_of = {i.incident: event.id for event in events for i in event.incidents}
    write_table(beside(out, "incidents"), _by_event(IncidentRecord, incidents, event_of))
    by_day = sorted(claims, key=_by_day)
    write_table(beside(out, "claims"), _by_event(ClaimRecord, by_day, event_of))
    write_table(beside(out, "why"), _by_match([match for group in groups for match in group.matches], event_of))
    write_table(beside(out, "totals"), table_of(TotalRecord, total_records(events, rules)))
    rows = [event_record(event, group) for event, group in zip(events, groups, strict=True)]
    write_table(out, table_of(EventRecord, rows))
    return len(incidents), len(events)


def _by_event(kind: type, rows: Iterable[IncidentRecord | ClaimRecord], event_of: dict[str, str]) -> Table:
    """The table with the event of each row before the other columns, the rows of an event together."""
    columns = {"event": str, **get_type_hints(kind)}
    plain = [{"event": event_of[row.incident], **vars(row)} for row in rows]
    order = {event: number for number, event in enumerate(dict.fromkeys(event_of.values()))}
    return Table(columns, sorted(plain, key=lambda row: order[row["event"]]))


def _by_match(matches: Iterable[Match], event_of: dict[str, str]) -> Table:
    columns = {"event": str, **get_type_hints(Match)}
    return Table(columns, [{"event": event_of[match.one], **vars(match)} for match in matches])


def _by_day(claim: ClaimRecord) -> tuple[str, str, str, int]:
    """So that the figures of an outcome stand in the order in which they were published."""
    day = claim.published.isoformat() if claim.published else ""
    return claim.outcome, day, claim.dispatch, claim.number


def read_events(reading: Reading, merging: Merging | None, rule: Rule) -> list[Event]:
    """The events of the dispatches: merged, or each incident as one."""
    incidents, claims = read_records(reading)
    groups: list[Group] = merge(incidents, merging) if merging else apart(incidents)
    return events_of(groups, claims, rule)


def run_totals(
    reading: Reading, merging: Merging | None, rules: Sequence[Rule], out: Path | None
) -> tuple[int, list[SumRecord]]:
    """How many events there are and the sums under each rule; the totals of each event are written to `out`."""
    if out:
        reading.check(out)
    events = read_events(reading, merging, Rule.CONSERVATIVE)
    totals = list(total_records(events, rules))
    if out:
        write_table(out, table_of(TotalRecord, totals))
    return len(events), sums(totals)


def run_export(reading: Reading, merging: Merging | None, form: Form, rule: Rule | None, out: Path) -> tuple[int, int]:
    """Write the events with the columns of another dataset; gives how many, and how many are no events there."""
    reading.check(out, "evidence")
    check_form(form, out)
    return export(read_events(reading, merging, rule or rule_of(form)), form, out)
