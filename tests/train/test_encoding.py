from pathlib import Path

import numpy as np
import pytest
import torch
from dateline_infer import chain, tags
from dateline_infer.config import ReadingConfig
from dateline_infer.tokens import tokenize
from dateline_infer.windows import SpecialTokens
from dateline_labels import Dispatch, InputError, Relation, Schema, Span, read_dispatches
from dateline_train.encoding import Collator, Encoder
from dateline_train.losses import IGNORED
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.read(ROOT / "labels" / "schema.toml")


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path, schema: Schema) -> Encoder:
    tokenizer = Tokenizer.from_file(str(tiny_encoder / "tokenizer.json"))
    return Encoder(tokenizer, ReadingConfig(schema, window=64, overlap=16), SpecialTokens.of(tokenizer, 0))


@pytest.fixture(scope="module")
def gold(schema: Schema) -> list[Dispatch]:
    return read_dispatches(
        [ROOT / "labels" / "corpus" / name for name in ("iraq", "snippets", "long_features")], schema
    )


def test_gold_spans_survive_encoding_and_decoding(encoder: Encoder, schema: Schema, gold: list[Dispatch]) -> None:
    """Gold → tags → one-hot logits → decode → offsets is the identity on real annotation."""
    for dispatch in gold:
        row = encoder.row(dispatch)
        assert row is not None
        tokens = tokenize(encoder.tokenizer, dispatch.text)
        logits = np.eye(tags.tag_count(len(schema.spans)), dtype=np.float32)[row["tags"]] * 20
        found = {
            (int(tokens.offsets[span.start, 0]), int(tokens.offsets[span.end - 1, 1]), schema.span_labels[span.label])
            for span in chain.decode([logits], [tokens.continues])[0]
        }
        assert found == {(span.start, span.end, span.label) for span in dispatch.spans}, dispatch.id
    assert encoder.widened == []


def test_a_batch_points_at_every_token_and_every_relation(
    encoder: Encoder, schema: Schema, gold: list[Dispatch]
) -> None:
    chosen = [*gold[:3], gold[-1]]
    rows = [encoder.row(dispatch) for dispatch in chosen]
    batch = Collator(schema, 0, 20_000)([row for row in rows if row])
    expected = np.concatenate([tokenize(encoder.tokenizer, dispatch.text).ids for dispatch in chosen])
    assert batch["input_ids"].flatten()[batch["token_rows"]].tolist() == expected.tolist()
    assert len(batch["spans"]) == sum(len(dispatch.spans) for dispatch in chosen)
    assert int((batch["relation_targets"] == 1).sum()) == sum(len(dispatch.relations) for dispatch in chosen)
    first = batch["spans"][len(chosen[0].spans)]  # the first span of the second dispatch
    span = min(chosen[1].spans, key=lambda span: span.start)
    words = encoder.tokenizer.encode(chosen[1].words(span), add_special_tokens=False).ids
    ids = batch["input_ids"].flatten()[batch["token_rows"]]
    assert ids[first[1] : first[2]].tolist() == words


def test_pairs_that_the_schema_forbids_have_no_target(encoder: Encoder, schema: Schema, gold: list[Dispatch]) -> None:
    row = encoder.row(gold[0])
    assert row is not None
    batch = Collator(schema, 0, 20_000)([row])
    labels = batch["spans"][:, 0]
    for pair, targets in zip(batch["pairs"][:, :2], batch["relation_targets"], strict=True):
        head, tail = (schema.span_labels[labels[end]] for end in pair)
        for name, target in zip(schema.relation_labels, targets, strict=True):
            assert (int(target) == IGNORED) == (schema.relation_problem(name, head, tail) is not None)


def test_in_a_long_dispatch_the_farthest_unrelated_pairs_are_left_out(
    encoder: Encoder, schema: Schema, gold: list[Dispatch]
) -> None:
    dispatch = max(gold, key=lambda dispatch: len(dispatch.spans))
    row = encoder.row(dispatch)
    assert row is not None
    whole, cut = Collator(schema, 0, 20_000)([row]), Collator(schema, 0, 200)([row])
    assert len(cut["pairs"]) == 200 < len(whole["pairs"])
    assert (cut["relation_targets"] == 1).sum() == (whole["relation_targets"] == 1).sum()
    assert torch.equal(cut["input_ids"], whole["input_ids"])


def test_a_dispatch_without_spans_or_without_tokens_is_no_obstacle(encoder: Encoder, schema: Schema) -> None:
    bare = encoder.row(Dispatch("bare", "Nothing happened in the market."))
    assert bare is not None
    batch = Collator(schema, 0, 20_000)([bare, bare])
    assert batch["spans"].shape == (0, 3)
    assert batch["attribute_targets"].shape == (0, len(schema.attributes))
    assert encoder.row(Dispatch("blank", " \n ")) is None


def test_overlapping_spans_are_refused_by_name(encoder: Encoder) -> None:
    spans = (Span("t1", "TIME", 0, 6), Span("t2", "TIME", 3, 9))
    expected = r"^overlapping:0:t2: expected spans without a token in common, got 'Monday' and 'day ni' \(t1 and t2\)$"
    with pytest.raises(InputError, match=expected):
        encoder.row(Dispatch("overlapping", "Monday night", spans=spans))


def test_a_span_that_no_token_border_cuts_is_widened_and_listed(encoder: Encoder) -> None:
    spans = (Span("t1", "TIME", 0, 3), Span("t2", "TIME", 8, 14))
    fresh = Encoder(encoder.tokenizer, encoder.reading, encoder.special)
    row = fresh.row(Dispatch("cut", "2014-15 Monday", spans=spans, relations=(Relation("time", "t1", "t2"),) * 0))
    assert row is not None
    assert [line.partition(":")[0] for line in fresh.widened] == ["cut"]
