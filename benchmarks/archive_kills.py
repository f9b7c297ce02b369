"""Kill archive runs at any moment and at every step of what they write, and compare what they leave in the end with
what an uninterrupted run leaves, byte for byte.

    python benchmarks/archive_kills.py --bundle BUNDLE --kills 300 --out kills.json
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pyarrow.dataset
from archive_texts import write_mixed
from dateline_archive.commands import archive
from dateline_archive.failpoints import VARIABLE
from dateline_archive.folder import LISTING, RUN
from dateline_archive.journal import JOURNAL
from dateline_archive.lock import OWNER, held
from dateline_archive.tables import LEDGER, TABLES
from dateline_labels import LockedError
from dateline_labels.main import main as run_command

FILE_STEPS = ("opening", "opened", "half-written", "written", "synced", "renamed", "folder-synced")
LINE_STEPS = ("appending", "half-appended", "appended", "append-synced")
_KILLED = -signal.SIGKILL
_MOST_KILLS_A_RUN = 5
_SHARD = 6
_MOST_SECONDS = 2.0

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        "dateline_archive.run",
        "dateline_archive.commands",
        "dateline_archive.workers",
        "pyarrow.parquet",
    ]
)


@dataclass(frozen=True)
class Setting:
    """A bundle, the inputs and the options of a run."""

    bundle: Path
    inputs: Sequence[Path]
    options: Sequence[str] = ("--shard", str(_SHARD))

    def start(self, out: Path, failpoint: str = "", largest_file: int = 0) -> BaseProcess:
        """A run in a process group of its own, whose files may have so many bytes; what it says goes to a file beside
        `out`.
        """
        arguments = ["run", str(self.bundle), *map(str, self.inputs), "--out", str(out), *self.options]
        process = _context.Process(target=_in_group, args=(arguments, failpoint, largest_file, f"{out}.err"))
        process.start()
        return process

    def run(self, out: Path, failpoint: str = "", largest_file: int = 0) -> int:
        """The exit code of a run, negative where a signal ended it."""
        process = self.start(out, failpoint, largest_file)
        process.join()
        assert process.exitcode is not None
        return process.exitcode


@dataclass
class Kills:
    """How often a run was killed, how many runs that was, and which did not end as the uninterrupted one did."""

    kills: int = 0
    runs: int = 0
    points: int = 0
    different: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0


def random_kills(setting: Setting, folder: Path, kills: int, seed: int = 1) -> Kills:
    """So many kills at random moments, up to five a run, each run compared at its end.

    A moment is a random number of shards done, from none to all, and a random part of the time that one takes after
    that: so it is as likely anywhere in a run, however fast the machine is just then.
    """
    expected = oracle(setting, folder)
    shards = len(list((expected / LEDGER).iterdir()))
    begun = time.monotonic()
    setting.run(folder / "timed")
    seconds = (time.monotonic() - begun) / shards
    chance, found = random.Random(seed), Kills()
    while found.kills < kills:
        out = folder / f"run{found.runs}"
        for _ in range(chance.randint(1, _MOST_KILLS_A_RUN)):
            moment = chance.randint(_done(out), shards), chance.uniform(0, seconds)
            found.kills += _killed_at(setting.start(out), out, *moment)
        compare(found, setting, out, expected, f"random kills of run {found.runs}")
        print(f"{found.kills} kills of {found.runs} runs, {len(found.different)} different", flush=True)
    return found


def failpoint_kills(setting: Setting, folder: Path, points: Sequence[str]) -> Kills:
    """One kill at each point; the run goes on to its end and is compared."""
    expected, found = oracle(setting, folder), Kills()
    for number, point in enumerate(points):
        out = folder / f"point{number}"
        status = setting.run(out, point)
        if status != _KILLED:
            found.different.append(f"{point}: never reached, exit code {status}")
        found.kills += status == _KILLED
        found.points += 1
        print(f"{found.points} points, {len(found.different)} different", flush=True)
        compare(found, setting, out, expected, point)
    return found


def points_of(shards: int, form: str = "parquet") -> list[str]:
    """Every step of what a run writes: of its first, middle and last shard, at its begin and at its end."""
    numbers = sorted({0, shards // 2, shards - 1})
    tables = [f"{table}/{number:06}.{form}" for number in numbers for table in TABLES]
    files = [OWNER, LISTING, RUN, *tables, f"{RUN}:finished"]
    points = [f"{step}@{file}" for file in files for step in FILE_STEPS]
    points += [f"{step}@{JOURNAL}:{number}" for number in numbers for step in LINE_STEPS]
    return points + [f"{step}@{JOURNAL}" for step in FILE_STEPS]


def tree(folder: Path) -> dict[str, str]:
    """The digest of every file under a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def oracle(setting: Setting, folder: Path) -> Path:
    """What an uninterrupted run leaves, made if it is not in the folder yet."""
    out = folder / "oracle"
    if not out.exists() and setting.run(out):
        raise SystemExit(Path(f"{out}.err").read_text(encoding="utf-8"))
    return out


