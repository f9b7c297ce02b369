"""The notebooks run from top to bottom, and what is stored of them is what they show."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_output
from refresh import executed, notebooks, stored_output
from shell import LEARNT, ROOT, dateline, small_bundle

MOST_BYTES = 400_000
MOST_BYTES_AN_IMAGE = 80_000
MACHINE = re.compile(r"/(home|root|tmp|work|Users|mnt)/|[A-Z]:\\\\|site-packages|\d+:\d\d  epoch")
HEAD = re.compile(r"<thead>(.*?)</thead>", re.DOTALL)
CELL = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)
FORMS = ("text/plain", "text/html", "text/markdown")
each_notebook = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)


def stored(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def shape(output: Any) -> tuple[Any, ...]:
    """The kind of an output, its forms and the columns of its tables: what a run on another machine has in common."""
    if output.output_type == "stream":
        return "stream", output.name
    heads = [CELL.findall(head) for head in HEAD.findall(output.data.get("text/html", ""))]
    return output.output_type, sorted(output.data), heads


@pytest.fixture(scope="session")
def small_model() -> None:
    """The model that all of them read with, made before they run, so that its making is in none of their outputs."""
    small_bundle()


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in notebooks()] == ["01", "02", "03", "04"]


@each_notebook
def test_a_notebook_opens_with_what_it_shows_and_names_its_model_as_weak(path: Path) -> None:
    first = stored(path).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "weak" in first.source


@each_notebook
def test_what_is_stored_was_run_from_top_to_bottom(path: Path) -> None:
    cells = [cell for cell in stored(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(output.output_type != "error" for cell in cells for output in cell.outputs)


@each_notebook
def test_what_is_stored_is_small_and_tells_nothing_of_a_machine(path: Path) -> None:
    assert path.stat().st_size < MOST_BYTES
    for cell in stored(path).cells:
        for output in cell.get("outputs", ()):
            assert len(output.get("data", {}).get("image/png", "")) < MOST_BYTES_AN_IMAGE
            told = output.get("text", "") + "".join(output.get("data", {}).get(form, "") for form in FORMS)
            assert not MACHINE.search(told)


@each_notebook
def test_a_notebook_shows_tables_plots_and_a_dispatch(path: Path) -> None:
    data = [output.data for cell in stored(path).cells for output in cell.get("outputs", ()) if "data" in output]
    assert any("image/png" in each for each in data)
    assert any("<table" in each.get("text/html", "") for each in data)
    assert any("<mark" in each.get("text/html", "") for each in data)


def test_times_and_metadata_are_not_stored() -> None:
    output = new_output("stream", text="learning\n1:02  epoch 1 of 3\n1:01:02  epoch 2 of 3\n")
    assert stored_output(output, Path("n.ipynb")).text == "learning\nepoch 1 of 3\nepoch 2 of 3\n"
    drawn = new_output("display_data", {"image/png": "AAAA"}, metadata={"image/png": {"width": 3}})
    assert stored_output(drawn, Path("n.ipynb")).metadata == {}


def test_an_output_that_names_a_folder_of_this_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="an output names"):
        stored_output(new_output("stream", text=f"wrote {ROOT / 'out'}"), Path("n.ipynb"))


def test_a_command_that_fails_stops_a_notebook_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="ended with exit code 4"):
        dateline("schema infer no_such_file.json")
    assert "no_such_file.json" in capsys.readouterr().out
    dateline("schema infer no_such_file.json", expected=(4,))


def test_the_folders_that_the_small_model_learns_from_are_there_and_the_sahel_is_not_among_them() -> None:
    assert all((ROOT / folder).is_dir() for folder in LEARNT)
    assert LEARNT
    assert "labels/corpus/sahel" not in LEARNT


@pytest.mark.slow
@each_notebook
@pytest.mark.usefixtures("small_model")
def test_a_notebook_runs_and_shows_what_is_stored(path: Path) -> None:
    before, now = stored(path), executed(path)
    for old, new in zip(before.cells, now.cells, strict=True):
        assert [shape(output) for output in new.get("outputs", ())] == [
            shape(output) for output in old.get("outputs", ())
        ], new.source
