"""The heads as they are learnt: spans over token vectors → attribute logits, pairs of spans → relation logits.

The same formulas stand in numpy in `dateline_infer.heads`; packaging proves that both agree.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from dateline_infer.pairs import FEATURE_SIZES
from torch import Tensor, nn


@dataclass(frozen=True)
class SpanTensors:
    """Spans of one or more dispatches; see `dateline_infer.heads.SpanBatch`."""

    vectors: Tensor  # (tokens, hidden)
    labels: Tensor  # (spans,)
    starts: Tensor  # (spans,)
    ends: Tensor  # (spans,)

    @cached_property
    def span_vectors(self) -> Tensor:
        """(spans, 3 × hidden): the first token's vector, the last one's and the mean of all; both heads read them."""
        mean = range_mean(running_sum(self.vectors), self.starts, self.ends).to(self.vectors.dtype)
        return torch.cat([self.vectors[self.starts], self.vectors[self.ends - 1], mean], dim=1)


class AttributeHead(nn.Module):
    """Span → logits of the values of every attribute, (spans, values)."""

    def __init__(self, hidden: int, width: int, labels: int, values: int, dropout: float) -> None:
        super().__init__()
        self.hidden = nn.Linear(3 * hidden, width)
        self.label = nn.Embedding(labels, width)
        self.output = nn.Linear(width, values)
        self.dropout = nn.Dropout(dropout)

    def forward(self, spans: SpanTensors) -> Tensor:
        """(spans, values of all attributes)."""
        hidden = self.hidden(self.dropout(spans.span_vectors)) + self.label(spans.labels)
        logits: Tensor = self.output(self.dropout(torch.relu(hidden)))
        return logits


class RelationHead(nn.Module):
    """Pair of spans → logits of the relations, (pairs, relations)."""

    def __init__(self, hidden: int, width: int, labels: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.head, self.tail = nn.Linear(3 * hidden, width), nn.Linear(3 * hidden, width)
        self.head_key, self.tail_key = nn.Linear(3 * hidden, width), nn.Linear(3 * hidden, width)
        self.between = nn.Linear(hidden, width, bias=False)
        self.labels = nn.Embedding(labels * labels, width)
        self.features = nn.ModuleList(nn.Embedding(size, width) for size in FEATURE_SIZES)
        self.second = nn.Linear(width, width)
        self.output = nn.Linear(width, relations)
        self.dropout = nn.Dropout(dropout)
        self._label_count = labels

    def forward(self, spans: SpanTensors, pairs: Tensor, features: Tensor) -> Tensor:
        """(pairs, relations). `pairs` (pairs, 2) are rows of `spans`; `features` as in `dateline_infer.pairs`."""
        heads, tails = pairs[:, 0], pairs[:, 1]
        rows = self.dropout(spans.span_vectors)
        hidden = self.head(rows)[heads] + self.tail(rows)[tails]
        hidden = hidden + self.head_key(rows)[heads] * self.tail_key(rows)[tails]
        gap_start = torch.minimum(spans.ends[heads], spans.ends[tails])
        gap_end = torch.maximum(gap_start, torch.maximum(spans.starts[heads], spans.starts[tails]))
        hidden = hidden + range_mean(running_sum(self.between(spans.vectors)), gap_start, gap_end).to(hidden.dtype)
        hidden = hidden + self.labels(spans.labels[heads] * self._label_count + spans.labels[tails])
        for column, embedding in enumerate(self.features):
            hidden = hidden + embedding(features[:, column])
        hidden = torch.relu(self.second(self.dropout(torch.relu(hidden))))
        logits: Tensor = self.output(self.dropout(hidden))
        return logits


def running_sum(rows: Tensor) -> Tensor:
    """(rows + 1, width): sums of all rows before each; in float64, since small spans are differences of large sums."""
    return nn.functional.pad(rows.double().cumsum(dim=0), (0, 0, 1, 0))


def range_mean(sums: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """(ranges, width): the mean row of each half-open range, zeros for an empty one.

    `sums` is (tokens + 1, width), what stands before each token; `starts` and `ends` are (ranges,).
    """
    return (sums[ends] - sums[starts]) / (ends - starts).clamp(min=1)[:, None]
