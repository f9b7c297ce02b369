"""Paths → annotators, each with a name and what they marked.

Several paths are an annotator each. One path is a collection: a file of Label Studio or Prodigy, which say who made
what; a project of INCEpTION, with a file of each annotator in the folder of a document; or a folder in which each
folder, or else each file, is one annotator's, as those who work with brat or doccano keep it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from dateline_formats import as_label_studio, as_prodigy
from dateline_formats.format import Annotated, Finding, Format
from dateline_formats.inception_project import files_by_annotator
from dateline_formats.known import FORMATS, recognise, recognised
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_annotations, under_schema
from dateline_labels import InputError, Place, Schema

_APART = {
    as_label_studio.FORMAT.name: as_label_studio.read_annotators,
    as_prodigy.FORMAT.name: as_prodigy.read_annotators,
}
"""Readers of formats whose files say who made what, by the formats' names."""


@dataclass(frozen=True)
class Annotator:
    """Somebody who annotates, by name, and what they marked."""

    name: str
    path: Path
    annotated: Annotated


@dataclass(frozen=True)
class Terms:
    """Under what annotations are read: a schema to be kept to, a label map, the format where it is not recognised."""

    schema: Schema | None = None
    mapping: LabelMap = field(default_factory=LabelMap)
    given: Format | None = None


def read_annotators(paths: Sequence[Path], terms: Terms) -> list[Annotator]:
    """Every annotator, in the order of the paths, of a collection in that of their names.

    Raises InputError at the first fault, and where there are not two.
    """
    found = list(_of_paths(paths, terms) if len(paths) > 1 else _of_collection(paths[0], terms))
    if len(found) < 2:
        names = ", ".join(each.name for each in found) or "nobody"
        raise InputError(Place(str(paths[0])), "annotators", f"expected two annotators or more, got {names}")
    return found


def left_out(paths: Sequence[Path]) -> tuple[Finding, ...]:
    """A warning that names the files of a collection that are no annotator's."""
    if len(paths) > 1 or not paths[0].is_dir() or not _folders(paths[0]) or files_by_annotator(paths[0]):
        return ()
    others = [each.name for each in sorted(paths[0].iterdir()) if each.is_file()]
    what = f"left out, beside the folders of the annotators: {', '.join(others)}"
    return (Finding(Place(str(paths[0])), "annotators", "warning", what),) if others else ()


def _of_paths(paths: Sequence[Path], terms: Terms) -> Iterator[Annotator]:
    for name, path in zip(_names(paths), paths, strict=True):
        yield Annotator(name, path, read_annotations([path], terms.schema, terms.mapping, terms.given))


def _of_collection(path: Path, terms: Terms) -> Iterator[Annotator]:
    if path.is_dir() and (files := files_by_annotator(path)):
        for name, own in files.items():
            yield Annotator(name, path, read_annotations(own, terms.schema, terms.mapping, terms.given))
        return
    if path.is_dir():
        among = (terms.given,) if terms.given else FORMATS
        parts = _folders(path) or [each for each in sorted(path.iterdir()) if recognise(each, among)]
        yield from _of_paths(parts, terms)
        return
    form = terms.given or recognised(path)[0]
    if form.name not in _APART:
        what = f"a file in {form.title} is of one annotator; expected one of each, or a folder of them"
        raise InputError(Place(str(path)), "annotators", what)
    for name, annotated in sorted(_APART[form.name](path).items()):
        yield Annotator(name, path, under_schema(annotated, terms.schema, terms.mapping))


def _folders(path: Path) -> list[Path]:
    folders = [each for each in path.iterdir() if each.is_dir() and not each.is_symlink()]
    return sorted(each for each in folders if not each.name.startswith("."))


def _names(paths: Sequence[Path]) -> list[str]:
    """The names of the files or folders without their suffixes; those of the folders above where they are the same."""
    whole = [path.absolute() for path in paths]
    levels = [[_stem(path) for path in whole]]
    for level in range(min((len(path.parents) for path in whole), default=1) - 1):
        levels.append([path.parents[level].name for path in whole])
    for names in levels:
        if len(set(names)) == len(names) and all(names):
            return names
    return _numbered(levels[0])


def _numbered(names: Sequence[str]) -> list[str]:
    """Each name with the lowest number that tells it from those before it."""
    taken: list[str] = []
    for name in names:
        tried = (name if number == 1 else f"{name} {number}" for number in count(1))
        taken.append(next(each for each in tried if each not in taken))
    return taken


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name if path.is_dir() else (name.rpartition(".")[0] or name)
