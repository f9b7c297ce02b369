"""One writer a folder: a lock that the system frees when its holder dies, and a file that says who holds it."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from dateline_labels import LockedError, one_line
from pydantic import TypeAdapter

from .durable import publish

LOCK, OWNER = ".lock", ".owner.json"
_SECONDS_TO_NAME_ITSELF = 1.0
_LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Owner:
    """The process that writes to a folder."""

    process: int
    host: str
    begun: str

    @staticmethod
    def of_this_process() -> "Owner":
        """The process that runs this, as it begins to write."""
        return Owner(os.getpid(), socket.gethostname(), datetime.now().astimezone().isoformat(timespec="seconds"))

    def __str__(self) -> str:
        return one_line(f"process {self.process}@{self.host}, which began at {self.begun}", 300)


_OWNER = TypeAdapter(Owner)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be; raises LockedError naming the process that holds it already.

    What a killed process held is free.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    before = _owner(folder)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{folder}: {_holder(folder, before)} is writing here") from None
    try:
        publish(folder / OWNER, json.dumps(asdict(Owner.of_this_process())).encode("utf-8"), OWNER)
        yield
    finally:
        (folder / OWNER).unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path, before: Owner | None) -> str:
    """Who holds the folder. One that has just begun may still have to say so, over the name of one that was killed."""
    until = time.monotonic() + _SECONDS_TO_NAME_ITSELF
    owner = _owner(folder)
    while (owner is None or not _may_live(owner)) and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN)
        owner = _owner(folder)
    return str(owner or before or "another process")


def _owner(folder: Path) -> Owner | None:
    try:
        return _OWNER.validate_json((folder / OWNER).read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _may_live(owner: Owner) -> bool:
    if owner.host != socket.gethostname() or os.name == "nt":
        return True
    try:
        os.kill(owner.process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
