"""Who reads the shards of an archive run: a thread of this process, or processes of their own.

Each reads whole shards with the same function. None writes to the folder: what was read goes back to the driver.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from dateline_infer.extractor import Extractor
from dateline_infer.host import cores
from dateline_infer.loading import Loading
from dateline_labels import BundleError, DatelineError, ExitCode

from .lookups import LookupFiles, opened
from .reading import ReadShard, read_shard
from .shards import Plan, Shard

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")
"""What numpy's and the tokenizer's libraries read their number of threads from when they are loaded."""


class Workers(Protocol):
    """What reads shards. `at_once` is how many are to be given to it, so that it is never idle."""

    at_once: int

    def submit(self, shard: Shard) -> Future[ReadShard]:
        """Begin to read a shard; raises WorkerDiedError, or the future does, where a worker died."""
        ...

    def restart(self) -> None:
        """Begin anew after a worker died; what was being read is forgotten."""
        ...

    def stop(self) -> None:
        """Stop at once; what was being read is forgotten."""
        ...


class WorkerDiedError(Exception):
    """A worker died while it read a shard, which can be read again."""


class WorkersDiedError(DatelineError):
    """Workers died again and again, for want of memory perhaps."""

    exit_code = ExitCode.IO


class WorkersLostError(DatelineError):
    """There are no workers, or none any more."""

    exit_code = ExitCode.IO


@dataclass(frozen=True)
class Reader:
    """All that a worker needs to read shards of one run, wherever it runs; `model` is the digest of the bundle."""

    loading: Loading
    plan: Plan
    model: str
    lookups: LookupFiles = field(default_factory=LookupFiles)


@lru_cache(maxsize=1)
def extractor_of(reader: Reader) -> Extractor:
    """The extractor of a run, loaded once a process; raises BundleError where it is another one than the run's."""
    extractor = reader.loading.load()
    if extractor.model != reader.model:
        raise BundleError(f"{reader.loading.bundle}: was changed since the run began")
    return extractor


def read_with(reader: Reader, shard: Shard) -> ReadShard:
    """Read one shard; any process gives the same bytes."""
    return read_shard(extractor_of(reader), shard, reader.plan, opened(reader.lookups))


class ThisProcess:
    """A thread of this process."""

    at_once = 2

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._executor = ThreadPoolExecutor(1, "shard")

    def submit(self, shard: Shard) -> Future[ReadShard]:
        """As `Workers.submit`."""
        return self._executor.submit(read_with, self._reader, shard)

    def restart(self) -> None:
        """A thread does not die alone."""

    def stop(self) -> None:
        """Begin no other shard; the one that is being read is forgotten."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class Processes:
    """Processes of their own, which end with this one however it ends."""

    def __init__(self, reader: Reader, count: int) -> None:
        self.at_once = count + 1
        self._reader, self._count = reader, count
        self._executor = self._new()

    def submit(self, shard: Shard) -> Future[ReadShard]:
        """As `Workers.submit`."""
        try:
            return self._executor.submit(read_with, self._reader, shard)
        except BrokenProcessPool:
            raise WorkerDiedError from None

    def restart(self) -> None:
        """As `Workers.restart`."""
        self.stop()
        self._executor = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, multiprocessing.get_context("spawn"), _begin)

    def stop(self) -> None:
        """As `Workers.stop`."""
        # the executor forgets its processes when it is shut down
        processes = list((self._executor._processes or {}).values())
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()


@contextmanager
def local_workers(reader: Reader, count: int) -> Iterator[Workers]:
    """So many workers that share the cores, unless the loading says how many threads each has."""
    threads = reader.loading.threads or max(1, cores() // count)
    reader = replace(reader, loading=replace(reader.loading, threads=threads))
    # the executor starts its processes one by one, when there is work
    with threads_in_environment(threads) if count > 1 else nullcontext():
        made: Workers = ThisProcess(reader) if count == 1 else Processes(reader, count)
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def threads_in_environment(threads: int) -> Iterator[None]:
    """What is started meanwhile has so many threads."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _begin() -> None:
    """A worker leaves interrupts to the driver, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
