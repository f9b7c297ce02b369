"""The gate as it is learnt, after the model and without a hand in it: the encoder's word vectors are only read.

It learns from two things: which dispatches hold what is looked for, and the label of each token, of which there are
many more. `dateline_infer.gate` has the same formulas over a table with a row for each token of the vocabulary.
"""

from collections.abc import Mapping, Sequence

import torch
from dateline_infer.gate import FIRST_SPAN, SECOND_SPAN
from torch import Tensor, nn

_WIDTH = 64


class GateHead(nn.Module):
    """Word vectors → label logits of each token, and the log-odds that a dispatch passes."""

    def __init__(self, words: int, labels: int) -> None:
        super().__init__()
        self.near = nn.Linear(words, _WIDTH)
        self.first = nn.Conv1d(_WIDTH, _WIDTH, FIRST_SPAN, padding=FIRST_SPAN // 2)
        self.second = nn.Conv1d(_WIDTH, _WIDTH, SECOND_SPAN, padding=SECOND_SPAN // 2)
        self.labels = nn.Linear(_WIDTH, labels + 1)
        self.output = nn.Linear(2 * _WIDTH, 1)
        self.word_dropout, self.dropout = nn.Dropout(0.2), nn.Dropout(0.3)

    def forward(self, words: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(tokens, labels + 1) and (dispatches,). `words` (tokens, hidden) of the dispatches one after another,
        `lengths` (dispatches,) how many tokens each has, at least one.
        """
        rows = torch.relu(self.near(self.word_dropout(words)))
        parts = torch.split(rows, lengths.tolist())
        padded = nn.utils.rnn.pad_sequence(list(parts), batch_first=True).transpose(
            1, 2
        )  # (dispatches, width, longest)
        inside = (torch.arange(padded.shape[2], device=words.device) < lengths[:, None])[:, None]
        padded = padded + torch.relu(self.first(self.dropout(padded))) * inside
        seen = self.dropout(torch.relu(self.second(self.dropout(padded)))) * inside
        pooled = torch.cat([seen.amax(dim=2), seen.sum(dim=2) / lengths[:, None]], dim=1)
        tokens = seen.transpose(1, 2)[inside[:, 0]]
        return self.labels(tokens), self.output(pooled)[:, 0]

    def loss(self, words: Tensor, lengths: Tensor, labels: Tensor, wanted: Sequence[int]) -> Tensor:
        """Cross entropy of the labels (tokens,), 0 for none, and of whether each dispatch has one of `wanted`."""
        label_logits, scores = self(words, lengths)
        looked_for = torch.isin(labels, labels.new_tensor(list(wanted))).float()
        holds = torch.stack([part.amax() for part in torch.split(looked_for, lengths.tolist())])
        passing = nn.functional.binary_cross_entropy_with_logits(scores, holds)
        loss: Tensor = passing + nn.functional.cross_entropy(label_logits, labels)
        return loss

    def weights(self, vocabulary: Tensor) -> Mapping[str, Tensor]:
        """What inference needs: `vocabulary` (tokens, hidden) becomes the table, the rest is named as here."""
        with torch.inference_mode():
            table = torch.relu(self.near(vocabulary.float()))
        kept = {
            name: weight.detach().float().contiguous()
            for name, weight in self.state_dict().items()
            if name.startswith(("first.", "second.", "output."))
        }
        return {"table": table.contiguous(), **kept}
