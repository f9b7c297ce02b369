"""`dateline extract`: files in; JSON lines, a rendering and the incident table out. Nothing is left half-written."""

import io
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dateline_incidents.incident_runs import write_tables
from dateline_incidents.incidents import can_assemble
from dateline_incidents.ledger import ClaimRecord, IncidentRecord
from dateline_incidents.records import Lookups, records
from dateline_incidents.tables import beside, check_suffix
from dateline_inputs.dispatches import STANDARD_INPUT, Columns, read_inputs
from dateline_inputs.files import files_of
from dateline_labels import Dispatch, InputError, Place, one_line
from dateline_labels.files import write_atomically
from dateline_labels.jsonl import write_line
from dateline_labels.outputs import check_outputs
from dateline_labels.progress import with_progress
from dateline_values.dates import published_day
from rich.console import Console

from .extractor import Extractor
from .loading import Loading

_PICTURE_WIDTH = 110
_FONT_TO_FETCH = re.compile(r"\s*@font-face \{[^}]*\}")


@dataclass(frozen=True)
class Destinations:
    """Where the results go: JSON lines to `out` (None: standard output), the tables to `table` and beside it, or a
    rendering. Raises InputError on a file that ends otherwise than these do.
    """

    out: Path | None
    table: Path | None
    show: bool
    picture: Path | None = None  # an SVG of the rendering

    def __post_init__(self) -> None:
        if self.table:
            check_suffix(self.table, "incidents")
        if self.picture and self.picture.suffix != ".svg":
            raise InputError(Place(str(self.picture)), "picture", "expected a file ending in .svg")

    def files(self) -> list[Path]:
        """Every file that is written."""
        tables = [self.table, beside(self.table, "claims")] if self.table else []
        return [path for path in (self.out, *tables, self.picture) if path]

    def check(self, inputs: Sequence[Path]) -> None:
        """Raises InputError where a file that is read would be written over, OSError where one cannot be written."""
        read = [file for path in inputs if path != STANDARD_INPUT for file in files_of([path])]
        check_outputs(self.files(), read)


def run_extract(loading: Loading, files: Sequence[Path], columns: Columns, to: Destinations, lookups: Lookups) -> None:
    """Read the dispatches of `files` and write what was found; raises InputError before anything is written."""
    to.check(files)
    dispatches = read_inputs(files, columns)
    extractor = loading.load()
    assemble = can_assemble(extractor.config.schema)
    if to.table and not assemble:
        raise InputError(Place(str(loading.bundle)), "schema", "has none of the labels that incidents are made of")
    console = _console(to)
    incidents: list[IncidentRecord] = []
    claims: list[ClaimRecord] = []
    failed, lines = 0, []
    for read in with_progress(extractor.stream(dispatches), len(dispatches), "reading"):
        dispatch, found, figures = _assembled(read, lookups) if assemble else (read, [], [])
        failed += "error" in dispatch.meta
        incidents += found
        claims += figures
        if to.show or to.picture:
            _show(dispatch, (found, figures), extractor, console)
        elif to.out is None:
            sys.stdout.write(write_line(_with_a_day(dispatch)) + "\n")
        if to.out is not None:
            lines.append(write_line(_with_a_day(dispatch)) + "\n")
    if to.out is not None:
        write_atomically(to.out, "".join(lines).encode("utf-8"))
    if to.table:
        write_tables(to.table, incidents, claims)
    if to.picture:
        write_atomically(to.picture, drawing(console).encode("utf-8"))
    _say_twins(dispatches)
    if failed:
        print(f"warning: {failed} of {len(dispatches)} dispatches were not read; see meta.error", file=sys.stderr)
    if written := to.files():
        told = f"; incidents: {len(incidents):,}, claims: {len(claims):,}" if assemble else ""
        names = ", ".join(one_line(str(path)) for path in written)
        print(f"dispatches read: {len(dispatches):,}{told}; written to {names}", file=sys.stderr)


def _say_twins(dispatches: Sequence[Dispatch]) -> None:
    """Texts of one name in two folders have one id, and rows of both cannot be told apart."""
    twins = [name for name, count in Counter(each.id for each in dispatches).items() if count > 1]
    if twins:
        what = f"{len(twins)} ids occur more than once, as {one_line(twins[0], 100)}"
        print(f"warning: {what}; what reads on, as dateline incidents, asks for ids that differ", file=sys.stderr)


def _assembled(dispatch: Dispatch, lookups: Lookups) -> tuple[Dispatch, list[IncidentRecord], list[ClaimRecord]]:
    """The dispatch with its incidents and claims; with an error where they cannot be made."""
    try:
        return dispatch, *records(dispatch, lookups)
    except Exception as error:  # a bug, which is not to cost what was read of the others
        what = one_line(f"a bug: {type(error).__name__}: {error}")
        return replace(dispatch, meta={**dispatch.meta, "error": what}), [], []


def _with_a_day(dispatch: Dispatch) -> Dispatch:
    """With the day of publication alone, which readers of such lines ask for; what else was told stays in `meta`."""
    told = dispatch.published
    day = published_day(told)
    if told is None or (day and day.isoformat() == told):
        return dispatch
    return replace(dispatch, published=day.isoformat() if day else None, meta={**dispatch.meta, "published": told})


def drawing(console: Console) -> str:
    """What a recording console has shown as SVG, without the fonts that Rich would have a viewer fetch."""
    style, end, rest = console.export_svg(title="dateline extract").partition("</style>")
    return _FONT_TO_FETCH.sub("", style) + end + rest


def _console(to: Destinations) -> Console:
    """Where renderings go; a picture alone is drawn on a page that nobody sees."""
    page = None if to.show else io.StringIO()
    width = _PICTURE_WIDTH if to.picture else None
    return Console(highlight=False, record=to.picture is not None, file=page, width=width)


def _show(
    dispatch: Dispatch,
    tables: tuple[list[IncidentRecord], list[ClaimRecord]],
    extractor: Extractor,
    console: Console,
) -> None:
    from .render import show_dispatch, show_incidents

    show_dispatch(dispatch, extractor.config.schema, console)
    if can_assemble(extractor.config.schema):
        show_incidents(*tables, console)
