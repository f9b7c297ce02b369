"""Suspects → a table (CSV and JSON lines), and tasks of an annotation tool."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_formats.format import Annotated, Finding
from dateline_formats.tasks import Task, task_target, write_tasks
from dateline_incidents.tables import table_of, write_table
from dateline_labels import Place

from .suspects_doubts import Claim, Doubt, Kind
from .suspects_ranking import Suspect
from .suspects_words import reason

TABLES = ("suspects.csv", "suspects.jsonl")


@dataclass(frozen=True)
class Row:
    """A suspect as it is listed; docs/suspects.md tells what the columns mean."""

    rank: int
    score: float
    kind: str
    path: str
    line: int | None
    dispatch: str
    start: int
    end: int
    spans: list[str]
    words: str
    annotated: str | None
    confidence: float
    read: str | None
    read_words: str | None
    read_confidence: float
    reason: str


def row_of(suspect: Suspect, annotated: Annotated) -> Row:
    """The row of a suspect, with the place of what is suspected, or of its dispatch."""
    doubt = suspect.doubt
    place = _place(doubt, annotated)
    about = doubt.annotated if doubt.annotated.words else doubt.read
    return Row(
        rank=suspect.rank,
        score=round(suspect.score, 6),
        kind=str(doubt.kind),
        path=place.path,
        line=place.line or None,
        dispatch=doubt.dispatch.id,
        start=doubt.start,
        end=doubt.end,
        spans=list(doubt.spans),
        words=" → ".join(about.words),
        annotated=_label(doubt, doubt.annotated),
        confidence=round(doubt.confidence, 6),
        read=_label(doubt, doubt.read),
        read_words=" → ".join(doubt.read.words) or None,
        read_confidence=round(doubt.other, 6),
        reason=reason(doubt),
    )


def _place(doubt: Doubt, annotated: Annotated) -> Place:
    return annotated.place_of(doubt.dispatch, doubt.part)


def _label(doubt: Doubt, claim: Claim) -> str | None:
    if not claim.label:
        return None
    return f"{doubt.name}={claim.label}" if doubt.kind is Kind.VALUE else claim.label


def write_tables(suspects: Sequence[Suspect], annotated: Annotated, out: Path) -> None:
    """All of them, as suspects.csv and suspects.jsonl."""
    table = table_of(Row, [row_of(suspect, annotated) for suspect in suspects])
    for name in TABLES:
        write_table(out / name, table)


def write_suspect_tasks(suspects: Iterable[Suspect], out: Path, name: str) -> tuple[Path, int, tuple[Finding, ...]]:
    """The dispatches with suspects, the most suspect first, as they are annotated, with every suspect as a reason;
    returns where they are, how many, and what the format does not carry.
    """
    by_dispatch: dict[str, list[Suspect]] = {}
    for suspect in suspects:
        by_dispatch.setdefault(suspect.doubt.dispatch.id, []).append(suspect)
    tasks = [
        Task(some[0].doubt.dispatch, some[0].score, tuple(_why(suspect.doubt) for suspect in some))
        for some in by_dispatch.values()
    ]
    target = task_target(out, name)
    return target, len(tasks), write_tasks(tasks, target, name)


def _why(doubt: Doubt) -> str:
    return f"{doubt.kind} at {doubt.start}–{doubt.end}: {reason(doubt)}"


def shown(suspect: Suspect, annotated: Annotated) -> str:
    """A line for the terminal."""
    place = _place(suspect.doubt, annotated)
    return f"{place.path}:{place.line}: {suspect.doubt.kind}: {reason(suspect.doubt)}"
