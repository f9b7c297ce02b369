"""Every format that is known, in one place; which one a file is in, and why.

They are asked in their order, so that the formats that anything of their suffix could be in come last.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path

from dateline_labels import InputError, Place

from . import (
    as_brat,
    as_conll,
    as_datasets,
    as_docbin,
    as_doccano,
    as_gliner,
    as_jsonl,
    as_label_studio,
    as_markup,
    as_muc4,
    as_prodigy,
    as_re3d,
    as_scierc,
    as_spert,
    as_webanno,
    as_xmi,
)
from .format import Format

FORMATS: tuple[Format, ...] = (
    as_brat.FORMAT,
    as_label_studio.FORMAT,
    as_prodigy.FORMAT,
    as_doccano.FORMAT,
    as_spert.FORMAT,
    as_scierc.FORMAT,
    as_gliner.FORMAT,
    as_muc4.FORMAT,
    as_re3d.FORMAT,
    as_datasets.FORMAT,
    as_webanno.FORMAT,
    as_xmi.FORMAT,
    as_docbin.FORMAT,
    as_conll.FORMAT,
    as_markup.FORMAT,
    as_jsonl.FORMAT,
)
_HEAD = 1 << 20
_LOOKED_AT, _CAS_JSON = 4096, b'"%TYPES"'
_ZIP, _UTF_16 = b"PK\x03\x04", (b"\xff\xfe", b"\xfe\xff")
_BARE = (".txt", ".csv", ".parquet")


def named(name: str) -> Format:
    """The format of that name; raises InputError where there is none."""
    for each in FORMATS:
        if each.name == name:
            return each
    raise InputError(Place(name), "format", f"expected one of {', '.join(each.name for each in FORMATS)}")


def target_format(path: Path) -> Format:
    """The format that `path` is written in where none is asked for: one of ours, or the only one of its suffix. Raises
    InputError where that is none or several.
    """
    ours = [each for each in (as_markup.FORMAT, as_jsonl.FORMAT) if _ends_in(path, each)]
    found = ours or [each for each in FORMATS if path.suffix and _ends_in(path, each)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.name for each in found or FORMATS)
    what = f"expected a folder, or a file ending in {' or '.join(as_jsonl.SUFFIXES)}, or --to one of {names}"
    raise InputError(Place(str(path)), "format", what)


def _ends_in(path: Path, each: Format) -> bool:
    return any(path.name.endswith(suffix) if suffix else not path.suffix for suffix in each.suffixes)


def recognise(path: Path, among: Sequence[Format] = FORMATS) -> tuple[Format, str] | None:
    """The first format that knows the file or folder as its own, and by what; None where none does."""
    head = b"" if path.is_dir() else _head(path)
    for each in among:
        reason = each.recognise(path, head)
        if reason:
            return each, reason
    return None


def recognised(path: Path, among: Sequence[Format] = FORMATS) -> tuple[Format, str]:
    """The same; raises InputError where no format does. The only format there is reads whatever it is given."""
    found = recognise(path, among) or ((among[0], "asked for") if len(among) == 1 else None)
    if found is None:
        raise InputError(Place(str(path)), "format", unknown(path, among))
    return found


def unknown(path: Path, among: Sequence[Format]) -> str:
    """What there is to say of a file in no format."""
    with path.open("rb") as file:
        begins = file.read(_LOOKED_AT)
    if not begins:
        return "expected annotations, got an empty file"
    if begins.startswith(_UTF_16):
        return "expected annotations in UTF-8, got UTF-16; save it as UTF-8"
    if begins.startswith(_ZIP):
        return "expected annotations, got a packed file of none that are known; unpack it and name what is in it"
    if _CAS_JSON in begins:
        return "expected annotations, got UIMA CAS JSON, which is not read; export CAS XMI or WebAnno TSV 3.3"
    names = ", ".join(each.name for each in among)
    expected = f"expected a folder or a file of annotations in a known format ({names})"
    if path.name.removesuffix(".gz").endswith(_BARE):
        expected = f"{expected}; texts that nobody annotated are read by `dateline extract`"
    return f"{expected}; one that is not recognised is named by `dateline convert --from`"


def _head(path: Path) -> bytes:
    """The first bytes of the file, unpacked as far as they can be."""
    with path.open("rb") as file:
        data = file.read(_HEAD)
    if path.suffix != ".gz":
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, _HEAD)
    except zlib.error:
        return b""
