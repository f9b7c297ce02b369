"""What docs/splits.md says of the shipped corpus is so."""

import re
from pathlib import Path

import pytest
from dateline_formats.reading import read_annotations
from dateline_labels.splits import Splits, leave_folders_out, split_by_number
from dateline_splits.leaks import Seen, leaks

ROOT = Path(__file__).resolve().parents[2]


def percent(seen: Seen) -> str:
    return f"{100 * seen.seen / seen.of:.1f}"


@pytest.mark.slow
def test_the_table_of_the_corpus_holds() -> None:
    page = (ROOT / "docs" / "splits.md").read_text(encoding="utf-8").partition("## What the shipped corpus leaks")[2]
    rows = {row[0]: row[1:] for row in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|", page, re.MULTILINE)}
    dispatches = read_annotations([ROOT / "labels" / "corpus"]).dispatches
    for at, splits in enumerate((split_by_number(dispatches), leave_folders_out(dispatches))):
        (leak,) = leaks(Splits(splits.train, (), splits.test))
        told = {
            "test dispatches": f"{leak.dispatches}",
            "a near-copy in train, alike 0.3 or more": percent(leak.near_copies["0.3"]),
            "half or more of its passages in train": percent(leak.half_copied),
            "passages (runs of 8 words) in train": percent(leak.passages),
            "day of publication in train": percent(leak.shared["published"]),
            "theatre in train": percent(leak.shared["theatre"]),
            "ACTOR spans whose words are marked in train": percent(leak.words["ACTOR"].spans),
            **{
                f"{label} spans": percent(leak.words[label].spans)
                for label in ("ATTACK", "CASUALTY", "LOCATION", "TIME")
            },
        }
        assert {name: rows[name][at] for name in told} == told
