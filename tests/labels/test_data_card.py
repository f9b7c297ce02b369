"""labels/DATA_CARD.md against the corpus: every table, row by row, so that the card cannot go stale."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.files import annotated_files
from dateline_labels.splits import HELD_OUT_FOLDERS, leave_folders_out, split_by_number

LABELS = Path(__file__).parents[2] / "labels"
LEAST_THEATRE = 10
SPLITS = (("by number", split_by_number), ("leave folders out", leave_folders_out))
Row = tuple[str, ...]
Key = Callable[[Dispatch], str]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.read(LABELS / "schema.toml")


@pytest.fixture(scope="module")
def corpus(schema: Schema) -> list[Dispatch]:
    return read_dispatches([LABELS / "corpus"], schema)


@pytest.fixture(scope="module")
def card() -> str:
    return (LABELS / "DATA_CARD.md").read_text(encoding="utf-8")


def read_tables(markdown: str) -> dict[str, list[Row]]:
    """The rows of each Markdown table, its header row first, by the heading that the table stands under."""
    tables: dict[str, list[Row]] = {}
    heading = last = ""
    for line in markdown.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            assert last.startswith("|") or heading not in tables, f"two tables under {heading}"
            tables.setdefault(heading, []).append(tuple(cell.strip() for cell in line.strip().strip("|").split("|")))
        last = line
    for heading, rows in tables.items():
        assert all(re.fullmatch(r"-+:?", cell) for cell in rows.pop(1)), f"no rule under the header of {heading}"
    return tables


def number(count: int) -> str:
    return f"{count:,}"


def has_attack(dispatch: Dispatch) -> bool:
    return any(span.label == "ATTACK" for span in dispatch.spans)


def without_attack(dispatches: Iterable[Dispatch]) -> int:
    return sum(not has_attack(dispatch) for dispatch in dispatches)


def words(dispatches: Iterable[Dispatch]) -> int:
    return sum(len(dispatch.text.split()) for dispatch in dispatches)


def folder(dispatch: Dispatch) -> str:
    return dispatch.id.rsplit("-", 1)[0]


def style(dispatch: Dispatch) -> str:
    return str(dispatch.meta["style"])


def theatre(dispatch: Dispatch) -> str:
    return str(dispatch.meta["theatre"]).lower().replace(" ", "_")


def counts(dispatches: Iterable[Dispatch]) -> Row:
    """Dispatches, words, spans, relations."""
    dispatches = list(dispatches)
    spans = sum(len(dispatch.spans) for dispatch in dispatches)
    relations = sum(len(dispatch.relations) for dispatch in dispatches)
    return number(len(dispatches)), number(words(dispatches)), number(spans), number(relations)


def grouped(corpus: list[Dispatch], key: Key) -> dict[str, list[Dispatch]]:
    """The dispatches by `key`, the largest group first, equal ones in the order of their names."""
    names = Counter(key(dispatch) for dispatch in corpus)
    order = sorted(names, key=lambda name: (-names[name], name))
    return {name: [dispatch for dispatch in corpus if key(dispatch) == name] for name in order}


def totals(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    return [
        ("what", "count"),
        *zip(("dispatches", "words", "spans", "relations"), counts(corpus), strict=True),
        ("folders", number(len({folder(dispatch) for dispatch in corpus}))),
        ("theatres", number(len({theatre(dispatch) for dispatch in corpus}))),
        ("styles", number(len({style(dispatch) for dispatch in corpus}))),
        ("dispatches without any ATTACK", number(without_attack(corpus))),
        ("share of dispatches without any ATTACK", f"{without_attack(corpus) / len(corpus):.1%}"),
        ("dispatches without any relation", number(sum(not dispatch.relations for dispatch in corpus))),
        ("dispatches with a literal square bracket", number(sum("[" in dispatch.text for dispatch in corpus))),
        ("dispatches with `published: unknown`", number(sum(dispatch.published is None for dispatch in corpus))),
        ("texts that occur twice", number(len(corpus) - len({dispatch.text for dispatch in corpus}))),
    ]


def lengths(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    in_order = sorted(len(dispatch.text.split()) for dispatch in corpus)
    return [
        ("length", "words"),
        ("shortest", number(in_order[0])),
        ("median", f"{statistics.median(in_order):g}"),
        ("95th percentile", number(in_order[math.ceil(0.95 * len(in_order)) - 1])),
        ("longest", number(in_order[-1])),
    ]


def folders(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    header = ("folder", "dispatches", "words", "spans", "relations", "without ATTACK", "held out")
    rows = [
        (name, *counts(group), number(without_attack(group)), "yes" if name in HELD_OUT_FOLDERS else "no")
        for name, group in sorted(grouped(corpus, folder).items())
    ]
    return [header, *rows]


def styles(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    header = ("style", "dispatches", "words", "spans", "relations", "without ATTACK")
    groups = grouped(corpus, style).items()
    return [header, *((name, *counts(group), number(without_attack(group))) for name, group in groups)]


def theatres(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    groups = grouped(corpus, theatre)
    rows = [(name, *counts(group)) for name, group in groups.items() if len(group) >= LEAST_THEATRE]
    small = [group for group in groups.values() if len(group) < LEAST_THEATRE]
    rest = (f"the other {len(small)}", *counts(dispatch for group in small for dispatch in group))
    return [("theatre", "dispatches", "words", "spans", "relations"), *rows, rest]


def decades(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    by_decade = Counter(f"{dispatch.published[:3]}0s" if dispatch.published else "unknown" for dispatch in corpus)
    return [("decade", "dispatches"), *((decade, number(count)) for decade, count in sorted(by_decade.items()))]


def span_labels(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    by_label = Counter(span.label for dispatch in corpus for span in dispatch.spans)
    return [("label", "spans"), *((label, number(by_label[label])) for label in schema.span_labels)]


def attribute_values(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    by_value = Counter(
        (span.label, name, value)
        for dispatch in corpus
        for span in dispatch.spans
        for name, value in span.attributes.items()
    )
    rows = [
        (label, name, value, number(by_value[label, name, value]))
        for label, name, values in schema.attributes
        for value in values
    ]
    return [("label", "attribute", "value", "spans"), *rows]


def relation_labels(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    by_label = Counter(relation.label for dispatch in corpus for relation in dispatch.relations)
    return [("label", "relations"), *((label, number(by_label[label])) for label in schema.relation_labels)]


def splits(corpus: list[Dispatch], schema: Schema) -> list[Row]:
    rows: list[Row] = [("split", "part", "dispatches", "words", "spans", "relations")]
    for name, split in SPLITS:
        parts = split(corpus)
        rows += [(name, part, *counts(getattr(parts, part))) for part in ("train", "validation", "test")]
    return rows


TABLES = {
    "Totals": totals,
    "Lengths": lengths,
    "By folder": folders,
    "By style": styles,
    "By theatre": theatres,
    "By decade of publication": decades,
    "By span label": span_labels,
    "By attribute value": attribute_values,
    "By relation label": relation_labels,
    "Splits": splits,
}


@pytest.mark.parametrize("heading", TABLES)
def test_a_table_says_what_the_corpus_holds(heading: str, card: str, corpus: list[Dispatch], schema: Schema) -> None:
    assert read_tables(card)[heading] == TABLES[heading](corpus, schema)


def test_no_table_of_the_card_goes_unchecked(card: str) -> None:
    assert list(read_tables(card)) == list(TABLES)


def test_an_id_is_the_folder_and_number_of_its_file(corpus: list[Dispatch]) -> None:
    files = annotated_files(LABELS / "corpus")
    assert [f"{folder(dispatch)}/{dispatch.id}.md" for dispatch in corpus] == [
        file.relative_to(LABELS / "corpus").as_posix() for file in files
    ]


def test_the_card_names_the_versions_of_guidelines_and_schema(card: str, schema: Schema) -> None:
    title = (LABELS / "guidelines.md").read_text(encoding="utf-8").splitlines()[0]
    assert f"guidelines.md) version {title.rpartition(' ')[2]}" in card
    assert f"`{schema.name}` version {schema.version}" in card


def test_the_card_is_not_read_leniently() -> None:
    assert read_tables("# A\n\n| x | y |\n|---|---:|\n| a | 1 |\n") == {"A": [("x", "y"), ("a", "1")]}
    with pytest.raises(AssertionError, match="two tables under A"):
        read_tables("# A\n\n| x |\n|---|\n| 1 |\n\n| x |\n|---|\n| 2 |\n")
