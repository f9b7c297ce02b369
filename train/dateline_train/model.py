"""The model: one encoder pass, then tags, attributes and relations.

tokens → encoder → token vectors → (1) tag logits; spans over them → (2) attribute logits, (3) relation logits of span
pairs. The heads' formulas stand again in numpy in `dateline_infer.heads`; packaging proves that both agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import torch
from dateline_infer.config import ReadingConfig
from dateline_infer.forms import FORM_COUNT, without_case
from dateline_infer.pairs import FEATURE_SIZES
from dateline_infer.tags import label_numbers, tag_count
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel

from .chain import chain_loss
from .gate import GateHead

_GATE_WEIGHT = 0.1
"""The gate has its weights for itself; this keeps it from taking up the length that gradients are cut to."""
IGNORED = -100
"""Target of what has none, as in torch's cross entropy."""


class DispatchConfig(PreTrainedConfig):
    """Configuration of `DispatchModel`, saved as `config.json`.

    encoder    configuration of the encoder, as its own `to_dict()` gives it
    reading    `ReadingConfig.to_dict()`: schema, windows, thresholds
    width      hidden units of each head
    gate       span labels that a gate looks for; without any there is none
    """

    model_type = "dateline-dispatch"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        reading: dict[str, Any] | None = None,
        width: int = 256,
        dropout: float = 0.1,
        case_dropout: float = 0.1,
        loss_weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
        gate: tuple[str, ...] = (),
        **kwargs: Any,  # transformers passes its own fields through here
    ) -> None:
        self.encoder = encoder or {}
        self.reading = reading or {}
        self.width = width
        self.dropout = dropout
        self.case_dropout = case_dropout
        self.loss_weights = tuple(loss_weights)
        self.gate = tuple(gate)
        super().__init__(**kwargs)


class Loss(NamedTuple):
    """The loss and its parts (tags, attributes, relations, gate), unweighted."""

    total: Tensor  # scalar
    parts: Tensor  # (4,)


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


