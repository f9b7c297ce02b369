"""`dateline extract`: files in; JSON lines, a rendering and the incident table out. Nothing is left half-written."""

import io
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_incidents.incident_runs import write_tables
from dateline_incidents.incidents import can_assemble
from dateline_incidents.ledger import ClaimRecord, IncidentRecord
from dateline_incidents.records import Lookups, records
from dateline_incidents.tables import check_suffix
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import write_atomically
from dateline_labels.jsonl import write_line
from dateline_labels.progress import with_progress
from rich.console import Console

from .choosing import BEST, Asked
from .extractor import Extractor
from .memory import share_one_arena

_PICTURE_WIDTH = 110
_FONT_TO_FETCH = re.compile(r"\s*@font-face \{[^}]*\}")


@dataclass(frozen=True)
class Destinations:
    """Where the results go: JSON lines to `out` (None: standard output), the tables to `table` and beside it, or a
    rendering.
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


@dataclass(frozen=True)
class Loading:
    """Which bundle reads, with what, on how many threads (0: one a core), whether the gate keeps dispatches out, and
    the file of the key that must have signed the bundle, if any.
    """

    bundle: Path
    asked: Asked = BEST
    threads: int = 0
    gated: bool = False
    require_signature: Path | None = None

    def load(self) -> Extractor:
        """As `Extractor.load`, in a process that is ours alone and that holds little memory back."""
        share_one_arena()
        return Extractor.load(self.bundle, self.asked, self.threads, self.gated, self.require_signature)


def run_extract(loading: Loading, files: Sequence[Path], columns: Columns, to: Destinations, lookups: Lookups) -> None:
    """Read the dispatches of `files` and write what was found; raises InputError before anything is written."""
    dispatches = read_inputs(files, columns)
    extractor = loading.load()
    assemble = can_assemble(extractor.config.schema)
    if to.table and not assemble:
        raise InputError(Place(str(loading.bundle)), "schema", "has none of the labels that incidents are made of")
    console = _console(to)
    incidents: list[IncidentRecord] = []
    claims: list[ClaimRecord] = []
    failed, lines = 0, []
    for dispatch in with_progress(extractor.stream(dispatches), len(dispatches), "reading"):
        failed += "error" in dispatch.meta
        found, figures = records(dispatch, lookups) if assemble else ([], [])
        incidents += found
        claims += figures
        if to.show or to.picture:
            _show(dispatch, (found, figures), extractor, console)
        elif to.out is None:
            sys.stdout.write(write_line(dispatch) + "\n")
        if to.out is not None:
            lines.append(write_line(dispatch) + "\n")
    if to.out is not None:
        write_atomically(to.out, "".join(lines).encode("utf-8"))
    if to.table:
        write_tables(to.table, incidents, claims)
    if to.picture:
        write_atomically(to.picture, drawing(console).encode("utf-8"))
    if failed:
        print(f"warning: {failed} of {len(dispatches)} dispatches were not read; see meta.error", file=sys.stderr)


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
