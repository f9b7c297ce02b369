"""`dateline extract` in a process of its own: time from its start to the first result, and the most memory it held."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_infer.choosing import Choice
from dateline_labels.jsonl import write_line
from inference_rounds import Spread
from inference_texts import TextSet

_REPORTING = """\
import sys
from dateline_infer.measuring import peak_megabytes
from dateline_labels.main import main

status = main(sys.argv[1:])
print(peak_megabytes(), file=sys.stderr)
sys.exit(status)
"""
"""What the system tells the parent of a process's memory counts the parent's own, so the process says it itself."""


@dataclass(frozen=True)
class Fresh:
    """Seconds to the first result of one dispatch and to the end of the process; MB while it read all texts."""

    first: Spread
    end: Spread
    megabytes: float


def fresh(bundle: Path, choice: Choice, threads: int, sets: Sequence[TextSet], runs: int) -> Fresh:
    """`dateline extract`: the first text, so often after a run that is not counted; then once all of them."""
    with tempfile.TemporaryDirectory() as folder:
        one, everything = Path(folder) / "one.jsonl", Path(folder) / "all.jsonl"
        lines = [write_line(dispatch) + "\n" for texts in sets for dispatch in texts.dispatches]
        one.write_text(lines[0], encoding="utf-8")
        everything.write_text("".join(lines), encoding="utf-8")
        options = ["--engine", choice.engine, "--precision", choice.precision, "--device", choice.device]
        options += ["--threads", str(threads)]
        times = [_started(["extract", str(bundle), str(one), *options]) for _ in range(runs + 1)][1:]
        table = ["--out", str(Path(folder) / "read.jsonl"), "--incidents", str(Path(folder) / "incidents.csv")]
        peak = _peak(["extract", str(bundle), str(everything), *options, *table])
    return Fresh(Spread.of([first for first, _ in times]), Spread.of([end for _, end in times]), peak)


def _started(arguments: list[str]) -> tuple[float, float]:
    """Seconds until the first line of the output and until the end."""
    command = [sys.executable, "-m", "dateline_labels.main", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}  # else a pipe gets all lines at the end
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:  # noqa: S603 our own
        assert process.stdout is not None
        process.stdout.readline()
        first = time.perf_counter() - begun
        process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return first, time.perf_counter() - begun


def _peak(arguments: list[str]) -> float:
    """The most MB that the process held."""
    command = [sys.executable, "-c", _REPORTING, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 our own
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stderr.splitlines()[-1])
