"""Packed bundles: read from verified bytes without unpacking; archives made to do harm are refused."""

import shutil
import stat
import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from bundle_damage import engines_built, entries, refused, reseal, write_zip
from dateline_infer import Extractor
from dateline_labels import BundleError

__all__ = ["engines_built"]
Parts = list[tuple[ZipInfo, bytes]]
Change = Callable[[Parts], object]
Patch = Callable[[bytearray, int, int], object]
CENTRAL, END = b"PK\x01\x02", b"PK\x05\x06"


@pytest.fixture
def bundle(tmp_path: Path, tiny_bundle: Path) -> Path:
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


def named(parts: Parts, name: str) -> ZipInfo:
    return next(info for info, _ in parts if info.filename == name)


def more(name: str, data: bytes = b"x", mode: int = 0, method: int = ZIP_DEFLATED) -> Change:
    """One more entry."""

    def change(parts: Parts) -> None:
        info = ZipInfo(name)
        info.create_system, info.external_attr, info.compress_type = 3, mode << 16, method
        parts.append((info, data))

    return change


def of_mode(name: str, mode: int) -> Change:
    return lambda parts: setattr(named(parts, name), "external_attr", mode << 16)


def instead(name: str, data: bytes) -> Change:
    def change(parts: Parts) -> None:
        at = [info.filename for info, _ in parts].index(name)
        parts[at] = (parts[at][0], data)

    return change


def all_named(change: Callable[[str], str]) -> Change:
    def rename(parts: Parts) -> None:
        parts[:] = [(ZipInfo(change(info.filename)), data) for info, data in parts]

    return rename


ENTRIES: dict[str, tuple[Change, str]] = {
    "a way out": (more("../x"), "../x: a file that no bundle has"),
    "a long way out": (more("../../../../../../etc/cron.d/x"), "a file that no bundle has"),
    "an absolute path": (more("/etc/passwd"), "etc/passwd: a file that no bundle has"),
    "a path of Windows": (more("C:\\x"), "a file that no bundle has"),
    "a path with backslashes": (more("..\\x"), "a file that no bundle has"),
    "a name of 300 letters": (more("x" * 300), "a file that no bundle has"),
    "a folder": (more("onnx/"), "a file that no bundle has"),
    "all in a folder": (all_named("bundle/{}".format), "a file that no bundle has"),
    "a pickle": (more("weights.pkl"), "weights.pkl: a file that no bundle has"),
    "an archive within": (more("bundle.zip"), "bundle.zip: a file that no bundle has"),
    "another case": (more("CONFIG.JSON"), "CONFIG.JSON: a file that no bundle has"),
    "a twin": (more("cönfig.json"), "a file that no bundle has"),
    "a link": (more("encoder.int8.onnx", b"/etc/passwd", stat.S_IFLNK | 0o777), "int8.onnx: expected a plain file"),
    "a link in the place of a file": (of_mode("config.json", stat.S_IFLNK | 0o777), "config.json: expected a plain"),
    "a pipe": (of_mode("config.json", stat.S_IFIFO | 0o644), "config.json: expected a plain file"),
    "a device": (of_mode("config.json", stat.S_IFBLK | 0o644), "config.json: expected a plain file"),
    "a folder of a file's name": (lambda parts: setattr(named(parts, "config.json"), "external_attr", 0x10),
                                  "config.json: expected a plain file"),
    "two of one name": (more("config.json"), "a name occurs twice"),
    "two manifests": (more("manifest.json", b"{}"), "a name occurs twice"),
    "another compression": (lambda parts: setattr(named(parts, "config.json"), "compress_type", ZIP_BZIP2),
                            "config.json: expected an entry stored or deflated"),
    "a file more than is listed": (more("encoder.int8.onnx"), "encoder.int8.onnx: a file that is not in the manifest"),
    "a file less": (lambda parts: parts.remove(next(part for part in parts if part[0].filename == "metrics.json")),
                    "metrics.json: missing"),
    "no manifest": (lambda parts: parts.remove(next(part for part in parts if part[0].filename == "manifest.json")),
                    "there is no manifest.json"),
    "nothing": (lambda parts: parts.clear(), "not a bundle"),
    "another file": (instead("config.json", b"{}"), "config.json: expected"),
    "a file that unpacks to thousands": (instead("tokenizer.json", b" " * 2**24), "unpacks to more than 200 times"),
    "a file too large": (instead("config.json", b" " * 2**21), "config.json: expected at most"),
    "too many files": (lambda parts: [more(f"{number}")(parts) for number in range(300)], "more than"),
}  # fmt: skip


@pytest.mark.parametrize("case", ENTRIES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_of_other_entries_is_refused(
    case: str, bundle: Path, capfd: pytest.CaptureFixture[str], engines_built: list[object]
) -> None:
    change, says = ENTRIES[case]
    parts = entries(bundle)
    change(parts)
    packed = write_zip(bundle.parent / "bundle.zip", parts)
    assert says in refused(packed, capfd)
    assert engines_built == []


def central(data: bytes, name: str) -> int:
    """Where the directory speaks of a file."""
    at = data.find(CENTRAL)
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.index(CENTRAL, at + 4)
    return at


def short(place: int, value: int) -> Patch:
    """Two bytes of the entry in the directory."""
    return lambda data, at, end: struct.pack_into("<H", data, at + place, value)


def long(place: int, value: int) -> Patch:
    return lambda data, at, end: struct.pack_into("<L", data, at + place, value)


def ending(place: int, value: int) -> Patch:
    """Two bytes of what stands at the end."""
    return lambda data, at, end: struct.pack_into("<H", data, end + place, value)


def put_in(data: bytearray, at: int, end: int) -> None:
    """Where archives of 64 bits say where a directory of millions is."""
    data[end:end] = b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16)


