"""A shard → the bytes of its files and what became of its documents. A pure function, whoever calls it and wherever."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dateline_incidents.incidents import can_assemble
from dateline_incidents.ledger import ClaimRecord, IncidentRecord
from dateline_incidents.records import Lookups, records
from dateline_infer.extractor import Extractor, Reading
from dateline_inputs.dispatches import dispatch_of, name_of
from dateline_inputs.rows import Row
from dateline_labels import Dispatch, InputError, one_line

from .shards import Plan, Shard
from .tables import (
    CLAIMS,
    DISPATCHES,
    EMPTY,
    ERROR,
    GATED,
    INCIDENTS,
    LEDGER,
    NO_ATTACK,
    OK,
    RELATIONS,
    SPANS,
    TABLES,
    DispatchRow,
    LedgerRow,
    Record,
    RelationRow,
    SpanRow,
    attribute_column,
    score_column,
    shown_path,
    tables_of,
    written,
)

Assembled = tuple[list[IncidentRecord], list[ClaimRecord]]
_OURS = ("error", "gated", "replaced_surrogates")


@dataclass(frozen=True)
class TableFile:
    """The file of one table: how many rows it has and its bytes."""

    rows: int
    data: bytes


@dataclass(frozen=True)
class ReadShard:
    """A shard that was read: the file of each table and how many documents ended with which status."""

    shard: int
    files: Mapping[str, TableFile]
    statuses: Mapping[str, int]


def read_shard(extractor: Extractor, shard: Shard, plan: Plan, lookups: Lookups) -> ReadShard:
    """Read the documents of a shard; one that cannot be read has its row in the ledger and changes no other's."""
    tables: dict[str, list[Record]] = {name: [] for name in TABLES}
    statuses: Counter[str] = Counter()
    for document in _documents(extractor, shard, plan, lookups):
        statuses[document.ledger.status] += 1
        for name, rows in document.rows.items():
            tables[name] += rows
    columns = tables_of(extractor.config.schema)
    files = {
        name: TableFile(len(rows), written(name, columns[name], rows, plan.format)) for name, rows in tables.items()
    }
    return ReadShard(shard.number, files, dict(sorted(statuses.items())))


@dataclass(frozen=True)
class _Document:
    ledger: LedgerRow
    rows: Mapping[str, list[Record]]


def _documents(extractor: Extractor, shard: Shard, plan: Plan, lookups: Lookups) -> Iterator[_Document]:
    outcomes = [_outcome(row, plan) for row in shard.rows]
    readings = extractor.readings(each for each in outcomes if isinstance(each, Dispatch))
    assembled = partial(records, lookups=lookups) if can_assemble(extractor.config.schema) else None
    for number, (row, outcome) in enumerate(zip(shard.rows, outcomes, strict=True), start=shard.first):
        if isinstance(outcome, Dispatch):
            yield _read(_Source(number, row, extractor.model), next(readings), assembled)
        else:
            yield _unread(_Source(number, row, extractor.model), name_of(row), f"{outcome.field}: {outcome.what}")


def _outcome(row: Row, plan: Plan) -> Dispatch | InputError:
    try:
        return dispatch_of(row, plan.columns, plan.limits)
    except InputError as error:
        return error


@dataclass(frozen=True)
class _Source:
    """Where a document comes from and what reads it."""

    document: int
    row: Row
    model: str


def _unread(source: _Source, name: str, message: str, characters: int = 0) -> _Document:
    row = source.row
    ledger = LedgerRow(
        source.document, name, shown_path(row.path), row.line, ERROR, one_line(message), characters, 0, 0, source.model
    )
    return _Document(ledger, {LEDGER: [vars(ledger)]})


def _read(source: _Source, reading: Reading, assembled: Callable[[Dispatch], Assembled] | None) -> _Document:
    dispatch, number, row = reading.dispatch, source.document, source.row
    if "error" in dispatch.meta:
        return _unread(source, dispatch.id, str(dispatch.meta["error"]), len(dispatch.text))
    try:
        incidents, claims = assembled(dispatch) if assembled else ([], [])
    except Exception as error:  # a bug, which is not to cost the other documents of a run of days
        what = f"a bug: {type(error).__name__}: {error}"
        return _unread(source, dispatch.id, what, len(dispatch.text))
    found = bool(incidents if assembled else dispatch.spans)
    counts = len(dispatch.spans), len(dispatch.relations), len(incidents), len(claims)
    ledger = LedgerRow(
        number,
        dispatch.id,
        shown_path(row.path),
        row.line,
        _status(reading, found),
        None,
        len(dispatch.text),
        reading.tokens,
        reading.windows,
        source.model,
    )
    tables: dict[str, list[Record]] = {
        LEDGER: [vars(ledger)],
        DISPATCHES: [vars(_dispatch_row(number, dispatch, counts))],
        SPANS: list(_span_rows(number, dispatch)),
        RELATIONS: [
            vars(RelationRow(number, dispatch.id, each.label, each.head, each.tail, each.score))
            for each in dispatch.relations
        ],
        INCIDENTS: [{"document": number, **vars(each)} for each in incidents],
        CLAIMS: [{"document": number, **vars(each)} for each in claims],
    }
    return _Document(ledger, tables)


def _status(reading: Reading, found: bool) -> str:
    if not reading.tokens:
        return EMPTY
    if "gated" in reading.dispatch.meta:
        return GATED
    return OK if found else NO_ATTACK


def _dispatch_row(number: int, dispatch: Dispatch, counts: tuple[int, int, int, int]) -> DispatchRow:
    meta = {key: value for key, value in dispatch.meta.items() if key not in _OURS}
    gate, replaced = dispatch.meta.get("gated"), dispatch.meta.get("replaced_surrogates", 0)
    return DispatchRow(
        number,
        dispatch.id,
        dispatch.published,
        json.dumps(meta, ensure_ascii=False),
        gate if isinstance(gate, float) else None,
        replaced if isinstance(replaced, int) else 0,
        *counts,
    )


def _span_rows(number: int, dispatch: Dispatch) -> Iterator[Record]:
    for span in dispatch.spans:
        words = dispatch.words(span)
        row: dict[str, Any] = vars(
            SpanRow(number, dispatch.id, span.id, span.label, span.start, span.end, words, span.score)
        )
        for name, value in span.attributes.items():
            row[attribute_column(name)] = value
            row[score_column(name)] = span.attribute_scores.get(name)
        yield row
