"""One file a training run: every choice of the run, typed, with its meaning beside it.

Input paths are taken from the recipe's own folder, the output from where the command is run.
A section raises ValueError on values that cannot be, or cannot be together; read from a file, that is an InputError.
"""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dateline_formats.label_map import LabelMap
from dateline_labels import InputError, Place, Schema
from dateline_labels.splits import HELD_OUT_FOLDERS
from dateline_labels.toml_files import FaultyKeysError, read_typed_toml
from pydantic import ConfigDict

_STRICT = ConfigDict(extra="forbid")

Tracker = Literal["tensorboard", "mlflow", "wandb"]
GENERATIONS = "generations"
"""Folder in a run's output with the generations that taught the last one."""


@dataclass(frozen=True)
class DataSection:
    """What is learnt from."""

    __pydantic_config__ = _STRICT

    schema: Path  # the label schema, TOML
    files: tuple[Path, ...]  # annotated files or folders, each in any known format
    validation: tuple[Path, ...] = ()  # annotated files or folders for validation; taken from `files` if empty
    split: Literal["number", "held-out", "random"] = "number"  # how `files` are split; see dateline_labels.splits
    splits: Path | None = None  # of `dateline split`: says which dispatch is in which part, in place of `split`
    held_out: tuple[str, ...] = HELD_OUT_FOLDERS  # the folders that the split "held-out" leaves out
    varied: float = 0.0  # share of the dispatches that every epoch reads in other styles; see styles
    map: LabelMap = field(default_factory=LabelMap)  # others' labels for those of the schema; see docs/formats.md

    def __post_init__(self) -> None:
        if not 0.0 <= self.varied <= 1.0:
            raise ValueError("varied takes a share from 0 to 1")
        if not self.files:
            raise ValueError("name at least one file or folder to learn from")
        if self.splits and (self.validation or self.split != "number"):
            raise ValueError("splits says what is for validation; name no validation files and no split beside it")


@dataclass(frozen=True)
class EncoderSection:
    """The pretrained encoder and how texts are cut for it."""

    __pydantic_config__ = _STRICT

    name: str  # `package:MODULE/FOLDER` for files of a Python package, a local folder, also a checkpoint's, or a hub id
    revision: str | None = None  # of a hub id
    sha256: str | None = None  # of model.safetensors in a package or a local folder, checked before use
    layers: int = 0  # how many layers are kept, evenly spread from the first to the last; 0: all
    window: int = 256  # tokens a window, with the special ones
    overlap: int = 64  # tokens that neighbouring windows share
    dropout: float = 0.1  # inside the encoder; on a CPU it takes over a quarter of the time
    attention_dropout: float = 0.0  # likewise, on the attention

    def __post_init__(self) -> None:
        if self.layers < 0:
            raise ValueError("layers is a number, or 0 for all")
        if self.sha256 is not None and len(self.sha256) != 64:
            raise ValueError("sha256 takes 64 hexadecimal digits")


@dataclass(frozen=True)
class AdaptingSection:
    """Raw texts in which the encoder learns to fill gaps before it learns annotations; without `files` it does not.

    Batches are those of `[fitting]`; the encoder that comes of it stays in the output, as `adapted`.
    """

    __pydantic_config__ = _STRICT

    files: tuple[Path, ...] = ()  # files, folders or patterns of texts, as `dateline extract` takes them
    texts: int = 20_000  # so many at most, drawn by chance from all
    steps: int = 2_000
    learning_rate: float = 1e-4  # highest; the warm-up is that of `[fitting]`
    masked: float = 0.15  # share of the tokens that are to be guessed

    def __post_init__(self) -> None:
        if min(self.texts, self.steps) < 1:
            raise ValueError("texts and steps are at least 1")
        if not 0.0 < self.masked < 1.0:
            raise ValueError("masked takes a share between 0 and 1")


@dataclass(frozen=True)
class TeacherSection:
    """Checkpoints whose reading is learnt besides the annotation; several are averaged."""

    __pydantic_config__ = _STRICT

    checkpoints: tuple[Path, ...] = ()  # of the same schema and tokenizer
    weight: float = 0.5  # share of the loss that is against what they make of a batch
    start: bool = False  # begin with the weights of the first one, not with those of a pretrained encoder
    generations: int = 1  # trainings one after the other, each taught by all before it too; the last is the checkpoint
    epochs: int = 0  # of each generation before the last; 0: as many as the last one, `[fitting] epochs`

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise ValueError("weight takes a share from 0 to 1")
        if self.generations < 1:
            raise ValueError("generations is a number from 1")
        if self.epochs < 0:
            raise ValueError("epochs is a number from 0")
        if self.start and self.generations > 1:
            raise ValueError("a training that starts from a teacher has one generation")
        if self.start and not self.checkpoints:
            raise ValueError("to start from a teacher, name its checkpoint")


