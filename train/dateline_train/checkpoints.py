"""Which of a run's saved states can be trusted after a kill.

A state is whole when the list of its files with their SHA-256, written last, agrees with them. What a kill left half
written, or a disk changed since, is passed over with one line, and the run goes on from the state before it.
"""

import json
import logging
from pathlib import Path

from dateline_labels.digests import file_digest
from dateline_labels.files import write_atomically

_LIST = "files.json"
_log = logging.getLogger(__name__)


def seal(state: Path) -> None:
    """Write the list of the files of a saved state; from now on it counts as whole."""
    listing = json.dumps(_digests(state), indent=1, sort_keys=True)
    write_atomically(state / _LIST, listing.encode("utf-8"))


def newest_whole(training: Path) -> Path | None:
    """The newest whole state of a run, None where there is none."""
    states = sorted(training.glob("checkpoint-*"), key=lambda state: int(state.name.rpartition("-")[2]), reverse=True)
    for state in states:
        if _is_whole(state):
            return state
        _log.warning("%s is damaged or half written, passed over", state)
    return None


def _is_whole(state: Path) -> bool:
    listing = state / _LIST
    if not listing.is_file():
        return False
    try:
        return bool(json.loads(listing.read_text(encoding="utf-8")) == _digests(state))
    except ValueError:
        return False


def _digests(state: Path) -> dict[str, str]:
    digests = {}
    for path in sorted(state.rglob("*")):
        if path.is_file() and path.name != _LIST:
            digests[path.relative_to(state).as_posix()] = file_digest(path)
    return digests
