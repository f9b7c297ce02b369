"""Text → `Dispatch` with spans, attributes and relations, each with its score.

texts → tokens → (gate) → windows → encoder → one row a token → decoding. While the encoder reads one group of
dispatches, the group before it is decoded and the one after it made ready.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from dateline_labels import Dispatch, one_line
from dateline_labels.surrogates import replaced
from tokenizers import Tokenizer

from . import tags, windows
from .choosing import BEST, Asked
from .config import ReadingConfig
from .decoding import Decoder, Encoded
from .host import CPU, CUDA
from .network import Network
from .tokens import FloatArray, IntArray, Tokens, tokenize_all
from .windows import SpecialTokens, Take, WindowBatch

TOKENS_A_BATCH = {CPU: 512, CUDA: 16_384}
"""With padding. On a CPU few enough that what an encoder makes of them stays in the cache; a GPU wants many."""
_DISPATCHES_AT_ONCE = 64
_CHARACTERS_AT_ONCE = 200_000
"""A group of dispatches ends with the one that reaches this; a longer one is a group of its own."""


class Extractor:
    """Reads dispatches with a trained model. Texts of any length are read whole.

    An extractor holds no state between calls. With `gated`, dispatches that the gate keeps out are not read; their
    `meta["gated"]` has the gate's log-odds. `model` is the SHA-256 of the bundle's manifest, empty without a bundle.

    Raises ValueError where the gate is asked for and the model has none.
    """

    def __init__(
        self,
        network: Network,
        tokenizer: Tokenizer,
        config: ReadingConfig,
        padding: int,
        gated: bool = False,
        device: str = CPU,
        model: str = "",
    ) -> None:
        self.model = model
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.config = config
        self.network = network
        self.tokenizer = tokenizer
        self.padding = padding
        self.special = SpecialTokens.of(tokenizer, padding)
        self._capacity = config.window - self.special.count
        self._decoder = Decoder(network, config)
        if gated and config.gate is None:
            raise ValueError("the model has no gate")
        self._gate = config.gate if gated else None
        self._tokens_a_batch = TOKENS_A_BATCH[device]

    @staticmethod
    def load(
        bundle: Path | str,
        asked: Asked = BEST,
        threads: int = 0,
        gated: bool = False,
        require_signature: Path | None = None,
    ) -> "Extractor":
        """The extractor of a packaged checkpoint, a folder or a .zip, on so many threads (0: one a core); with the file
        of a public key, only if its owner signed it.

        Raises BundleError where any of its files was touched, InputError where a device, engine or precision that was
        asked for, or the gate, is not there, ValueError for less than no threads.
        """
        if threads < 0:
            raise ValueError(f"expected 0 or more threads, got {threads}")
        from dateline_bundle.signing import read_public_key

        from .bundle import load_bundle

        key = read_public_key(require_signature) if require_signature else None
        return load_bundle(Path(bundle), asked, threads, gated, key)

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
        return (reading.dispatch for reading in self.readings(dispatches))

    def relate(self, dispatches: Iterable[Dispatch]) -> Iterator[Dispatch]:
        """The dispatches with the spans that they carry and the relations read among these; whatever relations they
        carry are replaced. The gate is not asked.
        """
        for some in _groups(dispatches):
            group = self._prepare(some, gated=False)
            given = [replace(ready, spans=each.spans) for ready, each in zip(group.dispatches, some, strict=True)]
            yield from self._decoder.relate(given, group.tokens, self.encode(group.tokens))

    def closely(self, dispatches: Iterable[Dispatch]) -> "Iterator[CloseReading]":
        """As `stream`, with what the encoder made of each token. The gate is not asked."""
        for group, encoded in self._encoded(dispatches, gated=False):
            read = self._decoder.decode(group.dispatches, group.tokens, encoded)
            for text, (dispatch, tokens) in enumerate(zip(read, group.tokens, strict=True)):
                yield CloseReading(dispatch, tokens, encoded.vectors_of(text), encoded.tags_of(text))

    def readings(self, dispatches: Iterable[Dispatch]) -> "Iterator[Reading]":
        """As `stream`, with what each dispatch took to read."""
        for group, encoded in self._encoded(dispatches):
            yield from self._decode(group, encoded)

    def _encoded(self, dispatches: Iterable[Dispatch], gated: bool = True) -> "Iterator[tuple[_Group, Encoded]]":
        """Each group of dispatches with what the encoder made of it, while it reads the next one."""
        with self._engine() as engine:
            earlier: tuple[_Group, _Encoding] | None = None
            for some in _groups(dispatches):
                group = self._prepare(some, gated)
                later = group, self._begin(group.chosen_tokens, engine)
                if earlier:
                    yield earlier[0], earlier[1].finished()
                earlier = later
            if earlier:
                yield earlier[0], earlier[1].finished()

    def _prepare(self, dispatches: Sequence[Dispatch], gated: bool = True) -> "_Group":
        ready = [_ready(dispatch) for dispatch in dispatches]
        try:
            tokens = tokenize_all(self.tokenizer, [dispatch.text for dispatch in ready])
        except BaseException as error:
            _raise_what_is_not_ours(error)
            # one of them is at fault; alone it does not take its neighbours along
            pairs = [self._tokenized(dispatch) for dispatch in ready]
            ready, tokens = [dispatch for dispatch, _ in pairs], [each for _, each in pairs]
        if self._gate is None or not gated:
            return _Group(ready, tokens, tuple(range(len(ready))))
        scores = self.network.gate_scores([each.ids for each in tokens])
        chosen = np.flatnonzero(scores >= self._gate.threshold).tolist()
        kept_out = set(range(len(ready))) - {*chosen, *(at for at, each in enumerate(tokens) if not len(each))}
        ready = [
            replace(each, meta={**each.meta, "gated": round(float(scores[at]), 4)}) if at in kept_out else each
            for at, each in enumerate(ready)
        ]
        return _Group(ready, tokens, tuple(chosen))

    def _tokenized(self, dispatch: Dispatch) -> tuple[Dispatch, Tokens]:
        try:
            return dispatch, tokenize_all(self.tokenizer, [dispatch.text])[0]
        except BaseException as error:
            _raise_what_is_not_ours(error)
            meta = {**dispatch.meta, "error": one_line(f"{type(error).__name__}: {error}")}
            return replace(dispatch, meta=meta), tokenize_all(self.tokenizer, [""])[0]

    def encode(self, texts: Sequence[Tokens]) -> Encoded:
        """What the encoder makes of each token, read in the window in which it stands most central; the texts share
        their batches of windows.
        """
        with self._engine() as engine:
            return self._begin(texts, engine).finished()

    @contextmanager
    def _engine(self) -> "Iterator[_Engine]":
        """As many batches at once as the network can, begun in their order; what waits at the end is not begun."""
        with ThreadPoolExecutor(1, "keeper") as keeper:
            computing = ThreadPoolExecutor(self.network.at_once, "engine")
            try:
                yield _Engine(computing, keeper)
            finally:
                computing.shutdown(cancel_futures=True)

    def _begin(self, texts: Sequence[Tokens], engine: "_Engine") -> "_Encoding":
        """Have all windows of the texts read, behind those that wait already."""
        window, overlap, special = self.config.window, self.config.overlap, self.special
        bounds = np.cumsum([0, *map(len, texts)])
        rows = [row for tokens in texts for row in windows.cut(tokens, window, overlap, special)]
        takes = [
            (begin, take)
            for begin, tokens in zip(bounds.tolist(), texts, strict=False)
            for take in windows.takes(len(tokens), window, overlap, special)
        ]
        encoding = _Encoding(bounds, takes, tags.tag_count(len(self.config.schema.spans)))
        for batch in windows.batches(rows, self._tokens_a_batch, special.padding):
            encoding.batches.append(engine.computing.submit(encoding.read, batch, self.network, engine.keeper))
        return encoding

    def _decode(self, group: "_Group", encoded: Encoded) -> "Iterator[Reading]":
        chosen = [group.dispatches[at] for at in group.chosen]
        read = iter(self._decoder.decode(chosen, group.chosen_tokens, encoded))
        passed = set(group.chosen)
        for at, (dispatch, tokens) in enumerate(zip(group.dispatches, group.tokens, strict=True)):
            if at in passed:
                yield Reading(
                    next(read), len(tokens), len(windows.starts(len(tokens), self._capacity, self.config.overlap))
                )
            else:
                yield Reading(dispatch, len(tokens), 0)


@dataclass(frozen=True)
class _Engine:
    """Threads that compute the batches of several groups, and one that keeps what is read in them meanwhile."""

    computing: Executor
    keeper: Executor


class _Encoding:
    """What the encoder makes of some texts, put together from batches of their windows as each is computed.

    bounds  as in `Encoded`
    takes   of each window, the first token of its text and what is read of it in the window
    """

    def __init__(self, bounds: IntArray, takes: Sequence[tuple[int, Take]], tag_count: int) -> None:
        self.batches: list[Future[Future[None]]] = []
        self._bounds, self._takes = bounds, takes
        self._vectors = np.zeros((int(bounds[-1]), 0), dtype=np.float32)
        self._logits = np.zeros((int(bounds[-1]), tag_count), dtype=np.float32)

    def read(self, batch: WindowBatch, network: Network, keeper: Executor) -> Future[None]:
        """Have a batch computed, and what is read in it kept while the next one is computed."""
        vectors, logits = network.encode(batch.input_ids, batch.attention_mask, batch.forms)
        return keeper.submit(self._keep, batch, vectors, logits)

    def _keep(self, batch: WindowBatch, vectors: FloatArray, logits: FloatArray) -> None:
        if not self._vectors.shape[1]:  # the width is known from now on
            self._vectors = np.zeros((len(self._vectors), vectors.shape[2]), dtype=np.float32)
        for at, row in enumerate(batch.rows.tolist()):
            begin, take = self._takes[row]
            read = slice(take.position, take.position + take.end - take.first)
            self._vectors[begin + take.first : begin + take.end] = vectors[at, read]
            self._logits[begin + take.first : begin + take.end] = logits[at, read]

    def finished(self) -> Encoded:
        """All of it, once the last batch is computed; raises what went wrong with any of them."""
        for batch in self.batches:
            batch.result().result()
        return Encoded(self._vectors, self._logits, self._bounds)


@dataclass(frozen=True)
class Reading:
    """A dispatch as it was read, its tokens, and the windows that the encoder read of it, none where the gate kept it
    out.
    """

    dispatch: Dispatch
    tokens: int
    windows: int


@dataclass(frozen=True)
class CloseReading:
    """A dispatch as it was read, and what the encoder made of its tokens.

    vectors     (tokens, hidden)
    tag_logits  (tokens, tags)
    """

    dispatch: Dispatch
    tokens: Tokens
    vectors: FloatArray
    tag_logits: FloatArray


@dataclass(frozen=True)
class _Group:
    """Dispatches that are read together; the gate lets `chosen` through, given by their numbers."""

    dispatches: Sequence[Dispatch]
    tokens: Sequence[Tokens]
    chosen: tuple[int, ...]

    @property
    def chosen_tokens(self) -> list[Tokens]:
        return [self.tokens[at] for at in self.chosen]


def _groups(dispatches: Iterable[Dispatch]) -> Iterator[list[Dispatch]]:
    group: list[Dispatch] = []
    characters = 0
    for dispatch in dispatches:
        group.append(dispatch)
        characters += len(dispatch.text)
        if len(group) == _DISPATCHES_AT_ONCE or characters >= _CHARACTERS_AT_ONCE:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _ready(dispatch: Dispatch) -> Dispatch:
    """Without what an earlier reading found and said, and with a text that any tokenizer takes."""
    text, count = replaced(dispatch.text)
    meta = {key: value for key, value in dispatch.meta.items() if key not in ("error", "gated")}
    if count:
        meta["replaced_surrogates"] = count
    return Dispatch(dispatch.id, text, dispatch.published, meta)


def _raise_what_is_not_ours(error: BaseException) -> None:
    """A panic inside a tokenizer is no Exception and is held; an interrupt is not."""
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
        raise error
