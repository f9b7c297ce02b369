"""A recipe → trials of it with other values → the best recipe. The same search again goes on where it ended.

<out>/study.db              what was tried and how good it was, kept by optuna
<out>/trials/<values>/      the recipe of a trial and what it was trained to; of the best one so far the checkpoint too
<out>/best.toml             the best recipe so far
<out>/best/                 where it trains its generations to, if it has several: a trial is the first of them alone
<out>/trials.md             every trial

Validation alone decides: no test split is read. Optuna (Akiba et al. 2019) proposes values by the tree-structured
Parzen estimator (Bergstra et al. 2011), and a trial below the median of those before it, epoch by epoch, is given up.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from dateline_bundle.manifest import TRAINING
from dateline_labels import InputError, Place
from dateline_labels.files import write_atomically
from dateline_labels.toml_files import toml
from dateline_report.model_facts import WEIGHTS

from .locking import locked
from .recipe import Recipe, Searched, Value
from .training import fingerprint, train_recipe
from .tune_space import at_home, check_space, is_within, values_of, with_values
from .tune_table import table
from .tune_watch import OutOfTimeError, Watch

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

STUDY: Final = "study.db"
BEST: Final = "best.toml"
_BEST_OUTPUT: Final = "best"
TABLE: Final = "trials.md"
_UNFINISHED: Final = "unfinished"
_RUN: Final = "run"
_STARTUP_TRIALS: Final = 5
_FOLDER_DIGITS: Final = 12


@dataclass(frozen=True)
class Budget:
    """How long a search takes at the most: trials, those of earlier calls counted, and minutes of this call."""

    trials: int
    minutes: float


def run_tuning(path: Path, budget: Budget, out: Path) -> None:
    """Search for the best values of what the recipe's `[tune]` names; writes the best recipe and the table into `out`.

    Raises InputError on a faulty recipe or data or where `out` holds another search, LockedError where another process
    is searching there.
    """
    place = Place(str(path))
    recipe = Recipe.read(path)
    check_space(recipe, place)
    deadline = time.monotonic() + 60 * budget.minutes
    with locked(out, "search"):
        study = _study(out, recipe, place)
        in_time = True
        while in_time and _count(study) < budget.trials and time.monotonic() < deadline:
            in_time = _try_one(study, recipe, place, out, deadline)
            _write(study, recipe, place, out)
        _say_end(study, budget, out)


def _study(out: Path, recipe: Recipe, place: Place) -> "Study":
    """The search, new or as it was left: what was interrupted is tried again first, and goes on where it was."""
    import optuna
    from sqlalchemy import URL

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    run = hashlib.sha256(f"{fingerprint(recipe, place)} {json.dumps(recipe.to_dict()['tune'])}".encode()).hexdigest()
    storage = URL.create("sqlite", database=str(out / STUDY)).render_as_string()
    study = optuna.create_study(
        storage=storage,
        study_name="dateline",
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP_TRIALS, n_warmup_steps=1),
    )
    trials = study.get_trials(deepcopy=False)
    # with one seed alone a search that goes on would propose again what it began with
    study.sampler = optuna.samplers.TPESampler(seed=recipe.seed + len(trials), n_startup_trials=_STARTUP_TRIALS)
    if study.user_attrs.get(_RUN, run) != run:
        what = f"{out} holds a search of another recipe or other data; name another --out"
        raise InputError(place, "tune", what)
    study.set_user_attr(_RUN, run)
    own = values_of(recipe)
    if not trials and all(is_within(recipe.tune.space[name], value) for name, value in own.items()):
        study.enqueue_trial(own)
    for trial in trials:
        killed = trial.state == optuna.trial.TrialState.RUNNING
        if killed:
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        if trial.params and (killed or trial.user_attrs.get(_UNFINISHED)) and not _went_on(study, trial.params):
            study.enqueue_trial(trial.params)
    return study


def _went_on(study: "Study", params: Mapping[str, Any]) -> bool:
    """Whether values that ran out of time are waiting to be tried again, or were."""
    from optuna.trial import TrialState

    done = (TrialState.COMPLETE, TrialState.PRUNED)
    return any(
        (each.state in done and each.params == params) or each.system_attrs.get("fixed_params") == params
        for each in study.get_trials(deepcopy=False)
        if each.state in done or each.state == TrialState.WAITING
    )


def _try_one(study: "Study", recipe: Recipe, place: Place, out: Path, deadline: float) -> bool:
    """One trial more; whether it ended within the time."""
    from optuna import TrialPruned
    from optuna.trial import TrialState

    trial = study.ask({name: _distribution(searched) for name, searched in recipe.tune.space.items()})
    folder = _folder(out, trial.params)
    typer.echo(f"trial {trial.number}: {told(trial.params)}", err=True)
    try:
        value = _trained(trial, recipe, place, folder, deadline)
    except TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
        shutil.rmtree(folder)
        typer.echo(f"trial {trial.number}: given up, others did better by then", err=True)
    except OutOfTimeError:
        trial.set_user_attr(_UNFINISHED, True)
        study.tell(trial, state=TrialState.FAIL)
        typer.echo(f"trial {trial.number}: the time is up; the same command goes on with it", err=True)
        return False
    else:
        study.tell(trial, value)
        _keep_the_best(study, out)
    return True


def _trained(trial: "Trial", recipe: Recipe, place: Place, folder: Path, deadline: float) -> float:
    """The figure on validation of the recipe with the values of the trial, of one generation."""
    chosen = with_values(recipe, trial.params, place)
    if not _trains_all(recipe):
        chosen = replace(chosen, teacher=replace(chosen.teacher, generations=1))
    text = toml(at_home(chosen, folder))
    write_atomically(folder / "recipe.toml", text.encode("utf-8"))
    train_recipe(Recipe.read(folder / "recipe.toml"), place, [Watch(trial, deadline)])
    record = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
    return float(record["validation"][recipe.tune.objective])


def _trains_all(recipe: Recipe) -> bool:
    """Whether a trial is all that the recipe trains: of several generations it is one that none teaches, since taught
    ones take longer and begin afresh too, unless what is searched is about them.
    """
    return recipe.teacher.generations == 1 or any(name.startswith("teacher.") for name in recipe.tune.space)


def _folder(out: Path, params: Mapping[str, Value]) -> Path:
    """Where a trial of these values is trained: whoever tries them again goes on, or finds them done."""
    digest = hashlib.sha256(json.dumps(dict(sorted(params.items()))).encode()).hexdigest()
    return out / "trials" / digest[:_FOLDER_DIGITS]


def _keep_the_best(study: "Study", out: Path) -> None:
    """Leave the weights of the best trial alone; of the others the record stays."""
    best = _folder(out, study.best_params)
    for trial in study.get_trials(deepcopy=False):
        folder = _folder(out, trial.params)
        if folder != best and (folder / TRAINING).is_file():
            (folder / WEIGHTS).unlink(missing_ok=True)


def _distribution(searched: Searched) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if searched.choices:
        return CategoricalDistribution(searched.choices)
    low, high = searched.low, searched.high
    if isinstance(low, int) and isinstance(high, int):
        return IntDistribution(low, high, log=searched.log)
    return FloatDistribution(float(low or 0), float(high or 0), log=searched.log)


def _write(study: "Study", recipe: Recipe, place: Place, out: Path) -> None:
    """Write what is known so far."""
    write_atomically(out / TABLE, (table(study, recipe) + "\n").encode("utf-8"))
    if _done(study):
        best = with_values(recipe, study.best_params, place)
        whole = _trains_all(recipe)
        plain = at_home(best, _folder(out, study.best_params) if whole else out / _BEST_OUTPUT)
        figure = f"{recipe.tune.objective} {study.best_value:.2f} on validation, trial {study.best_trial.number}"
        left = "Its checkpoint is in `output`." if whole else "A trial is one generation; this trains all of them."
        text = f"# The best of {_done(study)} trials: {figure}. {left}\n{toml(plain)}"
        write_atomically(out / BEST, text.encode("utf-8"))


def _count(study: "Study") -> int:
    """Trials that are over: finished or given up."""
    from optuna.trial import TrialState

    return len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED)))


def _done(study: "Study") -> int:
    from optuna.trial import TrialState

    return len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))


def _say_end(study: "Study", budget: Budget, out: Path) -> None:
    over = _count(study)
    if not _done(study):
        typer.echo(f"no trial was finished within {budget.minutes:g} minutes; the same command goes on", err=True)
        return
    typer.echo((out / TABLE).read_text(encoding="utf-8").rstrip())
    if over < budget.trials:
        typer.echo(f"the time is up after {over} of {budget.trials} trials; the same command goes on", err=True)
    typer.echo(f"the best recipe is {out / BEST}", err=True)


def told(params: Mapping[str, Value]) -> str:
    """The values of a trial in a line."""
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in params.items()
    )
