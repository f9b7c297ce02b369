"""Dropout for processors, where torch draws a number for every value, one after the other, in one thread.

That is an eighth of a training step of the default recipe. Here one drawn number of 64 bits decides on four values.
"""

import torch
from dateline_infer.host import CPU
from torch import Tensor, nn

_STEPS = 2**16


class QuickDropout(nn.Dropout):
    """`nn.Dropout` whose share of zeros is a multiple of 1/65,536; it draws from torch's own generator, so that a run
    that is resumed goes on as it would have. On another device it is `nn.Dropout`.
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # torch's own name
        """The values in their shape, some of them zero and the others greater by as much; while training only."""
        if input.device.type != CPU:
            return super().forward(input)
        dropped = round(self.p * _STEPS)
        if not self.training or not dropped:
            return input
        if dropped >= _STEPS:
            return input * 0.0
        drawn = torch.empty(-(-input.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        drawn = drawn.view(torch.int16)[: input.numel()].view(input.shape)
        # compared in place: from a Boolean to bfloat16 torch converts value by value, from an integer many at once
        kept = drawn.ge_(dropped - _STEPS // 2).to(input.dtype)
        return input * kept.mul_(_STEPS / (_STEPS - dropped))


def exchange_dropout(model: nn.Module, old: type[nn.Dropout], new: type[nn.Dropout]) -> None:
    """Put a dropout of the one class in the place of every one of the other class, with the same share."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if type(child) is old:
                setattr(parent, name, new(child.p))
