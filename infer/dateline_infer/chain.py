"""Logits → how probable each span is, over all legal sequences of tags, each with its probability; and the spans that
are believed.

The sequences are those of a linear chain (Lafferty, McCallum and Pereira, 2001), summed backward and forward (Rabiner,
1989). The sums backward come first, so that each step forward is one of probabilities, which do not fade away over a
long text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .tags import OUTSIDE, TokenSpan, legal_steps, log_softmax
from .tokens import FloatArray, IntArray

BELIEVED = 0.5
"""The probability from which a span is believed, where nothing else was chosen."""
_TOKENS_AT_ONCE = 65_536
"""Tokens with padding that are summed at once: one long text must not make its neighbours as long."""
_LEAST_LOG = -300.0
"""Of a tag's probability, whatever its logit, so that every token can be passed."""
_TINY = 1e-300

Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """The tags of one text.

    shares   (tokens, tags) the probability of each tag
    goes_on  (tokens, 2, labels) the probability that the token goes on with a span of the label which the token before
             begins (first row) or itself goes on with (second)
    rests    (tokens,) the probability that the token is in no span where the one before is in none
    """

    shares: Probabilities
    goes_on: Probabilities
    rests: Probabilities

    @staticmethod
    def of(
        logits: FloatArray,
        continues: NDArray[np.bool_],
        transitions: FloatArray | None = None,
        cuts: Sequence[int] = (),
    ) -> "Chain":
        """The chain of a text of at least one token, its arguments as `decode` takes them; at the tokens of `cuts` a
        span may begin or end although they go on with a word, as annotation may have it.
        """
        joined = continues.copy()
        joined[[cut for cut in cuts if cut < len(logits)]] = False
        return next(_chains([logits], [joined], transitions))

    def span(self, span: TokenSpan) -> float:
        """The probability of exactly this span with this label."""
        probability = float(self.shares[span.start, 1 + 2 * span.label])
        for at in range(span.start + 1, span.end):
            probability *= self._goes_on(span.start, at, span.label)
        return min(probability * (1.0 - self._goes_on(span.start, span.end, span.label)), 1.0)

    def _goes_on(self, start: int, at: int, label: int) -> float:
        return float(self.goes_on[at, int(at > start + 1), label]) if at < len(self.goes_on) else 0.0

    def nothing(self, start: int, end: int) -> float:
        """The probability that none of the tokens is in a span."""
        return float(self.shares[start, OUTSIDE] * self.rests[start + 1 : end].prod())

    def believed(self, least: float) -> list[TokenSpan]:
        """The spans of at least this probability, in the order of the text; of two that share a token, the likelier."""
        taken = bytearray(len(self.shares))
        found = []
        for span in sorted(self._candidates(least), key=lambda each: (-each.score, each.start, each.end, each.label)):
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = b"\1" * (span.end - span.start)
                found.append(span)
        return sorted(found, key=lambda each: each.start)

    def _candidates(self, least: float) -> Iterator[TokenSpan]:
        begins = self.shares[:, 1::2]
        starts, labels = np.nonzero(begins >= least)
        for start, label, share in zip(starts.tolist(), labels.tolist(), begins[starts, labels].tolist(), strict=True):
            end, longer = start + 1, share  # the probability that a span begins here and has come so far
            while longer >= least:
                whole, longer = longer, longer * self._goes_on(start, end, label)
                if (score := whole - longer) >= least:
                    yield TokenSpan(label, start, end, min(score, 1.0))
                end += 1


def decode(
    logits: Sequence[FloatArray],
    continues: Sequence[NDArray[np.bool_]],
    transitions: FloatArray | None = None,
    least: float = BELIEVED,
) -> list[list[TokenSpan]]:
    """The spans of each text that are at least so probable, each with its probability as its score.

    logits       per text (tokens, tags)
    continues    per text (tokens,): the token goes on with the word before it, so that no span begins or ends there
    transitions  (tags, tags) what is added to the log probability of a word's tag (column) after the tag (row) before
                 the word, for legal ones; nothing where None
    """
    found: list[list[TokenSpan]] = [[] for _ in logits]
    for rows in _blocks([len(text) for text in logits]):
        chains = _chains([logits[row] for row in rows], [continues[row] for row in rows], transitions)
        for row, chain in zip(rows, chains, strict=True):
            found[row] = chain.believed(least)
    return found


