"""Nothing that is run tells anyone over the network that it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SESSION = """
import {module}
import onnxruntime
onnxruntime.SessionOptions()
print(onnxruntime.__version__)
"""
_ASIDE = ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "XDG_CACHE_HOME")


@pytest.mark.parametrize("module", ["dateline_infer", "dateline_infer.host", "dateline_train.exporting"])
def test_onnxruntime_makes_no_record_of_its_use(module: str, tmp_path: Path) -> None:
    """From 1.29 on it keeps what it is about to send in ~/.cache/Microsoft, unless it is told not to in time."""
    environment = {name: value for name, value in os.environ.items() if name not in _ASIDE}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    script = SESSION.format(module=module)
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout
    assert not list(tmp_path.rglob("*onnxruntime*"))


def test_who_wants_it_told_can_say_so(tmp_path: Path) -> None:
    environment = os.environ | {"ORT_DISABLE_TELEMETRY": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    script = "import os, dateline_infer; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
