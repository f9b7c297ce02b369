"""Dispatches → rows of a dataset → batches of tensors.

A row holds one dispatch, cut into windows by the very code that inference uses. A batch lays the dispatches' tokens,
spans and pairs one after another, so that nothing but windows is padded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from dateline_infer import pairs, tags, windows
from dateline_infer.config import ReadingConfig
from dateline_infer.tags import TokenSpan
from dateline_infer.tokens import IntArray, Tokens, tokenize
from dateline_infer.windows import SpecialTokens, Window
from dateline_labels import Dispatch, InputError, Place, Schema, Span
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .batches import DispatchSize
from .losses import IGNORED

_LENGTH_MULTIPLE = 16
"""Few different lengths: on a CPU every new shape costs a compilation of its kernels."""

Row = dict[str, Any]


@dataclass
class Encoder:
    """Turns dispatches into rows; keeps the list of spans whose borders no token has.

    A row: `windows` (token ids of each) and their `forms`, `rows` (window and position of each token), `tags`,
    `continues` (whether a token goes on with a word), `spans` (label, start, end, sentence, word number, last word of
    each), `attributes`, `relations` (label, head, tail), `length`.
    """

    tokenizer: Tokenizer
    reading: ReadingConfig
    special: SpecialTokens
    widened: list[str] = field(default_factory=list)

    def row(self, dispatch: Dispatch) -> Row | None:
        """The row of one dispatch; None where its text holds no token. Raises InputError where a span has none."""
        tokens = tokenize(self.tokenizer, dispatch.text)
        if not len(tokens):
            return None
        ordered = sorted(dispatch.spans, key=lambda span: span.start)
        numbers = {span.id: number for number, span in enumerate(ordered)}
        spans = self._token_spans(dispatch, tokens)
        table = pairs.SpanTable.of(spans, tokens) if spans else None
        schema, window, overlap = self.reading.schema, self.reading.window, self.reading.overlap
        columns = (
            [table.labels, table.starts, table.ends, table.sentences, table.words, table.last_words] if table else []
        )
        relations = [
            [schema.relation_labels.index(relation.label), numbers[relation.head], numbers[relation.tail]]
            for relation in dispatch.relations
        ]
        cuts = windows.cut(tokens, window, overlap, self.special)
        return {
            "windows": [cut.ids.tolist() for cut in cuts],
            "forms": [cut.forms.tolist() for cut in cuts],
            "rows": np.stack(windows.positions(len(tokens), window, overlap, self.special)).tolist(),
            "tags": tags.encode(spans, len(tokens)).tolist(),
            "continues": tokens.continues.tolist(),
            "spans": np.stack(columns, axis=1).tolist() if columns else [],
            "attributes": [_attribute_values(schema, span.label, span.attributes) for span in ordered],
            "relations": relations,
            "length": len(tokens),
        }

    def _token_spans(self, dispatch: Dispatch, tokens: Tokens) -> list[TokenSpan]:
        spans: list[TokenSpan] = []
        before: Span | None = None
        for span in sorted(dispatch.spans, key=lambda span: span.start):
            start, end = tokens.bounds(span.start, span.end)
            if start == end:
                raise InputError(Place(dispatch.id), span.id, f"no token lies in {dispatch.words(span)!r}")
            if before is not None and start < spans[-1].end:
                what = f"{dispatch.words(before)!r} and {dispatch.words(span)!r} ({before.id} and {span.id})"
                raise InputError(Place(dispatch.id), span.id, f"expected spans without a token in common, got {what}")
            if (tokens.offsets[start, 0], tokens.offsets[end - 1, 1]) != (span.start, span.end):
                self.widened.append(f"{dispatch.id}:{span.id}: {dispatch.words(span)!r} is cut by no token border")
            spans.append(TokenSpan(self.reading.schema.span_labels.index(span.label), start, end))
            before = span
        return spans


def _attribute_values(schema: Schema, label: str, attributes: Any) -> list[int]:
    """The number of each attribute's value, in the order of the schema; IGNORED for other labels' attributes."""
    return [
        choices.index(attributes[name]) if owner == label else IGNORED for owner, name, choices in schema.attributes
    ]


def size_in_batch(cuts: Sequence[Sequence[int]]) -> DispatchSize:
    """What the Collator makes of the windows of one row."""
    lengths = [len(window) for window in cuts]
    return DispatchSize(-(-max(lengths) // _LENGTH_MULTIPLE) * _LENGTH_MULTIPLE, len(lengths), sum(lengths))


@dataclass(frozen=True)
class Collator:
    """Rows → the arguments of `DispatchModel.forward`."""

    schema: Schema
    padding: int
    pairs_a_dispatch: int

    def __call__(self, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
        """The tensors of one batch."""
        cuts = [
            Window(np.asarray(ids, dtype=np.int64), np.asarray(forms, dtype=np.int64))
            for row in rows
            for ids, forms in zip(row["windows"], row["forms"], strict=True)
        ]
        input_ids, attention_mask, forms = windows.pad(cuts, self.padding, _LENGTH_MULTIPLE)
        built = list(self._dispatches(rows, input_ids.shape[1]))
        names = (
            "token_rows",
            "tag_targets",
            "continues",
            "lengths",
            "spans",
            "attribute_targets",
            "pairs",
            "relation_targets",
        )
        arrays = {name: np.concatenate([each[at] for each in built]) for at, name in enumerate(names)}
        arrays |= {"input_ids": input_ids, "attention_mask": attention_mask, "forms": forms}
        return {name: torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64)) for name, array in arrays.items()}

    def _dispatches(self, rows: Sequence[Row], length: int) -> Iterator[tuple[NDArray[Any], ...]]:
        """Each dispatch's arrays, counted on from the dispatches before it."""
        first_window = first_token = first_span = 0
        allowed = pairs.allowed_relations(self.schema)
        for row in rows:
            window, position = np.asarray(row["rows"], dtype=np.int64)
            columns = np.asarray(row["spans"], dtype=np.int64).reshape(-1, 6)
            attributes = np.asarray(row["attributes"], dtype=np.int64).reshape(
                len(columns), len(self.schema.attributes)
            )
            table = pairs.SpanTable(*columns.T)
            pair_rows, targets = self._pairs(table, row["relations"], allowed)
            spans = columns[:, :3] + [0, first_token, first_token]
            pair_rows[:, :2] += first_span
            token_rows = (first_window + window) * length + position
            tagged = (np.asarray(row["tags"], dtype=np.int64), np.asarray(row["continues"], dtype=np.int64))
            yield token_rows, *tagged, np.array([len(position)]), spans, attributes, pair_rows, targets
            first_window += len(row["windows"])
            first_token += len(position)
            first_span += len(columns)

    def _pairs(
        self, table: pairs.SpanTable, relations: Sequence[Sequence[int]], allowed: Any
    ) -> tuple[IntArray, IntArray]:
        """Pairs with their features (pairs, 2 + features), and targets (pairs, relations)."""
        candidates = pairs.candidates(table.labels, allowed)
        number = {(int(head), int(tail)): at for at, (head, tail) in enumerate(candidates)}
        possible = allowed[table.labels[candidates[:, 0]], table.labels[candidates[:, 1]]]
        targets = np.where(possible, 0, IGNORED)
        for relation, head, tail in relations:
            targets[number[head, tail], relation] = 1
        if len(candidates) > self.pairs_a_dispatch:
            gap_start, gap_end = pairs.between(table.starts, table.ends, candidates)
            rank = np.where((targets == 1).any(axis=1), -1, gap_end - gap_start)
            kept = np.sort(np.argsort(rank, kind="stable")[: self.pairs_a_dispatch])
            candidates, targets = candidates[kept], targets[kept]
        return np.concatenate([candidates, pairs.features(table, candidates)], axis=1), targets
