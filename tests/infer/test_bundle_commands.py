"""`dateline bundle verify`, `show`, `pack`, `unpack` and `sign`, and signatures wherever a bundle is loaded."""

import json
import shutil
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from bundle_damage import change_manifest, refused, reseal, with_graph
from dateline_bundle import signing
from dateline_infer import Extractor
from dateline_labels import main as main_module
from dateline_labels.main import main

ROOT = Path(__file__).resolve().parents[2]
TEXT = "Gunmen attacked Gao."


@pytest.fixture(autouse=True)
def offered_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands that pyproject.toml names, whatever was installed when."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    offered = [EntryPoint(*item, main_module.GROUP) for item in project["entry-points"][main_module.GROUP].items()]
    monkeypatch.setattr(main_module, "entry_points", lambda group: offered)


@pytest.fixture
def bundle(tmp_path: Path, tiny_bundle: Path) -> Path:
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pairs of keys, mine and other, as openssl writes them, and one of another kind."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    folder = tmp_path_factory.mktemp("keys")
    mine = Ed25519PrivateKey.generate()
    for name, key in (
        ("mine", mine),
        ("other", Ed25519PrivateKey.generate()),
        ("curve", generate_private_key(SECP256R1())),
    ):
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pem").write_bytes(private)
        (folder / f"{name}.pub").write_bytes(public)
    locked = mine.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    (folder / "locked.pem").write_bytes(locked)
    (folder / "none.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    return folder


@pytest.fixture
def signed(bundle: Path, keys: Path) -> Path:
    assert main(["bundle", "sign", str(bundle), str(keys / "mine.pem")]) == 0
    return bundle


def test_verify_says_what_was_checked(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify", str(bundle)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{bundle}: whole"
    assert "8 files" in lines[1]
    assert lines[-1] == "  signature: none"


def test_verify_looks_into_encoders_that_would_not_be_chosen(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = (bundle / "encoder.onnx").read_bytes()
    with_graph(lambda model: model.opset_import.add(domain="com.example", version=1))(bundle)
    poisoned = (bundle / "encoder.onnx").read_bytes()
    reseal(bundle, "encoder.onnx", good)
    reseal(bundle, "encoder.int8-dynamic.onnx", poisoned)
    assert main(["bundle", "verify", str(bundle)]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{bundle}/encoder.int8-dynamic.onnx: expected standard operations")


def test_verify_starts_no_runtime(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    monkeypatch.delattr(onnxruntime, "InferenceSession")
    assert main(["bundle", "verify", str(bundle)]) == 0


@pytest.mark.parametrize("command", ["verify", "show", "pack", "unpack"])
def test_a_touched_bundle_is_refused_by_every_command(
    command: str, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundle / "metrics.json").write_bytes((bundle / "metrics.json").read_bytes()[::-1])
    target = bundle.parent / "target.zip"
    assert main(["bundle", command, str(bundle), *([str(target)] if command.endswith("pack") else [])]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith(f"{bundle}/metrics.json: expected the SHA-256")
    assert sorted(path.name for path in bundle.parent.iterdir()) == ["bundle"]


def test_show_tells_of_files_schema_recipe_and_certificate(signed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "show", str(signed)]) == 0
    shown = capsys.readouterr().out
    for words in ("encoder.onnx", "dispatch", "tiny", "there, not checked", "40 dispatches", "100.00 %"):
        assert words in shown
    assert main(["bundle", "show", str(signed), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["recipe"] == "tiny"
    assert facts["schema"]["name"] == "dispatch"
    assert facts["certificate"]["dispatches"] == 40
    assert facts["files"]["config.json"]["bytes"] == (signed / "config.json").stat().st_size


def test_show_prints_nothing_that_moves_the_cursor(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_manifest(bundle, lambda manifest: manifest.update(dateline="\x1b[2J[red]1[/red]\u202e"))
    change_manifest(bundle, lambda manifest: manifest["certificate"].update(machine="\x1b]0;x\x07[/nothing]"))
    for options in ([], ["--json"]):
        assert main(["bundle", "show", str(bundle), *options]) == 0
        shown = capsys.readouterr().out
        assert not set(shown) & set("\x1b\x07\u202e")
        assert "[red]1[/red]" in shown


def test_a_packed_bundle_reads_the_same_and_unpacks_to_the_same(bundle: Path) -> None:
    packed, again, unpacked = (bundle.parent / name for name in ("one.zip", "two.zip", "unpacked"))
    assert main(["bundle", "pack", str(bundle), str(packed)]) == 0
    assert main(["bundle", "pack", str(packed), str(again)]) == 0
    assert packed.read_bytes() == again.read_bytes()
    assert main(["bundle", "verify", str(packed)]) == 0
    assert Extractor.load(packed)(TEXT) == Extractor.load(bundle)(TEXT)
    assert main(["bundle", "unpack", str(packed), str(unpacked)]) == 0
    assert {file.name: file.read_bytes() for file in unpacked.iterdir()} == {
        file.name: file.read_bytes() for file in bundle.iterdir()
    }
    assert stat.S_IMODE(unpacked.stat().st_mode) == stat.S_IMODE((bundle.parent / "bundle").stat().st_mode)
    assert sorted(path.name for path in bundle.parent.iterdir()) == ["bundle", "one.zip", "two.zip", "unpacked"]


def test_what_was_written_is_said(bundle: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed, unpacked = bundle.parent / "one.zip", bundle.parent / "unpacked"
    assert main(["bundle", "sign", str(bundle), str(keys / "mine.pem")]) == 0
    assert main(["bundle", "pack", str(bundle), str(packed)]) == 0
    assert main(["bundle", "unpack", str(packed), str(unpacked)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        f"{bundle} is signed; who has the public key reads it with --require-signature",
        f"{bundle} is packed into {packed}",
        f"{packed} is unpacked into {unpacked}",
    ]


def test_less_than_no_threads_are_refused(bundle: Path) -> None:
    with pytest.raises(ValueError, match="expected 0 or more threads, got -1"):
        Extractor.load(bundle, threads=-1)


def test_packing_replaces_nothing(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, folder = bundle.parent / "thesis.zip", bundle.parent / "thesis"
    target.write_text("years of work", encoding="utf-8")
    folder.mkdir()
    assert main(["bundle", "pack", str(bundle), str(target)]) == 2
    assert main(["bundle", "unpack", str(bundle), str(folder)]) == 2
    assert main(["bundle", "pack", str(bundle), str(bundle.parent / "bundle.tar")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert target.read_text(encoding="utf-8") == "years of work"


def test_what_the_key_signed_is_read(signed: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    required = ["--require-signature", str(keys / "mine.pub")]
    assert len((signed / "manifest.sig").read_bytes()) == 64
    assert main(["bundle", "verify", str(signed), *required]) == 0
    assert "signature: by the owner of the key" in capsys.readouterr().out
    text = signed.parent / "text.txt"
    text.write_text(TEXT, encoding="utf-8")
    packed = signed.parent / "packed.zip"
    assert main(["bundle", "pack", str(signed), str(packed), *required]) == 0
    for path in (signed, packed):
        assert main(["extract", str(path), str(text), *required]) == 0
        assert Extractor.load(path, require_signature=keys / "mine.pub")(TEXT).text == TEXT


def test_a_signed_bundle_is_read_without_the_key_too(signed: Path) -> None:
    assert Extractor.load(signed)(TEXT).text == TEXT


def test_what_no_one_signed_is_refused(bundle: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(bundle, capsys, "--require-signature", str(keys / "mine.pub"))
    assert line == f"{bundle}/manifest.sig: missing, but a signature is required"


def test_doctor_requires_a_signature_too(signed: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(signed), "--require-signature", str(keys / "mine.pub")]) == 0
    assert "whole" in capsys.readouterr().out
    assert main(["doctor", str(signed), "--require-signature", str(keys / "other.pub")]) == 3
    assert capsys.readouterr().err.startswith(f"{signed}/manifest.sig: not a signature")


@pytest.mark.parametrize("damage", ["other key", "touched manifest", "touched signature", "short", "long", "empty"])
def test_a_signature_that_does_not_hold_is_refused(
    damage: str, signed: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, signature = "mine.pub", (signed / "manifest.sig").read_bytes()
    if damage == "other key":
        key = "other.pub"
    elif damage == "touched manifest":
        change_manifest(signed, lambda manifest: manifest.update(dateline="9.9"))
    else:
        spoilt = {
            "touched signature": signature[::-1],
            "short": signature[:63],
            "long": signature + b"\n",
            "empty": b"",
        }
        (signed / "manifest.sig").write_bytes(spoilt[damage])
    line = refused(signed, capsys, "--require-signature", str(keys / key))
    assert line.startswith(f"{signed}/manifest.sig: ")


def test_a_manifest_that_was_not_signed_is_not_even_read(
    signed: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (signed / "manifest.json").write_bytes(b"{")
    line = refused(signed, capsys, "--require-signature", str(keys / "mine.pub"))
    assert line == f"{signed}/manifest.sig: not a signature of manifest.json by the required key"


@pytest.mark.parametrize("name", ["mine.pem", "curve.pub", "none.pem"])
def test_a_file_that_is_no_public_key_is_bad_input(
    name: str, signed: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bundle", "verify", str(signed), "--require-signature", str(keys / name)]) == 2
    assert capsys.readouterr().err == f"{keys / name}:0:key: expected a public Ed25519 key in PEM\n"


@pytest.mark.parametrize("name", ["mine.pub", "curve.pem", "none.pem", "locked.pem"])
def test_a_file_that_is_no_private_key_is_bad_input(
    name: str, bundle: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bundle", "sign", str(bundle), str(keys / name)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{keys / name}:0:key: ")
    assert not (bundle / "manifest.sig").exists()


def test_a_key_that_is_not_there_is_an_error_of_the_disk(bundle: Path, keys: Path) -> None:
    assert main(["bundle", "verify", str(bundle), "--require-signature", str(keys / "lost.pub")]) == 4


def test_without_cryptography_it_is_said_what_to_install(
    bundle: Path, keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signing, "find_spec", lambda name: None)
    for arguments in (
        ["verify", str(bundle), "--require-signature", str(keys / "mine.pub")],
        ["sign", str(bundle), str(keys / "mine.pem")],
    ):
        assert main(["bundle", *arguments]) == 2
        assert "pip install 'dateline[sign]'" in capsys.readouterr().err


def test_a_touched_bundle_is_not_signed(bundle: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / "config.json").write_bytes(b"{}")
    assert main(["bundle", "sign", str(bundle), str(keys / "mine.pem")]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (bundle / "manifest.sig").exists()


def test_the_group_of_commands_imports_what_it_needs_when_it_needs_it() -> None:
    needed = {"cryptography", "dateline_infer.bundle", "dateline_bundle.packing", "dateline_infer.inspecting"}
    script = f"import sys, dateline_infer.bundle_commands; print({needed!r} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
