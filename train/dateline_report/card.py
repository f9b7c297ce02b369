"""metrics.json → the model card, `README.md`: what a model is, how well it reads, and what it is not for.

The head is YAML as the Hugging Face hub reads it, with the figures as `model-index`; the sections have the names of the
hub's template (`modelcard_template.md` of huggingface_hub; Mitchell et al. 2019, "Model Cards for Model Reporting").
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import PurePath
from typing import Any

from dateline_labels import MissingExtraError
from dateline_labels.markdown_cells import cell, code, grid

from .card_texts import ETHICS, HOW_TO, LIMITS, MEASURED_ON, OUT_OF_SCOPE, TO_ADD, USES

Plain = Mapping[str, Any]
_TASKS = {
    "spans": "token-classification",
    "attributes": "token-classification",
    "relations": "relation-extraction",
}
_OTHER_TASK = "event-extraction"
_METRICS = {"f1": "f1", "accuracy": "accuracy", "share": "recall", "rate": "swap_rate"}
_PACKAGE = "package:"  # an encoder that a Python package carries
_TAGS = ("dateline", "event-extraction", "relation-extraction", "political-violence")
_TRAINED_WITH = ("epochs", "tokens_a_batch", "encoder_learning_rate", "head_learning_rate", "warmup", "weight_decay")


def model_card(metrics: Plain, sections: Sequence[str] = ()) -> str:
    """The card, with further sections in Markdown before its last one.

    Raises MissingExtraError where huggingface_hub, which writes the head, is not installed.
    """
    return (
        "\n\n".join([f"---\n{_head(metrics)}\n---", *_body(metrics), *sections, f"## To be added\n\n{TO_ADD}"]) + "\n"
    )


def _head(metrics: Plain) -> str:
    if find_spec("huggingface_hub") is None:
        raise MissingExtraError("a model card", "huggingface_hub", "report")
    from huggingface_hub import EvalResult, ModelCardData

    model, data = metrics["model"], metrics["data"]
    named = {"dataset_name": _data_name(data), "dataset_type": "dateline", "dataset_split": data["split"]}
    results = [
        EvalResult(
            task_type=_TASKS.get(row["key"].partition(".")[0], _OTHER_TASK),
            task_name=_without_measure(row["title"]),
            metric_type=_METRICS.get(row["key"].rpartition(".")[2], "f1"),
            metric_name=row["title"],
            metric_value=row["value"],
            metric_args=_interval_facts(row, metrics["uncertainty"]),
            dataset_args={"sha256": data["sha256"], "dispatches": data["dispatches"], "schema": data["schema"]},
            **named,
        )
        for row in metrics["headline"]
    ]
    head = ModelCardData(
        model_name=model["name"],
        library_name="dateline",
        pipeline_tag="token-classification",
        tags=[*_TAGS, *(["onnx"] if model["kind"] == "bundle" else [])],
        base_model=_base_model(model),
        metrics=["f1", "precision", "recall"],
        eval_results=results or None,
    )
    return str(head.to_yaml())


def _interval_facts(row: Plain, uncertainty: Plain) -> dict[str, Any]:
    bounds = {name: row[name] for name in ("low", "high") if row.get(name) is not None}
    drawn = {name: uncertainty[name] for name in ("level", "unit", "resamples", "seed")} if bounds else {}
    return {"unit_of_value": "per cent", "support": row["support"], **bounds, **drawn}


def _without_measure(title: str) -> str:
    return str(title).partition(",")[0]


def _data_name(data: Plain) -> str:
    """The names of the files or folders, without where they lie."""
    names = [PurePath(path).name for path in data["paths"]]
    return ", ".join(names) or "the validation dispatches of its recipe"


def _base_model(model: Plain) -> str | None:
    """The encoder where it is one of the hub: a local folder is nobody else's business."""
    name = str(model.get("recipe", {}).get("encoder", {}).get("name", ""))
    owner, _, rest = name.partition("/")
    return name if owner and rest and "/" not in rest and not set("\\:.") & set(owner) else None


def _body(metrics: Plain) -> Iterator[str]:
    model, data = metrics["model"], metrics["data"]
    yield f"# {cell(model['name'])}"
    yield (
        f"A Dateline {model['kind']}: reads news dispatches about political violence and marks spans, their "
        f"attributes and the relations between them as the schema {cell(data['schema'])} names them, from which "
        "Dateline assembles incidents and casualty claims."
    )
    yield f"## Model Details\n\n{_details(model)}"
    yield f"## Uses\n\n### Direct Use\n\n{USES}\n\n### Out-of-Scope Use\n\n{OUT_OF_SCOPE}"
    yield f"## Bias, Risks, and Limitations\n\n{LIMITS}"
    yield from _weak_points(metrics)
    yield f"### What harm a wrong attribution does\n\n{_swaps(metrics)}{ETHICS}"
    yield f"## How to Get Started with the Model\n\n{HOW_TO}"
    yield f"## Training Details\n\n{_training(model)}"
    yield f"## Evaluation\n\n### Testing Data\n\n{_testing_data(data)}"
    yield f"### Results\n\n{_measured(metrics['uncertainty'])}"
    yield _headline(metrics["headline"])
    yield f"By label, F1 in per cent.\n\n{_by_label(metrics)}"


