"""Runs a packaged checkpoint, without torch or transformers: text in, `Dispatch` with spans and relations out."""

from .extractor import Extractor

__all__ = ["Extractor"]
