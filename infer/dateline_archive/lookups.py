"""The files that an archive run looks names up in: who is who, and where."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from dateline_incidents.gazetteer_index import digest_in
from dateline_incidents.incident_runs import lookups_of
from dateline_incidents.records import Lookups


@dataclass(frozen=True)
class LookupFiles:
    """The table of actors (None: the one that comes with Dateline) and the GeoNames dump (None: none), with what tells
    them from others: they decide the bytes of the output.
    """

    actors: Path | None = None
    gazetteer: Path | None = None
    actors_sha256: str | None = None
    gazetteer_digest: str | None = None

    @staticmethod
    def of(actors: Path | None, gazetteer: Path | None) -> "LookupFiles":
        """Look into the files, and index the dump where it is not yet, so that no two workers do.

        Raises InputError where a file is not as it should be.
        """
        places = lookups_of(actors, gazetteer).gazetteer
        return LookupFiles(
            actors,
            gazetteer,
            sha256(actors.read_bytes()).hexdigest() if actors else None,
            digest_in(places.index) if places else None,
        )

    def described(self) -> dict[str, str | None]:
        """For `run.json`."""
        return {"actors": self.actors_sha256, "gazetteer": self.gazetteer_digest}


@lru_cache(maxsize=1)
def opened(files: LookupFiles) -> Lookups:
    """The files opened, once a process."""
    return lookups_of(files.actors, files.gazetteer)
