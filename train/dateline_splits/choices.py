"""What can be asked of a split; imports nothing heavy, so that `--help` is quick."""

from dataclasses import dataclass
from enum import StrEnum

PARTS = ("train", "validation", "test")
CHOICES = ("all", *PARTS, "held-out")
"""What of the data can be asked for; held-out is what `dateline_labels.splits` leaves out by folders."""


class By(StrEnum):
    """What stays together; near-copies do in each of them."""

    STORY = "story"
    COPIES = "copies"
    SOURCE = "source"
    DATE = "date"
    THEATRE = "theatre"
    RANDOM = "random"


@dataclass(frozen=True)
class Wanted:
    """A split as it is asked for.

    by          what stays together
    key         the key of meta that it stands under; None: its own name
    validation  per cent of the dispatches
    test        per cent of the dispatches
    alike       texts that are alike so much or more are copies, from 0 to 1; see dateline_archive.copies
    seed        of what is left to chance
    """

    by: By = By.STORY
    key: str | None = None
    validation: float = 10.0
    test: float = 10.0
    alike: float = 0.6
    seed: int = 13

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of train, validation and test, from 0 to 1."""
        return (100 - self.validation - self.test) / 100, self.validation / 100, self.test / 100
