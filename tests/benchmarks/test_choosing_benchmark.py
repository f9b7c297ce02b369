"""The simulation of choosing: its rounds, its record, from which it goes on, and what is made of it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from choosing import Plan, Simulation, choosing_of, main, read_records
from choosing_curve import ALL, START, Curves, Trained, drawn, reached, table
from conftest import recipe_text
from dateline_choosing.strategies import Per, Strategy
from dateline_infer import Extractor
from dateline_labels import Dispatch, InputError, Schema, read_dispatches
from measuring import Figures

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")


class Learner:
    """Learns nothing: it reads with the tiny bundle, and its figures grow with what it was given."""

    def __init__(self, bundle: Path, most: int = 1_000) -> None:
        self.extractor = Extractor.load(bundle)
        self.asked: list[tuple[int, tuple[str, ...]]] = []
        self._most = most

    def __call__(self, dispatches: Sequence[Dispatch], seed: int, folder: Path) -> tuple[Extractor, Figures]:
        if len(self.asked) == self._most:
            raise KeyboardInterrupt
        assert all(dispatch.spans for dispatch in dispatches)  # gold
        self.asked.append((seed, tuple(dispatch.id for dispatch in dispatches)))
        folder.mkdir(parents=True)
        return self.extractor, {"spans F1": 50.0 + len(dispatches), "relations F1, strict": 30.0 + len(dispatches)}


@pytest.fixture(scope="module")
def dispatches(corpus_sample: Path) -> list[Dispatch]:
    return read_dispatches([corpus_sample], SCHEMA)


def plan(out: Path, **changes: object) -> Plan:
    found = Plan((1, 2), ("random", "mixed", "uncertainty:words"), (0.1, 0.2, 0.5), {"steps": 1}, out)
    return replace(found, **changes)  # type: ignore[arg-type]


def test_each_round_adds_what_was_chosen_and_strategies_share_their_start(
    tmp_path: Path, tiny_bundle: Path, dispatches: list[Dispatch]
) -> None:
    learner, records = Learner(tiny_bundle), []
    Simulation(plan(tmp_path), dispatches, learner, records).run()
    assert len(learner.asked) == len(records) == 2 * (2 + 3 * 2)
    for seed in (1, 2):
        of_seed = [set(ids) for each, ids in learner.asked if each == seed]
        everything, start, *rounds = of_seed
        assert [len(ids) for ids in of_seed] == [40, 4, 8, 8, 8, 20, 20, 20]
        assert everything == {dispatch.id for dispatch in dispatches}
        for first, second in zip(rounds[:3], rounds[3:], strict=True):
            assert start < first < second
    assert learner.asked[1] != learner.asked[9]  # the starts of two seeds
    assert not (tmp_path / "training").exists()
    assert [each.words for each in records if each.strategy == ALL] == [
        sum(len(d.text.split()) for d in dispatches)
    ] * 2


def test_stopped_it_goes_on_and_ends_with_the_same_record(
    tmp_path: Path, tiny_bundle: Path, dispatches: list[Dispatch]
) -> None:
    whole, stopped = plan(tmp_path / "whole"), plan(tmp_path / "stopped")
    Simulation(whole, dispatches, Learner(tiny_bundle), read_records(whole)).run()
    with pytest.raises(KeyboardInterrupt):
        Simulation(stopped, dispatches, Learner(tiny_bundle, 5), read_records(stopped)).run()
    assert len(read_records(stopped)) == 5
    further = Learner(tiny_bundle)
    Simulation(stopped, dispatches, further, read_records(stopped)).run()
    assert len(further.asked) == 16 - 5
    ends = [[replace(each, seconds=0.0) for each in read_records(each)] for each in (whole, stopped)]
    assert ends[0] == ends[1]
    assert (tmp_path / "stopped" / "choosing.md").read_text("utf-8") == (tmp_path / "whole" / "choosing.md").read_text(
        "utf-8"
    )


def test_a_strategy_that_is_asked_for_later_takes_its_start_once_more(
    tmp_path: Path, tiny_bundle: Path, dispatches: list[Dispatch]
) -> None:
    first = plan(tmp_path, seeds=(1,), strategies=("random",))
    Simulation(first, dispatches, Learner(tiny_bundle), read_records(first)).run()
    learner = Learner(tiny_bundle)
    both = replace(first, strategies=("random", "diverse"))
    Simulation(both, dispatches, learner, read_records(both)).run()
    assert [len(ids) for _, ids in learner.asked] == [4, 8, 20]
    assert len(read_records(both)) == 6


def test_a_record_of_other_settings_or_damaged_is_refused(
    tmp_path: Path, tiny_bundle: Path, dispatches: list[Dispatch]
) -> None:
    asked = plan(tmp_path, seeds=(1,), strategies=("random",))
    Simulation(asked, dispatches, Learner(tiny_bundle), []).run()
    with pytest.raises(InputError, match=r'settings: expected \{"steps": 2\}'):
        read_records(replace(asked, settings={"steps": 2}))
    path = tmp_path / "records.jsonl"
    path.write_text(path.read_text("utf-8") + "{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be understood"):
        read_records(asked)


@pytest.mark.parametrize("shares", [(0.5,), (0.5, 0.2), (0.0, 0.5), (0.5, 1.0), (0.2, 0.2)])
def test_shares_that_do_not_rise_between_nothing_and_all_are_refused(tmp_path: Path, shares: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="shares: expected two or more rising shares"):
        plan(tmp_path, shares=shares)


def test_names_of_strategies() -> None:
    found = choosing_of("mixed:words", 5, 1)
    assert (found.strategy, found.per, found.count) == (Strategy.MIXED, Per.WORDS, 5)
    assert choosing_of("random", 5, 1).per is Per.DISPATCH
    for name in ("best", "mixed:letters"):
        with pytest.raises(InputError, match="strategy: expected one of uncertainty, diverse, mixed, random"):
            choosing_of(name, 5, 1)


def test_where_a_curve_reaches_a_figure() -> None:
    line = [(0.1, 60.0), (0.3, 70.0), (0.5, 69.0), (1.0, 80.0)]
    assert reached(line, 50.0) == 0.1
    assert reached(line, 65.0) == pytest.approx(0.2)
    assert reached(line, 70.0) == pytest.approx(0.3)
    assert reached(line, 74.5) == pytest.approx(0.75)
    assert reached(line, 90.0) == 1.0


def records() -> list[Trained]:
    def trained(seed: int, strategy: str, number: int, dispatches: int, f1: float) -> Trained:
        return Trained(
            seed, strategy, number, dispatches, 20 * dispatches, {"spans F1": f1, "relations F1, strict": f1}
        )

    found = []
    for seed in (1, 2):
        found += [trained(seed, ALL, 0, 100, 80.5), trained(seed, START, 0, 10, 60.0)]
        found += [trained(seed, "random", 1, 60, 70.0 + seed), trained(seed, "mixed", 1, 60, 80.0)]
    return found


def test_what_is_needed_is_told_of_dispatches_and_words_and_against_random() -> None:
    curves = Curves.of(records(), "spans F1", "dispatches")
    assert curves.needed("mixed") == pytest.approx({1: 0.6, 2: 0.6})
    assert curves.needed("random")[1] == pytest.approx(0.6 + 0.4 * 9 / 9.5)
    page = table(records())
    assert "| spans F1 | mixed | 60.0 ± 0.0 % | 60.0 ± 0.0 % | 38.6 ± 0.1 % | 2 |" in page
    assert "| spans F1 | random | 97.8 ± 0.2 % |" in page
    assert "| random | 1 | 60 | 1,200 | 71.5 ± 0.7 | 71.5 ± 0.7 | 2 |" in page


def test_without_a_training_on_all_data_there_is_no_curve_yet() -> None:
    some = [each for each in records() if each.strategy != ALL]
    assert Curves.of(some, "spans F1", "words").points == {}
    assert "| mixed | 1 | 60 |" in table(some)
    assert b"<svg" in drawn(some)


def test_the_curves_are_an_svg_and_the_same_again() -> None:
    picture = drawn(records())
    assert picture == drawn(records())
    assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert json.loads(json.dumps(records()[0].figures)) == {"spans F1": 80.5, "relations F1, strict": 80.5}


@pytest.mark.slow
def test_a_recipe_is_trained_chosen_by_and_measured(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(recipe_text(tiny_encoder, corpus_sample, Path("elsewhere"), "epochs = 1"), encoding="utf-8")
    out = tmp_path / "out"
    main(recipe, 1, ["mixed", "random"], "25,50", layers=1, epochs=1, steps=6, most=0, out=out)
    assert "| mixed | 1 | 16 |" in capsys.readouterr().out
    lines = [json.loads(line) for line in (out / "records.jsonl").read_text("utf-8").splitlines()]
    assert lines[0] == {
        "recipe": "tiny",
        "layers": 1,
        "epochs": 1,
        "steps": 6,
        "shares": "25,50",
        "dispatches": 32,
        "test": 4,
    }
    assert [line["strategy"] for line in lines[1:]] == [ALL, START, "mixed", "random"]
    assert [line["dispatches"] for line in lines[1:]] == [32, 8, 16, 16]
    assert all(0.0 <= line["figures"]["spans F1"] <= 100.0 for line in lines[1:])
    assert sorted(path.name for path in out.iterdir()) == ["choosing.md", "choosing.svg", "records.jsonl"]
