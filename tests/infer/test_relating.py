"""Relations among spans that are given: the same as among those that were found, and whatever is wrong with one."""

from dataclasses import replace
from pathlib import Path

import pytest
from dateline_infer import Extractor
from dateline_labels import Dispatch, Span, read_dispatches


@pytest.fixture(scope="module")
def extractor(tiny_bundle: Path) -> Extractor:
    return Extractor.load(tiny_bundle)


@pytest.fixture(scope="module")
def gold(corpus_sample: Path, extractor: Extractor) -> list[Dispatch]:
    return read_dispatches([corpus_sample], extractor.config.schema)


def test_spans_that_were_found_have_the_relations_that_were_found(extractor: Extractor, gold: list[Dispatch]) -> None:
    found = extractor.batch(gold)
    assert sum(len(dispatch.relations) for dispatch in found) > 50
    related = list(extractor.relate([replace(dispatch, relations=()) for dispatch in found]))
    assert [dispatch.spans for dispatch in related] == [dispatch.spans for dispatch in found]
    for before, after in zip(found, related, strict=True):
        given = {(each.label, each.head, each.tail): each.score or 0.0 for each in after.relations}
        for each in before.relations:
            if each.label not in extractor.config.obligatory:  # else the tail may have taken another head
                # a span that is given is sure, so nothing is less probable than it was
                assert given[each.label, each.head, each.tail] >= (each.score or 0.0)


def test_gold_spans_stay_as_they_are_and_have_other_relations(extractor: Extractor, gold: list[Dispatch]) -> None:
    related = list(extractor.relate(gold))
    assert [dispatch.spans for dispatch in related] == [dispatch.spans for dispatch in gold]
    assert all(relation.score is not None for dispatch in related for relation in dispatch.relations)
    for dispatch in related:
        assert not list(extractor.config.schema.problems(dispatch))
    assert sum(len(dispatch.relations) for dispatch in related) > 50


def test_one_dispatch_does_not_change_its_neighbours(extractor: Extractor, gold: list[Dispatch]) -> None:
    odd = [
        Dispatch("empty", ""),
        Dispatch("half", "a raid \ud800 on Gao", spans=(Span("a", "ATTACK", 2, 6), Span("l", "LOCATION", 12, 15))),
        Dispatch("blank", "raid \n \n", spans=(Span("a", "ATTACK", 0, 4), Span("t", "TIME", 5, 8))),
    ]
    plain = list(extractor.relate(gold[:4]))
    mixed = list(extractor.relate([gold[0], *odd, *gold[1:4]]))
    assert [mixed[0], *mixed[4:]] == plain
    assert [dispatch.spans for dispatch in mixed[1:4]] == [dispatch.spans for dispatch in odd]
    assert mixed[3].relations == ()  # a span of nothing but space has no token


def test_no_dispatches_have_no_relations(extractor: Extractor) -> None:
    assert list(extractor.relate([])) == []


def test_a_span_of_a_label_that_the_schema_has_not_is_in_no_relation(
    extractor: Extractor, gold: list[Dispatch]
) -> None:
    renamed = replace(gold[0], spans=tuple(replace(span, label=f"X_{span.label}") for span in gold[0].spans))
    first, second = extractor.relate([renamed, gold[1]])
    assert (first.spans, first.relations) == (renamed.spans, ())
    assert second == next(extractor.relate(gold[1:2]))
