"""Fuzz readers of annotations: `python benchmarks/fuzzing.py FORMAT… [--runs N | --until N] [--seed N]`.

A reader may raise an error of ours that is one line, or OSError; anything else ends the run with the traceback and the
input that did it. Where atheris is installed (`pip install 'dateline[fuzz]'`) it looks for inputs that reach new lines
of the code, beginning with files as the format's writer makes them and as others do (`foreign_files.py`); else such
files are damaged at random (`damaging.py`), or with `--each` have each word and value in the place of every other. What
a session tried is counted under its seed in `out/fuzzing/FORMAT`, where the inputs that reached new code and those that
did harm are kept too; the next session goes on from them with the next seed.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path, PosixPath
from typing import Any, ClassVar

from damaging import Damage, vocabulary, with_each_part, zipped
from foreign_files import FILES

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
_WRITTEN_EACH = 5_000  # executions after which a session's count is written
_LARGEST = 8192  # bytes of an input by atheris
_BY_NAME = ("datasets",)  # formats whose readers hand names of files to a library
_ZIPPED = ("xmi",)  # formats whose units may be packed


class HeldPath(PosixPath):
    """A path whose file is held in memory for `read_bytes`, and written when anything else asks for it by the path."""

    __slots__ = ()
    held: ClassVar[dict[str, bytes]] = {}
    on_disk: ClassVar[dict[str, bytes]] = {}

    def read_bytes(self) -> bytes:
        """What is held, else what the file has."""
        held = self.held.get(str(self))
        return super().read_bytes() if held is None else held

    def __fspath__(self) -> str:
        name = str(self)
        held = self.held.get(name)
        if held is not self.on_disk.get(name):
            Path(name).write_bytes(held or b"")
            self.on_disk[name] = held or b""
        return name


@dataclass(frozen=True)
class Target:
    """A reader with the files of one unit as its writer made them; an input takes the place of one of them.

    The first byte of an input says which file it replaces, the rest is the file. `foreign` are inputs as others write.
    """

    unit: Path
    files: tuple[tuple[Path, bytes], ...]
    read: Callable[[Path], object]
    foreign: tuple[bytes, ...] = ()

    @staticmethod
    def of(each: "Format", folder: Path, in_memory: bool | None = None) -> "Target":
        """The unit that the format's writer makes of a small dispatch, in the folder.

        Damaged files are held in memory, unless the format's reader hands names of files to a library.
        """
        if each.name == "docbin" and find_spec("srsly"):
            from srsly import msgpack

            msgpack.msgpack_decoders.entry_points = False  # else every package is looked through for each document
        target = folder / f"out{next(suffix for suffix in each.suffixes)}"
        each.write([_dispatch()], target, True)
        unit = next(path for path, found in units_of(target, (each,)) if found)
        files = sorted(path for path in ([target] if target.is_file() else target.rglob("*")) if path.is_file())
        kind = HeldPath if (each.name not in _BY_NAME if in_memory is None else in_memory) else Path
        names = [path.name for path in files]
        foreign = [bytes([names.index(name)]) + source.encode() for name, source in FILES.get(each.name, ())]
        if each.name in _ZIPPED:
            both = {path.name: path.read_bytes() for path in files}
            foreign.append(bytes([names.index(unit.name)]) + zipped(both))
        held = tuple((kind(path), path.read_bytes()) for path in files)
        return Target(kind(unit), held, each.read, tuple(foreign))

    @property
    def inputs(self) -> list[bytes]:
        """Every file of the unit by itself, then those of others."""
        return [*(self.whole(index) for index in range(len(self.files))), *self.foreign]

    def whole(self, index: int) -> bytes:
        """The input that replaces a file by itself."""
        return bytes([index]) + self.files[index][1]

    def outcome(self, data: bytes) -> str:
        """The reader's refusal of an input, "" where it reads it; anything but an error of ours goes through."""
        path, before = self.files[(data[0] if data else 0) % len(self.files)]
        _replace(path, data[1:])
        try:
            self.read(self.unit)
        except (DatelineError, OSError) as error:
            if len(str(error).splitlines()) != 1:
                raise AssertionError(f"more than one line: {error}") from error
            return str(error)
        finally:
            _replace(path, before)
        return ""

    def damaged(self, data: bytes, damage: Damage) -> bytes:
        """The input damaged, now and then another file of the unit in its place."""
        index = (data[0] if data else 0) % len(self.files)
        if len(data) < 2 or damage.chance.random() < 0.05:
            index = damage.chance.randrange(len(self.files))
            data = self.whole(index)
        return bytes([index]) + damage.of(data[1:])


