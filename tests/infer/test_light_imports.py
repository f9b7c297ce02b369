"""What the inference package may not need: proved by reading its imports and by a fresh interpreter."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "datasets", "accelerate", "sklearn", "scipy", "pandas", "pyarrow", "seqeval", "onnx")
FORBIDDEN = {
    "labels": (*HEAVY, "numpy", "onnxruntime", "tokenizers", "dateline_infer", "dateline_train"),
    "infer": tuple(name for name in (*HEAVY, "dateline_train") if name != "pyarrow"),
}

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


@pytest.mark.parametrize("component", FORBIDDEN)
def test_no_file_imports_what_its_component_must_not(component: str) -> None:
    files = sorted((ROOT / component / f"dateline_{component}").glob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {name.partition(".")[0] for name in names} & set(FORBIDDEN[component]), file.name


def test_a_bundle_is_read_where_nothing_heavy_can_be_imported(tiny_bundle: Path) -> None:
    script = SCRIPT.format(blocked=(*HEAVY, "dateline_train"), bundle=str(tiny_bundle))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
