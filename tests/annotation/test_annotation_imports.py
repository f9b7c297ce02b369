"""The annotation package needs neither torch nor what learns or reports, and no extra until it is asked for."""

import ast
from pathlib import Path

from imported import roots

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "train" / "dateline_annotation"
NEVER = {"torch", "transformers", "accelerate", "onnx", "dateline_report", "dateline_train"}
LATE = {"scipy", "sklearn", "matplotlib", "rensa", "pyarrow", "datasets"}


def test_no_file_imports_what_is_heavy_nor_an_extra_at_its_top() -> None:
    files = sorted(PACKAGE.glob("*.py"))
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not set().union(*map(roots, ast.walk(tree))) & NEVER, file.name
        assert not set().union(*map(roots, tree.body)) & LATE, file.name


def test_what_reads_does_not_need_what_annotators_do() -> None:
    files = [*ROOT.glob("infer/*/*.py"), *ROOT.glob("labels/*/*.py")]
    assert len(files) > 80
    for file in files:
        imported = set().union(*map(roots, ast.walk(ast.parse(file.read_text(encoding="utf-8")))))
        assert "dateline_annotation" not in imported, file.name
