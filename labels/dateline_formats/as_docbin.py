"""spaCy's `DocBin` (a `.spacy` file): entities, span groups, and relations as spaCy's tutorial on them keeps them.

Relations stand in `doc._.rel`, by the first tokens of both spans, with a probability for each label; from 0.5 on they
are read. Written are entities or, where spans overlap, the group `sc` of spaCy's span categoriser; the id, the date and
what else is known of a dispatch go into `user_data`. Tokens are those of `tokens` and, as spaCy has them, white space.
"""

import gc
import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline_labels import Dispatch, InputError, MissingExtraError, Place, Span
from dateline_labels.dispatch import check_date
from dateline_labels.files import write_atomically
from dateline_labels.strict_json import check_surrogates, read_json

from .carrying import Carries
from .drafts import Draft, Reading, id_of
from .format import Annotated, Finding, Format, refuse_losses
from .losses import with_clear_ends
from .token_drafts import TokenDispatch, TokenMarks, as_tokens
from .tokens import Tokens

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SUFFIXES = (".spacy",)
_TITLE = "a DocBin"
_GROUP = "sc"
_OURS = "dateline"
_RELATIONS = ("._.", "rel", None, None)
_LARGEST = 1 << 30  # bytes, unpacked
_LIKELY = 0.5
_CARRIES = Carries(_TITLE, published=True, meta=True)


def recognise(path: Path, head: bytes) -> str:
    """A packed file that ends in `.spacy`."""
    return "its name ends in .spacy, and it is packed" if path.suffix == ".spacy" and head[:1] == b"\x78" else ""


def read(path: Path) -> Annotated:
    """A dispatch for each document. Raises MissingExtraError where spaCy is not installed."""
    _check_spacy(f"{path}: a .spacy file")
    place, reading = Place(str(path)), Reading()
    for number, doc in enumerate(_docs(path.read_bytes(), place)):
        _read_doc(doc, f"docs[{number}]", id_of(path, None, number), place, reading)
    return reading.annotated()


def _check_spacy(what: str) -> None:
    if not find_spec("spacy"):
        raise MissingExtraError(what, "spacy", "spacy")


def _docs(data: bytes, place: Place) -> list["Doc"]:
    """The documents as spaCy unpacks them. It trusts what it reads and fails in every way; each is an InputError."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        unpacked = zlib.decompressobj().decompress(data, _LARGEST + 1)
        if len(unpacked) > _LARGEST:
            raise InputError(place, "docbin", f"unpacks to more than {_LARGEST >> 20} MiB")
        return list(DocBin().from_bytes(data).get_docs(Vocab()))
    except InputError:
        raise
    except Exception as error:
        raise InputError(place, "docbin", f"{type(error).__name__}: {error}") from None
    finally:
        gc.enable()  # which spaCy leaves off where it fails


def _read_doc(doc: "Doc", name: str, doc_id: str, place: Place, reading: Reading) -> None:
    ours = _ours(doc, place, name)
    categories = _categories(doc, place, name)
    meta = ours.get("meta", {"cats": categories} if categories else {})
    tokens = Tokens(doc.text, tuple((token.idx, token.idx + len(token.text)) for token in doc))
    draft = Draft(reading, place, ours.get("id", doc_id), doc.text, ours.get("published"), meta)
    marks = TokenMarks(draft, tokens=tokens)
    by_first: dict[int, list[str]] = defaultdict(list)
    for label, first, end in dict.fromkeys(_spans(doc, place, name)):
        if not label:
            what = f"a span without a label, {doc[first:end].text!r}"
            reading.note(place, name, "lost", what)
            continue
        by_first[first].append(marks.token_span(place, name, label, (first, end - 1)))
    others = [str(key) for key in doc.user_data if key not in (_OURS, _RELATIONS)]
    if others:
        reading.note(place, name, "lost", f"not read of user_data: {', '.join(others)}")
    known = [ent.text for ent in doc.ents if ent.kb_id or ent.ent_id]
    if known:
        reading.note(place, name, "lost", f"ids of entities in a knowledge base are not read: {', '.join(known)}")
    for label, (head, tail), score in _relations(doc, place, name):
        if head not in by_first or tail not in by_first:
            raise InputError(place, name, f"{label} ties tokens {head} and {tail}, where no two spans begin")
        several = [token for token in dict.fromkeys((head, tail)) if len(by_first[token]) > 1]
        if several:
            what = f"{label} ties tokens {head} and {tail}; of the spans that begin there the first is taken"
            reading.note(place, name, "warning", what)
        marks.relation(place, name, label, (by_first[head][0], by_first[tail][0]), score)
    draft.finish()


def _ours(doc: "Doc", place: Place, name: str) -> dict[str, Any]:
    """What we wrote of a dispatch beside its document, where we wrote it."""
    source = doc.user_data.get(_OURS)
    if source is None:
        return {}
    ours = read_json(source, place) if isinstance(source, str) else None
    if not isinstance(ours, dict) or not isinstance(ours.get("id"), str) or not isinstance(ours.get("meta"), dict):
        raise InputError(place, name, f"expected an object with an id and meta data under {_OURS}, got {source!r}")
    check_surrogates(ours, place, name)
    try:
        return {**ours, "published": ours.get("published") and check_date(str(ours["published"]))}
    except ValueError as error:
        raise InputError(place, name, str(error)) from None


def _categories(doc: "Doc", place: Place, name: str) -> dict[str, float]:
    """What spaCy's text categoriser is told: how far each category holds."""
    cats: object = doc.cats or {}
    if not isinstance(cats, dict) or not all(isinstance(key, str) and _is_finite(cats[key]) for key in cats):
        raise InputError(place, name, f"expected categories with numbers, got {cats!r}")
    return dict(cats)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _spans(doc: "Doc", place: Place, name: str) -> list[tuple[str, int, int]]:
    """The entities, then the groups of spans, by their first token and the one after the last."""
    try:
        spans = [*doc.ents, *(span for group in doc.spans.values() for span in group)]
        return [(span.label_, span.start, span.end) for span in spans]
    except Exception as error:  # what spaCy was told may fit no document
        raise InputError(place, name, f"{type(error).__name__}: {error}") from None


