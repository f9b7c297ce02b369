"""`dateline archive run`: an archive in, tables out, each document exactly once whatever happens in between.

The input is cut into shards, workers read them, and this process alone writes. A shard's files are put in place, each
whole or not at all, then its line is added to the journal: that line is what makes it done. A run that was stopped or
killed goes on with the shards that are not.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer
from dateline_bundle.signing import read_public_key
from dateline_infer.bundle import check_gate, read_config
from dateline_infer.choosing import Asked, choose
from dateline_infer.host import Host
from dateline_infer.loading import Loading
from dateline_inputs.files import matches
from dateline_labels import InputError, InterruptedRunError, Place
from dateline_labels.progress import Advance, document_progress

from .durable import publish
from .folder import FINISHED, LISTING, Inputs, Run, described, finish, in_words, open_run, table_file
from .journal import JOURNAL, DoneShard, Journal, total
from .lock import held
from .lookups import LookupFiles
from .reading import ReadShard
from .shards import Plan, Shard, shards
from .tables import ERROR, TABLES, require_extra
from .workers import Reader, WorkerDiedError, Workers, WorkersDiedError, WorkersLostError

_MOST_DEATHS = 3
Employ = Callable[[Reader], AbstractContextManager[Workers]]
"""What gives the workers of a run, while it lasts."""


@dataclass(frozen=True)
class Archive:
    """What a run is to read, with what, how, and where the tables go."""

    loading: Loading
    inputs: Sequence[Path]
    out: Path
    plan: Plan
    lookups: LookupFiles = field(default_factory=LookupFiles)


def run_archive(archive: Archive, employ: Employ, host: Host | None = None) -> None:
    """Read all that is not read yet, on a host such as this one or the one given; says what came of it.

    Raises InputError where the folder is that of another run, LockedError where another process writes to it,
    OSError where the disk fails, InterruptedRunError where the user stops it; the same call goes on from there.
    """
    require_extra("filelock")
    loading, out, plan = archive.loading, archive.out, archive.plan
    _check_apart(archive)
    key = read_public_key(loading.require_signature) if loading.require_signature else None
    manifest, config = read_config(loading.bundle, key)
    check_gate(manifest, loading.gated, loading.bundle)
    choice = choose(loading.asked, host or Host.look(), manifest.variants)
    inputs = Inputs.measure(archive.inputs)
    description = described(manifest, choice, loading.gated, config.schema, plan, archive.lookups)
    with held(out):
        run = open_run(out, archive.inputs, inputs, description)
        with closing(Journal(out)) as journal:
            lost = _forget_lost(out, plan, journal)
            if FINISHED in run and not lost:
                _say(f"{out} is finished: {in_words(run[FINISHED]['documents'])}")
                return
            if journal.done:
                _say(f"{out}: going on after {_done(journal)}")
            asked = Asked(choice.device, choice.engine, choice.precision)
            reader = Reader(replace(loading, asked=asked), plan, manifest.digest, archive.lookups)
            _read(out, reader, journal, employ, inputs)
            journal.put_in_order()
        _finish(out, run, journal)


def _check_apart(archive: Archive) -> None:
    """Raises InputError where the tables would become input of the same run when it goes on."""
    written = [LISTING, JOURNAL, *(table_file(table, 0, archive.plan.format) for table in TABLES)]
    for path in archive.inputs:
        if path.is_dir() and archive.out.resolve().is_relative_to(path.resolve()):
            raise InputError(Place(str(archive.out)), "out", f"lies in the input folder {path}")
        if not path.exists() and any(matches(path, archive.out / name) for name in written):
            raise InputError(Place(str(archive.out)), "out", f"lies where the input pattern {path} looks")


def _read(out: Path, reader: Reader, journal: Journal, employ: Employ, inputs: Inputs) -> None:
    try:
        with employ(reader) as team, document_progress(inputs.bytes, "reading") as advance:
            _Driver(out, reader.plan, journal, team, advance).read(shards(out / LISTING, reader.plan, journal.done))
    except KeyboardInterrupt:
        what = f"interrupted: {out} has {_done(journal)}; the same command goes on from there"
        raise InterruptedRunError(what) from None
    except WorkersLostError as error:
        what = f"{error}; {out} has {_done(journal)}; the same command goes on from there"
        raise WorkersLostError(what) from None


class _Driver:
    """Gives shards to workers, so many at once, and writes what they read as it comes."""

    def __init__(self, folder: Path, plan: Plan, journal: Journal, team: Workers, advance: Advance) -> None:
        self._folder, self._plan, self._journal, self._team, self._advance = folder, plan, journal, team, advance
        self._waiting: dict[Future[ReadShard], Shard] = {}
        self._deaths = 0

    def read(self, todo: Iterator[Shard]) -> None:
        for shard in todo:
            self._give(shard)
            while len(self._waiting) >= self._team.at_once:
                self._collect()
        while self._waiting:
            self._collect()

    def _give(self, shard: Shard) -> None:
        try:
            future = self._team.submit(shard)
        except WorkerDiedError as error:
            future = Future()
            future.set_exception(error)
        self._waiting[future] = shard

    def _collect(self) -> None:
        """Write what was read meanwhile, at least one shard; what a dead worker took along is given out again."""
        finished, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
        died = False
        for future in finished:
            try:
                read = future.result()
            except (WorkerDiedError, BrokenProcessPool):
                died = True
            else:
                self._commit(self._waiting.pop(future), read)
        if died:
            self._begin_again()

    def _begin_again(self) -> None:
        lost = sorted(self._waiting.values(), key=lambda shard: shard.number)
        self._deaths += 1
        if self._deaths > _MOST_DEATHS:
            numbers = ", ".join(str(shard.number) for shard in lost)
            raise WorkersDiedError(f"{self._folder}: {self._deaths} workers died, one after another, over {numbers}")
        self._waiting.clear()
        self._team.restart()
        for shard in lost:
            self._give(shard)

    def _commit(self, shard: Shard, read: ReadShard) -> None:
        for table in TABLES:
            name = table_file(table, shard.number, self._plan.format)
            publish(self._folder / name, read.files[table].data, name)
        self._journal.add(DoneShard.of(shard, read))
        self._deaths = 0
        self._advance(len(shard.rows), shard.consumed)


def _forget_lost(folder: Path, plan: Plan, journal: Journal) -> list[int]:
    """The shards of which a file is no longer there or has another size: they are to be read again."""
    lost: set[int] = set()
    for table in TABLES:
        (folder / table).mkdir(exist_ok=True)
        with os.scandir(folder / table) as entries:
            sizes = {entry.name: entry.stat().st_size for entry in entries}
        for number, done in journal.done.items():
            name = table_file(table, number, plan.format).rpartition("/")[2]
            if sizes.get(name) != done.files[table].bytes:
                lost.add(number)
    for number in sorted(lost):
        del journal.done[number]
        _say(f"warning: {folder}: a file of shard {number} is not as it was written; it is read again")
    return sorted(lost)


def _finish(folder: Path, run: Run, journal: Journal) -> None:
    done = journal.done.values()
    statuses = total(shard.statuses for shard in done)
    tables = {table: sum(shard.files[table].rows for shard in done) for table in TABLES}
    finish(folder, run, {"shards": len(done), "documents": statuses, "rows": tables})
    _say(f"{folder}: {in_words(statuses)}; {tables['incidents']:,} incidents, {tables['claims']:,} claims")
    if statuses.get(ERROR):
        _say(f"warning: {statuses[ERROR]:,} documents were not read; see the ledger")


def _done(journal: Journal) -> str:
    documents = sum(shard.documents for shard in journal.done.values())
    return f"{documents:,} documents in {len(journal.done):,} shards"


def _say(message: str) -> None:
    typer.echo(message, err=True)
