"""`dateline agree`: files of annotators → how far they agree, where they do not, and a file to settle it in.

out/agreement.json                        every figure
out/agreement.md                          the same as tables
out/disagreements.jsonl, .csv             every disagreement
out/findings.txt                          what was repaired, left out or lost, a line each
out/merged.json, or the folder out/merged what all say, to be adjudicated in an annotation tool
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline_formats.format import Finding
from dateline_formats.reading import say_findings
from dateline_labels.files import write_atomically
from dateline_labels.outputs import check_folder
from dateline_statistics.row_files import write_rows

from .adjudicating import left_behind, merged, merged_target, write_merged
from .annotators import Terms, left_out, read_annotators
from .disagreements import KINDS, Disagreement, disagreements
from .figures import Drawing, agreement
from .merge_tool import Tool
from .shared_dispatches import Shared, shared_dispatches
from .tables import markdown


@dataclass(frozen=True)
class Agreed:
    """What came of a comparison: the figures, the disagreements and how many there are of each kind."""

    figures: Mapping[str, Any]
    disagreements: Sequence[Disagreement]

    @property
    def kinds(self) -> dict[str, int]:
        """How many disagreements there are of each kind that occurs."""
        counts = Counter(each.kind for each in self.disagreements)
        return {kind: counts[kind] for kind in KINDS if counts[kind]}


def run_agreement(
    paths: Sequence[Path], terms: Terms, drawing: Drawing, out: Path | None = None, tool: Tool | None = None
) -> Agreed:
    """Compare the annotators of the paths; write all there is to `out` where it is given, with a merged file for the
    tool. Findings are said on stderr. Raises InputError where something cannot be read, or nothing is shared.
    """
    if out:
        check_folder(out)
    target = merged_target(out, tool) if out and tool else None
    annotators = read_annotators(paths, terms)
    shared = shared_dispatches(annotators)
    findings = [*left_out(paths), *(each for one in annotators for each in one.annotated.findings), *shared.findings]
    agreed = Agreed(agreement(shared, terms.schema, drawing), disagreements(shared))
    if out:
        findings += _write(out, agreed, shared, (target, tool) if target and tool else None)
    say_findings(findings, out / "findings.txt" if out else None)
    return agreed


def _write(out: Path, agreed: Agreed, shared: Shared, merging: tuple[Path, Tool] | None) -> tuple[Finding, ...]:
    figures = {**agreed.figures, "disagreements": agreed.kinds}
    said: tuple[Finding, ...] = ()
    if merging:
        lost = write_merged([merged(each) for each in shared.dispatches], *merging)
        said = *left_behind(shared.dispatches, merging[0]), *lost
    write_rows(out, "disagreements", Disagreement, agreed.disagreements)
    write_atomically(out / "agreement.md", markdown(agreed.figures, agreed.kinds).encode("utf-8"))
    plain = json.dumps(figures, ensure_ascii=False, indent=1, allow_nan=False)
    write_atomically(out / "agreement.json", f"{plain}\n".encode("utf-8", "backslashreplace"))
    return said
