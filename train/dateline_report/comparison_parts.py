"""The comparison of two models in metrics.json → its tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .report_parts import Interval, Note, Part, RangePlot, Row, Table

Figures = Mapping[str, Any]
_SHOWN = 500


def comparison_parts(comparison: Figures) -> Iterator[Part]:
    """What got better and worse, with intervals of the difference, then each case of it."""
    if not comparison:
        return
    other = comparison.get("other") or {}
    yield Note("Compared with the model", (str(other.get("name") or other.get("path") or "other"),))
    if verdict := comparison.get("verdict"):
        yield Note(str(verdict["sentence"] if isinstance(verdict, Mapping) else verdict))
    rows = {row["title"]: row for row in comparison["headline"]}
    groups = (rows, comparison["spans"], comparison["relations"])
    plot = _plot([row for group in groups for row in group.values()])
    yield _differences("comparison.headline", "Difference of F1, in points", rows, plot)
    yield _differences("comparison.spans", "Spans, exact: difference by label", comparison["spans"], plot)
    yield _differences("comparison.relations", "Relations, strict: difference by label", comparison["relations"], plot)
    yield from _cases("lost", "Right with the other model, wrong now", comparison.get("lost", ()))
    yield from _cases("won", "Wrong with the other model, right now", comparison.get("won", ()))


def _plot(rows: Sequence[Figures]) -> RangePlot:
    widest = max((abs(row[end]) for row in rows for end in ("low", "high", "difference")), default=1.0)
    end = next((each for each in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0) if widest <= each), 100.0)
    return RangePlot(0, -end, end, 0.0)


def _differences(key: str, title: str, rows: Mapping[str, Figures], plot: RangePlot) -> Table:
    return Table(
        key,
        title,
        "Paired bootstrap: both models on the same resamples. Right of the line this model is better.",
        "label" if "headline" not in key else "figure",
        ("difference", "95 % interval", "this", "other", "better in"),
        tuple(
            Row(
                name,
                (
                    f"{row['difference']:+.1f}",
                    f"{row['low']:+.1f} to {row['high']:+.1f}",
                    *(f"{row['value']:.1f}", f"{row['other']:.1f}"),
                    f"{100 * row['better']:.0f} %",
                ),
                (Interval(row["difference"], row["low"], row["high"]),),
            )
            for name, row in rows.items()
        ),
        plots=(plot,),
    )


def _cases(kind: str, title: str, rows: Sequence[Figures]) -> Iterator[Part]:
    """The first of the cases, each with a link to its dispatch."""
    if not rows:
        return
    told = f"The first {_SHOWN} of {len(rows)}; all are in metrics.json." if len(rows) > _SHOWN else ""
    yield Table(
        f"comparison.{kind}",
        f"{title}: {len(rows)}",
        told,
        "dispatch",
        ("measure", "label", "kind", "words", "instead"),
        tuple(
            Row(
                row["dispatch"],
                tuple(str(row.get(each, "")) for each in ("measure", "label", "kind", "what", "instead")),
                links={0: {"case": row["dispatch"], **({"kind": kind} if kind == "lost" else {})}},
            )
            for row in rows[:_SHOWN]
        ),
        folded=True,
    )
