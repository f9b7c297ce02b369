"""Fuzz a reader of annotations: `python benchmarks/fuzzing.py FORMAT [--runs N] [--seed N]`.

A reader may raise an error of ours that is one line, or OSError; anything else ends the run with the traceback and the
input that did it. Where atheris is installed (`pip install 'dateline[fuzz]'`) it looks for inputs that reach new lines
of the code, beginning with files as the format's writer makes them; else such files are damaged at random.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
_TOKENS = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\t", b"\n", b"\r\n", b" ", b"null", b"true", b"0", b"-1", b"1e400"),
    *(b"99999999999999999999", b"NaN", b"\\ud83d", b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x94\xa5", b"\0", b";", b"B-"),
)


@dataclass(frozen=True)
class Target:
    """A reader with the files of one unit as its writer made them; an input takes the place of one of them.

    The first byte of an input says which file it replaces, the rest is the file.
    """

    folder: Path
    unit: Path
    files: tuple[tuple[Path, bytes], ...]
    read: Callable[[Path], object]

    @staticmethod
    def of(each: "Format", folder: Path) -> "Target":
        """The unit that the format's writer makes of a small dispatch, in the folder."""
        target = folder / f"out{next(suffix for suffix in each.suffixes)}"
        each.write([_dispatch()], target, True)
        unit = next(path for path, found in units_of(target, (each,)) if found)
        files = sorted(path for path in ([target] if target.is_file() else target.rglob("*")) if path.is_file())
        return Target(folder, unit, tuple((path, path.read_bytes()) for path in files), each.read)

    def whole(self, index: int) -> bytes:
        """The input that replaces a file by itself."""
        return bytes([index]) + self.files[index][1]

    def outcome(self, data: bytes) -> str:
        """The reader's refusal of an input, "" where it reads it; anything but an error of ours goes through."""
        path, before = self.files[(data[0] if data else 0) % len(self.files)]
        path.write_bytes(data[1:])
        try:
            self.read(self.unit)
        except (DatelineError, OSError) as error:
            if len(str(error).splitlines()) != 1:
                raise AssertionError(f"more than one line: {error}") from error
            return str(error)
        finally:
            path.write_bytes(before)
        return ""


def damaged(target: Target, runs: int, seed: int) -> Iterator[bytes]:
    """Inputs in which bytes are changed, cut, doubled or replaced by tokens of JSON and of tables."""
    chance = random.Random(seed)
    for _ in range(runs):
        index = chance.randrange(len(target.files))
        data = bytearray(target.files[index][1])
        for _ in range(chance.randint(1, 4)):
            start, end = sorted(chance.randint(0, len(data)) for _ in range(2))
            end = min(end, start + chance.randint(0, 12))
            token = chance.choice((*_TOKENS, bytes(data[start:end]) * 2, bytes([chance.randrange(256)])))
            data[start:end] = token
        yield bytes([index]) + bytes(data)


def main(arguments: Sequence[str]) -> int:
    """Fuzz one reader so many times."""
    parser = argparse.ArgumentParser(description="Fuzz a reader of annotations.")
    parser.add_argument("format", choices=[each.name for each in FORMATS])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--random", action="store_true", help="damage files at random, also where atheris is installed")
    choices = parser.parse_args(arguments)
    shared = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as name:
        folder = Path(name)
        target = Target.of(next(each for each in FORMATS if each.name == choices.format), folder / "unit")
        if _WITH_ATHERIS and not choices.random:
            seeds = folder / "seeds"
            seeds.mkdir()
            for index, data in enumerate([target.whole(0), *damaged(target, 200, choices.seed)]):
                (seeds / str(index)).write_bytes(data)
            _with_atheris(target, seeds, choices.runs, choices.seed)
        refused = 0
        for number, data in enumerate(damaged(target, choices.runs, choices.seed), start=1):
            try:
                refused += bool(target.outcome(data))
            except Exception:
                print(f"input {number}: {data!r}", file=sys.stderr)
                raise
        print(f"{choices.format}: {choices.runs} damaged files, {refused} refused in one line each, the others read")
    return 0


def _with_atheris(target: Target, seeds: Path, runs: int, seed: int) -> None:
    """Fuzz with what atheris finds; it ends the process."""
    options = [f"-runs={runs}", f"-seed={seed}", "-max_len=4096", "-timeout=20", str(seeds)]

    def once(data: bytes) -> None:
        target.outcome(data)

    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()


_WITH_ATHERIS = __name__ == "__main__" and find_spec("atheris") is not None and "--random" not in sys.argv
if _WITH_ATHERIS:
    import atheris

    with atheris.instrument_imports(include=["dateline_formats", "dateline_labels"]):
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
        Span("p1", "ACTOR", 13, 24),
        Span("t1", "TIME", 26, 32),
    )
    relations = (Relation("perpetrator", "a1", "p1"), Relation("time", "a1", "t1"))
    return Dispatch(
        "d1", "🔥 Shelling\nby Azor rebels, Monday.", "2019-03-14", {"theatre": "example"}, spans, relations
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
