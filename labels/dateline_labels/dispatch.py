"""The one datum: a dispatch with its spans and the relations between them, gold and predicted alike.

Offsets are code points into `text` exactly as decoded, half-open, and checked when the object is built.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from .errors import HIDDEN


@dataclass(frozen=True)
class Span:
    """Words of a dispatch under one label.

    `start` and `end` are code points, half-open; `score` is the model's probability, None for gold, `attribute_scores`
    that of each attribute's value, empty for gold.
    Raises ValueError where the offsets, the label, the id or the score cannot be.
    """

    id: str
    label: str
    start: int
    end: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    score: float | None = None
    attribute_scores: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id or not self.label:
            raise ValueError("a span needs an id and a label")
        if not 0 <= self.start < self.end:
            raise ValueError(f"span {self.id}: expected 0 <= start < end, got {self.start}, {self.end}")
        _check_score(self.score, f"span {self.id}")
        for name, score in self.attribute_scores.items():
            if name not in self.attributes:
                raise ValueError(f"span {self.id}: a score of {name}, which the span does not have")
            _check_score(score, f"span {self.id}: {name}")


@dataclass(frozen=True)
class Relation:
    """A directed relation between two spans, by their ids; `score` is the model's probability, None for gold. Raises
    ValueError where a span would be related to itself, or the score is no probability.
    """

    label: str
    head: str
    tail: str
    score: float | None = None

    def __post_init__(self) -> None:
        if not self.label:
            raise ValueError("a relation needs a label")
        if self.head == self.tail:
            raise ValueError(f"relation {self.label}: {self.head} is related to itself")
        _check_score(self.score, f"relation {self.label}")


@dataclass(frozen=True)
class Dispatch:
    """A news dispatch with what is marked in it.

    `published` is the ISO date the dispatch was published, None where unknown; `meta` holds whatever else the
    source tells. Raises ValueError where a span leaves the text, an id occurs twice or a relation dangles.
    """

    id: str
    text: str
    published: str | None = None
    meta: Mapping[str, object] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a dispatch needs an id")
        for span in self.spans:
            if span.end > len(self.text):
                raise ValueError(f"span {span.id}: ends at {span.end}, the text at {len(self.text)}")
        if len(self.span_by_id) != len(self.spans):
            raise ValueError(f"span id {_doubled(span.id for span in self.spans)} occurs twice")
        for relation in self.relations:
            for end in (relation.head, relation.tail):
                if end not in self.span_by_id:
                    raise ValueError(f"relation {relation.label}: no span has the id {end}")
        if len({(relation.label, relation.head, relation.tail) for relation in self.relations}) != len(self.relations):
            raise ValueError("a relation occurs twice")

    @cached_property
    def span_by_id(self) -> Mapping[str, Span]:
        """The spans by their ids."""
        return {span.id: span for span in self.spans}

    def words(self, span: Span) -> str:
        """The words of the text that `span` marks."""
        return self.text[span.start : span.end]

    def _repr_html_(self) -> str:
        """How a notebook shows the dispatch."""
        from .dispatch_html import dispatch_html

        return dispatch_html(self)


def check_id(value: str) -> str:
    """`value` where it can be the id of an annotated dispatch or span; raises ValueError where it cannot."""
    if not value:
        raise ValueError("expected an id, got nothing")
    if value != value.strip() or any(unicodedata.category(character) in HIDDEN for character in value):
        raise ValueError("expected an id without control characters and outer space")
    return value


def check_date(value: str) -> str:
    """`value` where it is a day as YYYY-MM-DD; raises ValueError where it is not."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("expected a date as YYYY-MM-DD")
    date.fromisoformat(value)
    return value


def _doubled(ids: Iterable[str]) -> str:
    """The first id that occurs more than once."""
    return next(span_id for span_id, count in Counter(ids).items() if count > 1)


def _check_score(score: float | None, what: str) -> None:
    if score is not None and not 0.0 <= score <= 1.0:
        raise ValueError(f"{what}: expected a score from 0 to 1, got {score}")
