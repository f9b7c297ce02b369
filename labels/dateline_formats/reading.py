"""Files and folders in any format → annotated dispatches under a schema, with everything there is to say about them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer
from dateline_labels import Dispatch, InputError, Place, Relation, Schema, Span
from dateline_labels.files import write_atomically

from .format import Annotated, Finding, Format
from .known import FORMATS, recognise, recognised, unknown
from .label_map import LabelMap

_AS_IT_IS = LabelMap()
_ASKED_FOR = "--from"
_SHOWN = 20
_REASONS = 2


def read_annotations(
    paths: Iterable[Path], schema: Schema | None = None, mapping: LabelMap = _AS_IT_IS, given: Format | None = None
) -> Annotated:
    """Every dispatch of the files and folders, in their order; each file in the format it is recognised as, or `given`.

    The map is applied first, then the schema is checked, where there is one. Raises InputError at the first fault,
    OSError where something is unreadable.
    """
    parts: list[Annotated] = []
    for path in paths:
        units = list(units_of(path, (given,) if given else FORMATS))
        parts += [each.read(unit) for unit, each in units if each]
        parts.append(Annotated((), left_out(path, units)))
    return under_schema(_merged(parts), schema, mapping)


def under_schema(annotated: Annotated, schema: Schema | None, mapping: LabelMap = _AS_IT_IS) -> Annotated:
    """What was read under the labels of the map, then checked against the schema, where there is one.

    Raises InputError at the first thing that the schema does not allow.
    """
    if mapping != _AS_IT_IS:
        annotated = mapping.applied(annotated)
    if schema:
        _check(annotated, schema)
    return annotated


def read_and_say(
    paths: Iterable[Path], schema: Schema, mapping: LabelMap | None = None, kept: Path | None = None
) -> list[Dispatch]:
    """The dispatches of `read_annotations`, after what there is to say about them was said and written to `kept`."""
    annotated = read_annotations(paths, schema, mapping or LabelMap())
    say_findings(annotated.findings, kept)
    return list(annotated.dispatches)


def recognitions(paths: Iterable[Path], given: Format | None = None) -> list[str]:
    """In a line each, what is read as which format, and by what it was known; raises as `read_annotations`."""
    lines = []
    for path in paths:
        counts = Counter(
            (each, known[1] if (known := recognise(unit, [each])) else _ASKED_FOR)
            for unit, each in units_of(path, (given,) if given else FORMATS)
            if each
        )
        for each in dict.fromkeys(each for each, _ in counts):
            reasons = [reason for (other, reason), _ in counts.most_common() if other is each]
            count = sum(number for (other, _), number in counts.items() if other is each)
            many = f"{count} files, " if path.is_dir() and count > 1 else ""
            why = "" if _ASKED_FOR in reasons else f" ({'; '.join(reasons[:_REASONS])})"
            lines.append(f"{path}: {many}{each.title}{why}")
    return lines


def say_findings(findings: Sequence[Finding], kept: Path | None = None) -> None:
    """Show the first findings on stderr, one line each, and write all of them to the file `kept`, if there are any or
    it tells of a run before.
    """
    if kept and (findings or kept.is_file()):
        write_atomically(kept, "".join(f"{finding}\n" for finding in findings).encode("utf-8", errors="replace"))
    for finding in findings[:_SHOWN]:
        typer.echo(str(finding), err=True)
    if len(findings) > _SHOWN:
        typer.echo(f"… and {len(findings) - _SHOWN} more{f', all in {kept}' if kept else ''}", err=True)


def units_of(path: Path, among: Sequence[Format]) -> Iterator[tuple[Path, Format | None]]:
    """The files and folders that are read for `path`, each with its format, and the files in none of them. Raises
    InputError where nothing there is in a format looked for.
    """
    if not path.is_dir():
        yield path, recognised(path, among)[0]
        return
    found = list(_walk(path, among))
    if not any(each for _, each in found):
        if not found:
            raise InputError(Place(str(path)), "format", "expected annotated files, got an empty folder")
        first = found[0][0]
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        what = f"no file here is in a format looked for, as {first.relative_to(path)}{others}: {unknown(first, among)}"
        raise InputError(Place(str(path)), "format", what)
    yield from found


def _walk(folder: Path, among: Sequence[Format]) -> Iterator[tuple[Path, Format | None]]:
    """The folder itself where a format has it for a unit, else what is in it, but for what is hidden."""
    whole = recognise(folder, among)
    if whole:
        yield folder, whole[0]
        return
    for each in sorted(folder.iterdir()):
        if each.name.startswith("."):
            continue
        if each.is_dir():
            yield from () if each.is_symlink() else _walk(each, among)
        else:
            yield each, (recognise(each, among) or (None,))[0]


def left_out(path: Path, units: Sequence[tuple[Path, Format | None]]) -> tuple[Finding, ...]:
    """A warning that names the files of a folder in no format, but for those that belong to a unit, as a text may."""
    beside = {unit.with_suffix("") for unit, each in units if each}
    companions = {above / name for unit, each in units if each for above in unit.parents for name in each.companions}
    unread = [unit for unit, each in units if not each]
    others = [unit for unit in unread if unit not in companions and unit.with_suffix("") not in beside]
    if not others:
        return ()
    what = f"left out, for they are in no known format: {', '.join(str(each.relative_to(path)) for each in others)}"
    return (Finding(Place(str(path)), "format", "warning", what),)


def _merged(parts: Sequence[Annotated]) -> Annotated:
    """Several readings as one; raises InputError where an id occurs in two."""
    places: dict[tuple[str, ...], Place] = {}
    texts: dict[str, str] = {}
    for part in parts:
        for dispatch in part.dispatches:
            if (dispatch.id,) in places:
                what = f"{dispatch.id} occurs twice, first in {places[dispatch.id,].path}"
                same = dispatch.text == texts.get(dispatch.id)
                hint = "; if two have annotated the same text, read one of them, or both with `dateline agree`"
                raise InputError(part.place_of(dispatch), "id", what + (hint if same else ""))
        texts.update({dispatch.id: dispatch.text for dispatch in part.dispatches})
        places.update(part.places)
    dispatches = tuple(dispatch for part in parts for dispatch in part.dispatches)
    return Annotated(dispatches, tuple(finding for part in parts for finding in part.findings), places)


def _check(annotated: Annotated, schema: Schema) -> None:
    held = Counter(annotated.place_of(dispatch).path for dispatch in annotated.dispatches)
    for dispatch in annotated.dispatches:
        for field, what in schema.problems(dispatch):
            part = _part(dispatch, field)
            place = annotated.place_of(dispatch, part)
            if isinstance(part, Span) and ".attributes." in field and field.rpartition(".")[2] not in part.attributes:
                what = f"{what}, which a label map (--map) can give it"
            several = held[annotated.place_of(dispatch).path] > 1  # maybe all on one line, so the field names the one
            raise InputError(place, f"{dispatch.id}.{field}" if several else field, what)


def _part(dispatch: Dispatch, field: str) -> Span | Relation | None:
    """The span or relation that the field of a schema problem names."""
    match = re.match(r"(spans|relations)\[(\d+)\]", field)
    if not match:
        return None
    return dispatch.spans[int(match[2])] if match[1] == "spans" else dispatch.relations[int(match[2])]
