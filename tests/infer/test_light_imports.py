"""What inference may not need, proved by a fresh interpreter (what files may import: tests/test_arrows.py)."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "transformers", "datasets", "accelerate", "sklearn", "scipy", "pandas", "pyarrow", "seqeval", "onnx")

SCRIPT = """
import importlib.abc, sys
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocker())
import dateline_infer, dateline_infer.extraction, dateline_infer.render, dateline_infer.commands
from dateline_labels.main import command_line
found = dateline_infer.Extractor.load({bundle!r})("Militants killed two soldiers in Gao on Monday.")
assert found.text.startswith("Militants")
loaded = {{name.partition(".")[0] for name in sys.modules}} & set({blocked})
assert not loaded, loaded
"""


def test_a_bundle_is_read_where_nothing_heavy_can_be_imported(tiny_bundle: Path) -> None:
    script = SCRIPT.format(blocked=(*HEAVY, "dateline_train"), bundle=str(tiny_bundle))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
