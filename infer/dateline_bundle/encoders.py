"""The encoders that a bundle may hold: one file a precision, all with the same inputs and outputs."""

FP32, FP16, INT8, INT8_DYNAMIC = "fp32", "fp16", "int8", "int8-dynamic"
VARIANTS = {precision: f"encoder.{precision}.onnx" for precision in (INT8, INT8_DYNAMIC, FP16)}
VARIANTS[FP32] = "encoder.onnx"
"""The name of the file of each precision."""
INPUTS = ("input_ids", "attention_mask", "forms")
"""Each (windows, length)."""
OUTPUTS = ("token_vectors", "tag_logits")
"""(windows, length, hidden) and (windows, length, tags)."""
