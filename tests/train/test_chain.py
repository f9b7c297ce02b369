"""The loss of the chain, against the sum over all sequences written out."""

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from dateline_infer import tags
from dateline_train.chain import chain_loss
from hypothesis import given, settings
from hypothesis import strategies as st

TAGS = 5
Text = tuple[torch.Tensor, list[int], list[bool]]


def legal(path: tuple[int, ...], joined: list[bool]) -> bool:
    new_word, same_word = tags.legal_steps(TAGS)
    steps = [(same_word if joined[at] else new_word)[pair] for at, pair in enumerate(pairwise(path), start=1)]
    return bool(new_word[tags.OUTSIDE, path[0]]) and all(steps)


def total(path: tuple[int, ...], logits: torch.Tensor, joined: list[bool], transitions: torch.Tensor) -> torch.Tensor:
    steps = [transitions[pair] for at, pair in enumerate(pairwise(path), start=1) if not joined[at]]
    return sum([logits[at, tag] for at, tag in enumerate(path)] + steps, start=torch.zeros(()))


def text(random: np.random.Generator, tokens: int) -> Text:
    """Logits, a legal sequence and which tokens continue a word."""
    joined = [bool(at and random.random() < 0.3) for at in range(tokens)]
    paths = [path for path in product(range(TAGS), repeat=tokens) if legal(path, joined)]
    logits = torch.tensor(random.normal(scale=4.0, size=(tokens, TAGS)), dtype=torch.float32)
    return logits, list(paths[random.integers(len(paths))]), joined


def loss_of(texts: list[Text], transitions: torch.Tensor) -> torch.Tensor:
    return chain_loss(
        torch.cat([logits for logits, _, _ in texts]),
        torch.tensor([tag for _, path, _ in texts for tag in path]),
        torch.tensor([each for _, _, joined in texts for each in joined]),
        torch.tensor([len(path) for _, path, _ in texts]),
        transitions,
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_the_loss_is_the_one_over_all_legal_sequences(seed: int, lengths: list[int]) -> None:
    random = np.random.default_rng(seed)
    texts = [text(random, tokens) for tokens in lengths]
    transitions = torch.tensor(random.normal(scale=2.0, size=(TAGS, TAGS)), dtype=torch.float32)
    expected = torch.zeros(())
    for logits, path, joined in texts:
        every = [each for each in product(range(TAGS), repeat=len(path)) if legal(each, joined)]
        sums = torch.stack([total(each, logits, joined, transitions) for each in every])
        expected = expected + torch.logsumexp(sums, 0) - total(tuple(path), logits, joined, transitions)
    assert loss_of(texts, transitions).item() == pytest.approx(expected.item() / sum(lengths), abs=1e-4)


def test_the_gradient_is_that_of_the_loss() -> None:
    random = np.random.default_rng(4)
    texts = [text(random, tokens) for tokens in (4, 1, 3)]
    logits = torch.cat([each for each, _, _ in texts]).double().requires_grad_()
    transitions = torch.tensor(random.normal(size=(TAGS, TAGS)), requires_grad=True)
    targets = torch.tensor([tag for _, path, _ in texts for tag in path])
    continues = torch.tensor([each for _, _, joined in texts for each in joined])
    lengths = torch.tensor([4, 1, 3])
    assert torch.autograd.gradcheck(
        lambda one, other: chain_loss(one, targets, continues, lengths, other), (logits, transitions)
    )


def test_a_long_text_of_sure_tags_has_a_finite_loss_and_gradient() -> None:
    tokens = 20_000
    targets = torch.tensor([0, 1, 2, 0] * (tokens // 4))
    logits = (80.0 * torch.nn.functional.one_hot(targets, TAGS).float()).requires_grad_()
    transitions = torch.zeros(TAGS, TAGS, requires_grad=True)
    right = chain_loss(logits, targets, torch.zeros(tokens, dtype=torch.bool), torch.tensor([tokens]), transitions)
    wrong = chain_loss(logits, targets * 0, torch.zeros(tokens, dtype=torch.bool), torch.tensor([tokens]), transitions)
    (right + wrong).backward()
    assert right.item() == pytest.approx(0.0, abs=1e-6)
    assert wrong.item() == pytest.approx(40.0, abs=1e-3)  # of four tokens two are wrong
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_a_span_that_ends_within_a_word_is_learnt_as_it_is() -> None:
    """The tokens go on with one word, yet the gold has its second half outside."""
    logits = torch.zeros(2, TAGS)
    loss = chain_loss(
        logits, torch.tensor([1, 0]), torch.tensor([False, True]), torch.tensor([2]), torch.zeros(TAGS, TAGS)
    )
    assert torch.isfinite(loss)
