"""Machine-made archives for kill tests and measurements: any number of dispatches, some of them awkward or broken.

The same number and seed give the same files.
"""

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow
import pyarrow.parquet

_PLANES = "AzÄß€Жשم你𝄞👩‍🚒𐍈\u0301\u200d\U000e0041\U0010ffff"
_SENTENCES = (
    "Gunmen killed {n} soldiers near {place} on {day}, an army spokesman said. ",
    "A bomb went off at a market in {place} on {day}; police put the dead at {n}. ",
    "Residents of {place} told reporters that {n} people had been wounded. ",
    "No group has claimed the attack. ",
    "The price of cocoa rose by {n} percent, traders in {place} said. ",
)
_PLACES = ("Gao", "Kidal", "Mopti", "Diffa", "Maiduguri", "Bunia", "Herat", "Idlib")
_DAYS = ("Monday", "Tuesday", "Friday", "March 3")
BROKEN = ('{"id": "cut off', '{"text": 5}', "[1, 2]", '{"id": "no text"}', "\x00\x01", '{"text": "a", "text": "b"}')


def dispatches(count: int, seed: int, sentences: tuple[int, int] = (1, 8)) -> Iterator[dict[str, str]]:
    """So many dispatches; two in a hundred say what an earlier one said, some have characters of all planes, lone
    surrogates, NUL or no words.
    """
    chance = random.Random(seed)
    recent: list[str] = []
    for number in range(count):
        text = "".join(_sentence(chance) for _ in range(chance.randint(*sentences)))
        kind = chance.random()
        if kind < 0.02 and recent:
            text = chance.choice(recent)
        elif kind < 0.06:
            text = text[: len(text) // 2] + "".join(chance.choices(_PLANES, k=12)) + text[len(text) // 2 :]
        elif kind < 0.07:
            text = chance.choice(["", " \n", "\ud800" + text, text + "\x00", "\ufeff" + text])
        recent = [*recent[-50:], text]
        yield {
            "id": f"d{number}",
            "text": text,
            "published": f"20{number % 20:02}-03-{number % 28 + 1:02}",
            "wire": "x",
        }


def _sentence(chance: random.Random) -> str:
    sentence = chance.choice(_SENTENCES)
    return sentence.format(n=chance.randint(1, 60), place=chance.choice(_PLACES), day=chance.choice(_DAYS))


def write_mixed(folder: Path, count: int, seed: int, broken: int = 0) -> list[Path]:
    """An archive of five files in five formats, with so many broken lines; returns the inputs in order."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(dispatches(count, seed))
    cut = [round(count * share) for share in (0, 0.3, 0.6, 0.9, 0.97, 1)]
    parts = [rows[begin:end] for begin, end in pairwise(cut)]
    lines = list(json_lines(parts[0]))
    chance = random.Random(seed)
    for number in range(broken):
        lines.insert(chance.randrange(len(lines) + 1), BROKEN[number % len(BROKEN)] + "\n")
    (folder / "a.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode("utf-8"), mtime=0))
    zstd = pyarrow.compress("".join(json_lines(parts[1])).encode("utf-8"), codec="zstd", asbytes=True)
    (folder / "b.jsonl.zst").write_bytes(zstd)
    table = pyarrow.Table.from_pylist([_writable(row) for row in parts[2]])
    pyarrow.parquet.write_table(table, folder / "c.parquet", row_group_size=64)
    (folder / "d.csv").write_text("".join(_csv_lines(parts[3])), encoding="utf-8", newline="")
    (folder / "texts").mkdir(exist_ok=True)
    for row in parts[4]:
        (folder / "texts" / f"{row['id']}.txt").write_bytes(_writable(row)["text"].encode("utf-8"))
    return [folder / name for name in ("a.jsonl.gz", "b.jsonl.zst", "c.parquet", "d.csv", "texts")]


def json_lines(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """One line of JSON each."""
    return (json.dumps(row) + "\n" for row in rows)


def _csv_lines(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    yield "id,text,published,wire\r\n"
    for row in rows:
        yield ",".join('"' + cell.replace('"', '""') + '"' for cell in _writable(row).values()) + "\r\n"


def _writable(row: dict[str, str]) -> dict[str, str]:
    """What formats other than JSON can hold: no halves of characters."""
    return {key: cell.replace("\ud800", "") for key, cell in row.items()}
