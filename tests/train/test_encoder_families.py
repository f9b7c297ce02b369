"""Whatever encoder a recipe names, it is read, trained, saved and packaged like the default one."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import CORPUS, SCHEMA, recipe_text
from dateline_bundle.encoders import FP32
from dateline_bundle.manifest import write_bundle
from dateline_infer import Extractor, chain, tags
from dateline_infer.bundle import BundleConfig, load_bundle
from dateline_infer.choosing import Asked
from dateline_infer.forms import FORM_COUNT
from dateline_infer.network import BundleNetwork
from dateline_infer.tags import TokenSpan
from dateline_infer.tokens import IntArray, Tokens, tokenize
from dateline_infer.windows import SpecialTokens
from dateline_labels import Dispatch, InputError, Place, Schema, read_dispatches
from dateline_train.certifying import Packaging
from dateline_train.encoding import Collator, Encoder
from dateline_train.exporting import encoder_graph, head_weights
from dateline_train.fitting import new_model
from dateline_train.model import DispatchModel
from dateline_train.network import TorchNetwork, checkpoint_extractor, load_checkpoint
from dateline_train.packaging import run_packaging
from dateline_train.recipe import DataSection, EncoderSection, FittingSection, ModelSection, Recipe
from dateline_train.training import run_training
from encoder_families import FAMILIES, LINES, LONGEST, save_encoder, tokenizer_of
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save as save_safetensors
from tokenizers import Tokenizer

families = pytest.mark.parametrize("family", FAMILIES)
PIECES = (
    *(
        "Gao",
        "killed",
        "Ségou",
        "e\u0301te\u0301",
        "nai\u0308ve",
        "中国",
        "한국",
        "Грозном",
        "हिन्दी",
        "العربية",
        "x",
        "2014",
    ),
    *("😂", "👩\u200d🚒", "🇲🇱", "❤\ufe0f ", "🏽", ".", ",", "-", "'", '"', "“", "…", "(", "$", "_", "#", "—"),
    *(" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u2028", "\u3000", "\u200b", "\ufeff"),
)
pieces = st.one_of(st.sampled_from(PIECES), st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=3))
texts = st.lists(pieces, max_size=14).map("".join)


def words(text: str) -> list[tuple[int, int]]:
    """Runs of letters and digits, and runs of other signs that show, each with its marks."""
    found: list[tuple[int, int]] = []
    before = ""
    for at, character in enumerate(text):
        category = unicodedata.category(character)[0]
        kind = before if category == "M" else "word" if character.isalnum() else "signs" if category in "PS" else ""
        if kind and kind == before:
            found.append((found.pop()[0], at + 1))
        elif kind:
            found.append((at, at + 1))
        before = kind
    return found


def joined(text: str, tokens: Tokens, unknown: int | None, start: int, end: int) -> bool:
    """What the vocabulary lacks may stand in one token with its neighbours, and words between which a tokenizer sees no
    sign of format in one token; there no model can tell them apart.
    """
    here = (tokens.offsets[:, 0] < end) & (tokens.offsets[:, 1] > start)
    beyond = (tokens.offsets[:, 0] < start) | (tokens.offsets[:, 1] > end)
    return any(
        tokens.ids[at] == unknown
        or any(unicodedata.category(sign) == "Cf" for sign in text[slice(*tokens.offsets[at])])
        for at in np.flatnonzero(here & beyond)
    )


def recovered(tokens: Tokens, start: int, end: int) -> list[tuple[int, int]]:
    """Code points → tokens → tags → tokens → code points."""
    marked = tags.encode([TokenSpan(1, *tokens.bounds(start, end))], len(tokens))
    logits = np.eye(tags.tag_count(2), dtype=np.float32)[marked] * 9.0
    (spans,) = chain.decode([logits], [tokens.continues])
    return [(int(tokens.offsets[span.start, 0]), int(tokens.offsets[span.end - 1, 1])) for span in spans]


@families
@settings(max_examples=30, deadline=None)
@given(text=texts, data=st.data())
def test_a_span_of_whole_words_comes_back_as_it_was(family: str, text: str, data: st.DataObject) -> None:
    found = words(text)
    if not found:
        return
    first = data.draw(st.integers(0, len(found) - 1))
    last = data.draw(st.integers(first, len(found) - 1))
    start, end = found[first][0], found[last][1]
    tokens = tokenize(tokenizer_of(family).backend_tokenizer, text)
    if not joined(text, tokens, tokenizer_of(family).unk_token_id, start, end):
        assert recovered(tokens, start, end) == [(start, end)]


@families
def test_every_word_of_awkward_lines_comes_back(family: str) -> None:
    tokenizer = tokenizer_of(family)
    for text in LINES:
        tokens = tokenize(tokenizer.backend_tokenizer, text)
        for start, end in words(text):
            if family.startswith("bert") and joined(text, tokens, tokenizer.unk_token_id, start, end):
                continue
            assert recovered(tokens, start, end) == [(start, end)], (text, text[start:end])


@pytest.fixture(scope="module", params=[name for name in FAMILIES if name != "xlm_roberta_normalised"])
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(family: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(family, tmp_path_factory.mktemp(family))


def recipe_of(folder: Path, window: int = 64, dropout: float = 0.0, attention_dropout: float = 0.0) -> Recipe:
    section = EncoderSection(
        str(folder), window=window, overlap=16, dropout=dropout, attention_dropout=attention_dropout
    )
    data = DataSection(SCHEMA, (CORPUS,))
    fitting = FittingSection(precision="fp32")
    return Recipe("narrow", Path("out"), data, section, model=ModelSection(16, dropout=0.0), fitting=fitting)


@pytest.fixture
def built(folder: Path) -> tuple[DispatchModel, Tokenizer]:
    torch.manual_seed(3)
    model, tokenizer, _ = new_model(recipe_of(folder), Schema.read(SCHEMA), Place("x"))
    return model, tokenizer


@pytest.fixture(scope="module")
def gold() -> list[Dispatch]:
    files = sorted((CORPUS / "militancy_notes").glob("*.md"))
    return read_dispatches(files[:12], Schema.read(SCHEMA))


def batch_of(model: DispatchModel, tokenizer: Tokenizer, dispatches: list[Dispatch]) -> dict[str, torch.Tensor]:
    encoder = Encoder(tokenizer, model.reading, SpecialTokens.of(tokenizer, model.padding_id))
    rows = [row for dispatch in dispatches if (row := encoder.row(dispatch))]
    return Collator(model.reading.schema, model.padding_id, 20_000)(rows)


def padded_windows(model: DispatchModel, windows: int, length: int) -> tuple[IntArray, IntArray, IntArray]:
    """Random tokens of random forms, each window half as long as the one before it."""
    random = np.random.default_rng(length)
    ids = random.integers(5, model.config.encoder["vocab_size"], size=(windows, length))
    mask = (np.arange(length) < np.array([[max(1, length >> row)] for row in range(windows)])).astype(np.int64)
    forms = mask * random.integers(0, FORM_COUNT, size=(windows, length))
    return np.where(mask, ids, model.padding_id), mask, forms


def test_a_window_is_laid_out_as_the_encoder_learnt_it(family: str, built: tuple[DispatchModel, Tokenizer]) -> None:
    model, tokenizer = built
    special = SpecialTokens.of(tokenizer, model.padding_id)
    names = [tokenizer.id_to_token(token) for token in (*special.prefix, *special.suffix)]
    assert names == [FAMILIES[family].prefix, FAMILIES[family].suffix]
    assert model.padding_id == tokenizer_of(family).pad_token_id
    assert model.padding_id == (1 if "roberta" in family else 3 if family == "modernbert" else 0)


def test_gold_spans_need_no_widening(built: tuple[DispatchModel, Tokenizer], gold: list[Dispatch]) -> None:
    model, tokenizer = built
    encoder = Encoder(tokenizer, model.reading, SpecialTokens.of(tokenizer, model.padding_id))
    for dispatch in gold:
        encoder.row(dispatch)
    assert encoder.widened == []


def test_the_longest_window_is_the_encoders_own(family: str, folder: Path, gold: list[Dispatch]) -> None:
    """RoBERTa and its kin keep two places of their table of positions for what is no token."""
    longest = 2 * LONGEST if family == "modernbert" else LONGEST
    with pytest.raises(InputError, match=rf"encoder\.window: the encoder reads {longest} tokens at once, got"):
        new_model(recipe_of(folder, window=longest + 1), Schema.read(SCHEMA), Place("x"))
    model, tokenizer, _ = new_model(recipe_of(folder, window=longest), Schema.read(SCHEMA), Place("x"))
    long = Dispatch("long", "\n".join(dispatch.text for dispatch in gold))
    batch = batch_of(model, tokenizer, [long])
    assert batch["input_ids"].shape[1] == longest
    assert torch.isfinite(model(**batch).total)


def test_the_dropout_of_the_recipe_has_effect(family: str, folder: Path) -> None:
    recipe = recipe_of(folder, dropout=0.31, attention_dropout=0.07)
    model = new_model(recipe, Schema.read(SCHEMA), Place("x"))[0]
    for name in FAMILIES[family].dropout:
        assert model.config.encoder[name] == 0.31
    assert model.config.encoder[FAMILIES[family].attention_dropout] == 0.07
    shares = {module.p for module in model.encoder.modules() if isinstance(module, torch.nn.Dropout)}
    assert shares == {0.31, 0.07}
    assert np.ptp(twice(model)) > 0.0


def test_without_dropout_nothing_is_left_to_chance(built: tuple[DispatchModel, Tokenizer]) -> None:
    model, _ = built
    assert np.ptp(twice(model)) == 0.0


def twice(model: DispatchModel) -> list[float]:
    arrays = [torch.from_numpy(array) for array in padded_windows(model, 2, 20)]
    model.train()
    return [model.encode(*arrays)[0][0].abs().sum().item() for _ in range(2)]


def test_every_weight_learns_and_the_loss_falls(built: tuple[DispatchModel, Tokenizer], gold: list[Dispatch]) -> None:
    model, tokenizer = built
    batch = batch_of(model, tokenizer, gold[:3])
    assert len(batch["spans"]) > 5
    assert (batch["relation_targets"] == 1).any()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(**batch).total
        loss.backward()
        assert [name for name, weight in model.named_parameters() if weight.grad is None] == []
        optimizer.step()
        losses.append(loss.item())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] - 0.01


@pytest.mark.filterwarnings("ignore:`gradient_checkpointing_enable` is deprecated")
def test_recomputed_activations_give_the_same_gradients(
    built: tuple[DispatchModel, Tokenizer], gold: list[Dispatch]
) -> None:
    model, tokenizer = built
    batch = batch_of(model, tokenizer, gold[:2])

    def gradients() -> Iterator[torch.Tensor]:
        torch.manual_seed(5)  # which windows are read without their case is left to chance
        model.zero_grad()
        model.train()
        model(**batch).total.backward()
        return (weight.grad.clone() for weight in model.parameters() if weight.grad is not None)

    expected = list(gradients())
    model.gradient_checkpointing_enable({"use_reentrant": False})
    assert any(getattr(module, "gradient_checkpointing", False) for module in model.encoder.modules())
    for one, other in zip(gradients(), expected, strict=True):
        torch.testing.assert_close(one, other)


def test_a_saved_model_is_the_same_model(folder: Path, tmp_path: Path) -> None:
    model, tokenizer, fast = new_model(recipe_of(folder), Schema.read(SCHEMA), Place("x"))
    model.eval()
    model.save_pretrained(tmp_path)
    fast.save_pretrained(tmp_path)
    loaded, same_tokenizer = load_checkpoint(tmp_path)
    assert loaded.padding_id == model.padding_id
    assert same_tokenizer.encode(LINES[0]).ids == tokenizer.encode(LINES[0]).ids
    ids, mask, forms = padded_windows(model, 3, 50)
    networks = TorchNetwork(loaded), TorchNetwork(model)
    for one, other in zip(*(network.encode(ids, mask, forms) for network in networks), strict=True):
        np.testing.assert_allclose(one[mask == 1], other[mask == 1], atol=1e-5)


def test_the_bundle_reads_as_the_checkpoint_does(
    built: tuple[DispatchModel, Tokenizer], gold: list[Dispatch], tmp_path: Path
) -> None:
    """At other shapes than the one that was traced, and with neighbours that are padding alone."""
    model, tokenizer = built
    model.eval()
    config = BundleConfig(reading=model.reading.to_dict(), padding=model.padding_id)
    contents = {
        "config.json": config.model_dump_json().encode(),
        "encoder.onnx": encoder_graph(model),
        "heads.safetensors": save_safetensors(head_weights(model)),
        "metrics.json": b"{}",
        "tokenizer.json": tokenizer.to_str().encode(),
        "training.json": b"{}",
        "README.md": b"",
    }
    write_bundle(tmp_path, contents, "0", certificate=None)
    packaged, reference = load_bundle(tmp_path, Asked(precision="fp32")), checkpoint_extractor(model, tokenizer)
    assert isinstance(packaged.network, BundleNetwork)
    for windows, length in ((1, 1), (1, 7), (2, 16), (5, 100), (3, LONGEST)):
        arrays = padded_windows(model, windows, length)
        mask = arrays[1]
        expected, got = reference.network.encode(*arrays), packaged.network.encode(*arrays)
        for one, other in zip(expected, got, strict=True):
            assert np.isfinite(other).all()
            np.testing.assert_allclose(other[mask == 1], one[mask == 1], atol=2e-5)
    texts = [*gold[:4], *(Dispatch(str(number), line) for number, line in enumerate(LINES))]
    assert sum(len(dispatch.spans) for dispatch in packaged.batch(texts)) > 20
    assert readings(packaged.batch(texts)) == readings(reference.batch(texts))


@pytest.mark.slow
def test_a_recipe_names_it_and_all_else_follows(folder: Path, corpus_sample: Path, tmp_path: Path) -> None:
    recipe, checkpoint, bundle = (tmp_path / name for name in ("narrow.toml", "checkpoint", "bundle"))
    recipe.write_text(recipe_text(folder, corpus_sample, checkpoint, "epochs = 4"), encoding="utf-8")
    run_training(recipe)
    run_packaging(checkpoint, bundle, Packaging((corpus_sample,), variants=(FP32,), tolerance=0.0, timed=False))
    dispatches = read_dispatches([corpus_sample], Schema.read(SCHEMA))
    got = Extractor.load(bundle, Asked(precision="fp32")).batch(dispatches)
    assert sum(len(dispatch.spans) for dispatch in got) > 20
    assert readings(got) == readings(checkpoint_extractor(*load_checkpoint(checkpoint)).batch(dispatches))


def readings(dispatches: list[Dispatch]) -> list[tuple[object, ...]]:
    """What was found, without the scores, whose last digits may differ."""
    return [
        (
            [(span.label, span.start, span.end, dict(span.attributes)) for span in dispatch.spans],
            [(relation.label, relation.head, relation.tail) for relation in dispatch.relations],
        )
        for dispatch in dispatches
    ]
