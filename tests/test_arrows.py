"""Which package may import which: arrows go one way between packages and inside of each; what is heavy comes late."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from imported import roots

ROOT = Path(__file__).resolve().parents[1]
ORDER = (
    *("labels/dateline_labels", "labels/dateline_formats"),
    *("infer/dateline_values", "infer/dateline_incidents", "infer/dateline_inputs"),
    *("infer/dateline_bundle", "infer/dateline_infer", "infer/dateline_archive"),
    *("train/dateline_statistics", "train/dateline_splits", "train/dateline_checks", "train/dateline_agreement"),
    *("train/dateline_choosing", "train/dateline_report", "train/dateline_audit", "train/dateline_train"),
)
"""The packages; each may import those before it."""
LEARNING = {"torch", "transformers", "accelerate"}
HEAVY = {*LEARNING, "datasets", "sklearn", "scipy", "pandas", "pyarrow", "seqeval", "onnx"}
NEVER = {
    "dateline_labels": HEAVY | {"numpy", "onnxruntime", "tokenizers"},
    "dateline_formats": LEARNING,
    "dateline_values": HEAVY | {"numpy"},
    "dateline_incidents": HEAVY - {"pyarrow"},
    "dateline_inputs": HEAVY - {"pyarrow"} | {"numpy", "onnxruntime", "tokenizers"},
    "dateline_bundle": HEAVY | {"onnxruntime"},
    "dateline_infer": HEAVY - {"pyarrow"},
    "dateline_archive": HEAVY - {"pyarrow"},
    **dict.fromkeys(("dateline_statistics", "dateline_splits", "dateline_checks"), HEAVY),
    **dict.fromkeys(("dateline_agreement", "dateline_choosing"), HEAVY),
    "dateline_report": LEARNING | {"onnx", "datasets"},
    "dateline_audit": LEARNING | {"onnx", "datasets"},
    "dateline_train": set(),
}
"""What no file of a package imports anywhere."""
EXTRAS = {"scipy", "sklearn", "matplotlib", "rensa", "datasets", "seqeval", "jinja2", "optuna", "ray", "openvino"}
"""What is imported where it is used, so that all else does without it."""


CIRCLES = {("extractor", "bundle")}
"""`Extractor.load` hands over to what builds Extractors; everybody begins with it."""


def files(package: str) -> list[Path]:
    found = sorted((ROOT / package).glob("*.py"))
    assert len(found) > 3
    return found


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def test_every_package_has_its_place() -> None:
    found = {f"{path.parent.parent.name}/{path.parent.name}" for path in ROOT.glob("[lit]*/dateline_*/__init__.py")}
    assert found == set(ORDER)
    assert {package.partition("/")[2] for package in ORDER} == set(NEVER)


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_those_before_it_alone(package: str) -> None:
    earlier = {each.partition("/")[2] for each in ORDER[: ORDER.index(package) + 1]}
    for file in files(package):
        imported = set().union(*map(roots, ast.walk(tree(file))))
        assert {name for name in imported if name.startswith("dateline_")} <= earlier, file.name


SIBLINGS = {"dateline_splits", "dateline_checks", "dateline_agreement", "dateline_choosing"}
"""What stands behind a command each, and knows nothing of the others."""


@pytest.mark.parametrize("package", [each for each in ORDER if each.partition("/")[2] in SIBLINGS])
def test_the_packages_of_annotation_know_nothing_of_each_other(package: str) -> None:
    others = SIBLINGS - {package.partition("/")[2]}
    for file in files(package):
        assert not set().union(*map(roots, ast.walk(tree(file)))) & others, file.name


@pytest.mark.parametrize("package", ORDER)
def test_no_file_imports_what_its_package_must_not(package: str) -> None:
    never = NEVER[package.partition("/")[2]]
    for file in files(package):
        assert not set().union(*map(roots, ast.walk(tree(file)))) & never, file.name


@pytest.mark.parametrize("package", [each for each in ORDER if each != "train/dateline_train"])
def test_no_file_imports_an_extra_at_its_top(package: str) -> None:
    for file in files(package):
        assert not set().union(*map(roots, tree(file).body)) & EXTRAS, file.name


def neighbours(file: Path) -> Iterator[str]:
    """The modules of its own package that a file imports, wherever in it, but for what only types need."""
    typing = {
        inner
        for node in ast.walk(tree(file))
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in map(ast.unparse, node.body)
    }
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and ast.unparse(node) not in typing:
            yield from [node.module] if node.module else [alias.name for alias in node.names]


@pytest.mark.parametrize("package", ORDER)
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    graph = {
        file.stem: {each for each in neighbours(file) if (file.stem, each) not in CIRCLES}
        for file in files(package)
        if file.stem != "__init__"
    }
    assert list(TopologicalSorter(graph).static_order())


def test_the_way_of_the_data_names_files_that_are_there() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:labels|infer|train)/[a-z_]+/)([a-z_*]*)(?:\{([a-z_,*]+)\})?([a-z_*]*\.py)`", table)
    assert len(named) > 40
    for folder, start, parts, end in named:
        for part in parts.split(","):
            assert list((ROOT / folder).glob(start + part + end)), f"{folder}{start}{part}{end}"
