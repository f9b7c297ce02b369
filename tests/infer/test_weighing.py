"""What a model makes of annotation: of its own readings, and of what was changed in them."""

from dataclasses import replace
from pathlib import Path

import pytest
from dateline_infer import Extractor
from dateline_infer.weighing import MENTIONED, Weighed, weigh
from dateline_labels import Dispatch, Relation, Schema, Span, read_dispatches


@pytest.fixture(scope="module")
def extractor(tiny_bundle: Path) -> Extractor:
    return Extractor.load(tiny_bundle, threads=1)


@pytest.fixture(scope="module")
def read(extractor: Extractor, corpus_sample: Path) -> Dispatch:
    """What the model reads of a dispatch, taken for its annotation."""
    for dispatch in extractor.stream(read_dispatches([corpus_sample], extractor.config.schema)):
        if len(dispatch.spans) > 4 and dispatch.relations and any(span.attributes for span in dispatch.spans):
            return dispatch
    raise AssertionError("the tiny model reads nothing")


def weighed(extractor: Extractor, dispatch: Dispatch) -> Weighed:
    (found,) = weigh(extractor, [dispatch])
    return found


def test_what_the_model_reads_is_what_it_finds_and_everything_is_weighed(extractor: Extractor, read: Dispatch) -> None:
    found = weighed(extractor, read)
    places = [(span.start, span.end, span.label) for span in read.spans]
    assert [(span.start, span.end, span.label) for span in found.found] == places
    assert [span.id for span in found.spans] == [span.id for span in read.spans]
    for span, seen in zip(found.spans, found.found, strict=True):
        marked = read.span_by_id[span.id]
        assert span.labels[marked.label] == pytest.approx(seen.score)
        assert set(span.labels) == set(extractor.config.schema.spans)
        assert 0.0 <= span.nothing + sum(span.labels.values()) <= 1.0 + 1e-6
        for name, values in span.values.items():
            assert sum(values.values()) == pytest.approx(1.0, abs=1e-4)
            assert max(values, key=lambda value: values[value]) == marked.attributes[name]
    assert {(each.label, each.head, each.tail) for each in read.relations} <= {
        (each.label, each.head, each.tail) for each in found.relations
    }


def test_another_label_and_other_borders_lower_the_probability(extractor: Extractor, read: Dispatch) -> None:
    surest = max(weighed(extractor, read).found, key=lambda span: span.score or 0.0)
    (span,) = (each for each in read.spans if each.start == surest.start)
    other = next(
        label for label, kind in extractor.config.schema.spans.items() if not kind.attributes and label != span.label
    )
    swapped = Dispatch(read.id, read.text, spans=(Span("x", other, span.start, span.end),))
    (of_swapped,) = weighed(extractor, swapped).spans
    assert of_swapped.labels[span.label] == pytest.approx(surest.score)
    assert of_swapped.labels[other] < 1.0 - (surest.score or 0.0) + 1e-6


def test_an_annotated_relation_is_weighed_however_improbable(extractor: Extractor, read: Dispatch) -> None:
    bare = weighed(extractor, replace(read, relations=()))
    assert all((each.score or 0.0) >= MENTIONED for each in bare.relations)
    schema: Schema = extractor.config.schema
    known = {(each.label, each.head, each.tail) for each in bare.relations}
    unlikely = next(
        Relation(label, head.id, tail.id)
        for label in schema.relations
        for head in read.spans
        for tail in read.spans
        if head != tail
        and schema.relation_problem(label, head.label, tail.label) is None
        and (label, head.id, tail.id) not in known
    )
    found = weighed(extractor, replace(read, relations=(unlikely,)))
    (score,) = (each.score for each in found.relations if replace(each, score=None) == unlikely)
    assert score is not None
    assert score < MENTIONED


def test_a_text_alone_or_among_others_and_an_empty_one(extractor: Extractor, read: Dispatch) -> None:
    empty = Dispatch("empty", " ")
    alone = weighed(extractor, read)
    first, second, third = weigh(extractor, [empty, replace(read, id="a"), replace(read, id="b")])
    assert first == Weighed("empty")
    assert [span.labels for span in second.spans] == [
        {label: pytest.approx(score, abs=1e-4) for label, score in span.labels.items()} for span in alone.spans
    ]
    assert second.spans == third.spans