def compare(found: Kills, setting: Setting, out: Path, expected: Path, what: str) -> None:
    """Let a run go on to its end and count what it lacks or has twice."""
    status = setting.run(out)
    found.runs += 1
    if status or tree(out) != tree(expected):
        found.different.append(f"{what}: exit code {status}, {out}")
        documents = [_documents(folder) for folder in (expected, out)]
        found.lost += len(set(documents[0]) - set(documents[1]))
        found.doubled += len(documents[1]) - len(set(documents[1]))


def _documents(out: Path) -> list[int]:
    column: list[int] = pyarrow.dataset.dataset(out / LEDGER).to_table(["document"])["document"].to_pylist()
    return column


def _killed_at(process: BaseProcess, out: Path, shards: int, seconds: float) -> bool:
    """Kill a run so many seconds after so many shards are done; whether it was still there to be killed."""
    while process.is_alive() and _done(out) < shards:
        time.sleep(0.002)
    return _killed(process, seconds)


def _done(out: Path) -> int:
    journal = out / JOURNAL
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _killed(process: BaseProcess, after: float) -> bool:
    """Kill a process group after so many seconds; whether it was still there to be killed."""
    process.join(after)
    assert process.pid is not None
    alive = process.is_alive()
    for kill in (os.killpg, os.kill):  # it may not have its group yet
        with suppress(ProcessLookupError):
            kill(process.pid, signal.SIGKILL)
    process.join()
    return alive and process.exitcode == _KILLED


def races(folder: Path, count: int, writers: int) -> list[str]:
    """So many races of so many writers for one folder; what was wrong with each that did not have one winner whom all
    others named.
    """
    wrong = []
    for number in range(count):
        place = folder / f"race{writers}-{number}"
        place.mkdir(parents=True)
        if number % 2:  # a killed process held it before
            _kill_a_holder(place)
        found = _race(place, writers)
        winners = [process for process, told in found.items() if told == "won"]
        if len(winners) != 1:
            wrong.append(f"{place}: {len(winners)} won")
        named = f"process {winners[0] if winners else 0}@"
        wrong += [f"{place}: {told}" for told in found.values() if told != "won" and named not in told]
    return wrong


def _kill_a_holder(folder: Path) -> None:
    (holder,) = _racing(folder, 1)
    (folder / "begin").touch()
    while not list(folder.glob("*.told")):
        time.sleep(0.001)
    _killed(holder, after=0)
    for path in (folder / "begin", *folder.glob("*.told")):
        path.unlink()


def _race(folder: Path, writers: int) -> dict[int, str]:
    """What came of each process."""
    processes = _racing(folder, writers)
    (folder / "begin").touch()
    told: dict[int, str] = {}
    while len(told) < writers:
        told = {int(path.stem): path.read_text(encoding="utf-8") for path in folder.glob("*.told")}
        if sum(each != "won" for each in told.values()) == writers - 1:
            (folder / "end").touch()
        time.sleep(0.005)
    for process in processes:
        process.join()
    return told


def _racing(folder: Path, writers: int) -> list[BaseProcess]:
    processes: list[BaseProcess] = [_context.Process(target=_write, args=(folder,)) for _ in range(writers)]
    for process in processes:
        process.start()
    while len(list(folder.glob("*.ready"))) < writers:
        time.sleep(0.005)
    for path in folder.glob("*.ready"):
        path.unlink()
    return processes


def _write(folder: Path) -> None:
    """Try to hold a folder with the others; whoever does keeps it until all others have tried."""
    (folder / f"{os.getpid()}.ready").touch()
    while not (folder / "begin").exists():
        time.sleep(0.001)
    told, here = folder / f"{os.getpid()}.told", folder / f".{os.getpid()}"
    begun = time.monotonic()
    try:
        with held(folder / "out"):
            here.write_text("won", encoding="utf-8")
            here.replace(told)
            while not (folder / "end").exists():
                time.sleep(0.001)
    except LockedError as error:
        seconds = time.monotonic() - begun
        here.write_text(str(error) if seconds < _MOST_SECONDS else f"late: {seconds}", encoding="utf-8")
        here.replace(told)


def _in_group(arguments: list[str], failpoint: str, largest_file: int, errors: str) -> None:
    os.setsid()
    if failpoint:
        os.environ[VARIABLE] = failpoint
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    with open(errors, "a", encoding="utf-8") as file:  # noqa: PTH123 the descriptor is what counts
        os.dup2(file.fileno(), 2)
    os._exit(run_command(arguments, archive))


def main() -> None:
    """Kill as often as asked for and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--parts", default="random,failpoints,races")
    parser.add_argument("--races", type=int, default=100)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = write_mixed(folder / "input", asked.documents, seed=7, broken=4)
        setting = Setting(asked.bundle, inputs, ("--shard", str(_SHARD), "--workers", str(asked.workers)))
        shards = -(-(asked.documents + 4) // _SHARD)
        parts: dict[str, Callable[[], Any]] = {
            "random": lambda: asdict(random_kills(setting, folder, asked.kills)),
            "failpoints": lambda: asdict(failpoint_kills(setting, folder, points_of(shards))),
            "races": lambda: {f"{asked.races} of {writers}": races(folder, asked.races, writers) for writers in (2, 8)},
        }
        found: dict[str, Any] = json.loads(asked.out.read_text(encoding="utf-8")) if asked.out.exists() else {}
        for part in asked.parts.split(","):
            found[part] = parts[part]()
    asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
