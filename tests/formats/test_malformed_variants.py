"""Hundreds of malformed files of other tools: each is refused in one line with its place, and nothing is written.

Every value of a good file is replaced by each of the wrong ones, every key left out or misspelt, every line of a file
broken in each way. What a reader may take so (a note that is left out, say) it takes without an error.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dateline_formats.known import named
from dateline_labels import Dispatch, InputError, Relation, Span
from dateline_labels.main import main

pytestmark = pytest.mark.usefixtures("one_command_line")

ERROR = re.compile(r"(?P<path>.+?):\d+:[^:]+: .+")
WRONG: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "x\ny", [], {}, [[]], {"a": 1})
DISPATCH = Dispatch(
    "d1",
    "Gunmen 🔥 ambushed a convoy\nnear Gao.",
    spans=(Span("1", "ATTACK", 9, 17), Span("2", "ACTOR", 0, 6), Span("3", "PLACE", 27, 35)),
    relations=(Relation("perpetrator", "1", "2"), Relation("place", "1", "3")),
)
MORE = "E1\tATTACK:T1 By:T2 At:T3\nA1\tNegation E1\nA2\tKind T1 raid\n*\tEquiv T2 T3\n#1\tAnnotatorNotes T1\thm\n"
LEAST = {"label-studio": 150, "doccano": 100, "prodigy": 150, "brat": 100}
BY_COMMAND = 20


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value within the value."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed_rows(row: Any) -> Iterator[tuple[str, Any]]:
    for path in places(row):
        name = ".".join(map(str, path))
        for wrong in WRONG:
            yield (
                f"{name}={wrong!r}",
                _changed(row, path, lambda holder, key, wrong=wrong: holder.__setitem__(key, wrong)),
            )
        yield f"{name} left out", _changed(row, path, lambda holder, key: holder.pop(key))
        yield f"{name} twice", _changed(row, path, _doubled)


def _doubled(holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[f"{key}_"] = holder.pop(key)


def _changed(row: Any, path: tuple[Any, ...], change: Any) -> Any:
    copy = json.loads(json.dumps(row))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return copy


def changed_lines(text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for name, other in (
            ("without tabs", line.replace("\t", " ")),
            ("cut", line[: len(line) // 2]),
            ("twice", f"{line}\n{line}"),
            ("without its id", line.partition("\t")[2]),
            ("of another kind", f"Q{line[1:]}"),
            ("with other words", line + "x"),
            *((f"without {part}", line.replace(part, "", 1)) for part in re.findall(r"\w+", line)),
            *((f"{part} too far", line.replace(part, f"{part}99", 1)) for part in re.findall(r"\d+", line)),
        ):
            yield f"line {number + 1} {name}", "\n".join([*lines[:number], other, *lines[number + 1 :]]) + "\n"


def variants(name: str, folder: Path) -> tuple[Path, Path, list[tuple[str, str]]]:
    """What is converted, the file that is changed, and the changed files."""
    target = folder / {"brat": "in", "label-studio": "in.json"}.get(name, "in.jsonl")
    named(name).write([DISPATCH], target, False)
    if name == "brat":
        file = target / "d1.ann"
        file.write_text(file.read_text(encoding="utf-8") + MORE, encoding="utf-8")
        return target, file, list(changed_lines(file.read_text(encoding="utf-8")))
    row = json.loads(target.read_text(encoding="utf-8"))
    return target, target, [(what, json.dumps(changed)) for what, changed in changed_rows(row)]


@pytest.mark.parametrize("name", LEAST)
def test_each_malformed_file_is_one_line_and_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, file, cases = variants(name, tmp_path)
    refused = 0
    for what, text in dict(cases).items():
        file.write_text(text, encoding="utf-8")
        try:
            named(name).read(file)
            continue
        except InputError as error:
            line = str(error)
        refused += 1
        match = ERROR.fullmatch(line)
        assert match, (what, line)
        assert match["path"] == str(file), (what, line)
        if refused % BY_COMMAND == 0:  # each goes the same way; starting the command is what takes the time
            before = sorted(tmp_path.rglob("*"))
            assert main(["convert", str(source), str(tmp_path / "out" / "out.jsonl"), "--from", name]) == 2
            assert capsys.readouterr().err == f"{line}\n"
            assert sorted(tmp_path.rglob("*")) == before
    assert refused >= LEAST[name]
