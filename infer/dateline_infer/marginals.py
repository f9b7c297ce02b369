"""How probable a model finds given spans: the share of all legal tag sequences, each with its probability, that have
exactly that span (forward and backward sums over the linear chain; Rabiner 1989, Lafferty et al. 2001).

The chain is the one that is learnt and that `tags.decode` finds the best path of.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .tags import OUTSIDE, TokenSpan, legal_steps, log_softmax
from .tokens import FloatArray

LogArray = NDArray[np.float64]
_NEVER = -np.inf


class Chain:
    """The probabilities of one text.

    logits       (tokens, tags), of at least one token
    continues    (tokens,): the token goes on with the word before it
    transitions  as `tags.decode` takes them
    cuts         tokens at which a span may begin or end although they go on with a word, as annotation may have it
    """

    def __init__(
        self,
        logits: FloatArray,
        continues: NDArray[np.bool_],
        transitions: FloatArray | None = None,
        cuts: Sequence[int] = (),
    ) -> None:
        tags = logits.shape[1]
        new_word, same_word = legal_steps(tags)
        added = np.zeros((tags, tags)) if transitions is None else transitions.astype(np.float64)
        self._steps = np.stack([np.where(new_word, added, _NEVER), np.where(same_word, 0.0, _NEVER)])
        self._first = np.where(new_word[OUTSIDE], 0.0, _NEVER)
        self._joined = continues.astype(np.int64)
        self._joined[[cut for cut in cuts if cut < len(logits)]] = 0
        self._scores: LogArray = log_softmax(logits).astype(np.float64)
        self._forward, self._backward = self._sums()
        self._total = _log_sum(self._forward[-1])

    def span(self, span: TokenSpan) -> float:
        """The probability of exactly this span with this label."""
        begin, inside = 1 + 2 * span.label, 2 + 2 * span.label
        return self._probability(span.start, [begin] + [inside] * (span.end - span.start - 1), inside)

    def nothing(self, start: int, end: int) -> float:
        """The probability that none of the tokens is in a span."""
        return self._probability(start, [OUTSIDE] * (end - start), None)

    def _probability(self, start: int, path: Sequence[int], not_after: int | None) -> float:
        """Of this path of tags from `start` on, where the tag after it is another one than `not_after`."""
        end = start + len(path)
        entering = self._first if start == 0 else self._forward[start - 1][:, None] + self._step(start)
        found = _log_sum(entering[:, path[0]]) if start else float(entering[path[0]])
        found += sum(self._scores[start + at, tag] for at, tag in enumerate(path))
        found += sum(self._step(start + at)[path[at - 1], path[at]] for at in range(1, len(path)))
        if end < len(self._scores):
            leaving = self._step(end)[path[-1]] + self._scores[end] + self._backward[end]
            if not_after is not None:
                leaving = np.delete(leaving, not_after)
            found += _log_sum(leaving)
        return float(min(np.exp(found - self._total), 1.0))

    def _step(self, token: int) -> LogArray:
        """(tags, tags): what is added for the tag of the token (column) after the tag before it (row)."""
        step: LogArray = self._steps[self._joined[token]]
        return step

    def _sums(self) -> tuple[LogArray, LogArray]:
        """(tokens, tags) each: over all that ends with the tag at the token, and over all that may follow on it."""
        scores = self._scores
        forward, backward = np.empty_like(scores), np.zeros_like(scores)
        forward[0] = self._first + scores[0]
        for token in range(1, len(scores)):
            forward[token] = np.logaddexp.reduce(forward[token - 1][:, None] + self._step(token)) + scores[token]
        for token in range(len(scores) - 2, -1, -1):
            after = scores[token + 1] + backward[token + 1]
            backward[token] = np.logaddexp.reduce(self._step(token + 1) + after, axis=1)
        return forward, backward


def _log_sum(values: LogArray) -> float:
    return float(np.logaddexp.reduce(values))
