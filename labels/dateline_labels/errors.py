"""What can go wrong outside the code, and the exit code each kind ends with.

Every error here is shown to the user as exactly one line; control characters of untrusted input are escaped first.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that are escaped when shown: controls, formats (bidi), surrogates, line separators."""


class ExitCode(IntEnum):
    """Exit status of every `dateline` command."""

    OK = 0
    BUG = 1
    BAD_INPUT = 2
    BAD_BUNDLE = 3
    IO = 4
    LOCKED = 5
    WORSE = 6
    INTERRUPTED = 130


class DatelineError(Exception):
    """An error that the user can mend; `str()` is one line."""

    exit_code = ExitCode.BUG


@dataclass(frozen=True)
class Place:
    """Where a piece of input stands: a path as the user wrote it, a line from 1 (0: the file as a whole)."""

    path: str
    line: int = 0

    def at(self, line: int) -> "Place":
        """The same file, another line."""
        return Place(self.path, line)


class InputError(DatelineError):
    """Bad input, as `path:line:field: what`."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, place: Place, field: str, what: str) -> None:
        self.place, self.field, self.what = place, field, what
        # a colon in a field would end it early for whoever takes the line apart
        short_field = one_line(field, 100).replace(":", "\\x3a")
        super().__init__(f"{one_line(place.path, 4096)}:{place.line}:{short_field}: {one_line(what)}")

    def __reduce__(self) -> tuple[type["InputError"], tuple[Place, str, str]]:
        """So that it can be raised in another process than the one it came from."""
        return type(self), (self.place, self.field, self.what)


class BundleError(DatelineError):
    """A bundle or checkpoint that must not be used, as `path: what`."""

    exit_code = ExitCode.BAD_BUNDLE


class MissingExtraError(DatelineError):
    """What was asked for needs packages that are not installed."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, what: str, missing: str, extra: str) -> None:
        self.parts = (what, missing, extra)
        super().__init__(f"{what} needs {missing}, which is not installed: pip install 'dateline[{extra}]'")

    def __reduce__(self) -> tuple[type["MissingExtraError"], tuple[str, str, str]]:
        """So that it can be raised in another process than the one it came from."""
        return type(self), self.parts


class InterruptedRunError(DatelineError):
    """The user stopped what can go on later."""

    exit_code = ExitCode.INTERRUPTED


class LockedError(DatelineError):
    """Another process is writing to the same place."""

    exit_code = ExitCode.LOCKED


class WorseModelError(DatelineError):
    """A model lost more than was allowed against the one it was compared with; all that was asked for is written."""

    exit_code = ExitCode.WORSE


def one_line(text: str, limit: int = 500) -> str:
    """`text` on one line: controls, bidi and line separators escaped, cut in the middle past `limit` characters."""
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3]} … {text[-limit // 3 :]}"
    if text.isprintable():  # which nothing hidden is
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if unicodedata.category(character) in HIDDEN:
        return character.encode("unicode_escape").decode("ascii")
    return character
