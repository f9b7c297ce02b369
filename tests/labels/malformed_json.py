"""Malformed JSON lines: a good line, then the base line with one change, then another good line."""

import copy
import json
from typing import Any

from malformed_case import Case, replaced

BASE: dict[str, Any] = {
    "id": "base-002",
    "text": "Gunmen ambushed a convoy 😀, killing four near Dadaab.",
    "published": "2019-03-14",
    "meta": {"theatre": "example"},
    "spans": [
        {"id": "p1", "label": "ACTOR", "start": 0, "end": 6, "attributes": {}, "score": None},
        {
            "id": "a1",
            "label": "ATTACK",
            "start": 7,
            "end": 15,
            "attributes": {"kind": "armed_assault", "status": "occurred"},
            "score": 0.5,
        },
        {"id": "l1", "label": "LOCATION", "start": 46, "end": 52, "attributes": {}, "score": None},
    ],
    "relations": [
        {"label": "perpetrator", "head": "a1", "tail": "p1", "score": None},
        {"label": "place", "head": "a1", "tail": "l1", "score": 1},
    ],
}
LINE = json.dumps(BASE, ensure_ascii=False)
GOOD_LINES = [json.dumps(BASE | {"id": name}, ensure_ascii=False) for name in ("base-001", "base-003")]
MISSING = object()
DEEP = 100_000
DIGITS = "9" * 5_000

