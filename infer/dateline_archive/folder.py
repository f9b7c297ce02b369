"""The folder of an archive run: what it is made of, begun once and for all, and whether a run is the one begun there.

run.json       what is read by what and how, with the digest of it all; at the end what came of it
inputs.jsonl   the input files with size and time of change
journal.jsonl  the shards that are done
TABLE/NUMBER.parquet (or .jsonl)   the rows of one shard, for each table
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from dateline_bundle.manifest import Manifest
from dateline_infer.choosing import Choice
from dateline_infer.host import OPTIONAL_ENGINES, installed
from dateline_labels import InputError, Place, Schema
from dateline_labels.faults import field_path, first_fault
from dateline_labels.strict_json import read_json
from pydantic import TypeAdapter, ValidationError

from .durable import flush_folder, publish, publish_pieces
from .listing import check_listing, listing_lines
from .lock import LOCK, OWNER
from .lookups import LookupFiles
from .shards import Plan
from .tables import TABLES, tables_of, type_name

RUN, LISTING, COPIES = "run.json", "inputs.jsonl", "copies.json"
FORMAT = 1
_PACKAGES = ("dateline", "numpy", "onnxruntime", "onnxruntime-gpu", *OPTIONAL_ENGINES, "pyarrow", "tokenizers")
FINISHED = "finished"
Run = Mapping[str, Any]
"""What `run.json` holds."""


@dataclass(frozen=True)
class Inputs:
    """The input files as a whole: how many, their bytes together and the digest of their listing."""

    files: int
    bytes: int
    sha256: str

    @staticmethod
    def measure(paths: Iterable[Path]) -> "Inputs":
        """Look at all files; raises InputError where there are none, OSError where one cannot be seen."""
        count, size, digest = 0, 0, sha256()
        for line in listing_lines(paths):
            count += 1
            size += int(json.loads(line)["bytes"])
            digest.update(line)
        return Inputs(count, size, digest.hexdigest())


def described(manifest: Manifest, choice: Choice, gated: bool, schema: Schema, plan: Plan, lookups: LookupFiles) -> Run:
    """What decides the bytes of the output besides the input, for `run.json`."""
    return {
        "format": FORMAT,
        "bundle": {
            "sha256": manifest.digest,
            "device": choice.device,
            "engine": choice.engine,
            "precision": choice.precision,
            "gate": gated,
        },
        "options": asdict(plan),
        "lookups": lookups.described(),
        "versions": versions(),
        "tables": {
            name: {column: type_name(hint) for column, hint in columns.items()}
            for name, columns in tables_of(schema).items()
        },
    }


def open_run(folder: Path, paths: Sequence[Path], inputs: Inputs, description: Run) -> Run:
    """Begin a run in a folder, or make sure that it is the one that was begun there; returns its `run.json`.

    Raises InputError, naming the first difference, where it is another one or the folder holds something else.
    """
    wanted = {**description, "inputs": asdict(inputs)}
    wanted = {"fingerprint": _digest(wanted), **wanted}
    if (folder / RUN).exists():
        begun = read_run(folder)
        _check_same(folder, begun, wanted, paths)
        return begun
    ours = {LOCK, OWNER, LISTING, *TABLES, *(f".{name}.tmp" for name in (OWNER, LISTING, RUN))}
    strange = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if strange:
        raise InputError(Place(str(folder)), "out", f"expected a new folder or that of a run, there is {strange[0]}")
    publish_pieces(folder / LISTING, listing_lines(paths), LISTING)
    for name in TABLES:
        (folder / name).mkdir(exist_ok=True)
    flush_folder(folder)
    _publish(folder, wanted, RUN)
    return wanted


def finish(folder: Path, run: Run, result: Run) -> None:
    """Write down that a run is finished and what came of it."""
    _publish(folder, {**run, FINISHED: result}, f"{RUN}:{FINISHED}")


def read_run(folder: Path) -> Run:
    """What `run.json` says; raises InputError where the folder is not that of a run."""
    path = folder / RUN
    try:
        run = read_json(path.read_text(encoding="utf-8"), Place(str(path)))
        if not isinstance(run, dict) or run["format"] != FORMAT:
            raise ValueError
        if run["fingerprint"] != _digest({key: run[key] for key in run if key not in ("fingerprint", FINISHED)}):
            raise ValueError
    except FileNotFoundError:
        raise InputError(Place(str(folder)), "run", f"is not the folder of a run, there is no {RUN}") from None
    except (ValueError, KeyError):
        raise InputError(Place(str(path)), "run", f"was changed, or is not of format {FORMAT}") from None
    return run


def plan_of(folder: Path, run: Run) -> Plan:
    """What a run read and wrote; raises InputError where its record cannot be understood."""
    try:
        return TypeAdapter(Plan).validate_python(run["options"])
    except ValidationError as error:
        location, what = first_fault(error)
        raise InputError(Place(str(folder / RUN)), field_path(("options", *location)), what) from None


def table_file(table: str, shard: int, form: str) -> str:
    """The name of the file of one table of one shard, in the folder of the run."""
    return f"{table}/{shard:06}.{form}"


def in_words(statuses: Mapping[str, int]) -> str:
    """How many documents there are and what became of them."""
    counts = ", ".join(f"{count:,} {status}" for status, count in statuses.items())
    return f"{sum(statuses.values()):,} documents" + (f" ({counts})" if counts else "")


def _check_same(folder: Path, begun: Run, wanted: Run, paths: Sequence[Path]) -> None:
    if begun["fingerprint"] == wanted["fingerprint"]:
        return
    if begun["inputs"] != wanted["inputs"]:
        check_listing(folder / LISTING, paths)
    for name, was, now in _differences(begun, wanted, ()):
        if name != "fingerprint":
            what = f"the run began with {name} {was}, this is {now}; name another --out"
            raise InputError(Place(str(folder)), name, what)


def _differences(begun: Any, wanted: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, object, object]]:
    if isinstance(begun, dict) and isinstance(wanted, dict):
        for key in (*wanted, *(key for key in begun if key not in wanted and key != FINISHED)):
            yield from _differences(begun.get(key), wanted.get(key), (*keys, key))
    elif begun != wanted:
        yield ".".join(keys), begun, wanted


def _publish(folder: Path, run: Run, name: str) -> None:
    publish(folder / RUN, (json.dumps(run, indent=1) + "\n").encode("utf-8"), name)


def _digest(run: Run) -> str:
    return sha256(json.dumps(run, sort_keys=True).encode("utf-8")).hexdigest()


def versions() -> dict[str, str]:
    """The packages that have a part in what is read, with their versions here."""
    return {name: found for name in _PACKAGES if (found := installed(name))}
