"""A checkpoint → a bundle that carries its certificate."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import typer
from dateline_bundle.certificate import VariantRecord
from dateline_bundle.files import MANIFEST
from dateline_bundle.manifest import CARD, METRICS, write_bundle
from dateline_bundle.signing import read_private_key
from dateline_labels import InputError, Place
from dateline_labels.outputs import check_folder

from .card import card, reported
from .certifying import Packaging, Source, certify


def run_packaging(checkpoint: Path, bundle: Path, packaging: Packaging) -> None:
    """Package `checkpoint` as the folder `bundle`.

    Raises BundleError, and writes nothing, where bundle and checkpoint differ by more than the tolerance.
    """
    if bundle.exists() and not (bundle / MANIFEST).is_file():
        raise InputError(Place(str(bundle)), "bundle", "exists and is not a bundle, so it is not replaced")
    check_folder(bundle.parent)
    key = read_private_key(packaging.sign) if packaging.sign else None
    report = reported(packaging.report, checkpoint) if packaging.report else None
    source = Source.of(checkpoint, packaging.proving, packaging.mapping)
    with replacing_folder(bundle) as work:
        contents = source.contents() | ({METRICS: report} if report else {})
        certificate = certify(source, packaging, contents, work, bundle)
        contents[CARD] = card(certificate, json.loads(contents[METRICS]), json.loads(source.record)).encode("utf-8")
        write_bundle(work, contents, version("dateline"), certificate, key)
    many = "dispatch" if certificate.dispatches == 1 else "dispatches"
    typer.echo(f"{bundle}: on {certificate.dispatches} {many}, against the checkpoint,")
    for precision, record in certificate.variants.items():
        typer.echo(f"  {precision}: {summary(record)}")


@contextmanager
def replacing_folder(bundle: Path) -> Iterator[Path]:
    """A folder to write to that becomes `bundle` at the end; on an error, whenever it comes, nothing is changed."""
    target = Path(os.path.realpath(bundle))  # what a link leads to
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    old = work.with_name(f"{work.name}.old")
    try:
        work.chmod(0o755)
        yield work
        if target.exists():
            target.replace(old)
        work.replace(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.replace(target)
        raise
    finally:
        for left in (work, old):
            shutil.rmtree(left, ignore_errors=True)


def summary(record: VariantRecord) -> str:
    """The record in a line."""
    speeds = ", ".join(
        f"{speed.engine} {speed.dispatches_a_second:.1f} dispatches/s in {speed.peak_megabytes:.0f} MB"
        for speed in record.speeds
    )
    return (
        f"{100 * record.spans_agree:.2f} % of the spans and "
        f"{100 * record.relations_agree:.2f} % of the relations agree, "
        f"F1 {record.span_f1:.1f} and {record.relation_f1:.1f}, "
        f"largest logit difference {record.largest_logit_difference:.1e}" + (f"; {speeds}" if speeds else "")
    )
