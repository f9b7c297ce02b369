"""Speed, memory and resumption of `dateline archive run`, in processes of their own, on machine-made archives.

`python benchmarks/archive.py --bundle BUNDLE --out archive.json` measures, or what `--parts` names of it,

- throughput: documents a second of the run, for each the bare Extractor reads on the same texts, in turn,
- workers: one process of two threads against two of one thread, in turn,
- memory: the most MB a run holds over few and over many documents, beside an Extractor that read one of them,
- resume: seconds from the start of the process to the end, with so many shards done and one left.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive_texts import dispatches, json_lines
from dateline_archive.failpoints import VARIABLE

_REPORTING = """\
import sys, time
from dateline_infer.measuring import peak_megabytes
from dateline_archive.commands import archive
from dateline_labels.main import main

begun = time.process_time(), time.perf_counter()
status = main(sys.argv[1:], archive)
print(time.process_time() - begun[0], time.perf_counter() - begun[1], peak_megabytes())
sys.exit(status)
"""
_BARE = """\
import sys, time
from pathlib import Path
from dateline_infer import Extractor
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_infer.measuring import peak_megabytes

bundle, texts, threads, limit = sys.argv[1:]
begun = time.process_time(), time.perf_counter()
extractor = Extractor.load(bundle, threads=int(threads))
dispatches = read_inputs([Path(texts)], Columns())[: int(limit)]
for _ in extractor.stream(dispatches):
    pass
print(time.process_time() - begun[0], time.perf_counter() - begun[1], peak_megabytes())
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of the processor and of the clock, and the most MB."""

    processor: float
    clock: float
    megabytes: float


def spent(script: str, arguments: Sequence[str], expected: int = 0, failpoint: str = "") -> Spent:
    """What a script spent in a process of its own, from when it had imported what it needs."""
    environment = {**os.environ, **({VARIABLE: failpoint} if failpoint else {})}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 our own
    if done.returncode != expected:
        raise SystemExit(done.stderr)
    return Spent(*map(float, done.stdout.split()[-3:])) if not expected else Spent(0, 0, 0)


@dataclass(frozen=True)
class Bench:
    """A bundle and a folder to work in."""

    bundle: Path
    folder: Path

    def run(self, source: Path, *options: str) -> Spent:
        """One run into a new folder."""
        out = Path(tempfile.mkdtemp(dir=self.folder)) / "out"
        return spent(_REPORTING, ["run", str(self.bundle), str(source), "--out", str(out), *options])

    def bare(self, source: Path, threads: int, limit: int) -> Spent:
        """The Extractor on the first texts of a file."""
        return spent(_BARE, [str(self.bundle), str(source), str(threads), str(limit)])

    def texts(self, count: int) -> Path:
        """A file of so many machine-made dispatches of a line each."""
        path = self.folder / f"{count}.jsonl"
        if not path.exists():
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json_lines(dispatches(count, 1, (1, 1))))
        return path


def throughput(bench: Bench, source: Path, documents: int, rounds: int) -> dict[str, Any]:
    """Share of the bare Extractor's speed, of one thread; what both do once is taken off."""
    shares: dict[str, list[float]] = {"processor": [], "clock": []}
    for _ in range(rounds):
        bare = [bench.bare(source, 1, limit) for limit in (documents, 1)]
        run = [bench.run(source, "--limit", str(limit), "--threads", "1") for limit in (documents, 1)]
        for name, found in shares.items():
            few, many = (getattr(each[0], name) - getattr(each[1], name) for each in (bare, run))
            found.append(few / many)
    return {"documents": documents, "share of the Extractor": {name: spread(each) for name, each in shares.items()}}


def workers(bench: Bench, source: Path, documents: int, rounds: int) -> dict[str, Any]:
    """Seconds of two processes of one thread for each of one process of two threads."""
    shares = []
    for _ in range(rounds):
        seconds = []
        for count, threads in ((1, 2), (2, 1)):
            options = ("--limit", str(documents), "--shard", "100", "--workers", str(count), "--threads", str(threads))
            seconds.append(bench.run(source, *options).clock)
        shares.append(seconds[1] / seconds[0])
    return {"documents": documents, "seconds of 2 x 1 for each of 1 x 2": spread(shares)}


def memory(bench: Bench, counts: Sequence[int]) -> dict[str, Any]:
    """The most MB over so many documents of a line each, and of an Extractor that read one."""
    peaks = {str(count): bench.run(bench.texts(count), "--threads", "1").megabytes for count in counts}
    return {"model": bench.bare(bench.texts(counts[0]), 1, 1).megabytes, "run": peaks}


def resume(bench: Bench, shards: int) -> dict[str, Any]:
    """Seconds to go on where a run was killed with one shard left, until the end, the imports included."""
    source, out = bench.texts(shards + 1), bench.folder / "resumed"
    arguments = ["run", str(bench.bundle), str(source), "--out", str(out), "--shard", "1", "--threads", "1"]
    spent(_REPORTING, arguments, -9, f"appending@journal.jsonl:{shards}")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    found = spent(_REPORTING, arguments)
    clock, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"shards": shards, "clock": clock, "processor": processor, "megabytes": found.megabytes}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most."""
    return {
        "median": round(statistics.median(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }


def main() -> None:
    """Measure what is asked for and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--texts", type=Path, help="an archive to measure speed on; machine-made if not given")
    parser.add_argument("--parts", default="throughput,workers,memory,resume")
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--shards", type=int, default=10_000)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    found: dict[str, Any] = json.loads(asked.out.read_text(encoding="utf-8")) if asked.out.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(asked.bundle, Path(name))
        source = asked.texts or bench.texts(asked.documents)
        parts = {
            "throughput": lambda: throughput(bench, source, asked.documents, asked.rounds),
            "workers": lambda: workers(bench, source, asked.documents, asked.rounds),
            "memory": lambda: memory(bench, asked.memory),
            "resume": lambda: resume(bench, asked.shards),
        }
        for part in asked.parts.split(","):
            found[part] = parts[part]()
            print(part, json.dumps(found[part]), flush=True)
    asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
