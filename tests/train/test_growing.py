from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import SCHEMA, recipe_text
from dateline_labels import InputError, Place, RelationType, Schema, SpanType
from dateline_train.fitting import new_model
from dateline_train.growing import grown, missing
from dateline_train.model import DispatchModel
from dateline_train.network import load_checkpoint
from dateline_train.recipe import Recipe, TeacherSection
from dateline_train.teacher import load_teachers

OLD = Schema.read(SCHEMA)


def bigger() -> Schema:
    """The schema with a span label in front, a relation and a value more, and its relations in another order."""
    spans = {"WEAPON": SpanType(attributes={"kind": ("gun", "bomb")})}
    for label, span in OLD.spans.items():
        spans[label] = replace(
            span, attributes={name: ("unheard_of", *values) for name, values in span.attributes.items()}
        )
    relations = {"made_of": RelationType(("WEAPON",), ("ATTACK",)), **dict(reversed(OLD.relations.items()))}
    return replace(OLD, version="next", spans=spans, relations=relations)


@pytest.fixture
def recipe(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path) -> Recipe:
    path = tmp_path / "tiny.toml"
    path.write_text(recipe_text(tiny_encoder, corpus_sample, tmp_path / "out"), encoding="utf-8")
    return replace(Recipe.read(path), teacher=TeacherSection((tiny_checkpoint,), weight=0.0, start=True))


def test_a_grown_schema_keeps_what_was_learnt_for_the_old_labels(recipe: Recipe, tiny_checkpoint: Path) -> None:
    old: DispatchModel = load_checkpoint(tiny_checkpoint)[0]
    new, _, _ = new_model(recipe, bigger(), Place("x"))
    new.eval()
    torch.manual_seed(1)
    labels = len(OLD.spans)
    vectors = torch.randn(9, old.config.encoder["hidden_size"])
    torch.testing.assert_close(new.tags(vectors)[:, 3:], old.tags(vectors)[:, 1:])
    torch.testing.assert_close(new.tags(vectors)[:, 0], old.tags(vectors)[:, 0])
    torch.testing.assert_close(new.transitions[3:, 3:], old.transitions[1:, 1:])
    assert not new.transitions[1:3].any()  # as a new model begins
    pairs = (torch.arange(labels * labels).reshape(labels, labels), torch.arange((labels + 1) ** 2))
    moved = new.relations.labels.weight[pairs[1].reshape(labels + 1, labels + 1)[1:, 1:]]
    torch.testing.assert_close(moved, old.relations.labels.weight[pairs[0]])
    for number, label in enumerate(OLD.relation_labels):
        place = bigger().relation_labels.index(label)
        torch.testing.assert_close(new.relations.output.weight[place], old.relations.output.weight[number])
    values = [(label, name, value) for label, name, each in OLD.attributes for value in each]
    grown_values = [(label, name, value) for label, name, each in bigger().attributes for value in each]
    for number, value in enumerate(values):
        place = grown_values.index(value)
        torch.testing.assert_close(new.attributes.output.weight[place], old.attributes.output.weight[number])


def test_the_same_schema_moves_nothing(tiny_checkpoint: Path) -> None:
    weights = load_checkpoint(tiny_checkpoint)[0].state_dict()
    fresh = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    moved = grown(weights, fresh, OLD, OLD)
    assert all(torch.equal(moved[name], weight) for name, weight in weights.items())


@pytest.mark.parametrize("part", ["span label", "relation", "value"])
def test_a_schema_that_shrank_is_refused(part: str, recipe: Recipe) -> None:
    label = OLD.span_labels[-1]
    owner, name, values = next(each for each in OLD.attributes if len(each[2]) > 2)
    without = {
        "span label": lambda: replace(
            OLD,
            spans={each: span for each, span in OLD.spans.items() if each != label},
            relations={
                each: relation
                for each, relation in OLD.relations.items()
                if label not in (*relation.head, *relation.tail)
            },
        ),
        "relation": lambda: replace(OLD, relations=dict(list(OLD.relations.items())[1:])),
        "value": lambda: replace(
            OLD,
            spans={
                each: replace(span, attributes=span.attributes | {name: values[1:]}) if each == owner else span
                for each, span in OLD.spans.items()
            },
        ),
    }[part]()
    assert (missing(OLD, without) or "").startswith(part)
    with pytest.raises(InputError, match=rf"x:0:data\.schema: .* knows the {part} .* may grow"):
        new_model(recipe, without, Place("x"))


def test_a_teacher_of_the_smaller_schema_cannot_be_imitated(recipe: Recipe) -> None:
    model, _, _ = new_model(recipe, bigger(), Place("x"))
    assert load_teachers(recipe, model, Place("x")) is None
    with pytest.raises(InputError, match=r"was trained with another schema.*weight = 0\.0"):
        load_teachers(replace(recipe, teacher=replace(recipe.teacher, weight=0.5)), model, Place("x"))
