"""`sample.json`: which documents of which archive run were drawn, from which strata, and what each stands for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from dateline_incidents.incident_choices import Rule
from dateline_labels import InputError, Place
from dateline_labels.files import write_atomically
from dateline_labels.record_files import read_record
from pydantic import BaseModel, ConfigDict

from .strata import Allocation

SAMPLE, DISPATCHES = "sample.json", "dispatches.jsonl"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StratumRecord(_Record):
    """Documents of the run that agree in every criterion, and how many of them were drawn."""

    name: str
    values: dict[str, str]
    """By criterion."""
    documents: int
    sampled: int
    weight: float
    """How many documents each sampled one stands for: documents / sampled."""
    predicted: dict[str, int]
    """What the run read in all of its documents, by what is counted."""


class DocumentRecord(_Record):
    """One document of the sample."""

    id: str
    """Its id in the annotation files."""
    document: int
    """Its number in the run."""
    stratum: int
    """The number of its stratum, from 0."""
    sha256: str
    """Of its text in UTF-8."""


class SampleRecord(_Record):
    """The sample as a whole."""

    format: Literal[1] = 1
    fingerprint: str
    """Of the run."""
    seed: int
    criteria: list[str]
    allocation: Allocation
    rule: Rule
    """By which rival accounts of the killed and injured are one number."""
    shown: bool
    """Whether the annotation files hold what the run read."""
    left_out: dict[str, int]
    """How many documents the strata leave out, by why."""
    strata: list[StratumRecord]
    documents: list[DocumentRecord]


def write_sample(folder: Path, sample: SampleRecord) -> None:
    """Write it into a folder."""
    write_atomically(folder / SAMPLE, (sample.model_dump_json(indent=1) + "\n").encode("utf-8"))


def read_sample(path: Path) -> SampleRecord:
    """What `dateline audit sample` wrote, a folder or its `sample.json`; raises InputError where it is damaged."""
    path = path / SAMPLE if path.is_dir() else path
    sample = read_record(path, SampleRecord)
    for field, what in _contradictions(sample).items():
        raise InputError(Place(str(path)), field, what)
    return sample


def combined(samples: Sequence[SampleRecord], places: Sequence[Place]) -> SampleRecord:
    """Several samples of one run as one. The union of random samples that were drawn from the same strata without
    regard to each other is, of its size, one as well: any documents are as likely to be in it as any others.

    Raises InputError, with its place, where a sample is of another run or other strata, or drawn with a seed again.
    """
    first = samples[0]
    documents = {each.document: each for each in first.documents}
    for at, (sample, place) in enumerate(zip(samples[1:], places[1:], strict=True), start=1):
        if sample.fingerprint != first.fingerprint:
            raise InputError(place, "fingerprint", f"expected a sample of the run of {places[0].path}, got another's")
        if _frame(sample) != _frame(first):
            what = f"expected the strata of {places[0].path}: the same --by, --least, --rule and --distinct, got others"
            raise InputError(place, "strata", what)
        if sample.seed in [each.seed for each in samples[:at]]:
            what = (
                f"expected another --seed than that of a sample beside it, got {sample.seed}: it draws the same again"
            )
            raise InputError(place, "seed", what)
        documents |= {each.document: each for each in sample.documents}
    drawn = Counter(each.stratum for each in documents.values())
    strata = [
        stratum.model_copy(update={"sampled": drawn[at], "weight": stratum.documents / drawn[at]})
        for at, stratum in enumerate(first.strata)
    ]
    in_order = sorted(documents.values(), key=lambda each: each.document)
    return first.model_copy(update={"strata": strata, "documents": in_order})


def _frame(sample: SampleRecord) -> tuple[object, ...]:
    """What it was drawn from."""
    strata = [(each.name, each.values, each.documents, each.predicted) for each in sample.strata]
    return sample.criteria, sample.rule, sample.left_out, strata


def _contradictions(sample: SampleRecord) -> Mapping[str, str]:
    drawn = [sum(each.stratum == at for each in sample.documents) for at, _ in enumerate(sample.strata)]
    sizes = [stratum.documents for stratum in sample.strata]
    if sum(drawn) != len(sample.documents) or drawn != [stratum.sampled for stratum in sample.strata]:
        return {"documents": "expected as many of each stratum as it says were sampled"}
    if any(not 0 < count <= size for count, size in zip(drawn, sizes, strict=True)):
        return {"strata": "expected at least one document drawn from each and no more than it has"}
    if len({each.id for each in sample.documents}) < len(sample.documents):
        return {"documents": "an id occurs twice"}
    return {}
