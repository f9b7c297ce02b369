"""Other words put in the place of pieces of a dispatch; what is marked stays marked."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from dateline_labels import Dispatch


@dataclass(frozen=True)
class Piece:
    """What takes the place of the code points `start` to `end`, half-open; where both are one, an insertion."""

    start: int
    end: int
    words: str


def rewritten(dispatch: Dispatch, pieces: Sequence[Piece]) -> Dispatch:
    """`dispatch` with the pieces in place, which lie apart and in the order of the text; its spans mark the words that
    took the place of theirs. Raises ValueError where a border of a span lies inside a piece.
    """
    kept = [0, *(border for piece in pieces for border in (piece.start, piece.end)), len(dispatch.text)]
    parts = [dispatch.text[start:end] for start, end in zip(kept[::2], kept[1::2], strict=True)]
    text = parts[0] + "".join(piece.words + after for piece, after in zip(pieces, parts[1:], strict=True))
    starts = [piece.start for piece in pieces]
    growth = list(accumulate((len(piece.words) - (piece.end - piece.start) for piece in pieces), initial=0))

    def moved(border: int) -> int:
        at = bisect_right(starts, border)
        if at and pieces[at - 1].start == border:
            at -= 1
        elif at and border < pieces[at - 1].end:
            raise ValueError(f"{dispatch.id}: a span border at {border} cuts {dispatch.text[starts[at - 1] :][:20]!r}")
        return border + growth[at]

    spans = tuple(replace(span, start=moved(span.start), end=moved(span.end)) for span in dispatch.spans)
    return replace(dispatch, text=text, spans=spans)


def borders(dispatch: Dispatch) -> list[int]:
    """Where the text and its spans begin and end, in order."""
    return sorted({0, len(dispatch.text), *(at for span in dispatch.spans for at in (span.start, span.end))})


def cuts_no_border(borders: Sequence[int], piece: Piece) -> bool:
    """Whether all of the (sorted) borders lie outside the piece or at its ends."""
    after_start = bisect_right(borders, piece.start)
    return after_start == len(borders) or borders[after_start] >= piece.end
