"""What is kept together, and how groups are shared out: whole, near the shares, rare labels everywhere."""

from collections.abc import Sequence

import numpy as np
import pytest
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Place, Relation, Span
from dateline_labels.components import connected
from dateline_splits.choices import By, Wanted
from dateline_splits.groups import groups_of, values_to_keep
from dateline_splits.shares import absent, counted, drawn, shared_out, strata
from hypothesis import given, settings
from hypothesis import strategies as st
from small_corpus import annotated, made

SHARES = (0.8, 0.1, 0.1)


def test_links_connect_through_others_and_the_first_names_the_group() -> None:
    assert connected(6, [(4, 1), (5, 4), (3, 2)]) == [0, 1, 2, 2, 1, 1]
    assert connected(0, []) == []


def test_copies_and_equal_values_are_one_group() -> None:
    copies = np.array([0, 1, 0, 3, 4])  # 2 is a copy of 0
    values = (("a",), ("b",), ("b",), (), ("c", "x"))
    assert groups_of(copies, values).tolist() == [0, 0, 0, 3, 4]
    several = (("a", "c"), ("b",), (), ("c",), ("c", "x"))
    assert groups_of(copies, several).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("metas", "wanted", "values", "told"),
    [
        ([{"story": "s"}, {}], Wanted(), (("s",), ()), "near-copies and meta story, which 1 dispatches lack"),
        ([{"event": 7}, {"event": 8}], Wanted(key="event"), (("7",), ("8",)), "near-copies and meta event"),
        ([{"story": ["a", "b"]}, {}], Wanted(), (("a", "b"), ()), "which 1 dispatches lack"),
        ([{}, {}], Wanted(), ((), ()), "near-copies, for no dispatch has story in its meta"),
        ([{"source": "El_AB"}, {"source": " "}], Wanted(By.SOURCE), (("el ab",), ()), "near-copies and meta source"),
        ([{"story": "s"}, {"story": "s"}], Wanted(By.COPIES), ((), ()), "near-copies"),
        ([{"theatre": "x"}, {"theatre": "y"}], Wanted(By.THEATRE), (("x",), ("y",)), "near-copies and meta theatre"),
    ],
)
def test_what_is_kept_together_is_found_and_said(
    metas: Sequence[dict[str, object]], wanted: Wanted, values: object, told: str
) -> None:
    found = values_to_keep(annotated([made(number, **meta) for number, meta in enumerate(metas)]), wanted)
    assert found[0] == values
    assert told in found[1]


def test_a_theatre_is_the_folder_where_no_meta_says_it_else_the_id_without_its_number() -> None:
    dispatches = (Dispatch("sahel-1", "x"), Dispatch("sahel-2", "y"), Dispatch("iraq-1", "z"))
    places = {(each.id,): Place(f"in/{folder}/{each.id}.md") for each, folder in zip(dispatches, "aab", strict=True)}
    assert values_to_keep(Annotated(dispatches, (), places), Wanted(By.THEATRE))[0] == (("in/a",), ("in/a",), ("in/b",))
    one_file = {(each.id,): Place("all.jsonl", 1) for each in dispatches}
    found, told = values_to_keep(Annotated(dispatches, (), one_file), Wanted(By.THEATRE))
    assert found == (("sahel",), ("sahel",), ("iraq",))
    assert "the id without its number" in told


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        (Wanted(By.SOURCE), "no dispatch has source in its meta"),
        (Wanted(By.STORY, "event"), "no dispatch has event in its meta"),
        (Wanted(By.THEATRE), "all are of one folder"),
        (Wanted(By.COPIES, "story"), "expected --by story, source, theatre or date"),
    ],
)
def test_what_no_dispatch_has_is_refused(wanted: Wanted, what: str) -> None:
    with pytest.raises(InputError, match=what):
        values_to_keep(annotated([made(1), made(2)]), wanted)