# where the value stands, the value there instead, what the message says
FIELDS: list[tuple[str, object, str]] = [
    # missing and unknown keys
    *((path, MISSING, f"{path}: Field required") for path in ("id", "text", "relations[1].label", "relations[1].head")),
    *((f"spans[2].{key}", MISSING, f"spans[2].{key}: Field required") for key in ("id", "label", "start", "end")),
    ("relations[1].tail", MISSING, "relations[1].tail: Field required"),
    ("source", "wire", "source: Extra inputs are not permitted"),
    ("ID", "base-002", "ID: Extra inputs are not permitted"),
    ("", "nothing", "Extra inputs are not permitted"),
    ("a: key\nof two lines", "nothing", "a\\x3a key\\nof two lines: Extra inputs are not permitted"),
    ("k" * 100_000, "nothing", "Extra inputs are not permitted"),
    ("spans[0].text", "Gunmen", "spans[0].text: Extra inputs are not permitted"),
    ("relations[0].id", "r1", "relations[0].id: Extra inputs are not permitted"),
    # types
    *(("id", value, "id: Input should be a valid string") for value in (7, None, True, ["base-002"], {"id": "a"}, 1.5)),
    *(("text", value, "text: Input should be a valid string") for value in (None, 7, ["Gunmen"], {"en": "Gunmen"})),
    *(("published", value, "published: Input should be a valid string") for value in (20190314, ["2019-03-14"], False)),
    *(("meta", value, "meta: Input should be a valid dictionary") for value in (None, "wire", ["wire"], 3)),
    *(("spans", value, "spans: Input should be a valid list") for value in (None, {}, "p1", 3)),
    *(("spans[1]", value, "spans[1]: Input should be") for value in (None, 5, "a1", [7, 15, "ATTACK"])),
    *(("spans[0].id", value, "spans[0].id: Input should be a valid string") for value in (1, None)),
    *(("spans[0].label", value, "spans[0].label: Input should be a valid string") for value in (1, None, ["ACTOR"])),
    *(("spans[0].start", value, "spans[0].start: Input should be a valid int") for value in (None, "0", 0.0, False)),
    *(("spans[0].end", value, "spans[0].end: Input should be a valid int") for value in (None, "6", 6.0, 6.5, True)),
    *(("spans[1].attributes", value, "spans[1].attributes: Input should") for value in (None, [], "kind", 4)),
    ("spans[1].attributes.kind", None, "spans[1].attributes.kind: Input should be a valid string"),
    ("spans[1].attributes.kind", 3, "spans[1].attributes.kind: Input should be a valid string"),
    ("spans[1].attributes.kind", ["bombing"], "spans[1].attributes.kind: Input should be a valid string"),
    *(("spans[1].score", value, "spans[1].score: Input should be a valid number") for value in ("0.5", True, [0.5])),
    *(("relations", value, "relations: Input should be a valid list") for value in (None, {}, "a1 place l1")),
    *(("relations[1]", value, "relations[1]: Input should be") for value in (None, "place", ["a1", "place", "l1"])),
    ("relations[1].head", 1, "relations[1].head: Input should be a valid string"),
    ("relations[1].tail", None, "relations[1].tail: Input should be a valid string"),
    ("relations[1].label", 2, "relations[1].label: Input should be a valid string"),
    ("relations[1].score", "high", "relations[1].score: Input should be a valid number"),
    # ids and dates
    *(("id", value, "id: expected an id") for value in ("", " ", " a", "a\n", "a\0b", "a\x1b[2J", "a\u2029b")),
    *(("spans[0].id", value, "spans[0].id: expected an id") for value in ("", "p1 ", "p\x001", "p\u202e1", "p\ufeff1")),
    *(
        ("published", value, "published: ")
        for value in ("", "unknown", "null", "2019-3-14", "2019-02-30", "2019-13-01", "14/03/2019", "20190314",
                      "2019-03-14T06:00:00Z", "2019-03-14\n", " 2019-03-14", "yesterday")
    ),
    # offsets
    ("spans[0].start", -1, "span p1: expected 0 <= start < end, got -1, 6"),
    ("spans[0].end", -6, "expected 0 <= start < end, got 0, -6"),
    ("spans[0].end", 0, "expected 0 <= start < end, got 0, 0"),
    ("spans[1].start", 15, "expected 0 <= start < end, got 15, 15"),
    ("spans[1].start", 16, "expected 0 <= start < end, got 16, 15"),
    ("spans[1].end", 7, "expected 0 <= start < end, got 7, 7"),
    ("spans[2].end", 54, "span l1: ends at 54, the text at 53"),
    ("spans[2].end", 10**9, "ends at 1000000000, the text at 53"),
    ("spans[2].end", 2**63, "ends at 9223372036854775808, the text at 53"),
    ("spans[2].start", 10**400, "expected 0 <= start < end"),
    ("text", "", "span p1: ends at 6, the text at 0"),
    ("text", "Gunmen ambushed a convoy.", "span l1: ends at 52, the text at 25"),
    # spans
    ("spans[2].id", "p1", "span id p1 occurs twice"),
    ("spans[1].start", 5, "spans[1]: overlaps the span p1"),
    ("spans[2].start", 8, "spans[2]: overlaps the span a1"),
    ("spans[0].end", 16, "spans[1]: overlaps the span p1"),
    ("spans[0].end", 53, "spans[1]: overlaps the span p1"),
    ("spans[0].label", "", "a span needs an id and a label"),
    ("spans[0].label", "PERSON", "spans[0].label: unknown label PERSON"),
    ("spans[0].label", "Actor", "spans[0].label: unknown label Actor"),
    ("spans[0].label", "АCTOR", "spans[0].label: unknown label АCTOR"),
    ("spans[0].label", "ACTOR\n", "spans[0].label: unknown label ACTOR\\n"),
    ("spans[0].label", "\x1b]0;title\a", "spans[0].label: unknown label \\x1b]0;title\\x07"),
    ("spans[0].attributes.kind", "bombing", "spans[0].attributes.kind: ACTOR has no attribute kind"),
    ("spans[0].attributes.a: b", "c", "spans[0].attributes.a\\x3a b: ACTOR has no attribute a: b"),
    ("spans[1].attributes.kind", "ambush", "spans[1].attributes.kind: expected one of armed_clash"),
    ("spans[1].attributes.kind", "", "spans[1].attributes.kind: expected one of armed_clash"),
    ("spans[1].attributes.status", "Occurred", "spans[1].attributes.status: expected one of occurred"),
    ("spans[1].attributes.kind", MISSING, "spans[1].attributes.kind: ATTACK needs the attribute kind"),
    ("spans[1].attributes.status", MISSING, "spans[1].attributes.status: ATTACK needs the attribute status"),
    ("spans[1].attributes", MISSING, "spans[1].attributes.kind: ATTACK needs the attribute kind"),
    ("spans[1].score", 1.5, "span a1: expected a score from 0 to 1, got 1.5"),
    ("spans[1].score", -0.1, "span a1: expected a score from 0 to 1, got -0.1"),
    # relations
    ("relations[1].head", "a9", "relation place: no span has the id a9"),
    ("relations[1].tail", "l9", "relation place: no span has the id l9"),
    ("relations[1].tail", "", "relation place: no span has the id"),
    ("relations[1].tail", "a1", "relation place: a1 is related to itself"),
    ("relations[1].label", "", "a relation needs a label"),
    ("relations[1].label", "location", "relations[1]: unknown relation location"),
    ("relations[1].label", "PLACE", "relations[1]: unknown relation PLACE"),
    ("relations[1].label", "рlace", "relations[1]: unknown relation рlace"),
    ("relations[1].label", "within", "relations[1]: within leaves from LOCATION, got ATTACK"),
    ("relations[1].label", "time", "relations[1]: time leads to TIME, got LOCATION"),
    ("relations[1].head", "p1", "relations[1]: place leaves from ATTACK, got ACTOR"),
    ("relations[1].tail", "p1", "relations[1]: place leads to LOCATION, got ACTOR"),
    ("relations[1].score", 2, "relation place: expected a score from 0 to 1, got 2"),
    ("relations[1]", BASE["relations"][0], "a relation occurs twice"),
    ("spans", [], "relation perpetrator: no span has the id a1"),
    # lone surrogates
    *(
        (path, "x\ud800", f"{path}: a lone surrogate at offset 1")
        for path in ("id", "text", "published", "spans[0].id")
    ),
    ("text", "\udc00\ud800", "text: a lone surrogate at offset 0"),
    ("text", "😀" * 30 + "\udfff", "text: a lone surrogate at offset 30"),
    ("spans[0].label", "ACTOR\udbff", "spans[0].label: a lone surrogate at offset 5"),
    ("spans[1].attributes.kind", "\ud83d", "spans[1].attributes.kind: a lone surrogate at offset 0"),
    ("meta.theatre", "\ud83d", "meta.theatre: a lone surrogate at offset 0"),
    ("meta.theatre", [{"a": ["b", "\ude00"]}], "meta.theatre[0].a[1]: a lone surrogate at offset 0"),
    ("meta.\ud83d", "key", "a lone surrogate at offset 0"),
    ("relations[0].head", "a1\udfff", "relations[0].head: a lone surrogate at offset 2"),
]  # fmt: skip

