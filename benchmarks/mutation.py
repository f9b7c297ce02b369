"""How many small mistakes in the core its tests notice (mutation testing).

    python benchmarks/mutation.py [MODULE …] [--sample N] [--seed N] [--jobs N] [--out FILE]

For each module a number of mistakes is made, one at a time (`mutants.py`), and its tests are run (`mutant_tests.py`).
A mistake is noticed where a test fails, where the module cannot be imported, or where the tests do not end in a
multiple of their time. The table counts them; FILE gets each mistake that nobody noticed, with what stood there before.
"""

import argparse
import json
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import Phase, settings
from mutant_tests import ENDLESS, KILLED, ROOT, SURVIVED, Outcome, Tested, outcomes

_FIGURES = ("tests/values/test_quantities.py", "tests/values/test_people.py", "tests/values/test_figures.py")
_DATES = ("tests/values/test_calendar_names.py", "tests/values/test_dates.py")
_ARCHIVE = ("tests/archive/test_shards.py", "tests/archive/test_journal.py")
CORE = {
    "labels/dateline_labels/schema.py": ("tests/labels/test_schema.py",),
    "labels/dateline_labels/scoring.py": ("tests/labels/test_scoring.py",),
    "labels/dateline_labels/clusters.py": ("tests/labels/test_clusters.py",),
    "infer/dateline_infer/windows.py": ("tests/infer/test_windows.py",),
    "infer/dateline_infer/tags.py": ("tests/infer/test_tags.py",),
    "infer/dateline_infer/decoding.py": ("tests/infer/test_decoding.py", "tests/infer/test_extractor_windows.py"),
    "infer/dateline_values/number_words.py": (*_FIGURES, "tests/values/test_words_of_numbers.py"),
    "infer/dateline_values/numerals.py": _FIGURES,
    "infer/dateline_values/quantities.py": _FIGURES,
    "infer/dateline_values/figures.py": _FIGURES,
    "infer/dateline_values/figure_parts.py": _FIGURES,
    "infer/dateline_values/people.py": _FIGURES,
    "infer/dateline_values/calendar_names.py": _DATES,
    "infer/dateline_values/calendar_dates.py": _DATES,
    "infer/dateline_values/relative_dates.py": _DATES,
    "infer/dateline_values/time_expressions.py": _DATES,
    "infer/dateline_values/datelines.py": _DATES,
    "infer/dateline_values/dates.py": _DATES,
    "infer/dateline_values/clock.py": _DATES,
    "infer/dateline_values/when.py": _DATES,
    "infer/dateline_archive/shards.py": _ARCHIVE,
    "infer/dateline_archive/journal.py": _ARCHIVE,
}
"""What everything else leans on, with the tests that hold it and are quick."""


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="parts of their paths; all of the core where none is given")
    parser.add_argument("--sample", type=int, default=100, metavar="N", help="mistakes a module; 0: all")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the sample")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="modules at once")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="lines of JSON: what nobody noticed", default=os.devnull
    )
    args = parser.parse_args()
    chosen = [
        Tested(module, tests)
        for module, tests in CORE.items()
        if not args.modules or any(part in module for part in args.modules)
    ]
    phases = (Phase.explicit, Phase.generate)  # one example that fails is enough, however long
    settings.register_profile("mutants", deadline=None, max_examples=25, database=None, derandomize=True, phases=phases)
    print("| module | mutants | killed | endless | survived | score |\n|---|---|---|---|---|---|", flush=True)
    everything: list[Outcome] = []
    with multiprocessing.get_context("fork").Pool(args.jobs, maxtasksperchild=1) as pool, args.out.open("w") as out:
        tasks = [pool.apply_async(outcomes, (each, args.sample, args.seed)) for each in chosen]
        for tested, task in zip(chosen, tasks, strict=True):
            found = task.get()
            everything += found
            _row(tested.module.partition("/")[2], found)
            out.write(_lines(tested.module, found))
            out.flush()
    _row("all", everything)


def _row(name: str, found: Sequence[Outcome]) -> None:
    count = Counter(each.outcome for each in found)
    score = 1 - count[SURVIVED] / max(1, len(found))
    print(
        f"| {name} | {len(found)} | {count[KILLED]} | {count[ENDLESS]} | {count[SURVIVED]} | {score:.1%} |", flush=True
    )


def _lines(module: str, found: Sequence[Outcome]) -> str:
    survivors = (each for each in found if each.outcome == SURVIVED)
    rows = ({"place": f"{module}:{each.line}", "before": each.before, "after": each.after} for each in survivors)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "benchmarks"))
    main()
