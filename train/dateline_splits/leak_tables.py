"""Parts and leaks as tables of plain text, columns under each other; labels and ids are shown on one line each."""

from collections.abc import Sequence

from dateline_labels import Dispatch, one_line
from dateline_labels.splits import Splits

from .choices import PARTS
from .leaks import Leak, Seen

_LONGEST = 60
_PAIRS = 5
Cells = list[tuple[str, ...]]


def part_table(splits: Splits) -> str:
    """How many dispatches, words, and spans and relations of each label every part has, with its share in per cent."""
    parts = [splits.train, splits.validation, splits.test]
    rows: Cells = [("", *PARTS), _row("dispatches", [len(part) for part in parts])]
    rows.append(_row("words", [sum(len(dispatch.text.split()) for dispatch in part) for part in parts]))
    for name, counts in _label_counts(parts).items():
        rows.append(_row(name, counts))
    return _table(rows)


def _label_counts(parts: Sequence[Sequence[Dispatch]]) -> dict[str, list[int]]:
    spans: dict[str, list[int]] = {}
    relations: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        for dispatch in part:
            for span in dispatch.spans:
                spans.setdefault(span.label, [0] * len(parts))[at] += 1
            for relation in dispatch.relations:
                relations.setdefault(relation.label, [0] * len(parts))[at] += 1
    return {name: spans[name] for name in sorted(spans)} | {f"  {name}": relations[name] for name in sorted(relations)}


def _row(name: str, counts: Sequence[int]) -> tuple[str, ...]:
    total = sum(counts) or 1
    return (name, *(f"{count:,}  {100 * count / total:5.1f} %" for count in counts))


def leak_table(found: Sequence[Leak]) -> str:
    """What parts give away of each other, in per cent; the empty text where there are not two parts."""
    if not found:
        return ""
    rows: Cells = [("", *(f"{leak.part} in {leak.other}" for leak in found))]
    rows.append(("dispatches", *(f"{leak.dispatches:,}" for leak in found)))
    rows += [
        (f"a near-copy there, alike {least} or more", *(_share(leak.near_copies[least]) for leak in found))
        for least in found[0].near_copies
    ]
    rows.append(("half or more of its passages there", *(_share(leak.half_copied) for leak in found)))
    rows.append(("passages (runs of 8 words) there", *(_share(leak.passages) for leak in found)))
    for key in dict.fromkeys(key for leak in found for key in leak.shared):
        rows.append((f"{key} there", *(_share(leak.shared.get(key)) for leak in found)))
    for label in sorted({label for leak in found for label in leak.words}):
        words = [leak.words.get(label) for leak in found]
        rows.append(
            (f"{label}: spans whose words are marked there", *(_share(each.spans if each else None) for each in words))
        )
        rows.append((f"{label}: different words", *(_share(each.different if each else None) for each in words)))
    return "\n".join([_table(rows), *_pair_lines(found)])


def _pair_lines(found: Sequence[Leak]) -> list[str]:
    lines = [
        f"  {pair.alike:.2f}  {_shown(pair.id)} ({leak.part}), {_shown(pair.other)} ({leak.other})"
        for leak in found
        for pair in leak.pairs[:_PAIRS]
    ]
    return ["", "the nearest texts, and how alike they are:", *lines] if lines else []


def _shown(name: str) -> str:
    return one_line(name, _LONGEST)


def _share(seen: Seen | None) -> str:
    return f"{100 * seen.seen / seen.of:.1f} %  ({seen.seen:,} of {seen.of:,})" if seen and seen.of else "–"


def _table(rows: Cells) -> str:
    shown = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in shown) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in shown
    )
