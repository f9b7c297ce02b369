"""metrics.json → the sections of a report, in their order, of which report.html, report.md and the plots are written.

Parts of the metrics that are missing or empty, as with a schema without relations, make no section.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .charts import learning_curve, reliability, risk_coverage
from .comparison_parts import comparison_parts
from .event_parts import event_parts
from .figure_tables import (
    PER_CENT,
    Figures,
    bounds,
    f_table,
    has_bounds,
    interval,
    matrix,
    pairs_table,
    share,
    side_by_side,
)
from .meanings import meaning
from .report_parts import Note, Part, Row, Section, Table
from .slice_parts import slice_parts

Metrics = Mapping[str, Any]
_RELATION_MEASURES = {
    "strict": "strict",
    "boundaries": "boundaries",
    "overlapping": "overlapping spans",
    "gold_spans": "gold spans given",
}

_SHOWN_APART = ("exact", "seqeval", "semeval")
"""Measures of spans with tables of their own; any other is shown as they are."""


def sections(metrics: Metrics) -> list[Section]:
    """Every section that there are figures for."""
    made = (
        Section("summary", "Headline figures", tuple(_headline(metrics))),
        Section("spans", "Spans", tuple(_spans(metrics))),
        Section("relations", "Relations", tuple(_relations(metrics))),
        Section("attributes", "Attributes", tuple(_attributes(metrics))),
        Section("events", "Events and casualties", tuple(event_parts(metrics))),
        Section("confidence", "Can the scores be believed?", tuple(_confidence(metrics))),
        Section("slices", "Where it fails", tuple(slice_parts(metrics))),
        Section("learning", "Learning curve", tuple(learning_curve(metrics.get("learning_curve") or ()))),
        Section("comparison", "Against the other model", tuple(comparison_parts(metrics.get("comparison") or {}))),
        Section("unread", "Not read", tuple(_unread(metrics.get("unread", ())))),
    )
    return [section for section in made if section.parts]


def _headline(metrics: Metrics) -> Iterator[Part]:
    rows = metrics.get("headline", ())
    if not rows:
        return
    resampled = any(row["low"] is not None for row in rows)
    columns = ("value", *(["95 % interval"] if resampled else []), "support")
    yield Table(
        "headline",
        "In per cent",
        _drawn(metrics["uncertainty"]) if resampled else "",
        "figure",
        columns,
        tuple(
            Row(
                row["title"],
                (share(row["value"]), *([bounds(row)] if resampled else []), str(row["support"])),
                (interval(row, "value"),),
                row["small"],
                note=row["meaning"],
            )
            for row in rows
        ),
        plots=PER_CENT,
    )


def _drawn(uncertainty: Figures) -> str:
    unit = {"story": "stories (groups of copies)"}.get(uncertainty["unit"], "dispatches")
    return (
        f"Intervals are bootstrap percentiles: {uncertainty['resamples']} resamples of {unit}, seed "
        f"{uncertainty['seed']}, {uncertainty['level']} %. “Few” marks figures that so few stand behind that their "
        "intervals say little."
    )


def _spans(metrics: Metrics) -> Iterator[Part]:
    spans = metrics["spans"]
    seqeval, semeval = spans.get("seqeval"), spans.get("semeval") or {}
    others = {name.replace("_", " "): rows for name, rows in spans.items() if name not in _SHOWN_APART}
    measures = {
        "exact": spans["exact"],
        **others,
        **{f"seqeval {mode}": rows for mode, rows in (seqeval or {}).items()},
        **{f"SemEval {scheme}": rows for scheme, rows in semeval.items()},
    }
    yield f_table("spans.exact", "Exact", spans["exact"], measure="span")
    if len(measures) > 1:
        yield side_by_side("spans.measures", "Every measure side by side", measures)
    if seqeval is None:
        yield Note("seqeval is not installed, so its figures are missing.")
    for name, rows in others.items():
        yield _folded(f_table(f"spans.{name.replace(' ', '_')}", name.capitalize(), rows))
    for mode, rows in (seqeval or {}).items():
        yield _folded(f_table(f"spans.seqeval.{mode}", f"seqeval, {mode}", rows))
    for scheme, rows in semeval.items():
        yield _folded(pairs_table(f"spans.semeval.{scheme}", f"SemEval-2013, {scheme}", rows))
    if metrics.get("confusion", {}).get("spans"):
        yield matrix("confusion.spans", "Which label was read as which", metrics["confusion"]["spans"], "span")


def _folded(table: Table) -> Table:
    return replace(table, folded=True)


def _relations(metrics: Metrics) -> Iterator[Part]:
    relations = metrics["relations"]
    if not any(label != "micro" for label in relations["strict"]):
        return
    titles: dict[str, str] = {
        str(measure): _RELATION_MEASURES.get(measure, str(measure).replace("_", " ")) for measure in relations
    }
    yield f_table("relations.strict", "Strict", relations["strict"], "relation", "relation")
    yield side_by_side(
        "relations.measures",
        "Every measure side by side",
        {titles[measure]: rows for measure, rows in relations.items()},
    )
    for measure, rows in relations.items():
        if measure != "strict":
            yield _folded(f_table(f"relations.{measure}", titles[measure].capitalize(), rows, "relation"))


def _attributes(metrics: Metrics) -> Iterator[Part]:
    judged = {name: figures for name, figures in metrics["attributes"].items() if figures["judged"]}
    if not judged:
        return
    resampled = has_bounds(judged)
    columns = ("accuracy", *(["95 % interval"] if resampled else []), "macro F1", "judged")
    yield Table(
        "attributes.accuracy",
        "Accuracy on spans found exactly",
        meaning("attributes"),
        "attribute",
        columns,
        tuple(
            Row(
                name,
                (
                    share(each["accuracy"]),
                    *([bounds(each)] if resampled else []),
                    share(each["macro_f1"]),
                    str(each["judged"]),
                ),
                (interval(each, "accuracy"),),
                links={0: {"label": f"attribute:{name}", "kind": "attribute.wrong"}},
            )
            for name, each in judged.items()
        ),
        plots=PER_CENT,
    )
    for name, figures in judged.items():
        yield _folded(f_table(f"attributes.{name}", f"{name} by value", figures["values"], "value"))
        yield matrix(f"attributes.{name}.confusion", f"{name}: which value was read as which", figures["confusion"])


def _confidence(metrics: Metrics) -> Iterator[Part]:
    parts: Mapping[str, Mapping[str, Figures]] = metrics["confidence"]
    yield from reliability(parts)
    yield from risk_coverage(metrics.get("risk") or {})
    for part, rows in parts.items():
        judged = {label: row for label, row in rows.items() if row["judged"]}
        if judged:
            yield _believed(part, judged)


def _believed(part: str, rows: Mapping[str, Figures]) -> Table:
    fitted = any("temperature" in row for row in rows.values())
    columns = ("calibration error", "mean score", "right", "judged", *(["temperature", "intercept"] if fitted else []))
    return Table(
        f"confidence.{part}",
        f"Scores of {part}",
        meaning("confidence"),
        "label",
        columns,
        tuple(
            Row(
                label,
                (
                    *(share(row["ece"]), share(row["score"]), share(row["right"]), str(row["judged"])),
                    *([_curve(row, "temperature"), _curve(row, "intercept")] if fitted else []),
                ),
                total=label == "all",
            )
            for label, row in rows.items()
        ),
        folded=part != "spans",
    )


def _curve(row: Figures, name: str) -> str:
    return f"{row[name]:.3f}" if name in row else "–"


def _unread(ids: Sequence[str]) -> Iterator[Part]:
    if ids:
        yield Note(f"{len(ids)} dispatches could not be read and count as read with nothing in them:", tuple(ids))
