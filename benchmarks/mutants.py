"""The source of a module → its mutants: the same module with one small mistake each.

What is exchanged is what mutmut exchanges (`mutmut.mutation.mutators`): comparisons and their negations, arithmetic,
`and` and `or`, numbers, strings, arguments left out or None, assigned values, branches, methods of strings.
mutmut itself leaves out what stands outside of functions and functions with decorators, so the tables of words and
patterns here, which are half of what is to be tested; therefore its operators alone are used.

No mistake is made where none could be noticed, or where it would be one of wording:

- in type annotations, imports, decorators and docstrings,
- in the words of an error that is raised,
- in `strict=` of `zip`, which only says what always holds,
- in names that stand for types alone.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_NEVER_MUTATED = (libcst.Annotation, libcst.Import, libcst.ImportFrom, libcst.Decorator, libcst.TypeAlias)
_STRINGS = (libcst.SimpleString, libcst.FormattedString, libcst.ConcatenatedString)


@dataclass(frozen=True)
class Mutant:
    """One mistake: the line it begins in, counted from 1, and the whole source with it."""

    line: int
    _module: libcst.Module
    _node: libcst.CSTNode
    _replacement: libcst.CSTNode

    @property
    def source(self) -> str:
        """The source of the module with the mistake."""
        mutated = self._module.deep_replace(self._node, self._replacement)
        return mutated.code if isinstance(mutated, libcst.Module) else ""

    def difference(self, original: str) -> tuple[str, str]:
        """What stood in the lines that differ, and what stands there, without the space around."""
        lines = difflib.ndiff(original.splitlines(), self.source.splitlines())
        changed = [line for line in lines if line[:2] in ("- ", "+ ")]
        sides = ([line[2:].strip() for line in changed if line.startswith(sign)] for sign in "-+")
        before, after = (" ".join(side) for side in sides)
        return before, after


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    wrapper = MetadataWrapper(libcst.parse_module(source))
    lines = wrapper.resolve(PositionProvider)
    found = [
        Mutant(lines[node].start.line, wrapper.module, node, replacement)
        for node, words in _nodes(wrapper.module, words=False)
        for replacement in _mistakes(node, words)
        if node in lines
    ]
    return sorted(found, key=lambda mutant: mutant.line)


def _nodes(node: libcst.CSTNode, words: bool) -> Iterator[tuple[libcst.CSTNode, bool]]:
    """The nodes that may be exchanged, each with whether it is part of an error that is raised."""
    words = words or isinstance(node, libcst.Raise)
    yield node, words
    for child in node.children:
        if not isinstance(child, _NEVER_MUTATED) and not _is_strict(child) and not _names_type(child):
            yield from _nodes(child, words)


def _is_strict(node: libcst.CSTNode) -> bool:
    return isinstance(node, libcst.Arg) and node.keyword is not None and node.keyword.value == "strict"


def _names_type(node: libcst.CSTNode) -> bool:
    """Whether it is a line such as `Key = tuple[str, ...]`."""
    if not isinstance(node, libcst.Assign) or not isinstance(node.value, libcst.Subscript | libcst.BinaryOperation):
        return False
    target = node.targets[0].target
    return isinstance(target, libcst.Name) and target.value[:1].isupper() and not target.value.isupper()


def _mistakes(node: libcst.CSTNode, words: bool) -> Iterator[libcst.CSTNode]:
    if words and isinstance(node, libcst.BaseString):
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from (each for each in operator(node) if _is_mistake(node, each, words))


def _is_mistake(node: libcst.CSTNode, mistake: libcst.CSTNode, words: bool) -> bool:
    left = {id(each) for each in _arguments(mistake)}
    lost = [each for each in _arguments(node) if id(each) not in left]
    return not any(_is_strict(each) or (words and isinstance(each.value, _STRINGS)) for each in lost)


def _arguments(node: libcst.CSTNode) -> Sequence[libcst.Arg]:
    return node.args if isinstance(node, libcst.Call) else ()
