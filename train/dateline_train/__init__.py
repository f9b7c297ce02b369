"""Trains, evaluates and packages checkpoints."""

import os

# as in dateline_infer, for what imports onnxruntime here before that is imported
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
