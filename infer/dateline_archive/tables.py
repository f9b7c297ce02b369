"""The tables of an archive run: their columns with types, and rows → the bytes of a Parquet or JSON Lines file.

    ledger      one row a document of the input, in order, whatever became of it
    dispatches  one row a document that is a dispatch
    spans       one row a span
    relations   one row a relation
    incidents   one row an incident
    claims      one row a casualty figure of an incident

`document`, the number of the document in the whole input from 0, ties the rows of all tables: ids of the input may
occur twice. The same rows give the same bytes: no time, no host, fixed settings of the writer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, get_type_hints

from dateline_incidents.ledger import ClaimRecord, IncidentRecord
from dateline_incidents.tables import Table, arrow_type, to_jsonl, to_parquet
from dateline_labels import MissingExtraError, Schema

from .shards import JSONL

Record = Mapping[str, Any]
OK, EMPTY, NO_ATTACK, GATED, ERROR = "ok", "empty", "no attack", "gated", "error"
LEDGER, DISPATCHES, SPANS, RELATIONS, INCIDENTS, CLAIMS = TABLES = (
    "ledger",
    "dispatches",
    "spans",
    "relations",
    "incidents",
    "claims",
)


@dataclass(frozen=True)
class LedgerRow:
    """One document of the input."""

    document: int
    """Its number in the whole input, from 0."""
    id: str
    """As the input has it, or the name of its file and its line."""
    source: str
    """The file."""
    line: int
    """The line that it ends on, or the number of its row in Parquet, from 1; 0: the file as a whole."""
    status: str
    """ok; empty: a text without a word; no attack: read, and none found; gated: not worth reading; error."""
    message: str | None
    """What is wrong, with the status error."""
    characters: int
    """Code points of the text; 0 where there is none."""
    tokens: int
    """Tokens of the encoder."""
    windows: int
    """Windows that the encoder read; 0 with the statuses gated, empty and error."""
    model: str
    """SHA-256 of the bundle's manifest."""


@dataclass(frozen=True)
class DispatchRow:
    """One document that is a dispatch, read or not."""

    document: int
    id: str
    published: str | None
    """As the input has it."""
    meta: str
    """All other columns of the input, as a JSON object."""
    gate_score: float | None
    """The gate's log-odds, with the status gated."""
    replaced_surrogates: int
    """Halves of characters that U+FFFD stands for, one for one."""
    spans: int
    """How many rows of `spans` it has, and so on."""
    relations: int
    incidents: int
    claims: int


@dataclass(frozen=True)
class SpanRow:
    """Words of a text under one label; two more columns for each attribute of the schema."""

    document: int
    id: str
    """Of the dispatch."""
    span: str
    """Its own id, unique in the document."""
    label: str
    start: int
    """Code points of the text, half-open."""
    end: int
    words: str
    """The text from `start` to `end`."""
    score: float | None
    """The model's probability."""


@dataclass(frozen=True)
class RelationRow:
    """A directed relation between two spans of one document."""

    document: int
    id: str
    label: str
    head: str
    """Id of a span."""
    tail: str
    score: float | None


def require_extra(*packages: str) -> None:
    """Raises MissingExtraError where one of the packages, or pyarrow, which every table needs, is not installed."""
    for package in ("pyarrow", *packages):
        if find_spec(package) is None:
            raise MissingExtraError("dateline archive", package, "archive")


def tables_of(schema: Schema) -> dict[str, dict[str, Any]]:
    """The columns of each table with their types in Python, for a model of this schema."""
    attributes: dict[str, Any] = {}
    for _, name, _ in schema.attributes:
        attributes[attribute_column(name)] = str | None
        attributes[score_column(name)] = float | None
    number = {"document": int}
    return {
        LEDGER: get_type_hints(LedgerRow),
        DISPATCHES: get_type_hints(DispatchRow),
        SPANS: get_type_hints(SpanRow) | attributes,
        RELATIONS: get_type_hints(RelationRow),
        INCIDENTS: number | get_type_hints(IncidentRecord),
        CLAIMS: number | get_type_hints(ClaimRecord),
    }


def attribute_column(name: str) -> str:
    """The column of `spans` that holds the value of an attribute, empty where a span has none."""
    return f"attribute_{name}"


def score_column(name: str) -> str:
    """The column of `spans` that holds the probability of the value."""
    return f"attribute_{name}_score"


def shown_path(path: str) -> str:
    """A path as text that can be written: bytes that are no UTF-8 stand as their escapes."""
    return path.encode("utf-8", errors="backslashreplace").decode("utf-8")


def written(name: str, columns: Mapping[str, Any], rows: Sequence[Record], form: str) -> bytes:
    """The rows of one table as the bytes of a file; a column that a row has not is empty there."""
    table = Table(columns, [{column: row.get(column) for column in columns} for row in rows])
    return to_jsonl(table) if form == JSONL else to_parquet(table, name)


def type_name(hint: Any) -> str:
    """A column's type in words: `string`, `int64?` (may be missing), `list<string>`, …"""
    kind, nullable = arrow_type(hint)
    return str(kind).replace("element: ", "").replace("item: ", "") + ("?" if nullable else "")
