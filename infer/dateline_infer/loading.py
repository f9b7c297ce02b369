"""What a command is told of the bundle that reads → the Extractor, in a process that is the command's alone."""

from dataclasses import dataclass
from pathlib import Path

from .choosing import BEST, Asked
from .extractor import Extractor
from .memory import share_one_arena


@dataclass(frozen=True)
class Loading:
    """Which bundle reads, with what, on how many threads (0: one a core), whether the gate keeps dispatches out, and
    the file of the key that must have signed the bundle, if any.
    """

    bundle: Path
    asked: Asked = BEST
    threads: int = 0
    gated: bool = False
    require_signature: Path | None = None

    def load(self) -> Extractor:
        """As `Extractor.load`, in a process that is ours alone and that holds little memory back."""
        share_one_arena()
        return Extractor.load(self.bundle, self.asked, self.threads, self.gated, self.require_signature)
