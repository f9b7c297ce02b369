"""Fuzz a reader of annotations: `python benchmarks/fuzzing.py FORMAT [--runs N] [--seed N]`.

A reader may raise an error of ours that is one line, or OSError; anything else ends the run with the traceback and the
input that did it. Where atheris is installed (`pip install 'dateline[fuzz]'`) it looks for inputs that reach new lines
of the code, beginning with files as the format's writer makes them; else such files are damaged at random.
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
from pathlib import Path
from typing import Any

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
_TOKENS = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\t", b"\n", b"\r\n", b" ", b"null", b"true", b"0", b"-1", b"1e400"),
    *(b"99999999999999999999", b"NaN", b"\\ud83d", b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x94\xa5", b"\0", b";", b"B-"),
)

_VALUES: tuple[Any, ...] = (None, True, 0, -1, 10**30, 1.5, "", "x\ny", [], {}, [[]], {"a": 1}, ["x"], [0, 1, "x"])


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
    """Inputs in which bytes are changed, cut, doubled or replaced by tokens, or values of JSON by others."""
    chance = random.Random(seed)
    for _ in range(runs):
        index = chance.randrange(len(target.files))
        data = target.files[index][1]
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            data = _with_other_value(data, chance) if chance.random() < 0.5 else _with_other_bytes(data, chance)
        yield bytes([index]) + data


def _with_other_bytes(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randint(0, len(data)) for _ in range(2))
    end = min(end, start + chance.randint(0, 12))
    token = chance.choice((*_TOKENS, data[start:end] * 2, bytes([chance.randrange(256)])))
    return data[:start] + token + data[end:]


def _with_other_value(data: bytes, chance: random.Random) -> bytes:
    """The JSON, or one line of it, with a value replaced, left out or under another key; other data as it is."""
    lines = data.split(b"\n")
    number = chance.randrange(len(lines))
    for whole, part in ((True, data), (False, lines[number])):
        try:
            value = json.loads(part)
        except (ValueError, RecursionError):
            continue
        places = list(_places(value))
        if places:
            _change(*chance.choice(places), chance)
        changed = json.dumps(value).encode()
        return changed if whole else b"\n".join([*lines[:number], changed, *lines[number + 1 :]])
    return data


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (object or list, key) within the value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)


def _change(holder: Any, key: Any, chance: random.Random) -> None:
    change = chance.choice(("value", "value", "left out", "moved"))
    if change == "value":
        holder[key] = chance.choice(_VALUES)
    elif change == "left out":
        del holder[key]
    elif isinstance(holder, dict):
        holder[f"{key}_"] = holder.pop(key)
    else:
        holder.insert(key, holder[key])


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
            return _with_atheris(target, seeds, choices.runs, choices.seed)
        refused = 0
        for number, data in enumerate(damaged(target, choices.runs, choices.seed), start=1):
            try:
                refused += bool(target.outcome(data))
            except Exception:
                print(f"input {number}: {data!r}", file=sys.stderr)
                raise
        print(f"{choices.format}: {choices.runs} damaged files, {refused} refused in one line each, the others read")
    return 0


def _with_atheris(target: Target, seeds: Path, runs: int, seed: int) -> int:
    """Fuzz with what atheris finds, in a process of its own, for it ends that; returns how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    options = [f"-runs={runs}", f"-seed={seed}", "-max_len=4096", "-timeout=300", f"-artifact_prefix={seeds.parent}/"]

    def once(data: bytes) -> None:
        target.outcome(data)

    atheris.Setup([sys.argv[0], *options, str(seeds)], once)
    atheris.Fuzz()
    os._exit(0)


_WITH_ATHERIS = __name__ == "__main__" and find_spec("atheris") is not None and "--random" not in sys.argv
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
        Span("p1", "ACTOR", 13, 24),
        Span("t1", "TIME", 26, 32),
    )
    relations = (Relation("perpetrator", "a1", "p1"), Relation("time", "a1", "t1"))
    return Dispatch(
        "d1", "🔥 Shelling\nby Azor rebels, Monday.", "2019-03-14", {"theatre": "example"}, spans, relations
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
