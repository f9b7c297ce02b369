"""Archive runs for tests: the command as a user gives it, and its tables as plain rows."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dateline_archive.commands import archive
from dateline_archive.tables import TABLES
from dateline_labels.main import main
from pyarrow.parquet import read_table

Rows = list[dict[str, Any]]


EXACT = ("--precision", "fp32")
"""In other precisions, which some processors are given, the last digits of a score depend on the neighbours."""


def run(bundle: Path, inputs: Sequence[Path], out: Path, *options: str) -> int:
    """`dateline archive run`, in shards of ten unless told otherwise."""
    shard = () if "--shard" in options else ("--shard", "10")
    return main(["run", str(bundle), *map(str, inputs), "--out", str(out), *shard, *EXACT, *options], archive)


def check(out: Path) -> int:
    """`dateline archive check`."""
    return main(["check", str(out)], archive)


def table(out: Path, name: str) -> Rows:
    """All rows of a table, in order."""
    files = sorted((out / name).iterdir())
    if files and files[0].suffix == ".jsonl":
        return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    rows: Rows = [row for file in files for row in read_table(file, partitioning=None).to_pylist()]
    return rows


def tables(out: Path) -> dict[str, Rows]:
    """All rows of all tables."""
    return {name: table(out, name) for name in TABLES}


def write_lines(path: Path, rows: Sequence[object]) -> Path:
    """JSON lines; a text stands as it is."""
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_bytes("".join(line + "\n" for line in lines).encode("utf-8", errors="surrogatepass"))
    return path