@dataclass(frozen=True)
class RetrainSection:
    """What a checkpoint learns besides the data it knows; `dateline train --from CHECKPOINT --data NEW` fills it in.

    The recipe's `[data]` is the old data then, `[teacher]` names the checkpoint.
    """

    __pydantic_config__ = _STRICT

    files: tuple[Path, ...] = ()  # new annotated files or folders; all of their dispatches are learnt from
    validation: tuple[Path, ...] = ()  # new ones to validate on, besides the old validation
    map: LabelMap = field(default_factory=LabelMap)  # as in `[data]`, for the new ones
    replay: float = 4.0  # old dispatches for each new one, every epoch others; 0: none, and what they taught may go

    def __post_init__(self) -> None:
        if not 0.0 <= self.replay < float("inf"):
            raise ValueError("replay takes a number of old dispatches for each new one, 0 or more")
        if self.validation and not self.files:
            raise ValueError("name new files to learn from besides those to validate on")


@dataclass(frozen=True)
class ModelSection:
    """The heads and how their losses weigh."""

    __pydantic_config__ = _STRICT

    width: int = 256  # hidden units of each head
    dropout: float = 0.1
    gate: tuple[str, ...] = ()  # span labels that a gate looks for, so that `--gate` can skip other dispatches
    case_dropout: float = 0.1  # share of the windows whose letters are learnt from without their case
    tag_weight: float = 1.0  # of the loss of the tags, a mean over tokens
    attribute_weight: float = 0.1  # of the loss of the attributes, a mean over spans, summed over attributes
    relation_weight: float = 0.1  # of the loss of the relations, a sum over pairs for each relation there is

    def __post_init__(self) -> None:
        if not (0.0 <= self.dropout < 1.0 and 0.0 <= self.case_dropout <= 1.0):
            raise ValueError("dropout takes a share from 0 to below 1, case_dropout one from 0 to 1")
        if min(self.tag_weight, self.attribute_weight, self.relation_weight) < 0:
            raise ValueError("a loss cannot weigh less than nothing")


