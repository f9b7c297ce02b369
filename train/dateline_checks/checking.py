"""Annotations → every problem in them, with what there is to count: what `dateline check` does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_formats.format import Format
from dateline_formats.label_map import LabelMap
from dateline_labels import Schema
from dateline_labels.progress import with_progress

from .copy_checks import check_annotators, check_copies, check_ids
from .problems import Placed, Problem, of_findings
from .reading_on import Read, read_on
from .schema_checks import Counts, check_counts, check_schema, count
from .span_checks import check_spans
from .text_checks import check_text
from .usage_checks import check_usage
from .wording import usages


@dataclass(frozen=True)
class Asked:
    """What is checked, and against what."""

    data: Sequence[Path]
    schema: Path
    mapping: LabelMap
    given: Format | None = None
    annotator: str | None = None  # the key of meta that names who annotated
    few: int = 10
    map_file: Path | None = None


@dataclass(frozen=True)
class Checked:
    """What was found: the problems in the order of the files, and what the dispatches hold."""

    problems: tuple[Problem, ...]
    counts: Counts
    schema: Schema

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(problem.kind == "error" for problem in self.problems)


def check_all(asked: Asked) -> Checked:
    """Check the annotations; raises InputError where the schema is none, OSError where data are not there."""
    schema = Schema.read(asked.schema)
    read = read_on(asked.data, asked.mapping, asked.given)
    counts = count(read.placed)
    found = [*read.problems, *_of_dispatches(read.placed, schema), *_of_collection(read, asked)]
    found.sort(key=lambda problem: (problem.place.path, problem.place.line))
    if asked.map_file and read.placed:
        found += of_findings(asked.mapping.unused(read.rules, asked.map_file), "map")
    few = check_counts(counts, schema, asked.schema, asked.few) if read.placed else ()
    return Checked((*found, *few), counts, schema)


def _of_dispatches(collection: Sequence[Placed], schema: Schema) -> Iterator[Problem]:
    for placed in with_progress(collection, len(collection), "checking"):
        yield from check_text(placed)
        yield from check_spans(placed)
        yield from check_schema(placed, schema)


def _of_collection(read: Read, asked: Asked) -> Iterator[Problem]:
    yield from check_ids(read.placed, asked.annotator)
    yield from check_copies(read.placed, asked.annotator)
    for annotators in read.annotators:
        yield from check_annotators(annotators)
    yield from check_usage(usages(read.placed))
