"""Kill workers, raylets and drivers of archive runs on Ray, and compare what the runs leave in the end with what a run
of one process without Ray leaves, byte for byte.

    python benchmarks/archive_ray_kills.py --bundle BUNDLE --kills 20 --out ray_kills.json

Of Linux alone: processes are found in /proc.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from archive_kills import Kills, Setting, compare, oracle
from archive_texts import write_mixed
from dateline_archive.journal import JOURNAL

WORKERS, RAYLET, DRIVER = KINDS = ("workers", "raylet", "driver")
_ACTOR, _RAYLET = "ray::ShardReader", "raylet"
_MOST_KILLS_A_RUN = 5
_MOST_WORKERS_A_RUN = 10
_LOST = 4
_KILLED = -signal.SIGKILL
_LOOK_EVERY = 0.05
_BEGINNINGS, _SECONDS_TO_BEGIN = 0.25, 15.0  # the share of kills before anything is read, and within what time
_SECONDS_TO_END = 90.0  # two of Ray's agents try for a minute to report that the rest is gone
_SHARD = 8


@dataclass
class RayKills(Kills):
    """`ended` are the seconds that it took after each kill until the run (with a driver: its cluster) had ended."""

    ended: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Killing:
    """Where runs on Ray are killed, and what the uninterrupted run without it left."""

    setting: Setting
    folder: Path
    expected: Path
    chance: random.Random
    shards: int

    @staticmethod
    def begin(setting: Setting, folder: Path, seed: int = 1) -> "Killing":
        """`setting` is without Ray; two workers on Ray are to leave the same."""
        on_ray = replace(setting, options=(*setting.options, "--ray", "--workers", "2", "--threads", "1"))
        expected = oracle(setting, folder)
        return Killing(on_ray, folder, expected, random.Random(seed), lines(expected))

    def wait(self, process: BaseProcess, out: Path) -> None:
        """Wait for a random moment of a run: a number of shards that are done then, or one before the first."""
        if self.chance.random() < _BEGINNINGS:
            process.join(self.chance.uniform(0, _SECONDS_TO_BEGIN))
            return
        aim = self.chance.randrange(min(lines(out), self.shards - 1), self.shards)
        while process.is_alive() and lines(out) <= aim:
            process.join(_LOOK_EVERY)


def worker_kills(killing: Killing, kills: int, every: float, most: int = _MOST_WORKERS_A_RUN) -> RayKills:
    """A random worker every so many seconds, so often a run, which ends as if nothing had been."""
    found = RayKills()
    while found.kills < kills:
        out = killing.folder / f"workers{found.runs}"
        process = killing.setting.start(out)
        left = min(most, kills - found.kills)
        while left and process.is_alive():
            process.join(every)
            actors = [number for number, name in descendants(process.pid) if name.startswith(_ACTOR)]
            if actors and process.is_alive() and _kill(killing.chance.choice(actors)):
                left, found.kills = left - 1, found.kills + 1
        process.join()
        if process.exitcode:
            found.different.append(f"{out}: exit code {process.exitcode}")
        compare(found, killing.setting, out, killing.expected, f"workers killed in run {found.runs}")
        print(f"{WORKERS}: {asdict(found)}", flush=True)
    return found


def raylet_kills(killing: Killing, kills: int, most: int = _MOST_KILLS_A_RUN) -> RayKills:
    """The raylet at a random moment; the run stops with exit code 4, and goes on when begun again."""

    def kill(process: BaseProcess, out: Path, found: RayKills) -> None:
        _wait_for(process, _RAYLET)
        killing.wait(process, out)
        (raylet,) = _wait_for(process, _RAYLET) or (0,)
        if raylet and process.is_alive() and _kill(raylet):
            begun = time.monotonic()
            process.join()
            found.kills += 1
            if process.exitcode == _LOST:
                found.ended.append(round(time.monotonic() - begun, 2))
            elif process.exitcode:  # a run begins a cluster anew that dies while it begins, and then ends well
                found.different.append(f"a raylet was killed: exit code {process.exitcode}")

    return _killed_again_and_again(killing, kills, most, RAYLET, kill)


def driver_kills(killing: Killing, kills: int, most: int = _MOST_KILLS_A_RUN) -> RayKills:
    """The driver alone at a random moment; its cluster ends with it."""

    def kill(process: BaseProcess, out: Path, found: RayKills) -> None:
        _wait_for(process, _RAYLET)
        killing.wait(process, out)
        cluster = [number for number, _ in descendants(process.pid)]
        if process.is_alive() and process.pid and _kill(process.pid):
            begun = time.monotonic()
            process.join()
            found.kills += process.exitcode == _KILLED
            while any(_name(number) for number in cluster) and time.monotonic() - begun < _SECONDS_TO_END:
                time.sleep(_LOOK_EVERY)
            left = [name for number in cluster if (name := _name(number))]
            found.different += [f"a driver was killed, {name} lives on" for name in left]
            found.ended.append(round(time.monotonic() - begun, 2))

    return _killed_again_and_again(killing, kills, most, DRIVER, kill)


def _killed_again_and_again(
    killing: Killing, kills: int, most: int, kind: str, kill: Callable[[BaseProcess, Path, RayKills], None]
) -> RayKills:
    found = RayKills()
    while found.kills < kills:
        out = killing.folder / f"{kind}{found.runs}"
        for _ in range(min(killing.chance.randint(1, most), kills - found.kills)):
            process = killing.setting.start(out)
            kill(process, out, found)
            process.join()
        compare(found, killing.setting, out, killing.expected, f"{kind} killed in run {found.runs}")
        print(f"{kind}: {asdict(found)}", flush=True)
    return found


def lines(out: Path) -> int:
    """How many shards are done."""
    journal = out / JOURNAL
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _wait_for(process: BaseProcess, name: str) -> tuple[int, ...]:
    """The first process of this name that a run has; none where the run ends before."""
    while process.is_alive():
        numbers = [number for number, each in descendants(process.pid) if Path(each).name == name]
        if numbers:
            return (numbers[0],)
        process.join(_LOOK_EVERY)
    return ()


def descendants(root: int | None) -> Iterator[tuple[int, str]]:
    """The processes that a process has started, and they in turn, by number and name."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            children.setdefault(int(status.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    todo = list(children.get(root or 0, []))
    while todo:
        number = todo.pop()
        todo += children.get(number, [])
        yield number, _name(number)


def _name(number: int) -> str:
    """The first word of a process's command line; empty where it has ended."""
    try:
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return words[0].decode("utf-8", errors="replace")


def _kill(number: int) -> bool:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Kill as often as asked for and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--kills", type=int, default=20, help="of each kind")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two kills of workers")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        inputs = write_mixed(Path(name) / "input", asked.documents, seed=7, broken=4)
        killing = Killing.begin(Setting(asked.bundle, inputs, ("--shard", str(_SHARD))), Path(name))
        found = {}
        for kind in asked.kinds:
            if kind == WORKERS:
                found[kind] = asdict(worker_kills(killing, asked.kills, asked.every))
            else:
                kill = raylet_kills if kind == RAYLET else driver_kills
                found[kind] = asdict(kill(killing, asked.kills))
            asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