# name, old words of the base line, new words, what the message says
WORDS = [
    ("nan_score", "0.5", "NaN", "NaN is not JSON"),
    ("infinite_score", "0.5", "Infinity", "Infinity is not JSON"),
    ("negative_infinite_score", "0.5", "-Infinity", "-Infinity is not JSON"),
    ("nan_in_meta", '"example"', "NaN", "NaN is not JSON"),
    ("float_too_large", "0.5", "1e999", "the number 1e999 is too large"),
    ("float_too_large_in_meta", '"example"', "-1e999", "the number -1e999 is too large"),
    ("integer_of_5000_digits", '"end": 15', f'"end": {DIGITS}', "json: Exceeds the limit"),
    ("integer_of_5000_digits_as_score", "0.5", DIGITS, "json: Exceeds the limit"),
    ("integer_of_5000_digits_in_meta", '"example"', DIGITS, "json: Exceeds the limit"),
    ("negative_integer_of_5000_digits", '"start": 7', f'"start": -{DIGITS}', "json: Exceeds the limit"),
    ("key_twice", '"meta"', '"text": "x", "meta"', "the key 'text' occurs twice"),
    ("key_twice_alike", '"meta"', '"id": "base-002", "meta"', "the key 'id' occurs twice"),
    ("key_twice_by_an_escape", '"meta"', '"\\u0069d": "x", "meta"', "the key 'id' occurs twice"),
    ("key_of_a_span_twice", '"end": 15', '"end": 15, "end": 16', "the key 'end' occurs twice"),
    ("attribute_twice", '"kind": ', '"kind": "bombing", "kind": ', "the key 'kind' occurs twice"),
    ("key_of_a_relation_twice", '"tail": "l1"', '"tail": "l1", "tail": "p1"', "the key 'tail' occurs twice"),
    ("key_in_meta_twice", '"theatre"', '"theatre": "a", "theatre"', "the key 'theatre' occurs twice"),
    ("key_with_escape_twice", '"theatre"', '"\\u001b": 1, "\\u001b": 2, "theatre"', "occurs twice"),
    ("raw_nul_in_a_string", "convoy", "con\0voy", "Invalid control character at column"),
    ("raw_tab_in_a_string", "convoy", "con\tvoy", "Invalid control character at column"),
    ("raw_escape_in_a_string", "convoy", "\x1b[31mconvoy", "Invalid control character at column"),
    ("raw_line_break_in_a_string", "convoy", "con\nvoy", "Unterminated string starting at column"),
    ("unknown_escape", "convoy", "con\\xvoy", "Invalid \\escape at column"),
    ("short_unicode_escape", "convoy", "con\\u12 voy", "Invalid \\uXXXX escape at column"),
    ("comma_missing", ', "published"', ' "published"', "Expecting ',' delimiter at column"),
    ("colon_missing", '"published": ', '"published" ', "Expecting ':' delimiter at column"),
    ("comma_at_the_end", '"score": 1}]}', '"score": 1}],}', "json: "),
    ("comma_at_the_end_of_a_list", '"score": 1}]}', '"score": 1},]}', "json: "),
    ("key_without_quotes", '"published"', "published", "at column"),
    ("single_quotes", '"published"', "'published'", "at column"),
    ("typographic_quotes", '"published"', "“published”", "at column"),
    ("comment", '"published"', '/* date */ "published"', "at column"),
    ("leading_zero", '"end": 15', '"end": 015', "at column"),
    ("plus_sign", '"end": 15', '"end": +15', "at column"),
    ("hexadecimal", '"end": 15', '"end": 0x0f', "at column"),
    ("underscore_in_a_number", '"end": 15', '"end": 1_5', "at column"),
    ("full_width_digits", '"end": 15', '"end": １５', "at column"),
    ("exponent_for_an_integer", '"end": 15', '"end": 15e0', "spans[1].end: Input should be a valid int"),
    ("undefined", '"example"', "undefined", "at column"),
    ("python_none", '"example"', "None", "at column"),
    ("no_break_space_between_tokens", '"published": ', '"published":\u00a0', "at column"),
    ("nested_lists_in_meta", '"example"', "[" * DEEP + "]" * DEEP, "json: nested too deep"),
    ("nested_objects_in_meta", '"example"', '{"a":' * DEEP + "1" + "}" * DEEP, "json: nested too deep"),
    ("nested_lists_as_spans", '"spans": [', f'"spans": [{"[" * DEEP}{"]" * DEEP},', "json: nested too deep"),
]  # fmt: skip

