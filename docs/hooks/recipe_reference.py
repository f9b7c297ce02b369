"""The dataclasses of a recipe → the page `recipes.md`: every key with its type, its default and its meaning."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PAGE = "recipes.md"
SOURCE = Path(__file__).resolve().parent.parent.parent / "train" / "dateline_train" / "recipe.py"
_HEAD = "| key | type | default | |\n|---|---|---|---|"
_BEGINNING = """# Recipes

A recipe is a TOML file that says everything about a training run; `dateline train RECIPE` runs it. Input paths are
taken from the recipe's own folder, the output from where the command is run. Keys without a default must be given. To
start from: [default.toml](../train/recipes/default.toml), or, for minutes on a laptop,
[quick.toml](../train/recipes/quick.toml). A key that does not exist, or holds something else than it should, is refused
with its line.

An editor that knows Taplo (VS Code with Even Better TOML, Helix, Neovim) completes keys, tells what they mean and marks
what is wrong while you write: the first line of each shipped recipe, `#:schema recipe.schema.json`, names
`train/recipes/recipe.schema.json`; a recipe that lies elsewhere names the path from there.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, PAGE, content=recipes_page(SOURCE.read_text(encoding="utf-8"))))
    return files


def recipes_page(source: str) -> str:
    """Every section of a recipe, the keys that stand alone first, in Markdown."""
    classes = {each.name: each for each in ast.parse(source).body if isinstance(each, ast.ClassDef)}
    lines = source.split("\n")
    keys = list(keys_of(classes["Recipe"], lines))
    parts = [_BEGINNING, "## At the top\n", _HEAD, *(_row(key) for key in keys if key.kind not in classes)]
    for key in keys:
        if section := classes.get(key.kind):
            parts += [f"\n## [{key.name}]\n", f"{ast.get_docstring(section)}\n", _HEAD]
            parts += [_row(each) for each in keys_of(section, lines)]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True)
class Key:
    """A field of a dataclass, as it is written."""

    name: str
    kind: str
    default: str  # empty where it must be given
    meaning: str  # the comment beside it


def keys_of(section: ast.ClassDef, lines: list[str]) -> Iterator[Key]:
    """The fields of a dataclass whose source has these lines."""
    for field in section.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            meaning = lines[(field.end_lineno or field.lineno) - 1].partition("  # ")[2]
            default = _default(field.value) if field.value else ""
            yield Key(field.target.id, ast.unparse(field.annotation), default, meaning)


def _default(value: ast.expr) -> str:
    if isinstance(value, ast.Call) and any(each.arg == "default_factory" for each in value.keywords):
        return "{}"
    return ast.unparse(value)


def _row(key: Key) -> str:
    cells = f"`{key.name}`", f"`{key.kind}`", key.default and f"`{key.default}`", key.meaning
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
