"""`dateline archive copies`: the dispatches of a finished run that say nearly the same, as a table of their groups.

The texts are read again from the inputs. The table `copies` has one row a document, in the files of the shards;
copies.json, written last, vouches for them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import typer
from dateline_inputs.dispatches import dispatch_of
from dateline_labels import InputError, Place
from dateline_labels.progress import document_progress
from pydantic import BaseModel, ConfigDict, ValidationError

from .contents import table_rows
from .copies import Likeness, likeness
from .durable import publish
from .folder import COPIES, FINISHED, LISTING, Run, plan_of, read_run, table_file
from .journal import JOURNAL, DoneShard, FileRecord, read_journal
from .lock import held
from .reading import TableFile
from .shards import Plan, Shard, shards
from .tables import LEDGER, require_extra, written

TABLE = "copies"


@dataclass(frozen=True)
class CopyRow:
    """One document and the first one, in the order of the input, of those that say nearly the same."""

    document: int
    id: str
    story: int
    """The number of the first document of those that say nearly the same, its own where it is that one."""
    copies: int
    """How many documents those are, itself among them."""
    alike: float
    """About the share of runs of three words that it has in common with the first one, from 0 to 1."""


class CopiesRecord(BaseModel):
    """`copies.json`: of which run, how alike, how many documents and groups, and the files by shard."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fingerprint: str
    alike: float
    documents: int
    groups: int
    files: list[FileRecord]


def find_copies(folder: Path, alike: float) -> None:
    """Write the groups of a finished run and say how many there are.

    Raises InputError where the run is not finished or its inputs were changed, LockedError, OSError.
    """
    require_extra("filelock", "rensa")
    run = read_run(folder)
    if FINISHED not in run:
        raise InputError(Place(str(folder)), "run", "is not finished; copies are looked for among all documents")
    with held(folder):
        record = _record(folder)
        if record is None or (record.fingerprint, record.alike) != (run["fingerprint"], alike):
            record = _find(folder, run, alike)
    counts = f"{record.documents:,} documents, of which {record.documents - record.groups:,} are copies of others"
    typer.echo(f"{folder}: {counts}", err=True)


def _find(folder: Path, run: Run, alike: float) -> CopiesRecord:
    plan = plan_of(folder, run)
    (folder / COPIES).unlink(missing_ok=True)
    (folder / TABLE).mkdir(exist_ok=True)
    done, _ = read_journal(folder / JOURNAL)
    found = likeness(_texts(folder, run, plan), alike, folder)
    sizes = np.bincount(found.groups)
    files = []
    for number in sorted(done):
        rows = [asdict(row) for row in _rows(folder, plan, done[number], found, sizes)]
        file = TableFile(len(rows), written(TABLE, get_type_hints(CopyRow), rows, plan.format))
        name = table_file(TABLE, number, plan.format)
        publish(folder / name, file.data, name)
        files.append(FileRecord.of(file))
    groups = int((sizes > 0).sum())
    record = CopiesRecord(
        fingerprint=run["fingerprint"], alike=alike, documents=len(found.groups), groups=groups, files=files
    )
    publish(folder / COPIES, (json.dumps(record.model_dump(), indent=1) + "\n").encode("utf-8"), COPIES)
    return record


def _texts(folder: Path, run: Run, plan: Plan) -> Iterator[list[str]]:
    """The texts of each shard, none where there is none to be read."""
    with document_progress(run["inputs"]["bytes"], "looking for copies") as advance:
        for shard in shards(folder / LISTING, plan, {}):
            yield list(_texts_of(shard, plan))
            advance(len(shard.rows), shard.consumed)


def _texts_of(shard: Shard, plan: Plan) -> Iterator[str]:
    for row in shard.rows:
        try:
            yield dispatch_of(row, plan.columns, plan.limits).text
        except InputError:
            yield ""


def _rows(folder: Path, plan: Plan, done: DoneShard, found: Likeness, sizes: Any) -> Iterator[CopyRow]:
    for row in table_rows(folder / table_file(LEDGER, done.shard, plan.format)):
        document = row["document"]
        group = int(found.groups[document])
        yield CopyRow(document, row["id"], group, int(sizes[group]), float(found.alike[document]))


def copies_problems(folder: Path, run: Run, plan: Plan, done: Mapping[int, DoneShard]) -> Iterable[InputError]:
    """What is wrong with the table, where there is one. Raises InputError where its record cannot be understood."""
    record = _record(folder)
    if record is None:
        return
    place = Place(str(folder / COPIES))
    if record.fingerprint != run["fingerprint"]:
        yield InputError(place, "fingerprint", "is of another run")
    if len(record.files) != len(done):
        yield InputError(place, "files", f"expected {len(done)}, got {len(record.files)}")
        return
    for number, expected in enumerate(record.files):
        path = folder / table_file(TABLE, number, plan.format)
        if not path.is_file() or FileRecord.of(TableFile(expected.rows, path.read_bytes())) != expected:
            yield InputError(Place(str(path)), "file", "is missing, or its bytes are not those that were written")
        elif expected.rows != done[number].documents:
            yield InputError(Place(str(path)), "rows", f"expected {done[number].documents}, got {expected.rows}")


def _record(folder: Path) -> CopiesRecord | None:
    try:
        return CopiesRecord.model_validate_json((folder / COPIES).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        raise InputError(Place(str(folder / COPIES)), "copies", "cannot be understood; remove it") from None
