from pathlib import Path

import pytest
import torch
from dateline_infer.config import ReadingConfig
from dateline_infer.windows import SpecialTokens
from dateline_labels import Schema, read_dispatches
from dateline_train.encoding import Collator, Encoder, Row
from dateline_train.model import DispatchConfig, DispatchModel
from tokenizers import Tokenizer
from transformers import AutoModel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def rows(tiny_encoder: Path) -> list[Row]:
    schema = Schema.read(ROOT / "labels" / "schema.toml")
    tokenizer = Tokenizer.from_file(str(tiny_encoder / "tokenizer.json"))
    encoder = Encoder(tokenizer, ReadingConfig(schema, window=64, overlap=16), SpecialTokens.of(tokenizer, 0))
    dispatches = read_dispatches([ROOT / "labels" / "corpus" / "afghanistan"], schema)[:4]
    return [row for dispatch in dispatches if (row := encoder.row(dispatch))]


@pytest.fixture
def model(tiny_encoder: Path) -> DispatchModel:
    torch.manual_seed(3)
    schema = Schema.read(ROOT / "labels" / "schema.toml")
    encoder = AutoModel.from_pretrained(tiny_encoder).config.to_dict()
    return DispatchModel(DispatchConfig(encoder, ReadingConfig(schema, 64, 16).to_dict(), width=16))


def collate(model: DispatchModel, rows: list[Row]) -> dict[str, torch.Tensor]:
    return Collator(model.reading.schema, 0, 20_000)(rows)


def test_every_weight_learns(model: DispatchModel, rows: list[Row]) -> None:
    """Distributed training fails on a weight without a gradient, so none may be without."""
    model(**collate(model, rows)).total.backward()
    assert [name for name, weight in model.named_parameters() if weight.grad is None] == []


def test_every_weight_takes_part_even_where_nothing_is_marked(model: DispatchModel, rows: list[Row]) -> None:
    bare = {**rows[0], "tags": [0] * len(rows[0]["tags"]), "spans": [], "attributes": [], "relations": []}
    loss = model(**collate(model, [bare]))
    loss.total.backward()
    assert torch.isfinite(loss.total)
    assert [name for name, weight in model.named_parameters() if weight.grad is None] == []


def test_dispatches_of_a_batch_do_not_touch_each_other(model: DispatchModel, rows: list[Row]) -> None:
    """The relation logits of a dispatch are the same alone and behind another one in a batch."""
    model.eval()
    alone, both = collate(model, rows[1:2]), collate(model, rows[:2])

    def relation_logits(batch: dict[str, torch.Tensor]) -> torch.Tensor:
        from dateline_train.heads import SpanTensors

        vectors, _ = model.encode(batch["input_ids"], batch["attention_mask"], batch["forms"])
        spans = batch["spans"]
        table = SpanTensors(vectors.flatten(0, 1)[batch["token_rows"]], spans[:, 0], spans[:, 1], spans[:, 2])
        logits: torch.Tensor = model.relations(table, batch["pairs"][:, :2], batch["pairs"][:, 2:])
        return logits

    with torch.inference_mode():
        expected = relation_logits(alone)
        torch.testing.assert_close(relation_logits(both)[-len(expected) :], expected, atol=1e-5, rtol=1e-4)


def test_a_saved_model_is_the_same_model(model: DispatchModel, rows: list[Row], tmp_path: Path) -> None:
    model.eval()
    model.save_pretrained(tmp_path)
    loaded = DispatchModel.from_pretrained(tmp_path)
    loaded.eval()
    batch = collate(model, rows)
    with torch.inference_mode():
        assert torch.equal(loaded(**batch).total, model(**batch).total)
    assert loaded.reading == model.reading
    assert loaded.reading.schema.span_labels == model.reading.schema.span_labels
    assert AutoModel.from_pretrained(tmp_path).__class__ is DispatchModel


def test_the_checkpoint_holds_no_pickle_and_no_code(model: DispatchModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}
    assert "auto_map" not in (tmp_path / "config.json").read_text(encoding="utf-8")
