"""What the tests of formats share."""

import os

import pytest


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written and renamed as ever, but for the wait until a disk has them."""
    monkeypatch.setattr(os, "fsync", lambda file: None)
