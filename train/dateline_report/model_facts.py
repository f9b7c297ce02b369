"""What a report says of a model and of the data: paths as they were named, digests, the recipe without its paths."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dateline_bundle.files import MANIFEST, opened
from dateline_bundle.json_check import read_record
from dateline_bundle.manifest import LIMITS, TRAINING, manifest_of, read_verified
from dateline_infer import Extractor
from dateline_infer.choosing import Choice
from dateline_labels import Dispatch, Place, Schema
from dateline_labels.digests import dispatches_digest, file_digest
from dateline_labels.files import decode_utf8
from dateline_labels.strict_json import read_json

WEIGHTS: Final = "model.safetensors"
_RECIPE: Final = ("name", "seed")


def is_bundle(model: Path) -> bool:
    """Whether `model` is a bundle, a folder or a .zip, and no checkpoint."""
    return model.is_file() or (model / MANIFEST).is_file()


def training_record(model: Path) -> Mapping[str, Any]:
    """training.json of a checkpoint or bundle, a record of which nothing is required; empty where there is none.

    Raises BundleError where a bundle is not whole, InputError where the record of a checkpoint is no JSON.
    """
    if is_bundle(model):
        with opened(model, LIMITS) as files:
            data = read_verified(files, manifest_of(files).only(TRAINING), (TRAINING,))[TRAINING]
        record = read_record(data, model / TRAINING)
    elif (model / TRAINING).is_file():
        place = Place(str(model / TRAINING))
        record = read_json(decode_utf8((model / TRAINING).read_bytes(), place), place)
    else:
        return {}
    return record if isinstance(record, dict) else {}


def model_facts(model: Path, extractor: Extractor, record: Mapping[str, Any]) -> dict[str, Any]:
    """The part `model` of the metrics."""
    choice = getattr(extractor.network, "choice", None)
    recipe = recipe_facts(record)
    return {
        "path": str(model),
        "kind": "bundle" if is_bundle(model) else "checkpoint",
        "name": str(recipe.get("name") or model.resolve().stem),
        "sha256": extractor.model or file_digest(model / WEIGHTS),
        **({"engine": choice.engine, "precision": choice.precision} if isinstance(choice, Choice) else {}),
        **({"recipe": recipe} if recipe else {}),
    }


def recipe_facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Of the recipe what a reader of figures wants to know, and no path of the machine that it was trained on."""
    recipe = record.get("recipe")
    if not isinstance(recipe, dict):
        return {}
    data, encoder, fitting = (recipe.get(name) for name in ("data", "encoder", "fitting"))
    return {
        **{name: recipe[name] for name in _RECIPE if name in recipe},
        **({"encoder": encoder} if isinstance(encoder, dict) else {}),
        **({"fitting": fitting} if isinstance(fitting, dict) else {}),
        **({"split": _split_of(data), "varied": data.get("varied")} if isinstance(data, dict) else {}),
        **{name: record[name] for name in ("dispatches", "validation", "versions") if name in record},
    }


def _split_of(data: Mapping[str, Any]) -> Any:
    """The rule by which a recipe's files were split, or the name of the file that says it."""
    return Path(str(data["splits"])).name if data.get("splits") else data.get("split")


def data_facts(
    paths: Iterable[Path], split: str, gold: Sequence[Dispatch], schema: Schema, trained_on: Sequence[Dispatch] | None
) -> dict[str, Any]:
    """The part `data` of the metrics; what was trained on is known by its text, for ids are given anew."""
    known = None if trained_on is None else {dispatch.text for dispatch in trained_on}
    return {
        "paths": [str(path) for path in paths],
        "split": split,
        "sha256": dispatches_digest(gold),
        "schema": f"{schema.name} {schema.version}",
        "dispatches": len(gold),
        "words": sum(len(dispatch.text.split()) for dispatch in gold),
        "train_overlap": None if known is None else sum(dispatch.text in known for dispatch in gold),
    }
