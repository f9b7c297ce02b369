"""What a check finds: each problem as a line, `path:line:field: kind: what`, and as a row of a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dateline_formats.format import Annotated, Finding
from dateline_labels import Dispatch, InputError, Place, Relation, Span, one_line

_LONGEST = 60
"""Characters of a label, an id or a span in a message; what is longer is cut in its middle."""
_AROUND = 25
"""Characters shown on either side of words that are no span."""
Kind = Literal["error", "lost", "repaired", "warning"]
KINDS: tuple[Kind, ...] = ("error", "lost", "repaired", "warning")


@dataclass(frozen=True)
class Problem:
    """Something wrong or doubtful in annotations; `check` names what found it, `str()` is one line."""

    place: Place
    field: str
    kind: Kind
    check: str
    what: str

    def __str__(self) -> str:
        row = self.row()
        return f"{row.path}:{row.line}:{row.field}: {row.kind}: {row.what}"

    def row(self) -> "ProblemRow":
        """The problem as it is shown: nothing in it turns a line around or ends it."""
        field = one_line(self.field, 100).replace(":", "\\x3a")  # a colon would end it early
        return ProblemRow(
            one_line(self.place.path, 4096), self.place.line, field, self.kind, self.check, one_line(self.what)
        )


@dataclass(frozen=True)
class ProblemRow:
    """The columns of problems.csv and problems.jsonl."""

    path: str
    line: int
    field: str
    kind: str
    check: str
    what: str


@dataclass(frozen=True)
class Placed:
    """A dispatch with the reading that it comes from, which knows where its parts stand; `of_many` where its file holds
    others that this reading has not.
    """

    dispatch: Dispatch
    source: Annotated
    of_many: bool = False

    def place(self, part: Span | Relation | None = None) -> Place:
        """Where the dispatch, or a part of it, stands."""
        return self.source.place_of(self.dispatch, part)

    def quoted(self, span: Span) -> str:
        """The span as messages name it: its label, id and words."""
        label, name, words = (one_line(each, _LONGEST) for each in (span.label, span.id, self.dispatch.words(span)))
        return f"{label} {name} '{words}'"

    def field(self, name: str) -> str:
        """The field, led to from the dispatch where its file holds several, maybe all on one line."""
        return f"{self.dispatch.id}.{name}" if self.of_many or len(self.source.dispatches) > 1 else name

    def of_span(self, number: int, kind: Kind, check: str, what: str) -> Problem:
        """A problem of a span of the dispatch, by its number."""
        span = self.dispatch.spans[number]
        return Problem(self.place(span), self.field(f"spans[{number}]"), kind, check, f"{self.quoted(span)}: {what}")

    def of_relation(self, number: int, kind: Kind, check: str, what: str) -> Problem:
        """A problem of a relation of the dispatch, by its number."""
        relation = self.dispatch.relations[number]
        ends = (self.quoted(self.dispatch.span_by_id[each]) for each in (relation.head, relation.tail))
        return Problem(
            self.place(relation), self.field(f"relations[{number}]"), kind, check, f"{' → '.join(ends)}: {what}"
        )

    def of_text(self, start: int, end: int, kind: Kind, check: str, what: str) -> Problem:
        """A problem of words of the text that are no span."""
        text = self.dispatch.text
        before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
        shown = f"{text[start:end]!r} in '…{before}{text[start:end]}{after}…'"
        return Problem(self.place(), self.field(f"text[{start}-{end}]"), kind, check, f"{shown}: {what}")


def of_error(error: InputError, check: str = "unreadable") -> Problem:
    """What a reader refused."""
    return Problem(error.place, error.field, "error", check, error.what)


def of_findings(findings: Iterable[Finding], check: str = "reading") -> list[Problem]:
    """What readers, or whatever `check` names, had to say."""
    return [Problem(each.place, each.field, each.kind, check, each.what) for each in findings]
