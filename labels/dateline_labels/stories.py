"""What dispatches have in common by their meta data, one story, source or theatre, and what that links."""

from collections.abc import Iterator, Sequence

from .dispatch import Dispatch

Values = tuple[tuple[str, ...], ...]
"""Of each dispatch what it has under a key: nothing, one value, or several, as a digest of several stories may."""


def meta_values(dispatches: Sequence[Dispatch], key: str) -> Values:
    """What each dispatch has in its meta under `key`, whatever its case, spaces and underscores; a list is several
    values.
    """
    return tuple(tuple(_words(dispatch.meta.get(key))) for dispatch in dispatches)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _words(each)
    elif isinstance(value, str | int | float):
        words = " ".join(str(value).casefold().replace("_", " ").split())
        if words:
            yield words


def links_of(values: Values) -> Iterator[tuple[int, int]]:
    """Each dispatch with the first one that has a value of its own too, by their numbers."""
    firsts: dict[str, int] = {}
    for at, several in enumerate(values):
        for value in several:
            yield at, firsts.setdefault(value, at)
