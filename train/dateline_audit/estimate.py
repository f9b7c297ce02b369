"""`dateline audit estimate`: an annotated sample of an archive run → how right the run is, how much there really is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dateline_archive.results import ArchiveRun
from dateline_formats.reading import read_and_say
from dateline_incidents.incident_runs import lookups_of
from dateline_incidents.incidents import can_assemble
from dateline_incidents.records import Lookups, records
from dateline_labels import Dispatch, InputError, Place, Schema
from dateline_labels.digests import file_digest, text_digest
from dateline_labels.files import write_atomically
from dateline_labels.outputs import check_folder

from .counts import Read, count_read, count_right
from .figures import Annotated, estimates
from .page import page
from .record import SampleRecord, combined, read_sample
from .run import predictions
from .stratified import Design

ESTIMATE, PAGE = "estimate.json", "estimate.md"


@dataclass(frozen=True)
class Auditing:
    """What an estimate is made with.

    schema      the annotations' and the run's
    actors      the table of actors that the run was made with, None: the one that comes with Dateline
    partial     whether documents that were not annotated are passed over, as if they had not been drawn
    also        further samples of the run, that were drawn from the same strata with other seeds
    """

    schema: Schema
    actors: Path | None = None
    partial: bool = False
    also: tuple[Path, ...] = ()
    resamples: int = 2_000
    seed: int = 0


def run_estimate(folder: Path, sample_path: Path, annotated: Sequence[Path], out: Path, auditing: Auditing) -> str:
    """Write `estimate.json` and `estimate.md` into the folder `out`; gives the page.

    Raises InputError where the sample is of another run, or the annotations are not of its documents and their texts.
    """
    check_folder(out)
    archive = ArchiveRun.open(folder)
    paths = (sample_path, *auditing.also)
    samples = [read_sample(path) for path in paths]
    sample = combined(samples, [Place(str(path)) for path in paths])
    if sample.fingerprint != archive.fingerprint:
        raise InputError(Place(str(sample_path)), "fingerprint", f"is a sample of another run than {folder}")
    _check_actors(archive, auditing.actors)
    gold = _checked(sample, read_and_say(annotated, auditing.schema), annotated, auditing.partial)
    found = _counted(archive, sample, gold, auditing, Place(str(sample_path)))
    figures = estimates(sample, found, auditing.schema, auditing.resamples, auditing.seed)
    if auditing.also:
        figures["drawn"]["also"] = [each.seed for each in samples[1:]]
    shown = page(figures)
    write_atomically(out / ESTIMATE, (json.dumps(figures, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    write_atomically(out / PAGE, shown.encode("utf-8"))
    return shown


def _check_actors(archive: ArchiveRun, actors: Path | None) -> None:
    """Raises InputError where the run looked actors up in another table."""
    given = file_digest(actors) if actors else None
    expected = archive.run["lookups"]["actors"]
    if given != expected:
        table = f"with the SHA-256 {expected}" if expected else "that comes with Dateline, so none"
        raise InputError(Place("--actors"), "actors", f"expected the table of the run, the one {table}")


def _checked(
    sample: SampleRecord, dispatches: Sequence[Dispatch], annotated: Sequence[Path], partial: bool
) -> dict[int, Dispatch]:
    """The annotated dispatches by the number of their document in the run."""
    place = Place(", ".join(map(str, annotated)))
    given = {dispatch.id: dispatch for dispatch in dispatches}
    found: dict[int, Dispatch] = {}
    missing = [each.id for each in sample.documents if each.id not in given]
    if missing and not partial:
        what = f"{len(missing)} of {len(sample.documents)} documents are not annotated, the first is {missing[0]}"
        raise InputError(place, "dispatches", f"{what}; --partial goes on as if they had not been drawn")
    for each in sample.documents:
        dispatch = given.pop(each.id, None)
        if dispatch and text_digest(dispatch.text) != each.sha256:
            raise InputError(place, each.id, "expected the text that was drawn, got another one")
        if dispatch:
            found[each.document] = dispatch
    if given:
        raise InputError(place, next(iter(given)), "is not in the sample")
    return found


def _counted(
    archive: ArchiveRun, sample: SampleRecord, gold: Mapping[int, Dispatch], auditing: Auditing, place: Place
) -> Annotated:
    schema, lookups = auditing.schema, lookups_of(auditing.actors, None)
    read = predictions(archive, gold, schema)
    here = [each for each in sample.documents if each.document in gold]
    design = _design(sample, [each.stratum for each in here], place)
    true = [_read(gold[each.document], schema, lookups) for each in here]
    found = [read[each.document] for each in here]
    return Annotated(
        design,
        [count_read(each, sample.rule) for each in true],
        [count_read(each, sample.rule) for each in found],
        [count_right(one, other, schema) for one, other in zip(true, found, strict=True)],
    )


def _design(sample: SampleRecord, stratum_of: Sequence[int], place: Place) -> Design:
    for at, stratum in enumerate(sample.strata):
        least = min(2, stratum.documents)
        if stratum_of.count(at) < least:
            what = f"expected {least} annotated documents or more of {stratum.name}, got {stratum_of.count(at)}"
            raise InputError(place, f"strata[{at}]", what)
    return Design(np.array([stratum.documents for stratum in sample.strata]), np.array(stratum_of, dtype=np.int64))


def _read(gold: Dispatch, schema: Schema, lookups: Lookups) -> Read:
    return Read(gold, *(records(gold, lookups) if can_assemble(schema) else ([], [])))
