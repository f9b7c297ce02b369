"""How fast a bundle reads here, and in how much memory; run as a process of its own, so that it holds nothing else.

python -m dateline_infer.measuring BUNDLE TEXTS.jsonl ENGINE PRECISION   prints a `Speed` as JSON
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from dateline_bundle.certificate import Speed
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_labels import Dispatch

from .choosing import Asked
from .extractor import Extractor
from .tokens import tokenize_all

_SECONDS = 2.0
_WARM_UP = 32


def measure_speed(bundle: Path, texts: Path, asked: Asked) -> Speed:
    """Read the texts (JSON lines) in a fresh process; raises CalledProcessError where that fails."""
    command = [sys.executable, "-m", "dateline_infer.measuring", bundle, texts, asked.engine, asked.precision]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)  # noqa: S603 our own
    return Speed.model_validate_json(done.stdout)


def read_for_a_while(extractor: Extractor, dispatches: Sequence[Dispatch]) -> tuple[float, float]:
    """Dispatches and tokens a second, with everything that is read of them, over some seconds after a warm-up."""
    tokens = sum(map(len, tokenize_all(extractor.tokenizer, [dispatch.text for dispatch in dispatches])))
    extractor.batch(dispatches[:_WARM_UP])
    rounds, begun = 0, time.perf_counter()
    while (seconds := time.perf_counter() - begun) < _SECONDS:
        extractor.batch(dispatches)
        rounds += 1
    return rounds * len(dispatches) / seconds, rounds * tokens / seconds


def peak_megabytes() -> float:
    """The most memory that this process ever held; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.is_file():  # what `resource` says counts what the process that started this one held
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    if find_spec("resource") is None:
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def main(bundle: str, texts: str, engine: str, precision: str) -> None:
    """Measure and print."""
    dispatches = read_inputs([Path(texts)], Columns())
    extractor = Extractor.load(bundle, Asked("cpu", engine, precision))
    dispatch_rate, token_rate = read_for_a_while(extractor, dispatches)
    speed = Speed(
        engine=engine,
        precision=precision,
        dispatches_a_second=round(dispatch_rate, 1),
        tokens_a_second=round(token_rate),
        peak_megabytes=round(peak_megabytes()),
    )
    print(json.dumps(speed.model_dump()))


if __name__ == "__main__":
    main(*sys.argv[1:])
