"""Runs a packaged checkpoint, without torch or transformers: text in, `Dispatch` with spans and relations out."""

import os

# onnxruntime from 1.29 on tells its makers over the network which models are run; it looks at this when it is imported
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from .extractor import Extractor

__all__ = ["Extractor"]
