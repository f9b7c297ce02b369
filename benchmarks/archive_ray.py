"""What Ray costs: runs of the same archive with one worker, without Ray and on a cluster of its own, in turn.

    python benchmarks/archive_ray.py --bundle BUNDLE --inputs ../shared/archive/*.jsonl.gz --out ray.json

Throughput is taken between the first shard and the last one, so that the start, which is said apart, does not count;
seconds of the processor are those of the run and all processes that it started. Of Linux alone.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from archive_kills import Setting, tree
from archive_ray_kills import descendants, lines

_PLAIN, _RAY = "plain", "ray"
_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class Moment:
    """A point in a run: seconds since its begin, seconds of the processor until then, of all and of the driver alone,
    shards that are done.
    """

    seconds: float
    processor: float
    driver: float
    shards: int


@dataclass(frozen=True)
class Measured:
    """One run. `first` is the second in which its first shard was done, `processor` its whole time of the processor.
    `driver_a_document` is the part of the driver, which without Ray reads too.
    """

    seconds: float
    first: float
    processor: float
    documents_a_second: float
    processor_a_document: float
    driver_a_document: float


def measure(setting: Setting, out: Path, documents: int) -> Measured:
    """Run to the end, looking on; shards have so many documents each."""
    begun = time.monotonic()
    process = setting.start(out)
    moments = [Moment(0.0, 0.0, 0.0, 0)]
    used: dict[int, float] = {}
    while process.is_alive():
        for number in (process.pid or 0, *(number for number, _ in descendants(process.pid))):
            used[number] = max(used.get(number, 0.0), _processor(number))
        seconds, driver = time.monotonic() - begun, used[process.pid or 0]
        moments.append(Moment(seconds, sum(used.values()), driver, lines(out)))
        process.join(_LOOK_EVERY)
    if process.exitcode:
        raise SystemExit(Path(f"{out}.err").read_text(encoding="utf-8"))
    first = next(moment for moment in moments if moment.shards)
    last = next(moment for moment in moments if moment.shards == max(each.shards for each in moments))
    read = (last.shards - first.shards) * documents
    return Measured(
        seconds=moments[-1].seconds,
        first=first.seconds,
        processor=moments[-1].processor,
        documents_a_second=read / (last.seconds - first.seconds),
        processor_a_document=(last.processor - first.processor) / read,
        driver_a_document=(last.driver - first.driver) / read,
    )


def _processor(number: int) -> float:
    try:
        status = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    user, system = status.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS


def main() -> None:
    """Measure so many pairs and write them with the medians of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--inputs", type=Path, nargs="+", required=True)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--shard", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    options = ("--threads", "1", "--limit", str(asked.documents), "--shard", str(asked.shard))
    pairs: list[dict[str, Measured]] = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(asked.pairs):
            folders = {kind: Path(name) / f"{kind}{number}" for kind in (_PLAIN, _RAY)}
            order = list(folders) if number % 2 else list(reversed(folders))
            pair = {}
            for kind in order:
                setting = Setting(asked.bundle, asked.inputs, (*options, *(("--ray",) if kind == _RAY else ())))
                pair[kind] = measure(setting, folders[kind], asked.shard)
            if tree(folders[_PLAIN]) != tree(folders[_RAY]):
                raise SystemExit("with Ray the output is another one")
            pairs.append(pair)
            found = _summary(pairs)
            asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(json.dumps(found), flush=True)


def _summary(pairs: Sequence[dict[str, Measured]]) -> dict[str, object]:
    def ratio(value: str) -> float:
        ratios = [vars(pair[_RAY])[value] / vars(pair[_PLAIN])[value] for pair in pairs]
        return float(statistics.median(ratios))

    return {
        "pairs": [{kind: asdict(measured) for kind, measured in pair.items()} for pair in pairs],
        "documents_a_second, ray / plain": ratio("documents_a_second"),
        "processor_a_document, ray / plain": ratio("processor_a_document"),
        "seconds to the first shard more": statistics.median(pair[_RAY].first - pair[_PLAIN].first for pair in pairs),
        "seconds of the processor more": statistics.median(
            pair[_RAY].processor - pair[_PLAIN].processor for pair in pairs
        ),
    }


if __name__ == "__main__":
    main()
