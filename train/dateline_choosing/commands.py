"""What to annotate next: `dateline next`."""

from pathlib import Path
from typing import Annotated

import typer
from dateline_infer.options import (
    BundleArgument,
    DateColumn,
    DeviceOption,
    EngineOption,
    IdColumn,
    PrecisionOption,
    SignatureOption,
    TextColumn,
    ThreadsOption,
)

from .strategies import Per, Strategy


def choose_next(
    bundle: BundleArgument,
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN | FILES…",
            help="The folder of a finished `dateline archive run`, or raw dispatches: .txt, .parquet, .jsonl or .csv "
            "(also .gz, .zst), folders, patterns.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="PATH", help="The file or folder of the tasks.")],
    count: Annotated[int, typer.Option("--n", min=1, help="Dispatches to choose.")] = 50,
    strategy: Annotated[Strategy, typer.Option(help="By what they are chosen.")] = Strategy.MIXED,
    to: Annotated[
        str, typer.Option(metavar="FORMAT", help="label-studio, doccano, brat, prodigy, markup or jsonl.")
    ] = "label-studio",
    already: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="ANNOTATED",
            help="Annotated files or folders, in any known format: these dispatches and near copies are left out, and "
            "labels rare in them count for more. May be given several times.",
        ),
    ] = None,
    per: Annotated[
        Per, typer.Option(help="Count doubt by the dispatch, which favours long ones, or by a hundred words.")
    ] = Per.DISPATCH,
    seed: Annotated[int, typer.Option(min=0, help="Of what is drawn.")] = 0,
    pool: Annotated[int, typer.Option(min=1, help="Candidates that are held while an archive goes by.")] = 2_000,
    text_column: TextColumn = "text",
    id_column: IdColumn = "id",
    date_column: DateColumn = "published",
    device: DeviceOption = "auto",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    threads: ThreadsOption = 0,
    require_signature: SignatureOption = None,
) -> None:
    """Choose the dispatches that are worth annotating next, filled in with what the model reads in them.

    Examples: dateline next out/demo/bundle out/news --n 50 --to label-studio --out next.json
    · dateline next out/demo/bundle archive.jsonl.gz --already my_annotations.jsonl --to brat --out to_correct
    """
    from dateline_infer.choosing import Asked as AskedEngine
    from dateline_infer.loading import Loading
    from dateline_inputs.dispatches import Columns

    from .strategies import Choosing
    from .tasks import Asked, run_next

    loading = Loading(bundle, AskedEngine(device, engine, precision), threads, False, require_signature)
    columns = Columns(text_column, id_column, date_column)
    asked = Asked(loading, tuple(inputs), columns, tuple(already or ()), out, to)
    run_next(asked, Choosing(count, strategy, per, seed, pool))
