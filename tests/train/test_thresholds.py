from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from dateline_infer.calibration import Calibration
from dateline_infer.config import ReadingConfig
from dateline_infer.decoding import PLAUSIBLE
from dateline_infer.extractor import Extractor
from dateline_labels import Dispatch, Relation, Schema, Span, read_dispatches
from dateline_train.thresholds import (
    _STEPS,
    _best,
    _Candidate,
    _f1,
    choose_span_threshold,
    choose_thresholds,
    obligatory_tails,
    with_doubtful_spans,
    with_low_thresholds,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.read(ROOT / "labels" / "schema.toml")


def candidate(tail: str, score: float, right: bool, must_have: bool = False) -> _Candidate:
    return _Candidate(("d", tail), must_have, score, right)


def best(candidates: list[_Candidate], gold: int) -> float:
    return _best({step: _f1(candidates, gold, step) for step in _STEPS}, gold)


def test_the_threshold_parts_right_from_wrong() -> None:
    candidates = [candidate(f"r{n}", 0.8, right=True) for n in range(500)]
    candidates += [candidate(f"w{n}", 0.6, right=False) for n in range(500)]
    assert 0.6 < best(candidates, 500) <= 0.8


def test_few_examples_keep_the_threshold_near_the_middle() -> None:
    candidates = [candidate("r", 0.95, right=True), candidate("w", 0.85, right=False)]
    assert 0.5 <= best(candidates, 1) < 0.55


def test_a_relation_without_examples_keeps_the_middle() -> None:
    assert best([], 0) == 0.5


def test_where_every_tail_has_a_head_the_threshold_can_be_high() -> None:
    """The best head of each tail is right however improbable; a low threshold would add wrong second heads."""
    candidates = []
    for tail in range(300):
        candidates += [candidate(f"t{tail}", 0.45, right=True, must_have=True)]
        candidates += [candidate(f"t{tail}", 0.30, right=False, must_have=True)]
    assert best(candidates, 300) > 0.45


def test_casualties_of_the_corpus_hardly_ever_lack_an_attack(schema: Schema) -> None:
    dispatches = read_dispatches([ROOT / "labels" / "corpus" / "iraq"], schema)
    assert obligatory_tails(dispatches, schema) == {"casualty": ("CASUALTY",)}


def test_few_spans_make_nothing_obligatory(schema: Schema) -> None:
    spans = (Span("a", "ATTACK", 0, 4), Span("c", "CASUALTY", 5, 8))
    dispatch = Dispatch("d", "raid two", spans=spans, relations=(Relation("casualty", "a", "c"),))
    assert obligatory_tails([dispatch], schema) == {}


def test_an_obligatory_tail_takes_its_most_probable_head_and_no_other_changes(
    tiny_bundle: Path, corpus_sample: Path, schema: Schema
) -> None:
    extractor = Extractor.load(tiny_bundle)
    dispatches = read_dispatches([corpus_sample], schema)

    def read(config: ReadingConfig) -> list[Dispatch]:
        return Extractor(extractor.network, extractor.tokenizer, config, extractor.padding).batch(dispatches)

    high = replace(extractor.config, thresholds=dict.fromkeys(schema.relations, 0.95), obligatory={})
    high = replace(high, calibration=Calibration())  # what is decided on is raw
    bare, forced = read(high), read(replace(high, obligatory={"casualty": ("CASUALTY",)}))
    everything = read(with_low_thresholds(high))
    added = 0
    for without, with_rule, low in zip(bare, forced, everything, strict=True):
        assert set(without.relations) <= set(with_rule.relations)
        headed = {relation.tail for relation in without.relations if relation.label == "casualty"}
        for relation in set(with_rule.relations) - set(without.relations):
            assert relation.label == "casualty"
            assert relation.tail not in headed
            rivals = [r.score for r in low.relations if r.label == "casualty" and r.tail == relation.tail]
            assert relation.score == max(score for score in rivals if score is not None) >= PLAUSIBLE
            added += 1
        tails = [r.tail for r in with_rule.relations if r.label == "casualty"]
        reachable = {r.tail for r in low.relations if r.label == "casualty"}
        assert set(tails) == reachable
    assert added > 0


def test_thresholds_are_chosen_for_every_relation(tiny_bundle: Path, corpus_sample: Path, schema: Schema) -> None:
    extractor = Extractor.load(tiny_bundle)
    low = with_low_thresholds(extractor.config)
    reader = Extractor(extractor.network, extractor.tokenizer, low, extractor.padding)
    thresholds = choose_thresholds(reader, read_dispatches([corpus_sample], schema)[:8])
    assert list(thresholds) == list(schema.relations)
    assert np.all([(0.0 < value < 1.0) for value in thresholds.values()])


@dataclass
class Told:
    """Stands for an extractor: reads what it was told."""

    config: ReadingConfig
    read: list[Dispatch]

    def batch(self, _: object) -> list[Dispatch]:
        return self.read


def chosen_for_spans(schema: Schema, right: list[float], wrong: list[float], missed: int = 0) -> float:
    """The threshold of spans where validation has right and wrong ones of these probabilities, and misses some."""
    places = [Span(f"s{n}", "ACTOR", 2 * n, 2 * n + 1) for n in range(len(right) + len(wrong) + missed)]
    text = "a " * len(places)
    gold = Dispatch("d", text, spans=(*places[: len(right)], *places[len(right) + len(wrong) :]))
    scores = [*right, *wrong]
    read = Dispatch(
        "d", text, spans=tuple(replace(place, score=score) for place, score in zip(places, scores, strict=False))
    )
    config = with_doubtful_spans(ReadingConfig(schema))
    assert config.span_threshold < 0.2
    return choose_span_threshold(Told(config, [read]), [gold])  # type: ignore[arg-type]


def test_spans_are_believed_from_a_half_where_no_other_threshold_is_noticeably_better(schema: Schema) -> None:
    assert chosen_for_spans(schema, [0.9] * 90, [0.2] * 10) == 0.5
    assert chosen_for_spans(schema, [0.9] * 999 + [0.45], []) == 0.5
    assert chosen_for_spans(schema, [], []) == 0.5


def test_where_right_spans_are_improbable_less_is_enough(schema: Schema) -> None:
    assert chosen_for_spans(schema, [0.9] * 20 + [0.32] * 30, [0.32] * 10, missed=40) == 0.3


def test_where_wrong_spans_are_probable_more_is_asked_for(schema: Schema) -> None:
    assert chosen_for_spans(schema, [0.9] * 50, [0.62] * 50) == 0.65


def test_ties_of_one_event_are_judged_by_the_clusters_they_make(schema: Schema) -> None:
    """The improbable tie is not the one of the gold, which ties the third mention to the second; yet all are one."""
    spans = tuple(Span(name, "ATTACK", start, start + 4) for name, start in (("a", 0), ("b", 5), ("c", 10)))
    gold = Dispatch("d", "raid raid raid", spans=spans, relations=_ties(("b", "a", None), ("c", "b", None)))
    read = replace(gold, relations=_ties(("b", "a", 0.9), ("c", "a", 0.3)))
    extractor = Told(ReadingConfig(schema), [read] * 300)
    thresholds = choose_thresholds(extractor, [gold] * 300)  # type: ignore[arg-type]
    assert thresholds["same_event"] < 0.3
    assert thresholds["within"] == 0.5


def _ties(*ties: tuple[str, str, float | None]) -> tuple[Relation, ...]:
    return tuple(Relation("same_event", head, tail, score) for head, tail, score in ties)
