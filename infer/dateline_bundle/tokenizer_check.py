"""What a tokenizer.json may be made of: the parts that the families of encoders use, and no expression of one's own."""

import base64
import binascii
from pathlib import Path
from typing import Any

from dateline_labels import BundleError, one_line
from tokenizers import Tokenizer

from .json_check import read_strict

_WORDS = ("add_prefix_space", "trim_offsets", "use_regex")
_SPACE = ("replacement", "prepend_scheme", "split")
_PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "model": {
        "WordPiece": ("unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"),
        "BPE": (
            *("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"),
            *("fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges"),
        ),
        "Unigram": ("unk_id", "byte_fallback", "vocab"),
    },
    "normalizer": {
        "BertNormalizer": ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"),
        **dict.fromkeys(("ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "StripAccents"), ()),
        "Precompiled": ("precompiled_charsmap",),
        "Prepend": ("prepend",),
        "Replace": ("pattern", "content"),
        "Sequence": ("normalizers",),
        "Strip": ("strip_left", "strip_right"),
    },
    "pre_tokenizer": {
        **dict.fromkeys(("BertPreTokenizer", "UnicodeScripts", "Whitespace", "WhitespaceSplit"), ()),
        "ByteLevel": _WORDS,
        "Digits": ("individual_digits",),
        "Metaspace": _SPACE,
        "Punctuation": ("behavior",),
        "Sequence": ("pretokenizers",),
        "Split": ("pattern", "behavior", "invert"),
    },
    "post_processor": {
        "BertProcessing": ("sep", "cls"),
        "ByteLevel": _WORDS,
        "RobertaProcessing": ("sep", "cls", "trim_offsets", "add_prefix_space"),
        "Sequence": ("processors",),
        "TemplateProcessing": ("single", "pair", "special_tokens"),
    },
    "decoder": {
        **dict.fromkeys(("ByteFallback", "Fuse"), ()),
        "BPEDecoder": ("suffix",),
        "ByteLevel": _WORDS,
        "Metaspace": _SPACE,
        "Replace": ("pattern", "content"),
        "Sequence": ("decoders",),
        "Strip": ("content", "start", "stop"),
        "WordPiece": ("prefix", "cleanup"),
    },
}
_SETTINGS = frozenset({"version", "truncation", "padding", "added_tokens", *_PARTS})
_SEQUENCES = ("normalizers", "pretokenizers", "processors", "decoders")

_EXPRESSIONS = frozenset(
    {
        # spaces and line breaks: XLM-R, ALBERT and other SentencePiece tokenizers; DeBERTa-v2 and v3; CLIP
        *(" {2,}", r"\s{2,}|[\n\r\t]", r"[\n\r\t]", r"\n", r"\s+"),
        # words: GPT-2, RoBERTa; GPT-4, Llama 3; Qwen 2
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        *(
            rf"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}"
            r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
            for digits in (r"\p{N}{1,3}", r"\p{N}")
        ),
    }
)
"""The regular expressions of known tokenizers. Any other could take hours over one dispatch: the library goes back and
tries again, without an end to it.
"""


def read_tokenizer(data: bytes, path: Path) -> Tokenizer:
    """The tokenizer of a tokenizer.json; raises BundleError naming the file, or whatever the library raises."""
    plain = read_strict(data, path)
    if not isinstance(plain, dict) or "model" not in plain:
        raise BundleError(f"{path}: expected a tokenizer, there is no model")
    for name in sorted(plain.keys() - _SETTINGS):
        raise BundleError(f"{path}: {one_line(name, 100)}: a key that no tokenizer has")
    try:
        for name in _PARTS:
            _check_part(name, plain.get(name))
    except ValueError as error:
        raise BundleError(f"{path}: {one_line(str(error))}") from None
    return Tokenizer.from_str(data.decode("utf-8"))


def _check_part(name: str, part: Any) -> None:
    if part is None and name != "model":
        return
    if not isinstance(part, dict) or part.get("type") not in list(_PARTS[name]):
        got = part.get("type") if isinstance(part, dict) else part
        raise ValueError(f"{name}: expected one of {', '.join(_PARTS[name])}, got {str(got)[:100]}")
    kind = part["type"]
    for key in sorted(part.keys() - {"type", *_PARTS[name][kind]}):
        raise ValueError(f"{name}: {kind}: {key[:100]}: a key that no tokenizer has")
    if part.get("dropout"):
        raise ValueError(f"{name}: {kind}: expected no dropout, which reads a text now so, now otherwise")
    for key in _SEQUENCES:
        for inner in part.get(key, ()):
            _check_part(name, inner)
    _check_pattern(name, part.get("pattern"))
    _check_table(name, part.get("precompiled_charsmap"))


def _check_pattern(name: str, pattern: Any) -> None:
    expression = pattern.get("Regex") if isinstance(pattern, dict) else None
    if expression is not None and expression not in _EXPRESSIONS:
        raise ValueError(f"{name}: a regular expression that no known tokenizer has: {str(expression)[:100]}")


def _check_table(name: str, table: Any) -> None:
    """SentencePiece's table of characters: the size of a trie of 4-byte units, the trie, texts."""
    if table is None:
        return
    try:
        data = base64.b64decode(str(table), validate=True)
    except binascii.Error:
        data = b""
    size = int.from_bytes(data[:4], "little")
    if len(data) < 4 or not size or size % 4 or 4 + size > len(data):
        raise ValueError(f"{name}: expected a table of characters")
