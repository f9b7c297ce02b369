"""Sizes of files and functions beside the limits that the house keeps to.

    python benchmarks/sizes.py [FOLDER …]

Lines are counted with blank ones and comments; of a function from `def` to its last line, parameters
without `self` and `cls`. What is over a limit of its own and right as it is says why in a comment that begins with
`# sizes:` on the first line of the file's docstring or of the function; it is listed with that reason and no fault.
Exit code 1 where something is over a limit without a reason.
"""

import argparse
import ast
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("labels", "infer", "train", "benchmarks", "tests")
REASON = "# sizes:"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Measured:
    """A file or a function: its place, how many lines and (of functions) parameters, why it may be over a limit."""

    place: str
    lines: int
    parameters: int
    reason: str


@dataclass(frozen=True)
class Limit:
    """What is bounded: half of all by `median`, 95 of 100 by `most_of_all` and each by `each`."""

    what: str
    median: int
    most_of_all: int
    each: int


FILES = Limit("lines of a file", 120, 400, 400)
FUNCTIONS = Limit("lines of a function", 10, 45, 60)
PARAMETERS = Limit("parameters of a function", 7, 7, 7)


def measured(path: Path, shown: str) -> tuple[Measured, list[Measured]]:
    """The file and its functions, methods and inner functions with them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    whole = Measured(shown, len(lines), 0, _reason(lines[0] if lines else ""))
    return whole, [_function(node, shown, lines) for node in _functions(ast.parse("\n".join(lines)))]


def _functions(tree: ast.AST) -> Iterator[_Function]:
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield node


def _function(node: _Function, shown: str, lines: Sequence[str]) -> Measured:
    last = node.end_lineno or node.lineno
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    bound = [each.arg for each in given[:1]] in (["self"], ["cls"])
    options = sum(_is_option(each) for each in given)
    place = f"{shown}:{node.lineno} {node.name}"
    return Measured(place, last - node.lineno + 1, len(given) - bound - options, _reason(lines[node.lineno - 1]))


def _is_option(parameter: ast.arg) -> bool:
    """Whether the command line gives it: its type says so, there or by the name of that type."""
    told = ast.unparse(parameter.annotation) if parameter.annotation else ""
    return "typer." in told or told.endswith(("Option", "Argument"))


def _reason(line: str) -> str:
    return line.partition(REASON)[2].strip()


def over(found: Sequence[tuple[Measured, int]], limit: Limit) -> list[str]:
    """One line for each fault; what has its reason is no fault and counts in no median."""
    faults = [
        f"{each.place}: {limit.what}: expected at most {limit.each}, got {size}"
        for each, size in sorted(found, key=lambda pair: -pair[1])
        if size > limit.each and not each.reason
    ]
    sizes = sorted(size for _, size in found)
    for name, bound, share in (("median", limit.median, 0.5), ("95th percentile", limit.most_of_all, 0.95)):
        value = sizes[min(len(sizes) - 1, int(share * len(sizes)))]
        if value > bound:
            faults.append(f"{name} of {limit.what}: expected at most {bound}, got {value}")
    return faults


def summary(found: Sequence[tuple[Measured, int]], limit: Limit) -> str:
    """How many there are, the middle one, the 95th of 100 and the largest."""
    sizes = sorted(size for _, size in found)
    high = sizes[min(len(sizes) - 1, int(0.95 * len(sizes)))]
    return (
        f"{limit.what:26} {len(sizes):6,} of them, median {statistics.median(sizes):g} (at most {limit.median}), "
        f"95th percentile {high} ({limit.most_of_all}), largest {sizes[-1]} ({limit.each})"
    )


def main() -> int:
    """Measure, print, and say whether every limit holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[ROOT / name for name in FOLDERS])
    files, functions = [], []
    for path in sorted(path for folder in parser.parse_args().folders for path in folder.rglob("*.py")):
        whole, inside = measured(path, str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path))
        files.append((whole, whole.lines))
        functions += inside
    by_lines = [(each, each.lines) for each in functions]
    by_parameters = [(each, each.parameters) for each in functions]
    faults = []
    for found, limit in ((files, FILES), (by_lines, FUNCTIONS), (by_parameters, PARAMETERS)):
        print(summary(found, limit))
        for each, size in found:
            if size > limit.each and each.reason:
                print(f"  {each.place}: {size}, for {each.reason}")
        faults += over(found, limit)
    print(*faults, sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
