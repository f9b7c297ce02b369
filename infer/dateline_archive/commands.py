"""Commands over whole archives: `dateline archive run`, `check`, `copies`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from dateline_incidents.options import ActorsOption, GazetteerOption
from dateline_infer.options import (
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

from .options import RayOption, WithRay

if TYPE_CHECKING:
    from .run import Archive

archive = typer.Typer(help="Read millions of dispatches into tables, each exactly once.", no_args_is_help=True)


@archive.command(cls=WithRay)
def run(
    bundle: BundleArgument,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT…",
            help="Files, folders or patterns: .txt, .parquet, .jsonl, .csv, the last two also with .gz or .zst.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the tables go.")],
    text_column: TextColumn = "text",
    id_column: IdColumn = "id",
    date_column: DateColumn = "published",
    table_format: Annotated[str, typer.Option("--format", help="parquet or jsonl.")] = "parquet",
    limit: Annotated[int | None, typer.Option(min=1, help="Read so many documents at most.")] = None,
    shard: Annotated[int, typer.Option(min=1, max=100_000, help="Documents that are written together.")] = 1_000,
    longest_text: Annotated[int, typer.Option(min=1, help="Characters; longer texts are not read.")] = 500_000,
    most_unpacked: Annotated[int, typer.Option(min=1, help="GiB that one packed file may unpack to.")] = 1_024,
    most_ratio: Annotated[int, typer.Option(min=1, help="Bytes that each byte of one may unpack to.")] = 200,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that read.")] = 1,
    threads: ThreadsOption = 0,
    device: DeviceOption = "auto",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    gate: GateOption = False,
    require_signature: SignatureOption = None,
    actors: ActorsOption = None,
    gazetteer: GazetteerOption = None,
    ray: RayOption = None,
    copies: Annotated[
        bool, typer.Option("--copies", help="At the end, group dispatches that say nearly the same.")
    ] = False,
) -> None:
    """Read an archive into tables. Stopped or killed, the same command goes on; nothing is lost or doubled.

    Example: dateline archive run out/demo/bundle 'news/*.jsonl.gz' --out out/news
    """
    from dateline_infer.choosing import Asked
    from dateline_infer.loading import Loading
    from dateline_inputs.dispatches import Columns
    from dateline_inputs.unpacking import Limits

    from .lookups import LookupFiles
    from .run import Archive
    from .shards import Plan

    limits = Limits(longest_text, most_unpacked * 2**30, most_ratio)
    plan = Plan(Columns(text_column, id_column, date_column), limits, shard, format=table_format, limit=limit)
    loading = Loading(bundle, Asked(device, engine, precision), threads, gate, require_signature)
    paths = [Path(each) for each in inputs]
    _read(Archive(loading, paths, out, plan, LookupFiles.of(actors, gazetteer)), workers, ray)
    if copies:
        from .copies import ALIKE
        from .copies_of_stories import find_copies

        find_copies(out, ALIKE)


def _read(begun: "Archive", workers: int, ray: str | None) -> None:
    from .run import run_archive
    from .workers import local_workers

    if ray is None:
        run_archive(begun, lambda reader: local_workers(reader, workers))
        return
    from .cluster import check_ray, host_of

    check_ray()
    from .on_ray import ray_workers

    device = begun.loading.asked.device
    run_archive(begun, lambda reader: ray_workers(reader, ray, workers), host_of(ray, device))


@archive.command()
def check(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run.")]) -> None:
    """Prove that a run is complete: counts, checksums, and offsets that match the texts, which are read again.

    Example: dateline archive check out/news
    """
    from .check import check_archive

    check_archive(folder)


@archive.command()
def copies(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    alike: Annotated[
        float, typer.Option(min=0.3, max=1.0, help="Share of runs of three words in common that makes a copy.")
    ] = 0.6,
) -> None:
    """Group the dispatches of a run that say nearly the same (wire copies), so that incidents are counted once.

    Example: dateline archive copies out/news
    """
    from .copies_of_stories import find_copies

    find_copies(folder, alike)