def test_strata_are_labels_values_of_few_attributes_relations_and_nothing() -> None:
    spans = (Span("a", "ATTACK", 0, 1, {"kind": "bombing"}), Span("b", "ACTOR", 1, 2))
    marked = Dispatch("d", "xyz", None, {}, spans, (Relation("by", "a", "b"),))
    assert strata([marked, Dispatch("e", "x")]) == [
        {"ATTACK", "ATTACK.kind=bombing", "ACTOR", "relation by"},
        {"nothing marked"},
    ]
    many = [Dispatch(f"d{n}", "x", None, {}, (Span("a", "PLACE", 0, 1, {"code": f"{n}"}),)) for n in range(50)]
    assert frozenset().union(*strata(many)) == {"PLACE"}


@st.composite
def group_counts(draw: st.DrawFn) -> np.ndarray:
    sizes = draw(st.lists(st.integers(1, 9), min_size=3, max_size=60))
    held = [[draw(st.integers(0, size)) for _ in range(3)] for size in sizes]
    counts = np.array([[size, *row] for size, row in zip(sizes, held, strict=True)], dtype=float)
    return counts[:, counts.sum(axis=0) > 0]


@settings(max_examples=25, deadline=None)
@given(group_counts(), st.sampled_from([SHARES, (0.5, 0.25, 0.25), (0.7, 0.3, 0.0), (0.1, 0.0, 0.9)]))
def test_every_part_that_is_asked_for_gets_a_group_and_no_other_does(
    counts: np.ndarray, shares: Sequence[float]
) -> None:
    asked = {part for part, share in enumerate(shares) if share > 0}
    sizes = counts[:, 0].astype(int).tolist()
    for parts in (shared_out(counts, shares, 1), drawn(sizes, shares, 1)):
        assert set(parts.tolist()) == asked
        assert len(parts) == len(counts)
    assert shared_out(counts, shares, 1).tolist() == shared_out(counts, shares, 1).tolist()


def test_shares_are_near_with_groups_of_many_sizes_and_a_rare_label_is_in_each_part() -> None:
    random = np.random.default_rng(3)
    sizes = random.integers(1, 12, size=200)
    counts = np.stack([sizes, sizes // 2, np.zeros(200)], axis=1).astype(float)
    counts[[10, 50, 90], 2] = 1  # in three groups of two hundred
    parts = shared_out(counts, SHARES, 13)
    total = counts.sum(axis=0)
    for part, share in enumerate(SHARES):
        held = counts[parts == part].sum(axis=0)
        assert held[2] == 1
        assert abs(held[:2] / total[:2] - share).max() < 0.01


def test_a_draw_is_near_the_shares_and_the_seed_decides() -> None:
    sizes = [1] * 300 + [40]
    parts = drawn(sizes, SHARES, 1)
    got = [sum(size for size, at in zip(sizes, parts, strict=True) if at == part) for part in range(3)]
    assert got == [272, 34, 34]
    assert drawn(sizes, SHARES, 1).tolist() == parts.tolist() != drawn(sizes, SHARES, 2).tolist()


def test_fewer_groups_than_parts_are_refused() -> None:
    counts = np.array([[5.0], [1.0]])
    for share_out in (lambda: shared_out(counts, SHARES, 1), lambda: drawn([5, 1], SHARES, 1)):
        with pytest.raises(ValueError, match="2 groups cannot be shared out among 3 parts"):
            share_out()


def test_what_a_part_lacks_is_told_rarest_first() -> None:
    held = [frozenset("ab"), frozenset("b"), frozenset("bc"), frozenset("c"), frozenset("a"), frozenset("d")]
    assert absent(held, np.array([0, 1, 0, 2, 0, 0]), 1) == [("d", 1), ("a", 2), ("c", 2)]
    assert counted(np.array([0, 0, 2]), held[:3]).tolist() == [[2, 1, 2, 0], [1, 0, 1, 1]]
