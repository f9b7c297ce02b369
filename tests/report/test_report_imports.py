"""The report package needs neither torch nor what learns: a bundle's report is made without them."""

import ast
from pathlib import Path

from imported import roots

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "train" / "dateline_report"
HEAVY = {"torch", "transformers", "datasets", "accelerate", "onnx", "dateline_train"}
LATE = {"scipy", "seqeval", "sklearn", "jinja2", "matplotlib"}
"""What is imported where it is used, so that the other figures do without it."""


def test_no_file_imports_what_is_heavy_nor_an_extra_at_its_top() -> None:
    files = sorted(PACKAGE.glob("*.py"))
    assert len(files) > 15
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not set().union(*map(roots, ast.walk(tree))) & HEAVY, file.name
        assert not set().union(*map(roots, tree.body)) & LATE, file.name


def test_what_reads_does_not_need_what_reports() -> None:
    files = [*ROOT.glob("infer/*/*.py"), *ROOT.glob("labels/*/*.py")]
    assert len(files) > 80
    for file in files:
        imported = set().union(*map(roots, ast.walk(ast.parse(file.read_text(encoding="utf-8")))))
        assert "dateline_report" not in imported, file.name
