"""What metrics.json tells of events, incidents and casualties → tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from .figure_tables import PER_CENT, Figures, bounds, f_table, interval, share, share_table
from .meanings import meaning
from .report_parts import Part, Row, Table

_CLUSTER_MEASURES: Final = {"pairs": "pairs of mentions", "b_cubed": "B³", "ceaf_e": "CEAF_e", "lea": "LEA"}


def event_parts(metrics: Figures) -> Iterator[Part]:
    """Mentions of one event, events found, incidents right, casualty figures, swapped roles."""
    clusters: Mapping[str, Mapping[str, Figures]] = metrics.get("clusters") or {}
    for relation, measures in clusters.items():
        named = {_CLUSTER_MEASURES.get(name, name): rows for name, rows in measures.items()}
        yield f_table(f"clusters.{relation}", f"Mentions tied by {relation}, as clusters", named, "measure")
    found = {
        **{f"events {name}": rows for name, rows in (metrics.get("events") or {}).items() if "f1" in rows},
        **{f"incidents right, {name}": metrics["incidents"][name] for name in _whole(metrics)},
    }
    if found:
        yield f_table("incidents", "Events found, and incidents right", found, "figure")
    shares = {f"events, {name}": rows for name, rows in (metrics.get("events") or {}).items() if "share" in rows}
    if shares:
        yield share_table("events.recall", "Events found, as a share", shares, "figure")
    for part in ("parts", "dispatches"):
        if (metrics.get("incidents") or {}).get(part):
            title = {"parts": "Each part of the incidents found", "dispatches": "Dispatches whose table is right"}[part]
            yield share_table(f"incidents.{part}", title, metrics["incidents"][part], "part")
    for name, rows in (metrics.get("casualties") or {}).items():
        yield f_table(f"casualties.{name}", f"Casualty figures by {name.replace('_', ' ')}", rows, "outcome")
    yield from _swaps(metrics.get("swaps") or {})


def _whole(metrics: Figures) -> Sequence[str]:
    return [name for name in ("core", "whole") if name in (metrics.get("incidents") or {})]


def _swaps(swaps: Figures) -> Iterator[Part]:
    if not swaps:
        return
    resampled = bounds(swaps)
    yield Table(
        "swaps",
        "Perpetrator and target swapped",
        meaning("swaps"),
        "figure",
        ("rate", *(["95 % interval"] if resampled else []), "swapped", "right"),
        (
            Row(
                "swapped",
                (
                    share(swaps["rate"]),
                    *([resampled] if resampled else []),
                    str(swaps["swapped"]),
                    str(swaps["right"]),
                ),
                (interval(swaps, "rate"),),
            ),
        ),
        plots=PER_CENT,
    )