def _replace(path: Path, data: bytes) -> None:
    if isinstance(path, HeldPath):
        path.held[str(path)] = data
    else:
        path.write_bytes(data)


def damaged(target: Target, runs: int, seed: int, others: Sequence[bytes] = ()) -> Iterator[bytes]:
    """So many inputs, each made of one of the target's, or half of them of `others`, where there are any."""
    damage = Damage(random.Random(seed), vocabulary(target.read))
    inputs = target.inputs
    for _ in range(runs):
        source = others if others and damage.chance.random() < 0.5 else inputs
        yield target.damaged(damage.chance.choice(source), damage)


def each_in_turn(target: Target) -> Iterator[bytes]:
    """The target's inputs with each part of them in turn replaced, in the same order always."""
    words = vocabulary(target.read)
    for source in target.inputs:
        for data in with_each_part(source[1:], words):
            yield source[:1] + data


@dataclass
class Session:
    """What was tried under one seed, counted in a file of its own beside those of other sessions."""

    folder: Path
    seed: int
    by: str
    runs: int = 0
    refused: int = 0

    def tries(self, target: Target, data: bytes) -> None:
        """Try the input and count it; what the reader must not raise goes through, the input is shown."""
        try:
            self.refused += bool(target.outcome(data))
        except BaseException:
            print(f"execution {self.runs + 1} with the seed {self.seed}: {data!r}", file=sys.stderr)
            raise
        self.runs += 1
        if self.runs % _WRITTEN_EACH == 0:
            self.write()

    def write(self) -> None:
        """Write the count."""
        row = {"seed": self.seed, "by": self.by, "runs": self.runs, "refused": self.refused}
        (self.folder / f"{self.seed}.json").write_text(json.dumps(row) + "\n", encoding="utf-8")


def sessions(folder: Path) -> list[dict[str, Any]]:
    """What sessions before counted, by seed."""
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    return sorted(rows, key=lambda row: int(row["seed"]))


def total(folder: Path) -> str:
    """The executions of every session of a format, on one line."""
    rows = sessions(folder)
    runs, refused = (sum(row[key] for row in rows) for key in ("runs", "refused"))
    seeds = ", ".join(f"{row['seed']} ({row['by']}, {row['runs']:,})" for row in rows)
    return f"{folder.name}: {runs:,} executions, {refused:,} refused in one line each, the others read; seeds {seeds}"


def main(arguments: Sequence[str]) -> int:
    """Fuzz readers one after the other; returns how the first ended that did not end well, else 0."""
    parser = argparse.ArgumentParser(description="Fuzz readers of annotations.")
    names = [each.name for each in FORMATS]
    parser.add_argument(
        "formats", nargs="+", choices=[*names, "all"], metavar="format", help=f"all, {', '.join(names)}"
    )
    parser.add_argument("--runs", type=int, default=100_000, help="executions of this session")
    parser.add_argument("--until", type=int, help="executions of all sessions, instead of --runs")
    parser.add_argument("--seed", type=int, help="else the one after those of the sessions before, or 13")
    parser.add_argument("--random", action="store_true", help="damage files at random, also where atheris is installed")
    parser.add_argument("--each", action="store_true", help="try each word and value in place of every other instead")
    parser.add_argument("--kept", type=Path, default=Path("out/fuzzing"), help="where sessions are kept")
    choices = parser.parse_args(arguments)
    by = "each" if choices.each else "atheris" if _WITH_ATHERIS and not choices.random else "random"
    for each in FORMATS:
        if each.name not in choices.formats and "all" not in choices.formats:
            continue
        session = _session(choices.kept / each.name, choices.seed, by)
        if session is None:
            parser.error(f"the seed {choices.seed} was tried before, another one tries other inputs")
        before = sum(row["runs"] for row in sessions(session.folder))
        runs = choices.runs if choices.until is None else choices.until - before
        status = _fuzzed(each, session, runs) if runs > 0 else 0
        print(total(session.folder), flush=True)
        if status:
            return status
    return 0


