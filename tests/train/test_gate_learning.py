from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import recipe_text
from dateline_infer.gate import gate_scores
from dateline_infer.tokens import tokenize
from dateline_labels import Dispatch, InputError, Schema, read_dispatches
from dateline_train.gate import GateHead
from dateline_train.gate_fitting import LabelledText, fit_gate, labelled_texts
from dateline_train.network import TorchNetwork, checkpoint_extractor, load_checkpoint
from dateline_train.thresholds import choose_gate
from dateline_train.training import run_training
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]
HIDDEN, LABELS, WORDS = 12, 3, 40


@pytest.fixture
def head() -> GateHead:
    torch.manual_seed(2)
    return GateHead(HIDDEN, LABELS).eval()


@pytest.fixture
def vocabulary() -> torch.Tensor:
    return torch.randn(WORDS, HIDDEN, generator=torch.Generator().manual_seed(3))


def test_numpy_and_torch_compute_the_same_scores(head: GateHead, vocabulary: torch.Tensor) -> None:
    random = np.random.default_rng(5)
    texts = [random.integers(0, WORDS, length) for length in (1, 2, 9, 3, 30)]
    ids = torch.from_numpy(np.concatenate(texts))
    lengths = torch.tensor([len(text) for text in texts])
    with torch.no_grad():
        labels, expected = head(vocabulary[ids], lengths)
    assert labels.shape == (len(ids), LABELS + 1)
    weights = {name: weight.numpy() for name, weight in head.weights(vocabulary).items()}
    np.testing.assert_allclose(gate_scores(weights, texts), expected.numpy(), rtol=1e-4, atol=1e-5)


def test_it_learns_which_texts_hold_what_is_looked_for(head: GateHead, vocabulary: torch.Tensor) -> None:
    """A text is wanted where the words 3 and 7 stand side by side, in whatever place."""
    random = np.random.default_rng(6)
    head.train()
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-2)

    def batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        texts, labels = [], []
        for number in range(16):
            text = random.choice([word for word in range(WORDS) if word != 7], 10)
            marked = np.zeros(10, dtype=np.int64)
            if number % 2:
                at = random.integers(0, 9)
                text[at : at + 2], marked[at : at + 2] = (3, 7), 1
            texts.append(text)
            labels.append(marked)
        as_tensor = [torch.from_numpy(np.concatenate(each)) for each in (texts, labels)]
        return as_tensor[0], torch.full((16,), 10), as_tensor[1]

    for _ in range(150):
        ids, lengths, labels = batch()
        head.loss(vocabulary[ids], lengths, labels, [1]).backward()
        optimizer.step()
        optimizer.zero_grad()
    head.eval()
    ids, lengths, _ = batch()
    with torch.no_grad():
        scores = head(vocabulary[ids], lengths)[1]
    assert (scores[1::2] > 0).all()
    assert (scores[::2] < 0).all()


def test_words_that_no_dispatch_had_do_not_pass() -> None:
    random = np.random.default_rng(9)
    vocabulary = torch.randn(500, HIDDEN, generator=torch.Generator().manual_seed(4))

    def text(wanted: bool, words: range) -> LabelledText:
        ids, labels = random.integers(words.start, words.stop, 40), np.zeros(40, dtype=np.int64)
        if wanted:
            at = int(random.integers(0, 39))
            ids[at : at + 2], labels[at : at + 2] = (3, 7), 1
        return LabelledText(ids, labels)

    known = range(10, 60)
    gate = fit_gate(vocabulary, [text(number % 3 < 2, known) for number in range(240)], [0], LABELS, seed=1)
    weights = {name: weight.numpy() for name, weight in gate.weights(vocabulary).items()}
    looked_for = gate_scores(weights, [text(True, known).ids for _ in range(40)])
    strange = gate_scores(weights, [text(False, range(60, 500)).ids for _ in range(200)])
    assert (strange < looked_for.min()).mean() > 0.95


def test_fitting_leaves_word_vectors_and_random_numbers_alone_and_repeats_itself(vocabulary: torch.Tensor) -> None:
    random = np.random.default_rng(8)
    texts = [LabelledText(random.integers(0, WORDS, 30), random.integers(0, LABELS + 1, 30)) for _ in range(30)]
    words = vocabulary.clone().requires_grad_()
    state = torch.random.get_rng_state()
    gates = [fit_gate(words, texts, [0], LABELS, seed).state_dict() for seed in (1, 1, 2)]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert words.grad is None
    assert torch.equal(words, vocabulary)
    assert all(torch.equal(gates[0][name], gates[1][name]) for name in gates[0])
    assert not torch.equal(gates[0]["output.weight"], gates[2]["output.weight"])


