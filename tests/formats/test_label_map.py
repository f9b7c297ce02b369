"""Others' labels under a schema: renamed, turned, filled, dropped, and overlaps settled, all of it listed."""

from pathlib import Path

import pytest
from dateline_formats.format import Annotated
from dateline_formats.label_map import LabelMap
from dateline_labels import Dispatch, InputError, Place, Relation, Span

TEXT = "Gunmen bombed a market in Gao on Monday."
SPANS = (
    Span("T1", "Bombing", 7, 13, {"Certainty": "Planned"}, 0.5, {"Certainty": 0.25}),
    Span("T2", "PER", 0, 6),
    Span("T3", "GPE", 26, 29),
    Span("T4", "DATE", 33, 39),
)
RELATIONS = (Relation("Agent_of", "T2", "T1"), Relation("At", "T1", "T3"), Relation("When", "T1", "T4", 0.5))
ANNOTATED = Annotated(
    (Dispatch("d", TEXT, spans=SPANS, relations=RELATIONS),),
    places={("d",): Place("d.ann"), ("d", "T4"): Place("d.ann", 4), ("d", "T2", "Agent_of", "T1"): Place("d.ann", 5)},
)


def mapping(folder: Path, toml: str) -> LabelMap:
    path = folder / "map.toml"
    path.write_text(toml, encoding="utf-8")
    return LabelMap.read(path)


FULL = """
[map]
others = "drop"
[map.spans]
Bombing = { label = "ATTACK", attributes = { kind = "bombing", status = "occurred" } }
PER = "ACTOR"
GPE = "LOCATION"
[map.relations]
Agent_of = { label = "perpetrator", reverse = true }
At = "place"
When = "time"
[map.attributes]
Certainty = { name = "status", values = { Planned = "foiled" } }
"""


def test_a_map_renames_turns_fills_and_drops(tmp_path: Path) -> None:
    mapped = mapping(tmp_path, FULL).applied(ANNOTATED)
    (dispatch,) = mapped.dispatches
    assert dispatch.spans == (
        Span("T1", "ATTACK", 7, 13, {"kind": "bombing", "status": "foiled"}, 0.5, {"status": 0.25}),
        Span("T2", "ACTOR", 0, 6),
        Span("T3", "LOCATION", 26, 29),
    )
    assert dispatch.relations == (Relation("perpetrator", "T1", "T2"), Relation("place", "T1", "T3"))
    assert [str(finding) for finding in mapped.findings] == [
        "d.ann:4:spans.DATE: lost: 1 dropped by the map, this the first",
        "d.ann:0:relations.When of dropped spans: lost: 1 dropped by the map, this the first",
    ]
    assert mapped.place_of(dispatch, dispatch.relations[0]) == Place("d.ann", 5)


def test_rules_that_nothing_is_there_for_are_told(tmp_path: Path) -> None:
    whole = mapping(tmp_path, FULL)
    assert whole.unused(whole.rules_for(ANNOTATED.dispatches), tmp_path) == ()
    slips = mapping(tmp_path, FULL.replace("GPE =", "GEP =").replace("When =", "when =").replace("Planned", "planned"))
    (told,) = slips.unused(slips.rules_for(ANNOTATED.dispatches), Path("my.toml"))
    assert str(told) == (
        "my.toml:0:map: warning: the annotation has nothing for 3 rules of the map: "
        "spans.GEP, relations.when, attributes.Certainty.values.planned"
    )


def test_an_empty_map_changes_nothing(tmp_path: Path) -> None:
    assert mapping(tmp_path, "[map]\n").applied(ANNOTATED).dispatches == ANNOTATED.dispatches


def test_attributes_are_dropped_by_an_empty_name(tmp_path: Path) -> None:
    mapped = mapping(tmp_path, '[map.attributes]\nCertainty = ""\n').applied(ANNOTATED)
    assert mapped.dispatches[0].spans[0].attributes == {}
    assert [(finding.field, finding.kind) for finding in mapped.findings] == [("attributes.Certainty", "lost")]


def test_two_attributes_never_become_one(tmp_path: Path) -> None:
    span = Span("T1", "A", 0, 1, {"x": "1", "y": "2"})
    with pytest.raises(InputError, match=r"d:0:attributes\.y: two attributes of the span T1 become x"):
        mapping(tmp_path, '[map.attributes]\ny = "x"\n').applied(Annotated((Dispatch("d", "ab", spans=(span,)),)))


def test_of_overlapping_spans_the_longest_is_kept_and_the_others_listed(tmp_path: Path) -> None:
    spans = (Span("a", "X", 0, 3), Span("b", "Y", 2, 9), Span("c", "Y", 2, 9), Span("d", "Z", 10, 12))
    relations = (Relation("r", "c", "d"), Relation("r", "b", "d"), Relation("s", "a", "d"), Relation("t", "b", "c"))
    annotated = Annotated((Dispatch("d", "abcdefghijklmno", spans=spans, relations=relations),))
    mapped = mapping(tmp_path, '[map]\noverlaps = "longest"\n').applied(annotated)
    assert mapped.dispatches[0].spans == (spans[1], spans[3])
    assert mapped.dispatches[0].relations == (Relation("r", "b", "d"),)
    assert [finding.what for finding in mapped.findings] == [
        "Y c repeats Y b, which is kept",
        "X a overlaps Y b, which is kept",
        "b r d repeats b r d, which is kept",
        "a s d goes with a span that overlaps another",
        "b t c goes with a span that overlaps another",
    ]


def test_relations_that_become_one_are_listed(tmp_path: Path) -> None:
    spans = (Span("a", "X", 0, 2), Span("b", "X", 0, 2), Span("c", "Y", 3, 5))
    relations = (Relation("r", "a", "c"), Relation("s", "a", "c"), Relation("r", "b", "c"))
    annotated = Annotated((Dispatch("d", "ab cd", spans=spans, relations=relations),))
    toml = '[map]\noverlaps = "longest"\n[map.relations]\ns = "r"\n'
    mapped = mapping(tmp_path, toml).applied(annotated)
    assert mapped.dispatches[0].relations == (Relation("r", "a", "c"),)
    assert [finding.what for finding in mapped.findings] == [
        "a s c becomes a r c, which is there",
        "X b repeats X a, which is kept",
        "b r c repeats a r c, which is kept",
    ]


@pytest.mark.parametrize(
    ("toml", "line", "field"),
    [
        ("[maps]\n", 0, "map"),
        ("[map]\nothers = 'forget'\n", 2, "map.others"),
        ("[map]\noverlaps = 1\n", 2, "map.overlaps"),
        ("[map.spans]\nA = 1\n", 2, "map.spans.A"),
        ("[map.spans]\nA = { labels = 'B' }\n", 2, "map.spans.A.label"),
        ("[map.spans]\nA = { label = 'B', attribute = {} }\n", 2, "map.spans.A.attribute"),
        ("[map.relations]\nA = { label = 'B', reverse = 'perhaps' }\n", 2, "map.relations.A.reverse"),
        ("[map.attributes]\nA = { name = 'B', values = ['x'] }\n", 2, "map.attributes.A.values"),
        ("spans = {}\n", 0, "map"),
        ("", 0, "map"),
    ],
)
def test_a_faulty_map_is_one_line_with_its_place(toml: str, line: int, field: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        mapping(tmp_path, toml)
    assert (caught.value.place.line, caught.value.field) == (line, field)
    assert "\n" not in str(caught.value)
