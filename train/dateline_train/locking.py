"""One run a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dateline_labels import LockedError
from filelock import FileLock, Timeout


@contextmanager
def locked(folder: Path, what: str) -> Iterator[None]:
    """Hold the folder, made if it is not there, for this run alone; raises LockedError where another one holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{folder}: another {what} is writing here") from None
    try:
        yield
    finally:
        lock.release()