@pytest.mark.slow
def test_a_fitted_gate_finds_what_it_never_saw_alone_in_a_text(vocabulary: torch.Tensor) -> None:
    """Every text holds the word 7, as every annotated dispatch tells of an attack: pieces without it are to be told."""
    random = np.random.default_rng(9)
    others = [word for word in range(WORDS) if word != 7]
    texts = []
    for _ in range(1_500):
        text = random.choice(others, 40)
        text[random.integers(0, 40)] = 7
        texts.append(LabelledText(text, (text == 7).astype(np.int64)))
    gate = fit_gate(vocabulary, texts, [0], LABELS, 3)
    weights = {name: weight.numpy() for name, weight in gate.weights(vocabulary).items()}
    held_out = [random.choice(others, 40) for _ in range(50)]
    without = gate_scores(weights, held_out)
    for text in held_out:
        text[random.integers(0, 40)] = 7
    assert np.median(gate_scores(weights, held_out)) > np.median(without) + 2


def test_the_labels_of_the_tokens_are_those_of_the_spans(tiny_checkpoint: Path, corpus_sample: Path) -> None:
    schema = Schema.read(ROOT / "labels" / "schema.toml")
    gold = read_dispatches([corpus_sample], schema)
    _, tokenizer = load_checkpoint(tiny_checkpoint)
    for dispatch, text in zip(gold, labelled_texts([*gold, Dispatch("empty", " ")], tokenizer, schema), strict=True):
        tokens = tokenize(tokenizer, dispatch.text)
        found = {(schema.span_labels[text.labels[at] - 1], *tokens.offsets[at]) for at in np.flatnonzero(text.labels)}
        expected = {
            (span.label, *tokens.offsets[at])
            for span in dispatch.spans
            for at in range(*tokens.bounds(span.start, span.end))
        }
        assert found == expected


@pytest.mark.slow
def test_a_model_is_the_same_with_a_gate_and_without(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    weights = []
    for name, line in (("with", 'gate = ["ATTACK"]\n'), ("without", "")):
        text = recipe_text(tiny_encoder, corpus_sample, tmp_path / name, "epochs = 1")
        (tmp_path / f"{name}.toml").write_text(text.replace('gate = ["ATTACK"]\n', line), encoding="utf-8")
        run_training(tmp_path / f"{name}.toml")
        weights.append(load_file(tmp_path / name / "model.safetensors"))
    assert {name for name in weights[0] if not name.startswith("gate.")} == set(weights[1])
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[1])


def test_the_threshold_lets_all_wanted_dispatches_through(tiny_checkpoint: Path, corpus_sample: Path) -> None:
    extractor = checkpoint_extractor(*load_checkpoint(tiny_checkpoint))
    gold = read_dispatches([corpus_sample], Schema.read(ROOT / "labels" / "schema.toml"))
    gate = choose_gate(extractor, gold, ["ATTACK"])
    assert gate is not None
    texts = [np.array(extractor.tokenizer.encode(each.text, add_special_tokens=False).ids) for each in gold]
    wanted = [any(span.label == "ATTACK" for span in each.spans) for each in gold]
    lowest = extractor.network.gate_scores(texts)[wanted].min()
    assert gate.threshold < lowest
    assert choose_gate(extractor, gold, []) is None


def test_a_model_without_a_gate_has_no_scores(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    text = recipe_text(tiny_encoder, corpus_sample, tmp_path / "out", "epochs = 1").replace('gate = ["ATTACK"]\n', "")
    (tmp_path / "recipe.toml").write_text(text, encoding="utf-8")
    run_training(tmp_path / "recipe.toml")
    model, _ = load_checkpoint(tmp_path / "out")
    assert model.reading.gate is None
    with pytest.raises(ValueError, match="no gate"):
        TorchNetwork(model).gate_scores([np.array([5])])
    assert load_checkpoint(tiny_checkpoint)[0].reading.gate is not None


def test_a_gate_for_an_unknown_label_is_refused(tmp_path: Path, tiny_encoder: Path, corpus_sample: Path) -> None:
    text = recipe_text(tiny_encoder, corpus_sample, tmp_path / "out").replace('["ATTACK"]', '["WEAPON"]')
    (tmp_path / "recipe.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="expected span labels of the schema, got WEAPON"):
        run_training(tmp_path / "recipe.toml")
