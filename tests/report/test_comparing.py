"""Two models compared: the figures are those of scoring, the interval is paired, every change is a case."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dateline_labels import Dispatch, InputError, Relation, Schema, Span, WorseModelError
from dateline_labels.errors import ExitCode
from dateline_labels.main import main
from dateline_labels.scoring import score, total
from dateline_report.comparing import compare
from dateline_report.verdict import check_points, check_verdict, told, verdict
from dateline_statistics.bootstrap import Sampling

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
TEXT = "Gunmen raided a market in Tarn on Monday and killed four traders."


def span(name: str, label: str, words: str, **attributes: str) -> Span:
    start = TEXT.index(words)
    return Span(name, label, start, start + len(words), attributes)


SPANS = (
    span("p", "ACTOR", "Gunmen"),
    span("a", "ATTACK", "raided", kind="armed_assault", status="occurred"),
    span("l", "LOCATION", "Tarn"),
    span("t", "TIME", "Monday"),
    span("c", "CASUALTY", "four traders", outcome="killed"),
)
RELATIONS = (
    Relation("perpetrator", "a", "p"),
    Relation("place", "a", "l"),
    Relation("time", "a", "t"),
    Relation("casualty", "a", "c"),
)


def dispatch(number: int, leave_out: str = "", spans: Sequence[Span] = SPANS) -> Dispatch:
    kept = tuple(each for each in spans if each.id not in leave_out)
    relations = tuple(each for each in RELATIONS if not {each.head, each.tail} & set(leave_out))
    return Dispatch(f"d{number}", TEXT, spans=kept, relations=relations)


GOLD = [dispatch(number) for number in range(40)]
WORSE = [dispatch(number, "l" if number % 2 else "") for number in range(40)]


def drawings(resamples: int, seed: int = 1) -> Sampling:
    return Sampling.of(GOLD, resamples, seed)


def row_of(comparison: dict[str, Any], key: str) -> dict[str, Any]:
    return next(row for row in comparison["headline"] if row["key"] == key)


def test_values_are_those_of_the_scorer() -> None:
    found = compare(GOLD, WORSE, GOLD, SCHEMA, drawings(50, 1))
    scores = score(GOLD, WORSE, SCHEMA)
    assert row_of(found, "spans.exact.micro.f1")["value"] == round(100 * total(scores.spans.values()).f1, 2)
    assert found["relations"]["place"]["value"] == round(100 * scores.relations["strict"]["place"].f1, 2)
    assert found["relations"]["place"]["other"] == 100.0
    assert found["spans"]["LOCATION"]["support"] == 40
    assert row_of(found, "relations.strict.micro.f1")["difference"] < 0


def test_a_model_against_itself_is_never_better_or_worse() -> None:
    found = compare(GOLD, WORSE, WORSE, SCHEMA, drawings(50, 1))
    for row in [*found["headline"], *found["spans"].values(), *found["relations"].values()]:
        assert (row["difference"], row["low"], row["high"], row["better"]) == (0, 0, 0, 0.5)
    assert found["lost"] == found["won"] == []


def test_exchanged_models_give_the_mirrored_comparison() -> None:
    one = compare(GOLD, WORSE, GOLD, SCHEMA, drawings(200, 3))
    other = compare(GOLD, GOLD, WORSE, SCHEMA, drawings(200, 3))
    for row, mirrored in zip(one["headline"], other["headline"], strict=True):
        assert row["difference"] == -mirrored["difference"]
        assert (row["low"], row["high"]) == (-mirrored["high"], -mirrored["low"])
        assert row["better"] == 1 - mirrored["better"]
    assert one["lost"] == other["won"]
    assert one["lost"]


def test_the_seed_decides_the_interval_and_nothing_else() -> None:
    again = [compare(GOLD, WORSE, GOLD, SCHEMA, drawings(100, seed)) for seed in (1, 1, 2)]
    assert again[0] == again[1]
    assert again[0]["spans"]["LOCATION"]["low"] != again[2]["spans"]["LOCATION"]["low"]
    assert again[0]["spans"]["LOCATION"]["value"] == again[2]["spans"]["LOCATION"]["value"]


def test_the_interval_is_that_of_resampling_dispatch_by_dispatch() -> None:
    """Against scoring each resample anew, with other random numbers: the same up to chance."""
    found = compare(GOLD, WORSE, GOLD, SCHEMA, drawings(2_000, 1))["spans"]["LOCATION"]
    random = np.random.default_rng(9)
    kept = np.array([each.span_by_id.get("l") is not None for each in WORSE])
    shares = np.array([kept[random.integers(0, 40, 40)].mean() for _ in range(2_000)])
    low, high = np.percentile(100 * 2 * shares / (1 + shares) - 100, (2.5, 97.5))
    assert found["low"] == pytest.approx(low, abs=2.5)
    assert found["high"] == pytest.approx(high, abs=2.5)


def test_on_one_dispatch_alone_the_interval_is_the_difference() -> None:
    found = compare(GOLD[1:2], WORSE[1:2], GOLD[1:2], SCHEMA, Sampling.of(GOLD[1:2], 50, 1))
    row = row_of(found, "spans.exact.micro.f1")
    assert row["difference"] < 0
    assert row["low"] == row["high"] == row["difference"]


def test_copies_of_one_story_are_drawn_together() -> None:
    """Forty copies of two stories are two units, not forty: the interval is as wide as two allow."""
    apart = compare(GOLD, WORSE, GOLD, SCHEMA, drawings(200))["spans"]["LOCATION"]
    told = [replace(each, meta={"story": f"s{number % 2}"}) for number, each in enumerate(GOLD)]
    together = compare(GOLD, WORSE, GOLD, SCHEMA, Sampling.of(told, 200, 1))["spans"]["LOCATION"]
    assert (together["low"], together["high"]) == (-100.0, 0.0)
    assert apart["high"] < 0
    assert apart["low"] > -100
    assert together["value"] == apart["value"]


def test_each_span_value_and_relation_that_was_right_and_is_wrong_now_is_a_case() -> None:
    moved = replace(SPANS[2], label="ACTOR")
    revalued = replace(SPANS[1], attributes={"kind": "bombing", "status": "occurred"})
    now = [dispatch(0, "c", (SPANS[0], revalued, moved, SPANS[3], SPANS[4]))]
    now = [replace(now[0], relations=(Relation("target", "a", "l"), *now[0].relations[:1]))]
    found = compare(GOLD[:1], now, GOLD[:1], SCHEMA, Sampling.of(GOLD[:1], 10, 1))
    told = {(row["measure"], row["label"], row["kind"], row["what"], row["instead"]) for row in found["lost"]}
    assert told == {
        ("span", "LOCATION", "missed", "Tarn", "ACTOR: Tarn"),
        ("span", "ACTOR", "spurious", "Tarn", "LOCATION: Tarn"),
        ("span", "CASUALTY", "missed", "four traders", ""),
        ("attribute", "ATTACK.kind", "wrong", "raided: armed_assault", "ATTACK.kind: raided: bombing"),
        ("relation", "place", "missed", "raided → Tarn", "target: raided → Tarn"),
        ("relation", "target", "spurious", "raided → Tarn", "place: raided → Tarn"),
        ("relation", "time", "missed", "raided → Monday", ""),
        ("relation", "casualty", "missed", "raided → four traders", ""),
    }
    assert found["won"] == []
    assert all(TEXT[row["start"] : row["end"]] in row["what"] for row in found["lost"])


def test_other_texts_and_no_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="expected the prediction of d0"):
        compare(GOLD[:1], WORSE[1:2], GOLD[:1], SCHEMA, drawings(10))
    with pytest.raises(ValueError, match="at least one dispatch"):
        compare([], [], [], SCHEMA, drawings(10))


def test_the_verdict_fails_beyond_the_bound_and_says_by_how_much() -> None:
    found = compare(GOLD, WORSE, GOLD, SCHEMA, drawings(100))
    lost = -row_of(found, "spans.exact.micro.f1")["difference"]
    failed = verdict(found, lost - 0.01)
    assert failed["failed"]
    assert "spans.exact.micro.f1" in failed["worse"]
    assert f"-{lost:.2f} points" in failed["sentence"]
    with pytest.raises(WorseModelError, match=r"spans, exact"):
        check_verdict(failed)


def test_the_verdict_lets_a_smaller_loss_and_any_gain_pass() -> None:
    found = compare(GOLD, WORSE, GOLD, SCHEMA, drawings(100))
    largest = max(-row["difference"] for row in found["headline"])
    for passed in (verdict(found, largest), verdict(compare(GOLD, GOLD, WORSE, SCHEMA, drawings(100)), 0)):
        assert not passed["failed"]
        check_verdict(passed)


@pytest.mark.parametrize("which", [slice(40), slice(1, 2)])
def test_a_comparison_is_told_in_a_line_whether_or_not_there_is_a_bound(which: slice) -> None:
    gold = GOLD[which]
    found = compare(gold, WORSE[which], gold, SCHEMA, Sampling.of(gold, 10, 1))
    lost = row_of(found, "spans.exact.micro.f1")
    for points in (None, 0.0, 100.0):
        line = told(found | {"verdict": None if points is None else verdict(found, points)})
        assert f"spans, exact {lost['difference']:+.2f} points ({lost['other']:.2f} → {lost['value']:.2f}" in line
        assert line.partition(":")[0] == {None: "Against the other", 0.0: "Worse", 100.0: "Not worse"}[points]


@pytest.mark.parametrize(("points", "other"), [(0.5, None), (-1.0, "x"), (float("nan"), "x")])
def test_a_bound_that_cannot_be_one_is_bad_input(points: float, other: object) -> None:
    with pytest.raises(InputError, match="--fail-if-worse:0:"):
        check_points(points, other)
    check_points(None, None)
    check_points(0.5, "x")


def test_a_worse_model_ends_a_command_with_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    app = typer.Typer()
    app.command()(lambda: check_verdict(verdict(compare(GOLD, WORSE, GOLD, SCHEMA, drawings(10)), 0.5)))
    assert main([], app) == ExitCode.WORSE == 6
    assert capsys.readouterr().err.startswith("Worse: ")
