"""Commands that check an archive run against annotations of a sample of it: `dateline audit sample`, `estimate`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from dateline_incidents.incident_choices import RULES, Rule
from dateline_incidents.options import ActorsOption
from dateline_labels import MissingExtraError, Schema
from dateline_labels.shipped import shipped

from .strata import Allocation

audit = typer.Typer(name="audit", help="Check an archive run against an annotated sample of it.", no_args_is_help=True)

_Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished `dateline archive run`.")]
_Schema = Annotated[Path | None, typer.Option("--schema", help="The schema of the run; the default one if not given.")]


@audit.command()
def sample(
    run: _Run,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the sample goes.")],
    count: Annotated[int, typer.Option("--n", min=1, help="Documents to draw.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Of the drawing.")] = 0,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="year|source|COLUMN", help="Draw by this as well; may be given several times."),
    ] = None,
    allocation: Annotated[Allocation, typer.Option(help="How documents are shared out among strata.")] = (
        Allocation.OPTIMAL
    ),
    least: Annotated[int, typer.Option(min=2, help="Documents of each stratum at least.")] = 5,
    rule: Annotated[
        Rule, typer.Option(metavar="RULE", help=f"By which rival accounts of the harmed are one number: {RULES}.")
    ] = (Rule.CONSERVATIVE),
    distinct: Annotated[bool, typer.Option("--distinct", help="Leave out copies of earlier documents.")] = False,
    show: Annotated[
        bool, typer.Option("--show-predictions", help="Give annotators what was read, to be mended.")
    ] = False,
    schema: _Schema = None,
) -> None:
    """Draw a stratified random sample of a run, to be annotated: dispatches.jsonl and sample.json.

    Example: dateline audit sample out/news --n 200 --by year --out out/audit
    """
    from .sample import Drawing, run_sample, say

    drawing = Drawing(count, seed, tuple(by or ()), allocation, least, rule, distinct)
    say(run_sample(run, out, drawing, _schema(schema) if show else None), out)


@audit.command()
def estimate(
    run: _Run,
    sample: Annotated[Path, typer.Argument(metavar="SAMPLE", help="The folder of the sample, or its sample.json.")],
    annotated: Annotated[list[Path], typer.Argument(metavar="ANNOTATED…", help="The sample's documents, annotated.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where estimate.json and estimate.md go.")],
    also: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="SAMPLE", help="A further sample, of the same strata and with another --seed; again for each."
        ),
    ] = None,
    schema: _Schema = None,
    actors: ActorsOption = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Pass over documents that are not annotated, as if not drawn.")
    ] = False,
    resamples: Annotated[int, typer.Option(min=100, help="Of the bootstrap.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 0,
) -> None:
    """Estimate precision, recall and corrected counts of a run from its annotated sample, with intervals.

    Examples: dateline audit estimate out/news out/audit annotated.jsonl --out out/audit
    · dateline audit estimate out/news out/audit annotated.jsonl more.jsonl --also out/audit2 --out out/audit
    """
    if find_spec("scipy") is None:
        raise MissingExtraError("dateline audit estimate", "scipy", "report")
    from .estimate import Auditing, run_estimate

    auditing = Auditing(_schema(schema), actors, partial, tuple(also or ()), resamples, seed)
    typer.echo(run_estimate(run, sample, annotated, out, auditing))


def _schema(path: Path | None) -> Schema:
    return Schema.read(path or shipped("schema.toml"))
