"""The built wheel in an environment with the light dependencies alone; DATELINE_BUNDLE names a bundle.

`.ci/run` runs this there. Elsewhere, with training installed too, it is skipped.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

BUNDLE = os.environ.get("DATELINE_BUNDLE", "")
HEAVY = ("torch", "transformers", "datasets", "accelerate", "pyarrow", "sklearn", "scipy", "pandas")
TEXT = "Gunmen killed six soldiers in Gao on Monday, an army spokesman said."

pytestmark = pytest.mark.skipif(not BUNDLE, reason="DATELINE_BUNDLE is not set: not the light environment of .ci/run")


def dateline(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "dateline"), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def test_nothing_heavy_is_installed() -> None:
    assert [name for name in HEAVY if find_spec(name)] == []


def test_the_package_is_the_installed_one() -> None:
    import dateline_infer

    assert "site-packages" in dateline_infer.__file__
    assert (Path(dateline_infer.__file__).parent / "py.typed").is_file()


def test_the_bundle_reads_a_dispatch() -> None:
    from dateline_infer import Extractor

    dispatch = Extractor.load(BUNDLE)(TEXT)
    found = {(dispatch.words(span), span.label) for span in dispatch.spans}
    assert ("six soldiers", "CASUALTY") in found
    assert ("Gao", "LOCATION") in found


def test_the_command_reads_a_dispatch() -> None:
    done = dateline("extract", BUNDLE, "-", stdin=TEXT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["spans"]


def test_incidents_are_assembled_with_the_tables_that_come_along(tmp_path: Path) -> None:
    read, table = str(tmp_path / "read.jsonl"), tmp_path / "incidents.csv"
    assert dateline("extract", BUNDLE, "-", "--out", read, stdin=TEXT).returncode == 0
    done = dateline("incidents", "table", read, "--out", str(table))
    assert done.returncode == 0, done.stderr
    assert "six soldiers" in (tmp_path / "incidents.claims.csv").read_text(encoding="utf-8")
    done = dateline("incidents", "table", read, "--out", str(tmp_path / "x.parquet"))
    assert done.returncode == 2
    assert "pip install 'dateline[archive]'" in done.stderr


def test_a_bundle_is_verified_packed_and_read_from_one_file(tmp_path: Path) -> None:
    packed = str(tmp_path / "bundle.zip")
    for arguments in (["verify", BUNDLE], ["pack", BUNDLE, packed], ["verify", packed], ["show", packed]):
        done = dateline("bundle", *arguments)
        assert done.returncode == 0, done.stderr
    assert dateline("extract", packed, "-", stdin=TEXT).stdout == dateline("extract", BUNDLE, "-", stdin=TEXT).stdout


def test_a_signature_says_what_to_install() -> None:
    done = dateline("bundle", "verify", BUNDLE, "--require-signature", "key.pub")
    assert done.returncode == 2
    assert "pip install 'dateline[sign]'" in done.stderr


def test_a_bundle_is_read_with_every_socket_blocked() -> None:
    script = f"""
import socket

def blocked(*_: object, **__: object) -> None:
    raise AssertionError("a socket was asked for")

socket.socket = socket.create_connection = socket.getaddrinfo = blocked
from dateline_infer import Extractor
assert Extractor.load({BUNDLE!r})({TEXT!r}).spans
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_commands_that_need_more_say_what_to_install(tmp_path: Path) -> None:
    evaluate = ["evaluate", BUNDLE, "x.jsonl", "--out", str(tmp_path)]
    for arguments, extra in ((["train", "x.toml"], "train"), (evaluate, "report"), (["package", "a", "b"], "train")):
        done = dateline(*arguments)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert f"pip install 'dateline[{extra}]'" in line


def test_a_parquet_file_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    done = dateline("extract", BUNDLE, str(tmp_path / "x.parquet"))
    assert done.returncode == 2
    assert "pip install 'dateline[archive]'" in done.stderr
