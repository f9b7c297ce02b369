"""What a piece of source imports."""

import ast


def roots(node: ast.AST) -> set[str]:
    """The packages that an import statement names; none of other nodes and of relative imports."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {(node.module or "").partition(".")[0]}
    return set()
