"""The folder of a finished archive run → what it says of each document, and what it read in some of them.

The tables are read shard by shard, so that no more than a shard's rows are held. Texts are not in them: they are read
from the inputs again, the shards alone that hold a document that is wanted.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline_infer.archive_contents import table_rows
from dateline_infer.archive_copies import TABLE as COPIES_TABLE
from dateline_infer.archive_folder import COPIES, FINISHED, LISTING, Run, plan_of, read_run, table_file
from dateline_infer.archive_journal import JOURNAL, DoneShard, read_journal
from dateline_infer.archive_shards import Plan, shards
from dateline_infer.archive_tables import (
    CLAIMS,
    DISPATCHES,
    INCIDENTS,
    LEDGER,
    RELATIONS,
    SPANS,
    attribute_column,
    require_extra,
    score_column,
)
from dateline_infer.inputs import dispatch_of
from dateline_infer.progress import with_progress
from dateline_infer.records import ClaimRecord, IncidentRecord
from dateline_infer.tokens import SURROGATE
from dateline_labels import Dispatch, InputError, Place, Relation, Schema, Span
from pydantic import TypeAdapter

from .audit_counts import Read

Rows = Sequence[Mapping[str, Any]]
_INCIDENTS, _CLAIMS = TypeAdapter(IncidentRecord), TypeAdapter(ClaimRecord)


@dataclass(frozen=True)
class ArchiveRun:
    """A finished run: its folder, `run.json`, what was read and how it was cut, and its shards by number."""

    folder: Path
    run: Run
    plan: Plan
    done: Mapping[int, DoneShard]

    @staticmethod
    def open(folder: Path) -> "ArchiveRun":
        """Raises InputError where the folder is not that of a finished run."""
        require_extra()
        run = read_run(folder)
        if FINISHED not in run:
            what = "is not finished; what is to be published of an archive is audited when all of it is read"
            raise InputError(Place(str(folder)), "run", what)
        done, _ = read_journal(folder / JOURNAL)
        return ArchiveRun(folder, run, plan_of(folder, run), dict(sorted(done.items())))

    @property
    def fingerprint(self) -> str:
        """What tells the run from others."""
        return str(self.run["fingerprint"])

    def documents(self) -> int:
        """How many documents the input has."""
        return sum(shard.documents for shard in self.done.values())

    def rows(self, table: str, shard: int) -> Rows:
        """The rows of a shard in one table."""
        return table_rows(self.folder / table_file(table, shard, self.plan.format))

    def shards_of(self, documents: Iterable[int]) -> list[DoneShard]:
        """The shards that hold some of these documents."""
        shards, numbers = list(self.done.values()), sorted(documents)
        firsts = [shard.first for shard in shards]
        return [shards[at] for at in sorted({bisect_right(firsts, number) - 1 for number in numbers})]


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
            dispatch = predicted(dispatches[number], of, schema)
            for field, what in schema.problems(dispatch):
                raise InputError(Place(f"{archive.folder}: document {number}"), field, what)
            found[number] = Read(dispatch, of.incident_records, of.claim_records)
    return found


def predicted(bare: Dispatch, rows: TableRows, schema: Schema) -> Dispatch:
    """The dispatch with the spans and relations of the tables; those of `bare` are left out."""
    names = sorted({name for _, name, _ in schema.attributes})
    spans = []
    for row in rows.spans:
        values = {name: row[attribute_column(name)] for name in names if row.get(attribute_column(name))}
        scores = {name: row[score_column(name)] for name in values if row.get(score_column(name)) is not None}
        spans.append(Span(row["span"], row["label"], row["start"], row["end"], values, row["score"], scores))
    relations = [Relation(row["label"], row["head"], row["tail"], row["score"]) for row in rows.relations]
    return Dispatch(bare.id, bare.text, bare.published, bare.meta, tuple(spans), tuple(relations))


def texts(archive: ArchiveRun, wanted: Iterable[int]) -> Iterator[tuple[int, Dispatch]]:
    """The wanted documents as their inputs have them, by number, with U+FFFD for halves of characters as in the tables.

    Raises InputError where an input was changed since it was read, OSError where it is gone.
    """
    numbers = set(wanted)
    needed = {shard.shard for shard in archive.shards_of(numbers)}
    others = {number: shard for number, shard in archive.done.items() if number not in needed}
    again = shards(archive.folder / LISTING, archive.plan, others)
    for shard in with_progress(again, len(needed), "reading the texts"):
        for number, row in enumerate(shard.rows, start=shard.first):
            if number in numbers:
                dispatch = dispatch_of(row, archive.plan.columns, archive.plan.limits)
                text = SURROGATE.sub("\ufffd", dispatch.text)
                yield number, Dispatch(dispatch.id, text, dispatch.published, dispatch.meta)


def _without_document(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "document"}
