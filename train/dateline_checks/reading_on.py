"""Files and folders in any format → dispatches and every fault: what cannot be read hides nothing beside it.

A file of one dispatch is read by itself; a file of many that its reader refuses is cut into pieces, those at fault are
found by halving and told one by one, and the others are read together, as offsets and tags mean what they do in the
whole file. Of one dispatch that cannot be read the first fault alone is told; what follows from it nobody knows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dateline_formats import as_label_studio
from dateline_formats.drafts import id_of
from dateline_formats.format import Annotated, Format
from dateline_formats.known import FORMATS
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import left_out, units_of
from dateline_labels import InputError, Place
from dateline_labels.progress import with_progress

from .pieces import Piece, pieces_of, read_pieces
from .problems import Placed, Problem, of_error, of_findings

_MOST_FAULTS_OF_THE_WHOLE = 50


@dataclass
class Read:
    """What could be read, and what is wrong with the rest; `annotators` has what each marked, of files that tell,
    `rules` the names of the rules of the map that there is something for.
    """

    placed: list[Placed] = field(default_factory=list)
    annotators: list[Mapping[str, Annotated]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)

    def add(self, annotated: Annotated) -> None:
        """Add dispatches and what their reader had to say."""
        self.placed += [Placed(dispatch, annotated) for dispatch in annotated.dispatches]
        self.problems += of_findings(annotated.findings)


def read_on(paths: Iterable[Path], mapping: LabelMap, given: Format | None) -> Read:
    """Every dispatch that can be read, under the labels of the map; OSError where a path itself is unreadable."""
    read = Read()
    units: list[tuple[Path, Format]] = []
    for path in paths:
        try:
            found = list(units_of(path, (given,) if given else FORMATS))
        except InputError as error:
            read.problems.append(of_error(error))
            continue
        units += [(unit, each) for unit, each in found if each]
        read.add(Annotated((), left_out(path, found)))
    for unit, each in with_progress(units, len(units), "reading"):
        before = len(read.problems)
        for annotated in _unit(unit, each, read.problems):
            _apply(mapping, annotated, read)
        whole = not any(problem.kind == "error" for problem in read.problems[before:])
        if whole and each.name == as_label_studio.FORMAT.name:
            _add_annotators(unit, mapping, read)
    return read


def _add_annotators(unit: Path, mapping: LabelMap, read: Read) -> None:
    """Add what each annotator of a Label Studio file marked, where there are several; of a file that is read whole.

    Of several annotations of a task its reader takes one; what is at fault in the others is told here.
    """
    try:
        found = as_label_studio.read_annotators(unit)
        if len(found) > 1:
            read.annotators.append({name: mapping.applied(each) for name, each in found.items()})
    except InputError as error:
        read.problems.append(of_error(error))


def _apply(mapping: LabelMap, annotated: Annotated, read: Read) -> None:
    """Add the dispatches under the labels of the map; where it cannot be applied to one, that one is left out."""
    read.rules |= mapping.rules_for(annotated.dispatches)
    if mapping == LabelMap():
        read.add(annotated)
        return
    try:
        read.add(mapping.applied(annotated))
        return
    except InputError:
        read.add(Annotated((), annotated.findings))
    for dispatch in annotated.dispatches:
        try:
            read.add(mapping.applied(Annotated((dispatch,), (), annotated.places)))
        except InputError as error:
            read.problems.append(of_error(error, "map"))


def _unit(unit: Path, each: Format, problems: list[Problem]) -> list[Annotated]:
    """The file or folder as one reading or, where it holds an id twice, several."""
    try:
        return [each.read(unit)]
    except InputError as error:
        first = of_error(error)
    except OSError as error:
        problems.append(Problem(Place(str(unit)), "file", "error", "unreadable", error.strerror or str(error)))
        return []
    found: list[Problem] = []
    parts: list[Annotated] = []
    try:
        whole = pieces_of(unit, each)
        parts = _parts(unit, each, _sound(unit, each, whole, found), found)
    except InputError as error:
        found.append(of_error(error))
    told_by_itself = found or len(parts) > 1  # of an id that occurs twice the collection tells
    problems += found if told_by_itself else [first]
    return parts


def _sound(unit: Path, each: Format, pieces: Sequence[Piece], problems: list[Problem]) -> list[Piece]:
    """The pieces that can be read by themselves; the faults of the others are added to the problems."""
    if not pieces:
        return []
    try:
        read_pieces(unit, each, pieces)
        return list(pieces)
    except InputError as error:
        if len(pieces) == 1:
            problems.append(of_error(error))
            return []
    half = len(pieces) // 2
    return _sound(unit, each, pieces[:half], problems) + _sound(unit, each, pieces[half:], problems)


def _parts(unit: Path, each: Format, pieces: Sequence[Piece], problems: list[Problem]) -> list[Annotated]:
    """The pieces read together; those of an id that was there already apart from the others."""
    if not pieces:
        return []
    try:
        return [read_pieces(unit, each, pieces)]
    except InputError:
        parts = _by_occurrence(unit, each, pieces)
    return [read for part in parts if (read := _together(unit, each, part, problems))]


def _by_occurrence(unit: Path, each: Format, pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The first pieces of each id, the second ones, and so on."""
    counted = {id_of(unit, None, 0), id_of(unit, None, 1)}  # as which a row without an id is read by itself
    seen: Counter[str] = Counter()
    parts: list[list[Piece]] = []
    for number, piece in enumerate(pieces):
        name = "".join(dispatch.id for dispatch in read_pieces(unit, each, [piece]).dispatches)
        name = f"{name} {number}" if not name or name in counted else name
        if seen[name] == len(parts):
            parts.append([])
        parts[seen[name]].append(piece)
        seen[name] += 1
    return parts


def _together(unit: Path, each: Format, pieces: list[Piece], problems: list[Problem]) -> Annotated | None:
    """The pieces that can be read beside each other, as those whose offsets are in one unit; the others are told."""
    for _ in range(_MOST_FAULTS_OF_THE_WHOLE):
        try:
            return read_pieces(unit, each, pieces)
        except InputError as error:
            problems.append(of_error(error))
            at = [number for number, piece in enumerate(pieces) if _is_of(error, piece)]
            if not at:
                return None
            del pieces[at[-1]]
    what = f"more than {_MOST_FAULTS_OF_THE_WHOLE} faults that only the whole file shows; the rest of it is not read"
    problems.append(Problem(Place(str(unit)), "file", "error", "unreadable", what))
    return None


def _is_of(error: InputError, piece: Piece) -> bool:
    if piece.field:
        return error.field == piece.field or error.field.startswith(f"{piece.field}.")
    return piece.line <= error.place.line <= piece.line + piece.text.count("\n")
