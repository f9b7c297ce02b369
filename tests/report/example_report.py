"""A small evaluation, complete in every part of metrics.json, of dispatches written for it."""

from collections.abc import Sequence
from typing import Any

from dateline_labels import Dispatch, Relation, Schema, Span
from dateline_labels.schema import RelationType, SpanType
from dateline_labels.scoring import Case, score

SCHEMA = Schema(
    "small",
    "1",
    {
        "ATTACK": SpanType(attributes={"kind": ("bombing", "killing", "other")}),
        "ACTOR": SpanType(),
        "LOCATION": SpanType(),
    },
    {
        "perpetrator": RelationType(("ATTACK",), ("ACTOR",)),
        "target": RelationType(("ATTACK",), ("ACTOR", "LOCATION")),
        "place": RelationType(("ATTACK",), ("LOCATION",)),
    },
)
TEXT = "Raiders shelled the depot at Tamsa before dawn.\n\nThe garrison of Tamsa lost two trucks, traders there said."


def span(name: str, label: str, words: str, score: float | None = None, text: str = TEXT, **attributes: str) -> Span:
    """The first place of `words` in the text as a span."""
    start = text.index(words)
    return Span(
        name, label, start, start + len(words), attributes, score, dict.fromkeys(attributes, 0.7) if score else {}
    )


def gold_dispatch(name: str, text: str = TEXT, **meta: object) -> Dispatch:
    spans = (
        span("a1", "ATTACK", "shelled", text=text, kind="bombing"),
        span("p1", "ACTOR", "Raiders", text=text),
        span("p2", "ACTOR", "The garrison of Tamsa", text=text),
        span("l1", "LOCATION", "the depot", text=text),
        span("l2", "LOCATION", "Tamsa", text=text),
    )
    relations = (Relation("perpetrator", "a1", "p1"), Relation("target", "a1", "l1"), Relation("place", "a1", "l2"))
    return Dispatch(name, text, "2021-05-04", meta, spans, relations)


def read_dispatch(name: str, text: str = TEXT) -> Dispatch:
    """As a model read it: one span right with a wrong attribute, one with other borders, one labelled otherwise, one
    spurious, one missed; one relation right, one labelled otherwise, one spurious.
    """
    spans = (
        span("s1", "ATTACK", "shelled", 0.98, text, kind="killing"),
        span("s2", "ACTOR", "Raiders", 0.95, text),
        span("s3", "ACTOR", "garrison", 0.55, text),
        span("s4", "ACTOR", "the depot", 0.62, text),
        span("s5", "ACTOR", "traders", 0.41, text),
        span("s6", "LOCATION", "Tamsa", 0.9, text),
    )
    relations = (
        Relation("perpetrator", "s1", "s2", 0.93),
        Relation("target", "s1", "s6", 0.51),
        Relation("perpetrator", "s1", "s5", 0.33),
    )
    return Dispatch(name, text, "2021-05-04", {}, spans, relations)


def example_cases(gold: Sequence[Dispatch], predicted: Sequence[Dispatch]) -> list[Case]:
    return score(gold, predicted, SCHEMA).cases


def f(f1: float, gold: int = 40, **more: float) -> dict[str, float]:
    right = round(gold * f1 / 100)
    counts = {"gold": gold, "right": right, "spurious": gold - right, "missed": gold - right}
    return {"precision": f1, "recall": f1, "f1": f1, **counts, "low": f1 - 4.25, "high": f1 + 3.75, **more}


def pairs(f1: float) -> dict[str, float]:
    counts = {"correct": 30, "incorrect": 4, "partial": 3, "missed": 3, "spurious": 5}
    return {**counts, "precision": f1, "recall": f1, "f1": f1, "low": f1 - 3, "high": f1 + 3}


def believed(ece: float) -> dict[str, Any]:
    bins = [{"count": 5 * (n + 1), "score": 10 * n + 5.0, "right": 9 * n + 4.0} for n in range(10)]
    return {"ece": ece, "score": 88.25, "right": 86.5, "judged": 275, "bins": bins}


def example_metrics(gold: Sequence[Dispatch] = (), **changes: Any) -> dict[str, Any]:
    """Every part that the report knows; `changes` take the place of parts."""
    return {
        "format": 1,
        "model": {"path": "out/small", "kind": "bundle", "name": "small", "sha256": "ab" * 32, "engine": "onnxruntime"},
        "data": {
            "paths": ["texts/small"],
            "split": "test",
            "sha256": "cd" * 32,
            "schema": "small 1",
            "dispatches": len(gold),
            "words": sum(len(each.text.split()) for each in gold),
            "train_overlap": 0,
        },
        "uncertainty": {"resamples": 1000, "seed": 13, "unit": "dispatch", "level": 95},
        "headline": _headline(),
        **_scores(),
        **_told(),
        **_believed(),
        "slices": _slices(),
        "learning_curve": [
            {
                "name": f"runs/{n}",
                "dispatches": 250 * n,
                "spans": 60.0 + 5 * n,
                "relations": 30.0 + 6 * n,
                "spans_low": 58.0 + 5 * n,
                "spans_high": 62.0 + 5 * n,
            }
            for n in (1, 2, 4)
        ],
        "comparison": _comparison(),
        "unread": [],
        **changes,
    }


