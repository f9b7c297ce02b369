"""Malformed archives, folders and file names, faulty schemas, and dispatches that the markup cannot carry."""

import gzip
import json
from typing import Any

from malformed_case import GOOD_SCHEMA, MARKUP, Case, replaced
from malformed_json import BASE, GOOD_LINES, LINE

_GOOD = MARKUP.encode()
_OTHER = replaced(MARKUP, "base-001", "base-002").encode()
_LINES = f"{GOOD_LINES[0]}\n{LINE}\n".encode()
_UNSCORED = BASE | {
    "spans": [span | {"score": None} for span in BASE["spans"]],
    "relations": [relation | {"score": None} for relation in BASE["relations"]],
}
_PACKED = gzip.compress(_LINES, mtime=0)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


# name, bytes of the archive, line, what the message says
ARCHIVES = [
    ("cut_in_the_header", _PACKED[:5], 0, "gzip: "),
    ("cut_after_the_header", _PACKED[:10], 0, "gzip: "),
    ("cut_in_the_middle", _PACKED[: len(_PACKED) // 2], 0, "gzip: "),
    ("cut_in_the_checksum", _PACKED[:-5], 0, "gzip: "),
    ("cut_by_one", _PACKED[:-1], 0, "gzip: "),
    ("wrong_magic_number", _flipped(_PACKED, 1), 0, "gzip: "),
    ("unknown_method", _flipped(_PACKED, 2), 0, "gzip: "),
    ("wrong_data", _flipped(_PACKED, 30), 0, "gzip: "),
    ("wrong_checksum", _flipped(_PACKED, len(_PACKED) - 8), 0, "gzip: CRC check failed"),
    ("wrong_length", _flipped(_PACKED, len(_PACKED) - 1), 0, "gzip: Incorrect length"),
    ("words_after_it", _PACKED + b"more", 0, "gzip: Not a gzipped file"),
    ("second_part_cut", _PACKED + _PACKED[:20], 0, "gzip: "),
    ("plain_lines", _LINES, 0, "gzip: Not a gzipped file"),
    ("zip", b"PK\x03\x04" + bytes(40), 0, "gzip: Not a gzipped file"),
    ("nothing_packed", gzip.compress(b"", mtime=0), 0, "expected at least one dispatch"),
    ("empty", b"", 0, "expected at least one dispatch"),
    ("packed_twice", gzip.compress(_PACKED, mtime=0), 1, "encoding: expected UTF-8"),
    ("byte_order_mark", gzip.compress(b"\xef\xbb\xbf" + _LINES, mtime=0), 1, "without a byte order mark"),
    ("fault_on_line_3", gzip.compress(_LINES + b"{}\n", mtime=0), 3, "id: Field required"),
    ("packed_markup", gzip.compress(_GOOD, mtime=0), 1, "json: Expecting value"),
]

_LONG = "/".join(["n" * 200] * 4)
SUFFIXES = ["in.txt", "in.json", "in.anno", "in.csv", "in", "in.MD", "in.md.gz", "in.gz", "in.jsonl.bz2", "in.jsonl~"]

# name, files, what is converted, the file that is named, line, what the message says
FOLDERS: list[tuple[str, dict[str, bytes], str, str, int, str]] = [
    ("empty", {"folder/": b""}, "folder", "folder", 0, "got an empty folder"),
    ("named_like_a_file", {"in.md/": b""}, "in.md", "in.md", 0, "got an empty folder"),
    ("of_other_files", {"folder/a.txt": _GOOD}, "folder", "folder", 0, "no file here is in a format"),
    ("of_folders", {"folder/a.md/": b"", "folder/b/": b""}, "folder", "folder", 0, "got an empty folder"),
    ("with_one_bad_file", {"f/a.md": _GOOD, "f/b.md": b"x"}, "f", "f/b.md", 1, "header: "),
    ("with_a_bad_file_far_down", {"f/a.md": _GOOD, "f/x/y/z.jsonl": b"[]"}, "f", "f/x/y/z.jsonl", 1, "got list"),
    ("with_an_empty_file", {"f/a.md": _GOOD, "f/b.jsonl": b""}, "f", "f/b.jsonl", 0, "expected at least one dispatch"),
    ("with_an_id_twice", {"f/a.md": _GOOD, "f/b.md": _GOOD}, "f", "f/b.md", 1, "base-001 occurs twice, first in"),
    (
        "with_an_id_twice_on_the_second_line",
        {"f/a.md": _GOOD, "f/b.md": replaced(MARKUP, "id: base-001\n", "x: y\nid: base-001\n").encode()},
        "f", "f/b.md", 2, "id: base-001 occurs twice, first in",
    ),
    ("with_an_id_twice_in_two_formats", {"f/a.jsonl": _LINES, "f/b.md": _OTHER}, "f", "f/b.md", 1, "base-002 occurs"),
    ("with_an_id_twice_packed", {"f/a.md": _OTHER, "f/b.jsonl.gz": _PACKED}, "f", "f/b.jsonl.gz", 2, "base-002 occurs"),
    ("file_name_of_two_lines", {"a\nb\x1b[31m.md": b"x"}, "a\nb\x1b[31m.md", "a\\nb\\x1b[31m.md", 1, "header: "),
    ("file_name_with_override", {"a\u202eb.md": b"x\n"}, "a\u202eb.md", "a\\u202eb.md", 1, "header: "),
    ("file_name_with_colons", {"a:7:b: c.md": b"y"}, "a:7:b: c.md", "a:7:b: c.md", 1, "header: "),
    ("path_of_800_letters", {f"{_LONG}/a.md": b"z"}, _LONG, f"{_LONG}/a.md", 1, "header: expected header lines"),
]  # fmt: skip

# name, old words of the schema, new words, line, what the message says
_SCHEMA = GOOD_SCHEMA.decode()
_KIND = next(line for line in _SCHEMA.splitlines() if line.startswith("attributes.kind"))
_NUMBER = {line: number for number, line in enumerate(_SCHEMA.splitlines(), start=1)}
_AT_NAME, _AT_VERSION = _NUMBER['name = "dispatch"'], _NUMBER['version = "1.0"']
_AT_ATTACK, _AT_TIME, _AT_KIND = _NUMBER["[spans.ATTACK]"], _NUMBER["[spans.TIME]"], _NUMBER[_KIND]
_AT_WITHIN, _AT_TAIL = _NUMBER["[relations.within]"], _NUMBER["[relations.time]"] + 2
_WITHIN = '[relations.within]\nhead = ["LOCATION"]\ntail = ["LOCATION"]\n'
_TIME = _SCHEMA[_SCHEMA.index("[spans.TIME]") : _SCHEMA.index("[relations.perpetrator]")]
SCHEMAS = [
    ("name_missing", 'name = "dispatch"\n', "", 0, "name: Field required"),
    ("version_missing", 'version = "1.0"\n', "", 0, "version: Field required"),
    ("name_is_a_number", 'name = "dispatch"', "name = 5", _AT_NAME, "name: Input should be a valid string, got 5"),
    ("name_is_nan", 'name = "dispatch"', "name = nan", _AT_NAME, "name: Input should be a valid string, got nan"),
    ("name_is_a_date", 'name = "dispatch"', "name = 2019-03-14", _AT_NAME, "name: Input should be a valid string"),
    ("version_is_a_float", 'version = "1.0"', "version = 1.0", _AT_VERSION, "version: Input should be a valid string"),
    ("version_is_huge", '"1.0"', f"0x{'f' * 9_000}", _AT_VERSION, "version: Input should be a valid string"),
    ("version_of_5000_digits", '"1.0"', "9" * 5_000, 0, "toml: Exceeds the limit"),
    ("version_nested_deep", '"1.0"', "[" * 100_000, 0, "toml: nested too deep"),
    ("version_without_quotes", '"1.0"', "one", _AT_VERSION, "toml: "),
    ("version_never_ends", '"1.0"', '"1.0', _AT_VERSION, "toml: "),
    ("version_with_nul", '"1.0"', '"1\0"', _AT_VERSION, "toml: "),
    ("version_with_a_surrogate", '"1.0"', '"\\ud800"', _AT_VERSION, "toml: "),
    ("key_twice", 'version = "1.0"', 'version = "1.0"\nversion = "1.0"', _AT_VERSION + 1, "toml: "),
    ("table_twice", _WITHIN, f"{_WITHIN}{_WITHIN}", _AT_WITHIN + 3, "toml: "),
    ("key_without_value", 'version = "1.0"', "version =", _AT_VERSION, "toml: "),
    ("words", 'version = "1.0"', "version one", _AT_VERSION, "toml: "),
    ("table_never_closes", "[spans.TIME]", "[spans.TIME", _AT_TIME, "toml: "),
    ("unknown_key", 'version = "1.0"', 'version = "1.0"\nlanguage = "en"', _AT_VERSION + 1, "language: "),
    ("unknown_table", _WITHIN, f"{_WITHIN}[events.x]\n", _AT_WITHIN + 3, "events: "),
    ("unknown_key_of_a_span", "[spans.TIME]", "[spans.TIME]\ncolour = 3", _AT_TIME + 1, "spans.TIME.colour: "),
    ("unknown_key_of_a_relation", _WITHIN, f"{_WITHIN}symmetric = true\n", _AT_WITHIN + 3, "within.symmetric: "),
    ("span_is_a_string", '"1.0"', '"1.0"\nspans.TIMES = "x"', _AT_VERSION + 1, "spans.TIMES: "),
    ("description_is_a_list", "[spans.TIME]\ndescription", "[spans.TIME]\ndescription = []\nd", _AT_TIME + 1,
     "spans.TIME.description: Input should be a valid string"),
    ("values_are_a_string", _KIND, 'attributes.kind = "bombing"', _AT_KIND, "spans.ATTACK.attributes.kind: "),
    ("value_is_a_number", _KIND, 'attributes.kind = ["bombing", 5]', _AT_KIND, "spans.ATTACK.attributes.kind.1: "),
    ("one_value", _KIND, 'attributes.kind = ["bombing"]', _AT_KIND, "spans.ATTACK.attributes.kind: an attribute needs"),
    ("no_value", _KIND, "attributes.kind = []", _AT_KIND, "spans.ATTACK.attributes.kind: an attribute needs"),
    ("value_twice", _KIND, 'attributes.kind = ["a", "b", "a"]', _AT_KIND, "the attribute names a value twice"),
    ("value_empty", _KIND, 'attributes.kind = ["a", ""]', _AT_KIND, "expected a name of letters"),
    ("value_of_two_words", _KIND, 'attributes.kind = ["a", "air strike"]', _AT_KIND, "got 'air strike'"),
    ("attribute_of_two_words", "attributes.kind", 'attributes."the kind"', _AT_KIND, "got 'the kind'"),
    ("label_of_two_words", "[spans.TIME]", '[spans."TI ME"]', _AT_TIME, "spans.TI ME: expected a name"),
    ("label_empty", _WITHIN, f'{_WITHIN}[spans.""]\n', _AT_WITHIN + 3, "spans.: expected a name of letters"),
    ("label_of_two_lines", _WITHIN, f'{_WITHIN}[spans."A\\nB"]\n', 0, "spans.A\\nB: expected a name of letters"),
    ("relation_of_two_words", "[relations.within]", '[relations."lies within"]', _AT_WITHIN, "relations.lies within: "),
    ("head_missing", '[relations.within]\nhead = ["LOCATION"]', "[relations.within]", _AT_WITHIN, "within.head: Field"),
    ("tail_missing", _WITHIN, '[relations.within]\nhead = ["TIME"]\n', _AT_WITHIN, "within.tail: Field required"),
    ("head_empty", _WITHIN, '[relations.within]\nhead = []\ntail = ["TIME"]\n', _AT_WITHIN, "at least one head"),
    ("tail_empty", _WITHIN, '[relations.within]\nhead = ["TIME"]\ntail = []\n', _AT_WITHIN, "at least one head"),
    ("head_is_a_string", _WITHIN, '[relations.within]\nhead = "TIME"\ntail = ["TIME"]\n', _AT_WITHIN + 1,
     "relations.within.head: Input should be a valid tuple"),
    ("head_unknown", _WITHIN, '[relations.within]\nhead = ["PLACE"]\ntail = ["TIME"]\n', _AT_WITHIN + 1,
     "relations.within.head: no span label is named PLACE"),
    ("tail_unknown", _WITHIN, '[relations.within]\nhead = ["TIME"]\ntail = ["TIMЕ"]\n', _AT_WITHIN + 2,
     "relations.within.tail: no span label is named TIMЕ"),
    ("label_that_relations_name_gone", _TIME, "", _AT_TAIL - _TIME.count("\n"),
     "relations.time.tail: no span label is named TIME"),
    ("fault_after_separators", '"1.0"', '"1\u2028\u20290"\nlanguage = "en"', _AT_VERSION + 1, "language: "),
]  # fmt: skip

# name, bytes of the schema, line, what the message says
SCHEMA_FILES = [
    ("empty", b"", 0, "name: Field required"),
    ("no_spans", b'name = "x"\nversion = "1"\n', 0, "spans: Field required"),
    ("spans_empty", b'name = "x"\nversion = "1"\n[spans]\n', 0, "file: a schema needs at least one span label"),
    ("spans_are_a_list", b'name = "x"\nversion = "1"\nspans = ["A"]\n', 3, "spans: Input should be a valid dictionary"),
    ("byte_order_mark", b"\xef\xbb\xbf" + GOOD_SCHEMA, 1, "toml: "),
    ("utf16", _SCHEMA.encode("utf-16"), 1, "encoding: expected UTF-8"),
    ("latin1", _SCHEMA.replace("act of", "acte isolé").encode("latin-1"), _AT_ATTACK + 1, "encoding: expected UTF-8"),
    ("cr_line_ends", GOOD_SCHEMA.replace(b"\n", b"\r"), 1, "toml: "),
    ("json", b'{"name": "x"}\n', 1, "toml: "),
    ("markup", _GOOD, 1, "toml: "),
    ("cut_in_a_list", _SCHEMA[: _SCHEMA.index("armed_assault")].encode(), _AT_KIND, "toml: "),
    ("cut_after_an_opening_bracket", b"spans = [\n", 1, "toml: "),
    ("picture", b"\x89PNG\r\n\x1a\n", 1, "encoding: expected UTF-8"),
    ("deep_keys", b"a." * 2_000 + b"a = 1\n", 0, "name: Field required"),
]

# name, what the dispatch has other than the base, what the message says
NOT_FOR_MARKUP: list[tuple[str, dict[str, Any], str]] = [
    ("meta_is_a_number", {"meta": {"year": 2019}}, "the markup carries words on one line as year, got 2019"),
    ("meta_is_a_list", {"meta": {"tags": ["a"]}}, "the markup carries words on one line as tags"),
    ("meta_of_two_lines", {"meta": {"title": "a\nb"}}, "the markup carries words on one line as title"),
    ("meta_with_outer_space", {"meta": {"title": "a "}}, "the markup carries words on one line as title"),
    ("meta_empty", {"meta": {"title": ""}}, "the markup carries words on one line as title"),
    ("meta_key_of_two_words", {"meta": {"the title": "a"}}, "the markup carries words on one line as the title"),
    ("meta_names_an_id", {"meta": {"id": "other"}}, "the markup carries one id and one published"),
    ("meta_names_a_date", {"meta": {"published": "unknown"}}, "the markup carries one id and one published"),
    ("crlf_in_the_text", {"text": "a\r\nb", "spans": [], "relations": []}, "no line that ends in"),
    ("cr_at_the_end_of_the_text", {"text": "a\r", "spans": [], "relations": []}, "no line that ends in"),
    ("id_with_a_slash", {"id": "a/b"}, "id: cannot be a file name"),
    ("id_climbs", {"id": "../b"}, "id: cannot be a file name"),
    ("id_is_a_full_stop", {"id": "."}, "id: cannot be a file name"),
]  # fmt: skip


def _schema_case(name: str, data: bytes, line: int, says: str) -> Case:
    return Case(f"schema_{name}", {"in.md": _GOOD}, "in.md", line, says, schema=data, place="{folder}/schema.toml")


def _unwritable(name: str, other: dict[str, Any], says: str) -> Case:
    row = _UNSCORED | other
    data = json.dumps(row).encode()
    return Case(f"unwritable_{name}", {"in.jsonl": data}, "in.jsonl", 0, says, target="out", place=row["id"])


CASES = [
    *(Case(f"gzip_{name}", {"in.jsonl.gz": data}, "in.jsonl.gz", line, says) for name, data, line, says in ARCHIVES),
    *(Case(f"suffix_of_{name}", {name: _GOOD}, name, 0, "format: expected a folder or a file") for name in SUFFIXES),
    *(
        Case(f"folder_{name}", files, source, line, says, place=f"{{folder}}/{place}")
        for name, files, source, place, line, says in FOLDERS
    ),
    Case(
        "target_txt",
        {"in.md": _GOOD},
        "in.md",
        0,
        "format: expected a folder, or a file",
        target="o.txt",
        place="{folder}/o.txt",
    ),
    Case(
        "target_md",
        {"in.md": _GOOD},
        "in.md",
        0,
        "format: expected a folder, or a file",
        target="o.md",
        place="{folder}/o.md",
    ),
    *(_schema_case(name, replaced(_SCHEMA, old, new).encode(), line, says) for name, old, new, line, says in SCHEMAS),
    *(_schema_case(*schema) for schema in SCHEMA_FILES),
    *(_unwritable(*dispatch) for dispatch in NOT_FOR_MARKUP),
]
