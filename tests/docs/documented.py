"""Markdown → the command lines that it shows, in fences of `sh` and in running text."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conftest import ROOT

_FENCE = re.compile(r"(?ms)^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$")
_INLINE = re.compile(r"`([^`]+)`")
_PROGRAMS = ("accelerate", "dateline", "docker", "make", "pip", "python", "ray")
_METAVAR = re.compile(r"[A-Z][A-Z_|]*…?")


@dataclass(frozen=True)
class Line:
    """A command line with where it stands."""

    page: str
    number: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.number}: {shlex.join(self.words)}"


def pages() -> list[str]:
    """README, what stands beside it, every page of the documentation, and the notebooks, whose code runs elsewhere."""
    beside = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "labels/DATA_CARD.md", "labels/guidelines.md")
    found = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")]
    return [*beside, *sorted(path.relative_to(ROOT).as_posix() for path in found)]


@cache
def text_of(page: str) -> str:
    """A page as it is; of a notebook what is written between the code."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if not page.endswith(".ipynb"):
        return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def blocks(page: str, language: str) -> Iterator[tuple[int, str]]:
    """The fences of a language, each with the number of its first line."""
    text = text_of(page)
    for fence in _FENCE.finditer(text):
        if fence["language"] == language:
            yield text.count("\n", 0, fence.start("body")) + 1, fence["body"]


def fenced(page: str) -> list[Line]:
    """The command lines of the `sh` fences of a page, each part of `a && b` by itself."""
    return [
        Line(page, first + number, words)
        for first, body in blocks(page, "sh")
        for number, line in enumerate(body.splitlines())
        for words in split(line)
    ]


def split(line: str) -> Iterator[tuple[str, ...]]:
    """The commands of a line, without comments."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in (";", "&&"):
            words.append(word)
        elif words:
            yield tuple(words)
            words = []


def inline(page: str) -> list[Line]:
    """What a page calls a command in running text; a part of one, mostly."""
    text = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text_of(page))
    found = []
    for quoted in _INLINE.finditer(text):
        words = tuple(quoted[1].split())
        if words and words[0] in _PROGRAMS and len(words) > 1:
            found.append(Line(page, text.count("\n", 0, quoted.start()) + 1, words))
    return found


def is_metavar(word: str) -> bool:
    """Whether a word stands for others, as FILE or INPUT… do."""
    return word == "…" or bool(_METAVAR.fullmatch(word))


def benchmark_options(script: Path) -> set[str]:
    """The options that a script of `benchmarks/` may take, read off its source."""
    source = script.read_text(encoding="utf-8")
    named = set(re.findall(r"\"(--[a-z-]+)\"", source))
    typed = set(re.findall(r"^    (\w+): (?:Annotated|list|Path|int|float|bool|str)", source, re.MULTILINE))
    return named | {f"--{name.replace('_', '-')}" for name in typed}
