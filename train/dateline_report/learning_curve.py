"""Models that were trained on more or fewer dispatches, on the same test → how much more annotation would help."""

from collections.abc import Mapping, Sequence
from typing import Any

from dateline_labels.scoring import score, total
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import counted_f

from .figures import Readings


def learning_curve(runs: Sequence[tuple[Mapping[str, Any], Readings]], sampling: Sampling) -> list[dict[str, Any]]:
    """A point a model, given as its facts and what it read, from the fewest dispatches to the most; nothing where fewer
    than two models tell what they were trained on.

    `spans` (exact) and `relations` (strict) are micro F1, with their bounds beside them.
    """
    points = [_point(facts, readings, sampling) for facts, readings in runs if _trained_on(facts)]
    if len(points) < 2:
        return []
    return sorted(points, key=lambda point: (point["dispatches"], point["name"]))


def _trained_on(facts: Mapping[str, Any]) -> int:
    """How many dispatches the model was trained on; 0 where it does not tell."""
    dispatches = facts.get("recipe", {}).get("dispatches")
    count = dispatches.get("train") if isinstance(dispatches, dict) else 0
    return count if isinstance(count, int) else 0


def _point(facts: Mapping[str, Any], readings: Readings, sampling: Sampling) -> dict[str, Any]:
    scores = [score([one], [two], readings.schema) for one, two in zip(readings.gold, readings.predicted, strict=True)]
    spans = counted_f([total(each.spans.values()) for each in scores], sampling)
    relations = counted_f([total(each.relations["strict"].values()) for each in scores], sampling)
    return {
        "dispatches": _trained_on(facts),
        "name": facts["name"],
        **_bounded("spans", spans),
        **_bounded("relations", relations),
    }


def _bounded(name: str, figures: Mapping[str, float]) -> dict[str, float]:
    bounds = {f"{name}_{end}": figures[end] for end in ("low", "high") if end in figures}
    return {name: figures["f1"], **bounds}
