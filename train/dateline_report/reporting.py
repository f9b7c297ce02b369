"""What a model read → the evaluation report: metrics.json, and all else made from it and the dispatches.

out/metrics.json               every figure
out/report.html, report.md     the pages
out/plots/*.svg, *.png         the plots
out/cases.jsonl, cases.csv     every error
out/README.md                  the model card
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch
from dateline_labels.files import write_atomically
from dateline_labels.scoring import Case
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.row_files import write_rows

from .figures import FORMAT, Readings, figures_of
from .learning_curve import learning_curve
from .model_facts import data_facts

METRICS = "metrics.json"


@dataclass(frozen=True)
class Model:
    """A model, what is known of it, and how it read the dispatches."""

    facts: Mapping[str, Any]
    readings: Readings


@dataclass(frozen=True)
class Data:
    """The files that the dispatches came from, as they were named, and which part of them; the digest of the split's
    file, if there is one.
    """

    paths: tuple[Path, ...]
    split: str
    splits: str | None = None


@dataclass(frozen=True)
class Options:
    """How a report is made.

    seed           of the drawings of the bootstrap
    resamples      how many drawings; 0 for no intervals
    story          the key of `meta` by whose value dispatches belong to one story
    fail_if_worse  points of F1 that the model may lose against the other one; None: as many as it does
    """

    seed: int = 13
    resamples: int = 1_000
    story: str = "story"
    fail_if_worse: float | None = None


def run_report(
    out: Path, model: Model, data: Data, options: Options, other: Model | None = None, runs: Sequence[Model] = ()
) -> dict[str, Any]:
    """Write the report of `model` into `out`, beside `other` if there is one, with `runs` for the learning curve; the
    metrics.
    """
    readings = model.readings
    sampling = Sampling.of(readings.gold, options.resamples, options.seed, options.story)
    metrics, cases = measured(model, data, sampling)
    metrics["learning_curve"] = learning_curve([(each.facts, each.readings) for each in (model, *runs)], sampling)
    if other is not None:
        metrics["comparison"] = _comparison(model, other, sampling, options)
    write_metrics(out, metrics)
    _write_pages(out, metrics, readings.gold, readings.predicted, cases)
    return metrics


def write_short(out: Path, model: Model, data: Data) -> dict[str, Any]:
    """Write metrics.json without intervals, report.md and the cases into `out`; the metrics."""
    from .markdown import markdown

    metrics, cases = measured(model, data, Sampling.none(len(model.readings.gold)))
    write_metrics(out, metrics)
    write_rows(out, "cases", Case, cases)
    _write(out / "report.md", markdown(metrics, cases))
    return metrics


def measured(model: Model, data: Data, sampling: Sampling) -> tuple[dict[str, Any], list[Case]]:
    """The metrics of one model, and the cases."""
    readings = model.readings
    figures, cases = figures_of(readings, sampling)
    facts = data_facts(data.paths, data.split, readings.gold, readings.schema, readings.trained_on)
    return {
        "format": FORMAT,
        "model": dict(model.facts),
        "data": facts | ({"splits": data.splits} if data.splits else {}),
        **figures,
        "learning_curve": [],
        "comparison": None,
    }, cases


def write_metrics(out: Path, metrics: Mapping[str, Any]) -> None:
    """Write metrics.json into `out`."""
    _write(out / METRICS, json.dumps(metrics, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _write(path: Path, text: str) -> None:
    """Half a character, which the name of a file may hold, stands as JSON escapes it."""
    write_atomically(path, text.encode("utf-8", "backslashreplace"))


def _comparison(model: Model, other: Model, sampling: Sampling, options: Options) -> dict[str, Any]:
    from .comparing import compare
    from .verdict import verdict

    one, two = model.readings, other.readings
    found = compare(one.gold, one.predicted, two.predicted, one.schema, sampling)
    points = options.fail_if_worse
    return {
        "other": dict(other.facts),
        **found,
        "verdict": None if points is None else verdict(found, points),
    }


def _write_pages(
    out: Path,
    metrics: Mapping[str, Any],
    gold: Sequence[Dispatch],
    predicted: Sequence[Dispatch],
    cases: Sequence[Case],
) -> None:
    from .card import model_card
    from .markdown import markdown
    from .page import write_page
    from .plots import write_plots

    write_rows(out, "cases", Case, cases)
    write_page(out, metrics, gold, predicted, cases)
    write_plots(out, metrics)
    _write(out / "report.md", markdown(metrics, cases, with_plots=True))
    _write(out / "README.md", model_card(metrics))
