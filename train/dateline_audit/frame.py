"""The documents of an archive run → strata: what agrees in what was found and in the criteria that are asked for."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from dateline_archive.journal import DoneShard
from dateline_archive.results import ArchiveRun
from dateline_archive.tables import EMPTY, ERROR, GATED, NO_ATTACK
from dateline_incidents.incident_choices import Rule
from dateline_labels import one_line
from dateline_labels.progress import with_progress

from .counts import count
from .run import DocumentRow, TableRows, document_rows, read_rows
from .strata import Cell, Key

FOUND, YEAR, SOURCE = "found", "year", "source"
UNKNOWN = "unknown"
_COPY = "copy"
_LONGEST_VALUE = 60
_NOTHING = TableRows([], [], [], [])


def frame(
    archive: ArchiveRun, criteria: Sequence[str], rule: Rule, distinct: bool
) -> tuple[dict[Key, Cell], Counter[str]]:
    """The documents that can be annotated, with the sums of what was read in them, and how many cannot and why.

    Documents that could not be read or have no word are left out, and copies of earlier ones where they are to be
    distinct.
    """
    cells: dict[Key, Cell] = {}
    left_out: Counter[str] = Counter()
    for shard in with_progress(archive.done.values(), len(archive.done), "looking through the run"):
        for row, rows in _documents(archive, shard, distinct):
            status = row.ledger["status"]
            if status in (ERROR, EMPTY) or row.is_copy:
                left_out[_COPY if row.is_copy else status] += 1
                continue
            cell = cells.setdefault(_key(row, criteria), Cell())
            cell.documents.append(row.ledger["document"])
            cell.predicted.update(_counted(rows, rule))
    return cells, left_out


def _documents(archive: ArchiveRun, shard: DoneShard, distinct: bool) -> Iterator[tuple[DocumentRow, TableRows]]:
    found = read_rows(archive, shard)
    for row in document_rows(archive, shard, distinct):
        yield row, found.get(row.ledger["document"], _NOTHING)


def _counted(rows: TableRows, rule: Rule) -> Counter[str]:
    labels = (row["label"] for row in rows.spans), (row["label"] for row in rows.relations)
    return count(*labels, rows.incident_records, rows.claim_records, rule)


def _key(row: DocumentRow, criteria: Sequence[str]) -> Key:
    """What a document has of each criterion, what was found in it first."""
    published = (row.dispatch or {}).get("published") or ""
    known = {
        YEAR: published[:4] if re.match(r"[0-9]{4}", published) else UNKNOWN,
        SOURCE: Path(row.ledger["source"]).name,
    }
    meta = row.meta
    values = (known.get(name, meta.get(name, UNKNOWN)) for name in criteria)
    return _found(row), *(one_line(str(value), _LONGEST_VALUE) for value in values)


def _found(row: DocumentRow) -> str:
    """What came of a document, in words: where errors are likeliest to differ."""
    status, incidents = row.ledger["status"], (row.dispatch or {}).get("incidents", 0)
    if status in (GATED, NO_ATTACK):
        return str(status)
    return {0: "something", 1: "one incident"}.get(incidents, "several incidents")
