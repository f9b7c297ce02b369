"""What keeps a spreadsheet from taking a cell for a formula."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def protected(cell: str) -> str:
    """A cell or header that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
