import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bundle_damage import Damage, Plain, change_manifest, refused, reseal, resealed
from dateline_bundle.manifest import REQUIRED
from dateline_infer import Extractor
from dateline_labels import BundleError
from safetensors.numpy import load_file, save_file


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


def manifest_with(change: Callable[[Plain], object]) -> Damage:
    return lambda bundle: change_manifest(bundle, change)


def spoil_weights(bundle: Path) -> None:
    weights = load_file(bundle / "heads.safetensors")
    weights["relations.output.bias"] = np.full_like(weights["relations.output.bias"], np.nan)
    save_file(weights, bundle / "spoilt")
    data = (bundle / "spoilt").read_bytes()
    (bundle / "spoilt").unlink()
    reseal(bundle, "heads.safetensors", data)


BUNDLE_DAMAGES: dict[str, Damage] = {
    "a file from elsewhere": lambda bundle: (bundle / "weights.pkl").write_bytes(b"\x80\x04."),
    "no manifest": lambda bundle: (bundle / "manifest.json").unlink(),
    "a manifest that is no JSON": lambda bundle: (bundle / "manifest.json").write_text("{", encoding="utf-8"),
    "another format": manifest_with(lambda manifest: manifest.update(format=2)),
    "a manifest with more in it": manifest_with(lambda manifest: manifest.update(auto_map="x.Y")),
    "a file outside": manifest_with(lambda m: m["files"].update({"../x": {"bytes": 1, "sha256": "0"}})),
    "a file less": manifest_with(lambda m: m["files"].pop("config.json")),
    "sizes as words": manifest_with(lambda m: m["files"]["config.json"].update(bytes="9")),
    "weights that are no numbers": spoil_weights,
    "a pickle for weights": resealed("heads.safetensors", b"\x80\x04\x95."),
    "a tokenizer that is none": resealed("tokenizer.json", b"{}"),
    "a graph that is none": resealed("encoder.onnx", b"not a graph"),
    "a config that is none": resealed("config.json", b'{"reading": {}, "padding": 0}'),
}


def assert_refused(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BundleError):
        Extractor.load(bundle)
    refused(bundle, capsys)


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
