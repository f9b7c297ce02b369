"""A folder in which the command lines of the documentation can be run as they stand: every name in them is there."""

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from conftest import ROOT, SCHEMA, recipe_text
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dateline_formats.known import named
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.files import write_dispatches
from dateline_labels.main import main
from dateline_labels.toml_files import toml
from dateline_train.recipe import Recipe

BUNDLES = ("BUNDLE", "CHECKPOINT_OR_BUNDLE", "NEW", "OLD", "out/all", "out/demo/bundle", "out/half", "out/mine/bundle")
BUNDLES += ("out/new/bundle", "out/old/bundle", "out/quarter")
CHECKPOINTS = (
    "CHECKPOINT",
    "out/default/checkpoint",
    "out/demo/checkpoint",
    "out/mine/checkpoint",
    "out/quick/checkpoint",
    "out/retrained/checkpoint",
)
ANNOTATED = (
    "DATA/ours.jsonl",
    "corpus.jsonl",
    "my.jsonl",
    "my_annotations.jsonl",
    "my_annotations/all.jsonl",
    "new.jsonl",
)
MAPS = ("fold.toml", "ours.map.toml")
SCHEMAS = ("labels/schema.toml", "my_schema.toml", "ours.toml")
_PARTS = 3


def make_workplace(folder: Path, bundle: Path, checkpoint: Path, encoder: Path, sample: Path, note: str) -> None:
    """Fill `folder` with everything that the documentation names, small."""
    for name in BUNDLES:
        shutil.copytree(bundle, folder / name)
    for name in CHECKPOINTS:
        shutil.copytree(checkpoint, folder / name)
    _shipped(folder, sample)
    for path in (folder / "train/recipes").glob("*.toml"):
        path.write_text(toml(shortened(Recipe.read(path), encoder).to_dict()), encoding="utf-8")
    gold = read_dispatches([sample], Schema.read(SCHEMA))
    dated = [replace(each, published=each.published or "2024-05-02") for each in gold]
    for name in ANNOTATED:
        (folder / name).parent.mkdir(exist_ok=True)
        # some of them are annotated already, the rest is there to be chosen from
        write_dispatches(dated[: len(dated) // 2] if name == "my_annotations.jsonl" else dated, folder / name)
    _annotators(folder, tuple(dated))
    for name in MAPS:
        (folder / name).write_text('[map.spans]\nNoise = ""\n', encoding="utf-8")
    (folder / "my.toml").write_text(
        recipe_text(encoder, folder / "DATA", Path("out/mine/checkpoint")), encoding="utf-8"
    )
    (folder / "dispatch.txt").write_text(note, encoding="utf-8")
    _archive(folder, dated)
    _keys(folder)


def shortened(recipe: Recipe, encoder: Path) -> Recipe:
    """A shipped recipe over the tiny encoder and of one epoch, as it is else."""
    section = replace(recipe.encoder, name=str(encoder), sha256=None, layers=0, window=64, overlap=16)
    fitting = replace(recipe.fitting, epochs=1, least_batches=1, least_steps=1, precision="fp32")
    return replace(recipe, encoder=section, model=replace(recipe.model, width=32), fitting=fitting)


def read_beforehand(folder: Path) -> None:
    """What earlier commands have left, run in the folder itself: a reading, archive runs, and the audit of one."""
    for line in _beforehand():
        assert main(line.split()) == 0, line
    shutil.move("out/before/dispatches.jsonl", "annotated.jsonl")


def _beforehand() -> Iterator[str]:
    yield "extract BUNDLE archive.jsonl.gz -o read.jsonl"
    for out in ("out/news", "out/news-1"):
        yield f"archive run BUNDLE news/*.jsonl.gz --out {out}"
    yield "evaluate BUNDLE DATA --out out/evaluated"  # which history tells of
    yield "audit sample out/news --n 200 --show-predictions --out out/before"


def _shipped(folder: Path, sample: Path) -> None:
    for name in ("train/recipes", "labels/samples"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(sample, folder / "labels/corpus/militancy_notes")
    shutil.copy(ROOT / "labels/actors.toml", folder / "labels/actors.toml")
    for name in SCHEMAS:
        shutil.copy(SCHEMA, folder / name)


def _annotators(folder: Path, gold: tuple[Dispatch, ...]) -> None:
    """Two who differ: in one file of Label Studio, in a file each, in a folder of brat each, in lines."""
    less = tuple(replace(each, relations=each.relations[1:]) for each in gold)
    studio = named("label-studio")
    for name, dispatches in (("anna", gold), ("ben", less)):
        studio.write(dispatches, folder / f"{name}.json", True)
        named("brat").write(dispatches, folder / "annotators" / name, True)
    for name, dispatches in (("ann", gold), ("bob", less)):
        own = [replace(each, id=f"{name}-{each.id}", meta={**each.meta, "annotator": name}) for each in dispatches]
        write_dispatches(own, folder / f"{name}.jsonl")
    tasks, others = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("anna", "ben"))
    for task, other in zip(tasks, others, strict=True):
        annotations = [*task["annotations"], *other["annotations"]]
        task["annotations"] = [{**each, "completed_by": who} for who, each in enumerate(annotations, 1)]
    (folder / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    shutil.copy(folder / "anna.json", folder / "settled.json")
    further = sorted((ROOT / "labels/corpus/snippets").glob("*.md"))[:12]
    studio.write(tuple(read_dispatches(further, Schema.read(SCHEMA))), folder / "new.json", True)


def _archive(folder: Path, dispatches: list[Dispatch]) -> None:
    rows = [{"id": each.id, "text": each.text, "published": each.published} for each in dispatches]
    lines = [json.dumps(row).encode("utf-8") + b"\n" for row in rows]
    (folder / "archive.jsonl.gz").write_bytes(gzip.compress(b"".join(lines), mtime=0))
    (folder / "news").mkdir()
    for part in range(1, _PARTS + 1):
        data = gzip.compress(b"".join(lines[part::_PARTS]), mtime=0)
        (folder / "news" / f"part-{part}-a.jsonl.gz").write_bytes(data)


def _keys(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "key.pub").write_bytes(public)
