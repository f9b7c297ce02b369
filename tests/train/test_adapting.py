"""An encoder learns raw texts before it learns annotations, where the recipe names some."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_labels import InputError, Place
from dateline_labels.main import main
from dateline_train import adapting
from dateline_train.adapting import GapRows, adapted, drawn
from dateline_train.encoder import load_encoder, load_gap_filler
from dateline_train.recipe import AdaptingSection, EncoderSection, Recipe
from dateline_train.trainer import TrainingLog
from dateline_train.training import run_training
from encoder_families import FAMILIES, save_encoder
from safetensors.torch import load_file

STEPS = 6


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unlike the one of the other tests it has a sign for a gap."""
    return save_encoder("bert_cased", tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    lines = [
        json.dumps({"text": f"Report {n}: gunmen of the front fired on a bus near the bridge."}) for n in range(30)
    ]
    (folder / "a.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder


def written(folder: Path, encoder: Path, data: Path, news: str, more: str = f"steps = {STEPS}") -> Path:
    text = recipe_text(encoder, data, folder / "checkpoint", "epochs = 1").replace('gate = ["ATTACK"]\n', "")
    path = folder / "tiny.toml"
    section = f'[adapting]\nfiles = ["{news}"]\nlearning_rate = 3e-3\n{more}\n\n[model]'
    path.write_text(text.replace("[model]", section), encoding="utf-8")
    return path


def test_an_encoder_learns_the_texts_and_then_the_annotations(
    tmp_path: Path, encoder: Path, news: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, encoder, corpus_sample, f"{news}/*.jsonl.gz")
    assert main(["train", str(path)]) == 0
    assert "adapting the encoder: 30 texts of" in capsys.readouterr().err
    checkpoint = tmp_path / "checkpoint"
    assert not (checkpoint / "adapting").exists()
    record = json.loads((checkpoint / "adapted" / "adapted.json").read_text(encoding="utf-8"))
    assert (record["texts"], record["steps"]) == (30, STEPS)
    assert record["loss"] > 0.0
    # what was adapted is an encoder that other recipes can name, and this one began with it
    before = load_encoder(Recipe.read(path).encoder, Place("x")).encoder
    adapted_recipe = adapted(Recipe.read(path), record["fingerprint"], Place("x"))
    after = load_encoder(adapted_recipe.encoder, Place("x")).encoder
    words = "embeddings.word_embeddings.weight"
    moved = (after.state_dict()[words] - before.state_dict()[words]).abs().max()
    assert moved > 1e-4
    learnt = load_file(checkpoint / "model.safetensors")[f"encoder.{words}"]
    assert (learnt - after.state_dict()[words]).abs().mean() < (learnt - before.state_dict()[words]).abs().mean()
    # the record keeps the recipe as it was, and the same command again has nothing to do
    trained = json.loads((checkpoint / "training.json").read_text(encoding="utf-8"))
    assert trained["recipe"]["encoder"]["name"] == str(encoder)
    assert trained["recipe"]["adapting"]["steps"] == STEPS
    assert run_training(path) is None
    # with other texts it is another run
    (news / "b.txt").write_text("A mine went off.", encoding="utf-8")
    path = written(tmp_path, encoder, corpus_sample, str(news))
    with pytest.raises(InputError, match="holds a run of another recipe"):
        run_training(path)
    (news / "b.txt").unlink()


class Kill(BaseException):
    """Stands for a kill."""


def test_an_interrupted_adapting_goes_on_to_the_same_weights(
    tmp_path: Path, encoder: Path, news: Path, corpus_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = {}
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        recipe = Recipe.read(written(tmp_path / name, encoder, corpus_sample, str(news)))
        recipe.output.mkdir()
        recipes[name] = replace(recipe, fitting=replace(recipe.fitting, tokens_a_batch=256))  # four batches an epoch
    whole = adapted(recipes["whole"], "f", Place("x"))

    def die(*_: object, **__: object) -> None:
        raise Kill

    with monkeypatch.context() as patched:
        patched.setattr(adapting, "_SAVES", 2)
        patched.setattr(TrainingLog, "on_train_end", die)
        with pytest.raises(Kill):
            adapted(recipes["killed"], "f", Place("x"))
    states = recipes["killed"].output / "adapting"
    (states / f"checkpoint-{STEPS}" / "files.json").unlink()  # a kill within the last one
    assert (states / f"checkpoint-{STEPS // 2}" / "files.json").is_file()
    again = adapted(recipes["killed"], "f", Place("x"))
    one, other = (load_file(Path(each.encoder.name) / "model.safetensors") for each in (whole, again))
    assert one.keys() == other.keys()
    assert all(one[name].equal(other[name]) for name in one)
    assert not states.exists()


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "xlm_roberta_normalised"])
def test_each_family_fills_gaps_with_the_weights_that_are_read(family: str, tmp_path: Path) -> None:
    section = Recipe.read(written(tmp_path, save_encoder(family, tmp_path / family), tmp_path, "x.txt")).encoder
    encoder = load_encoder(section, Place("x")).encoder
    model, tokenizer = load_gap_filler(section, Place("x"))
    assert tokenizer.mask_token_id is not None
    inside = getattr(model, model.base_model_prefix).state_dict()
    expected = {name: weights for name, weights in encoder.state_dict().items() if not name.startswith("pooler.")}
    assert inside.keys() == expected.keys()
    assert all(weights.equal(inside[name]) for name, weights in expected.items())


def test_an_encoder_without_a_sign_for_a_gap_is_refused(
    tmp_path: Path, tiny_encoder: Path, news: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(written(tmp_path, tiny_encoder, corpus_sample, str(news)))]) == 2
    assert "tiny.toml:0:adapting.files: the tokenizer of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("files", "more", "told"),
    [
        ("nothing/*.txt", "", "no file here ends in"),
        ("{news}", "masked = 1.5", "masked takes a share between 0 and 1"),
        ("{news}", "steps = 0", "texts and steps are at least 1"),
        ("{blank}", "", "expected texts with a word in them, got none"),
    ],
)
def test_what_cannot_be_learnt_is_refused(  # sizes: pytest gives the fixtures by name
    files: str,
    more: str,
    told: str,
    tmp_path: Path,
    encoder: Path,
    news: Path,
    corpus_sample: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "blank.txt").write_text(" \n", encoding="utf-8")
    path = written(tmp_path, encoder, corpus_sample, files.format(news=news, blank=tmp_path / "blank.txt"), more)
    assert main(["train", str(path)]) == 2
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_a_training_that_begins_with_a_checkpoint_has_its_encoder(
    tmp_path: Path, encoder: Path, news: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    path = written(tmp_path, encoder, corpus_sample, str(news))
    with pytest.raises(InputError, match=r"adapting\.files: a training that begins with a checkpoint has that one's"):
        run_training(path, begin=tiny_checkpoint)


def test_what_is_hidden_is_told_by_seed_epoch_and_number(encoder: Path) -> None:
    tokenizer = load_encoder(EncoderSection(str(encoder), window=64), Place("x")).tokenizer
    windows = [tokenizer(f"Gunmen killed {number} soldiers near Gao on Monday.")["input_ids"] for number in range(200)]
    rows, same, other = (GapRows(windows, tokenizer, 0.15, seed) for seed in (1, 1, 2))
    assert [rows[n] for n in range(200)] == [same[n] for n in range(200)] != [other[n] for n in range(200)]
    same.set_epoch(1)
    assert rows[0] != same[0] or rows[1] != same[1]
    hidden = guessed = words = 0
    for window, row in zip(windows, (rows[n] for n in range(200)), strict=True):
        asked = [at for at, label in enumerate(row["labels"]) if label != -100]
        assert asked
        assert all(row["labels"][at] == window[at] for at in asked)
        assert all(row["input_ids"][at] == window[at] for at in range(len(window)) if at not in asked)
        assert not {0, len(window) - 1} & set(asked)  # special tokens
        hidden += sum(row["input_ids"][at] == tokenizer.mask_token_id for at in asked)
        guessed, words = guessed + len(asked), words + len(window) - 2
    assert 0.1 < guessed / words < 0.25
    assert 0.7 < hidden / guessed < 0.9


def test_texts_are_drawn_each_as_likely() -> None:
    texts = [str(number) for number in range(20)]
    assert drawn(texts, 20, 1) == texts
    assert drawn(texts, 5, 1) == drawn(texts, 5, 1)
    counts = Counter(text for seed in range(2_000) for text in drawn(texts, 5, seed))
    assert set(counts) == set(texts)
    assert all(400 < count < 600 for count in counts.values())


def test_without_texts_nothing_is_adapted(tmp_path: Path, encoder: Path, corpus_sample: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(recipe_text(encoder, corpus_sample, tmp_path / "checkpoint"), encoding="utf-8")
    recipe = Recipe.read(path)
    assert recipe.adapting == AdaptingSection()
    assert adapted(recipe, "f", Place("x")) is recipe