def _relations(doc: "Doc", place: Place, name: str) -> Iterator[tuple[str, tuple[int, int], float | None]]:
    """The likely relations by the first tokens of their ends; a certain one has no score."""
    user_data: dict[Any, Any] = doc.user_data
    found = user_data.get(_RELATIONS) or {}
    for ends, labels in found.items() if isinstance(found, dict) else [(found, {})]:
        if not (isinstance(ends, tuple) and list(map(type, ends)) == [int, int] and isinstance(labels, dict)):
            raise InputError(place, name, f"expected relations by two tokens, got {ends!r}")
        for label, probability in labels.items():
            if not isinstance(label, str) or not isinstance(probability, int | float):
                raise InputError(place, name, f"expected a label and a probability, got {label!r} and {probability!r}")
            if probability >= _LIKELY:
                yield label, ends, None if probability == 1 else float(probability)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One document a dispatch, with the tokens of spaCy's blank pipeline replaced by ours. Raises as `Format` says."""
    if not target.name.endswith(SUFFIXES):
        raise InputError(Place(str(target)), "format", "expected a file ending in .spacy")
    _check_spacy("a .spacy file")
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    fitted, losses = _CARRIES.fitted(dispatches, lossy=True)
    carried = []
    for each in fitted:
        carried.append(as_tokens(with_clear_ends(each, _start, losses), _TITLE, losses))
    refuse_losses(losses, lossy)
    vocab, bin_ = Vocab(), DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=True)
    for written in carried:
        bin_.add(_doc(written, vocab))
    write_atomically(target, bin_.to_bytes())
    return tuple(losses)


def _start(span: Span) -> int:
    return span.start


def _doc(written: TokenDispatch, vocab: "Vocab") -> "Doc":
    from spacy.tokens import Doc
    from spacy.tokens import Span as Marked
    from spacy.util import get_words_and_spaces

    dispatch = written.dispatch
    words, spaces = get_words_and_spaces(written.tokens.words, dispatch.text)
    doc = Doc(vocab, words=words, spaces=spaces)
    user_data: dict[Any, Any] = doc.user_data
    first = {token.idx: token.i for token in doc}
    after = {token.idx + len(token.text): token.i + 1 for token in doc}
    spans = [Marked(doc, first[each.start], after[each.end], label=each.label) for each in dispatch.spans]
    in_order = sorted(dispatch.spans, key=lambda span: span.start)
    if any(left.end > right.start for left, right in pairwise(in_order)):
        doc.spans[_GROUP] = spans
    else:
        doc.set_ents(spans)
    rows: dict[tuple[int, int], dict[str, float]] = {}
    for relation in dispatch.relations:
        head, tail = (first[dispatch.span_by_id[end].start] for end in (relation.head, relation.tail))
        rows.setdefault((head, tail), {})[relation.label] = 1.0
    if rows:
        user_data[_RELATIONS] = rows
    ours = {"id": dispatch.id, "published": dispatch.published, "meta": dict(dispatch.meta)}
    user_data[_OURS] = json.dumps(ours, ensure_ascii=False, allow_nan=False)
    return doc


FORMAT = Format("docbin", "spaCy's DocBin", SUFFIXES, recognise, read, write, pieces="none")
