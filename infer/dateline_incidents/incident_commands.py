"""Commands about the incidents of dispatches that were read or annotated: `dateline incidents table`, `merge`,
`totals`, `export`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .incident_choices import RULES, Form, Rule
from .options import ActorsOption, GazetteerOption

if TYPE_CHECKING:
    from .event_tables import SumRecord
    from .merging import Merging

incidents = typer.Typer(help="Incidents and casualty figures of dispatches that were read.", no_args_is_help=True)

_Files = Annotated[
    list[Path],
    typer.Argument(metavar="INPUT…", help="What `dateline extract` wrote, or annotations: .jsonl, .jsonl.gz, .md."),
]
_Schema = Annotated[
    Path | None, typer.Option("--schema", help="Schema of the dispatches; the default one if not given.")
]
_Index = Annotated[
    Path | None, typer.Option("--gazetteer-index", help="Folder of the gazetteer's index; beside it if not given.")
]
_Out = Annotated[Path, typer.Option("--out", "-o", help="A .csv, .jsonl or .parquet file.")]
_Days = Annotated[int, typer.Option("--days", min=0, help="How many days apart reports of one event may date it.")]
_Threshold = Annotated[float, typer.Option("--threshold", min=0, max=1, help="The least score of one event.")]
_NARROW, _WIDE = 9, 12  # columns of totals: all rules side by side in 80
_Merged = Annotated[bool, typer.Option("--merge", help="Merge the incidents of different dispatches first.")]


@incidents.command()
def table(
    files: _Files,
    out: _Out,
    schema: _Schema = None,
    actors: ActorsOption = None,
    gazetteer: GazetteerOption = None,
    index: _Index = None,
) -> None:
    """Write the table of incidents, and the table of claims beside it (NAME.claims.csv).

    Example: dateline incidents table read.jsonl --gazetteer allCountries.txt --out incidents.csv
    """
    from .incident_runs import Reading, run_table

    count, claims = run_table(Reading(files, schema, actors, gazetteer, index), out)
    typer.echo(f"{count} incidents with {claims} claims written to {out}")


@incidents.command()
def merge(
    files: _Files,
    out: _Out,
    days: _Days = 1,
    threshold: _Threshold = 0.75,
    weights: Annotated[
        tuple[float, float, float, float],
        typer.Option("--weights", help="What days, place, kind and actors weigh in the score."),
    ] = (0.3, 0.4, 0.15, 0.15),
    schema: _Schema = None,
    actors: ActorsOption = None,
    gazetteer: GazetteerOption = None,
    index: _Index = None,
) -> None:
    """Group the incidents of different dispatches that are one event, and say why.

    Beside the events come NAME.incidents, NAME.claims (figures by date), NAME.why and NAME.totals (under every rule).
    Example: dateline incidents merge read.jsonl --days 2 --out events.csv
    """
    from .incident_runs import Reading, run_merge

    count, events = run_merge(
        Reading(files, schema, actors, gazetteer, index), out, _merging(days, threshold, weights), list(Rule)
    )
    typer.echo(f"{count} incidents are {events} events, written to {out}")


@incidents.command()
def totals(
    files: _Files,
    rule: Annotated[
        list[Rule] | None,
        typer.Option(
            "--rule", metavar="RULE", help=f"A rule for rival figures ({RULES}), again for more; all if not given."
        ),
    ] = None,
    merged: _Merged = False,
    days: _Days = 1,
    threshold: _Threshold = 0.75,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write each event's totals here.")] = None,
    schema: _Schema = None,
    actors: ActorsOption = None,
) -> None:
    """Show what the figures come to in all under each rule, side by side.

    Example: dateline incidents totals read.jsonl --merge --rule conservative --rule ucdp
    """
    from .incident_runs import Reading, run_totals

    merging = _merging(days, threshold) if merged else None
    events, rows = run_totals(Reading(files, schema, actors), merging, rule or list(Rule), out)
    _show(events, rows)


@incidents.command()
def export(
    files: _Files,
    to: Annotated[Form, typer.Option("--to", help="Whose columns.")],
    out: _Out,
    rule: Annotated[
        Rule | None,
        typer.Option("--rule", metavar="RULE", help=f"For rival figures: {RULES}; the dataset's own if not given."),
    ] = None,
    merged: _Merged = False,
    days: _Days = 1,
    threshold: _Threshold = 0.75,
    schema: _Schema = None,
    actors: ActorsOption = None,
    gazetteer: GazetteerOption = None,
    index: _Index = None,
) -> None:
    """Write events with the columns of ACLED, UCDP GED, GTD or PLOVER, and NAME.evidence with what each cell rests on.

    Example: dateline incidents export read.jsonl --to ucdp --merge --gazetteer allCountries.txt --out ged.csv
    """
    from .incident_runs import Reading, run_export

    merging = _merging(days, threshold) if merged else None
    written, left = run_export(Reading(files, schema, actors, gazetteer, index), merging, to, rule, out)
    uncounted = f"; left out, for {to.upper()} does not count such: {left}" if left else ""
    typer.echo(f"{written} events written to {out}{uncounted}")


def _merging(days: int, threshold: float, weights: tuple[float, float, float, float] | None = None) -> "Merging":
    from .merging import Merging

    return Merging(threshold, days, *weights) if weights else Merging(threshold, days)


def _show(events: int, rows: "list[SumRecord]") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    rules = list(dict.fromkeys(row.rule for row in rows))
    shown = Table(box=box.SIMPLE_HEAD, title=f"{events:,} events", title_justify="left", padding=(0, 1, 0, 0))
    shown.show_edge = shown.pad_edge = False
    shown.add_column("outcome", max_width=_NARROW)
    shown.add_column("")
    for rule in rules:
        title = rule.replace("_", " ")
        shown.add_column(
            title, justify="right", overflow="fold", min_width=max(map(len, title.split())), max_width=_WIDE
        )
    of = {(row.outcome, row.rule): row for row in rows}
    for outcome in dict.fromkeys(row.outcome for row in rows):
        told = [of[outcome, rule] for rule in rules]
        lacking = any(row.without_best for row in told)  # says why `best` may be less than `low`
        names = ("best", "low", "high", "events", "without_best") if lacking else ("best", "low", "high", "events")
        for number, name in enumerate(names):
            cells = [f"{getattr(row, name):,}" for row in told]
            title = "no best" if name == "without_best" else name
            shown.add_row("" if number else outcome.replace("_", " "), title, *cells)
    Console(highlight=False).print(shown)
