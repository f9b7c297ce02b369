"""Text → `Dispatch` with spans, attributes and relations, each with its score.

windows → encoder → one row a token → spans → attributes → relations. Dispatches are encoded together, decoded one by
one, so that none changes its neighbours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from dateline_labels import Dispatch, Relation, Span, one_line
from numpy.typing import NDArray
from tokenizers import Tokenizer

from . import pairs, tags, windows
from .calibration import IDENTITY
from .choosing import BEST, Asked
from .config import ReadingConfig
from .heads import SpanBatch
from .network import Network
from .tags import TokenSpan
from .tokens import SURROGATE, FloatArray, IntArray, Tokens, tokenize
from .windows import SpecialTokens

_TOKENS_A_BATCH = 4_096
_DISPATCHES_AT_ONCE = 64
_PAIRS_A_BLOCK = 262_144
PLAUSIBLE = 0.05
"""Least probability at which a span takes the most probable head of a relation that it must have."""


@dataclass(frozen=True)
class Encoded:
    """What the encoder made of one dispatch: vectors (tokens, hidden) and tag logits (tokens, tags)."""

    vectors: FloatArray
    tag_logits: FloatArray


class Extractor:
    """Reads dispatches with a trained model. Texts of any length are read whole.

    An extractor holds no state between calls: the same dispatch always gives the same result.
    """

    def __init__(self, network: Network, tokenizer: Tokenizer, config: ReadingConfig, padding: int) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.config = config
        self.network = network
        self.tokenizer = tokenizer
        self.padding = padding
        self.special = SpecialTokens.of(tokenizer, padding)
        self._allowed = pairs.allowed_relations(config.schema)
        self._transitions = np.array(config.transitions, dtype=np.float32) if config.transitions else None
        labels = config.schema.relation_labels
        self._obligatory = np.array(
            [[label in config.obligatory.get(relation, ()) for relation in labels] for label in config.schema.spans],
            dtype=np.bool_,
        )  # (span labels, relation labels)
        self._thresholds = np.array([config.threshold(label) for label in labels], dtype=np.float32)

    @staticmethod
    def load(
        bundle: Path | str, asked: Asked = BEST, threads: int = 0, require_signature: Path | None = None
    ) -> "Extractor":
        """The extractor of a packaged checkpoint, a folder or a .zip, on so many threads (0: one a core); with the file
        of a public key, only if its owner signed it.

        Raises BundleError where any of its files was touched, InputError where a device, engine or precision that was
        asked for is not there.
        """
        from .bundle import load_bundle
        from .signing import read_public_key

        key = read_public_key(require_signature) if require_signature else None
        return load_bundle(Path(bundle), asked, threads, key)

    def __call__(self, text: str, id: str = "dispatch", published: str | None = None) -> Dispatch:  # noqa: A002
        """Read one text."""
        return next(self.stream([Dispatch(id, text, published)]))

    def batch(self, dispatches: Iterable[Dispatch]) -> list[Dispatch]:
        """Read the texts of `dispatches`; whatever spans and relations they carry are replaced."""
        return list(self.stream(dispatches))

    def stream(self, dispatches: Iterable[Dispatch]) -> Iterator[Dispatch]:
        """As `batch`, in the same order, holding few dispatches at a time.

        A dispatch that cannot be read comes back without spans, with the reason in `meta["error"]`; lone surrogates
        are replaced by U+FFFD, one for one, and counted in `meta["replaced_surrogates"]`.
        """
        source = iter(dispatches)
        while group := list(islice(source, _DISPATCHES_AT_ONCE)):
            yield from self._read(group)

    def _read(self, group: Sequence[Dispatch]) -> Iterator[Dispatch]:
        prepared = [self._prepare(dispatch) for dispatch in group]
        all_tokens = [tokens for _, tokens in prepared]
        encoded = self.encode(all_tokens)
        continues = [tokens.continues for tokens in all_tokens]
        decoded = tags.decode([text.tag_logits for text in encoded], continues, self._transitions)
        for (dispatch, tokens), text, spans in zip(prepared, encoded, decoded, strict=True):
            yield self._decode(dispatch, tokens, text.vectors, spans)

    def _prepare(self, dispatch: Dispatch) -> tuple[Dispatch, Tokens]:
        text, replaced = SURROGATE.subn("\ufffd", dispatch.text)
        # what an earlier reading said of the dispatch does not hold for this one
        meta = {key: value for key, value in dispatch.meta.items() if key != "error"}
        if replaced:
            meta["replaced_surrogates"] = replaced
        dispatch = Dispatch(dispatch.id, text, dispatch.published, meta)
        try:
            return dispatch, tokenize(self.tokenizer, text)
        except BaseException as error:
            # a panic inside the tokenizer is no Exception; an interrupt is not ours to hold
            if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
                raise
            failed = replace(dispatch, meta={**meta, "error": one_line(f"{type(error).__name__}: {error}")})
            return failed, tokenize(self.tokenizer, "")

    def encode(self, texts: Sequence[Tokens]) -> list[Encoded]:
        """What the encoder makes of each text; the texts share their batches of windows."""
        window, overlap = self.config.window, self.config.overlap
        cuts = [windows.cut(tokens, window, overlap, self.special) for tokens in texts]
        first_rows = np.cumsum([0, *map(len, cuts)])
        rows: list[tuple[FloatArray, FloatArray]] = [_NOTHING] * int(first_rows[-1])
        for batch in windows.batches([row for cut in cuts for row in cut], _TOKENS_A_BATCH, self.special.padding):
            vectors, logits = self.network.encode(batch.input_ids, batch.attention_mask, batch.forms)
            for at, row in enumerate(batch.rows):
                rows[row] = vectors[at], logits[at]
        return [
            self._stitch(len(tokens), rows[first : first + len(cut)])
            for tokens, cut, first in zip(texts, cuts, first_rows, strict=False)
        ]

    def _stitch(self, tokens: int, rows: Sequence[tuple[FloatArray, FloatArray]]) -> Encoded:
        """One row a token, each from the window in which it stands most central."""
        tag_width = tags.tag_count(len(self.config.schema.spans))
        if not rows:
            return Encoded(np.zeros((0, 1), dtype=np.float32), np.zeros((0, tag_width), dtype=np.float32))
        window, position = windows.positions(tokens, self.config.window, self.config.overlap, self.special)
        takes = np.split(position, np.searchsorted(window, np.arange(1, len(rows))))
        return Encoded(
            np.concatenate([row[0][take] for row, take in zip(rows, takes, strict=True)]),
            np.concatenate([row[1][take] for row, take in zip(rows, takes, strict=True)]),
        )

    def _decode(self, dispatch: Dispatch, tokens: Tokens, vectors: FloatArray, found: list[TokenSpan]) -> Dispatch:
        # some tokenizers have tokens of nothing but space, in which there is nothing to be marked
        found = [span for span in found if dispatch.text[slice(*_code_points(span, tokens))].strip()]
        if not found:
            return dispatch
        table = pairs.SpanTable.of(found, tokens)
        batch = SpanBatch(vectors, table.labels, table.starts, table.ends)
        attributes = self._attributes(found, self.network.attribute_logits(batch))
        spans = self._spans(dispatch.text, tokens, found, attributes)
        return replace(dispatch, spans=spans, relations=self._relations(table, batch, spans))

    def _spans(
        self, text: str, tokens: Tokens, found: Sequence[TokenSpan], attributes: Sequence[dict[str, tuple[str, float]]]
    ) -> tuple[Span, ...]:
        labels = self.config.schema.span_labels
        counts = dict.fromkeys(labels, 0)
        spans = []
        for span, values in zip(found, attributes, strict=True):
            label = labels[span.label]
            counts[label] += 1
            start, end = _code_points(span, tokens)
            start += len(text[start:end]) - len(text[start:end].lstrip())
            end -= len(text[start:end]) - len(text[start:end].rstrip())
            score = self.config.calibration.spans.get(label, IDENTITY)(span.score)
            chosen = {name: value for name, (value, _) in values.items()}
            scores = {name: believed for name, (_, believed) in values.items()}
            spans.append(Span(f"{label.lower()}{counts[label]}", label, start, end, chosen, score, scores))
        return tuple(spans)

    def _attributes(self, found: Sequence[TokenSpan], logits: FloatArray) -> list[dict[str, tuple[str, float]]]:
        """For each span, the value of each of its attributes with its score."""
        labels = self.config.schema.span_labels
        values: list[dict[str, tuple[str, float]]] = [{} for _ in found]
        column = 0
        for label, name, choices in self.config.schema.attributes:
            probabilities = np.exp(tags.log_softmax(logits[:, column : column + len(choices)]))
            best = probabilities.argmax(axis=1)
            curve = self.config.calibration.attributes.get(f"{label}.{name}", IDENTITY)
            for row, span in enumerate(found):
                if labels[span.label] == label:
                    values[row][name] = choices[best[row]], curve(float(probabilities[row, best[row]]))
            column += len(choices)
        return values

    def _relations(self, table: pairs.SpanTable, batch: SpanBatch, spans: Sequence[Span]) -> tuple[Relation, ...]:
        found: list[tuple[int, int, int, float]] = []  # head, tail, relation label, probability
        best = np.zeros((len(spans), len(self._thresholds)), dtype=np.float32)  # of each tail and relation label
        best_heads = np.zeros(best.shape, dtype=np.int64)
        for pair, scores in self.relation_scores(table, batch):
            for row, number in np.argwhere(scores >= self._thresholds):
                found.append((int(pair[row, 0]), int(pair[row, 1]), int(number), float(scores[row, number])))
            for number in np.flatnonzero(self._obligatory.any(axis=0)):
                # in order of probability, so that the highest of a tail is written last
                order = np.argsort(scores[:, number], kind="stable")
                better = order[scores[order, number] > best[pair[order, 1], number]]
                best[pair[better, 1], number] = scores[better, number]
                best_heads[pair[better, 1], number] = pair[better, 0]
        headed = {(tail, number) for _, tail, number, _ in found}
        for tail, number in np.argwhere(self._obligatory[table.labels] & (best >= PLAUSIBLE)):
            if (tail, number) not in headed:
                found.append((int(best_heads[tail, number]), int(tail), int(number), float(best[tail, number])))
        labels = self.config.schema.relation_labels
        curves = [self.config.calibration.relations.get(label, IDENTITY) for label in labels]
        return tuple(
            Relation(labels[number], spans[head].id, spans[tail].id, curves[number](score))
            for head, tail, number, score in sorted(found)
        )

    def relation_scores(self, table: pairs.SpanTable, batch: SpanBatch) -> Iterator[tuple[IntArray, FloatArray]]:
        """All candidate pairs (pairs, 2) with the probability of each relation (pairs, relations), 0 where the schema
        allows none; in blocks, so that a long text needs little memory.
        """
        candidates = pairs.candidates(table.labels, self._allowed)
        for at in range(0, len(candidates), _PAIRS_A_BLOCK):
            block = candidates[at : at + _PAIRS_A_BLOCK]
            logits = self.network.relation_logits(batch, block, pairs.features(table, block))
            allowed = self._allowed[table.labels[block[:, 0]], table.labels[block[:, 1]]]
            yield block, np.where(allowed, _sigmoid(logits), np.float32(0.0))


def _code_points(span: TokenSpan, tokens: Tokens) -> tuple[int, int]:
    return int(tokens.offsets[span.start, 0]), int(tokens.offsets[span.end - 1, 1])


_NOTHING = (np.zeros((0, 0), dtype=np.float32), np.zeros((0, 0), dtype=np.float32))


def _sigmoid(logits: FloatArray) -> NDArray[np.float32]:
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))).astype(np.float32)
