"""What the reports may not need: torch, transformers and training, whose readings they are given."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {"torch", "transformers", "datasets", "accelerate", "onnx", "dateline_train"}
LATE = {"scipy", "pyarrow", "huggingface_hub", "matplotlib", "jinja2", "sklearn", *FORBIDDEN}


def test_no_file_imports_what_trains() -> None:
    files = sorted((ROOT / "train" / "dateline_report").glob("*.py"))
    assert len(files) > 20
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {name.partition(".")[0] for name in names} & FORBIDDEN, file.name


def test_the_commands_load_nothing_heavy_before_they_are_called() -> None:
    script = f"import dateline_report.audit_commands, sys; print(sorted(set(sys.modules) & {LATE!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
