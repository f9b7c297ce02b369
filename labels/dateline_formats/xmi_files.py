"""Files of CAS XMI and of their types, alone or packed → what dkpro-cassis makes of them.

cassis turns the UTF-16 offsets of UIMA into code points. No file of ours is parsed that declares a document type.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from dateline_labels import InputError, MissingExtraError, Place
from dateline_labels.files import decode_utf8

from .inception_project import project_document
from .json_rows import BYTE_ORDER_MARK
from .xmi_writing import TYPES

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

VIEW = "_InitialView"
_LARGEST = 1 << 30  # bytes of all that is unpacked
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_NUMBER = re.compile(r"""<[\w:.-]+\s(?:[^<]*?\s)?xmi:id=["'](\d+)["']""")
_Parsed = TypeVar("_Parsed")


def read_files(path: Path) -> Iterator[tuple[Place, str, "Cas"]]:
    """Each file of XMI with its name and what is in it; raises InputError, OSError, MissingExtraError."""
    if not find_spec("cassis"):
        raise MissingExtraError(f"{path}: a CAS XMI file", "dkpro-cassis", "formats")
    found = _unpacked(path) if zipfile.is_zipfile(path) else _beside(path)
    at_types = next((place for place in found if PurePosixPath(place.path).name == TYPES), None)
    if at_types is None or len(found) < 2:
        raise InputError(Place(str(path)), "types", f"expected {TYPES} with an .xmi file, as INCEpTION exports both")
    types = _parsed(_xml(found.pop(at_types), at_types), at_types, "types", _types)
    for place, data in found.items():
        source = _xml(data, place)
        _check_numbers(source, place)
        cas = _parsed(source, place, "xmi", partial(_load, types=types))
        if cas.sofa_string is None:
            raise InputError(place, "sofa", f"expected a text in {VIEW}, got none")
        yield place, project_document(path) or PurePosixPath(place.path).stem, cas


@lru_cache(maxsize=8)
def _types(source: str) -> "TypeSystem":
    """The types, which the files of a project have in common; cassis takes long over them and changes none later."""
    from cassis import load_typesystem

    return load_typesystem(source)


def _load(source: str, types: "TypeSystem") -> "Cas":
    from cassis import load_cas_from_xmi

    return load_cas_from_xmi(source, typesystem=types)


def _beside(path: Path) -> dict[Place, bytes]:
    types = path.parent / TYPES
    found = {Place(str(path)): path.read_bytes()}
    return {**found, Place(str(types)): types.read_bytes()} if types.is_file() else found


def _unpacked(path: Path) -> dict[Place, bytes]:
    files: dict[Place, bytes] = {}
    left = _LARGEST
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if not name.endswith((".xmi", TYPES)):
                    continue
                with archive.open(name) as member:
                    data = member.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise InputError(Place(str(path)), "zip", f"unpacks to more than {_LARGEST >> 20} MiB")
                files[Place(f"{path}/{name}")] = data
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise InputError(Place(str(path)), "zip", str(error)) from None
    return files


def _xml(data: bytes, place: Place) -> str:
    """The XML as text without its declaration; raises InputError where a document type is declared, as none needs."""
    text = decode_utf8(data.removeprefix(BYTE_ORDER_MARK), place)
    if "<!DOCTYPE" in text:
        raise InputError(place, "xml", "a document type is declared, which no export does")
    return _DECLARATION.sub("", text, count=1)


def _check_numbers(source: str, place: Place) -> None:
    """Raise InputError where two elements have one number: cassis would keep the later alone, and say nothing."""
    seen: set[str] = set()
    for found in _NUMBER.finditer(source):
        if found[1] in seen:
            line = source.count("\n", 0, found.start(1)) + 1
            raise InputError(place.at(line), "id", f"two elements have the number {found[1]}")
        seen.add(found[1])


def _parsed(source: str, place: Place, name: str, load: Callable[[str], _Parsed]) -> _Parsed:
    """What cassis makes of the XML. It trusts what it reads and fails in every way; each becomes an InputError."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            parsed = load(source)
        except Exception as error:
            line = getattr(error, "lineno", None) or 0
            raise InputError(place.at(line), name, f"{type(error).__name__}: {error}") from None
    misplaced = [str(each.message) for each in warned if str(each.message).startswith("Not mapping")]
    if misplaced:
        raise InputError(place, name, f"an annotation begins or ends where no character does: {misplaced[0]}")
    return parsed
