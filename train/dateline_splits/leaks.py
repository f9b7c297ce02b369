"""What one part of a collection gives away of another: how much of the test a model may have seen in training.

Five looks at it, each as counts of the one part:

- near-copies: dispatches whose nearest text in the other part is alike so much or more (the share of runs of three
  words that two texts have in common, estimated by MinHash with 128 numbers: its standard error is at most 0.044; see
  dateline_archive.copies);
- passages: runs of eight words that stand in the other part too, and dispatches of which at least half the runs do: a
  note that was copied into a long story is no near-copy of it, and is found here;
- words of spans: by label, marked words that are marked with that label in the other part too, whatever their case;
- shared: dispatches that have a day of publication, story, source or theatre which the other part has as well;
- pairs: the nearest texts by name, to be looked at.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from dateline_archive.copies import Signatures, signatures_of
from dateline_labels import Dispatch
from dateline_labels.progress import with_progress
from dateline_labels.splits import Splits
from dateline_labels.stories import meta_values
from numpy.typing import NDArray

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
KEYS = ("story", "source", "theatre")
_RUN = 8
_WORD = re.compile(r"\w+")
_PAIRS = 20
_LEAST = 0.1
"""Pairs that are alike less are like any two texts of one language."""


@dataclass(frozen=True)
class Seen:
    """How many of how many were seen in the other part."""

    seen: int
    of: int


@dataclass(frozen=True)
class SeenWords:
    """Spans of a label, and how many different words these are; how many of each the other part marks so too."""

    spans: Seen
    different: Seen


@dataclass(frozen=True)
class Pair:
    """Two dispatches of the two parts, and how alike their texts are, from 0 to 1."""

    id: str
    other: str
    alike: float


@dataclass(frozen=True)
class Leak:
    """What `part` has in common with `other`."""

    part: str
    other: str
    dispatches: int
    near_copies: Mapping[str, Seen]
    passages: Seen
    half_copied: Seen
    words: Mapping[str, SeenWords]
    shared: Mapping[str, Seen]
    pairs: list[Pair]


@dataclass(frozen=True)
class Nearest:
    """For each text of one part the number of the nearest one of the other, and how alike the two are."""

    numbers: NDArray[np.int64]
    alike: NDArray[np.float64]


def leaks(splits: Splits, key: str | None = None) -> list[Leak]:
    """Of test and validation against train, and of test against validation; none where a part is empty.

    Of meta the keys story, source and theatre are looked at, and `key` if one is given.
    """
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    signatures = {name: signed(part) for name, part in parts.items()}
    keys = dict.fromkeys((*KEYS, *((key,) if key else ())))
    pairs = (("test", "train"), ("validation", "train"), ("test", "validation"))
    return [
        _leak(one, other, parts, nearest(signatures[one], signatures[other]), tuple(keys))
        for one, other in pairs
        if parts[one] and parts[other]
    ]


def signed(dispatches: Sequence[Dispatch]) -> Signatures:
    """The signature of each text."""
    return signatures_of([dispatch.text for dispatch in dispatches])


def nearest(rows: Signatures, others: Signatures) -> Nearest:
    """The nearest of the others for each row, of all of them: nothing is passed over."""
    numbers, alike = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows))
    for at, row in with_progress(enumerate(rows), len(rows), "comparing texts"):
        same = (others == row).sum(axis=1, dtype=np.uint8)
        numbers[at] = same.argmax()
        alike[at] = same[numbers[at]] / rows.shape[1]
    return Nearest(numbers, alike)


def _leak(
    name: str, other_name: str, parts: Mapping[str, Sequence[Dispatch]], near: Nearest, keys: Sequence[str]
) -> Leak:
    part, other = parts[name], parts[other_name]
    passages, half_copied = _passages(part, other)
    days = [tuple(filter(None, (dispatch.published,))) for dispatch in part]
    other_days = {dispatch.published for dispatch in other}
    shared = {"published": _shared(days, other_days)} | {
        key: _shared(meta_values(part, key), {value for several in meta_values(other, key) for value in several})
        for key in keys
    }
    order = np.argsort(-near.alike, kind="stable")[:_PAIRS].tolist()
    return Leak(
        name,
        other_name,
        len(part),
        {f"{least}": Seen(int((near.alike >= least).sum()), len(part)) for least in THRESHOLDS},
        passages,
        half_copied,
        _words(part, other),
        {key: seen for key, seen in shared.items() if seen.of},
        [
            Pair(part[at].id, other[int(near.numbers[at])].id, round(float(near.alike[at]), 3))
            for at in order
            if near.alike[at] >= _LEAST
        ],
    )


def _passages(part: Sequence[Dispatch], other: Sequence[Dispatch]) -> tuple[Seen, Seen]:
    """Runs of words that stand in the other part too, and dispatches of which at least half the runs do."""
    known = np.sort(np.concatenate([_runs(dispatch.text) for dispatch in other]))
    runs = [_runs(dispatch.text) for dispatch in part]
    if not len(known):
        return Seen(0, sum(map(len, runs))), Seen(0, len(part))
    of = np.repeat(np.arange(len(part)), [len(each) for each in runs])
    joined = np.concatenate(runs)
    there = known[np.minimum(np.searchsorted(known, joined), len(known) - 1)] == joined
    seen, all_ = (np.bincount(numbers, minlength=len(part)) for numbers in (of[there], of))
    half = int(((seen * 2 >= all_) & (seen > 0)).sum())
    return Seen(int(seen.sum()), len(joined)), Seen(half, len(part))


def _runs(text: str) -> NDArray[np.int64]:
    """(runs,) a number for each run of words, the same within this process; none of a text of fewer words."""
    words = _WORD.findall(text.casefold())
    runs = (hash(tuple(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1))
    return np.fromiter(runs, dtype=np.int64)


def _words(part: Sequence[Dispatch], other: Sequence[Dispatch]) -> dict[str, SeenWords]:
    known = {*_marked(other)}
    by_label: dict[str, list[tuple[str, str]]] = {}
    for marked in _marked(part):
        by_label.setdefault(marked[0], []).append(marked)
    return {
        label: SeenWords(_among(by_label[label], known), _among({*by_label[label]}, known))
        for label in sorted(by_label)
    }


def _marked(dispatches: Iterable[Dispatch]) -> Iterator[tuple[str, str]]:
    """The label and the words of every span, whatever their case and space."""
    for dispatch in dispatches:
        for span in dispatch.spans:
            yield span.label, " ".join(dispatch.words(span).casefold().split())


def _among(marked: Iterable[tuple[str, str]], known: set[tuple[str, str]]) -> Seen:
    found = [each in known for each in marked]
    return Seen(sum(found), len(found))


def _shared(values: Sequence[tuple[str, ...]], known: set[str | None] | set[str]) -> Seen:
    """Dispatches with a value that the other part has, of those that have any."""
    return Seen(sum(any(value in known for value in several) for several in values), sum(map(bool, values)))