class DispatchModel(PreTrainedModel):
    """Tags, attributes and relations over any Hugging Face encoder."""

    config_class = DispatchConfig
    base_model_prefix = "encoder"
    main_input_name = "input_ids"
    supports_gradient_checkpointing = True

    def __init__(self, config: DispatchConfig) -> None:
        super().__init__(config)
        self.reading = ReadingConfig.from_dict(config.reading)
        schema = self.reading.schema
        encoder_config = AutoConfig.for_model(**config.encoder)
        self.encoder = AutoModel.from_config(encoder_config)
        if getattr(self.encoder, "pooler", None) is not None:
            self.encoder.pooler = None  # nothing reads it, and distributed training minds weights without a gradient
        hidden, labels = encoder_config.hidden_size, len(schema.spans)
        values = sum(len(choices) for _, _, choices in schema.attributes)
        self.forms = nn.Embedding(FORM_COUNT, hidden)
        self.tags = nn.Linear(hidden, tag_count(labels))
        self.transitions = nn.Parameter(torch.zeros(tag_count(labels), tag_count(labels)))
        self.attributes = AttributeHead(hidden, config.width, labels, values, config.dropout)
        self.relations = RelationHead(hidden, config.width, labels, len(schema.relations), config.dropout)
        self.dropout = nn.Dropout(config.dropout)
        words = self.encoder.get_input_embeddings().weight.shape[1]
        self.gate = GateHead(words, labels) if config.gate else None
        self.post_init()

    @property
    def padding_id(self) -> int:
        """The token id that the encoder's batches are padded with."""
        return int(self.config.encoder.get("pad_token_id") or 0)

    def read_as_learnt(self) -> None:
        """Decode with the transitions between tags as they stand now."""
        rows = self.transitions.detach().float().cpu().tolist()
        self.set_reading(replace(self.reading, transitions=tuple(map(tuple, rows))))

    def set_reading(self, reading: ReadingConfig) -> None:
        """Read with other thresholds from now on, and save them with the checkpoint."""
        self.reading = reading
        self.config.reading = reading.to_dict()

    def _init_weights(self, module: nn.Module) -> None:
        """The heads' own start; the encoder comes with its weights."""
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)

    def encode(self, input_ids: Tensor, attention_mask: Tensor, forms: Tensor) -> tuple[Tensor, Tensor]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        words = self.encoder.get_input_embeddings()(input_ids) + self.forms(forms)
        vectors: Tensor = self.encoder(inputs_embeds=words, attention_mask=attention_mask).last_hidden_state
        return vectors, self.tags(self.dropout(vectors))

    def forward(
        self,
        input_ids: Tensor,  # (windows, length)
        attention_mask: Tensor,  # (windows, length)
        forms: Tensor,  # (windows, length) see `dateline_infer.forms`
        token_rows: Tensor,  # (tokens,) where each token stands in the windows laid end to end
        tag_targets: Tensor,  # (tokens,)
        continues: Tensor,  # (tokens,) 1 where the token goes on with the word before it
        lengths: Tensor,  # (dispatches,) tokens of each
        spans: Tensor,  # (spans, 3) label, start, end, in those tokens
        attribute_targets: Tensor,  # (spans, attributes) value of each, IGNORED where the span has none
        pairs: Tensor,  # (pairs, 2 + features) head and tail as rows of `spans`, then the features
        relation_targets: Tensor,  # (pairs, relations) 1, 0, or IGNORED where the schema allows none
    ) -> Loss:
        """The loss over the dispatches of a batch, whose tokens, spans and pairs stand one after another."""
        vectors, tag_logits = self.encode(input_ids, attention_mask, self._seen_forms(forms))
        vectors = vectors.flatten(0, 1)[token_rows].float()
        tag_logits = tag_logits.flatten(0, 1)[token_rows].float()
        table = SpanTensors(vectors, spans[:, 0], spans[:, 1], spans[:, 2])
        # the heads are small, and in float32 their ever new shapes cost no compilation
        with torch.autocast(vectors.device.type, enabled=False):
            parts = torch.stack(
                [
                    chain_loss(tag_logits, tag_targets, continues.bool(), lengths, self.transitions).float(),
                    self._attribute_loss(table, attribute_targets),
                    self._relation_loss(table, pairs, relation_targets),
                ]
            )
            gate = self._gate_loss(input_ids.flatten()[token_rows], lengths, tag_targets)
        weights = parts.new_tensor(self.config.loss_weights)
        return Loss((parts * weights).sum() + _GATE_WEIGHT * gate, torch.cat([parts, gate[None]]).detach())

    def _gate_loss(self, ids: Tensor, lengths: Tensor, tag_targets: Tensor) -> Tensor:
        """Nothing where there is no gate."""
        if self.gate is None:
            return ids.new_zeros((), dtype=torch.float32)
        words = self.encoder.get_input_embeddings()(ids).detach().float()
        labels = self.reading.schema.span_labels
        loss: Tensor = self.gate.loss(
            words, lengths, label_numbers(tag_targets), [1 + labels.index(label) for label in self.config.gate]
        )
        return loss

    def gate_weights(self) -> Mapping[str, Tensor]:
        """The weights of the gate as inference needs them; raises ValueError where there is no gate."""
        if self.gate is None:
            raise ValueError("the model has no gate")
        return self.gate.weights(self.encoder.get_input_embeddings().weight)

    def _seen_forms(self, forms: Tensor) -> Tensor:
        """The forms; in training, of some windows without the case, as texts in capitals are read."""
        if not self.training:
            return forms
        blind = torch.rand(len(forms), 1, device=forms.device) < self.config.case_dropout
        return torch.where(blind, without_case(forms), forms)

    def _attribute_loss(self, spans: SpanTensors, targets: Tensor) -> Tensor:
        """Cross entropy of each attribute, a mean over the spans that carry it, added up over the attributes."""
        logits = self.attributes(spans)
        loss: Tensor = logits.sum() * 0.0  # every weight takes part, as distributed training demands
        column = 0
        for number, (_, _, choices) in enumerate(self.reading.schema.attributes):
            known = targets[:, number] != IGNORED
            if known.any():
                chosen = logits[known, column : column + len(choices)]
                loss = loss + nn.functional.cross_entropy(chosen, targets[known, number])
            column += len(choices)
        return loss

    def _relation_loss(self, spans: SpanTensors, pairs: Tensor, targets: Tensor) -> Tensor:
        """Binary cross entropy summed over what the schema allows, for each relation there is."""
        logits = self.relations(spans, pairs[:, :2], pairs[:, 2:])
        known = targets != IGNORED
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets.float().clamp(min=0.0), reduction="none")
        weighed: Tensor = (loss * known).sum() / ((targets == 1).sum() + 1)
        return weighed


def running_sum(rows: Tensor) -> Tensor:
    """(rows + 1, width): sums of all rows before each; in float64, since small spans are differences of large sums."""
    return nn.functional.pad(rows.double().cumsum(dim=0), (0, 0, 1, 0))


def range_mean(sums: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """The mean row of each half-open range, zeros for an empty one."""
    return (sums[ends] - sums[starts]) / (ends - starts).clamp(min=1)[:, None]


AutoConfig.register(DispatchConfig.model_type, DispatchConfig)
AutoModel.register(DispatchConfig, DispatchModel)
