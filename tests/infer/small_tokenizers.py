"""Tokenizers of the three usual kinds with small fixed vocabularies, and texts that have broken offsets elsewhere."""

from string import ascii_letters, ascii_lowercase, digits, punctuation

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = [
    *("gunmen", "killed", "six", "soldiers", "gao", "on", "monday", "an", "army", "spokesman", "said", "the", "café"),
    *("owner", "civilians", "near", "market", "were", "injured"),
]
PIECES = ["un", "believ", "able", "spokes", "man", "civil", "ians", "tr", "ied", "20", "14", "15"]
OTHERS = "é中文字ヿ"
AWKWARD = (
    *("😀", "👩\u200d🚒", "🇲🇱", "🏽", "❤\ufe0f", "e\u0301", "é", "re\u0301tried", "\u1112\u1161\u11ab", "한", "ﬁ", "İ"),
    *("ß", "ヿ", "中文", "字", "हिन्दी", "ไทย", "العربية", "\u202eabc\u202c", "\u2067", "\u200f", "\r\n", "\r", "\n\n"),
    *("\0", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\u00a0", "\u3000", "\u00ad", "\t", " ", "...", "''", "#", "##a"),
    *("[UNK]", "[SEP]", "𝔄", "\U0010ffff", "Gao", "killed", "soldiers", "market.", "2014-15", "unbelievable", "x" * 99),
)  # fmt: skip


def numbered(tokens: list[str]) -> dict[str, int]:
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}


def word_piece() -> Tokenizer:
    """As BERT: words in lower case without accents, pieces that go on marked by ##."""
    characters = [*ascii_lowercase, *digits, *punctuation, *OTHERS]
    words = [*WORDS, "cafe", *PIECES, *characters]
    pieces = [f"##{piece}" for piece in (*PIECES, *characters)]
    tokenizer = Tokenizer(
        models.WordPiece(numbered(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words, *pieces]), unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def byte_level() -> Tokenizer:
    """As RoBERTa: bytes, so that a token may be a part of a character or a space alone."""
    merges = [
        ("Ġ", "ð"),
        ("Ġð", "Ł"),
        ("k", "i"),
        ("l", "l"),
        ("ki", "ll"),
        ("e", "r"),
        ("a", "r"),
        ("Ġ", "m"),
        ("Ġ", "s"),
    ]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = numbered(["<pad>", "<s>", "</s>", *alphabet, *(one + other for one, other in merges)])
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1), trim_offsets=False)
    return tokenizer


def metaspace() -> Tokenizer:
    """As XLM-R: pieces that take the space before a word with them."""
    characters = [*ascii_letters, *digits, *punctuation, *OTHERS]
    scored = [("<pad>", 0.0), ("<s>", 0.0), ("</s>", 0.0), ("<unk>", -20.0), ("▁", -3.0)]
    scored += [(f"▁{word}", -6.0) for word in WORDS] + [(piece, -7.0) for piece in PIECES]
    scored += [(character, -9.0) for character in characters]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


TOKENIZERS = {"word_piece": word_piece(), "byte_level": byte_level(), "metaspace": metaspace()}
