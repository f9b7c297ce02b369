"""The estimates of an audit as a page that people read, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dateline_labels.markdown_cells import cell, grid

Plain = Mapping[str, Any]

_METHOD = """\
Shares are combined ratio estimators, corrected counts difference estimators over the strata (Cochran 1977, sections
6.11 and 7.2), intervals at 95 % by Student's t with Satterthwaite's degrees of freedom, of shares on the scale of the
logit. `estimate.json` also has standard errors and the intervals of the bootstrap within strata (Rao, Wu and Yue 1992).
What the annotators overlook, the estimates do not know of."""
_TITLES = {
    "spans.exact.micro": "spans, exact",
    "spans.overlapping.micro": "spans, overlapping",
    "relations.strict.micro": "relations, strict",
    "relations.overlapping.micro": "relations, overlapping",
    "incidents": "incidents",
    "figures.killed": "figures of killed",
    "figures.injured": "figures of injured",
    "people.killed": "people killed",
    "people.injured": "people injured",
}


def page(estimates: Plain) -> str:
    """Overall, then each part, then by label, and what the sample could not see."""
    return "\n\n".join(_blocks(estimates)) + "\n"


def _blocks(estimates: Plain) -> Iterator[str]:
    overall, *parts = estimates["parts"]
    yield "# Audit of an archive run"
    yield (
        f"Run `{estimates['run'][:12]}`, schema {cell(estimates['schema'])}: {overall['annotated']:,} of "
        f"{overall['documents']:,} documents were annotated, drawn by chance within strata "
        f"({estimates['drawn']['allocation']} allocation, {_seeds(estimates['drawn'])}). People killed and "
        f"injured: the best reading under the rule `{estimates['rule']}`, incident by incident."
    )
    if estimates["left_out"]:
        why = ", ".join(f"{count:,} ({cell(reason)})" for reason, count in estimates["left_out"].items())
        yield f"Not counted here, as there is nothing to annotate in them or others say the same: {why}."
    yield "## Overall"
    yield _table(overall, _TITLES)
    for row in estimates["unseen"]:
        at_most = row["at_most"]
        yield (
            f"**{cell(row['stratum'])}**: none of the {cell(_TITLES[row['what']])} was missed in the "
            f"{row['annotated']:,} annotated documents, so the intervals count none that was; at 95 % confidence up to "
            f"{at_most['share']:.1f} % of the stratum, {at_most['documents']:,} documents, may hold some."
        )
    if len(parts) > 1:
        yield "## By stratum"
        for part in parts:
            yield f"### {cell(part['name'])}"
            yield f"{part['annotated']:,} of {part['documents']:,} documents annotated."
            yield _table(part, _TITLES)
    yield "## By label, overall"
    yield _table(overall, {key: _label(key) for key in overall["figures"] if key not in _TITLES})
    yield f"## How it is estimated\n\n{_METHOD}"


def _seeds(drawn: Plain) -> str:
    seeds = [drawn["seed"], *drawn.get("also", ())]
    return f"seed{'s' if len(seeds) > 1 else ''} {' and '.join(map(str, seeds))}"


def _table(part: Plain, titles: Mapping[str, str]) -> str:
    columns = ("", "in the run", "really there", "precision", "recall", "right, spurious, missed in the sample")
    rows = [_row(title, part["figures"][key]) for key, title in titles.items() if key in part["figures"]]
    return grid(columns, rows)


def _row(title: str, figure: Plain) -> Sequence[str]:
    counts = figure["annotated"]
    shares = [_share(figure[name]) if name in figure else "" for name in ("precision", "recall")]
    told = (
        f"{counts['right']:,}, {counts['spurious']:,}, {counts['missed']:,}"
        if "right" in counts
        else f"{counts['gold']:,} annotated, {counts['predicted']:,} read"
    )
    real = figure["corrected"]
    return (
        cell(title),
        f"{figure['predicted']:,}",
        _number(real),
        *shares,
        told,
    )


def _number(figure: Plain) -> str:
    known = figure["low"] is not None
    bounds = f"{figure['low']:,.0f} to {figure['high']:,.0f}" if known else "no difference in the sample"
    return f"{figure['value']:,.0f} ({bounds})"


def _share(figure: Plain | None) -> str:
    return f"{figure['value']:.1f} ({figure['low']:.1f} to {figure['high']:.1f})" if figure else "–"


def _label(key: str) -> str:
    return key.replace("spans.exact.", "").replace("relations.strict.", "")
