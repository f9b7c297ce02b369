"""Whether a Ray cluster still answers, and how long to wait for it: nothing here waits for ever for what is gone."""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .workers import WorkersLostError

_EVERY, _TIMEOUT = 0.5, 5.0
_ROOM_AFTER = 300.0


@dataclass
class Pulse:
    """The addresses at which the parts of a cluster answer that this process cannot do without, by their names."""

    addresses: Mapping[str, tuple[str, int]]
    patience: float
    _answered: float = 0.0
    _looked: float = 0.0

    def check(self) -> None:
        """Raises WorkersLostError where one has not answered for longer than `patience` seconds.

        Ray itself notices after a minute, and then ends this process without a word.
        """
        if time.monotonic() - self._looked >= _EVERY:
            self.check_now()

    def check_now(self) -> None:
        """As `check`, which looks twice a second at most. Raises WorkersLostError."""
        now = self._looked = time.monotonic()
        silent = [name for name, address in self.addresses.items() if not answers(address)]
        if not silent or not self._answered:
            self._answered = now
        if silent and now - self._answered >= self.patience:
            raise WorkersLostError(f"the Ray cluster is gone, its {' and '.join(silent)} does not answer")


class Room:
    """Waits until a cluster has room for a worker that needs so much of one node."""

    def __init__(self, cpus: int, gpus: float) -> None:
        self._wanted = _in_words({"CPU": cpus, "GPU": gpus})
        self.there()

    def there(self) -> None:
        """There is room."""
        self._since = time.monotonic()

    def check(self) -> None:
        """To be called while there is none; raises WorkersLostError after five minutes, saying what there is."""
        if time.monotonic() - self._since < _ROOM_AFTER:
            return
        ray = import_module("ray")

        has, free = _in_words(ray.cluster_resources()), _in_words(ray.available_resources())
        raise WorkersLostError(
            f"no worker could begin for {_ROOM_AFTER:.0f} s: it needs {self._wanted} on one node, the Ray cluster as a "
            f"whole has {has}, of which free: {free}"
        )


def fetched(reference: Any, pulse: Pulse, room: Room | None = None) -> Any:
    """What a reference of Ray's stands for, once it is there; raises what Ray raises, or WorkersLostError."""
    ray = import_module("ray")

    while True:
        try:
            return ray.get(reference, timeout=_EVERY)
        except ray.exceptions.GetTimeoutError:
            pulse.check()
            if room:
                room.check()


def answers(address: tuple[str, int]) -> bool:
    """Whether anything takes connections there."""
    try:
        socket.create_connection(address, timeout=_TIMEOUT).close()
    except OSError:
        return False
    return True


def _in_words(resources: Mapping[str, float]) -> str:
    return " and ".join(f"{resources[name]:g} {name}" for name in ("CPU", "GPU") if resources.get(name)) or "none"
