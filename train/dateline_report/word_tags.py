"""Spans → BIO tags over words, for seqeval: words are runs of letters and digits, every other sign is a word.

The words do not depend on the encoder's tokenizer, so that the figures of any two models compare.
"""

import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from dateline_labels import Dispatch

_WORD = re.compile(r"[^\W_]+|[^\s]")


def word_tags(dispatch: Dispatch) -> list[str]:
    """The tag of each word; a word that a span touches belongs to it."""
    words = [match.span() for match in _WORD.finditer(dispatch.text)]
    tags = ["O"] * len(words)
    spans = sorted(dispatch.spans, key=lambda span: span.start)
    word = 0
    for span in spans:
        prefix = "B"
        while word < len(words) and words[word][1] <= span.start:
            word += 1
        while word < len(words) and words[word][0] < span.end:
            tags[word] = f"{prefix}-{span.label}"
            prefix = "I"
            word += 1
    return tags


def seqeval_scores(gold: Sequence[Dispatch], predicted: Sequence[Dispatch]) -> dict[str, Any] | None:
    """Figures by seqeval itself, in per cent, in its default and strict (IOB2) mode; None where it is not installed."""
    if find_spec("seqeval") is None:
        return None
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    true = [word_tags(dispatch) for dispatch in gold]
    found = [word_tags(dispatch) for dispatch in predicted]
    modes: dict[str, dict[str, Any]] = {"default": {}, "strict": {"mode": "strict", "scheme": IOB2}}
    report: Callable[..., Any] = classification_report
    return {
        name: _plain(report(true, found, output_dict=True, zero_division=0, **mode)) for name, mode in modes.items()
    }


def _plain(report: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    names = {"precision": "precision", "recall": "recall", "f1-score": "f1"}
    return {
        label.removesuffix(" avg"): {
            **{ours: round(100 * float(figures[theirs]), 2) for theirs, ours in names.items()},
            "gold": int(figures["support"]),
        }
        for label, figures in report.items()
        if label != "weighted avg"
    }
