"""`sample.json`: which documents of which archive run were drawn, from which strata, and what each stands for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from dateline_incidents.incident_choices import Rule
from dateline_labels import InputError, Place
from dateline_labels.files import write_atomically
from dateline_labels.jsonl import field_path
from dateline_labels.toml_files import fault_text
from pydantic import BaseModel, ConfigDict, ValidationError

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
    try:
        sample = SampleRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        what = fault_text(fault["msg"], fault["input"])
        raise InputError(Place(str(path)), field_path(fault["loc"]), what) from None
    for field, what in _contradictions(sample).items():
        raise InputError(Place(str(path)), field, what)
    return sample


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
