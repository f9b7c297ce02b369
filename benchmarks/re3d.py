"""re3d (Dstl, 2017): reports on Syria and Iraq with entities, one folder a source, one JSON object a line.

Entities overlap; the longest of those is kept, in what is learnt and in what is tested.
"""

from dataclasses import replace
from pathlib import Path

from dateline_formats import as_re3d
from dateline_formats.format import Finding
from dateline_labels import Dispatch
from public_data import PublicData, cuts_a_word, plain_schema, without_overlaps


def read(folder: Path) -> PublicData:
    """Documents in the order of their ids: every fifth is tested, every tenth of the others is for validation.

    Raises InputError where a file is not as expected, OSError where one cannot be read.
    """
    read_parts = [as_re3d.read(source) for source in sorted(path for path in folder.iterdir() if path.is_dir())]
    marked = sorted((each for part in read_parts for each in part.dispatches), key=lambda dispatch: dispatch.id)
    findings = [finding for part in read_parts for finding in part.findings]
    dispatches = [_without_overlaps(dispatch) for dispatch in marked]
    overlapping = sum(len(dispatch.spans) for dispatch in marked) - sum(len(each.spans) for each in dispatches)
    cut = sum(cuts_a_word(each.text, span.start, span.end) for each in dispatches for span in each.spans)
    test = tuple(dispatches[4::5])
    others = [dispatch for number, dispatch in enumerate(dispatches) if number % 5 != 4]
    train = tuple(dispatch for number, dispatch in enumerate(others) if number % 10 != 9)
    notes = (
        f"trained on {len(train)} documents, {len(others[9::10])} for validation, tested on every fifth ({len(test)})",
        f"dropped: {overlapping} entities that overlap a longer one, {_count(findings, 'lost', 'given twice')} given "
        f"twice, {_count(findings, 'lost', 'no words')} without words; "
        f"{_count(findings, 'repaired', 'white space')} moved off white space",
        f"{cut} entities that stay cut a word, and no reader of whole words finds them",
        "the published figures on re3d are on other splits",
    )
    labels = sorted({span.label for dispatch in dispatches for span in dispatch.spans})
    return PublicData(plain_schema("re3d", labels), train, tuple(others[9::10]), test, notes)


def _without_overlaps(dispatch: Dispatch) -> Dispatch:
    """The dispatch with its longest entities alone, as if they were certain, and without relations."""
    spans = tuple(replace(span, score=None) for span in without_overlaps(dispatch.spans))
    return Dispatch(dispatch.id, dispatch.text, spans=spans)


def _count(findings: list[Finding], kind: str, words: str) -> int:
    """How many findings on entities say so."""
    return sum(each.kind == kind and words in each.what and "entities" in each.place.path for each in findings)
