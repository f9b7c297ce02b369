"""The formats need neither torch nor the packages that a few of them read with, until those are asked for."""

import subprocess
import sys

HEAVY = ("torch", "transformers", "datasets", "spacy", "cassis", "pyarrow", "pandas", "sklearn", "scipy", "onnx")
SCRIPT = """
import sys
import dateline_formats.commands, dateline_formats.schema_commands, dateline_formats.reading, dateline_formats.inferring
assert len(dateline_formats.known.FORMATS) > 5
loaded = {{name.partition(".")[0] for name in sys.modules}} & set({heavy})
assert not loaded, loaded
"""


def test_reading_begins_without_heavy_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
