"""What the notebooks share: the commands of Dateline as in a shell, and the small model that they run with."""

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the repository: the notebooks' paths start there."""
CHECKPOINT = Path("out/notebook/checkpoint")
BUNDLE = Path("out/notebook/bundle")
_RECIPE = Path("train/recipes/notebook.toml")
LEARNT: tuple[str, ...] = tuple(
    f"labels/corpus/{Path(folder).name}"
    for folder in tomllib.loads((ROOT / _RECIPE).read_text(encoding="utf-8"))["data"]["files"]
)
"""The folders that the recipe names."""


def dateline(line: str, expected: tuple[int, ...] = (0,)) -> None:
    """Run one command in the folder of the repository and show what it says, as it says it.

    Raises RuntimeError where it ends with another exit code than is expected, so that a notebook stops there.
    """
    words = [sys.executable, "-m", "dateline_labels.main", *shlex.split(line)]
    environment = {**os.environ, "COLUMNS": "100", "PYTHONUNBUFFERED": "1", "TERM": "dumb"}
    for forcing in ("CLICOLOR_FORCE", "FORCE_COLOR"):  # a kernel sets them, but a notebook is no terminal
        environment.pop(forcing, None)
    with subprocess.Popen(  # noqa: S603 - the notebook's own words
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        for said in process.stdout or ():
            print(said, end="", flush=True)
    if process.returncode not in expected:
        raise RuntimeError(f"dateline {line}: ended with exit code {process.returncode}")


def small_bundle() -> Path:
    """The bundle of the notebooks' small model, trained and packaged here if it is not there yet."""
    if not (ROOT / CHECKPOINT / "training.json").is_file():
        dateline(f"train {_RECIPE.as_posix()}")
    if not (ROOT / BUNDLE / "manifest.json").is_file():
        dateline(f"package {CHECKPOINT.as_posix()} {BUNDLE.as_posix()} --variant fp16 --no-timed")
    return BUNDLE
