"""What the page's templates ask of Python: untrusted text as markup, addresses, places on a chart."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from dateline_labels.visible_text import parts, plain

from .report_parts import Chart, Interval, Matrix, RangePlot

_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 440.0, 20.0, 300.0
_HEATS: Final = 6


def shown(text: object) -> Any:
    """Text in `<bdi>`, with what would not be seen as signs in a frame."""
    from markupsafe import Markup, escape

    pieces = (
        Markup('<span class="sign">{}</span>').format(words) if is_sign else escape(words)
        for words, is_sign in parts(str(text))
    )
    return Markup("<bdi>{}</bdi>").format(Markup("").join(pieces))


def visible(value: object) -> object:
    """What a template prints: of text that is not markup, characters that would not be seen are signs."""
    from markupsafe import Markup

    if isinstance(value, str) and not isinstance(value, Markup):
        return "".join(words for words, _ in parts(value))
    return value


def place(key: str) -> str:
    """A key as an address in the page."""
    return re.sub(r"[^\w.-]", "_", key)


def address(choices: Mapping[str, str]) -> str:
    """The link to the case browser with these filters."""
    return f"#{urlencode({name: _encodable(value) for name, value in choices.items()})}"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def heat(matrix: Matrix, gold: str, predicted: str) -> int:
    """0 to 6: how large a share of its row a cell has; by its root, for the errors are few."""
    row = sum(count for (name, _), count in matrix.counts.items() if name == gold)
    count = matrix.counts.get((gold, predicted), 0)
    return max(1, round(_HEATS * (count / row) ** 0.5)) if count else 0


def cell_link(matrix: Matrix, gold: str, predicted: str) -> dict[str, str]:
    """The filters that show what a cell of a confusion counts."""
    measure = matrix.measure
    if not gold:
        return {"label": f"{measure}:{predicted}", "kind": f"{measure}.spurious.nothing"}
    if not predicted:
        return {"label": f"{measure}:{gold}", "kind": f"{measure}.missed.nothing"}
    return {"label": f"{measure}:{gold}", "kind": f"{measure}.missed", "as": predicted}


def told(interval: Interval) -> str:
    """A figure and its bounds in words."""
    if interval.low is None or interval.high is None:
        return f"{interval.value:.1f}"
    return f"{interval.value:.1f}, from {interval.low:.1f} to {interval.high:.1f}"


def ends(plot: RangePlot) -> str:
    """The two ends of range plots."""
    return f"{plot.low:g} to {plot.high:g}"


def along(plot: RangePlot, value: float) -> float:
    """Where a value stands in a range plot."""
    return round(5 + 150 * (value - plot.low) / (plot.high - plot.low), 2)


def short(number: float) -> str:
    """A number of a chart: no digits that say nothing."""
    return f"{number:,.0f}" if number >= 1000 else f"{round(number, 1):g}"


def thousands(number: int) -> str:
    """A count, with commas."""
    return f"{number:,}"


def x(chart: Chart, value: float) -> float:
    """Where a value of the x axis stands in the drawing."""
    return round(_LEFT + (_RIGHT - _LEFT) * (value - chart.x.low) / (chart.x.high - chart.x.low), 2)


def y(chart: Chart, value: float) -> float:
    """Where a value of the y axis stands in the drawing."""
    return round(_BOTTOM - (_BOTTOM - _TOP) * (value - chart.y.low) / (chart.y.high - chart.y.low), 2)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    each.__name__: each
    for each in (shown, plain, place, address, heat, cell_link, told, ends, along, short, thousands, x, y)
}
