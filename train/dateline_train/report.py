"""metrics.json as a page that people read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dateline_labels.scoring import Case

_MEANINGS = {
    "strict": "label of the relation, borders and labels of both spans",
    "boundaries": "label of the relation and borders of both spans",
    "overlapping": "label of the relation, and both spans share a character with the gold ones and have their labels",
}
_CLUSTERS = "pairs of mentions that a relation ties, directly or over others, on overlapping spans"
_CASES_SHOWN = 40
_COLUMNS = ("precision", "recall", "f1", "gold", "right", "spurious", "missed")


def markdown(metrics: Mapping[str, Any], cases: Sequence[Case]) -> str:
    """The page: headline, a table for each measure, confusions, and the first cases of each kind."""
    spans, relations = metrics["spans"], metrics["relations"]
    parts = [
        "# Evaluation",
        f"Model `{metrics['model']}` on {', '.join(f'`{path}`' for path in metrics['data'])} "
        f"(part: {metrics['split']}): {metrics['dispatches']} dispatches, {metrics['words']} words, "
        f"schema {metrics['schema']}. All figures in per cent; gold, right, spurious and missed are counts.",
        "## Spans, exact: label and both borders",
        _table(spans["exact"]),
        *_seqeval(spans["seqeval"]),
    ]
    for measure, counts in relations.items():
        parts += [f"## Relations, {measure}: {_MEANINGS[measure]}", _table(counts)]
    if metrics["clusters"]:
        parts += [f"## Clusters: {_CLUSTERS}", _table(metrics["clusters"])]
    for name, figures in metrics["attributes"].items():
        parts += [
            f"## Attribute {name}, on spans found exactly",
            f"Accuracy {figures['accuracy']:.1f}, macro F1 {figures['macro_f1']:.1f} over {figures['judged']} spans.",
            _table(figures["values"]),
            _confusion(figures["confusion"]),
        ]
    if metrics["unread"]:
        parts += ["## Not read", ", ".join(f"`{_cell(unread)}`" for unread in metrics["unread"])]
    return "\n\n".join([*parts, *_cases(cases)]) + "\n"


def _seqeval(modes: Mapping[str, Any] | None) -> list[str]:
    if modes is None:
        return ["## Spans, seqeval", "seqeval is not installed, so its figures are missing."]
    parts = []
    for mode, figures in modes.items():
        parts += [f"## Spans, seqeval ({mode}), over words", _table(figures)]
    return parts


def _table(rows: Mapping[str, Mapping[str, float]]) -> str:
    columns = [column for column in _COLUMNS if any(column in row for row in rows.values())]
    lines = ["| label | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for label, row in rows.items():
        cells = [f"{row[c]:.1f}" if isinstance(row[c], float) else str(row[c]) for c in columns]
        lines.append(f"| {_cell(label)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _confusion(pairs: Iterable[Mapping[str, Any]]) -> str:
    wrong = sorted((pair for pair in pairs if pair["gold"] != pair["predicted"]), key=lambda pair: -pair["count"])
    if not wrong:
        return "None confused."
    return (
        "Confused most: "
        + "; ".join(f"{pair['gold']} read as {pair['predicted']} {pair['count']}×" for pair in wrong[:8])
        + "."
    )


def _cases(cases: Sequence[Case]) -> list[str]:
    parts = ["## Cases", "The first of each kind; all of them are in `cases.jsonl`."]
    kinds = Counter((case.measure, case.kind) for case in cases)
    for (measure, kind), count in sorted(kinds.items()):
        shown = [case for case in cases if (case.measure, case.kind) == (measure, kind)][:_CASES_SHOWN]
        lines = ["| dispatch | label | words | at |", "|---|---|---|---:|"]
        lines += [f"| {_cell(case.dispatch)} | {case.label} | {_cell(case.what)} | {case.start} |" for case in shown]
        parts += [f"### {measure}, {kind}: {count}", "\n".join(lines)]
    return parts


def _cell(text: str) -> str:
    """Untrusted text in a cell: no markup, no HTML, one line."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_[]|":
        escaped = escaped.replace(sign, f"\\{sign}")
    return " ".join(escaped.split())
