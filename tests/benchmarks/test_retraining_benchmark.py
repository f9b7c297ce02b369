import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import retraining
from conftest import CORPUS, SCHEMA, recipe_text
from dateline_labels import Dispatch, Schema, Span
from dateline_train.recipe import Recipe
from retraining import Pair, Plan, bars, figures, page, pairs


@pytest.fixture
def small_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty notes to know already, and a theatre of eight."""
    corpus = tmp_path / "corpus"
    for name, numbers in (("militancy_notes", range(1, 21)), ("sahel", range(1, 9))):
        (corpus / name).mkdir(parents=True)
        for number in numbers:
            shutil.copy(CORPUS / name / f"{name}-{number:03}.md", corpus / name)
    monkeypatch.setattr(retraining, "CORPUS", corpus)
    return corpus


def plan(folder: Path, encoder: Path, corpus: Path) -> Plan:
    path = folder / "tiny.toml"
    path.write_text(recipe_text(encoder, corpus, folder / "unused", "epochs = 1"), encoding="utf-8")
    base = Recipe.read(path)
    again = replace(base, teacher=replace(base.teacher, weight=0.0))
    return Plan(base, again, ("sahel",), (1, 2), 5, folder / "out")


@pytest.mark.slow
def test_both_checkpoints_read_what_neither_learnt_from(tmp_path: Path, tiny_encoder: Path, small_corpus: Path) -> None:
    chosen = plan(tmp_path, tiny_encoder, small_corpus)
    found = list(pairs(chosen))
    assert [(pair.seed, pair.part, len(pair.gold)) for pair in found] == [
        (1, "there", 3),
        (1, "before", 2),
        (2, "there", 3),
        (2, "before", 2),
    ]
    for pair in found:
        ids = [dispatch.id for dispatch in pair.gold]
        assert [dispatch.id for dispatch in pair.before] == [dispatch.id for dispatch in pair.after] == ids
        learnt = (tmp_path / "out" / "sahel" / str(pair.seed) / "checkpoint" / "learnt.jsonl").read_text("utf-8")
        assert learnt.count("sahel-") == 5
        assert not any(f'"{name}"' in learnt for name in ids)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jsonl")}
    assert list(pairs(chosen)) == found  # what is there is used again
    assert {
        path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.jsonl") if path.name != "new.jsonl"
    } == {path: time for path, time in before.items() if path.name != "new.jsonl"}


def dispatch(name: str, spans: int) -> Dispatch:
    text = "aa bb cc dd ee"
    found = tuple(Span(str(at), "ACTOR", 3 * at, 3 * at + 2) for at in range(spans))
    return Dispatch(id=name, text=text, spans=found)


def test_the_bars_are_told_from_all_theatres_and_seeds(tmp_path: Path, tiny_encoder: Path, small_corpus: Path) -> None:
    gold = tuple(dispatch(f"d-{number}", 4) for number in range(6))
    worse = tuple(dispatch(f"d-{number}", 2) for number in range(6))
    found = [
        Pair(theatre, seed, part, gold, *((worse, gold) if part == "there" else (gold, worse)))
        for theatre in ("sahel", "iraq")
        for seed in (1, 2)
        for part in ("there", "before")
    ]
    rows = figures(found, Schema.read(SCHEMA))
    assert len(rows) == 2 * (4 + 2 + 1)
    assert all(row["spans"]["difference"] == (33.33 if row["part"] == "there" else -33.33) for row in rows)
    gain, loss = bars(rows)
    assert gain.endswith("+33.33 (+33.33 to +33.33): met")
    assert loss.endswith("-33.33 (-33.33 to -33.33): NOT met")
    assert "66.67 → 100.00" in page(rows, plan(tmp_path, tiny_encoder, small_corpus))