@dataclass(frozen=True)
class FittingSection:
    """How long and how fast."""

    __pydantic_config__ = _STRICT

    epochs: int = 8
    tokens_a_batch: int = 2_048  # on each device, with padding; a dispatch that is longer is a batch of its own
    least_batches: int = 1  # an epoch of less data than so many full batches has as many smaller ones
    least_steps: int = 1  # less data are gone through more often than `epochs`, until there are so many steps
    accumulation: int = 1  # batches a step
    encoder_learning_rate: float = 3e-4  # highest, after the warm-up; then linear to zero
    head_learning_rate: float = 1e-3
    warmup: float = 0.1  # share of the steps
    weight_decay: float = 0.01
    precision: Literal["auto", "fp32", "bf16"] = "auto"  # auto: bf16 where the device computes in it
    validate: bool = False  # validate after each epoch and keep the best checkpoint; else the last is kept
    patience: int = 0  # with `validate`: stop after so many epochs in a row that are no better; 0: never
    frozen_layers: int = 0  # the lowest so many layers, and the embeddings below them, stay as they begin
    pairs_a_dispatch: int = 20_000  # in a longer dispatch the farthest unrelated pairs are left out of training
    report_to: tuple[
        Tracker, ...
    ] = ()  # experiment trackers that are told what is logged, on this machine; see trackers

    def __post_init__(self) -> None:
        if min(self.patience, self.frozen_layers) < 0:
            raise ValueError("patience and frozen_layers are numbers, or 0 for none")
        if self.patience and not self.validate:
            raise ValueError("patience counts epochs that validation finds no better: it needs validate = true")
        counts = ("epochs", "tokens_a_batch", "least_batches", "least_steps", "accumulation", "pairs_a_dispatch")
        if min(getattr(self, count) for count in counts) < 1:
            raise ValueError(f"{', '.join(counts[:-1])} and {counts[-1]} are at least 1")

    def epochs_of(self, batches: int) -> int:
        """How many epochs of so many batches, on each process, the run takes."""
        steps = -(-batches // self.accumulation)
        return max(self.epochs, -(-self.least_steps // steps))


Value = int | float | str | bool


@dataclass(frozen=True)
class Searched:
    """The values that a search may try for one field: some `choices`, or numbers from `low` to `high`, whole ones where
    both are whole.
    """

    __pydantic_config__ = _STRICT

    choices: tuple[Value, ...] = ()
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False  # tried by their order of magnitude

    def __post_init__(self) -> None:
        if self.choices:
            if self.low is not None or self.high is not None or self.log:
                raise ValueError("name either choices or low and high")
        elif self.low is None or self.high is None or not self.low < self.high:
            raise ValueError("name choices, or a low and a higher high")
        elif self.log and self.low <= 0:
            raise ValueError("an order of magnitude is of numbers above 0")


_SPACE = {
    "fitting.encoder_learning_rate": Searched(low=5e-5, high=1e-3, log=True),
    "fitting.head_learning_rate": Searched(low=2e-4, high=4e-3, log=True),
    "model.relation_weight": Searched(low=0.03, high=0.3, log=True),
    "encoder.dropout": Searched(choices=(0.0, 0.1, 0.2)),
}


@dataclass(frozen=True)
class TuneSection:
    """What `dateline tune` searches, and for which figure on validation."""

    __pydantic_config__ = _STRICT

    objective: Literal["f1", "span_f1", "relation_f1"] = "f1"  # f1: the mean of the two
    space: dict[str, Searched] = field(default_factory=lambda: dict(_SPACE))  # by "section.field"


@dataclass(frozen=True)
class Recipe:
    """A training run."""

    __pydantic_config__ = _STRICT

    name: str
    output: Path  # the checkpoint's folder
    data: DataSection
    encoder: EncoderSection
    seed: int = 13
    adapting: AdaptingSection = field(default_factory=AdaptingSection)
    model: ModelSection = field(default_factory=ModelSection)
    fitting: FittingSection = field(default_factory=FittingSection)
    teacher: TeacherSection = field(default_factory=TeacherSection)
    retrain: RetrainSection = field(default_factory=RetrainSection)
    tune: TuneSection = field(default_factory=TuneSection)

    def __post_init__(self) -> None:
        if self.retrain.files and not self.teacher.start:
            what = (
                "new files are learnt by a checkpoint: name it in [teacher] checkpoints with start = true, or by --from"
            )
            raise FaultyKeysError(("retrain", "files"), what)

    @staticmethod
    def read(path: Path) -> "Recipe":
        """Read a recipe; raises InputError as `path:line:field: what`."""
        recipe = read_typed_toml(path, Recipe)
        folder = path.parent
        data = replace(
            recipe.data,
            schema=folder / recipe.data.schema,
            files=tuple(folder / file for file in recipe.data.files),
            validation=tuple(folder / file for file in recipe.data.validation),
            splits=folder / recipe.data.splits if recipe.data.splits else None,
        )
        local = folder / recipe.encoder.name
        encoder = replace(recipe.encoder, name=str(local)) if local.is_dir() else recipe.encoder
        teacher = replace(recipe.teacher, checkpoints=tuple(folder / each for each in recipe.teacher.checkpoints))
        retrain = replace(
            recipe.retrain,
            files=tuple(folder / file for file in recipe.retrain.files),
            validation=tuple(folder / file for file in recipe.retrain.validation),
        )
        adapting = replace(recipe.adapting, files=tuple(folder / file for file in recipe.adapting.files))
        return replace(recipe, data=data, encoder=encoder, adapting=adapting, teacher=teacher, retrain=retrain)

    def read_schema(self, place: Place) -> Schema:
        """The label schema; raises InputError at `place`, the recipe's, where there is none, and on a faulty one."""
        if not self.data.schema.exists():  # as in a recipe that was copied to another folder
            what = f"{self.data.schema} is not there; input paths start at the recipe's own folder"
            raise InputError(place, "data.schema", what)
        return Schema.read(self.data.schema)

    def begun_from(self, checkpoint: Path) -> "Recipe":
        """The same run, begun with the weights of a checkpoint, which takes the place of the recipe's teachers."""
        return replace(self, teacher=replace(self.teacher, checkpoints=(checkpoint,), start=True, generations=1))

    def generation(self, number: int) -> "Recipe":
        """The training of that generation, from 1: of a seed of its own and taught by those before it as well, as in
        born-again networks (Furlanello et al., 2018). All but the last lie within the output of the last, and may have
        epochs of their own (`[teacher] epochs`).
        """
        folders = [self.output / GENERATIONS / str(each) for each in range(1, self.teacher.generations)] + [self.output]
        checkpoints = (*self.teacher.checkpoints, *folders[: number - 1])
        teacher = replace(self.teacher, checkpoints=checkpoints, generations=number)
        is_last = number == self.teacher.generations
        epochs = self.fitting.epochs if is_last else self.teacher.epochs or self.fitting.epochs
        return replace(
            self,
            seed=self.seed + number - 1,
            output=folders[number - 1],
            teacher=teacher,
            fitting=replace(self.fitting, epochs=epochs),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, for the checkpoint's record."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.as_posix() if isinstance(value, Path) else value
