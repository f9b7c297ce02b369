"""agreement.json → tables, as agreement.md and the terminal show them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline_labels import one_line
from dateline_labels.markdown_cells import cell, grid
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .disagreements import KINDS
from .figures import ALL

_FIELDS = {"f1": 1, "alpha": 3, "cohen": 3, "kappa": 3}
"""How many digits of each figure are shown."""
_RELATIONS = {
    "strict": "strict",
    "overlapping": "overlapping",
    "agreed spans": "spans agreed",
    "clusters": "as clusters",
}
_PAIR = (("spans", "exact"), ("spans", "overlapping"), ("relations", "strict"), ("relations", "overlapping"))


@dataclass(frozen=True)
class Rows:
    """A table: a title, what it says, its columns, of which the first are words, so many, and its cells."""

    title: str
    meaning: str
    columns: Sequence[str]
    cells: Sequence[Sequence[str]]
    words: int = 1


def tables(figures: Mapping[str, Any], kinds: Mapping[str, int]) -> list[Rows]:
    """All tables that have anything to say; `kinds` is how many disagreements there are of each."""
    found = [_spans(figures), _relations(figures), _attributes(figures), *_pairs(figures), _kinds(kinds)]
    return [each for each in found if each.cells]


def markdown(figures: Mapping[str, Any], kinds: Mapping[str, int]) -> str:
    """agreement.md."""
    blocks = ["# Agreement", cell(_opening(figures))]
    for each in tables(figures, kinds):
        cells = [[cell(words) for words in row] for row in each.cells]
        columns = [cell(column) for column in each.columns]
        blocks += [f"## {each.title}", each.meaning, grid(columns, cells, each.words)]
    return "\n\n".join(blocks) + "\n"


def show(figures: Mapping[str, Any], kinds: Mapping[str, int], console: Console) -> None:
    """Print the tables."""
    for each in tables(figures, kinds):
        table = Table(title=each.title, box=box.SIMPLE_HEAD, title_justify="left")
        for at, column in enumerate(each.columns):
            table.add_column(_plain(column), justify="left" if at < each.words else "right")
        for row in each.cells:
            table.add_row(*map(_plain, row))
        console.print(table)
    console.print(_plain(_opening(figures)), soft_wrap=True)


def _opening(figures: Mapping[str, Any]) -> str:
    names = ", ".join(f"{each['name']} ({each['dispatches']})" for each in figures["annotators"])
    drawn = figures["uncertainty"]
    intervals = (
        f" In brackets the {drawn['level']} % interval of {drawn['resamples']} drawings of the dispatches "
        f"({drawn['unit']} by {drawn['unit']}, seed {drawn['seed']})."
    )
    return (
        f"{figures['dispatches']} dispatches, {figures['tokens']} tokens, of {names}. F1 in per cent; alpha and kappa "
        f"from -1 to 1, 0 being chance.{intervals if drawn['resamples'] else ''}"
    )


def _spans(figures: Mapping[str, Any]) -> Rows:
    exact, overlapping = figures["mean"]["spans"]["exact"], figures["mean"]["spans"]["overlapping"]
    alphas = {**figures["alpha"]["labels"], ALL: figures["alpha"][ALL]}
    rows = [
        [
            _label(label),
            _shown(figure),
            _shown(overlapping.get(label)),
            _shown(alphas.get(label)),
            *_counts(figures, "spans", label),
        ]
        for label, figure in exact.items()
    ]
    rows.append(["all, with borders", "", "", _shown(figures["alpha"]["borders"]), *[""] * len(_who(figures))])
    meaning = (
        "F1 of exact spans (label and both borders), of spans of one label that overlap, and Krippendorff's alpha over "
        "the tokens, of each label against everything else."
    )
    columns = ["spans", "F1 exact", "F1 overlapping", "alpha", *_who(figures)]
    return Rows("Spans", meaning, columns, rows if figures["mean"]["spans"]["exact"][ALL]["f1"] is not None else [])


def _relations(figures: Mapping[str, Any]) -> Rows:
    mean = figures["mean"]["relations"]
    rows = [
        [
            _label(label),
            *(_shown(mean[measure].get(label)) for measure in _RELATIONS),
            *_counts(figures, "relations", label),
        ]
        for label in mean["strict"]
        if mean["strict"][label]["f1"] is not None
    ]
    meaning = (
        "F1 of relations between exact spans, between spans that overlap, between those spans alone that are agreed on "
        "(strict), and of the pairs of mentions that relations of one event put together."
    )
    columns = ["relations", *(f"F1 {name}" for name in _RELATIONS.values()), *_who(figures)]
    return Rows("Relations", meaning, columns, rows)


def _attributes(figures: Mapping[str, Any]) -> Rows:
    several = len(figures["annotators"]) > 2
    rows = [
        [
            name,
            _shown({**each, "f1": each["same"], "low": None}, "f1"),
            _shown(each, "cohen"),
            *([_shown(each["fleiss"], "kappa")] if several else []),
            str(each["judged"]),
        ]
        for name, each in figures["kappa"].items()
    ]
    columns = ["attribute", "same, %", "Cohen's kappa", *(["Fleiss' kappa"] if several else []), "judged"]
    return Rows("Attributes", "On the spans that were marked alike.", columns, rows)


def _pairs(figures: Mapping[str, Any]) -> Iterator[Rows]:
    """A row for every two annotators, where there are more."""
    if len(figures["pairs"]) == 1:
        return
    rows = [
        [
            " and ".join(pair["annotators"]),
            str(pair["dispatches"]),
            *(_shown(pair[kind][of][ALL]) for kind, of in _PAIR),
        ]
        for pair in figures["pairs"]
    ]
    columns = ["annotators", "dispatches", "spans exact", "overlapping", "relations strict", "overlapping"]
    yield Rows("Pairs", "F1 of all labels together.", columns, rows)


def _kinds(kinds: Mapping[str, int]) -> Rows:
    rows = [[kind, KINDS[kind], str(count)] for kind, count in kinds.items()]
    meaning = "Each of them is in `disagreements.csv` and `disagreements.jsonl`."
    return Rows("Disagreements", meaning, ["kind", "what it says", "how many"], rows, 2)


def _who(figures: Mapping[str, Any]) -> list[str]:
    """The heads of the columns of counts; of two annotators alone."""
    if len(figures["pairs"]) > 1:
        return []
    first, second = figures["pairs"][0]["annotators"]
    return ["both", f"only {first}", f"only {second}"]


def _counts(figures: Mapping[str, Any], kind: str, label: str) -> list[str]:
    """What two annotators have together and alone, by the strictest measure; nothing where there are more."""
    if len(figures["pairs"]) > 1:
        return []
    figure = figures["pairs"][0][kind]["exact" if kind == "spans" else "strict"][label]
    return [str(figure[name]) for name in ("both", "only_first", "only_second")]


def _label(label: str) -> str:
    return "all" if label == ALL else label


def _shown(figure: Mapping[str, Any] | None, name: str = "") -> str:
    """The figure with its interval; "–" where there is none."""
    name = name or next((each for each in _FIELDS if figure and each in figure), "f1")
    if not figure or figure.get(name) is None:
        return "–"
    digits = _FIELDS[name]
    interval = f" ({figure['low']:.{digits}f} to {figure['high']:.{digits}f})" if figure.get("low") is not None else ""
    return f"{figure[name]:.{digits}f}{interval}"


def _plain(words: str) -> Text:
    """Words as they are: neither markup nor what moves the cursor."""
    return Text(one_line(words))
