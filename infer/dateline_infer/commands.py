"""Commands that run a packaged checkpoint: `dateline extract`, `dateline doctor`."""

from pathlib import Path
from typing import Annotated

import typer


def extract(
    bundle: Annotated[Path, typer.Argument(help="The packaged checkpoint, a folder or a .zip.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES…]", help="Dispatches: .txt, .jsonl, .jsonl.gz, .csv or .parquet; - for stdin."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write JSON lines here; stdout if not given.")] = None,
    incidents: Annotated[
        Path | None,
        typer.Option(help="Write the incidents here, .csv, .jsonl or .parquet, and the claims to NAME.claims.*."),
    ] = None,
    gazetteer: Annotated[Path | None, typer.Option(help="A GeoNames dump to place the incidents with.")] = None,
    actors: Annotated[Path | None, typer.Option(help="A table of actors of your own, as labels/actors.toml.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Show each text in colour with its spans, not JSON.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Draw what --show shows into this .svg file.")] = None,
    text_column: Annotated[str, typer.Option(help="Column or key that holds the text.")] = "text",
    id_column: Annotated[str, typer.Option(help="Column or key that holds the id.")] = "id",
    date_column: Annotated[str, typer.Option(help="Column or key that holds the date of publication.")] = "published",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    engine: Annotated[str, typer.Option(help="auto, onnxruntime or openvino.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32, bf16, fp16, int8 or int8-dynamic.")] = "auto",
    gate: Annotated[bool, typer.Option("--gate", help="Skip dispatches in which a cheap look sees nothing.")] = False,
    threads: Annotated[int, typer.Option(min=0, help="Threads of the encoder; 0: one a core.")] = 0,
    require_signature: Annotated[
        Path | None, typer.Option(metavar="KEY.PUB", help="Refuse a bundle that this Ed25519 key's owner did not sign.")
    ] = None,
) -> None:
    """Read dispatches with a packaged checkpoint.

    Examples: dateline extract out/demo/bundle dispatch.txt --show
    · dateline extract out/demo/bundle archive.jsonl.gz -o read.jsonl --incidents incidents.csv
    """
    from .choosing import Asked
    from .extraction import Destinations, Loading, run_extract
    from .incident_runs import lookups_of
    from .inputs import Columns

    columns = Columns(text_column, id_column, date_column)
    loading = Loading(bundle, Asked(device, engine, precision), threads, gate, require_signature)
    to = Destinations(out, incidents, show, picture)
    run_extract(loading, files or [Path("-")], columns, to, lookups_of(actors, gazetteer))


def doctor(
    bundle: Annotated[Path | None, typer.Argument(help="A bundle to check and to read a sentence with.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    engine: Annotated[str, typer.Option(help="auto, onnxruntime or openvino.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32, bf16, fp16, int8 or int8-dynamic.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    require_signature: Annotated[
        Path | None, typer.Option(metavar="KEY.PUB", help="Refuse a bundle that this Ed25519 key's owner did not sign.")
    ] = None,
) -> None:
    """Say what is installed here, what would read a bundle and why, and try it.

    Example: dateline doctor out/demo/bundle
    """
    from .choosing import Asked
    from .doctor import run_doctor

    run_doctor(bundle, Asked(device, engine, precision), as_json, require_signature)
