"""metrics.json as a page that people read in a repository or a terminal: report.md."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dateline_labels.scoring import Case

from .plots import is_plotted, plot_name
from .report_parts import Chart, Matrix, Note, Part, Table
from .sections import sections
from .visible_text import plain

_CASES_SHOWN: Final = 40


def markdown(metrics: Mapping[str, Any], cases: Sequence[Case], with_plots: bool = False) -> str:
    """The page: every section, then the first cases of each kind; `with_plots` where `plots/` lies beside it."""
    blocks = ["# Evaluation", _opening(metrics)]
    for section in sections(metrics):
        blocks.append(f"## {section.title}")
        for part in section.parts:
            blocks += _part(part, with_plots)
    return "\n\n".join([*blocks, *_cases(cases)]) + "\n"


def _opening(metrics: Mapping[str, Any]) -> str:
    model, data = metrics["model"], metrics["data"]
    paths = ", ".join(f"`{_code(str(path))}`" for path in data["paths"])
    return (
        f"Model `{_code(str(model['path']))}` on {paths} (part: {_cell(str(data['split']))}): {data['dispatches']} "
        f"dispatches, {data['words']} words, schema {_cell(str(data['schema']))}. All figures in per cent; gold, "
        "right, spurious and missed are counts."
    )


def _part(part: Part, with_plots: bool) -> Iterator[str]:
    if isinstance(part, Note):
        yield " ".join([part.text, ", ".join(f"`{_code(name)}`" for name in part.names)]).strip()
        return
    yield f"### {_cell(part.title)}"
    if part.meaning:
        yield part.meaning
    if with_plots and is_plotted(part):
        yield f"![{_cell(part.title)}](plots/{plot_name(part)}.svg)"
    if isinstance(part, Matrix):
        yield _matrix(part)
    elif isinstance(part, Table):
        yield _table(part)
    else:
        yield _points(part)


def _table(table: Table) -> str:
    notes = any(row.note for row in table.rows)
    names = [table.head, *table.columns, *(["what it says"] if notes else [])]
    rows = [
        [f"{_cell(row.name)}{' (few)' if row.small else ''}", *map(_cell, row.cells), *([row.note] if notes else [])]
        for row in table.rows
    ]
    return _grid(names, rows, len(table.columns))


def _matrix(matrix: Matrix) -> str:
    """Gold names by row, predicted ones by column."""
    if not matrix.counts:
        return "Nothing to judge."
    names = ["gold, read as", *(_cell(name or "(nothing)") for name in matrix.predicted)]
    rows = [
        [_cell(gold or "(nothing)"), *(str(matrix.counts.get((gold, name), 0)) for name in matrix.predicted)]
        for gold in matrix.gold
    ]
    return _grid(names, rows, len(matrix.predicted))


def _points(chart: Chart) -> str:
    names = ["of", chart.x.title, chart.y.title]
    rows = [[series.name, f"{point.x:.1f}", f"{point.y:.1f}"] for series in chart.series for point in series.points]
    return _grid(names, rows, 2)


def _grid(names: Sequence[str], rows: Sequence[Sequence[str]], numbers: int) -> str:
    texts = ["---"] * (len(names) - 1 - numbers)
    lines = [names, ["---", *["---:"] * numbers, *texts], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cases(cases: Sequence[Case]) -> list[str]:
    parts = ["## Cases", "The first of each kind; all of them are in `cases.jsonl`."]
    kinds = Counter((case.measure, case.kind) for case in cases)
    for (measure, kind), count in sorted(kinds.items()):
        shown = [case for case in cases if (case.measure, case.kind) == (measure, kind)][:_CASES_SHOWN]
        rows = [[_cell(case.dispatch), _cell(case.label), _cell(case.what), str(case.start)] for case in shown]
        lines = [["dispatch", "label", "words", "at"], ["---", "---", "---", "---:"], *rows]
        parts += [f"### {measure}, {kind}: {count}", "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    return parts


def _cell(text: str) -> str:
    """Untrusted text in a cell: no markup, no HTML, nothing unseen, one line."""
    escaped = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]|~#!":
        escaped = escaped.replace(mark, f"\\{mark}")
    return escaped


def _code(text: str) -> str:
    """Untrusted text between backticks."""
    return plain(text).replace("`", "'")
