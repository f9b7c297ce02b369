"""What whoever makes tables of incidents chooses between; apart, for `dateline --help` need not wait for the rest."""

from enum import StrEnum


class Form(StrEnum):
    """Whose columns."""

    ACLED = "acled"
    UCDP = "ucdp"
    GTD = "gtd"
    PLOVER = "plover"


class Rule(StrEnum):
    """How one number is chosen among rival ones."""

    CONSERVATIVE = "conservative"
    HIGHEST = "highest"
    LATEST = "latest"
    MOST_REPORTED = "most_reported"
    GOVERNMENT = "government"
    UCDP = "ucdp"


RULES = ", ".join(Rule)
"""As the help of an option names them; a column of all of them would be too wide for it."""
