"""Every command line of README, of the documentation and of `--help` is run.

Run as they stand, in a folder that has every file they name and the shipped recipes over a tiny encoder: all `dateline`
commands, `openssl`, and `accelerate` with what it starts. Those that have something of `SLOW` in them are run by a test
that is marked so, and understood by the quick one: read by the command's own parser, with its options and the types of
their values. Not run anywhere are those under `UNDERSTOOD`. Of other programs what can be is held to the repository:
targets of `make`, which `.ci/run` runs, extras of `pip install`, options of benchmarks, the Dockerfile. Commands in
running text are parts of commands; their names and options must exist.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pytest
import typer.main
from conftest import ROOT
from dateline_labels import DatelineError
from dateline_labels.command_help import examples_of
from dateline_labels.errors import ExitCode
from dateline_labels.main import command_line, main
from dateline_train.recipe import Recipe
from documented import Line, benchmark_options, blocks, fenced, inline, is_metavar, pages, split
from gazetteer_files import write_gazetteer
from pydantic import TypeAdapter
from workplace import make_workplace, read_beforehand

UNDERSTOOD = {
    "HOST:6379": "needs machines of a cluster; tests/archive/test_archive_ray.py starts one of this machine",
    "cuda": "needs a GPU",
    "--also": "needs documents that a first sample lacks; tests/audit/test_audit.py has some",
}
"""What a command line has in it that is not run here, and why."""
OF_EXTRAS = {"--ray": "ray"}
"""What a command line has in it that needs a module which the dev extra does not bring."""
SLOW = {
    "report": "draws plots for some seconds",
    "train": "trains",
    "tune": "trains several times",
    "suspects": "trains five times",
    "package": "fits int8",
    "--ray": "starts Ray",
    "--workers": "starts processes",
    "accelerate": "starts processes",
}
FEWER = {"--trials": "2"}
"""Options whose value is taken lower than it is written, in the slow test."""
ELSEWHERE = {
    "accelerate": "its own options are accelerate's",
    "docker": "needs a daemon; the file it builds from is there",
    "pip": "installs; the extras it names are there",
    "python": "benchmarks measure for minutes; the options they are given are there",
    "ray": "needs a cluster",
    "source": "a word of the shell",
    "make": "sets up and runs all else; its targets are there",
}
PAGES = [page for page in pages() if fenced(page)]
COMMANDS = typer.main.get_command(command_line())
_BENCHMARK = re.compile(r"benchmarks/[a-z0-9_]+\.py")


@pytest.fixture(scope="session")
def prepared(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_bundle: Path,
    tiny_checkpoint: Path,
    tiny_encoder: Path,
    corpus_sample: Path,
    note: str,
) -> Path:
    folder = tmp_path_factory.mktemp("workplace") / "prepared"
    folder.mkdir()
    make_workplace(folder, tiny_bundle, tiny_checkpoint, tiny_encoder, corpus_sample, note)
    shutil.move(write_gazetteer(folder / "gazetteer"), folder / "allCountries.txt")
    here = Path.cwd()
    os.chdir(folder)
    try:
        read_beforehand(folder)
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def workplace(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workplace"
    shutil.copytree(prepared, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_of_a_page(
    page: str, workplace: Path, no_waiting_for_the_disk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in fenced(page):
        try_line(line, UNDERSTOOD | SLOW, capsys)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(SLOW.keys() & set(each.words) for each in fenced(page))]
)
def test_slow_command_lines_of_a_page(page: str, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in with_nothing_trained(fenced(page)):
        try_line(line, UNDERSTOOD | missing(), capsys)


@pytest.mark.parametrize("page", pages())
def test_commands_in_running_text_exist(page: str) -> None:
    for line in inline(page):
        if line.words[0] == "dateline":
            check_names(line)
        else:
            check_elsewhere(line)


def test_that_there_are_as_many_as_there_seem_to_be() -> None:
    lines = [line for page in PAGES for line in fenced(page)]
    ours = [line for line in lines if line.words[0] == "dateline"]
    assert len(lines) > 90
    assert len([line for line in ours if not (UNDERSTOOD | SLOW).keys() & set(line.words)]) > 50
    assert len([line for line in ours if UNDERSTOOD.keys() & set(line.words)]) < 8
    assert {line.words[0] for line in lines} <= {"dateline", "openssl", *ELSEWHERE}
    assert all(any(word in line.words for line in lines) for word in UNDERSTOOD)


@pytest.mark.parametrize(
    "wrong",
    [
        "dateline extract BUNDLE dispatch.txt --shew",
        "dateline evaluate BUNDLE",
        "dateline package CHECKPOINT BUNDLE --tolerance much",
        "accelerate launch -m dateline_labels.main train my.toml --rate 3",
        "pip install 'dateline[everything]'",
        "make dinner",
        "docker build -f docker/tpu.Dockerfile .",
        "python benchmarks/quality.py --quickly",
        "curl somewhere",
    ],
)
def test_a_command_line_that_is_wrong_is_found(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    understood = dict.fromkeys(("dateline", "accelerate"), "understood, not run")
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        try_line(Line("page.md", 1, next(split(wrong))), understood, capsys)


@pytest.mark.parametrize("wrong", ["dateline audit draw", "dateline extract --shew", "dateline reed BUNDLE"])
def test_a_command_that_is_wrong_in_running_text_is_found(wrong: str) -> None:
    with pytest.raises(AssertionError, match="no such"):
        check_names(Line("page.md", 1, tuple(wrong.split())))


def test_python_and_sql_of_the_pages(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "copies", "out/news"]) == 0
    run = 0
    for page in pages():
        for number, body in blocks(page, "python"):
            exec(compile(body, f"{page}:{number}", "exec"), {"duckdb": duckdb, "pandas": pandas, "polars": polars})  # noqa: S102
            run += 1
        for _, body in blocks(page, "sql"):
            assert duckdb.sql(body).fetchall()
            run += 1
    assert run > 2


def test_parts_of_recipes_on_the_pages_are_parts_of_recipes() -> None:
    least = {"name": "n", "output": "o", "data": {"schema": "s", "files": ["f"]}, "encoder": {"name": "e"}}
    read = 0
    for page in pages():
        for number, body in blocks(page, "toml"):
            shown = tomllib.loads(textwrap.dedent(body))
            if "map" not in shown:  # of labels, read in tests/formats
                TypeAdapter(Recipe).validate_python(least | shown, context=f"{page}:{number}")
                read += 1
    assert read > 4


def test_the_help_of_every_command_ends_with_an_example_of_it() -> None:
    shown = list(commands(COMMANDS))
    assert len(shown) > 20
    for words, command in shown:
        lines = [each[1:] for line in examples_of(command.epilog) for each in split(line) if each[0] == "dateline"]
        assert any(each[: len(words)] == words for each in lines), f"dateline {' '.join(words)} --help"


@pytest.mark.slow
def test_every_example_of_help(
    workplace: Path, no_waiting_for_the_disk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in prepared_examples():
        try_line(line, UNDERSTOOD | SLOW, capsys)


@pytest.mark.slow
def test_slow_examples_of_help(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in with_nothing_trained(prepared_examples()):
        if SLOW.keys() & set(line.words):
            try_line(line, UNDERSTOOD | missing(), capsys)


def test_help_ends_with_its_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "check", "--help"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("$ dateline archive check out/news")


def try_line(line: Line, understood: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Run a command line, or have it understood where it has something of `understood` in it or is not ours."""
    program, *words = map(os.path.expandvars, line.words)
    is_run = not understood.keys() & set(line.words)
    if program == "dateline" and is_run:
        told_worse = ExitCode.WORSE if "--fail-if-worse" in words else ExitCode.OK  # as a tiny encoder now and then is
        assert main(with_fewer(words)) in (ExitCode.OK, told_worse), f"{line}: {capsys.readouterr().err}"
    elif program == "dateline":
        understand(words, line)
    elif program == "openssl":
        subprocess.run([program, *words], check=True, capture_output=True)
    elif program == "accelerate" and is_run:
        launched([*words[:1], "--num_cpu_threads_per_process", "1", *words[1:]], line)
    else:
        check_elsewhere(line)


