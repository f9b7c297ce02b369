import json
import shutil
from pathlib import Path

import pytest
import torch
from conftest import recipe_text
from dateline_labels import InputError, Place
from dateline_train.encoder import keep_layers
from dateline_train.losses import IGNORED, Logits, imitation_losses
from dateline_train.model import DispatchModel
from dateline_train.network import load_checkpoint
from dateline_train.teacher import Teachers
from dateline_train.training import run_training


def written(
    folder: Path, encoder: Path, data: Path, teacher: str, layers: int = 0, fitting: str = "epochs = 2"
) -> Path:
    text = recipe_text(encoder, data, folder / "out", fitting)
    text = text.replace("overlap = 16\n", f"overlap = 16\nlayers = {layers}\n") + f"\n[teacher]\n{teacher}\n"
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def span_f1(checkpoint: Path) -> float:
    found: float = json.loads((checkpoint / "training.json").read_text(encoding="utf-8"))["validation"]["span_f1"]
    return found


@pytest.mark.slow
def test_a_student_of_half_the_layers_keeps_most_of_what_its_teacher_knows(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    teacher = f'checkpoints = ["{tiny_checkpoint.as_posix()}"]\nstart = true'
    run_training(written(tmp_path, tiny_encoder, corpus_sample, teacher, layers=1, fitting="epochs = 6"))
    model, _ = load_checkpoint(tmp_path / "out")
    assert model.encoder.config.num_hidden_layers == 1
    assert span_f1(tmp_path / "out") > 0.6 * span_f1(tiny_checkpoint) > 0
    logged = (tmp_path / "out" / "log.jsonl").read_text(encoding="utf-8")
    assert "teacher_loss" in logged


def test_a_student_that_begins_as_its_teacher_and_learns_nothing_reads_as_it_does(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    teacher = f'checkpoints = ["{tiny_checkpoint.as_posix()}"]\nstart = true'
    path = written(tmp_path, tiny_encoder, corpus_sample, teacher, fitting="epochs = 1\nweight_decay = 0.0")
    still = path.read_text(encoding="utf-8").replace("= 3e-3", "= 1e-30").replace("= 1e-2", "= 1e-30")
    path.write_text(still, encoding="utf-8")
    run_training(path)
    expected, found = (load_checkpoint(each)[0].state_dict() for each in (tiny_checkpoint, tmp_path / "out"))
    assert all(torch.equal(weight, found[name]) for name, weight in expected.items())


@pytest.mark.parametrize(("precision", "expected"), [("bf16", True), ("fp32", False)])
def test_teachers_are_read_in_the_precision_of_the_run(
    tmp_path: Path,
    tiny_encoder: Path,
    corpus_sample: Path,
    tiny_checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: str,
    expected: bool,
) -> None:
    """accelerate's own wrapper is around the model that learns alone."""
    seen: set[bool] = set()
    logits = Teachers.logits

    def recorded(self: Teachers, batch: dict[str, torch.Tensor]) -> Logits:
        seen.add(torch.is_autocast_enabled("cpu"))
        return logits(self, batch)

    monkeypatch.setattr(Teachers, "logits", recorded)
    path = written(tmp_path, tiny_encoder, corpus_sample, f'checkpoints = ["{tiny_checkpoint.as_posix()}"]')
    text = path.read_text(encoding="utf-8").replace('precision = "fp32"', f'precision = "{precision}"')
    path.write_text(text, encoding="utf-8")
    run_training(path)
    assert seen == {expected}


@pytest.mark.slow
def test_several_teachers_are_read_as_one(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    teacher = f'checkpoints = ["{tiny_checkpoint.as_posix()}", "{tiny_checkpoint.as_posix()}"]\nweight = 1.0'
    run_training(written(tmp_path, tiny_encoder, corpus_sample, teacher))
    assert span_f1(tmp_path / "out") > 0


@pytest.mark.parametrize(
    ("teacher", "layers", "says"),
    [
        ('checkpoints = ["nowhere"]', 0, "is no checkpoint; train it first"),
        ("start = true", 0, "to start from a teacher, name its checkpoint"),
        ("weight = 1.5", 0, "a share from 0 to 1"),
        ('checkpoints = ["{checkpoint}"]\nstart = true', 5, "the encoder has 2 layers, got 5"),
        ("generations = 0", 0, "generations is a number from 1"),
        ("generations = 2\nepochs = -1", 0, "epochs is a number from 0"),
        ('checkpoints = ["{checkpoint}"]\nstart = true\ngenerations = 2', 0, "has one generation"),
    ],
)
def test_a_teacher_that_cannot_teach_is_refused(
    teacher: str, layers: int, says: str, tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    named = teacher.format(checkpoint=tiny_checkpoint.as_posix())
    with pytest.raises(InputError, match=says):
        run_training(written(tmp_path, tiny_encoder, corpus_sample, named, layers))
    assert not (tmp_path / "out" / "model.safetensors").exists()


@pytest.mark.slow
def test_each_generation_is_taught_by_all_before_it(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, tiny_encoder, corpus_sample, "generations = 2", fitting="epochs = 3")
    run_training(path)
    out = tmp_path / "out"
    first = out / "generations" / "1"
    recipes = [json.loads((each / "training.json").read_text(encoding="utf-8"))["recipe"] for each in (first, out)]
    assert [recipe["seed"] for recipe in recipes] == [7, 8]
    assert [recipe["teacher"]["checkpoints"] for recipe in recipes] == [[], [first.as_posix()]]
    learnt = [(each / "log.jsonl").read_text(encoding="utf-8") for each in (first, out)]
    assert ["teacher_loss" in log for log in learnt] == [False, True]
    weights = [(each / "model.safetensors").read_bytes() for each in (first, out)]

    for gone in ("training.json", "model.safetensors", "log.jsonl"):  # as if it had been interrupted in the last one
        (out / gone).unlink()
    capsys.readouterr()
    assert run_training(path) == out
    said = capsys.readouterr().err
    assert said.count("is trained already") == 1
    assert [(each / "model.safetensors").read_bytes() for each in (first, out)] == weights

    with pytest.raises(InputError, match="holds a run of 2 generations, not of 1; name another --output"):
        run_training(written(tmp_path, tiny_encoder, corpus_sample, "generations = 1", fitting="epochs = 3"))


def test_a_teacher_of_another_schema_is_refused(
    tmp_path: Path, tiny_encoder: Path, corpus_sample: Path, tiny_checkpoint: Path
) -> None:
    other = shutil.copytree(tiny_checkpoint, tmp_path / "other")
    config = json.loads((other / "config.json").read_text(encoding="utf-8"))
    config["reading"]["schema"]["name"] = "elsewhere"
    (other / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(InputError, match="was trained with another schema"):
        run_training(written(tmp_path, tiny_encoder, corpus_sample, f'checkpoints = ["{other.as_posix()}"]'))


def test_the_layers_that_stay_are_spread_from_the_first_to_the_last(tiny_checkpoint: Path) -> None:
    from transformers import BertConfig, BertModel

    encoder = BertModel(BertConfig(num_hidden_layers=6, hidden_size=16, num_attention_heads=2, intermediate_size=16))
    layers = list(encoder.encoder.layer)
    keep_layers(encoder, 3, Place("recipe.toml"))
    assert [layers.index(layer) for layer in encoder.encoder.layer] == [0, 2, 5]
    assert encoder.config.num_hidden_layers == 3


def test_who_answers_as_the_teacher_has_the_least_loss(tiny_checkpoint: Path) -> None:
    model: DispatchModel = load_checkpoint(tiny_checkpoint)[0]
    schema = model.reading.schema
    values = sum(len(choices) for _, _, choices in schema.attributes)
    torch.manual_seed(1)
    teacher = Logits(torch.randn(7, 4), torch.randn(7, 11), torch.randn(3, values), torch.randn(5, 9))
    attribute_targets = torch.zeros(3, len(schema.attributes), dtype=torch.long)
    relation_targets = torch.zeros(5, 9, dtype=torch.long)
    relation_targets[:, 4:] = IGNORED

    def losses(found: Logits) -> torch.Tensor:
        return imitation_losses(found, teacher, attribute_targets, relation_targets, schema)

    least = losses(teacher)
    for other in range(4):
        changed = Logits(*(part + 0.5 * torch.randn_like(part) * (at == other) for at, part in enumerate(teacher)))
        found = losses(changed)
        assert (found >= least - 1e-6).all()
        assert found.sum() > least.sum()
    ignored = teacher._replace(relations=teacher.relations + 9.0 * (relation_targets == IGNORED))
    torch.testing.assert_close(losses(ignored), least)
