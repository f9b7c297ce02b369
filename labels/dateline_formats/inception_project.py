"""How INCEpTION lays out the export of a project: a folder a document, in it a file of each annotator.

exportedproject.json
annotation/report.txt/        anna.tsv, ben.tsv, INITIAL_CAS.tsv
curation/report.txt/          CURATION_USER.tsv
source/report.txt
"""

from collections.abc import Mapping
from pathlib import Path

_CURATED, _INITIAL = "CURATION_USER", "INITIAL_CAS"
_ANNOTATION, _CURATION = "annotation", "curation"
_SUFFIXES = (".tsv", ".xmi", ".zip")
_OTHERS = ("source", "exportedproject*.json")


def stem_of(path: Path) -> str:
    """The file's name without the suffix of an export."""
    return path.stem if path.suffix in _SUFFIXES else path.name


def is_unannotated(path: Path) -> bool:
    """Whether the file is the copy of a document that annotators begin with, which nobody has annotated."""
    return stem_of(path) == _INITIAL


def project_document(path: Path) -> str | None:
    """The document that a file of a project is of, by the name of its folder; None where it is no such file."""
    folder = path.absolute().parent
    if stem_of(path) in (_CURATED, _INITIAL):
        return folder.name
    if folder.parent.name not in (_ANNOTATION, _CURATION):
        return None
    root = folder.parent.parent
    exported = bool(folder.suffix) or any(next(root.glob(name), None) for name in _OTHERS)
    return folder.name if exported else None


def annotator_of(path: Path) -> str:
    """Who made a file of a project, which may be packed in a `.zip`; nothing where no annotator did."""
    path = path.parent if path.parent.suffix == ".zip" else path
    return stem_of(path) if project_document(path) and stem_of(path) not in (_CURATED, _INITIAL) else ""


def files_by_annotator(folder: Path) -> Mapping[str, list[Path]]:
    """The files of each annotator, by name, of an unpacked project or of its folder `annotation`; none elsewhere."""
    if (folder / _ANNOTATION).is_dir():
        folder = folder / _ANNOTATION
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*/*")) if folder.absolute().name == _ANNOTATION else ():
        if path.is_file() and not path.name.startswith(".") and project_document(path) and not is_unannotated(path):
            found.setdefault(stem_of(path), []).append(path)
    return dict(sorted(found.items()))