def prepared_examples() -> list[Line]:
    """Every example of help in the order of the commands, `history` last; what some need is made before."""
    lines = {
        words: Line(f"dateline {' '.join(called)} --help", 0, words)
        for called, command in commands(COMMANDS)
        for line in examples_of(command.epilog)
        for words in split(line)
    }
    assert main(["split", "export.json", "--out", "splits.json"]) == 0
    assert main(["bundle", "sign", "out/demo/bundle", "key.pem"]) == 0
    return sorted(lines.values(), key=lambda line: "history" in line.words)  # it tells of what the others did


def with_nothing_trained(lines: list[Line]) -> list[Line]:
    """The lines, when what they train themselves is gone, which is there for others."""
    for folder in {output for line in lines if (output := trained_into(line))}:
        shutil.rmtree(folder, ignore_errors=True)
    return lines


def missing() -> dict[str, str]:
    """What needs an extra that is not installed, and why it is not run."""
    return {word: f"needs {module}" for word, module in OF_EXTRAS.items() if find_spec(module) is None}


def with_fewer(words: list[str]) -> list[str]:
    """The words, with lower values for the options in `FEWER`."""
    return [FEWER.get(before, word) for before, word in zip(["", *words], words, strict=False)]


def trained_into(line: Line) -> Path | None:
    """The folder of the checkpoint that a command line trains; None where it trains none, or what `tune` found."""
    if "train" not in line.words or line.words[0] not in ("dateline", "accelerate"):
        return None
    words = line.words[line.words.index("train") + 1 :]
    if "--output" in words:
        return Path(words[words.index("--output") + 1])
    return Recipe.read(Path(words[0])).output if Path(words[0]).is_file() else None