def _headline() -> list[dict[str, Any]]:
    rows = (
        ("spans.exact.micro.f1", "Spans, exact", 85.25, 310),
        ("relations.strict.micro.f1", "Relations, strict", 61.5, 240),
        ("events.recall.share", "Events found", 82.0, 25),
        ("swaps.rate", "Perpetrator and target swapped", 3.5, 120),
    )
    return [
        {
            "key": key,
            "title": title,
            "value": value,
            "low": max(value - 3.25, 0),
            "high": value + 2.75,
            "support": support,
            "small": support < 30,
            "meaning": f"What {title.lower()} says.",
        }
        for key, title, value, support in rows
    ]


def _scores() -> dict[str, Any]:
    spans = {"ATTACK": f(84.5), "ACTOR": f(81.25, 90), "LOCATION": f(90.0, 60), "micro": f(85.25, 190)}
    seqeval = {label: {"precision": 80.0, "recall": 82.0, "f1": 81.0, "gold": 40} for label in (*spans, "macro")}
    relations = {"perpetrator": f(66.0), "target": f(58.75), "place": f(64.0), "micro": f(61.5, 120)}
    return {
        "spans": {
            "exact": spans,
            "seqeval": {"default": seqeval, "strict": seqeval},
            "semeval": {
                scheme: {label: pairs(80.0 + n) for label in spans}
                for n, scheme in enumerate(("strict", "exact", "partial", "type"))
            },
        },
        "relations": dict.fromkeys(("strict", "boundaries", "overlapping", "gold_spans"), relations),
        "confusion": {
            "spans": [
                {"gold": "ACTOR", "predicted": "ACTOR", "count": 2},
                {"gold": "LOCATION", "predicted": "ACTOR", "count": 1},
                {"gold": "", "predicted": "ACTOR", "count": 1},
                {"gold": "LOCATION", "predicted": "LOCATION", "count": 1},
                {"gold": "ATTACK", "predicted": "ATTACK", "count": 1},
            ]
        },
        "attributes": {
            "ATTACK.kind": {
                "accuracy": 81.75,
                "macro_f1": 70.5,
                "judged": 34,
                "low": 74.0,
                "high": 88.0,
                "values": {"bombing": f(83.0), "killing": f(60.0, 4)},
                "confusion": [
                    {"gold": "bombing", "predicted": "bombing", "count": 30},
                    {"gold": "bombing", "predicted": "killing", "count": 4},
                ],
            }
        },
    }


def _told() -> dict[str, Any]:
    part = {"share": 77.25, "right": 17, "of": 22, "low": 60.0, "high": 90.0}
    return {
        "clusters": {"same_event": {name: f(70.5) for name in ("pairs", "b_cubed", "ceaf_e", "lea")}},
        "events": {"found": f(83.25), "recall": part},
        "incidents": {
            "core": f(55.5),
            "whole": f(20.25),
            "parts": {"place": part, "days": part},
            "dispatches": {"core": part, "whole": part},
        },
        "casualties": {"number": {"killed": f(88.0), "micro": f(87.5)}, "number_and_event": {"micro": f(75.0)}},
        "swaps": {"right": 116, "swapped": 4, "rate": 3.33, "low": 1.0, "high": 6.0},
    }


def _believed() -> dict[str, Any]:
    curve = [{"threshold": 1 - n / 20, "coverage": 5.0 * n, "risk": 0.8 * n} for n in range(1, 21)]
    abstain = {"bearable": 10.0, "threshold": 0.35, "coverage": 62.5, "risk": 9.5}
    fitted = {"temperature": 1.25, "intercept": -0.1}
    return {
        "confidence": {
            part: {**{label: {**believed(2.5), **fitted} for label in labels}, "all": believed(1.25)}
            for part, labels in (
                ("spans", ("ATTACK", "ACTOR")),
                ("attributes", ("ATTACK.kind",)),
                ("relations", ("place",)),
            )
        },
        "risk": {
            "spans": curve,
            "relations": curve,
            "abstain": {"spans": abstain, "relations": {**abstain, "threshold": None}},
        },
    }


def _slices() -> dict[str, Any]:
    def row(f1: float, small: bool = False) -> dict[str, Any]:
        return {"dispatches": 4, "support": 20, "spans": f(f1), "relations": f(f1 - 20), "small": small}

    return {
        "theatre": {"north": row(88.0), "south": row(79.5, True)},
        "distance": {"0–3 words": {**row(70.0), "spans": None}, "4–10 words": {**row(60.0), "spans": None}},
    }


def _comparison() -> dict[str, Any]:
    def row(difference: float) -> dict[str, Any]:
        bounds = {"low": difference - 0.75, "high": difference + 0.75, "better": 0.9}
        return {"value": 80.0 + difference, "other": 80.0, "difference": difference, **bounds, "support": 40}

    lost = {"measure": "span", "label": "LOCATION", "kind": "missed", "what": "the depot", "start": 16, "end": 25}
    return {
        "other": {"path": "out/former", "name": "former"},
        "headline": [{"key": "spans.exact.micro.f1", "title": "Spans, exact", **row(1.25)}],
        "spans": {"ATTACK": row(0.5), "ACTOR": row(-1.5)},
        "relations": {"place": row(2.25)},
        "lost": [{"dispatch": "note-1", **lost, "instead": "ACTOR: the depot"}],
        "won": [
            {**lost, "dispatch": "note-1", "what": "Raiders", "label": "ACTOR", "start": 0, "end": 7, "instead": ""}
        ],
        "verdict": {"points": 0.5, "failed": False, "worse": [], "sentence": "Not worse: spans, exact +1.25 points."},
    }