def _blocks(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The rows of texts that have a token, in blocks of like length, the longest first, each at most _TOKENS_AT_ONCE
    with padding or a lone row.
    """
    order = sorted((row for row, length in enumerate(lengths) if length), key=lambda row: lengths[row], reverse=True)
    begin = 0
    while begin < len(order):
        rows = order[begin : begin + max(1, _TOKENS_AT_ONCE // lengths[order[begin]])]
        yield rows
        begin += len(rows)


def _chains(
    logits: Sequence[FloatArray], continues: Sequence[NDArray[np.bool_]], transitions: FloatArray | None
) -> Iterator[Chain]:
    """The chain of each text, the longest first."""
    lengths = [len(text) for text in logits]
    tags = logits[0].shape[1]
    shares = np.zeros((lengths[0], len(logits), tags))
    joined = np.zeros(shares.shape[:2], dtype=np.int64)
    for row, (text, joins) in enumerate(zip(logits, continues, strict=True)):
        shares[: len(text), row] = np.exp(np.maximum(log_softmax(text).astype(np.float64), _LEAST_LOG))
        joined[: len(text), row] = joins
    sums = _Sums(joined, np.count_nonzero(np.array(lengths) > np.arange(lengths[0])[:, None], axis=1).tolist())
    weights = _weights(tags, transitions)
    ahead, after = sums.backward(weights, shares)
    goes_on, rests = sums.steps(weights, ahead, after)
    shares = sums.forward(weights, ahead, after)
    for row, length in enumerate(lengths):
        yield Chain(shares[:length, row], goes_on[:length, row], rests[:length, row])


def _weights(tags: int, transitions: FloatArray | None) -> Probabilities:
    """(2, tags, tags): what a tag (column) weighs after another one (row), at a new word and inside of one."""
    new_word, same_word = legal_steps(tags)
    added = np.zeros((tags, tags)) if transitions is None else transitions.astype(np.float64)
    weights = np.exp(np.maximum(added - added[new_word].max(), _LEAST_LOG))
    return np.stack([np.where(new_word, weights, 0.0), np.where(same_word, 1.0, 0.0)])


@dataclass(frozen=True)
class _Sums:
    """Sums over the sequences of some texts, the longest first.

    joined  (tokens, texts) 1 where a token goes on with the word before it, else 0
    texts   how many texts have a token there, of each token
    """

    joined: IntArray
    texts: Sequence[int]

    def backward(self, weights: Probabilities, shares: Probabilities) -> tuple[Probabilities, Probabilities]:
        """(tokens, texts, tags) each: what the tag of a token and all that may follow on it weigh, and what may follow
        alone, up to a factor of each token. The first takes the place of `shares`, the probabilities of the tags by
        their logits.
        """
        ahead, after = shares, np.ones_like(shares)
        turned = weights.transpose(0, 2, 1)
        for token in range(len(ahead) - 1, 0, -1):
            here = slice(self.texts[token])
            following = _products(turned[self.joined[token, here]], ahead[token, here])
            greatest = following.max(axis=1, keepdims=True)
            ahead[token, here] /= greatest
            following /= greatest
            after[token - 1, here] = following
            ahead[token - 1, here] *= following
        return ahead, after

    def forward(self, weights: Probabilities, ahead: Probabilities, after: Probabilities) -> Probabilities:
        """(tokens, texts, tags): the probability of each tag."""
        shares = np.zeros_like(ahead)
        begun = (weights[0, OUTSIDE] > 0) * ahead[0]
        shares[0] = begun / begun.sum(axis=1, keepdims=True)
        for token in range(1, len(ahead)):
            here = slice(self.texts[token])
            before = shares[token - 1, here] / np.maximum(after[token - 1, here], _TINY)
            shares[token, here] = _products(weights[self.joined[token, here]], before) * ahead[token, here]
        return shares

    def steps(
        self, weights: Probabilities, ahead: Probabilities, after: Probabilities
    ) -> tuple[Probabilities, Probabilities]:
        """What `Chain` calls `goes_on` and `rests`, (tokens, texts, 2, labels) and (tokens, texts)."""
        tokens, texts, tags = ahead.shape
        inside = np.arange(2, tags, 2)
        goes_on, rests = np.zeros((tokens, texts, 2, len(inside))), np.zeros((tokens, texts))
        for row, before in enumerate((inside - 1, inside)):
            goes_on[1:, :, row] = self._step(weights, ahead, after, before, inside)
        rests[1:] = self._step(weights, ahead, after, OUTSIDE, OUTSIDE)
        return goes_on, rests

    def _step(
        self,
        weights: Probabilities,
        ahead: Probabilities,
        after: Probabilities,
        before: IntArray | int,
        then: IntArray | int,
    ) -> Probabilities:
        """(tokens - 1, texts) or with a last axis of pairs: the probability of a tag after the one before it."""
        weighed = weights[:, before, then][self.joined[1:]] * ahead[1:, :, then]
        step: Probabilities = np.minimum(weighed / np.maximum(after[:-1, :, before], _TINY), 1.0)
        return step


def _products(matrices: Probabilities, rows: Probabilities) -> Probabilities:
    """(texts, tags): each row times its matrix, summed in one order however many texts there are."""
    products: Probabilities = (matrices * rows[:, :, None]).sum(axis=1)
    return products
