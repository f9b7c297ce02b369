"""One malformed input of `dateline convert` and what must be said about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GOOD_SCHEMA = (Path(__file__).parents[2] / "labels" / "schema.toml").read_bytes()

MARKUP = """\
id: base-001
published: 2019-03-14
theatre: example

[Gunmen](ACTOR p1) [ambushed](ATTACK a1 kind=armed_assault status=occurred) a convoy,
killing [four](CASUALTY c1 outcome=killed) near [Dadaab](LOCATION l1) on [Wednesday](TIME t1).
---
a1 perpetrator p1
a1 place l1
a1 time t1
a1 casualty c1
"""


@dataclass(frozen=True)
class Case:
    """`source` is what is converted, one of `files` or a folder of them (a path ending in / is an empty folder).

    The one line on stderr must begin with `place:line:` and hold `says`; {folder} in `place` stands for the folder.
    """

    name: str
    files: Mapping[str, bytes]
    source: str
    line: int
    says: str
    schema: bytes = GOOD_SCHEMA
    target: str = "out.jsonl"
    place: str = "{folder}/{source}"

    @property
    def content(self) -> tuple[object, ...]:
        """What the command is given, to tell cases apart."""
        return self.source, tuple(sorted(self.files.items())), self.schema, self.target


def replaced(text: str, old: str, new: str) -> str:
    """`text` with `old`, which occurs there exactly once, replaced."""
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
    return text.replace(old, new)
