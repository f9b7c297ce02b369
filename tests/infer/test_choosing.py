import pytest
from dateline_infer.choosing import Asked, choose
from dateline_infer.host import Host
from dateline_labels import InputError

VNNI, BF16, OLD = frozenset({"avx2", "avx512_vnni"}), frozenset({"avx512_bf16"}), frozenset({"avx2"})
BOTH = {"onnxruntime": "1.32", "openvino": "2026.4"}
LIGHT = {"onnxruntime": "1.32"}


def host(engines: dict[str, str], features: frozenset[str], cuda: bool = False) -> Host:
    return Host(engines, ("cpu", "cuda") if cuda else ("cpu",), features)


@pytest.mark.parametrize(
    ("on", "variants", "expected"),
    [
        (host(BOTH, VNNI), ["fp32", "int8"], ("cpu", "openvino", "int8")),
        (host(LIGHT, VNNI), ["fp32", "int8"], ("cpu", "onnxruntime", "int8")),
        (host(BOTH, OLD), ["fp32", "int8"], ("cpu", "onnxruntime", "fp32")),
        (host(BOTH, VNNI), ["fp32"], ("cpu", "onnxruntime", "fp32")),
        (host(BOTH, BF16), ["fp32"], ("cpu", "openvino", "bf16")),
        (host(LIGHT, BF16), ["fp32"], ("cpu", "onnxruntime", "fp32")),
        (host(BOTH, VNNI | BF16), ["fp32", "int8"], ("cpu", "openvino", "int8")),
        (host(BOTH, frozenset()), ["fp32", "int8"], ("cpu", "onnxruntime", "fp32")),
        (host(BOTH, VNNI, cuda=True), ["fp32", "int8", "fp16"], ("cuda", "onnxruntime", "fp16")),
        (host(BOTH, VNNI, cuda=True), ["fp32", "int8"], ("cuda", "onnxruntime", "fp32")),
    ],
)
def test_the_best_of_what_there_is_is_chosen(on: Host, variants: list[str], expected: tuple[str, str, str]) -> None:
    choice = choose(Asked(), on, variants)
    assert (choice.device, choice.engine, choice.precision) == expected
    assert [line.split()[:2] for line in choice.why] == [
        ["device", f"{expected[0]}:"],
        ["engine", f"{expected[1]}:"],
        ["precision", f"{expected[2]}:"],
    ]
    assert choice.variant in variants


@pytest.mark.parametrize(
    ("asked", "on", "says"),
    [
        (Asked(device="cuda"), host(BOTH, VNNI), "cuda is not there"),
        (Asked(engine="openvino"), host(LIGHT, VNNI), "openvino is not installed"),
        (Asked("cuda", "openvino"), host(BOTH, VNNI, cuda=True), "does not run on cuda"),
        (Asked(precision="int8"), host(BOTH, VNNI), "the bundle has fp32 only"),
        (Asked(precision="bf16"), host(BOTH, OLD), "does not compute in bf16"),
        (Asked(engine="onnxruntime", precision="bf16"), host(BOTH, BF16), "needs the engine openvino"),
        (Asked(precision="bf16"), host(LIGHT, BF16), "needs the engine openvino"),
        (Asked("cuda", precision="bf16"), host(BOTH, BF16, cuda=True), "needs the engine openvino"),
    ],
)
def test_what_was_asked_for_and_is_not_there_is_refused(asked: Asked, on: Host, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        choose(asked, on, ["fp32"])
    assert str(caught.value).startswith("--")


def test_what_was_asked_for_is_given_even_where_something_else_is_faster() -> None:
    asked = Asked("cpu", "onnxruntime", "fp32")
    choice = choose(asked, host(BOTH, VNNI, cuda=True), ["fp32", "int8", "fp16"])
    assert (choice.device, choice.engine, choice.precision) == ("cpu", "onnxruntime", "fp32")
    assert all(line.endswith("asked for") for line in choice.why)


def test_a_precision_that_one_engine_runs_brings_that_engine() -> None:
    for precision in ("fp16", "int8-dynamic"):
        assert choose(Asked(precision=precision), host(BOTH, VNNI), ["fp32", precision]).engine == "onnxruntime"
        with pytest.raises(InputError, match="needs the engine onnxruntime"):
            choose(Asked(engine="openvino", precision=precision), host(BOTH, VNNI), ["fp32", precision])


def test_int8_by_name_goes_round_the_engine_in_which_it_overflows() -> None:
    variants = ["fp32", "int8"]
    assert choose(Asked(precision="int8"), host(BOTH, OLD), variants).engine == "onnxruntime"
    assert choose(Asked(precision="int8"), host(BOTH, VNNI), variants).engine == "openvino"
    assert choose(Asked(engine="openvino", precision="int8"), host(BOTH, OLD), variants).engine == "openvino"


def test_a_wish_for_openvino_keeps_to_the_processor() -> None:
    assert choose(Asked(engine="openvino"), host(BOTH, VNNI, cuda=True), ["fp32"]).device == "cpu"
    assert choose(Asked(precision="bf16"), host(BOTH, BF16, cuda=True), ["fp32"]).device == "cpu"


@pytest.mark.parametrize("name", ["device", "engine", "precision"])
def test_words_that_are_no_choice_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"--{name}:0:{name}: expected one of auto"):
        Asked(**{name: "fastest"})


def test_a_machine_says_what_it_is() -> None:
    here = Host.look()
    assert "onnxruntime" in here.engines
    assert "cpu" in here.devices
    assert "cores" in str(here)
