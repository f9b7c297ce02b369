"""What a recipe may name by mistake is refused in one line before anything is trained."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from conftest import CORPUS, SCHEMA, recipe_text
from dateline_labels import InputError, Place, Schema
from dateline_labels.main import main
from dateline_train.encoder import load_encoder
from dateline_train.fitting import new_model
from dateline_train.recipe import DataSection, EncoderSection, Recipe
from encoder_families import save_encoder
from transformers import AutoModel, BartConfig, BertConfig, GPT2Config, PreTrainedConfig, T5Config

NARROW_BERT = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 48, "num_hidden_layers": 1}
VOCABULARY = 700


def save_model(folder: Path, config: PreTrainedConfig) -> None:
    AutoModel.from_config(config).save_pretrained(folder)


def gpt2(folder: Path) -> None:
    save_model(folder, GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=1, n_head=2, n_positions=128))


def t5(folder: Path) -> None:
    save_model(folder, T5Config(vocab_size=VOCABULARY, d_model=32, d_kv=16, d_ff=32, num_layers=1, num_heads=2))


def bart(folder: Path) -> None:
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    save_model(folder, BartConfig(vocab_size=VOCABULARY, d_model=32, encoder_ffn_dim=32, decoder_ffn_dim=32, **sizes))


def decoder(folder: Path) -> None:
    save_model(folder, BertConfig(vocab_size=VOCABULARY, is_decoder=True, **NARROW_BERT))


def few_embeddings(folder: Path) -> None:
    save_model(folder, BertConfig(vocab_size=500, **NARROW_BERT))


def slow_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("[UNK]\nthe\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "BertJapaneseTokenizer"}', encoding="utf-8")


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def torn_config(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": ', encoding="utf-8")


def unknown_kind(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "no-such-kind"}', encoding="utf-8")


def own_code(folder: Path) -> None:
    own = '{"model_type": "no-such-kind", "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Model"}}'
    (folder / "config.json").write_text(own, encoding="utf-8")
    (folder / "own.py").write_text("raise SystemExit('the code of a model was run')", encoding="utf-8")


def torn_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}', encoding="utf-8")


def torn_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1_000])


UNFIT: dict[Callable[[Path], None], str] = {
    gpt2: "expected an encoder that reads in both directions, as BERT does, got a gpt2 model",
    t5: "expected an encoder .* got a t5 model",
    bart: "expected an encoder .* got a bart model",
    decoder: "expected an encoder .* got a bert model",
    few_embeddings: "embeds 500 tokens, but its tokenizer has one with the number 699",
    slow_tokenizer: "has only a slow tokenizer",
    no_tokenizer: "has no tokenizer, or one without words",
    no_config: "cannot be loaded: ValueError: Unrecognized model",
    torn_config: "cannot be loaded: OSError: .* not a valid JSON file",
    unknown_kind: "cannot be loaded: ValueError: .*`no-such-kind`",
    own_code: "cannot be loaded: ValueError: .*custom code",
    torn_tokenizer: "cannot be loaded: KeyError: 'added_tokens'",
    torn_weights: "cannot be loaded: SafetensorError: ",
}


@pytest.mark.parametrize("spoil", UNFIT)
def test_it_is_refused_in_one_line(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    spoil(save_encoder("bert_cased", tmp_path))
    with pytest.raises(InputError, match=rf"^some\.toml:0:encoder\.name: .*{UNFIT[spoil]}") as caught:
        load_encoder(EncoderSection(str(tmp_path), window=64, overlap=16), Place("some.toml"))
    assert "\n" not in str(caught.value)


def test_the_command_line_says_so_and_leaves_no_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    encoder = save_encoder("bert_cased", tmp_path / "encoder")
    gpt2(encoder)
    recipe = tmp_path / "narrow.toml"
    recipe.write_text(recipe_text(encoder, CORPUS / "militancy_notes", tmp_path / "out"), encoding="utf-8")
    assert main(["train", str(recipe)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{recipe}:0:encoder.name: ")
    assert not list((tmp_path / "out").glob("*.json"))


def test_an_encoder_published_in_half_precision_is_trained_in_full(tmp_path: Path) -> None:
    save_encoder("deberta_v3", tmp_path)
    AutoModel.from_pretrained(tmp_path).half().save_pretrained(tmp_path)
    section = EncoderSection(str(tmp_path), window=64, overlap=16)
    recipe = Recipe("half", tmp_path / "out", DataSection(SCHEMA, (CORPUS,)), section)
    model, _, _ = new_model(recipe, Schema.read(SCHEMA), Place("x"))
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_where_the_encoder_names_no_padding_the_tokenizer_does(tmp_path: Path) -> None:
    save_encoder("xlm_roberta", tmp_path)
    save_model(tmp_path, BertConfig(vocab_size=VOCABULARY, pad_token_id=None, **NARROW_BERT))
    section = EncoderSection(str(tmp_path), window=64, overlap=16)
    recipe = Recipe("unpadded", tmp_path / "out", DataSection(SCHEMA, (CORPUS,)), section)
    model, _, _ = new_model(recipe, Schema.read(SCHEMA), Place("x"))
    assert model.padding_id == 1
