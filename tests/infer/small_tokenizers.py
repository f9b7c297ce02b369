"""Tokenizers of the three usual kinds, trained here in a moment, and texts that have broken offsets elsewhere."""

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

WORDS = [
    "Gunmen killed six soldiers in Gao on Monday, an army spokesman said. The attack took place near the market.",
    "Résumé of re-tried cases: 12 civilians were injured in Aden\n\nand 中文 字 in 2014-15, the café owner said. ヿ",
]
AWKWARD = (
    *("😀", "👩\u200d🚒", "🇲🇱", "🏽", "❤\ufe0f", "e\u0301", "é", "re\u0301tried", "\u1112\u1161\u11ab", "한", "ﬁ", "İ", "ß", "ヿ"),
    *("中文", "字", "हिन्दी", "ไทย", "العربية", "\u202eabc\u202c", "\u2067", "\u200f", "\r\n", "\r", "\n\n", "\0", "\x1b[31m", "\x85"),
    *("\u2028", "\ufeff", "\u00a0", "\u3000", "\u00ad", "\t", " ", "...", "''", "#", "##a", "[UNK]", "[SEP]", "𝔄", "\U0010ffff"),
    *("Gao", "killed", "soldiers", "market.", "2014-15", "unbelievably", "x" * 150),
)  # fmt: skip


def word_piece() -> Tokenizer:
    """As BERT: words in lower case without accents, pieces that go on marked by ##."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(
        WORDS, trainers.WordPieceTrainer(vocab_size=160, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def byte_level() -> Tokenizer:
    """As RoBERTa: bytes, so that a token may be a part of a character or a space alone."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*WORDS, "said 😀 and 😀 and 😂"], trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1), trim_offsets=False)
    return tokenizer


def metaspace() -> Tokenizer:
    """As XLM-R: pieces that take the space before a word with them."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=120, special_tokens=["<pad>", "<s>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(WORDS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


TOKENIZERS = {"word_piece": word_piece(), "byte_level": byte_level(), "metaspace": metaspace()}
