"""`dateline convert` on malformed input: one line that says where and what, exit code 2, nothing written."""

import re
import unicodedata
from pathlib import Path

import malformed_files
import malformed_json
import malformed_markup
import pytest
from dateline_labels.main import main
from malformed_case import GOOD_SCHEMA, MARKUP, Case

pytestmark = pytest.mark.usefixtures("one_command_line")

CASES = [*malformed_markup.CASES, *malformed_json.CASES, *malformed_files.CASES]
LEAST_CASES = 200
ERROR = re.compile(r".+:\d+:[^:]+: .+")
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def lay_out(case: Case, folder: Path) -> list[str]:
    """Write the files of `case` into `folder`; returns the command line that converts them."""
    for name, data in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        else:
            path.write_bytes(data)
    schema = folder / "schema.toml"
    schema.write_bytes(case.schema)
    return ["convert", str(folder / case.source), str(folder / case.target), "--schema", str(schema)]


def everything_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("\n")
    return err.removesuffix("\n").split("\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_malformed_input_is_refused_in_one_line_and_nothing_is_written(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = lay_out(case, tmp_path)
    before = everything_in(tmp_path)
    assert main(arguments) == 2
    (line,) = lines_on_stderr(capsys)
    assert ERROR.fullmatch(line)
    assert not [character for character in line if unicodedata.category(character) in HIDDEN]
    place = case.place.format(folder=tmp_path, source=case.source)
    assert line.startswith(f"{place}:{case.line}:")
    assert case.says in line.removeprefix(place)
    assert "Traceback" not in line
    assert everything_in(tmp_path) == before


def test_the_cases_are_many_and_pairwise_different() -> None:
    assert len(CASES) >= LEAST_CASES
    assert len({case.content for case in CASES}) == len(CASES)
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("name", "data", "dispatches"),
    [
        ("in.md", MARKUP.encode(), 1),
        ("in.jsonl", malformed_json.LINE.encode(), 1),
        ("in.jsonl", "\n".join([malformed_json.LINE, *malformed_json.GOOD_LINES]).encode(), 3),
    ],
)
def test_the_base_of_every_case_is_accepted(name: str, data: bytes, dispatches: int, tmp_path: Path) -> None:
    case = Case("good", {name: data}, name, 0, "")
    assert main(lay_out(case, tmp_path)) == 0
    assert (tmp_path / case.target).read_bytes().count(b"\n") == dispatches


@pytest.mark.parametrize("name", ["in.md", "in.jsonl", "in.jsonl.gz"])
def test_a_missing_file_is_an_io_error(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = lay_out(Case("missing", {}, name, 0, ""), tmp_path)
    assert main(arguments) == 4
    assert lines_on_stderr(capsys) == [f"{tmp_path}/{name}: No such file or directory"]


def test_an_input_that_cannot_be_read_is_an_io_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = lay_out(Case("unreadable", {"in.md": MARKUP.encode()}, "in.md", 0, ""), tmp_path)

    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "in.md":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert main(arguments) == 4
    assert lines_on_stderr(capsys) == [f"{tmp_path}/in.md: Permission denied"]


def test_a_target_below_a_file_is_an_io_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = Case("target", {"in.md": MARKUP.encode()}, "in.md", 0, "", target="in.md/out.jsonl")
    assert main(lay_out(case, tmp_path)) == 4
    (line,) = lines_on_stderr(capsys)
    assert line.startswith(f"{tmp_path}/in.md")


def test_a_missing_schema_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = lay_out(Case("schema", {"in.md": MARKUP.encode()}, "in.md", 0, "", GOOD_SCHEMA), tmp_path)
    (tmp_path / "schema.toml").unlink()
    assert main(arguments) == 2
    (line,) = lines_on_stderr(capsys)
    assert "schema.toml" in line
    assert not (tmp_path / "out.jsonl").exists()
