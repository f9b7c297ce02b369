import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from dateline_infer import Extractor
from dateline_infer import extractor as extractor_module
from dateline_labels import Dispatch, Place, Schema, jsonl, read_dispatches

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def extractor(tiny_bundle: Path) -> Extractor:
    return Extractor.load(tiny_bundle)


@pytest.fixture(scope="module")
def dispatches(corpus_sample: Path) -> list[Dispatch]:
    return read_dispatches([corpus_sample], Schema.read(ROOT / "labels" / "schema.toml"))


def without_scores(dispatch: Dispatch) -> tuple[object, ...]:
    spans = [(span.label, span.start, span.end, dict(span.attributes)) for span in dispatch.spans]
    return spans, [(relation.label, relation.head, relation.tail) for relation in dispatch.relations]


def test_what_is_found_fits_the_schema_and_the_text(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    schema = extractor.config.schema
    found = extractor.batch(dispatches)
    assert sum(len(dispatch.relations) for dispatch in found) > 20
    for gold, read in zip(dispatches, found, strict=True):
        assert (read.id, read.text, read.published) == (gold.id, gold.text, gold.published)
        assert list(schema.problems(read)) == []
        assert all(read.words(span) == read.words(span).strip() for span in read.spans)
        assert all(0.0 <= each.score <= 1.0 for each in (*read.spans, *read.relations) if each.score is not None)
        assert None not in {each.score for each in (*read.spans, *read.relations)}


def test_a_dispatch_is_read_alike_alone_and_among_others(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    together = extractor.batch(dispatches[:12])
    alone = [extractor.batch([dispatch])[0] for dispatch in dispatches[:12]]
    assert [without_scores(one) for one in together] == [without_scores(one) for one in alone]
    turned = extractor.batch(dispatches[11::-1])
    assert [without_scores(one) for one in turned] == [without_scores(one) for one in together[::-1]]


def test_the_same_call_gives_the_same_result(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    assert extractor.batch(dispatches[:5]) == extractor.batch(dispatches[:5])


def test_read_closely_it_is_the_same_with_a_row_for_each_token(
    extractor: Extractor, dispatches: list[Dispatch]
) -> None:
    some = [*dispatches[:5], Dispatch("empty", " ")]
    close = list(extractor.closely(some))
    assert [each.dispatch for each in close] == extractor.batch(some)
    for each in close:
        assert len(each.vectors) == len(each.tag_logits) == len(each.tokens)
    assert len(close[-1].tokens) == 0
    assert all(len(each.tokens) for each in close[:-1])
    alone = next(extractor.closely(some[3:4]))
    assert alone.vectors == pytest.approx(close[3].vectors, abs=1e-3)


def test_calling_with_a_text_reads_that_text(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    read = extractor(dispatches[0].text, id="mine", published="2019-03-14")
    assert (read.id, read.published) == ("mine", "2019-03-14")
    assert without_scores(read) == without_scores(extractor.batch([dispatches[0]])[0])


def test_a_text_of_twenty_thousand_words_is_read_to_its_end(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    texts = [dispatch.text for dispatch in dispatches]
    repeated = "\n\n".join(texts * (20_000 // len(" ".join(texts).split()) + 1))
    assert len(repeated.split()) >= 20_000
    high = dict.fromkeys(extractor.config.schema.relations, 0.99)  # relations are not what is looked at here
    config = extractor_module.ReadingConfig(
        extractor.config.schema, extractor.config.window, 16, thresholds=high, transitions=extractor.config.transitions
    )
    found = Extractor(extractor.network, extractor.tokenizer, config, extractor.padding)(repeated)
    tenths = [0] * 10
    for span in found.spans:
        tenths[span.start * 10 // len(repeated)] += 1
    assert min(tenths) > 0.8 * max(tenths)


def test_relations_reach_over_windows(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    """Every allowed pair is scored, however far apart: with all believed, none is missing."""
    text = dispatches[0].text + " Nothing else was said about it." * 60 + dispatches[1].text
    everything = extractor_module.ReadingConfig(
        extractor.config.schema, 64, 16, thresholds=dict.fromkeys(extractor.config.schema.relations, 1e-9)
    )
    read = Extractor(extractor.network, extractor.tokenizer, everything, extractor.padding)(text)
    counts = {label: sum(span.label == label for span in read.spans) for label in extractor.config.schema.spans}
    by_label = {label: sum(relation.label == label for relation in read.relations) for label in ("place", "same_event")}
    assert by_label["place"] == counts["ATTACK"] * counts["LOCATION"] > 0
    assert by_label["same_event"] == counts["ATTACK"] * (counts["ATTACK"] - 1)
    ends = [read.span_by_id[relation.tail].start - read.span_by_id[relation.head].start for relation in read.relations]
    assert max(map(abs, ends)) > 1_500


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u200b", "\x00"])
def test_a_text_without_words_has_no_spans(extractor: Extractor, text: str) -> None:
    read = extractor(text)
    assert (read.text, read.spans, read.relations) == (text, (), ())


def test_a_run_of_one_character_is_read(extractor: Extractor) -> None:
    assert extractor("^" * 100_000).text == "^" * 100_000


def test_lone_surrogates_are_replaced_one_for_one_and_counted(extractor: Extractor, dispatches: list[Dispatch]) -> None:
    text = dispatches[0].text
    read = extractor("\ud800" + text + "\udfff")
    assert read.text == "\ufffd" + text + "\ufffd"
    assert read.meta["replaced_surrogates"] == 2
    assert "\ufffd" in json.loads(jsonl.write_line(read))["text"]
    assert jsonl.read_line(jsonl.write_line(read), Place("x", 1), extractor.config.schema) == read


def test_a_dispatch_that_cannot_be_read_is_recorded_and_leaves_its_neighbours_alone(
    extractor: Extractor, dispatches: list[Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = extractor.batch([dispatches[0], dispatches[2]])
    tokenize_all = extractor_module.tokenize_all

    def panicking(tokenizer: object, texts: Sequence[str]) -> object:
        if dispatches[1].text in texts:
            raise BaseException("a panic\nin Rust")  # what the tokenizer raises there is no Exception
        return tokenize_all(tokenizer, texts)  # type: ignore[arg-type]

    monkeypatch.setattr(extractor_module, "tokenize_all", panicking)
    first, failed, last = extractor.batch(dispatches[:3])
    assert [without_scores(first), without_scores(last)] == [without_scores(one) for one in expected]
    assert failed.meta["error"] == "BaseException: a panic\\nin Rust"
    assert failed.spans == ()


def test_an_interrupt_is_not_recorded_but_obeyed(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(tokenizer: object, texts: Sequence[str]) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(extractor_module, "tokenize_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        extractor("Gao")
