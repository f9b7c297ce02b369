import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from dateline_infer import Extractor
from dateline_infer.manifest import REQUIRED
from dateline_labels import BundleError
from dateline_labels.main import main
from safetensors.numpy import load_file, save_file

Damage = Callable[[Path], None]


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def link_symbolically(file: Path) -> None:
    target = file.rename(file.parent.parent / f"elsewhere-{file.name}")
    file.symlink_to(target)


def link_hard(file: Path) -> None:
    os.link(file, file.parent.parent / f"twin-{file.name}")


def make_a_folder_of(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_a_pipe_of(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


FILE_DAMAGES: list[Damage] = [
    flip,
    cut_short,
    lengthen,
    Path.unlink,
    link_symbolically,
    link_hard,
    make_a_folder_of,
    make_a_pipe_of,
]


def manifest_with(change: Callable[[dict[str, object]], None]) -> Damage:
    def damage(bundle: Path) -> None:
        manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
        change(manifest)
        (bundle / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    return damage


def resealed(name: str, data: bytes) -> Damage:
    """Change a file and make the manifest agree, as someone would who means it."""

    def damage(bundle: Path) -> None:
        (bundle / name).write_bytes(data)
        record = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest_with(lambda manifest: manifest["files"].update({name: record}))(bundle)  # type: ignore[attr-defined]

    return damage


def spoil_weights(bundle: Path) -> None:
    weights = load_file(bundle / "heads.safetensors")
    weights["relations.output.bias"] = np.full_like(weights["relations.output.bias"], np.nan)
    save_file(weights, bundle / "spoilt")
    data = (bundle / "spoilt").read_bytes()
    (bundle / "spoilt").unlink()
    resealed("heads.safetensors", data)(bundle)


BUNDLE_DAMAGES: dict[str, Damage] = {
    "a file from elsewhere": lambda bundle: (bundle / "weights.pkl").write_bytes(b"\x80\x04."),  # type: ignore[dict-item,return-value]
    "no manifest": lambda bundle: (bundle / "manifest.json").unlink(),
    "a manifest that is no JSON": lambda bundle: (bundle / "manifest.json").write_text("{", encoding="utf-8"),  # type: ignore[dict-item,return-value]
    "another format": manifest_with(lambda manifest: manifest.update(format=3)),
    "a manifest with more in it": manifest_with(lambda manifest: manifest.update(auto_map="x.Y")),
    "a file outside": manifest_with(lambda m: m["files"].update({"../x": {"bytes": 1, "sha256": "0"}})),  # type: ignore[attr-defined]
    "a file less": manifest_with(lambda m: m["files"].pop("config.json")),  # type: ignore[attr-defined]
    "sizes as words": manifest_with(lambda m: m["files"]["config.json"].update(bytes="9")),  # type: ignore[index]
    "weights that are no numbers": spoil_weights,
    "a pickle for weights": resealed("heads.safetensors", b"\x80\x04\x95."),
    "a tokenizer that is none": resealed("tokenizer.json", b"{}"),
    "a graph that is none": resealed("encoder.onnx", b"not a graph"),
    "a config that is none": resealed("config.json", b'{"reading": {}, "padding": 0}'),
}


def assert_refused(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BundleError):
        Extractor.load(bundle)
    text = bundle.parent / "text.txt"
    text.write_text("Gunmen attacked Gao.", encoding="utf-8")
    assert main(["extract", str(bundle), str(text)]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert str(bundle) in printed.err


@pytest.fixture
def bundle(tmp_path: Path, tiny_bundle: Path) -> Path:
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


@pytest.mark.parametrize("damage", FILE_DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_file_that_was_touched_refuses_the_bundle(
    bundle: Path, name: str, damage: Damage, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(bundle / name)
    assert_refused(bundle, capsys)


@pytest.mark.parametrize("damage", BUNDLE_DAMAGES)
def test_a_bundle_that_is_not_as_it_must_be_is_refused(
    bundle: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    BUNDLE_DAMAGES[damage](bundle)
    assert_refused(bundle, capsys)


def test_a_place_without_a_bundle_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused(tmp_path / "nowhere", capsys)


def test_an_untouched_copy_is_read(bundle: Path) -> None:
    assert Extractor.load(bundle)("Gunmen attacked Gao.").text == "Gunmen attacked Gao."
