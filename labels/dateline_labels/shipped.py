"""Where the data files that come with Dateline are: the default schema, the table of actors."""

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """The path of a shipped file: in an installed package beside its modules, in a checkout in the folder above."""
    package = Path(str(files("dateline_labels")))
    installed = package / name
    return installed if installed.is_file() else package.parent / name
