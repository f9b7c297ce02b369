"""Training dispatches → a fitted gate, when the model has been trained: it has no hand in the model, nor in its seed.

Most annotated dispatches hold what is looked for, so the gate learns from pieces of them too, cut anywhere: of those
many hold nothing. And all of them are about violence, while an archive is about anything: so words are replaced by any
others of the vocabulary, of which the gate learns that what it does not know is nothing to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from dateline_infer.tokens import IntArray, tokenize_all
from dateline_labels import Dispatch, Schema
from dateline_labels.progress import with_progress
from tokenizers import Tokenizer
from torch import Tensor

from .gate import GateHead

_EPOCHS = 12
_TEXTS_A_BATCH = 24
_RATE = 2e-3
_CUT = 0.5
"""The share of texts of which a piece is learnt from, as often a short as a long one."""
_SHORTEST = 12
_ESTRANGED = 0.5
"""The share of texts in which words are replaced."""
_TIMES = 8
"""How often strange texts are made of each text."""


@dataclass(frozen=True)
class LabelledText:
    """The tokens of a text.

    ids     (tokens,) vocabulary ids
    labels  (tokens,) 0, or 1 + the number of the label of the span that the token lies in
    """

    ids: IntArray
    labels: IntArray


def labelled_texts(dispatches: Sequence[Dispatch], tokenizer: Tokenizer, schema: Schema) -> list[LabelledText]:
    """The texts with a token, each with the labels of its tokens."""
    texts = []
    for dispatch, tokens in zip(dispatches, tokenize_all(tokenizer, [each.text for each in dispatches]), strict=True):
        labels = np.zeros(len(tokens), dtype=np.int64)
        for span in dispatch.spans:
            first, last = tokens.bounds(span.start, span.end)
            labels[first:last] = 1 + schema.span_labels.index(span.label)
        if len(tokens):
            texts.append(LabelledText(tokens.ids, labels))
    return texts


def fit_gate(
    vocabulary: Tensor, texts: Sequence[LabelledText], wanted: Sequence[int], labels: int, seed: int
) -> GateHead:
    """A gate for the span labels numbered `wanted`, of `labels`; `vocabulary` (tokens, hidden) is only read."""
    vocabulary = vocabulary.detach().float().cpu()
    random = np.random.default_rng(seed)
    targets = [1 + number for number in wanted]
    strange = _strange_words(texts, targets, len(vocabulary))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        gate = GateHead(vocabulary.shape[1], labels)
        optimizer = torch.optim.AdamW(gate.parameters(), lr=_RATE)
        steps = _EPOCHS * -(-len(texts) // _TEXTS_A_BATCH)
        # the schedule looks one step beyond the last
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps + 1, pct_start=0.1)
        for batch in with_progress(_batches(texts, random), steps, "the gate"):
            seen = [_estranged(text, targets, strange, random) for text in batch]
            ids = torch.from_numpy(np.concatenate([text.ids for text in seen]))
            found = torch.from_numpy(np.concatenate([text.labels for text in seen]))
            lengths = torch.tensor([len(text.ids) for text in seen])
            optimizer.zero_grad()
            loss = gate.loss(vocabulary[ids], lengths, found, targets)
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
    return gate.eval()


def strange_texts(
    texts: Sequence[LabelledText], known: Sequence[LabelledText], wanted: Sequence[int], vocabulary: int, seed: int
) -> list[IntArray]:
    """Token ids of texts that hold nothing: those of `texts` without what is marked, some words replaced by such as
    stand in no span of `known` that is looked for, each several times.
    """
    random = np.random.default_rng(seed)
    strange = _strange_words(known, [1 + number for number in wanted], vocabulary)
    bare = [each.ids[each.labels == 0] for each in texts]
    found = []
    for ids in [each for each in bare if len(each)] * _TIMES:
        replaced = random.random(len(ids)) < random.uniform(0.3, 1.0)
        found.append(np.where(replaced, random.choice(strange, len(ids)) if len(strange) else ids, ids))
    return found


def _strange_words(texts: Sequence[LabelledText], targets: Sequence[int], vocabulary: int) -> IntArray:
    """The token ids that stand in no span of what is looked for."""
    strange = np.ones(vocabulary, dtype=np.bool_)
    for text in texts:
        strange[text.ids[np.isin(text.labels, targets)]] = False
    return np.flatnonzero(strange)


def _batches(texts: Sequence[LabelledText], random: np.random.Generator) -> Iterator[list[LabelledText]]:
    """The texts of each batch, some of them cut."""
    for _ in range(_EPOCHS):
        order = random.permutation(len(texts))
        for at in range(0, len(order), _TEXTS_A_BATCH):
            yield [_piece(texts[number], random) for number in order[at : at + _TEXTS_A_BATCH]]


def _piece(text: LabelledText, random: np.random.Generator) -> LabelledText:
    length = len(text.ids)
    if random.random() >= _CUT or length <= _SHORTEST:
        return text
    size = int(np.exp(random.uniform(np.log(_SHORTEST), np.log(length))))
    first = int(random.integers(0, length - size + 1))
    return LabelledText(text.ids[first : first + size], text.labels[first : first + size])


def _estranged(
    text: LabelledText, targets: Sequence[int], strange: IntArray, random: np.random.Generator
) -> LabelledText:
    """The text, half of the time with a share of its words replaced; one that holds what is looked for keeps all that
    is marked in it, and most of the rest.
    """
    if not len(strange) or random.random() >= _ESTRANGED:
        return text
    share = random.uniform(0.1, 1.0)
    if np.isin(text.labels, targets).any():
        replaced = (text.labels == 0) & (random.random(len(text.ids)) < share / 2)
    else:
        replaced = random.random(len(text.ids)) < share
    ids = np.where(replaced, random.choice(strange, len(text.ids)), text.ids)
    return LabelledText(ids, np.where(replaced, 0, text.labels))
