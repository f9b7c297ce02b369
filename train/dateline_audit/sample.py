"""`dateline audit sample`: a stratified random sample of the documents of an archive run, to be annotated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from dateline_archive.results import ArchiveRun
from dateline_formats.drafts import taken_date
from dateline_incidents.incident_choices import Rule
from dateline_labels import Dispatch, InputError, Place, Schema, one_line
from dateline_labels.digests import text_digest
from dateline_labels.files import write_dispatches
from dateline_labels.outputs import check_folder

from .counts import INCIDENTS, SPANS
from .frame import FOUND, SOURCE, UNKNOWN, YEAR, frame
from .record import DISPATCHES, SAMPLE, DocumentRecord, SampleRecord, StratumRecord, write_sample
from .run import check_copies, predictions
from .strata import Allocation, Cell, Key, allocate, draw, wishes, without_rare


@dataclass(frozen=True)
class Drawing:
    """How a sample is drawn.

    count       documents together
    criteria    what documents of one stratum agree in besides what was found: year, source, or a column of the input
    least       documents of each stratum at least, or all it has
    rule        by which rival accounts of the killed and injured are one number
    distinct    whether copies of earlier documents are left out

    Raises InputError on choices that make no sample.
    """

    count: int = 200
    seed: int = 0
    criteria: tuple[str, ...] = ()
    allocation: Allocation = Allocation.OPTIMAL
    least: int = 5
    rule: Rule = Rule.CONSERVATIVE
    distinct: bool = False

    def __post_init__(self) -> None:
        if self.least < 2:
            raise InputError(Place("--least"), "least", "expected 2 or more, as one document tells of no variation")
        if FOUND in self.criteria or len(set(self.criteria)) < len(self.criteria):
            raise InputError(
                Place("--by"), "by", f"expected each criterion once, and {FOUND} not at all: it is always one"
            )


def run_sample(folder: Path, out: Path, drawing: Drawing, shown: Schema | None = None) -> SampleRecord:
    """Draw a sample of a finished run and write it into the folder `out`, with what was read under the schema `shown`,
    or with the texts alone.

    Raises InputError where the run is not finished, its inputs were changed or the sample is too small for its strata.
    """
    if (out / SAMPLE).exists():
        raise InputError(Place(str(out)), "out", "holds a sample already, which annotations may be based on")
    check_folder(out)
    archive = ArchiveRun.open(folder)
    if drawing.distinct:
        check_copies(archive)
    cells, left_out = frame(archive, drawing.criteria, drawing.rule, drawing.distinct)
    _check_frame(folder, drawing, cells)
    cells = without_rare(cells, 2 * drawing.least)
    chosen = draw(list(cells.values()), _counts(drawing, cells), drawing.seed)
    wanted = (number for some in chosen for number in some)
    bare = {number: _named(number, dispatch) for number, dispatch in archive.texts(wanted)}
    sample = _recorded(archive, drawing, cells, chosen, bare, left_out, shown is not None)
    read = predictions(archive, bare, shown) if shown else {}
    in_order = [read[number].dispatch if shown else bare[number] for number in sorted(bare)]
    write_dispatches(in_order, out / DISPATCHES)
    write_sample(out, sample)
    return sample


def _check_frame(folder: Path, drawing: Drawing, cells: Mapping[Key, Cell]) -> None:
    if not cells:
        raise InputError(Place(str(folder)), "run", "has no document that could be annotated")
    for at, criterion in enumerate(drawing.criteria, start=1):
        if all(key[at] == UNKNOWN for key in cells):
            what = f"expected {YEAR}, {SOURCE} or a column of the input, got {criterion}, which no document has"
            raise InputError(Place("--by"), "by", what)


def _counts(drawing: Drawing, cells: Mapping[Key, Cell]) -> list[int]:
    """How many documents to draw from each cell."""
    sizes = [len(cell) for cell in cells.values()]
    found = INCIDENTS if any(cell.predicted[INCIDENTS] for cell in cells.values()) else SPANS
    wished = wishes(list(cells.values()), found, drawing.allocation)
    try:
        return allocate(sizes, wished, drawing.count, drawing.least)
    except ValueError as error:
        raise InputError(Place("--n"), "n", f"{error}; a smaller --least or fewer --by need less") from None


def _named(number: int, dispatch: Dispatch) -> Dispatch:
    """The document under an id that occurs once; what it was found to be is not told, so that nobody is led."""
    day = taken_date((dispatch.published or "")[:10])
    return Dispatch(f"document-{number}", dispatch.text, day, {"input_id": one_line(dispatch.id).strip() or UNKNOWN})


def _recorded(
    archive: ArchiveRun,
    drawing: Drawing,
    cells: Mapping[Key, Cell],
    chosen: Sequence[Sequence[int]],
    bare: Mapping[int, Dispatch],
    left_out: Mapping[str, int],
    shown: bool,
) -> SampleRecord:
    criteria = [FOUND, *drawing.criteria]
    return SampleRecord(
        fingerprint=archive.fingerprint,
        seed=drawing.seed,
        criteria=criteria,
        allocation=drawing.allocation,
        rule=drawing.rule,
        shown=shown,
        left_out=dict(sorted(left_out.items())),
        strata=[
            StratumRecord(
                name=" · ".join(key),
                values=dict(zip(criteria, key, strict=True)),
                documents=len(cell),
                sampled=len(drawn),
                weight=len(cell) / len(drawn),
                predicted=dict(sorted(cell.predicted.items())),
            )
            for (key, cell), drawn in zip(cells.items(), chosen, strict=True)
        ],
        documents=sorted(
            (
                DocumentRecord(id=bare[number].id, document=number, stratum=at, sha256=text_digest(bare[number].text))
                for at, drawn in enumerate(chosen)
                for number in drawn
            ),
            key=lambda each: each.document,
        ),
    )


def say(sample: SampleRecord, out: Path) -> None:
    """Print the strata and where the sample is."""
    width = max(len(stratum.name) for stratum in sample.strata)
    for stratum in sample.strata:
        counts = f"{stratum.sampled:>6,} of {stratum.documents:>9,}   each stands for {stratum.weight:,.1f}"
        typer.echo(f"{stratum.name:<{width}} {counts}")
    for why, documents in sample.left_out.items():
        typer.echo(f"left out: {documents:,} documents ({why})")
    hidden = "with what was read" if sample.shown else "without what was read"
    typer.echo(f"{out / DISPATCHES}: {len(sample.documents):,} documents to annotate, {hidden}")
