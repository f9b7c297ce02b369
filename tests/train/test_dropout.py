"""Dropout that draws four values at once is dropout: its share, its scale, its gradient, its repetition by the seed."""

import pytest
import torch
from dateline_train.dropout import QuickDropout, exchange_dropout
from torch import nn


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_is_dropped_and_the_mean_stays(share: float, dtype: torch.dtype) -> None:
    torch.manual_seed(3)
    values = torch.ones(401, 499, dtype=dtype)
    found = QuickDropout(share)(values).float()
    assert found.eq(0).float().mean().item() == pytest.approx(share, abs=0.005)
    assert found.unique().tolist() == pytest.approx([0.0, 1 / (1 - share)], rel=0.01)
    assert found.mean().item() == pytest.approx(1.0, abs=0.02)


def test_neighbours_are_dropped_independently() -> None:
    """One drawn number decides on four of them."""
    torch.manual_seed(4)
    dropped = QuickDropout(0.3)(torch.ones(400_000)).eq(0).float().view(-1, 8)
    together = (dropped.T @ dropped) / len(dropped)
    expected = torch.full((8, 8), 0.09).fill_diagonal_(0.3)
    assert torch.allclose(together, expected, atol=0.01)


def test_the_gradient_is_that_of_what_was_kept() -> None:
    torch.manual_seed(5)
    values = torch.randn(7, 13, requires_grad=True)
    found = QuickDropout(0.5)(values)
    found.sum().backward()
    assert values.grad is not None
    assert torch.equal(values.grad, torch.where(found == 0, 0.0, 2.0))


def test_nothing_is_dropped_when_reading_or_at_no_share_and_all_at_the_whole() -> None:
    values = torch.randn(5, 3)
    assert torch.equal(QuickDropout(0.5).eval()(values), values)
    assert torch.equal(QuickDropout(0.0)(values), values)
    assert not QuickDropout(1.0)(values).any()
    assert QuickDropout(0.5)(values[:0]).shape == (0, 3)


def test_the_seed_determines_it_and_draws_go_on() -> None:
    dropout, values = QuickDropout(0.5), torch.ones(1000)
    torch.manual_seed(6)
    first, second = dropout(values), dropout(values)
    state = torch.get_rng_state()
    third = dropout(values)
    assert not torch.equal(first, second)
    torch.manual_seed(6)
    assert torch.equal(dropout(values), first)
    torch.set_rng_state(state)
    assert torch.equal(dropout(values), third)


def test_every_dropout_of_a_model_is_replaced_and_no_other_module() -> None:
    shared = nn.Dropout(0.3)
    inner = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.2), shared)
    model = nn.ModuleDict({"inner": inner, "other": nn.Dropout2d(0.4), "last": shared})
    exchange_dropout(model, nn.Dropout, QuickDropout)
    assert [(type(each), each.p) for each in (inner[1], inner[2], model["last"])] == [
        (QuickDropout, 0.2),
        (QuickDropout, 0.3),
        (QuickDropout, 0.3),
    ]
    assert type(model["other"]) is nn.Dropout2d
