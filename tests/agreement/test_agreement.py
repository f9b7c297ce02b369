"""Figures of agreement: alpha and kappas as nltk has them, F1 by hand, the same whoever comes first."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from annotators_of_notes import ACT, FULL, PLACE, WHO, raid, shared_by, span
from dateline_agreement.figures import ALL, Drawing, agreement
from dateline_agreement.shared_dispatches import Shared
from dateline_agreement.token_values import token_values
from dateline_labels import Dispatch, Schema
from dateline_labels.scoring import span_key
from dateline_statistics.chance import alpha_of, coincidences
from dispatch_strategies import SCHEMA, json_dispatches
from disturbed_readings import corpus, disturbed
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

QUICK = Drawing(resamples=0)


def three() -> Shared:
    """Three annotators of the same notes, of which the third has left two."""
    notes = corpus("militancy_notes")[:30]
    return shared_by({"anna": notes, "ben": disturbed(notes, 3), "carl": disturbed(notes, 4)[2:]})


def two() -> Shared:
    notes = corpus("militancy_notes")[:30]
    return shared_by({"anna": notes, "ben": disturbed(notes, 3)})


def figures(shared: Shared, schema: Schema | None = SCHEMA, drawing: Drawing = QUICK) -> dict[str, Any]:
    return agreement(shared, schema, drawing)


def judged_tokens(shared: Shared, label: str = "", borders: bool = False) -> list[tuple[str, str, str]]:
    """(annotator, token, value) as nltk takes them; of one label, whether the token has it."""
    rows = []
    for each in shared.dispatches:
        for who, dispatch in each.by.items():
            for at, value in enumerate(token_values(dispatch, borders)):
                told = str(any(name == label for name, _ in value)) if label else str(value)
                rows.append((who, f"{each.id} {at}", told))
    return rows


def judged_spans(shared: Shared, label: str, name: str, among: Sequence[str]) -> list[tuple[str, str, str]]:
    """(annotator, span, value of the attribute) of the spans that all of them marked alike."""
    rows = []
    for each in shared.dispatches:
        own = {who: {span_key(one): one for one in each.by[who].spans} for who in among if who in each.by}
        if len(own) == len(among):
            for key in set.intersection(*(set(spans) for spans in own.values())):
                if key[2] == label:
                    rows += [(who, f"{each.id} {key}", spans[key].attributes[name]) for who, spans in own.items()]
    return rows


@pytest.mark.parametrize("shared", [two(), three()], ids=["two", "three"])
def test_alpha_is_that_of_nltk(shared: Shared) -> None:
    alpha = figures(shared)["alpha"]
    assert set(alpha["labels"]) == set(SCHEMA.spans)
    expected = AnnotationTask(judged_tokens(shared)).alpha()
    assert 0.5 < expected < 0.99
    assert alpha[ALL]["alpha"] == pytest.approx(expected, abs=1e-4)
    with_borders = AnnotationTask(judged_tokens(shared, borders=True)).alpha()
    assert alpha["borders"]["alpha"] == pytest.approx(with_borders, abs=1e-4)
    for label, figure in alpha["labels"].items():
        assert figure["alpha"] == pytest.approx(AnnotationTask(judged_tokens(shared, label)).alpha(), abs=1e-4)


def test_kappas_are_those_of_nltk() -> None:
    shared = three()
    kappa = figures(shared)["kappa"]
    assert list(kappa) == ["ATTACK.kind", "ATTACK.status", "CASUALTY.outcome"]
    for name, figure in kappa.items():
        label, attribute = name.split(".")
        pairs = [judged_spans(shared, label, attribute, pair) for pair in combinations(shared.annotators, 2)]
        expected = [AnnotationTask(rows).kappa() for rows in pairs]
        assert figure["cohen"] == pytest.approx(sum(expected) / 3, abs=1e-4)
        assert figure["judged"] == sum(map(len, pairs)) / 2
        rows = judged_spans(shared, label, attribute, shared.annotators)
        assert figure["fleiss"]["kappa"] == pytest.approx(AnnotationTask(rows).pi(), abs=1e-4)
        assert figure["fleiss"]["judged"] == len(rows) / 3


def test_figures_by_hand() -> None:
    other = raid(
        span("a", "ACTOR", "Gunmen"),
        span("b", "ATTACK", "ambushed", kind="bombing", status="occurred"),
        span("c", "LOCATION", "near Gao"),
        span("d", "TIME", "Monday"),
        relations=[("perpetrator", "b", "a"), ("place", "b", "c")],
    )
    found = figures(shared_by({"anna": [FULL], "ben": [other]}))["pairs"][0]
    spans, relations = found["spans"], found["relations"]
    assert spans["exact"][ALL] == {"f1": 57.14, "both": 2, "only_first": 1, "only_second": 2}
    assert spans["exact"]["LOCATION"] == {"f1": 0.0, "both": 0, "only_first": 1, "only_second": 1}
    assert spans["overlapping"][ALL]["f1"] == 85.71
    assert [relations[name][ALL]["f1"] for name in ("strict", "overlapping", "agreed spans")] == [50.0, 100.0, 100.0]
    assert relations["clusters"][ALL]["f1"] is None


def test_mentions_of_one_event_count_as_clusters() -> None:
    killing = span("d", "ATTACK", "killing", kind="killing", status="occurred")
    patrol = span("e", "ATTACK", "patrol", kind="killing", status="occurred")
    spans = (ACT, killing, patrol)
    one = raid(*spans, relations=[("same_event", "b", "d"), ("same_event", "d", "e")])
    two = raid(*spans, relations=[("same_event", "e", "b"), ("same_event", "d", "b")])
    relations = figures(shared_by({"anna": [one], "ben": [two]}))["mean"]["relations"]
    assert relations["clusters"]["same_event"]["f1"] == 100.0
    assert relations["strict"]["same_event"]["f1"] == 0.0


@settings(deadline=None, max_examples=20)
@given(st.lists(json_dispatches(), min_size=1, max_size=3, unique_by=lambda each: each.id))
def test_whoever_agrees_with_themselves_agrees_wholly(dispatches: list[Dispatch]) -> None:
    found = figures(shared_by({"anna": dispatches, "ben": dispatches}))
    every = [figure for of_kind in found["mean"].values() for of in of_kind.values() for figure in of.values()]
    assert {figure["f1"] for figure in every} <= {100.0, None}
    assert (found["mean"]["spans"]["exact"][ALL]["f1"] is None) == (not any(each.spans for each in dispatches))
    assert {each["alpha"] for each in (found["alpha"][ALL], *found["alpha"]["labels"].values())} <= {1.0, None}
    assert {each["cohen"] for each in found["kappa"].values()} <= {1.0, None}


def test_it_is_all_the_same_who_comes_first() -> None:
    notes = corpus("militancy_notes")[:30]
    others = disturbed(notes)
    one = figures(shared_by({"anna": notes, "ben": others}))
    two = figures(shared_by({"ben": others, "anna": notes}))
    assert one["mean"] == two["mean"]
    assert one["alpha"] == two["alpha"]
    assert {name: each["cohen"] for name, each in one["kappa"].items()} == {
        name: each["cohen"] for name, each in two["kappa"].items()
    }
    first, second = one["pairs"][0]["spans"]["exact"][ALL], two["pairs"][0]["spans"]["exact"][ALL]
    assert (first["only_first"], first["only_second"]) == (second["only_second"], second["only_first"])
    assert first["only_first"] != first["only_second"]


def test_intervals_hold_the_figures_and_are_of_the_seed() -> None:
    shared = three()
    once, again, other = (figures(shared, drawing=Drawing(300, seed)) for seed in (5, 5, 6))
    assert once == again
    assert once != other
    every = [
        (once["mean"]["spans"]["exact"][ALL], "f1"),
        (once["mean"]["relations"]["agreed spans"][ALL], "f1"),
        (once["alpha"][ALL], "alpha"),
        (once["alpha"]["labels"]["ATTACK"], "alpha"),
        (once["kappa"]["ATTACK.kind"], "cohen"),
        (once["kappa"]["ATTACK.kind"]["fleiss"], "kappa"),
    ]
    for figure, name in every:
        assert figure["low"] < figure[name] < figure["high"], name


def test_without_a_schema_the_labels_are_those_that_occur() -> None:
    odd = raid(replace(WHO, label="armed group: any"), PLACE)
    found = figures(shared_by({"anna": [odd], "ben": [raid(PLACE)]}), None)
    assert list(found["mean"]["spans"]["exact"]) == ["LOCATION", "armed group: any", ALL]


def test_nobody_can_tell_agreement_from_habit() -> None:
    found = figures(shared_by({"anna": [raid()], "ben": [raid()]}))
    assert found["alpha"][ALL] == {"alpha": None}
    assert found["mean"]["spans"]["exact"][ALL] == {"f1": None}
    same = figures(shared_by({"anna": [raid(ACT)], "ben": [raid(ACT)]}))["kappa"]["ATTACK.status"]
    assert (same["cohen"], same["same"], same["judged"]) == (None, 100.0, 1)


def test_an_attribute_that_few_spans_have_is_judged_on_all_of_their_label() -> None:
    """As a flag of brat: where nobody sets it, they agree, and chance is of all judgements."""
    plain, marked = span("a", "ACTOR", "Gunmen"), span("a", "ACTOR", "Gunmen", unsure="yes")
    others = [span(name, "ACTOR", name) for name in ("patrol", "Gao", "soldiers")]
    sure, soldiers = others[:2], replace(others[2], attributes={"unsure": "yes"})
    found = figures(shared_by({"anna": [raid(marked, *others)], "ben": [raid(plain, *sure, soldiers)]}), None)
    rows = [("anna", "1", "yes"), ("ben", "1", ""), ("anna", "4", ""), ("ben", "4", "yes")]
    rows += [(who, unit, "") for who in ("anna", "ben") for unit in "23"]
    kappa = found["kappa"]["ACTOR.unsure"]
    assert (kappa["judged"], kappa["same"]) == (4, 50.0)
    assert kappa["cohen"] == pytest.approx(AnnotationTask(rows).kappa(), abs=1e-4)


def test_alpha_of_a_worked_example() -> None:
    """Two annotators of ten units, in Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section A."""
    values = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])
    assert float(alpha_of(coincidences(values, 2))) == pytest.approx(0.095, abs=5e-4)
