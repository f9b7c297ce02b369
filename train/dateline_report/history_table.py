"""The history → a table for people, a line a run, in the order in which they ended."""

from collections.abc import Iterator, Sequence
from typing import Final

from dateline_labels import one_line

from .history import DataUsed, Entry

_COLUMNS: Final = (
    "when (UTC)",
    "what",
    "model",
    "sha256",
    "made from",
    "learnt",
    "figures of",
    "span F1",
    "relation F1",
    "",
)
_NUMBERS: Final = (7, 8)
_SHORT: Final = 8  # characters of a digest
_LONGEST: Final = 40


def table(entries: Sequence[Entry]) -> str:
    """The table; digests are cut, the whole ones stand in the file."""
    rows = [_COLUMNS, *map(_row, entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_padded(row, widths)).rstrip() for row in rows)


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for number, (text, width) in enumerate(zip(row, widths, strict=True)):
        yield text.rjust(width) if number in _NUMBERS else text.ljust(width)


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        one_line(entry.at[:16].replace("T", " ")),
        entry.kind,
        one_line(entry.name, _LONGEST),
        one_line(entry.model[:_SHORT]),
        one_line((entry.made_from or "")[:_SHORT]),
        _data(entry.learnt) if entry.learnt else "",
        _data(entry.data),
        *(_figure(entry, name) for name in ("span_f1", "relation_f1")),
        _verdict(entry),
    )


def _data(data: DataUsed) -> str:
    digest = f" {one_line(data.sha256[:_SHORT])}" if data.sha256 else ""
    return f"{one_line(data.part, _LONGEST)} {data.dispatches}{digest}"


def _figure(entry: Entry, name: str) -> str:
    if name not in entry.figures:
        return ""
    low, high = (entry.figures.get(f"{name}_{end}") for end in ("low", "high"))
    bounds = "" if low is None or high is None else f" ({low:.1f}–{high:.1f})"
    return f"{entry.figures[name]:.1f}{bounds}"


def _verdict(entry: Entry) -> str:
    """What a report says of the model beside another one."""
    if not entry.comparison:
        return ""
    other = one_line(str(entry.comparison.get("other"))[:_SHORT])
    parts = [f"against {other}:"]
    for name, title in (("span_f1", "spans"), ("relation_f1", "relations")):
        row = entry.comparison.get(name)
        if isinstance(row, dict) and isinstance(row.get("difference"), int | float):
            parts.append(f"{title} {row['difference']:+.1f}")
    failed = entry.comparison.get("failed")
    return " ".join(parts) + ("" if failed is None else ", WORSE" if failed else ", not worse")
