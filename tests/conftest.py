"""A tiny encoder, a checkpoint trained with it and its bundle, all made here and offline, once a session."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "labels" / "corpus"
SCHEMA = ROOT / "labels" / "schema.toml"
TINY_VOCABULARY = 1_500

if find_spec("hypothesis"):  # the built wheel is tested without it
    from hypothesis import settings

    # how long an example takes says how busy the machine is, not whether it is right
    settings.register_profile("dateline", deadline=None)
    settings.load_profile("dateline")


@pytest.fixture(scope="session", autouse=True)
def _history(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests train and measure goes into no history but their own."""
    os.environ["DATELINE_HISTORY"] = str(tmp_path_factory.mktemp("history") / "runs.jsonl")


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written and renamed as ever, but for the wait until a disk has them: for tests that write hundreds."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


@pytest.fixture(scope="module")
def one_command_line() -> Iterator[None]:
    """The commands are looked up and built once, not once a case: for tests that run hundreds of command lines."""
    import dateline_labels.main
    import typer

    commands = typer.main.get_command(dateline_labels.main.command_line())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dateline_labels.main, "command_line", lambda: commands)
        yield


@pytest.fixture(scope="session")
def corpus_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first forty short notes of the corpus: 32 to learn from, 4 to validate on, 4 to test on."""
    folder = tmp_path_factory.mktemp("sample")
    for number in range(1, 41):
        name = f"militancy_notes-{number:03}.md"
        shutil.copy(CORPUS / "militancy_notes" / name, folder / name)
    return folder


def word_pieces(words: Counter[str]) -> list[str]:
    """A vocabulary that is the same each time, as those of the library's trainer are not: ties fall otherwise there."""
    letters = sorted(set("".join(words)))
    counts: Counter[str] = Counter()
    for word, count in words.items():
        for at in range(1, len(word)):
            counts[word[: at + 1]] += count
            counts[f"##{word[at:]}"] += count
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters)]
    ranked = sorted(counts, key=lambda piece: (-counts[piece] * len(piece.removeprefix("##")), piece))
    whole = sorted((word for word in words if words[word] > 1), key=lambda word: (-words[word], word))
    return list(dict.fromkeys(pieces + whole + ranked))[:TINY_VOCABULARY]


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory, corpus_sample: Path) -> Path:
    """A BERT of two narrow layers with random weights and a WordPiece tokenizer, as a local folder."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    normalizer, splitter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    texts = [normalizer.normalize_str(file.read_text(encoding="utf-8")) for file in sorted(corpus_sample.iterdir())]
    words = Counter(word for text in texts for word, _ in splitter.pre_tokenize_str(text))
    vocabulary = {piece: number for number, piece in enumerate(word_pieces(words))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    folder = tmp_path_factory.mktemp("tiny_encoder")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    fast.save_pretrained(folder)
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=128,
        pad_token_id=0,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def recipe_text(encoder: Path, data: Path, output: Path, fitting: str = "epochs = 2") -> str:
    """A recipe over the tiny encoder; `fitting` is the body of its last section."""
    return f"""name = "tiny"
output = "{output.as_posix()}"
seed = 7

[data]
schema = "{SCHEMA.as_posix()}"
files = ["{data.as_posix()}"]

[encoder]
name = "{encoder.as_posix()}"
window = 64
overlap = 16

[model]
width = 32
gate = ["ATTACK"]

[fitting]
precision = "fp32"
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
tokens_a_batch = 1024
{fitting}
"""


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path, corpus_sample: Path) -> Path:
    """A checkpoint that has learnt enough to find spans and relations in the texts it was trained on."""
    import torch
    from dateline_train.training import run_training

    torch.set_num_threads(1)  # so small a model gains nothing from a second one
    folder = tmp_path_factory.mktemp("tiny")
    recipe = folder / "tiny.toml"
    recipe.write_text(recipe_text(tiny_encoder, corpus_sample, folder / "checkpoint", "epochs = 12"), encoding="utf-8")
    run_training(recipe)
    return folder / "checkpoint"


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory, tiny_checkpoint: Path, corpus_sample: Path) -> Path:
    """The packaged tiny checkpoint."""
    from dateline_bundle.encoders import FP32
    from dateline_train.certifying import Packaging
    from dateline_train.packaging import run_packaging

    bundle = tmp_path_factory.mktemp("bundles") / "bundle"
    packaging = Packaging(proving=(corpus_sample,), variants=(FP32,), timed=False)
    run_packaging(tiny_checkpoint, bundle, packaging)
    return bundle


@pytest.fixture(scope="session")
def note(tiny_bundle: Path, corpus_sample: Path) -> str:
    """A text in which the tiny model finds an incident, a claim about it and relations."""
    from dateline_incidents.records import records
    from dateline_infer import Extractor
    from dateline_labels import Schema, read_dispatches

    extractor = Extractor.load(tiny_bundle)
    for dispatch in read_dispatches([corpus_sample], Schema.read(SCHEMA)):
        if records(extractor(dispatch.text))[1]:
            return dispatch.text
    raise AssertionError("the tiny model finds no claim in what it was trained on")
