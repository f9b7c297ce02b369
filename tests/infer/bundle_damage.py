"""What bundles are damaged with in the tests, and how a refusal must look."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import onnx
import pytest
from dateline_bundle.files import MANIFEST
from dateline_infer import bundle as bundle_module
from dateline_labels.main import main

Plain = dict[str, Any]
Damage = Callable[[Path], object]


def change_manifest(bundle: Path, change: Callable[[Plain], object]) -> None:
    manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (bundle / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def reseal(bundle: Path, name: str, data: bytes) -> None:
    """Put `data` in the place of a file and make the manifest agree, as someone would who means it."""
    (bundle / name).write_bytes(data)
    record = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    change_manifest(bundle, lambda manifest: manifest["files"].update({name: record}))


def resealed(name: str, data: bytes) -> Damage:
    return lambda bundle: reseal(bundle, name, data)


def with_json(name: str, change: Callable[[Plain], object]) -> Damage:
    """Change the JSON of a file and make the manifest agree."""

    def damage(bundle: Path) -> None:
        plain = json.loads((bundle / name).read_text(encoding="utf-8"))
        change(plain)
        reseal(bundle, name, json.dumps(plain).encode())

    return damage


def with_graph(change: Callable[[onnx.ModelProto], object]) -> Damage:
    """Change the encoder and make the manifest agree."""

    def damage(bundle: Path) -> None:
        model = onnx.load(bundle / "encoder.onnx")
        change(model)
        reseal(bundle, "encoder.onnx", model.SerializeToString())

    return damage


def entries(bundle: Path) -> list[tuple[ZipInfo, bytes]]:
    """The files of a bundle as entries of a .zip, deflated."""
    found = []
    for file in sorted(bundle.iterdir()):
        info = ZipInfo(file.name)
        info.compress_type = ZIP_DEFLATED
        found.append((info, file.read_bytes()))
    return found


def write_zip(path: Path, parts: Iterable[tuple[ZipInfo, bytes]]) -> Path:
    with ZipFile(path, "w") as archive:
        for info, data in parts:
            archive.writestr(info, data)
    return path


@pytest.fixture
def engines_built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one whenever a runtime would get bytes to read."""
    built: list[object] = []
    build = bundle_module.build_engine

    def start(*arguments: Any) -> object:
        built.append(arguments)
        return build(*arguments)

    monkeypatch.setattr(bundle_module, "build_engine", start)
    return built


def refused(bundle: Path, capture: pytest.CaptureFixture[str], *options: str) -> str:
    """The one line that the command says; the libraries must print nothing of their own."""
    text, out = bundle.parent / "text.txt", bundle.parent / "out.jsonl"
    text.write_text("Gunmen attacked Gao.", encoding="utf-8")
    capture.readouterr()
    assert main(["extract", str(bundle), str(text), "--out", str(out), *options]) == 3
    printed = capture.readouterr()
    assert printed.out == ""
    assert not out.exists()
    (line,) = printed.err.splitlines()
    assert line.startswith(str(bundle))
    return line