def _details(model: Plain) -> str:
    name = str(model.get("recipe", {}).get("encoder", {}).get("name", ""))
    name = name if _base_model(model) or name.startswith(_PACKAGE) else PurePath(name).name
    engine = f"{model['engine']}, {model['precision']}" if "engine" in model else ""
    weights = model.get("weights") or (model["sha256"] if model["kind"] == "checkpoint" else "")
    rows = {
        "Kind": model["kind"],
        "Encoder": name,
        "SHA-256 of the checkpoint's weights": weights,
        "SHA-256 of the bundle's manifest": "" if weights else model.get("sha256", ""),
        "Evaluated with": engine,
    }
    lines = [f"- **{key}:** {code(value)}" for key, value in rows.items() if value]
    return "\n".join(lines)


def _training(model: Plain) -> str:
    recipe = model.get("recipe")
    if not recipe:
        return "How it was trained is not recorded."
    counts, fitting = recipe.get("dispatches", {}), recipe.get("fitting", {})
    learnt = f"on {counts['train']:,} annotated dispatches" if "train" in counts else "on annotated dispatches"
    chosen = f", thresholds and calibration fitted on {counts['validation']:,} others" if "validation" in counts else ""
    values = [f"{name.replace('_', ' ')} {fitting[name]}" for name in _TRAINED_WITH if name in fitting]
    seed = f"Seed {recipe['seed']}" if "seed" in recipe else ""
    told = "; ".join(filter(None, [seed, *values]))
    return f"Recipe {code(str(recipe.get('name', model['name'])))}, {learnt}{chosen}." + (f" {told}." if told else "")


def _testing_data(data: Plain) -> str:
    overlap = data.get("train_overlap")
    seen = {
        None: "Whether the model was trained on some of them is not known.",
        0: "The model was trained on none of them.",
    }.get(overlap, f"**The model was trained on {overlap} of them, so the figures flatter.**")
    chosen = " " + MEASURED_ON if data["split"] == "validation" else ""
    return (
        f"{cell(_data_name(data))}, part {code(data['split'])}: {data['dispatches']:,} dispatches, {data['words']:,} "
        f"words (SHA-256 {code(data['sha256'][:16])}…). {seen}{chosen}"
    )


def _measured(uncertainty: Plain) -> str:
    if not uncertainty["resamples"]:
        return "In per cent. Nothing was resampled, so there are no intervals."
    unit = "stories" if uncertainty["unit"] == "story" else "dispatches"
    return (
        f"In per cent, with {uncertainty['level']} % intervals of {uncertainty['resamples']:,} bootstrap resamples of "
        f"{unit}; (few) marks figures that rest on too little to mean much."
    )


def _headline(rows: Sequence[Plain]) -> str:
    lines = [
        (
            f"{cell(row['title'])}{' (few)' if row['small'] else ''}",
            cell(row["meaning"]),
            f"{row['value']:.1f}",
            _bounds(row),
            str(row["support"]),
        )
        for row in rows
    ]
    return grid(("figure", "meaning", "value", "interval", "gold"), lines, words=2)


def _by_label(metrics: Plain) -> str:
    parts = (("span", metrics["spans"]["exact"]), ("relation", metrics["relations"]["strict"]))
    rows = [
        (
            f"{part} {cell(label)}",
            *(f"{row[name]:.1f}" for name in ("precision", "recall", "f1")),
            _bounds(row),
            str(row["gold"]),
        )
        for part, labels in parts
        for label, row in labels.items()
        if label != "micro"
    ]
    return grid(("label", "precision", "recall", "F1", "interval", "gold"), rows)


def _bounds(row: Plain) -> str:
    return "–" if row.get("low") is None else f"{row['low']:.1f} to {row['high']:.1f}"


def _weak_points(metrics: Plain) -> Iterator[str]:
    """Where this model, on these dispatches, reads worst: the labels furthest below the rest."""
    rows = [
        (row["f1"], f"{kind} {cell(label)} ({row['f1']:.1f})")
        for kind, labels in (("span", metrics["spans"]["exact"]), ("relation", metrics["relations"]["strict"]))
        for label, row in labels.items()
        if label != "micro" and row["gold"] and row["f1"] < labels["micro"]["f1"] - 10
    ]
    if rows:
        yield f"More than ten points of F1 below the rest of their kind: {', '.join(told for _, told in sorted(rows))}."
    if metrics["unread"]:
        yield f"{len(metrics['unread'])} dispatches could not be read; they count as read without anything in them."


def _swaps(metrics: Plain) -> str:
    swaps = metrics.get("swaps") or {}
    judged = swaps.get("right", 0) + swaps.get("swapped", 0)
    if not judged:
        return ""
    return (
        f"Of {judged} actors whose side was read here, {swaps['swapped']} ({swaps['rate']:.1f} %) were given the role "
        "of the other side.\n\n"
    )
