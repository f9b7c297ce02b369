"""Bundles that someone made to do harm: each is refused with one line that names the file, before a runtime sees it."""

import json
import os
import pickle
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundle_damage import Damage, Plain, change_manifest, engines_built, refused, reseal, resealed, with_json
from dateline_bundle.files import MANIFEST
from dateline_bundle.manifest import ALLOWED, REQUIRED
from dateline_infer import Extractor
from dateline_labels import BundleError

__all__ = ["engines_built"]
PICKLE = pickle.dumps({"weights": [1.0, 2.0]})
BLOCK = b"PK\x03\x04" + b"\x00" * 64


@pytest.fixture
def bundle(tmp_path: Path, tiny_bundle: Path) -> Path:
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


def with_manifest(change: Callable[[Plain], object]) -> Damage:
    return lambda bundle: change_manifest(bundle, change)


def with_text(name: str, old: str, new: str) -> Damage:
    """Change the text of a file, once, and make the manifest agree."""

    def damage(bundle: Path) -> None:
        text = (bundle / name).read_text(encoding="utf-8")
        assert old in text
        changed = text.replace(old, new, 1)
        if name == MANIFEST:
            (bundle / name).write_text(changed, encoding="utf-8")
        else:
            reseal(bundle, name, changed.encode())

    return damage


def renamed(old: str, new: str) -> Damage:
    return lambda bundle: (bundle / old).rename(bundle / new)


def listed_twice(bundle: Path) -> None:
    record = json.dumps(json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))["files"]["config.json"])
    with_text(MANIFEST, '"config.json": {', f'"config.json": {record}, "config.json": {{')(bundle)


def twin(form: Any) -> Damage:
    """A file whose name differs from that of another in how an accent is written, and is listed."""

    def damage(bundle: Path) -> None:
        name = unicodedata.normalize(form, "cönfig.json")
        shutil.copy(bundle / "config.json", bundle / name)
        change_manifest(bundle, lambda manifest: manifest["files"].update({name: manifest["files"]["config.json"]}))

    return damage


def enclose(bundle: Path) -> None:
    (bundle / "encoder").mkdir()
    (bundle / "encoder.onnx").rename(bundle / "encoder" / "encoder.onnx")


def swapped(one: str, other: str) -> Damage:
    def damage(bundle: Path) -> None:
        (bundle / one).rename(bundle / "kept")
        (bundle / other).rename(bundle / one)
        (bundle / "kept").rename(bundle / other)

    return damage


def many_files(bundle: Path) -> None:
    for number in range(2_000):
        (bundle / f"{number}.bin").touch()


FILES: dict[str, tuple[Damage, str]] = {
    "a pickle beside": (lambda bundle: (bundle / "weights.pkl").write_bytes(PICKLE), "weights.pkl"),
    "code beside": (lambda bundle: (bundle / "modeling.py").write_text("import os"), "modeling.py"),
    "a hidden file": (lambda bundle: (bundle / ".gitattributes").touch(), ".gitattributes"),
    "weights of the graph beside": (lambda bundle: (bundle / "encoder.onnx.data").touch(), "encoder.onnx.data"),
    "a folder beside": (lambda bundle: (bundle / "onnx").mkdir(), "onnx"),
    "a link beside": (lambda bundle: (bundle / "x").symlink_to("/etc/passwd"), "/x"),
    "a name in lower case": (renamed("README.md", "readme.md"), "readme.md"),
    "a name in capitals": (renamed("config.json", "CONFIG.JSON"), "CONFIG.JSON"),
    "a name with a blank": (renamed("config.json", "config.json "), "config.json "),
    "a name that bytes are left of": (lambda b: os.rename(b / "config.json", bytes(b) + b"/\xff.json"), "\\udcff"),
    "a name that turns round": (renamed("config.json", "config\u202enosj.json"), "config\\u202enosj.json"),
    "a name of two lines": (renamed("config.json", "config\n.json"), "config\\n.json"),
    "a twin in NFC": (twin("NFC"), "cönfig.json"),
    "a twin in NFD": (twin("NFD"), "co\u0308nfig.json"),
    "a variant that is not listed": (lambda b: shutil.copy(b / "encoder.onnx", b / "encoder.int8.onnx"), "int8.onnx"),
    "a variant that is not there": (
        with_manifest(lambda m: m["files"].update({"encoder.int8.onnx": m["files"]["encoder.onnx"]})),
        "encoder.int8.onnx",
    ),
    "an encoder in a folder": (enclose, "/encoder:"),
    "two files exchanged": (swapped("metrics.json", "training.json"), "metrics.json"),
    "two thousand files": (many_files, ".bin"),
    "the manifest as a folder": (lambda b: ((b / MANIFEST).unlink(), (b / MANIFEST).mkdir()), MANIFEST),
    "the manifest as a pipe": (lambda b: ((b / MANIFEST).unlink(), os.mkfifo(b / MANIFEST)), MANIFEST),
    "a socket of the system": (lambda b: ((b / "config.json").unlink(), (b / "config.json").symlink_to("/dev/zero")),
                               "config.json"),
    "a file listed twice": (listed_twice, MANIFEST),
    "a format listed twice": (with_text(MANIFEST, '"format"', '"format": 2, "format"'), MANIFEST),
    "a manifest that is not a number": (with_text(MANIFEST, '"dispatches": 40', '"dispatches": NaN'), MANIFEST),
    "a manifest without an end": (lambda b: (b / MANIFEST).write_bytes(b" " * 2**20 + b"{}"), MANIFEST),
    "a manifest with a byte order mark": (
        lambda b: (b / MANIFEST).write_bytes(b"\xef\xbb\xbf" + (b / MANIFEST).read_bytes()), MANIFEST),
    **{
        f"a pickle named {name}": (resealed(name, PICKLE), name)
        for name in sorted(REQUIRED)
    },
    **{
        f"an archive named {name}": (resealed(name, BLOCK), name)
        for name in ("encoder.onnx", "heads.safetensors", "tokenizer.json", "config.json")
    },
}  # fmt: skip


