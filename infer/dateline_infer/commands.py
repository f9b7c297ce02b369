"""Commands that run a packaged checkpoint: `dateline extract`, `dateline doctor`."""

from pathlib import Path
from typing import Annotated

import typer
from dateline_incidents.options import ActorsOption, GazetteerOption

from .options import (
    BundleArgument,
    DateColumn,
    DeviceOption,
    EngineOption,
    GateOption,
    IdColumn,
    PrecisionOption,
    SignatureOption,
    TextColumn,
    ThreadsOption,
)


def extract(
    bundle: BundleArgument,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILES…]",
            help="Dispatches: .txt, .parquet, .jsonl or .csv (also .gz, .zst), folders, patterns; - for stdin.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write JSON lines here; stdout if not given.")] = None,
    incidents: Annotated[
        Path | None,
        typer.Option(help="Write the incidents here, .csv, .jsonl or .parquet, and the claims to NAME.claims.*."),
    ] = None,
    gazetteer: GazetteerOption = None,
    actors: ActorsOption = None,
    show: Annotated[bool, typer.Option("--show", help="Show each text in colour with its spans, not JSON.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw what --show shows into this .svg file.")] = None,
    text_column: TextColumn = "text",
    id_column: IdColumn = "id",
    date_column: DateColumn = "published",
    device: DeviceOption = "auto",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    gate: GateOption = False,
    threads: ThreadsOption = 0,
    require_signature: SignatureOption = None,
) -> None:
    """Read dispatches with a packaged checkpoint.

    Examples: dateline extract out/demo/bundle dispatch.txt --show
    · dateline extract out/demo/bundle archive.jsonl.gz -o read.jsonl --incidents incidents.csv
    """
    from dateline_incidents.incident_runs import lookups_of
    from dateline_inputs.dispatches import Columns

    from .choosing import Asked
    from .extraction import Destinations, run_extract
    from .loading import Loading

    columns = Columns(text_column, id_column, date_column)
    loading = Loading(bundle, Asked(device, engine, precision), threads, gate, require_signature)
    to = Destinations(out, incidents, show, picture)
    run_extract(loading, files or [Path("-")], columns, to, lookups_of(actors, gazetteer))


def doctor(
    bundle: Annotated[Path | None, typer.Argument(help="A bundle to check and to read a sentence with.")] = None,
    device: DeviceOption = "auto",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    require_signature: SignatureOption = None,
) -> None:
    """Say what is installed here, what would read a bundle and why, and try it.

    Example: dateline doctor out/demo/bundle
    """
    from .choosing import Asked
    from .doctor import run_doctor

    run_doctor(bundle, Asked(device, engine, precision), as_json, require_signature)
