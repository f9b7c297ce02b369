"""The families of encoders that researchers name, each as a hub would hand it over: a folder with a narrow model of
random weights and its own kind of tokenizer, trained on a few notes of the corpus.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from conftest import CORPUS
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    BertConfig,
    BertTokenizer,
    DebertaV2Config,
    DebertaV2Tokenizer,
    ModernBertConfig,
    PreTrainedConfig,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaTokenizer,
    XLMRobertaConfig,
    XLMRobertaTokenizer,
)
from transformers.utils import logging as transformers_logging

VOCABULARY = 700
LONGEST = 128
"""Tokens that each encoder reads at once, but for ModernBERT, which reads more."""
_WORD = re.compile(r"\w+|[^\w\s]+")
_NARROW = {
    "hidden_size": 32,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
}


@dataclass(frozen=True)
class Family:
    """How a family cuts texts and what its encoder is like."""

    tokenizer: Callable[[], PreTrainedTokenizerBase]
    config: Callable[[int], PreTrainedConfig]
    prefix: str
    suffix: str
    dropout: tuple[str, ...] = ("hidden_dropout_prob",)
    attention_dropout: str = "attention_probs_dropout_prob"


LINES = (
    "Près de Ségou, l’armée a tué « six » hommes (café\u0301, nai\u0308ve, a\u0323\u0302).",
    "Взрыв у рынка в Грозном: убиты 6 солдат.",
    "中国军队 said 十二 were hurt in 新疆。 한국 사람; हिन्दी; العربية, فارسی",
    "Gunmen 😂 killed 👩\u200d🚒 six 🇲🇱 soldiers ❤\ufe0f near Gao 🏽!",
    "  Leading  spaces,\ttabs\t\tand\r\nnew\n\nlines\u00a0with\u00a0no break \u2028 there. ",
    "\"Quoted\" 'words' — “so” ‘called’… 2014-15, U.S.-led; $5m_x #tag @name half_done",
    "\u200bGao\u200b \ufeffAden \u200fSanaa\u200e Taiz",
)
"""What has broken offsets elsewhere."""


def notes() -> Iterator[str]:
    yield from LINES
    for file in sorted((CORPUS / "militancy_notes").glob("*.md"))[:12]:
        yield file.read_text(encoding="utf-8")


def _word_piece(lower: bool) -> PreTrainedTokenizerBase:
    """As BERT and ConfliBERT."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(notes(), trainer)
    return BertTokenizer(vocab=tokenizer.get_vocab(), do_lower_case=lower)


def _byte_pairs(special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(notes(), trainer)
    return tokenizer


def _roberta() -> PreTrainedTokenizerBase:
    tokenizer = _byte_pairs(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    model = json.loads(tokenizer.to_str())["model"]
    return RobertaTokenizer(vocab=model["vocab"], merges=[tuple(merge) for merge in model["merges"]])


def _modernbert() -> PreTrainedTokenizerBase:
    """Byte pairs, runs of spaces as tokens of their own, and offsets that take the space before a word with them."""
    tokenizer = _byte_pairs(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"])
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([AddedToken(" " * width, normalized=True) for width in range(8, 1, -1)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
    )


def _pieces(special: list[str], unknown: str) -> list[tuple[str, float]]:
    """A Unigram vocabulary whose pieces, as SentencePiece's, never join letters with other signs."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=special, unk_token=unknown, show_progress=False
    )
    words = (word for note in notes() for word in _WORD.findall(note))
    tokenizer.train_from_iterator(words, trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]


def _xlm_roberta() -> PreTrainedTokenizerBase:
    return XLMRobertaTokenizer(vocab=_pieces(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<unk>"))


def _normalised_pieces() -> PreTrainedTokenizerBase:
    """As XLM-RoBERTa's `tokenizer.json` of the hub, with NFKC in the place of SentencePiece's table of characters."""
    tokenizer = _xlm_roberta().backend_tokenizer
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}|[\u200b-\u200f\ufeff]"), " ")]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


def _deberta() -> PreTrainedTokenizerBase:
    return DebertaV2Tokenizer(vocab=_pieces(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[UNK]"), unk_id=3)


def _bert_config(vocabulary: int) -> PreTrainedConfig:
    return BertConfig(vocab_size=vocabulary, max_position_embeddings=LONGEST, **_NARROW)


def _roberta_config(vocabulary: int) -> PreTrainedConfig:
    return RobertaConfig(vocab_size=vocabulary, max_position_embeddings=LONGEST + 2, type_vocab_size=1, **_NARROW)


def _xlm_roberta_config(vocabulary: int) -> PreTrainedConfig:
    return XLMRobertaConfig(vocab_size=vocabulary, max_position_embeddings=LONGEST + 2, type_vocab_size=1, **_NARROW)


def _deberta_config(vocabulary: int) -> PreTrainedConfig:
    """With what tells version 3 from version 2."""
    return DebertaV2Config(
        vocab_size=vocabulary,
        max_position_embeddings=LONGEST,
        type_vocab_size=0,
        relative_attention=True,
        position_buckets=16,
        max_relative_positions=-1,
        position_biased_input=False,
        pos_att_type=["p2c", "c2p"],
        share_att_key=True,
        norm_rel_ebd="layer_norm",
        **_NARROW,
    )


def _modernbert_config(vocabulary: int) -> PreTrainedConfig:
    """Three layers, for the second and the third see neighbours alone."""
    special = {"pad_token_id": 3, "cls_token_id": 1, "bos_token_id": 1, "sep_token_id": 2, "eos_token_id": 2}
    return ModernBertConfig(
        vocab_size=vocabulary,
        max_position_embeddings=2 * LONGEST,
        local_attention=8,
        **{**_NARROW, "num_hidden_layers": 3},
        **special,
    )


_ANGLES, _BRACKETS = ("<s>", "</s>"), ("[CLS]", "[SEP]")
FAMILIES = {
    "bert_cased": Family(lambda: _word_piece(lower=False), _bert_config, *_BRACKETS),
    "bert_uncased": Family(lambda: _word_piece(lower=True), _bert_config, *_BRACKETS),
    "roberta": Family(_roberta, _roberta_config, *_ANGLES),
    "xlm_roberta": Family(_xlm_roberta, _xlm_roberta_config, *_ANGLES),
    "xlm_roberta_normalised": Family(_normalised_pieces, _xlm_roberta_config, *_ANGLES),
    "deberta_v3": Family(_deberta, _deberta_config, *_BRACKETS),
    "modernbert": Family(
        _modernbert, _modernbert_config, *_BRACKETS, ("embedding_dropout", "mlp_dropout"), "attention_dropout"
    ),
}


@cache
def tokenizer_of(name: str) -> PreTrainedTokenizerBase:
    return FAMILIES[name].tokenizer()


def save_encoder(name: str, folder: Path) -> Path:
    """Model and tokenizer of a family in `folder`, which a recipe can name."""
    tokenizer = tokenizer_of(name)
    tokenizer.save_pretrained(folder)
    if name == "bert_uncased":  # as snapshots from before there were fast tokenizers
        (folder / "tokenizer.json").unlink()
        vocabulary = tokenizer.get_vocab()
        (folder / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n", encoding="utf-8")
    transformers_logging.disable_progress_bar()
    torch.manual_seed(5)
    AutoModel.from_config(FAMILIES[name].config(len(tokenizer))).save_pretrained(folder)
    return folder
