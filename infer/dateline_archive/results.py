"""The folder of a finished archive run → what was read, shard by shard, and the texts, read from the inputs again.

No more than the rows and the texts of one shard are held.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline_inputs.dispatches import dispatch_of
from dateline_inputs.rows import Row
from dateline_labels import Dispatch, InputError, Place, Relation, Schema, Span
from dateline_labels.progress import with_progress
from dateline_labels.surrogates import whole

from .contents import table_rows
from .folder import FINISHED, LISTING, Run, plan_of, read_run, table_file
from .journal import JOURNAL, DoneShard, read_journal
from .shards import Plan, Shard, shards
from .tables import attribute_column, require_extra, score_column

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ArchiveRun:
    """A finished run: its folder, `run.json`, what was read and how it was cut, and its shards by number."""

    folder: Path
    run: Run
    plan: Plan
    done: Mapping[int, DoneShard]

    @staticmethod
    def open(folder: Path) -> "ArchiveRun":
        """Raises InputError where the folder is not that of a finished run."""
        require_extra()
        run = read_run(folder)
        if FINISHED not in run:
            what = "is not finished; the command that began it goes on with it, and then all of it is there"
            raise InputError(Place(str(folder)), "run", what)
        done, _ = read_journal(folder / JOURNAL)
        return ArchiveRun(folder, run, plan_of(folder, run), dict(sorted(done.items())))

    @property
    def fingerprint(self) -> str:
        """What tells the run from others."""
        return str(self.run["fingerprint"])

    def documents(self) -> int:
        """How many documents the input has."""
        return sum(shard.documents for shard in self.done.values())

    def rows(self, table: str, shard: int) -> Rows:
        """The rows of a shard in one table."""
        return table_rows(self.folder / table_file(table, shard, self.plan.format))

    def shards_of(self, documents: Iterable[int]) -> list[DoneShard]:
        """The shards that hold some of these documents."""
        shards, numbers = list(self.done.values()), sorted(documents)
        firsts = [shard.first for shard in shards]
        return [shards[at] for at in sorted({bisect_right(firsts, number) - 1 for number in numbers})]

    def inputs(self) -> Iterator[Shard]:
        """Every shard of the input once more.

        Raises InputError where an input was changed since it was read, OSError where it is gone.
        """
        yield from shards(self.folder / LISTING, self.plan, {})

    def texts(self, wanted: Iterable[int]) -> Iterator[tuple[int, Dispatch]]:
        """The wanted documents, by number, each as `document`; the shards alone are read that hold some of them.

        Raises InputError where an input was changed since it was read, OSError where it is gone.
        """
        numbers = set(wanted)
        needed = {shard.shard for shard in self.shards_of(numbers)}
        others = {number: shard for number, shard in self.done.items() if number not in needed}
        again = shards(self.folder / LISTING, self.plan, others)
        for shard in with_progress(again, len(needed), "reading the texts"):
            for number, row in enumerate(shard.rows, start=shard.first):
                if number in numbers:
                    yield number, self.document(row)

    def document(self, row: Row) -> Dispatch:
        """A document as its input has it, with U+FFFD for halves of characters as in the tables, and nothing marked.

        Raises InputError where the row holds none.
        """
        dispatch = dispatch_of(row, self.plan.columns, self.plan.limits)
        return Dispatch(dispatch.id, whole(dispatch.text), dispatch.published, dispatch.meta)


def marked(bare: Dispatch, spans: Rows, relations: Rows, schema: Schema) -> Dispatch:
    """The dispatch with the spans and relations of its rows in the tables; those of `bare` are left out."""
    names = sorted({name for _, name, _ in schema.attributes})
    found = []
    for row in spans:
        values = {name: row[attribute_column(name)] for name in names if row.get(attribute_column(name))}
        scores = {name: row[score_column(name)] for name in values if row.get(score_column(name)) is not None}
        found.append(Span(row["span"], row["label"], row["start"], row["end"], values, row["score"], scores))
    tied = (Relation(row["label"], row["head"], row["tail"], row["score"]) for row in relations)
    return Dispatch(bare.id, bare.text, bare.published, bare.meta, tuple(found), tuple(tied))
