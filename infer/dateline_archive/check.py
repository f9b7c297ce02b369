"""`dateline archive check`: is everything there, whole, and true to the texts? Says what is not, line by line.

The folder alone: run.json, the listing, the journal, the name, size and digest of every file. Then the inputs are cut
into shards and read once more, without the model, and every row is held against the text it is about.
"""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path

import typer
from dateline_labels import InputError, Place
from dateline_labels.progress import document_progress

from .contents import content_problems, table_rows
from .copies_of_stories import copies_problems
from .folder import FINISHED, LISTING, RUN, Run, in_words, plan_of, read_run, table_file
from .journal import JOURNAL, DoneShard, read_journal, total
from .listing import InputFile, read_listing
from .shards import Plan, Position, shards
from .tables import TABLES, require_extra

MOST_SHOWN = 20
Problems = Iterator[InputError]


def check_archive(folder: Path) -> None:
    """Print that all is well; raises InputError with the number of problems, of which the first ones are printed.

    OSError where a file or an input cannot be read.
    """
    require_extra()
    run = read_run(folder)
    count = 0
    for problem in _problems(folder, run):
        count += 1
        if count <= MOST_SHOWN:
            typer.echo(str(problem), err=True)
    if count:
        raise InputError(Place(str(folder)), "check", f"{count} {'thing is' if count == 1 else 'things are'} wrong")
    statuses = run[FINISHED]["documents"]
    typer.echo(f"{folder}: complete: {in_words(statuses)}; every checksum and every offset is right")


def _problems(folder: Path, run: Run) -> Problems:
    plan = plan_of(folder, run)
    done, _ = read_journal(folder / JOURNAL)
    listed = list(_listing_problems(folder, run))
    yield from listed
    yield from _run_problems(folder, run, done)
    broken: set[int] = set()
    for shard, problem in _file_problems(folder, plan, done):
        broken.add(shard)
        yield problem
    yield from copies_problems(folder, run, plan, done)
    changed = list(_changed(folder)) if not listed else []
    yield from changed
    if not listed and not changed:
        yield from _text_problems(folder, run, plan, done, broken)


def _listing_problems(folder: Path, run: Run) -> Problems:
    with (folder / LISTING).open("rb") as file:
        found = sha256()
        while piece := file.read(2**20):
            found.update(piece)
    if found.hexdigest() != run["inputs"]["sha256"]:
        yield InputError(Place(str(folder / LISTING)), "sha256", "is not the list of inputs that the run began with")


def _run_problems(folder: Path, run: Run, done: Mapping[int, DoneShard]) -> Problems:
    """Whether the shards follow one another without a gap, and add up to what the run says of itself."""
    place = Place(str(folder / JOURNAL))
    number, documents, begin = 0, 0, Position()
    for number, shard in enumerate((done[number] for number in sorted(done)), start=1):
        if (shard.shard, shard.first, shard.begin) != (number - 1, documents, begin):
            yield InputError(place.at(number), "shard", f"expected shard {number - 1}, got {shard.shard}, or a gap")
        documents, begin = shard.first + shard.documents, shard.end
    place = Place(str(folder / RUN))
    if FINISHED not in run:
        what = f"the run is not finished: {documents} documents are there; the same command goes on from there"
        yield InputError(place, FINISHED, what)
        return
    rows = {table: sum(shard.files[table].rows for shard in done.values()) for table in TABLES}
    counted = {"shards": len(done), "documents": total(shard.statuses for shard in done.values()), "rows": rows}
    if counted != run[FINISHED]:
        yield InputError(place, FINISHED, f"the journal has {counted}")


def _file_problems(folder: Path, plan: Plan, done: Mapping[int, DoneShard]) -> Iterator[tuple[int, InputError]]:
    """What is wrong with files, and with which shard's (-1: with no shard's)."""
    for table in TABLES:
        expected = {table_file(table, number, plan.format): number for number in done}
        with os.scandir(folder / table) as entries:
            strange = sorted(f"{table}/{entry.name}" for entry in entries if f"{table}/{entry.name}" not in expected)
        for name in strange:
            yield -1, InputError(Place(str(folder / name)), "file", "is not of this run")
        for name, number in expected.items():
            what = _damage(folder / name, done[number], table)
            if what:
                yield number, InputError(Place(str(folder / name)), "file", what)


def _damage(path: Path, done: DoneShard, table: str) -> str | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "is missing"
    record = done.files[table]
    if len(data) != record.bytes:
        return f"expected {record.bytes} bytes, got {len(data)}"
    if sha256(data).hexdigest() != record.sha256:
        return "its bytes are not those that were written"
    return None


def _changed(folder: Path) -> Problems:
    """The inputs that are no longer as they were read."""
    for file in read_listing(folder / LISTING):
        try:
            same = InputFile.of(Path(file.path)) == file
        except FileNotFoundError:
            same = False
        if not same:
            yield InputError(Place(file.path), "input", "was changed or moved since it was read")


def _text_problems(folder: Path, run: Run, plan: Plan, done: Mapping[int, DoneShard], broken: set[int]) -> Problems:
    """Hold every row against the text that it is about; the shards whose files are broken are left out."""
    place, read = Place(str(folder / JOURNAL)), 0
    last = max(done, default=-1) + 1
    # one shard more than there should be, to see that nothing is left
    again = islice(shards(folder / LISTING, plan, {}), last + 1 if FINISHED in run else last)
    with document_progress(run["inputs"]["bytes"], "checking") as advance:
        for shard in again:
            read += 1
            written = done.get(shard.number)
            if written is None:
                yield InputError(place, "shard", f"shard {shard.number} is not there: its documents were not read")
                continue
            cut = shard.first, len(shard.rows), shard.begin, shard.end
            if cut != (written.first, written.documents, written.begin, written.end):
                yield InputError(place.at(shard.number + 1), "shard", f"the input is cut otherwise: {cut}")
            elif shard.number not in broken:
                names = {table: table_file(table, shard.number, plan.format) for table in TABLES}
                tables = {table: table_rows(folder / name) for table, name in names.items()}
                yield from content_problems(folder, shard, plan, names, tables)
            advance(len(shard.rows), shard.consumed)
    if read < last:
        yield InputError(place, "shard", f"the input has {read} shards, {last} were read")
