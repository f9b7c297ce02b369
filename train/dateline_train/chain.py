"""The tag loss: the negative log-likelihood of a linear chain (Lafferty, McCallum and Pereira, 2001).

What a tag adds to a sequence is its logit and, at a new word, the transition from the tag before. The sum over all
legal sequences is a product of one matrix a token; it is multiplied out pair by pair, so that a text of n tokens takes
log n steps, each of one batched matrix product.
"""

import torch
from dateline_infer.tags import OUTSIDE, legal_steps
from torch import Tensor

_NEVER = float("-inf")


def chain_loss(logits: Tensor, targets: Tensor, continues: Tensor, lengths: Tensor, transitions: Tensor) -> Tensor:
    """The loss of texts that stand one after another, a mean over their tokens.

    logits (tokens, tags), targets (tokens,), continues (tokens,) bool: the token goes on with the word before it,
    lengths (texts,) tokens of each, transitions (tags, tags) from the tag before (row).
    A span of the gold that ends within a word is allowed to, there.
    """
    tags = logits.shape[1]
    new_word, same_word = (torch.from_numpy(legal).to(logits.device) for legal in legal_steps(tags))
    begins = lengths.cumsum(0) - lengths
    before = targets.roll(1)
    inner = torch.ones_like(continues)
    inner[begins] = False
    joined = continues & same_word[before, targets]
    steps = transitions.masked_fill(~new_word, _NEVER), torch.zeros_like(transitions).masked_fill(~same_word, _NEVER)
    # counted first: the gradient of a transition looked up for each token would be added up in any order
    counts = torch.zeros_like(transitions)
    counts.index_put_((before, targets), (inner & ~joined).to(counts.dtype), accumulate=True)
    gold = logits.gather(1, targets[:, None]).sum() + (transitions * counts).sum()
    every = _log_sums(logits.double(), steps[0].double(), steps[1].double(), joined, begins, lengths)
    return (every.sum() - gold) / len(logits)


def _log_sums(
    logits: Tensor, new_word: Tensor, same_word: Tensor, joined: Tensor, begins: Tensor, lengths: Tensor
) -> Tensor:
    """(texts,): the logarithm of the sum over all legal sequences; in float64, for it is a long product."""
    tags, longest = logits.shape[1], int(lengths.max())
    at = torch.arange(longest, device=logits.device)[None, :]
    rows = (begins[:, None] + at).clamp(max=len(logits) - 1)
    there = at < lengths[:, None]
    first = torch.where(new_word[OUTSIDE].isfinite(), logits[begins], _NEVER)
    matrices = torch.where(joined[rows][:, :, None, None], same_word, new_word) + logits[rows][:, :, None, :]
    identity = torch.eye(tags, dtype=logits.dtype, device=logits.device)
    shift = matrices.amax(dim=(2, 3), keepdim=True).detach()
    # from here on as probabilities, each matrix with its greatest one taken out
    product = torch.where(there[:, :, None, None], (matrices - shift).exp(), identity)[:, 1:]
    scale = torch.where(there, shift[:, :, 0, 0], 0.0)[:, 1:].sum(dim=1)
    while product.shape[1] > 1:
        if product.shape[1] % 2:
            product = torch.cat([product, identity.expand(len(product), 1, tags, tags)], dim=1)
        product = product[:, 0::2] @ product[:, 1::2]
        greatest = product.amax(dim=(2, 3), keepdim=True).detach()
        product, scale = product / greatest, scale + greatest[:, :, 0, 0].log().sum(dim=1)
    start = first.amax(dim=1, keepdim=True).detach()
    begun = (first - start).exp()
    ended = torch.einsum("ti,tij->tj", begun, product[:, 0]) if product.shape[1] else begun
    return ended.sum(dim=1).log() + scale + start[:, 0]
