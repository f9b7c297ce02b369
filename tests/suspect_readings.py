"""Little annotated dispatches, and what a reader who is mostly right makes of any annotation of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dateline_infer.weighing import Weighed, WeighedSpan
from dateline_labels import Dispatch, Relation, Schema, Span

SCHEMA = Schema.read(Path(__file__).parents[1] / "labels" / "schema.toml")
PLACES = ("Gao", "Kidal", "Mopti", "Timbuktu", "Segou", "Sikasso", "Kayes", "Koulikoro", "Menaka", "Taoudenni")
GROUPS = ("Rebels", "Gunmen", "Militants", "Soldiers", "Police")


def written(number: int) -> Dispatch:
    """A text with an attack, who did it, where and when."""
    place, group = PLACES[number % len(PLACES)], GROUPS[number % len(GROUPS)]
    parts = [(group, "ACTOR"), (" ", ""), ("ambushed", "ATTACK"), (" a convoy near ", ""), (place, "LOCATION")]
    parts += [(" on ", ""), (f"{number + 1} May", "TIME"), (", ", ""), (f"witness {number}", "ACTOR"), (" in ", "")]
    parts += [("Bamako", "LOCATION"), (" says.", "")]
    text, spans = "", list[Span]()
    for words, label in parts:
        if label:
            attributes = {name: values[0] for name, values in SCHEMA.spans[label].attributes.items()}
            spans.append(Span(f"e{len(spans) + 1}", label, len(text), len(text) + len(words), attributes))
        text += words
    relations = (Relation("perpetrator", "e2", "e1"), Relation("place", "e2", "e3"), Relation("time", "e2", "e4"))
    return Dispatch(f"d-{number}", text, "2019-05-30", {}, tuple(spans), relations)


TRUE = tuple(written(number) for number in range(30))


def read(true: Sequence[Dispatch], annotated: Sequence[Dispatch], sure: float = 0.95) -> dict[str, Weighed]:
    """What the reader, who is so sure of what is true, makes of the annotation."""
    return {given.id: _read(right, given, sure) for right, given in zip(true, annotated, strict=True)}


def _read(true: Dispatch, given: Dispatch, sure: float) -> Weighed:
    found = tuple(Span(f"m{at}", span.label, span.start, span.end, score=sure) for at, span in enumerate(true.spans))
    spans = tuple(_weighed(true, span, sure) for span in given.spans)
    relations = []
    right = {(each.label, each.head, each.tail) for each in true.relations}
    of_true = {span.id: next((each.id for each in true.spans if _overlap(each, span)), "") for span in given.spans}
    for label in SCHEMA.relations:
        for head in given.spans:
            for tail in given.spans:
                if head != tail and SCHEMA.relation_problem(label, head.label, tail.label) is None:
                    known = (label, of_true[head.id], of_true[tail.id]) in right
                    relations.append(Relation(label, head.id, tail.id, sure if known else 1 - sure))
    return Weighed(given.id, spans, found, tuple(relations))


def _weighed(true: Dispatch, span: Span, sure: float) -> WeighedSpan:
    there = next((each for each in true.spans if _place(each) == _place(span)), None)
    rest = (1 - sure) / len(SCHEMA.spans)
    labels = dict.fromkeys(SCHEMA.spans, rest) | ({there.label: sure} if there else {})
    touched = any(_overlap(each, span) for each in true.spans)
    return WeighedSpan(span.id, labels, rest if touched else sure, _values(span, there, sure))


def _values(span: Span, there: Span | None, sure: float) -> Mapping[str, Mapping[str, float]]:
    known = there.attributes if there and there.label == span.label else {}
    found = {}
    for name, values in SCHEMA.spans[span.label].attributes.items():
        rest = (1 - sure) / (len(values) - 1)
        found[name] = {value: sure if value == known.get(name, values[0]) else rest for value in values}
    return found


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
