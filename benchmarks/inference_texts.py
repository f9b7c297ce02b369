"""The texts that all contestants read: as many from the archive as from the corpus, none longer than an encoder reads.

What the pipeline of transformers would leave unread of a long text, nobody reads here; how many texts were cut is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_inputs.dispatches import Columns, read_inputs
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.surrogates import whole
from tokenizers import Tokenizer


@dataclass(frozen=True)
class TextSet:
    """Texts of one source.

    tokens   of all the texts as they are read, without special ones
    cut      how many of the texts were longer than the limit
    """

    name: str
    dispatches: tuple[Dispatch, ...]
    tokens: int
    cut: int
    limit: int

    @property
    def texts(self) -> list[str]:
        """The bare texts."""
        return [dispatch.text for dispatch in self.dispatches]

    def __str__(self) -> str:
        count = len(self.dispatches)
        characters = sum(map(len, self.texts)) / count
        return (
            f"{self.name}: {count} texts, on average {self.tokens / count:.0f} tokens and {characters:.0f} characters; "
            f"{self.cut} longer than {self.limit} tokens were cut there, for all contestants alike"
        )


@dataclass(frozen=True)
class Sources:
    """Where the texts come from."""

    archive: Path
    corpus: Path


def read_sets(sources: Sources, schema: Schema, count: int, tokenizer: Tokenizer, limit: int) -> list[TextSet]:
    """About `count` texts, half of them from each source, or all from the corpus where there is no archive.

    `limit` is in tokens with the special ones. Raises InputError on faulty files, OSError where there is no corpus.
    """
    tokenizer.no_truncation()  # an encoder's own file may ask for both
    tokenizer.no_padding()
    found = {"corpus": read_dispatches([sources.corpus], schema)}
    if sources.archive.exists():
        found = {"archive": read_inputs([sources.archive], Columns()), **found}
    share = max(1, count // len(found))
    return [text_set(name, spread(readable(all_), share), tokenizer, limit) for name, all_ in found.items()]


def readable(dispatches: Sequence[Dispatch]) -> list[Dispatch]:
    """Those with more than space in them, without annotation."""
    bare = [Dispatch(dispatch.id, whole(dispatch.text)) for dispatch in dispatches]
    return [dispatch for dispatch in bare if dispatch.text.strip()]


def spread(dispatches: Sequence[Dispatch], count: int) -> list[Dispatch]:
    """So many of them at even distances; all where there are fewer."""
    count = min(count, len(dispatches))
    return [dispatches[at * len(dispatches) // count] for at in range(count)]


def text_set(name: str, dispatches: Sequence[Dispatch], tokenizer: Tokenizer, limit: int) -> TextSet:
    """The dispatches as a set, each cut after the last token that one window of `limit` tokens holds."""
    capacity = limit - tokenizer.num_special_tokens_to_add(is_pair=False)
    tokens, cut, kept = 0, 0, []
    for dispatch in dispatches:
        offsets = tokenizer.encode(dispatch.text, add_special_tokens=False).offsets
        tokens += min(len(offsets), capacity)
        cut += len(offsets) > capacity
        text = dispatch.text[: offsets[capacity - 1][1]] if len(offsets) > capacity else dispatch.text
        kept.append(Dispatch(dispatch.id, text))
    return TextSet(name, tuple(kept), tokens, cut, limit)
