"""What a report is made of, whatever it is written as: sections of tables, matrices, charts and notes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Interval:
    """A figure with its bounds; these are None where nothing was resampled."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table: its name, which may be untrusted, and a cell for each column.

    intervals  what its range plots draw, one for each of the table; None for none
    small      so few stand behind it that it says little
    total      it sums up the other rows
    note       a sentence after the cells
    links      the column of a cell → the filters of the case browser that show what it counts
    """

    name: str
    cells: tuple[str, ...]
    intervals: tuple[Interval | None, ...] = ()
    small: bool = False
    total: bool = False
    note: str = ""
    links: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class RangePlot:
    """A column of range plots: the cell that it stands before, both ends, and a figure that is marked in each."""

    at: int = 0
    low: float = 0.0
    high: float = 100.0
    reference: float | None = None


@dataclass(frozen=True)
class Table:
    """Figures by row.

    key      its place in the metrics, cut at dots; also its address in the page
    head     what the rows are
    plots    the columns of range plots
    folded   on a screen shown when asked for
    """

    key: str
    title: str
    meaning: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    plots: tuple[RangePlot, ...] = ()
    folded: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Matrix:
    """Counts by gold name (rows) and predicted name (columns); "" stands for nothing on that side."""

    key: str
    title: str
    meaning: str
    names: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    measure: str = ""
    kind: Literal["matrix"] = "matrix"

    @property
    def gold(self) -> tuple[str, ...]:
        """The names of the rows."""
        return tuple(name for name in self.names if any(gold == name for gold, _ in self.counts))

    @property
    def predicted(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name in self.names if any(got == name for _, got in self.counts))


@dataclass(frozen=True)
class Axis:
    """A title, both ends and the marks between."""

    title: str
    low: float
    high: float
    ticks: tuple[float, ...]


@dataclass(frozen=True)
class Point:
    """Where it stands, with bounds of y where there are some, and what it says when pointed at."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    size: float = 1.0
    note: str = ""


@dataclass(frozen=True)
class Series:
    """Points of one colour and shape, joined by a line and with dots or without."""

    name: str
    points: tuple[Point, ...]
    dots: bool = True


@dataclass(frozen=True)
class Guide:
    """A place on the x axis that is marked and named."""

    x: float
    title: str


@dataclass(frozen=True)
class Chart:
    """Series over two axes; `diagonal` draws where x and y are the same."""

    key: str
    title: str
    meaning: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    diagonal: bool = False
    guides: tuple[Guide, ...] = ()
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True)
class Note:
    """A sentence, and names that may be untrusted after it."""

    text: str
    names: tuple[str, ...] = ()
    kind: Literal["note"] = "note"


Part = Table | Matrix | Chart | Note


@dataclass(frozen=True)
class Section:
    """Parts under a heading; `key` is its address in the page."""

    key: str
    title: str
    parts: tuple[Part, ...]