def share_bytes(data: bytearray, at: int, end: int) -> None:
    """Let one entry be made of the bytes of another, as archives are that unpack to petabytes."""
    start, other = struct.unpack_from("<L", data, at + 42)[0], central(data, "encoder.onnx")
    struct.pack_into("<L", data, other + 42, start)


PATCHES: dict[str, tuple[Patch, str]] = {
    "a password": (short(8, 1), "without a password"),
    "strong encryption": (short(8, 0x41), "without a password"),
    "a patch of a file": (short(8, 0x20), "without a password"),
    "a compression of Windows": (short(10, 9), "stored or deflated"),
    "another name inside": (lambda data, at, end: data.__setitem__(slice(at + 46, at + 47), b"C"), "Config.json"),
    "a name cut by a zero": (lambda data, at, end: data.__setitem__(slice(at + 56, at + 57), b"\0"), "config.jso\\x00"),
    "a size too small": (long(24, 10), "config.json: expected"),
    "a size too large": (long(24, 2**20), "config.json: expected"),
    "a size of four gibibytes": (long(24, 2**32 - 2), "config.json: expected at most"),
    "another checksum": (long(16, 1), "config.json: "),
    "a place past the end": (long(42, 2**31), ""),
    "bytes of another entry": (share_bytes, "shares its bytes"),
    "65,535 entries": (lambda data, at, end: [ending(place, 0xFFFF)(data, at, end) for place in (8, 10)], "more than"),
    "two disks": (ending(4, 1), "plain .zip"),
    "a million entries of 64 bits": (put_in, "plain .zip"),
    "something in front": (lambda data, at, end: data.__setitem__(slice(0, 0), b"#!/bin/sh\n"), "plain .zip"),
    "something behind": (lambda data, at, end: data.extend(b"x" * 10), "cut off, or has more behind"),
    "a comment": (lambda data, at, end: (ending(20, 3)(data, at, end), data.extend(b"abc")), "has more behind"),
    "an end cut off": (lambda data, at, end: data.__delitem__(slice(end, None)), "cut off"),
    "a broken entry": (lambda data, at, end: data.__setitem__(slice(200, 260), bytes(60)), ""),
}


@pytest.mark.parametrize("case", PATCHES)
def test_an_archive_whose_bytes_were_changed_is_refused(
    case: str, bundle: Path, capfd: pytest.CaptureFixture[str], engines_built: list[object]
) -> None:
    change, says = PATCHES[case]
    packed = write_zip(bundle.parent / "bundle.zip", entries(bundle))
    data = bytearray(packed.read_bytes())
    change(data, central(data, "config.json"), data.rindex(END))
    packed.write_bytes(data)
    assert says in refused(packed, capfd)
    assert engines_built == []


def test_a_digest_that_does_not_hold_is_found_in_an_archive_too(bundle: Path, engines_built: list[object]) -> None:
    data = bytearray((bundle / "encoder.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (bundle / "encoder.onnx").write_bytes(data)
    packed = write_zip(bundle.parent / "bundle.zip", entries(bundle))
    with pytest.raises(BundleError, match=r"bundle\.zip/encoder\.onnx: expected the SHA-256"):
        Extractor.load(packed)
    assert engines_built == []


def test_what_an_archive_holds_is_looked_into_too(bundle: Path, engines_built: list[object]) -> None:
    inner = write_zip(bundle.parent / "inner.zip", entries(bundle))
    reseal(bundle, "encoder.onnx", inner.read_bytes())
    packed = write_zip(bundle.parent / "bundle.zip", entries(bundle))
    with pytest.raises(BundleError, match=r"bundle\.zip/encoder\.onnx: "):
        Extractor.load(packed)
    assert engines_built == []


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_a_plain_archive_is_read_without_unpacking_it(method: int, bundle: Path) -> None:
    parts = entries(bundle)
    for info, _ in parts:
        info.compress_type = method
    packed = write_zip(bundle.parent / "bundle.zip", parts)
    before = sorted(bundle.parent.iterdir())
    text = "Gunmen attacked Gao."
    assert Extractor.load(packed)(text) == Extractor.load(bundle)(text)
    assert sorted(bundle.parent.iterdir()) == before


def test_an_archive_of_another_program_is_read(bundle: Path) -> None:
    """With rights and times behind each name, and sizes behind each entry."""
    packed = bundle.parent / "bundle.zip"
    with packed.open("wb") as file, ZipFile(_Pipe(file), "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for each in sorted(bundle.iterdir()):
            archive.write(each, each.name)
    assert Extractor.load(packed)("Gunmen attacked Gao.").text


class _Pipe:
    """A file that cannot go back."""

    def __init__(self, file: object) -> None:
        self.write, self.flush = file.write, file.flush  # type: ignore[attr-defined]
