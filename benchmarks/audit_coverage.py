"""How often intervals of `dateline audit estimate` hold the truth, over archives made by chance, whose truth is known.

    python benchmarks/audit_coverage.py [--samples 1000] [--seed 1]

Prints, for archives of several kinds and samples of several sizes, the share of samples whose 95 % interval holds the
true precision, recall and count: by Student's t, and by the bootstrap within strata.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from dateline_audit.strata import OVERLOOKED, allocate
from dateline_audit.stratified import Design, Floats, corrected, share

_REPLICATES = 300
_SIZES = (100, 200, 500)


@dataclass(frozen=True)
class Stratum:
    """Documents with so many gold ones each on average, of which a share is found, and so many spurious ones."""

    documents: int
    gold: float
    found: float
    spurious: float


ARCHIVES = {
    "one document in fifty tells of something that is overlooked": (
        Stratum(8_000, 0.02, 0.0, 0.0),
        Stratum(1_500, 1.2, 0.8, 0.25),
        Stratum(300, 4.0, 0.75, 0.8),
    ),
    "one in five hundred, of many more": (
        Stratum(50_000, 0.002, 0.0, 0.0),
        Stratum(1_000, 1.0, 0.9, 0.1),
        Stratum(200, 3.0, 0.9, 0.3),
    ),
    "a model that is right less than half the time": (
        Stratum(4_000, 0.3, 0.3, 0.3),
        Stratum(1_000, 2.0, 0.5, 1.0),
    ),
}


def archive(strata: tuple[Stratum, ...], random: np.random.Generator) -> list[Floats]:
    """(documents, gold right predicted) of each stratum; documents differ in how much they have (gamma and Poisson)."""
    tables = []
    for stratum in strata:
        gold = random.poisson(random.gamma(1.5, stratum.gold / 1.5, stratum.documents))
        right = random.binomial(gold, stratum.found)
        predicted = right + random.poisson(stratum.spurious, stratum.documents)
        tables.append(np.stack([gold, right, predicted], axis=1).astype(np.float64))
    return tables


def coverage(
    tables: list[Floats], count: int, samples: int, random: np.random.Generator
) -> Iterator[tuple[str, float]]:
    """The share of samples whose interval holds the truth, by what is estimated and how."""
    sizes = [len(table) for table in tables]
    wished = [len(table) * float(OVERLOOKED + table[:, 2].mean()) ** 0.5 for table in tables]
    counts = allocate(sizes, wished, count, 5)
    design = Design(np.array(sizes), np.repeat(np.arange(len(sizes)), counts))
    gold, right, predicted = np.concatenate(tables).sum(axis=0)
    truth = {"precision": right / predicted, "recall": right / gold, "count": gold}
    held = {(name, how): 0 for name in truth for how in ("t", "bootstrap")}
    weights = design.replicates(_REPLICATES, 0)
    for number in range(samples):
        if number and number % 50 == 0:
            weights = design.replicates(_REPLICATES, number)
        drawn = [table[random.choice(len(table), n, replace=False)] for table, n in zip(tables, counts, strict=True)]
        g, r, p = np.concatenate(drawn).T
        found = {
            "precision": share(design, r, p, weights),
            "recall": share(design, r, g, weights),
            "count": corrected(design, float(predicted), g, p, weights),
        }
        for name, estimate in found.items():
            if estimate and estimate.low is not None and estimate.high is not None:
                held[name, "t"] += estimate.low <= truth[name] <= estimate.high
            if estimate and estimate.bootstrap:
                held[name, "bootstrap"] += estimate.bootstrap[0] <= truth[name] <= estimate.bootstrap[1]
    for (name, how), times in held.items():
        yield f"{name}, {how}", times / samples


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for title, strata in ARCHIVES.items():
        random = np.random.default_rng(asked.seed)
        tables = archive(strata, random)
        print(f"{title} ({sum(map(len, tables)):,} documents)")
        for count in _SIZES:
            shares = coverage(tables, count, asked.samples, random)
            print(f"  {count:>4} annotated  " + "  ".join(f"{name} {100 * held:.1f} %" for name, held in shares))


if __name__ == "__main__":
    main()
