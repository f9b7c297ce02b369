"""What commands need that the light installation has not: said in one line, with what to install."""

from collections.abc import Iterable
from importlib.util import find_spec

from dateline_labels import MissingExtraError

_TRAINING = ("torch", "transformers", "datasets", "accelerate", "onnx")


def require(what: str, names: Iterable[str], extra: str) -> None:
    """Raises MissingExtraError where one of the packages, which the extra brings, is not installed."""
    for name in names:
        if find_spec(name) is None:
            raise MissingExtraError(what, name, extra)


def require_training(what: str = "this command") -> None:
    """The same of all that trains, and that reads with a checkpoint."""
    require(what, _TRAINING, "train")
