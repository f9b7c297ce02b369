"""The inline markup as a format: one dispatch a file, a folder of them to write."""

import re
from collections.abc import Sequence
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, markup
from dateline_labels.files import decode_utf8, write_dispatches

from .carrying import Carries, renamed, with_file_names
from .format import Annotated, Finding, Format

_TITLE = "the markup"
_HEADER = re.compile(rb"(?:\w[\w-]*: \S[^\n]*\n)+\n")


def recognise(path: Path, head: bytes) -> str:
    """A file that ends in `.md`, but for what only tells of the others, a README."""
    if path.suffix != ".md" or path.is_dir():
        return ""
    if _HEADER.match(head):
        return "header lines, then a text"
    return "" if "readme" in path.name.lower() else "its name ends in .md"


def read(path: Path) -> Annotated:
    """The dispatch of the file."""
    place = Place(str(path))
    text = decode_utf8(path.read_bytes(), place)
    dispatch = markup.read(text, place, None)
    first_line = text.partition("\n\n")[0].count("\n") + 3
    places: dict[tuple[str, ...], Place] = {(dispatch.id,): place.at(markup.header_line(text, "id"))}
    for span in dispatch.spans:
        places[dispatch.id, span.id] = place.at(first_line + dispatch.text.count("\n", 0, span.start))
    first_relation = first_line + dispatch.text.count("\n") + 2
    for number, relation in enumerate(dispatch.relations, start=first_relation):
        places[dispatch.id, relation.head, relation.label, relation.tail] = place.at(number)
    return Annotated((dispatch,), places=places)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One file a dispatch in the folder `target`; spans are named anew where the markup does not take their ids. A
    dispatch whose text no file of markup can hold, as of Windows line ends, is left out where losses are accepted.
    Raises as `Format` says.
    """
    if target.suffix:
        raise InputError(Place(str(target)), "format", "expected a folder to write markup to")
    carries = Carries(
        _TITLE, published=True, meta=markup.meta_problem, attributes=True, overlaps=False, names=markup.NAME
    )
    names_lost: list[Finding] = []
    kept = with_file_names(dispatches, _TITLE, names_lost) if lossy else dispatches
    fitted, findings = carries.fitted(kept, lossy, names_lost)
    numbered = [renamed(dispatch, markup.SPAN_ID, "e") for dispatch in fitted]
    write_dispatches([each for each in numbered if not lossy or _is_carried(each, findings)], target)
    return tuple(findings)


def _is_carried(dispatch: Dispatch, findings: list[Finding]) -> bool:
    try:
        markup.write(dispatch)
    except ValueError as error:
        findings.append(Finding(Place(dispatch.id), "text", "lost", f"{error}; the dispatch is left out"))
        return False
    return True


FORMAT = Format("markup", "inline markup", ("",), recognise, read, write, pieces="none")
