"""metrics.json as a page that people read."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
    parts += _confidence(metrics["confidence"])
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


def _confidence(parts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    found = ["## Confidence: the mean score against the share that is right"]
    for part, by_label in parts.items():
        rows = [(label, figures) for label, figures in by_label.items() if figures["judged"]]
        lines = [f"| {part} | expected calibration error | mean score | right | judged |", "|---|---:|---:|---:|---:|"]
        lines += [
            f"| {_cell(k)} | {f['ece']:.1f} | {f['score']:.1f} | {f['right']:.1f} | {f['judged']} |" for k, f in rows
        ]
        found.append("\n".join(lines))
    lines = ["| spans of a score of about | are right | judged |", "|---:|---:|---:|"]
    lines += [
        f"| {each['score']:.1f} | {each['right']:.1f} | {each['count']} |" for each in parts["spans"]["all"]["bins"]
    ]
    return [*found, "\n".join(lines)]


def _table(rows: Mapping[str, Mapping[str, float]]) -> str:
    columns = [column for column in _COLUMNS if any(column in row for row in rows.values())]
    lines = ["| label | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for label, row in rows.items():
        cells = [f"{row[c]:.1f}" if isinstance(row[c], float) else str(row[c]) for c in columns]
        lines.append(f"| {_cell(label)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _confusion(pairs: Sequence[Mapping[str, Any]]) -> str:
    """Gold values by row, predicted ones by column."""
    counts = {(pair["gold"], pair["predicted"]): pair["count"] for pair in pairs}
    if not counts:
        return "No span to judge it on."
    values = sorted({value for pair in counts for value in pair})
    names = [_cell(value) for value in values]
    lines = [f"| gold, read as | {' | '.join(names)} |", "|---|" + "---:|" * len(values)]
    for gold, name in zip(values, names, strict=True):
        lines.append(f"| {name} | " + " | ".join(str(counts.get((gold, value), 0)) for value in values) + " |")
    return "\n".join(lines)


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