# name, the whole line, what the message says
LINES = [
    ("line_of_words", "Gunmen ambushed a convoy.", "Expecting value at column 1"),
    ("line_of_markup", "id: base-002", "Expecting value at column 1"),
    ("line_is_a_list", f"[{LINE}]", "dispatch: expected an object, got list"),
    ("line_is_a_string", '"base-002"', "dispatch: expected an object, got str"),
    ("line_is_a_number", "7", "dispatch: expected an object, got int"),
    ("line_is_null", "null", "dispatch: expected an object, got NoneType"),
    ("line_is_true", "true", "dispatch: expected an object, got bool"),
    ("line_is_an_empty_object", "{}", "id: Field required"),
    ("line_is_an_empty_list", "[]", "dispatch: expected an object, got list"),
    ("line_is_a_list_opened", "[", "at column"),
    ("line_is_an_object_opened", "{", "at column"),
    ("line_is_a_no_break_space", "\u00a0", "Expecting value at column 1"),
    ("line_is_nul", "\0", "Expecting value at column 1"),
    ("line_is_a_form_feed", "\f", "Expecting value at column 1"),
    ("line_cut_in_half", LINE[: len(LINE) // 2], "at column"),
    ("line_cut_by_one", LINE[:-1], "at column"),
    ("line_twice_without_break", LINE + LINE, "Extra data at column"),
    ("comma_after_the_line", LINE + ",", "Extra data at column"),
    ("byte_order_mark_inside", "\ufeff" + LINE, "json: Unexpected UTF-8 BOM"),
    ("100000_opening_brackets", "[" * DEEP, "json: nested too deep"),
    ("100000_opening_braces", '{"a":' * DEEP, "json: nested too deep"),
    ("id_twice_in_the_file", GOOD_LINES[0], "id: base-001 occurs twice, first in "),
    ("spreadsheet_row", "base-002,Gunmen ambushed a convoy,2019-03-14", "Expecting value at column 1"),
    ("record_separator", "\x1e" + LINE, "Expecting value at column 1"),
]

_FILE = "\n".join([GOOD_LINES[0], LINE, GOOD_LINES[1], ""])

# name, bytes of the file, line, what the message says
FILES = [
    ("empty_file", b"", 0, "file: expected at least one dispatch"),
    ("empty_lines", b"\n\n \n", 0, "file: expected at least one dispatch"),
    ("byte_order_mark", _FILE.encode("utf-8-sig"), 1, "without a byte order mark"),
    ("utf16", _FILE.encode("utf-16"), 1, "mark of UTF-16"),
    ("utf16_without_mark", _FILE.encode("utf-16-be"), 1, "encoding: expected UTF-8"),
    ("utf16_of_plain_letters", _FILE.replace("😀", ":)").encode("utf-16-le"), 1, "json: "),
    ("latin1", replaced(_FILE, "base-002", "básé").encode("latin-1", "replace"), 2, "encoding: expected UTF-8"),
    ("cut_inside_a_character", (_FILE + '{"id": "é').encode()[:-1], 4, "encoding: expected UTF-8"),
    ("encoded_surrogate", _FILE.encode().replace(b"base-002", b"\xed\xb0\x80"), 2, "encoding: expected UTF-8"),
    ("written_as_one_list", json.dumps([BASE], indent=1).encode(), 1, "at column"),
    ("object_over_many_lines", (GOOD_LINES[0] + "\n" + json.dumps(BASE, indent=1)).encode(), 2, "at column"),
    ("last_line_cut", _FILE[:-10].encode(), 3, "at column"),
    ("fault_after_empty_lines", f"\n{GOOD_LINES[0]}\n\n\n{{}}\n".encode(), 5, "id: Field required"),
    (
        "fault_after_separators",
        f"{GOOD_LINES[0]}\n{LINE.replace('example', chr(0x2028))}\n[]\n".encode(),
        3,
        "got list",
    ),
    ("fault_after_crlf", f"{GOOD_LINES[0]}\r\n{LINE}\r\n{{}}\r\n".encode(), 3, "id: Field required"),
    ("cr_line_ends", f"{GOOD_LINES[0]}\r{LINE}\r".encode(), 1, "Extra data at column"),
    ("markup_named_jsonl", b"id: base-001\npublished: unknown\n\ntext\n---\n", 1, "Expecting value at column 1"),
]


def _changed(path: str, value: object) -> str:
    """The base line with `value` at `path`, such as `spans[2].start`."""
    row = copy.deepcopy(BASE)
    *way, last = path.replace("[", ".").replace("]", "").split(".") if "\n" not in path else [path]
    place: Any = row
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    key = int(last) if last.isdigit() else last
    if value is MISSING:
        del place[key]
    else:
        place[key] = value
    line = json.dumps(row, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(row)


def _case(name: str, line: str, says: str) -> Case:
    data = "\n".join([GOOD_LINES[0], line, GOOD_LINES[1], ""]).encode()
    return Case(f"json_{name}", {"in.jsonl": data}, "in.jsonl", 2, says)


def _field_case(path: str, value: object, says: str) -> Case:
    shown = "missing" if value is MISSING else repr(value)
    return _case(f"{ascii(path)[1:-1][:40]}_{ascii(shown)[1:-1][:40]}".replace(" ", "_"), _changed(path, value), says)


CASES = [
    *(_field_case(*field) for field in FIELDS),
    *(_case(name, replaced(LINE, old, new), says) for name, old, new, says in WORDS),
    *(_case(*line) for line in LINES),
    *(Case(f"json_{name}", {"in.jsonl": data}, "in.jsonl", line, says) for name, data, line, says in FILES),
]
