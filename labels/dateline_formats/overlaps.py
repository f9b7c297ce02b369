"""What becomes of spans that overlap, where they must not: the longest are kept."""

from collections.abc import Sequence

from dateline_labels import Span


def without_overlaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in the order of the text, the longest of those that overlap, the first given of equally long ones."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start - span.end):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))
