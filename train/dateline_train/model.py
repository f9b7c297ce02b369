"""The model: one encoder pass, then tags, attributes and relations.

tokens → encoder → token vectors → (1) tag logits; spans over them → (2) attribute logits, (3) relation logits of span
pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from dateline_infer.config import ReadingConfig
from dateline_infer.forms import FORM_COUNT, without_case
from dateline_infer.tags import tag_count
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel

from .chain import chain_loss
from .gate import GateHead
from .heads import AttributeHead, RelationHead, SpanTensors
from .losses import Logits, attribute_loss, imitation_losses, relation_loss


class DispatchConfig(PreTrainedConfig):
    """Configuration of `DispatchModel`, saved as `config.json`.

    encoder    configuration of the encoder, as its own `to_dict()` gives it
    reading    `ReadingConfig.to_dict()`: schema, windows, thresholds
    width      hidden units of each head
    gate       span labels that the gate looks for, which a trained model is given; without any there is none
    """

    model_type = "dateline-dispatch"

    def __init__(  # sizes: transformers keeps a configuration as the fields of one object
        self,
        encoder: dict[str, Any] | None = None,
        reading: dict[str, Any] | None = None,
        width: int = 256,
        dropout: float = 0.1,
        case_dropout: float = 0.1,
        loss_weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
        gate: tuple[str, ...] = (),
        teacher_weight: float = 0.0,
        **kwargs: Any,  # transformers passes its own fields through here
    ) -> None:
        self.encoder = encoder or {}
        self.reading = reading or {}
        self.width = width
        self.dropout = dropout
        self.case_dropout = case_dropout
        self.loss_weights = tuple(loss_weights)
        self.gate = tuple(gate)
        self.teacher_weight = teacher_weight
        super().__init__(**kwargs)


class Loss(NamedTuple):
    """The loss and its parts (tags, attributes, relations, teacher), unweighted."""

    total: Tensor  # scalar
    parts: Tensor  # (4,)


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

    def forward(  # sizes: Trainer gives the columns of a batch by name
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
        teacher: Logits | None = None,  # what is to be learnt besides the targets
    ) -> Loss:
        """The loss over the dispatches of a batch, whose tokens, spans and pairs stand one after another."""
        found = self.logits(input_ids, attention_mask, self._seen_forms(forms), token_rows, spans, pairs)
        with torch.autocast(found.vectors.device.type, enabled=False):
            parts = torch.stack(
                [
                    chain_loss(found.tags, tag_targets, continues.bool(), lengths, self.transitions).float(),
                    attribute_loss(found.attributes, attribute_targets, self.reading.schema.attributes),
                    relation_loss(found.relations, relation_targets),
                ]
            )
        weights = parts.new_tensor(self.config.loss_weights)
        total, taught = (parts * weights).sum(), parts.new_zeros(())
        if teacher is not None:
            imitation = imitation_losses(found, teacher, attribute_targets, relation_targets, self.reading.schema)
            taught = (imitation * weights).sum()
            total = (1 - self.config.teacher_weight) * total + self.config.teacher_weight * taught
        return Loss(total, torch.cat([parts, taught[None]]).detach())

    def logits(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        forms: Tensor,
        token_rows: Tensor,
        spans: Tensor,
        pairs: Tensor,
    ) -> Logits:
        """All logits of a batch, in the shapes of `Logits`; the arguments as in `forward`."""
        vectors, tag_logits = self.encode(input_ids, attention_mask, forms)
        vectors = vectors.flatten(0, 1)[token_rows].float()
        tag_logits = tag_logits.flatten(0, 1)[token_rows].float()
        table = SpanTensors(vectors, spans[:, 0], spans[:, 1], spans[:, 2])
        # the heads are small, and in float32 their ever new shapes cost no compilation
        with torch.autocast(vectors.device.type, enabled=False):
            attributes, relations = self.attributes(table), self.relations(table, pairs[:, :2], pairs[:, 2:])
        return Logits(vectors, tag_logits, attributes, relations)

    def set_gate(self, labels: Sequence[str], gate: GateHead) -> None:
        """Have this gate, which looks for the labels, from now on, and save it with the checkpoint."""
        self.gate = gate
        self.config.gate = tuple(labels)

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


AutoConfig.register(DispatchConfig.model_type, DispatchConfig)
AutoModel.register(DispatchConfig, DispatchModel)
