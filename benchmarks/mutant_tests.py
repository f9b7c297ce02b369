"""A module, its tests and its mutants → which mutants the tests notice.

The tests run once in this process, which thereby loads what they need; then each mutant in a fork of it, where the
project alone is imported anew, its one module with the mistake. Linux only.
"""

import contextlib
import importlib.abc
import importlib.util
import math
import os
import random
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from mutants import mutants

ROOT = Path(__file__).resolve().parents[1]
_OWN = {"__main__", "mutants", "mutant_tests", "mutation"}
KILLED, SURVIVED, ENDLESS = "killed", "survived", "endless"
_MEMORY = 8 * 2**30
_IDLE = ("cacheprovider", "xdist", "unraisableexception", "threadexception", "logging", "doctest", "junitxml")
"""Plugins of pytest that take time and tell nothing here."""
_SECONDS = 120.0
"""How long a mutant may take by the clock; by the processor it is far less, see `_allowed`."""


@dataclass(frozen=True)
class Tested:
    """A module of a package, as a path from the root, and the files or folders of tests that hold it."""

    module: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """As it is imported."""
        path = Path(self.module)
        return f"{path.parent.name}.{path.stem}"


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant: its line, what stood there and stands there now, and whether it was noticed."""

    line: int
    before: str
    after: str
    outcome: str


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives a module another source than its file."""

    def __init__(self, name: str, file: Path, source: str) -> None:
        self._name, self._file, self._source = name, file, source

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._file, loader=self)

    def get_source(self, fullname: str) -> str:
        return self._source


def outcomes(tested: Tested, sample: int, seed: int) -> list[Outcome]:
    """What became of each mutant, or of `sample` of them, chosen at random, where there are more and it is not 0.

    Raises RuntimeError where the tests fail without any mistake.
    """
    source = (ROOT / tested.module).read_text(encoding="utf-8")
    chosen = mutants(source)
    if 0 < sample < len(chosen):
        chosen = sorted(random.Random(f"{seed} {tested.name}").sample(chosen, sample), key=lambda each: each.line)
    begin = time.process_time()
    if _run_tests(tested.tests) != 0:
        raise RuntimeError(f"{tested.module}: its tests fail as they stand")
    seconds = _allowed(time.process_time() - begin)
    _forget_the_project()
    if (unchanged := _in_a_fork(tested, source, seconds)) != SURVIVED:
        raise RuntimeError(f"{tested.module}: its tests pass, but not a second time in a fork: {unchanged}")
    return [
        Outcome(mutant.line, *mutant.difference(source), _in_a_fork(tested, mutant.source, seconds))
        for mutant in chosen
    ]


def _allowed(seconds: float) -> int:
    """Seconds of the processor within which a mutant's tests are to end."""
    return math.ceil(5 + 3 * seconds)


def _run_tests(tests: Sequence[str]) -> int:
    idle = (option for plugin in _IDLE for option in ("-p", f"no:{plugin}"))
    options = ["-x", "-q", "-s", "--tb=no", "--assert=plain", "--hypothesis-profile=mutants", *idle]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        nowhere = stack.enter_context(Path(os.devnull).open("w"))
        stack.enter_context(contextlib.redirect_stdout(nowhere))
        stack.enter_context(contextlib.redirect_stderr(nowhere))
        files = [str(ROOT / test) for test in tests]
        return int(pytest.main([*options, f"--basetemp={folder}/tests", f"--rootdir={ROOT}", *files]))


def _forget_the_project() -> None:
    """Let its modules and the tests be imported anew; what else they import stays."""
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "/")
        if file.is_relative_to(ROOT) and ".venv" not in file.parts and name not in _OWN:
            del sys.modules[name]


def _in_a_fork(tested: Tested, source: str, seconds: int) -> str:
    process = os.fork()
    if process == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        sys.meta_path.insert(0, _Mutated(tested.name, ROOT / tested.module, source))
        code = 1
        with contextlib.suppress(BaseException):
            code = _run_tests(tested.tests)
        os._exit(code)
    return _waited_for(process)


def _waited_for(process: int) -> str:
    handle = os.pidfd_open(process)
    ended = select.select([handle], [], [], _SECONDS)[0]
    os.close(handle)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if not ended or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return ENDLESS
    return SURVIVED if status == 0 else KILLED
