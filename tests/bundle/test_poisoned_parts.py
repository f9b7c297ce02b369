"""Weights, tokenizers and graphs whose digests are right and that must not be used: no runtime gets to see them."""

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from bundle_damage import Damage, Plain, engines_built, refused, reseal, resealed, with_graph, with_json
from dateline_infer.inspecting import inspect
from dateline_labels import BundleError
from onnx import TensorProto, helper
from safetensors.numpy import load, save

__all__ = ["engines_built"]
GRAPH, HEADS, TOKENIZER = "encoder.onnx", "heads.safetensors", "tokenizer.json"


@pytest.fixture
def bundle(tmp_path: Path, tiny_bundle: Path) -> Path:
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


def with_header(change: Callable[[Plain], object], tail: bytes = b"") -> Damage:
    """Change the header of the weights as plain data, and put something behind the numbers."""

    def damage(bundle: Path) -> None:
        data = (bundle / HEADS).read_bytes()
        (size,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + size])
        change(header)
        reseal(bundle, HEADS, with_size(json.dumps(header).encode(), data[8 + size :] + tail))

    return damage


def with_size(header: bytes, numbers: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header + numbers


def doubled_weight(bundle: Path) -> None:
    data = (bundle / HEADS).read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    entry = json.dumps(json.loads(data[8 : 8 + size])["attributes.hidden.bias"])
    header = data[8 : 8 + size].replace(b"{", f'{{"attributes.hidden.bias": {entry}, '.encode(), 1)
    reseal(bundle, HEADS, with_size(header, data[8 + size :]))


def moved(name: str, by: int) -> Callable[[Plain], object]:
    return lambda header: header[name].update(data_offsets=[place + by for place in header[name]["data_offsets"]])


BIAS = "attributes.hidden.bias"
MANY = {f"w{number}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for number in range(20_000)}
WEIGHTS: dict[str, tuple[Damage, str]] = {
    "a header without end": (resealed(HEADS, struct.pack("<Q", 2**63) + b"{}"), "header"),
    "a header of 100 MB": (resealed(HEADS, struct.pack("<Q", 10**8) + b"{}"), "header"),
    "a header past the end": (resealed(HEADS, struct.pack("<Q", 50) + b"{}"), "header"),
    "no header": (resealed(HEADS, b"\x02"), "header"),
    "twenty thousand weights": (with_header(lambda header: header.update(MANY)), "header"),
    "a header that is a list": (resealed(HEADS, with_size(b"[]", b"")), "dictionary"),
    "a weight twice": (doubled_weight, "occurs twice"),
    "a weight more": (with_header(lambda h: h.update(x={**h[BIAS], "shape": [0], "data_offsets": [0, 0]})), "x: wei"),
    "words about it": (with_header(lambda h: h.update(__metadata__={"format": "pt"})), "__metadata__"),
    "a weight less": (with_header(lambda h: h.pop(BIAS)), f"{BIAS}: missing"),
    "a hole": (with_header(moved(BIAS, 8)), "expected its numbers at byte"),
    "an overlap": (with_header(moved("attributes.output.bias", -64)), "expected its numbers at byte"),
    "numbers past the end": (with_header(moved("relations.tail_key.weight", 2**20)), "expected its numbers at byte"),
    "numbers before the start": (with_header(moved(BIAS, -16)), "expected its numbers at byte"),
    "numbers backwards": (with_header(lambda h: h[BIAS]["data_offsets"].reverse()), "numbers of 4 bytes"),
    "something behind": (with_header(lambda h: None, tail=b"#!/bin/sh\n"), "expected nothing behind"),
    "a negative size": (with_header(lambda h: h[BIAS].update(shape=[-32])), "shape"),
    "an enormous size": (with_header(lambda h: h[BIAS].update(shape=[2**62])), "shape"),
    "sizes as words": (with_header(lambda h: h[BIAS].update(shape=["32"])), "shape"),
    "eight bits": (with_header(lambda h: h[BIAS].update(dtype="F8_E4M3")), "float32"),
    "a weight of something else": (with_header(lambda h: h[BIAS].update(auto_map="x")), "auto_map"),
}  # fmt: skip


def part(name: str, value: Any) -> Damage:
    return with_json(TOKENIZER, lambda tokenizer: tokenizer.update({name: value}))


def split(expression: str) -> Plain:
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}


def replace(expression: str) -> Plain:
    return {"type": "Replace", "pattern": {"Regex": expression}, "content": ""}


def with_id(place: Callable[[Plain], Plain], key: str, number: Any) -> Damage:
    return with_json(TOKENIZER, lambda tokenizer: place(tokenizer).update({key: number}))


SLOW = "(a+)+$"
CROWD = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}] * 300 + [{"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}},
}
BERT = {"type": "BertProcessing", "cls": ["[CLS]", 2]}
TOKENIZERS: dict[str, tuple[Damage, str]] = {
    "a model of another kind": (with_id(lambda t: t["model"], "type", "WordLevel"), "model: expected one of"),
    "a model without a kind": (with_json(TOKENIZER, lambda t: t["model"].pop("type")), "model: expected one of"),
    "a model that is a list": (part("model", []), "model: expected one of"),
    "a model with more in it": (with_id(lambda t: t["model"], "code", "import os"), "code: a key"),
    "a model that leaves words to chance": (
        part("model", {"type": "BPE", "dropout": 0.5, "vocab": {"a": 0}, "merges": []}), "dropout"),
    "an unknown normalizer": (part("normalizer", {"type": "Python", "code": "x"}), "normalizer: expected one of"),
    "an unknown pre-tokenizer": (part("pre_tokenizer", {"type": "Custom"}), "pre_tokenizer: expected one of"),
    "an unknown post-processor": (part("post_processor", {"type": "Custom"}), "post_processor: expected one of"),
    "an unknown decoder": (part("decoder", {"type": "CTC"}), "decoder: expected one of"),
    "an unknown part within": (
        part("normalizer", {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Shell"}]}), "normalizer"),
    "an expression of one's own": (part("pre_tokenizer", split(SLOW)), "regular expression"),
    "an expression of one's own, within": (
        part("pre_tokenizer", {"type": "Sequence", "pretokenizers": [split(SLOW)]}), "regular expression"),
    "an expression that drops everything": (part("normalizer", replace(".")), "regular expression"),
    "an expression in the decoder": (part("decoder", replace(SLOW)), "regular expression"),
    "a table of characters too short": (
        part("normalizer", {"type": "Precompiled", "precompiled_charsmap": "AAAA"}), "table of characters"),
    "a table of characters past its end": (
        part("normalizer", {"type": "Precompiled", "precompiled_charsmap": "/////w=="}), "table of characters"),
    "a word beyond the encoder": (with_id(lambda t: t["model"]["vocab"], "gunmen", 1_500), GRAPH),
    "an added word beyond": (with_json(TOKENIZER, lambda t: t["added_tokens"].append(
        {**t["added_tokens"][0], "id": 1_500, "content": "[NEW]"})), GRAPH),
    "an end beyond": (part("post_processor", {**BERT, "sep": ["[SEP]", 70_000]}), GRAPH),
    "special tokens that fill a window": (part("post_processor", CROWD), "expected room in windows"),
    "a word below": (with_id(lambda t: t["model"]["vocab"], "gunmen", -1), TOKENIZER),
    "nested deep": (resealed(TOKENIZER, b'{"model":' * 200 + b"1" + b"}" * 200), "nested"),
    "a key twice": (resealed(TOKENIZER, b'{"model": {"type": "BPE"}, "model": {"type": "Shell"}}'), "occurs twice"),
}  # fmt: skip


def first_weight(model: onnx.ModelProto) -> TensorProto:
    return max(model.graph.initializer, key=lambda each: len(each.raw_data))


def elsewhere(tensor: TensorProto, location: str = "weights.bin") -> TensorProto:
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def tensor(name: str = "x") -> TensorProto:
    return helper.make_tensor(name, TensorProto.FLOAT, [1], b"\0\0\0\0", raw=True)


def branch(node: onnx.NodeProto) -> Callable[[onnx.ModelProto], object]:
    """An If, whose branches are graphs of their own, with the node in both."""
    inner = helper.make_graph([node], "inner", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])])
    outer = helper.make_node("If", ["c"], ["z"], then_branch=inner, else_branch=inner)
    return lambda model: model.graph.node.append(outer)


def constant(value: TensorProto) -> onnx.NodeProto:
    return helper.make_node("Constant", [], ["y"], value=value)


def foreign(domain: str, operation: str = "Evil", **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(operation, ["input_ids"], ["y"], domain=domain, **attributes)


def sparse() -> onnx.SparseTensorProto:
    return helper.make_sparse_tensor(
        elsewhere(tensor()), helper.make_tensor("i", TensorProto.INT64, [1], [0]), dims=[1]
    )


def with_function(model: onnx.ModelProto) -> None:
    opset = helper.make_opsetid("", 18)
    model.functions.append(helper.make_function("own", "F", ["a"], ["y"], [constant(elsewhere(tensor()))], [opset]))


def embedding_cut(model: onnx.ModelProto) -> None:
    table = next(each for each in model.graph.initializer if each.name.endswith("word_embeddings.weight"))
    rows, width = table.dims
    table.dims[0] = rows // 2
    table.raw_data = table.raw_data[: rows // 2 * width * 4]


def graph_bytes(change: Callable[[bytes], bytes]) -> Damage:
    return lambda bundle: reseal(bundle, GRAPH, change((bundle / GRAPH).read_bytes()))


def field(number: int, data: bytes) -> bytes:
    """A field of bytes as it is written, its number below 16 and its length below 16,384."""
    length = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 127 | 128, len(data) >> 7])
    return bytes([number << 3 | 2]) + length + data


def nested(levels: int) -> bytes:
    """A graph in an attribute of a node of a graph, and so on."""
    data = b""
    for _ in range(levels):
        data = field(1, field(5, field(6, data)))
    return field(7, data)


def gate_cut(bundle: Path) -> None:
    weights = load((bundle / "gate.safetensors").read_bytes())
    reseal(bundle, "gate.safetensors", save({**weights, "table": weights["table"][:-1]}))


ELSEWHERE = "no weights in other files"
# a location of 2³² + 1, of which protocol buffers keep the lower half: EXTERNAL
WRAPPED = field(7, field(5, b"\x70\x81\x80\x80\x80\x10"))
GRAPHS: dict[str, tuple[Damage, str]] = {
    "weights at an address in memory": (
        with_graph(lambda m: elsewhere(first_weight(m), "*/_ORT_MEM_ADDR_/*")), ELSEWHERE),
    "a place of weights alone": (
        with_graph(lambda m: first_weight(m).external_data.add(key="location", value="x")), ELSEWHERE),
    "weights said to be elsewhere": (
        with_graph(lambda m: setattr(first_weight(m), "data_location", TensorProto.EXTERNAL)), ELSEWHERE),
    "the same in a number too large": (graph_bytes(lambda data: data[:2] + WRAPPED + data[2:]), GRAPH),
    "a constant elsewhere": (with_graph(lambda m: m.graph.node.append(constant(elsewhere(tensor())))), ELSEWHERE),
    "a constant elsewhere in a branch": (with_graph(branch(constant(elsewhere(tensor())))), ELSEWHERE),
    "tensors elsewhere in a list": (
        with_graph(lambda m: m.graph.node[0].attribute.append(helper.make_attribute("x", [elsewhere(tensor())]))),
        ELSEWHERE),
    "a sparse weight elsewhere": (with_graph(lambda m: m.graph.sparse_initializer.append(sparse())), "sparse"),
    "a sparse constant elsewhere": (
        with_graph(lambda m: m.graph.node.append(helper.make_node("Constant", [], ["y"], sparse_value=sparse()))),
        "sparse"),
    "a function with weights elsewhere": (with_graph(with_function), "functions"),
    "training with weights elsewhere": (
        with_graph(lambda m: m.training_info.add().initialization.initializer.append(elsewhere(tensor()))), "training"),
    "a domain of one's own": (with_graph(lambda m: m.opset_import.add(domain="com.example", version=1)), "com.example"),
    "an operation of one's own": (with_graph(lambda m: m.graph.node.append(foreign("com.example"))), "com.example"),
    "the same in a branch": (with_graph(branch(foreign("com.example"))), "com.example"),
    "a compiled graph in a file": (
        with_graph(lambda m: m.graph.node.append(
            foreign("com.microsoft", "EPContext", embed_mode=0, ep_cache_context="/etc/passwd"))), "com.microsoft"),
    "an operation of openvino": (
        with_graph(lambda m: m.graph.node.append(foreign("org.openvinotoolkit"))), "org.openvinotoolkit"),
    "settings of the session": (with_graph(lambda m: m.metadata_props.add(key="ort_config", value="{}")), "ort_config"),
    "a graph of devices": (with_graph(lambda m: m.configuration.add(name="x")), "device"),
    "another input": (with_graph(lambda m: setattr(m.graph.input[0], "name", "words")), "inputs"),
    "an output more": (with_graph(lambda m: m.graph.output.append(m.graph.output[0])), "outputs"),
    "half of the words": (with_graph(embedding_cut), "has 750 rows for input_ids"),
    "rows that are not there": (with_graph(lambda m: first_weight(m).dims.__setitem__(0, 10**6)), "numbers of 4 bytes"),
    "rows below none": (with_graph(lambda m: first_weight(m).dims.__setitem__(0, -1)), "small numbers"),
    "weights of words": (with_graph(lambda m: setattr(first_weight(m), "data_type", TensorProto.STRING)), "a type"),
    "nothing": (resealed(GRAPH, b""), "expected a graph"),
    "no graph": (resealed(GRAPH, b"\x08\x08"), "expected a graph"),
    "two graphs": (graph_bytes(lambda data: data + field(7, b"")), "occurs twice"),
    "a graph cut short": (graph_bytes(lambda data: data[:-100]), GRAPH),
    "a length past the end": (resealed(GRAPH, b"\x3a\xff\xff\xff\x7f"), "past the end"),
    "a length of 64 bits": (resealed(GRAPH, b"\x3a" + b"\xff" * 9 + b"\x01"), "past the end"),
    "a number without end": (resealed(GRAPH, b"\x08" + b"\xff" * 20), "64 bits"),
    "a number cut short": (resealed(GRAPH, b"\x08\x80"), "middle of a number"),
    "a group": (resealed(GRAPH, b"\x3b\x3c"), "wire type"),
    "a text as a number": (resealed(GRAPH, b"\x10\x01"), "wire type"),
    "a field that no one knows": (graph_bytes(lambda data: data + b"\xfa\x07\x00"), "field 127"),
    "a field of number 0": (graph_bytes(lambda data: data + b"\x02\x00"), "field 0"),
    "graphs within graphs": (resealed(GRAPH, nested(12)), "deep"),
    "parts without number": (resealed(GRAPH, (b"\x72\x00" * 500_000)), "parts"),
}  # fmt: skip
GATES: dict[str, tuple[Damage, str]] = {
    "no numbers": (resealed("gate.safetensors", with_size(b"{}", b"")), "missing"),
    "the weights of the heads": (
        lambda b: reseal(b, "gate.safetensors", (b / HEADS).read_bytes()),
        "that no bundle has",
    ),
    "a table of fewer words": (gate_cut, "the largest token is"),
}
CASES = {HEADS: WEIGHTS, TOKENIZER: TOKENIZERS, GRAPH: GRAPHS}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_a_poisoned_part_is_refused_before_a_runtime_sees_it(
    name: str, case: str, bundle: Path, capfd: pytest.CaptureFixture[str], engines_built: list[object]
) -> None:
    damage, says = CASES[name][case]
    damage(bundle)
    line = refused(bundle, capfd).removeprefix(str(bundle))
    assert says in line
    assert line.startswith((f"/{name}: ", f"/{GRAPH}: "))
    assert engines_built == []


@pytest.mark.parametrize("case", GATES)
def test_a_poisoned_gate_is_refused_where_it_is_asked_for_and_by_verify(
    case: str, bundle: Path, capfd: pytest.CaptureFixture[str], engines_built: list[object]
) -> None:
    damage, says = GATES[case]
    damage(bundle)
    line = refused(bundle, capfd, "--gate")
    assert line.startswith(f"{bundle}/gate.safetensors: ")
    assert says in line
    assert engines_built == []
    with pytest.raises(BundleError, match=r"gate\.safetensors: "):
        inspect(bundle)
