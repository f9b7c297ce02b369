"""What an Extractor must know besides the weights; stored in every checkpoint and bundle."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from dateline_labels import Schema
from pydantic import ConfigDict, TypeAdapter

from .calibration import Calibration
from .chain import BELIEVED
from .gate import Gate
from .tags import tag_count


@dataclass(frozen=True)
class ReadingConfig:
    """How a text is cut into windows, how spans are decoded and when a relation is believed.

    `window` counts tokens with the special ones, `overlap` the tokens two neighbouring windows share.
    `span_threshold` is the least probability of a span, `thresholds` that of each relation label (that it and both its
    spans are right), chosen on validation data; 0.5 where absent.
    `obligatory` names, for a relation label, the span labels whose spans are hardly ever without a relation of that
    label to them: such a span takes its most probable head where none passes the threshold.
    `transitions` (tags, tags) is added to the log probabilities of the tags of neighbouring words; see `chain.decode`.
    `calibration` makes probabilities the scores that are written; it decides nothing.
    `gate` says what the model's gate looks for, if it has one.
    Raises ValueError on contradictions.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: Schema
    window: int = 256
    overlap: int = 64
    span_threshold: float = BELIEVED
    thresholds: dict[str, float] = field(default_factory=dict)
    obligatory: dict[str, tuple[str, ...]] = field(default_factory=dict)
    transitions: tuple[tuple[float, ...], ...] = ()
    calibration: Calibration = field(default_factory=Calibration)
    gate: Gate | None = None

    def __post_init__(self) -> None:
        if self.window < 16:
            raise ValueError(f"a window needs at least 16 tokens, got {self.window}")
        if not 0 <= self.overlap <= self.window // 2:
            raise ValueError(f"expected an overlap of 0 to half the window of {self.window} tokens, got {self.overlap}")
        if not 0.0 < self.span_threshold < 1.0:
            raise ValueError(f"expected a threshold of spans between 0 and 1, got {self.span_threshold}")
        for label, threshold in self.thresholds.items():
            if label not in self.schema.relations:
                raise ValueError(f"a threshold for {label}, which the schema does not have")
            if not 0.0 < threshold < 1.0:
                raise ValueError(f"expected a threshold of {label} between 0 and 1, got {threshold}")
        for label, tails in self.obligatory.items():
            if label not in self.schema.relations or not set(tails) <= set(self.schema.relations[label].tail):
                raise ValueError(f"{label} cannot be obligatory for {', '.join(tails)}")
        tags = tag_count(len(self.schema.spans))
        lengths = {len(self.transitions), *map(len, self.transitions)}
        finite = all(isfinite(each) for row in self.transitions for each in row)
        if self.transitions and (lengths != {tags} or not finite):
            raise ValueError(f"the schema has {tags} tags: expected transitions of {tags} rows of {tags} numbers")
        if self.gate and not (self.gate.labels and set(self.gate.labels) <= set(self.schema.spans)):
            raise ValueError(f"a gate for {', '.join(self.gate.labels) or 'nothing'}, which the schema does not have")
        if self.gate and not isfinite(self.gate.threshold):
            raise ValueError(f"expected a finite threshold of the gate, got {self.gate.threshold}")
        self._check_calibration()

    def _check_calibration(self) -> None:
        attributes = {f"{label}.{name}" for label, name, _ in self.schema.attributes}
        for curves, known in (
            (self.calibration.spans, set(self.schema.spans)),
            (self.calibration.attributes, attributes),
            (self.calibration.relations, set(self.schema.relations)),
        ):
            for label in sorted(set(curves) - known):
                raise ValueError(f"a calibration of {label}, which the schema does not have")

    def threshold(self, label: str) -> float:
        """The least probability at which a relation of this label is believed."""
        return self.thresholds.get(label, 0.5)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; `from_dict` is its inverse."""
        return {**asdict(self), "schema": self.schema.to_dict()}

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> "ReadingConfig":
        """The config of plain JSON data; raises KeyError, TypeError or ValueError where it is not one."""
        schema = Schema.from_dict(plain["schema"])
        return TypeAdapter(ReadingConfig).validate_python({**plain, "schema": schema})
