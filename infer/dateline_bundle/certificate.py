"""What a bundle proves of itself: how each encoder it holds reads against the checkpoint, and how fast; and the gate.

Measured when the bundle is written, on validation dispatches. F1 in per cent, shares from 0 to 1.
"""

from pydantic import BaseModel, ConfigDict

_STRICT = ConfigDict(extra="forbid", strict=True)


class Speed(BaseModel):
    """How fast one engine read texts with everything (tags, attributes, relations), from a process of its own."""

    model_config = _STRICT

    engine: str
    precision: str
    dispatches_a_second: float
    tokens_a_second: float
    peak_megabytes: float


class VariantRecord(BaseModel):
    """One encoder of a bundle against the checkpoint in float32."""

    model_config = _STRICT

    file: str
    engine: str  # that read the dispatches for the comparison
    spans_agree: float
    relations_agree: float
    largest_logit_difference: float
    span_f1: float
    relation_f1: float
    speeds: list[Speed] = []


class GateRecord(BaseModel):
    """What the gate lets through, at its threshold."""

    model_config = _STRICT

    threshold: float
    wanted: int  # dispatches with one of the labels that the gate looks for
    recall: float  # share of these that pass
    others: int
    skipped: float  # share of the others that do not


class Certificate(BaseModel):
    """All that was measured when a bundle was written; `tolerance` is the share of spans or relations that the float32
    encoder may read otherwise, `largest_loss` the F1 points that another one may lose.
    """

    model_config = _STRICT

    dispatches: int
    tokens: int
    machine: str
    tolerance: float
    largest_loss: float
    span_f1: float  # of the checkpoint
    relation_f1: float
    variants: dict[str, VariantRecord]
    gate: GateRecord | None = None
