"""seqeval's figures, which are its own, over words that do not depend on a tokenizer."""

import re
from dataclasses import replace

import pytest
from dateline_labels import Dispatch, Span
from dateline_labels.scoring import score, total
from dateline_report.figures import Readings, figures_of
from dateline_report.word_tags import seqeval_scores, word_tags
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import by_label
from disturbed_readings import SCHEMA, corpus, disturbed


def tags_by_hand(dispatch: Dispatch) -> list[str]:
    """The tags again, word by word: begun by the first word that a span touches."""
    tags, begun = [], set()
    for word in re.finditer(r"[^\W_]+|\S", dispatch.text):
        touching = [span for span in dispatch.spans if span.start < word.end() and word.start() < span.end]
        span = max(touching, key=lambda each: each.start, default=None)
        tags.append("O" if span is None else f"{'I' if span.id in begun else 'B'}-{span.label}")
        begun |= {span.id} if span else set()
    return tags


def test_figures_are_those_of_seqeval_run_by_itself() -> None:
    from seqeval.metrics import f1_score, precision_score, recall_score
    from seqeval.scheme import IOB2

    gold = corpus()
    read = disturbed(gold)
    figures, _ = figures_of(Readings(gold, read, SCHEMA))
    tags = [tags_by_hand(each) for each in gold], [tags_by_hand(each) for each in read]
    for name, mode in (("default", {}), ("strict", {"mode": "strict", "scheme": IOB2})):
        micro = figures["spans"]["seqeval"][name]["micro"]
        assert micro["f1"] == round(100 * f1_score(*tags, **mode), 2)
        assert micro["precision"] == round(100 * precision_score(*tags, **mode), 2)
        assert micro["recall"] == round(100 * recall_score(*tags, **mode), 2)
    assert 50 < micro["f1"] < 95


def test_exact_figures_are_those_of_seqeval_where_every_span_is_of_whole_words() -> None:
    """Then both count the same, label by label."""
    gold = corpus()
    read = [whole_words(each) for each in disturbed(gold)]
    gold = [whole_words(each) for each in gold]
    ours = by_label(
        [score([g], [r], SCHEMA).spans for g, r in zip(gold, read, strict=True)], (), Sampling.none(len(gold))
    )
    theirs = seqeval_scores(gold, read)
    assert theirs is not None
    for label in (*SCHEMA.spans, "micro"):
        for share in ("precision", "recall", "f1", "gold"):
            assert theirs["strict"][label][share] == pytest.approx(ours[label][share], abs=0.01), (label, share)


def whole_words(dispatch: Dispatch) -> Dispatch:
    """With every span widened to the words that it touches; one that would share a word with another is left out."""
    words = [match.span() for match in re.finditer(r"[^\W_]+|\S", dispatch.text)]
    kept: list[Span] = []
    for span in sorted(dispatch.spans, key=lambda each: each.start):
        touched = [word for word in words if word[0] < span.end and span.start < word[1]]
        if not kept or kept[-1].end <= touched[0][0]:
            kept.append(replace(span, start=touched[0][0], end=touched[-1][1]))
    return replace(dispatch, spans=tuple(kept), relations=())


def test_seqeval_agrees_with_the_exact_score_on_gold_that_lost_spans() -> None:
    """Dropping spans, where none touch each other word by word, costs both measures the same."""
    gold = [dispatch for dispatch in corpus() if word_tags(dispatch).count("O") < len(word_tags(dispatch))]
    found = [replace(dispatch, spans=dispatch.spans[::2], relations=()) for dispatch in gold]
    ours = total(score(gold, found, SCHEMA).spans.values())
    theirs = seqeval_scores(gold, found)
    assert theirs is not None
    for mode in ("default", "strict"):
        assert theirs[mode]["micro"]["f1"] == pytest.approx(100 * ours.f1, abs=0.01)


def test_a_word_that_a_span_touches_is_tagged_once() -> None:
    dispatch = Dispatch("d", "mid-June raid on Al-Qaim", spans=(Span("t", "TIME", 0, 8), Span("l", "PLACE", 17, 24)))
    assert word_tags(dispatch) == ["B-TIME", "I-TIME", "I-TIME", "O", "O", "B-PLACE", "I-PLACE", "I-PLACE"]
