"""A recipe → what `Trainer` works with: the model with its tokenizer, the arguments, the optimizer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from dateline_infer.config import ReadingConfig
from dateline_labels import InputError, Place, Schema
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast, TrainingArguments, set_seed

from .dropout import QuickDropout, exchange_dropout
from .encoder import freeze_layers, keep_layers, load_encoder
from .model import DispatchConfig, DispatchModel
from .recipe import EncoderSection, FittingSection, Recipe
from .teacher import begin_as_teacher
from .trainer import BEST_METRIC


def make_repeatable(seed: int) -> None:
    """Have what this process computes from now on depend on the seed and the machine alone."""
    set_seed(seed)
    # else several threads add up the gradients of what is looked up (spans, embeddings) in whatever order they come
    torch.use_deterministic_algorithms(True, warn_only=True)
    # with it come fixed numbers in all new memory, for programs that read it before they write: a twentieth of the time
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a module without types


def new_model(recipe: Recipe, schema: Schema, place: Place) -> tuple[DispatchModel, Tokenizer, PreTrainedTokenizerFast]:
    """A model with the pretrained encoder and fresh heads, and the tokenizer in its two forms. Raises InputError at the
    value of the recipe that does not fit the encoder or the schema.
    """
    section, choices = recipe.encoder, recipe.model
    loaded = load_encoder(section, place)
    pretrained, fast = loaded.encoder, loaded.tokenizer
    if section.layers:
        keep_layers(pretrained, section.layers, place)
    for label in sorted(set(choices.gate) - set(schema.spans)):
        raise InputError(place, "model.gate", f"expected span labels of the schema, got {label}")
    reading = ReadingConfig(schema, section.window, section.overlap)
    config = DispatchConfig(
        encoder={
            **_without_path(pretrained.config.to_dict()),
            **_padding(pretrained.config, fast),
            **_dropout(pretrained.config, section),
        },
        reading=reading.to_dict(),
        width=choices.width,
        dropout=choices.dropout,
        case_dropout=choices.case_dropout,
        loss_weights=(choices.tag_weight, choices.attribute_weight, choices.relation_weight),
        teacher_weight=recipe.teacher.weight,
    )
    model = DispatchModel(config)
    # not strict, for the pretrained one may have a pooler, which this model has not
    model.encoder.load_state_dict(pretrained.state_dict(), strict=False)
    if loaded.forms is not None:
        model.forms.load_state_dict({"weight": loaded.forms})
    if recipe.teacher.start:
        begin_as_teacher(model, recipe, place)
    if recipe.fitting.frozen_layers:
        freeze_layers(model.encoder, recipe.fitting.frozen_layers, place)
        model.forms.requires_grad_(False)  # else the pass back would go through the frozen layers all the same
    exchange_dropout(model, torch.nn.Dropout, QuickDropout)
    if not torch.cuda.is_available() and _bf16(recipe.fitting):
        # in bfloat16 on a CPU the fused attention's backward pass is the slower one at these lengths; in float32 all of
        # it is the faster one, by a tenth of the encoder's time
        model.encoder.set_attn_implementation("eager")
    tokenizer = Tokenizer.from_str(fast.backend_tokenizer.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return model, tokenizer, fast


def _without_path(config: dict[str, Any]) -> dict[str, Any]:
    """The config without the place that the encoder was loaded from: a checkpoint goes to others."""
    return {name: value for name, value in config.items() if name != "_name_or_path"}


def _padding(config: Any, tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    """The token to pad with: the one the encoder names, for some count positions by it, else the tokenizer's."""
    known = config.pad_token_id
    return {"pad_token_id": tokenizer.pad_token_id if known is None else known}


def _dropout(config: Any, section: EncoderSection) -> dict[str, float]:
    """The encoder's own names for its dropout, set as the recipe says."""
    inside = ("hidden_dropout_prob", "hidden_dropout", "embedding_dropout", "mlp_dropout", "dropout")
    attention = ("attention_probs_dropout_prob", "attention_dropout")
    chosen = dict.fromkeys(inside, section.dropout) | dict.fromkeys(attention, section.attention_dropout)
    return {name: dropout for name, dropout in chosen.items() if hasattr(config, name)}


def training_arguments(recipe: Recipe, states: Path, epochs: int) -> TrainingArguments:
    """The Trainer's arguments for so many epochs; saved states go to the folder `states`."""
    fitting = recipe.fitting
    own = {
        "num_train_epochs": epochs,
        "learning_rate": fitting.encoder_learning_rate,
        "save_strategy": "epoch",
        "eval_strategy": "epoch" if fitting.validate else "no",
        "load_best_model_at_end": fitting.validate,
        "metric_for_best_model": BEST_METRIC if fitting.validate else None,
        "report_to": list(fitting.report_to),
        "run_name": recipe.name,
        "ddp_find_unused_parameters": False,  # every weight takes part in every step
    }
    return arguments_of(recipe, states, own)


def arguments_of(recipe: Recipe, states: Path, own: Mapping[str, Any]) -> TrainingArguments:
    """The Trainer's arguments that every training of a recipe has, and its own."""
    fitting = recipe.fitting
    arguments = TrainingArguments(
        output_dir=str(states),
        gradient_accumulation_steps=fitting.accumulation,
        lr_scheduler_type="linear",
        warmup_steps=fitting.warmup,
        max_grad_norm=1.0,
        bf16=_bf16(fitting),
        use_cpu=not torch.cuda.is_available(),
        logging_steps=25,
        save_total_limit=2,
        remove_unused_columns=False,
        disable_tqdm=True,
        seed=recipe.seed,
        dataloader_pin_memory=False,
        accelerator_config={"even_batches": False},  # TokenBatches already deals every process as many
        **own,
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)  # several GPUs work through `accelerate launch`, one process each
    return arguments


def _bf16(fitting: FittingSection) -> bool:
    """Whether this device computes in bfloat16 under the recipe."""
    if fitting.precision != "auto":
        return fitting.precision == "bf16"
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported())


def new_optimizer(model: DispatchModel, fitting: FittingSection) -> torch.optim.Optimizer:
    """AdamW; the heads learn faster than the encoder, biases and norms do not decay."""
    groups: dict[tuple[bool, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        groups.setdefault((name.startswith("encoder."), parameter.ndim > 1), []).append(parameter)
    settings = [
        {
            "params": parameters,
            "lr": fitting.encoder_learning_rate if in_encoder else fitting.head_learning_rate,
            "weight_decay": fitting.weight_decay if decays else 0.0,
        }
        for (in_encoder, decays), parameters in groups.items()
    ]
    return torch.optim.AdamW(settings, fused=True)