JSON: dict[str, tuple[Damage, str]] = {
    **{
        f"{key} in {name}": (with_json(name, lambda plain, key=key: plain.update({key: "x.Y"})), name)
        for key in ("auto_map", "trust_remote_code", "custom_pipelines", "_attn_implementation_internal")
        for name in ("config.json", "tokenizer.json", "metrics.json", "training.json")
    },
    "trust_remote_code in the recipe": (
        with_json("training.json", lambda plain: plain["recipe"]["encoder"].update(trust_remote_code=True)),
        "training.json",
    ),
    "auto_map in the manifest": (with_manifest(lambda manifest: manifest.update(auto_map="x.Y")), MANIFEST),
    "auto_map in a record": (with_manifest(lambda m: m["files"]["config.json"].update(auto_map="x")), MANIFEST),
    "a config with a key twice": (with_text("config.json", '"padding"', '"padding": 0, "padding"'), "config.json"),
    "a config that is not a number": (with_text("config.json", '"padding": ', '"padding": NaN, "x": '), "config.json"),
    "a config with a padding of words": (with_json("config.json", lambda c: c.update(padding="0")), "config.json"),
    "a config with a padding beyond": (with_json("config.json", lambda c: c.update(padding=10**6)), "encoder.onnx"),
    "a config with a padding below": (with_json("config.json", lambda c: c.update(padding=-1)), "tokenizer.json"),
    "a config nested deep": (resealed("config.json", b'{"x":' * 5_000 + b"1" + b"}" * 5_000), "config.json"),
    "a config nested rather deep": (resealed("config.json", b'{"x":' * 90 + b"1" + b"}" * 90), "config.json"),
    "a config of two mebibytes": (resealed("config.json", b" " * 2**21 + b"{}"), "config.json"),
    "a config in UTF-16": (resealed("config.json", '{"padding": 0}'.encode("utf-16")), "config.json"),
    "a config of one number": (resealed("config.json", b"9" * 10_000), "config.json"),
    "figures that are no numbers": (resealed("metrics.json", b'{"f1": Infinity}'), "metrics.json"),
    "figures of millions of lists": (resealed("metrics.json", b"[" + b"[]," * 1_500_000 + b"[]]"), "metrics.json"),
    "words of millions of lists": (
        resealed("tokenizer.json", b"[" + b"[]," * 2_500_000 + b"[]]"),
        "more than 4000000 values",
    ),
    "a card of bytes": (resealed("README.md", b"\xff\xfe\x00"), "README.md"),
}


@pytest.mark.parametrize("case", [*FILES, *JSON])
def test_a_poisoned_bundle_is_refused_before_a_runtime_sees_it(
    case: str, bundle: Path, capfd: pytest.CaptureFixture[str], engines_built: list[object]
) -> None:
    damage, named = {**FILES, **JSON}[case]
    damage(bundle)
    assert named in refused(bundle, capfd).removeprefix(str(bundle))
    assert engines_built == []


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_bit_that_fell_over_is_found_in_twenty_places_of_each_file(
    name: str, bundle: Path, engines_built: list[object]
) -> None:
    data = (bundle / name).read_bytes()
    for place in range(20):
        spoilt = bytearray(data)
        spoilt[place * (len(data) - 1) // 19] ^= 1 << place % 8
        (bundle / name).write_bytes(spoilt)
        with pytest.raises(BundleError, match=f"{name}: expected the SHA-256"):
            Extractor.load(bundle)
    assert engines_built == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(bundle: Path) -> None:
    (bundle / "config.json").chmod(0)
    with pytest.raises(PermissionError, match=r"config\.json"):
        Extractor.load(bundle)


def test_there_are_no_other_names_to_hide_behind() -> None:
    assert {name.rpartition(".")[2] for name in ALLOWED} == {"json", "md", "onnx", "safetensors"}
    assert all(name.isascii() for name in ALLOWED)
    assert len({name.casefold() for name in ALLOWED}) == len(ALLOWED)
