"""Commands that train, evaluate and package: `dateline train`, `dateline evaluate`, `dateline package`."""

from pathlib import Path
from typing import Annotated

import typer
from dateline_formats.options import DataArgument, MapOption, asked_map
from dateline_infer.options import SignatureOption
from dateline_report.history import HISTORY, HistoryOption, remember
from dateline_splits.choices import CHOICES

from .requirements import require, require_training

ModelArgument = Annotated[
    Path, typer.Argument(metavar="CHECKPOINT_OR_BUNDLE", help="What is evaluated, a folder or a .zip.")
]
SplitOption = Annotated[
    str,
    typer.Option(
        help="all, train, validation, test, or held-out (leaving folders out).",
        autocompletion=lambda: list(CHOICES),
    ),
]
SplitsOption = Annotated[
    Path | None,
    typer.Option("--splits", metavar="SPLITS.JSON", help="Of `dateline split`: which dispatch is in which part."),
]


def train(
    recipe: Annotated[Path, typer.Argument(help="The recipe of the run, a TOML file.")],
    output: Annotated[Path | None, typer.Option(help="Where the checkpoint goes; else what the recipe says.")] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            help="Annotated files or folders: in place of the recipe's, or with --from new ones to learn besides.",
        ),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", metavar="CHECKPOINT", help="Begin with the weights of this checkpoint.", exists=True),
    ] = None,
    report_to: Annotated[
        list[str] | None,
        typer.Option(help="tensorboard, mlflow or wandb, in place of what the recipe says; again for each."),
    ] = None,
    map_: MapOption = None,
    splits: SplitsOption = None,
    history: HistoryOption = HISTORY,
) -> None:
    """Train a checkpoint from a recipe; the same command again resumes an interrupted run.

    Examples: dateline train train/recipes/quick.toml
    · dateline train train/recipes/retrain.toml --from out/quick/checkpoint --data new.jsonl
    · accelerate launch --multi_gpu --num_processes 2 -m dateline_labels.main train train/recipes/default.toml
    """
    require_training()
    from dateline_report.history_entries import of_training

    from .trackers import named
    from .training import run_training

    mapping = asked_map(map_)
    trained = run_training(recipe, output, tuple(data or ()), mapping, from_, named(report_to or ()), splits)
    if trained:
        remember(history, of_training(trained))


def evaluate(
    model: ModelArgument,
    data: DataArgument,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for metrics.json, report.md and cases.jsonl.")
    ] = Path("out/report"),
    split: SplitOption = "all",
    require_signature: SignatureOption = None,
    map_: MapOption = None,
    splits: SplitsOption = None,
    history: HistoryOption = HISTORY,
) -> None:
    """Measure a checkpoint or bundle against annotated dispatches.

    Examples: dateline evaluate out/demo/bundle labels/corpus --split test -o out/demo/report
    · dateline evaluate out/mine/bundle export.json --splits splits.json --split test
    """
    require("dateline evaluate", ("scipy",), "report")
    from .evaluating import Asked, run_evaluation

    mapping = asked_map(map_)
    run_evaluation(
        Asked(model, tuple(data), out, split, splits, signature=require_signature, mapping=mapping, history=history)
    )


def package(  # sizes: some lines for each option
    checkpoint: Annotated[Path, typer.Argument(help="A trained checkpoint, a folder.")],
    bundle: Annotated[Path, typer.Argument(help="Where the bundle goes; a bundle that is there is replaced.")],
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data", help="Prove the bundle on these annotated files or folders, not on the recipe's validation."
        ),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(help="Precisions besides fp32: int8, int8-dynamic, fp16; int8 if not given and NNCF is there."),
    ] = None,
    calibration: Annotated[
        list[Path] | None,
        typer.Option(help="Fit int8 to these annotated files or folders, not to what the checkpoint was trained on."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of spans or relations that may differ from the checkpoint's.")
    ] = 0.001,
    largest_loss: Annotated[
        float, typer.Option(min=0.0, help="F1 points, of spans or relations, that another precision may lose.")
    ] = 0.5,
    timed: Annotated[bool, typer.Option(help="Measure speed and memory for the certificate.")] = True,
    sign: Annotated[
        Path | None, typer.Option(metavar="KEY.PEM", help="Sign the bundle with this private Ed25519 key.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="METRICS.JSON", help="Of `dateline report` on the checkpoint: figures for the card."),
    ] = None,
    map_: MapOption = None,
    history: HistoryOption = HISTORY,
) -> None:
    """Package a checkpoint for inference without torch, and prove how each of its encoders reads against it.

    Example: dateline package out/demo/checkpoint out/demo/bundle
    · dateline package out/demo/checkpoint out/demo/bundle --variant int8 --variant fp16
    · dateline report out/demo/checkpoint labels/corpus --split test -o out/demo/report;
    dateline package out/demo/checkpoint out/demo/bundle --report out/demo/report/metrics.json
    """
    require_training()
    from dateline_formats.label_map import LabelMap
    from dateline_report.history_entries import of_bundle

    from .certifying import Packaging
    from .packaging import run_packaging

    run_packaging(
        checkpoint,
        bundle,
        Packaging(
            tuple(data or ()),
            tuple(calibration or ()),
            tuple(variant or ()),
            tolerance,
            largest_loss,
            timed,
            sign,
            report,
            asked_map(map_) or LabelMap(),
        ),
    )
    remember(history, of_bundle(bundle, checkpoint))
