"""Run the notebooks and store their outputs: `python notebooks/refresh.py [NAME…]`, all of them without a name.

What would differ from run to run or tell of this machine is not stored: times, paths, versions of Python. A notebook in
which a cell fails, or an output names this machine's folders, is not stored at all.
"""

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
_SECONDS_A_CELL = 1_200
_KEPT = ("kernelspec", "language_info")
_TIME = re.compile(r"^(\d+:)?\d+:\d\d  (?=epoch )", re.MULTILINE)
"""Before the lines of a training."""


def notebooks() -> list[Path]:
    """The notebooks, in their order."""
    return sorted(HERE.glob("[0-9]*.ipynb"))


def executed(path: Path) -> Any:
    """The notebook at `path` run from top to bottom in its folder, with what is to be stored of it.

    Raises CellExecutionError where a cell fails, ValueError where an output names a folder of this machine.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=_SECONDS_A_CELL, record_timing=False, resources={"metadata": {"path": str(HERE)}}
    ).execute()
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [stored_output(output, path) for output in _joined(cell.outputs)]
    kept = {key: notebook.metadata[key] for key in _KEPT if key in notebook.metadata}
    notebook.metadata = kept | {"language_info": {"name": "python"}}
    return notebook


def _joined(outputs: list[Any]) -> list[Any]:
    """What is written to one stream in several pieces, by chance of time, as one output."""
    joined: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and joined and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def stored_output(output: Any, path: Path) -> Any:
    """An output as it is stored; raises ValueError where it names a folder of this machine."""
    if "metadata" in output:
        output.metadata = {}
    if output.output_type == "stream":
        output.text = _TIME.sub("", output.text)
    told = nbformat.v4.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])]))
    for folder in {str(HERE.parent), str(Path.home()), sys.prefix}:
        if folder in told:
            raise ValueError(f"{path}: an output names {folder}: {told[:500]}")
    return output


def main(names: list[str]) -> None:
    """Store the outputs of the notebooks whose names begin so."""
    for path in notebooks():
        if not names or path.name.startswith(tuple(names)):
            nbformat.write(executed(path), path)
            print(path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
