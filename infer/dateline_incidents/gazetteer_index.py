"""A GeoNames dump → an SQLite file with the places by their names, made once and found again by the dump's hash.

The dump has one place a line, 19 columns apart by tabs (allCountries.txt, cities500.txt, AF.txt, …); where
admin1CodesASCII.txt, admin2Codes.txt and countryInfo.txt lie beside it, the names of the levels are theirs. Columns:
https://download.geonames.org/export/dump/readme.txt
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dateline_labels import InputError
from dateline_labels import Place as FilePlace
from dateline_labels.files import replacing
from dateline_labels.progress import with_progress

from .actor_table import plain_words

_VERSION = 1
_COLUMNS = 19
_BATCH = 50_000
_BYTES_A_LINE = 140
"""About so many; for the progress bar alone."""
_LONGEST_NAMES = 200_000
_TABLES = """
CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, latitude REAL, longitude REAL, class TEXT, code TEXT,
                     country TEXT, admin1 TEXT, admin2 TEXT, population INTEGER);
CREATE TABLE names (name TEXT, id INTEGER, PRIMARY KEY (name, id)) WITHOUT ROWID;
CREATE TABLE levels (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
"""
_LEVEL_FILES = ("admin1CodesASCII.txt", "admin2Codes.txt")
_COUNTRIES = "countryInfo.txt"

PlaceRow = tuple[int, str, float, float, str, str, str, str, str, int]


def index_of(dump: Path, folder: Path | None) -> Path:
    """The index of a dump, made where it is not there yet, in `folder` or else beside the dump.

    Raises InputError at the first line that is not as it should be, OSError where a file cannot be read or written.
    """
    index = (folder or dump.parent) / f"{dump.name}.{_digest(dump)[:16]}.sqlite"
    if not index.is_file():
        with replacing(index) as file, closing(sqlite3.connect(file.name)) as database:
            try:
                _fill(database, dump)
            except sqlite3.OperationalError as error:  # the disk is full, or fails
                raise OSError(f"{index}: {error}") from error
    return index


def digest_in(index: Path) -> str:
    """The first digits of the SHA-256 of what an index was made of, which its name has."""
    return index.stem.rpartition(".")[2]


def _digest(dump: Path) -> str:
    """SHA-256 of the dump and of the files beside it that are there."""
    digest = hashlib.sha256(f"{_VERSION}".encode())
    for source in (dump, *(dump.with_name(name) for name in (*_LEVEL_FILES, _COUNTRIES))):
        if source == dump or source.is_file():
            with source.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def name_key(words: str) -> str:
    """What a name is looked up by: its words in small letters, without accents and signs."""
    return " ".join(plain_words(words))


def _fill(database: sqlite3.Connection, dump: Path) -> None:
    database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES)
    expected = dump.stat().st_size // (_BATCH * _BYTES_A_LINE)
    for batch in with_progress(_batches(dump), expected, "indexing the gazetteer"):
        database.executemany("INSERT OR REPLACE INTO places VALUES (?,?,?,?,?,?,?,?,?,?)", (row for row, _ in batch))
        pairs = ((name, row[0]) for row, names in batch for name in names)
        database.executemany("INSERT OR IGNORE INTO names VALUES (?,?)", pairs)
    database.execute(
        "INSERT OR REPLACE INTO levels SELECT country || '.' || admin1, name FROM places WHERE code = 'ADM1'"
    )
    database.execute(
        "INSERT OR REPLACE INTO levels SELECT country || '.' || admin1 || '.' || admin2, name FROM places "
        "WHERE code = 'ADM2'"
    )
    database.execute("INSERT OR REPLACE INTO levels SELECT country, name FROM places WHERE code = 'PCLI'")
    for name in _LEVEL_FILES:
        database.executemany("INSERT OR REPLACE INTO levels VALUES (?,?)", _levels(dump.with_name(name), (0, 1)))
    database.executemany("INSERT OR REPLACE INTO levels VALUES (?,?)", _levels(dump.with_name(_COUNTRIES), (0, 4)))
    database.commit()


def _batches(dump: Path) -> Iterator[list[tuple[PlaceRow, set[str]]]]:
    batch = []
    for number, line in _lines(dump):
        batch.append(_place(line.split("\t"), FilePlace(str(dump), number)))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for number, data in enumerate(file, start=1):
            try:
                line = data.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                what = f"expected UTF-8, {error.reason} at byte {error.start} of the line"
                raise InputError(FilePlace(str(path), number), "encoding", what) from None
            if line:
                yield number, line


def _place(cells: list[str], where: FilePlace) -> tuple[PlaceRow, set[str]]:
    """The row of a place and the names it is looked up by; names that no English text spells are left out."""
    if len(cells) != _COLUMNS:
        raise InputError(where, "columns", f"expected {_COLUMNS} apart by tabs, got {len(cells)}")
    numbers = [_number(cells[at], name, where) for at, name in ((0, "geonameid"), (14, "population"))]
    degrees = [
        _degrees(cells[at], most, name, where) for at, most, name in ((4, 90, "latitude"), (5, 180, "longitude"))
    ]
    row = (numbers[0], cells[1], *degrees, cells[6], cells[7], cells[8], cells[10], cells[11], numbers[1])
    alternatives = cells[3][:_LONGEST_NAMES].split(",")
    names = {name for name in map(name_key, (cells[1], cells[2], *alternatives)) if name and name.isascii()}
    return row, names  # type: ignore[return-value]


def _number(cell: str, field: str, where: FilePlace) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 19):
        raise InputError(where, field, f"expected a whole number, got {cell[:40]!r}")
    return int(cell)


def _degrees(cell: str, most: int, field: str, where: FilePlace) -> float:
    try:
        degrees = float(cell)
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:
        raise InputError(where, field, f"expected degrees from -{most} to {most}, got {cell[:40]!r}")
    return degrees


def _levels(path: Path, columns: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """Codes and names of a file of administrative levels; nothing where it is not there."""
    if not path.is_file():
        return
    code, name = columns
    for number, line in _lines(path):
        cells = line.split("\t")
        if line.startswith("#"):
            continue
        if len(cells) <= max(columns):
            raise InputError(
                FilePlace(str(path), number), "columns", f"expected more than {max(columns)}, got {len(cells)}"
            )
        yield cells[code], cells[name]
