"""What an ONNX file may hold before a runtime sees it: one graph of standard operations with all weights inside.

An ONNX file can name other files that hold its weights, even addresses in memory, and operations of a runtime's own
that read files; the runtimes follow them. So the file is read here first, by as much of `onnx.proto` as the encoders of
bundles need. Whatever else it holds, however harmless, refuses it.
"""

from math import prod

from .encoders import INPUTS, OUTPUTS
from .protobuf import BYTES, DOUBLE, FLOAT, INT, Kind, Message, Range, Reader

_ELSEWHERE = "weights in other files"
_SPARSE = "sparse tensors"
_KINDS = {
    "model": Kind(
        once={1: INT, 2: BYTES, 3: BYTES, 4: BYTES, 5: INT, 6: BYTES, 7: "graph"},
        often={8: "operator set", 14: "entry"},
        refused={20: "training information", 25: "functions of its own", 26: "device configurations"},
    ),
    "operator set": Kind(once={1: BYTES, 2: INT}),
    "entry": Kind(once={1: BYTES, 2: BYTES}),
    "graph": Kind(
        once={2: BYTES, 10: BYTES},
        often={1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value", 16: "entry"},
        refused={15: _SPARSE},
    ),
    "node": Kind(
        once={3: BYTES, 4: BYTES, 6: BYTES, 7: BYTES},
        often={1: BYTES, 2: BYTES, 5: "attribute", 9: "entry"},
        refused={8: "functions of its own", 10: "device configurations"},
    ),
    "attribute": Kind(
        once={1: BYTES, 2: FLOAT, 3: INT, 4: BYTES, 5: "tensor", 6: "graph", 13: BYTES, 14: "type", 20: INT, 21: BYTES},
        often={7: FLOAT, 8: INT, 9: BYTES, 10: "tensor", 11: "graph", 15: "type"},
        refused={22: _SPARSE, 23: _SPARSE},
    ),
    "tensor": Kind(
        once={2: INT, 8: BYTES, 9: BYTES, 12: BYTES, 14: INT},
        often={1: INT, 4: FLOAT, 5: INT, 6: BYTES, 7: INT, 10: DOUBLE, 11: INT},
        refused={3: "tensors in parts", 13: _ELSEWHERE},
    ),
    "value": Kind(once={1: BYTES, 2: "type", 3: BYTES}),
    "type": Kind(once={1: "tensor type", 6: BYTES}),
    "tensor type": Kind(once={1: INT, 2: "shape"}),
    "shape": Kind(often={1: "dimension"}),
    "dimension": Kind(once={1: INT, 2: BYTES, 3: BYTES}),
}
_DOMAINS = (b"", b"ai.onnx")
"""Of none but the standard operations: onnxruntime's dynamic int8 is made of these too."""
_METADATA = (b"onnx.infer",)
"""What onnxruntime's quantiser leaves. Others can set up the session: `ort_config`."""
_ITEM_BYTES = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2}
"""By ONNX's numbers of element types; texts and complex numbers are not among them."""


def check_graph(data: bytes) -> dict[str, int]:
    """For each input that numbers the rows of a table (token ids, forms), how many rows there are.

    Raises ValueError, saying what is wrong, where the file must not reach a runtime.
    """
    return _Graph(data).table_rows()


class _Graph:
    """The tree of an ONNX file that was looked through."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        model = Reader(data, _KINDS).read("model")
        if len(model.messages.get(7, ())) != 1:
            raise ValueError("expected a graph")
        for operators in model.messages.get(8, ()):
            self._check_domain(operators, 1)
        for entry in model.messages.get(14, ()):
            if self._text(entry, 1) not in _METADATA:
                raise ValueError(f"expected no metadata, got {self._shown(self._text(entry, 1))}")
        self._graph = model.messages[7][0]
        self._check_graph(self._graph)
        for number, names in ((11, INPUTS), (12, OUTPUTS)):
            found = [self._text(value, 1).decode("utf-8", "replace") for value in self._graph.messages.get(number, ())]
            if sorted(found) != sorted(names):
                raise ValueError(f"expected the {'inputs' if number == 11 else 'outputs'} {', '.join(names)}")

    def table_rows(self) -> dict[str, int]:
        """The rows of the smallest table that each input of the graph is looked up in."""
        tensors = {self._text(tensor, 8): tensor for tensor in self._graph.messages.get(5, ())}
        makers = {
            self._bytes(name): node for node in self._graph.messages.get(1, ()) for name in node.ranges.get(2, ())
        }
        inputs = {name.encode(): name for name in INPUTS}
        rows: dict[str, int] = {}
        for node in self._graph.messages.get(1, ()):
            names = node.ranges.get(1, ())
            if self._text(node, 4) != b"Gather" or len(names) != 2 or self._axis(node):
                continue
            table = tensors.get(self._origin(self._bytes(names[0]), makers))
            asked = inputs.get(self._origin(self._bytes(names[1]), makers))
            shape = table.numbers.get(1) if table else None
            if asked and shape:
                rows[asked] = min(shape[0], rows.get(asked, shape[0]))
        return rows

    def _origin(self, name: bytes, makers: dict[bytes, Message]) -> bytes:
        """The value that this one is, but for its type or precision."""
        for _ in range(8):
            node = makers.get(name)
            if node is None or self._text(node, 4) not in (b"Identity", b"Cast", b"DequantizeLinear"):
                break
            name = self._bytes(node.ranges[1][0]) if node.ranges.get(1) else b""
        return name

    def _axis(self, node: Message) -> int:
        for attribute in node.messages.get(5, ()):
            if self._text(attribute, 1) == b"axis":
                return attribute.numbers.get(3, [0])[0]
        return 0

    def _check_graph(self, graph: Message) -> None:
        for tensor in graph.messages.get(5, ()):
            self._check_tensor(tensor)
        for node in graph.messages.get(1, ()):
            self._check_domain(node, 7)
            for attribute in node.messages.get(5, ()):
                for tensor in (*attribute.messages.get(5, ()), *attribute.messages.get(10, ())):
                    self._check_tensor(tensor)
                for inner in (*attribute.messages.get(6, ()), *attribute.messages.get(11, ())):
                    self._check_graph(inner)

    def _check_domain(self, message: Message, number: int) -> None:
        domain = self._text(message, number)
        if domain not in _DOMAINS:
            raise ValueError(f"expected standard operations, got some of {self._shown(domain)}")

    def _check_tensor(self, tensor: Message) -> None:
        if tensor.numbers.get(14, [0]) != [0]:
            raise ValueError(f"expected no {_ELSEWHERE}")
        (kind,), shape = tensor.numbers.get(2, [0]), tensor.numbers.get(1, [])
        name = self._shown(self._text(tensor, 8))
        if 1 in tensor.ranges or any(size >= 2**31 for size in shape):
            raise ValueError(f"{name}: expected a shape of small numbers")
        if kind not in _ITEM_BYTES:
            raise ValueError(f"{name}: a type of numbers that no bundle has: {kind}")
        for start, end in tensor.ranges.get(9, ()):
            if end - start != prod(shape) * _ITEM_BYTES[kind]:
                raise ValueError(f"{name}: expected {prod(shape)} numbers of {_ITEM_BYTES[kind]} bytes")

    def _bytes(self, found: Range) -> bytes:
        return self._data[found.start : found.end]

    def _text(self, message: Message, number: int) -> bytes:
        found = message.ranges.get(number)
        return self._bytes(found[0]) if found else b""

    def _shown(self, text: bytes) -> str:
        return text[:100].decode("utf-8", "replace")