def _session(folder: Path, seed: int | None, by: str) -> Session | None:
    """A session of the seed, or the one after all that were tried; None where this one was."""
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    seeds = [row["seed"] for row in sessions(folder)]
    return None if seed in seeds else Session(folder, max(seeds, default=12) + 1 if seed is None else seed, by)


def _fuzzed(each: "Format", session: Session, runs: int) -> int:
    """Fuzz the reader of the format so many times; returns how the process that did so ended."""
    with tempfile.TemporaryDirectory(dir=_SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None) as name:
        target = Target.of(each, Path(name) / "unit")
        if session.by == "atheris":
            return _with_atheris(target, session, runs, Path(name) / "seeds")
        corpus = [path.read_bytes() for path in sorted((session.folder / "corpus").iterdir())]
        some = each_in_turn(target) if session.by == "each" else damaged(target, runs, session.seed, corpus)
        for data in islice(some, runs):
            session.tries(target, data)
        session.write()
    return 0


def _with_atheris(target: Target, session: Session, runs: int, seeds: Path) -> int:
    """Fuzz with what atheris finds, in a process of its own, for it ends that; returns how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    damage = Damage(random.Random(session.seed), vocabulary(target.read))
    seeds.mkdir()
    for index, data in enumerate([*target.inputs, *damaged(target, 200, session.seed)]):
        (seeds / str(index)).write_bytes(data)
    left = runs

    def once(data: bytes) -> None:
        nonlocal left
        session.tries(target, data)
        left -= 1
        if not left:
            session.write()
            os._exit(0)

    def mutated(data: bytes, largest: int, _seed: int) -> bytes:
        changed: bytes = atheris.Mutate(data, largest) if damage.chance.random() < 0.4 else target.damaged(data, damage)
        return changed[:largest]

    options = ["-runs=-1", f"-seed={session.seed}", f"-max_len={_LARGEST}", "-timeout=300", "-mutate_depth=1"]
    folders = [str(session.folder / "corpus"), str(seeds)]
    atheris.Setup(
        [sys.argv[0], *options, f"-artifact_prefix={session.folder}/", *folders], once, custom_mutator=mutated
    )
    atheris.Fuzz()
    os._exit(1)


_WITH_ATHERIS = __name__ == "__main__" and find_spec("atheris") is not None and not {"--random", "--each"} & {*sys.argv}
if _WITH_ATHERIS:
    import atheris

    with atheris.instrument_imports(include=["dateline_formats", "dateline_labels"]):  # pyright: ignore  # untyped
        from dateline_formats.format import Format
        from dateline_formats.known import FORMATS
        from dateline_formats.reading import units_of
        from dateline_labels import DatelineError, Dispatch, Relation, Span
else:
    from dateline_formats.format import Format
    from dateline_formats.known import FORMATS
    from dateline_formats.reading import units_of
    from dateline_labels import DatelineError, Dispatch, Relation, Span


def _dispatch() -> "Dispatch":
    spans = (
        Span("a1", "ATTACK", 2, 10, {"kind": "bombing", "status": "occurred"}, 0.5),
        Span("p1", "ACTOR", 14, 25),
        Span("t1", "TIME", 27, 33),
    )
    relations = (Relation("perpetrator", "a1", "p1"), Relation("time", "a1", "t1"))
    return Dispatch(
        "d1", "🔥 Shelling\nby Azor rebels, Monday.", "2019-03-14", {"theatre": "example"}, spans, relations
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
