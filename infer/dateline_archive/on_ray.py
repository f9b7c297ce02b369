"""Workers on a Ray cluster: each an actor with the model loaded once, that reads whole shards.

shards → actors → what was read in them, back to the driver, which alone writes. What an actor that died had in hand is
read by another one; a new one takes its place.
"""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from math import ceil
from typing import Any

from dateline_infer.host import CUDA, cores
from dateline_labels import DatelineError, ExitCode, one_line

from .cluster import LOCAL, joined, open_hatches
from .folder import versions
from .pulse import Pulse, Room, fetched
from .reading import ReadShard
from .shards import Shard
from .workers import Reader, Workers, WorkersDiedError, WorkersLostError, extractor_of, read_with

_AT_ONCE = 2  # shards an actor has in hand, so that it never waits for one
_MOST_DEATHS = 3  # over one shard
_MOST_FALSE_STARTS = 10
_LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Refusal:
    """Why a node cannot read for a run, and the exit code that stands for it."""

    what: str
    exit_code: ExitCode


class RefusedError(DatelineError):
    """A node of the cluster cannot read for the run."""

    def __init__(self, refusal: Refusal) -> None:
        self.exit_code = refusal.exit_code
        super().__init__(refusal.what)


class ShardReader:
    """What an actor is made of."""

    def __init__(self, reader: Reader, driver: dict[str, str]) -> None:
        self._reader, self._driver = reader, driver

    def begin(self) -> Refusal | None:
        """Load the model, whose every file is checked; says why this node cannot read."""
        ray = import_module("ray")

        node = f"node {ray.util.get_node_ip_address()} of the Ray cluster"
        for name in open_hatches():
            return Refusal(f"{node}: {name} is set there, expected it to be unset", ExitCode.BAD_INPUT)
        for name, version in self._driver.items():
            if versions().get(name) != version:
                what = f"{name} {version} here, {versions().get(name, 'none')} there"
                return Refusal(f"{node}: {what}; expected the same packages on every node", ExitCode.BAD_INPUT)
        try:
            extractor_of(self._reader)
        except DatelineError as error:
            return Refusal(f"{error} (seen from {node}; it must stand at the same path on every node)", error.exit_code)
        except OSError as error:
            return Refusal(f"{error.filename}: {error.strerror} (seen from {node})", ExitCode.IO)
        return None

    def read(self, shard: Shard) -> ReadShard:
        """Read one shard."""
        return read_with(self._reader, shard)


@dataclass(eq=False)
class _Given:
    """A shard that is to be read, who waits for it, and how many actors died over it."""

    shard: Shard
    future: Future[ReadShard]
    deaths: int = 0


@dataclass(eq=False)
class _Worker:
    """An actor, what it has in hand, in the order in which it reads it, and by which references that will come."""

    actor: Any
    beginning: Any
    """The reference of its begin; None when it has begun."""
    hands: dict[Any, _Given] = field(default_factory=dict)

    @property
    def references(self) -> list[Any]:
        return [self.beginning] if self.beginning is not None else list(self.hands)


