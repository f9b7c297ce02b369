"""What `dateline split` does with the dispatches that it has read: a split is made and written, or one is measured."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Place, one_line
from dateline_labels.files import write_atomically
from dateline_labels.splits import Splits, leave_folders_out, split_by_number, split_randomly

from .choices import Wanted
from .file import SplitFile
from .growing import grow_split
from .leak_tables import leak_table, part_table
from .leaks import leaks
from .making import MadeSplit, make_split


def write_split(annotated: Annotated, wanted: Wanted, out: Path) -> None:
    """Make the split and write it; says what there is to say, then prints its parts and leaks. Raises InputError where
    there are no dispatches.
    """
    if not annotated.dispatches:
        raise InputError(Place("DATA"), "dispatches", "expected at least one, got none")
    _write(make_split(annotated, wanted), annotated, out)


def write_grown(annotated: Annotated, old: Path, out: Path) -> None:
    """Write the split of the file `old` with what the data have besides; says and prints the same."""
    _write(grow_split(annotated, SplitFile.read(old), Place(str(old))), annotated, out)


def _write(made: MadeSplit, annotated: Annotated, out: Path) -> None:
    made.file.write(out)
    for line in made.said:
        typer.echo(one_line(line), err=True)
    typer.echo(part_table(made.file.splits(annotated.dispatches, Place(str(out)))))
    typer.echo()
    typer.echo(leak_table(made.leaks))
    typer.echo(f"\nsplit {made.file.sha256[:12]} of the collection {made.file.collection[:12]} written to {out}")


def check_split(name: str, annotated: Annotated, out: Path | None, key: str | None) -> None:
    """Print what a split of these dispatches leaks, and write it to `out` as JSON, if asked for."""
    splits = named_split(name, annotated.dispatches)
    found = leaks(splits, key)
    if out:
        text = json.dumps([asdict(leak) for leak in found], indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(out, (text + "\n").encode("utf-8", errors="replace"))
    typer.echo(part_table(splits))
    typer.echo()
    typer.echo(leak_table(found))


def named_split(name: str, dispatches: Sequence[Dispatch]) -> Splits:
    """The split of a file, or of a rule that recipes know; raises InputError where the dispatches are not its own."""
    rules = {"number": split_by_number, "held-out": leave_folders_out, "random": split_randomly}
    if name not in rules:
        return SplitFile.read(Path(name)).splits(dispatches, Place(name))
    try:
        return rules[name](dispatches)
    except ValueError as error:
        raise InputError(Place("--check"), name, str(error)) from None
