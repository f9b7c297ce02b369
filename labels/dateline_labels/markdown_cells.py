"""Rows of untrusted text → a table in Markdown."""

import re
from collections.abc import Sequence

from dateline_labels import one_line

_SIGNS = re.compile(r"[\\`*_\[\]|~#]")
_LONGEST_CELL = 2_000


def cell(text: str) -> str:
    """Untrusted text in a cell or a sentence: no markup, no HTML, one line, control and bidi characters escaped."""
    line = one_line(" ".join(text.split()), _LONGEST_CELL)
    escaped = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SIGNS.sub(lambda match: f"\\{match[0]}", escaped)


def code(text: str) -> str:
    """Untrusted text as code within a sentence."""
    return "`" + one_line(" ".join(text.split()), _LONGEST_CELL).replace("`", "'") + "`"


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """The table; the first columns, so many, are words, the others numbers. Cells stand as they are."""
    rules = ["---"] * words + ["---:"] * (len(columns) - words)
    return "\n".join("| " + " | ".join(line) + " |" for line in (columns, rules, *rows))