def launched(words: list[str], line: Line) -> None:
    """Have accelerate start what it is told to, in processes of this interpreter; what one process trained is gone."""
    with_nothing_trained([line])
    sources = os.pathsep.join(str(ROOT / name) for name in ("labels", "infer", "train"))
    command = [sys.executable, "-m", "accelerate.commands.accelerate_cli", *words]
    environment = {**os.environ, "PYTHONPATH": sources}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.returncode == 0, f"{line}: {done.stderr[-3000:]}"


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group with the words that call it, the whole first."""
    yield words, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*words, name))


def understand(words: list[str], line: Line | str) -> None:
    """Have the command's parser read the words, with every option and type; nothing is run."""
    command, rest = found(words)
    try:
        command.make_context(" ".join(words[: len(words) - len(rest)]), rest)
    except (typer.TyperException, DatelineError) as error:
        pytest.fail(f"{line}: {error}")


def found(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the first words name, and the words after them."""
    command: Any = COMMANDS
    rest = list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    return command, rest


def check_names(line: Line) -> None:
    """The command that a part of a command line names exists, and so does every option in it."""
    command, rest = found(list(line.words[1:]))
    if is_metavar(line.words[1]):
        return
    if command is COMMANDS and line.words[1] in {name for each in COMMANDS.params for name in each.opts}:
        return
    assert command is not COMMANDS, f"{line}: no such command"
    assert not hasattr(command, "commands") or not rest or is_metavar(rest[0]), f"{line}: no such command"
    known = {option for parameter in command.params for option in (*parameter.opts, "--help")}
    assert {word for word in rest if word.startswith("--")} <= known, f"{line}: no such option"


def check_elsewhere(line: Line) -> None:
    """Hold what another program is given to what the repository has."""
    program, *words = line.words
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert program in ELSEWHERE, f"{line}: run here in no way"
    if program == "accelerate" and "dateline_labels.main" in words:
        understand(words[words.index("dateline_labels.main") + 1 :], line)
    elif program == "docker":
        assert (ROOT / words[words.index("-f") + 1]).is_file(), line
    elif program == "make":
        assert set(words) <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)), line
    elif program == "pip":
        extras = [extra for word in words for extra in re.findall(r"dateline\[([\w,]+)\]", word)]
        assert {each for extra in extras for each in extra.split(",")} <= set(project["optional-dependencies"]), line
    elif program == "python" and _BENCHMARK.fullmatch(words[0]):
        assert {word for word in words if word.startswith("--")} <= benchmark_options(ROOT / words[0]), line
