"""The formats need neither torch nor the packages that a few of them read with, until those are asked for."""

import ast
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "labels" / "dateline_formats"
HEAVY = ("torch", "transformers", "datasets", "spacy", "cassis", "pyarrow", "pandas", "sklearn", "scipy", "onnx")
SCRIPT = """
import sys
import dateline_formats.commands, dateline_formats.schema_commands, dateline_formats.reading, dateline_formats.inferring
assert len(dateline_formats.known.FORMATS) > 5
loaded = {{name.partition(".")[0] for name in sys.modules}} & set({heavy})
assert not loaded, loaded
"""


def test_what_lies_beyond_the_labels_is_never_imported() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            roots = {name.partition(".")[0] for name in names}
            assert not roots & {"dateline_infer", "dateline_train", "dateline_report", "torch", "transformers"}, (
                file.name
            )


def test_reading_begins_without_heavy_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