class RayWorkers:
    """So many actors and the thread that minds them."""

    def __init__(self, reader: Reader, count: int, pulse: Pulse) -> None:
        ray = import_module("ray")

        self.at_once = _AT_ONCE * count
        self._pulse = pulse
        threads, gpus = reader.loading.threads, _gpus(reader, count)
        self._make = ray.remote(ShardReader).options(num_cpus=threads, num_gpus=gpus, max_restarts=0)
        self._room = Room(threads, gpus)
        self._reader = reader
        self._lock = threading.Lock()
        self._todo: deque[_Given] = deque()
        self._false_starts = 0  # actors that died idle, one after another
        self._lost: Exception | None = None
        self._stopped = threading.Event()
        self._workers = [self._begun() for _ in range(count)]
        self._thread = threading.Thread(target=self._mind, name="ray", daemon=True)
        self._thread.start()

    def submit(self, shard: Shard) -> Future[ReadShard]:
        """As `Workers.submit`."""
        future: Future[ReadShard] = Future()
        with self._lock:
            if self._lost:
                future.set_exception(self._lost)
            else:
                self._todo.append(_Given(shard, future))
                self._hand_out()
        return future

    def restart(self) -> None:
        """Those that died were replaced already."""

    def stop(self) -> None:
        """As `Workers.stop`; the cluster ends the actors."""
        self._stopped.set()
        self._thread.join()

    def _begun(self) -> _Worker:
        actor = self._make.remote(self._reader, versions())
        return _Worker(actor, actor.begin.remote())

    def _mind(self) -> None:
        try:
            while not self._stopped.is_set():
                self._look()
        except Exception as error:  # whoever waits for a shard is to know, a bug too
            with self._lock:
                self._lost = error
                waiting = [*self._todo, *(given for worker in self._workers for given in worker.hands.values())]
            for given in waiting:
                given.future.set_exception(error)

    def _look(self) -> None:
        """Wait a little for whatever comes next, and mind it."""
        ray = import_module("ray")

        self._pulse.check()
        with self._lock:
            owners = {reference: worker for worker in self._workers for reference in worker.references}
        if all(worker.beginning is not None for worker in self._workers):
            self._room.check()
        if not owners:
            self._stopped.wait(0.01)
            return
        ready, _ = ray.wait(list(owners), timeout=_LOOK_EVERY, fetch_local=False)
        for reference in ready:
            self._take(reference, owners[reference])

    def _take(self, reference: Any, worker: _Worker) -> None:
        ray = import_module("ray")

        outcome: Any = None
        failure: Exception | None = None
        try:
            outcome = fetched(reference, self._pulse)
        except ray.exceptions.RayTaskError as error:  # raised in the actor, which lives on
            failure = error.cause if isinstance(error.cause, Exception) else error
        except ray.exceptions.RayError as error:
            self._replace(worker, error)
            return
        if reference is worker.beginning:
            self._has_begun(worker, outcome, failure)
            return
        self._false_starts = 0
        with self._lock:
            given = worker.hands.pop(reference)
            self._hand_out()
        if failure:
            given.future.set_exception(failure)
        else:
            given.future.set_result(outcome)

    def _has_begun(self, worker: _Worker, refusal: Refusal | None, failure: Exception | None) -> None:
        if failure:
            raise failure
        if refusal:
            raise RefusedError(refusal)
        self._room.there()
        self._false_starts = 0
        with self._lock:
            worker.beginning = None
            self._hand_out()

    def _hand_out(self) -> None:
        """Give what is to be done to those that have least in hand; the lock is held."""
        ready = [worker for worker in self._workers if worker.beginning is None]
        while self._todo and ready:
            worker = min(ready, key=lambda each: len(each.hands))
            if len(worker.hands) >= _AT_ONCE:
                return
            given = self._todo.popleft()
            worker.hands[worker.actor.read.remote(given.shard)] = given

    def _replace(self, dead: _Worker, error: Exception) -> None:
        """Another worker instead of a dead one; what that had in hand is the first to be given out again."""
        ray = import_module("ray")

        self._pulse.check_now()
        ray.kill(dead.actor)  # one that only cannot be reached is not to go on
        with self._lock:
            given = list(dead.hands.values())
            self._count(given, error)
            self._workers[self._workers.index(dead)] = self._begun()
            self._todo.extendleft(reversed(given))
            self._hand_out()

    def _count(self, given: Sequence[_Given], error: Exception) -> None:
        """Count a death: against the shard that was being read, or among those of workers that had none."""
        if given:
            given[0].deaths += 1
            if given[0].deaths > _MOST_DEATHS:
                raise WorkersDiedError(_over(given[0]))
            return
        self._false_starts += 1
        if self._false_starts > _MOST_FALSE_STARTS:
            what = f"{self._false_starts} workers died, one after another, before they read anything"
            raise WorkersLostError(f"{what}; of the last one Ray says: {one_line(str(error))}")


@contextmanager
def ray_workers(reader: Reader, address: str, count: int) -> Iterator[Workers]:
    """So many actors on a cluster. On one of our own they share the cores, elsewhere each has one thread, unless the
    loading says how many.
    """
    threads = reader.loading.threads or (max(1, cores() // count) if address == LOCAL else 1)
    key = reader.loading.require_signature
    loading = replace(
        reader.loading,
        bundle=reader.loading.bundle.absolute(),
        threads=threads,
        require_signature=key.absolute() if key else None,
    )
    with joined(address, count, threads) as pulse:
        made = RayWorkers(replace(reader, loading=loading), count, pulse)
        try:
            yield made
        finally:
            made.stop()


def _gpus(reader: Reader, count: int) -> float:
    """The share of a GPU that each actor has."""
    if reader.loading.asked.device != CUDA:
        return 0
    ray = import_module("ray")

    there = ray.cluster_resources().get("GPU", 0)
    return 1 / ceil(count / there) if there else 1


def _over(given: _Given) -> str:
    shard = given.shard
    last = shard.first + len(shard.rows) - 1
    what = f"{given.deaths} workers died, one after another, over shard {shard.number}"
    return f"{what}, documents {shard.first} to {last}, for want of memory perhaps"
