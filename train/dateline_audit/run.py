"""The folder of a finished archive run → what it says of each document, and what it read in some of them.

The tables are read shard by shard, so that no more than a shard's rows are held.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateline_archive.copies_of_stories import TABLE as COPIES_TABLE
from dateline_archive.folder import COPIES
from dateline_archive.journal import DoneShard
from dateline_archive.results import ArchiveRun, Rows, marked
from dateline_archive.tables import CLAIMS, DISPATCHES, INCIDENTS, LEDGER, RELATIONS, SPANS
from dateline_incidents.records import ClaimRecord, IncidentRecord
from dateline_labels import Dispatch, InputError, Place, Schema
from dateline_labels.progress import with_progress
from pydantic import TypeAdapter

from .counts import Read

_INCIDENTS, _CLAIMS = TypeAdapter(IncidentRecord), TypeAdapter(ClaimRecord)


@dataclass(frozen=True)
class DocumentRow:
    """What the ledger and the table of dispatches say of a document; `dispatch` is None where it was not read."""

    ledger: Mapping[str, Any]
    dispatch: Mapping[str, Any] | None
    is_copy: bool

    @property
    def meta(self) -> Mapping[str, Any]:
        """What else the input says of it."""
        found: Mapping[str, Any] = json.loads(self.dispatch["meta"]) if self.dispatch else {}
        return found


def document_rows(archive: ArchiveRun, shard: DoneShard, distinct: bool) -> list[DocumentRow]:
    """Each document of a shard; where they are to be distinct, with who is a copy of an earlier one."""
    dispatches = {row["document"]: row for row in archive.rows(DISPATCHES, shard.shard)}
    copies = archive.rows(COPIES_TABLE, shard.shard) if distinct else ()
    copied = {row["document"] for row in copies if row["document"] != row["story"]}
    return [
        DocumentRow(row, dispatches.get(row["document"]), row["document"] in copied)
        for row in archive.rows(LEDGER, shard.shard)
    ]


def check_copies(archive: ArchiveRun) -> None:
    """Raises InputError where nobody has looked for copies in this run."""
    path = archive.folder / COPIES
    if not path.is_file() or json.loads(path.read_bytes()).get("fingerprint") != archive.fingerprint:
        what = f"expected the copies of this run, got none: dateline archive copies {archive.folder}"
        raise InputError(Place(str(path)), "copies", what)


@dataclass(frozen=True)
class TableRows:
    """The rows of one document, or of one shard, in the tables of what was read."""

    spans: Rows
    relations: Rows
    incidents: Rows
    claims: Rows

    @property
    def incident_records(self) -> list[IncidentRecord]:
        """The rows of `incidents` as they were before they were written."""
        return [_INCIDENTS.validate_python(_without_document(row)) for row in self.incidents]

    @property
    def claim_records(self) -> list[ClaimRecord]:
        """The rows of `claims`, as well."""
        return [_CLAIMS.validate_python(_without_document(row)) for row in self.claims]


def read_rows(archive: ArchiveRun, shard: DoneShard) -> dict[int, TableRows]:
    """What was read in the documents of a shard, by their numbers; nothing of those in which nothing was found."""
    tables: list[dict[int, list[Mapping[str, Any]]]] = []
    for table in (SPANS, RELATIONS, INCIDENTS, CLAIMS):
        of: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for row in archive.rows(table, shard.shard):
            of[row["document"]].append(row)
        tables.append(of)
    numbers = sorted({number for of in tables for number in of})
    return {number: TableRows(*(of.get(number, []) for of in tables)) for number in numbers}


def predictions(archive: ArchiveRun, dispatches: Mapping[int, Dispatch], schema: Schema) -> dict[int, Read]:
    """What the run read in some documents, given with their texts.

    Raises InputError where the schema has no place for it.
    """
    found: dict[int, Read] = {}
    holding = archive.shards_of(dispatches)
    for shard in with_progress(holding, len(holding), "looking up what was read"):
        rows = read_rows(archive, shard)
        for number in range(shard.first, shard.first + shard.documents):
            if number not in dispatches:
                continue
            of = rows.get(number, TableRows([], [], [], []))
            dispatch = marked(dispatches[number], of.spans, of.relations, schema)
            for field, what in schema.problems(dispatch):
                raise InputError(Place(f"{archive.folder}: document {number}"), field, what)
            found[number] = Read(dispatch, of.incident_records, of.claim_records)
    return found


def _without_document(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "document"}
