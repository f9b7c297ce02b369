"""metrics.json as a page that people read in a repository or a terminal: report.md."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dateline_labels.markdown_cells import cell, code, grid
from dateline_labels.scoring import Case

from .plots import is_plotted, plot_name
from .report_parts import Chart, Matrix, Note, Part, Table
from .sections import sections

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
    paths = ", ".join(code(str(path)) for path in data["paths"])
    count = f"{data['dispatches']} dispatch{'' if data['dispatches'] == 1 else 'es'}"
    return (
        f"Model {code(str(model['path']))} on {paths} (part: {cell(str(data['split']))}): {count}, "
        f"{data['words']} words, schema {cell(str(data['schema']))}. All figures in per cent; gold, right, "
        "spurious and missed are counts."
    )


def _part(part: Part, with_plots: bool) -> Iterator[str]:
    if isinstance(part, Note):
        yield " ".join([cell(part.text), ", ".join(code(name) for name in part.names)]).strip()
        return
    yield f"### {cell(part.title)}"
    if part.meaning:
        yield part.meaning
    if with_plots and is_plotted(part):
        yield f"![{cell(part.title)}](plots/{plot_name(part)}.svg)"
    if isinstance(part, Matrix):
        yield _matrix(part)
    elif isinstance(part, Table):
        yield _table(part)
    else:
        yield _points(part)


def _table(table: Table) -> str:
    notes = any(row.note for row in table.rows)
    rows = [
        [
            f"{cell(row.name)}{' (few)' if row.small else ''}",
            *([cell(row.note)] if notes else []),
            *map(cell, row.cells),
        ]
        for row in table.rows
    ]
    return grid([cell(table.head), *(["what it says"] if notes else []), *table.columns], rows, 1 + notes)


def _matrix(matrix: Matrix) -> str:
    """Gold names by row, predicted ones by column."""
    if not matrix.counts:
        return "Nothing to judge."
    rows = [
        [cell(gold or "(nothing)"), *(str(matrix.counts.get((gold, name), 0)) for name in matrix.predicted)]
        for gold in matrix.gold
    ]
    return grid(["gold, read as", *(cell(name or "(nothing)") for name in matrix.predicted)], rows)


def _points(chart: Chart) -> str:
    rows = [[series.name, f"{point.x:.1f}", f"{point.y:.1f}"] for series in chart.series for point in series.points]
    return grid(["of", chart.x.title, chart.y.title], rows)


def _cases(cases: Sequence[Case]) -> list[str]:
    parts = ["## Cases", "The first of each kind; all of them are in `cases.jsonl`."]
    kinds = Counter((case.measure, case.kind) for case in cases)
    for (measure, kind), count in sorted(kinds.items()):
        shown = [case for case in cases if (case.measure, case.kind) == (measure, kind)][:_CASES_SHOWN]
        rows = [[cell(case.dispatch), cell(case.label), cell(case.what), str(case.start)] for case in shown]
        parts += [f"### {cell(measure)}, {cell(kind)}: {count}", grid(["dispatch", "label", "words", "at"], rows, 3)]
    return parts
