"""metrics.json → the sections of a report, in their order, of which report.html, report.md and the plots are written.

Parts of the metrics that are missing or empty, as with a schema without relations, make no section.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .charts import learning_curve, reliability, risk_coverage
from .comparison_parts import comparison_parts
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
    share_table,
    side_by_side,
)
from .meanings import meaning
from .report_parts import Note, Part, RangePlot, Row, Section, Table

Metrics = Mapping[str, Any]
_RELATION_MEASURES = {
    "strict": "strict",
    "boundaries": "boundaries",
    "overlapping": "overlapping spans",
    "gold_spans": "gold spans given",
}
_LONG = 12  # rows; longer tables of slices are folded
_CLUSTER_MEASURES = {"pairs": "pairs of mentions", "b_cubed": "B³", "ceaf_e": "CEAF_e", "lea": "LEA"}


def sections(metrics: Metrics) -> list[Section]:
    """Every section that there are figures for."""
    made = (
        Section("summary", "Headline figures", tuple(_headline(metrics))),
        Section("spans", "Spans", tuple(_spans(metrics))),
        Section("relations", "Relations", tuple(_relations(metrics))),
        Section("attributes", "Attributes", tuple(_attributes(metrics))),
        Section("events", "Events and casualties", tuple(_events(metrics))),
        Section("confidence", "Can the scores be believed?", tuple(_confidence(metrics))),
        Section("slices", "Where it fails", tuple(_slices(metrics))),
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
    measures = {
        "exact": spans["exact"],
        **{f"seqeval {mode}": rows for mode, rows in (seqeval or {}).items()},
        **{f"SemEval {scheme}": rows for scheme, rows in semeval.items()},
    }
    yield f_table("spans.exact", "Exact", spans["exact"], measure="span")
    if len(measures) > 1:
        yield side_by_side("spans.measures", "Every measure side by side", measures)
    if seqeval is None:
        yield Note("seqeval is not installed, so its figures are missing.")
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
    titles = {measure: _RELATION_MEASURES.get(measure, measure) for measure in relations}
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


def _events(metrics: Metrics) -> Iterator[Part]:
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


def _whole(metrics: Metrics) -> Sequence[str]:
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


def _slices(metrics: Metrics) -> Iterator[Part]:
    slices: Mapping[str, Mapping[str, Figures]] = metrics.get("slices") or {}
    whole = {"spans": metrics["spans"]["exact"]["micro"], "relations": metrics["relations"]["strict"]["micro"]}
    for name, rows in slices.items():
        judged = [part for part in whole if any((row[part] or {}).get("gold") for row in rows.values())]
        if judged:
            yield _slice(name, rows, {part: whole[part]["f1"] for part in judged})


def _slice(name: str, rows: Mapping[str, Figures], whole: Mapping[str, float]) -> Table:
    """The rows of a slicing; its plots mark the figure of all dispatches together."""
    resampled = any(has_bounds({value: row[part] or {} for value, row in rows.items()}) for part in whole)
    bounded = ["interval"] if resampled else []
    columns = [column for part in whole for column in (f"{part}, F1", *bounded, "gold")]
    each = len(columns) // len(whole)
    return Table(
        f"slices.{name.replace(' ', '_')}",
        f"By {name}",
        "",
        name,
        (*columns, "dispatches"),
        tuple(
            Row(
                value,
                (*(cell for part in whole for cell in _slice_cells(row[part], resampled)), str(row["dispatches"])),
                tuple(interval(row[part]) if row[part] and row[part]["gold"] else None for part in whole),
                row["small"],
            )
            for value, row in rows.items()
        ),
        plots=tuple(RangePlot(number * each, reference=f1) for number, f1 in enumerate(whole.values())),
        folded=len(rows) > _LONG,
    )


def _slice_cells(figures: Figures | None, resampled: bool) -> tuple[str, ...]:
    if not figures or not figures["gold"]:
        return ("–", *(["–"] if resampled else []), "0")
    return share(figures["f1"]), *([bounds(figures)] if resampled else []), str(figures["gold"])


def _unread(ids: Sequence[str]) -> Iterator[Part]:
    if ids:
        yield Note(f"{len(ids)} dispatches could not be read and count as read with nothing in them:", tuple(ids))
