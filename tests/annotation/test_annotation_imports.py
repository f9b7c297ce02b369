"""The annotation package needs neither torch nor what learns or reports, and no extra until it is asked for."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "train" / "dateline_annotation"
NEVER = {"torch", "transformers", "accelerate", "onnx", "dateline_report", "dateline_train"}
LATE = {"scipy", "sklearn", "matplotlib", "rensa", "pyarrow", "datasets"}


def names_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {(node.module or "").partition(".")[0]}
    return set()


def test_no_file_imports_what_is_heavy_nor_an_extra_at_its_top() -> None:
    files = sorted(PACKAGE.glob("*.py"))
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not set().union(*map(names_of, ast.walk(tree))) & NEVER, file.name
        assert not set().union(*map(names_of, tree.body)) & LATE, file.name


def test_what_reads_does_not_need_what_annotators_do() -> None:
    files = [*ROOT.glob("infer/*/*.py"), *ROOT.glob("labels/*/*.py")]
    assert len(files) > 80
    for file in files:
        imported = set().union(*map(names_of, ast.walk(ast.parse(file.read_text(encoding="utf-8")))))
        assert "dateline_annotation" not in imported, file.name
