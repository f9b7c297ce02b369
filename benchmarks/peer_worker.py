"""SpanMarker or flair in a process of its own, perhaps of another environment; imports nothing of this project.

    python benchmarks/peer_worker.py PEER ENCODER TEXTS.json THREADS LIMIT

TEXTS.json holds {"labels": [...], "sets": {name: [text, ...]}}. Says "ready" when the model stands, with the versions
in the line; then reads the set that each line on standard input names, and answers with the seconds it took.

The encoder is the one of the checkpoint. The heads are as they begin, for only their cost matters: both peers spend it
whatever they find, but for the spans that they would write down.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

BATCH = 32
Predict = Callable[[list[str]], object]


def span_marker(encoder: str, labels: list[str], limit: int) -> Predict:
    """SpanMarker over the encoder."""
    model = _module("span_marker").SpanMarkerModel
    # it counts the positions of tokens from 2 on, so the last two of the encoder's are out of its reach
    marker = model.from_pretrained(encoder, labels=["O", *labels], model_max_length=limit - 2)
    return lambda texts: marker.predict(texts, batch_size=BATCH)


def flair(encoder: str, labels: list[str], _: int) -> Predict:
    """A linear tagger of flair over the encoder, the way that flair's own guide fine-tunes one."""
    data, embeddings, models = (_module(f"flair.{name}") for name in ("data", "embeddings", "models"))
    tags = data.Dictionary(add_unk=False)
    for label in labels:
        tags.add_item(label)
    tagger = models.SequenceTagger(
        embeddings=embeddings.TransformerWordEmbeddings(encoder, layers="-1", subtoken_pooling="first", fine_tune=True),
        tag_dictionary=tags,
        tag_type="ner",
        use_crf=False,
        use_rnn=False,
        reproject_embeddings=False,
    )
    return lambda texts: tagger.predict([data.Sentence(text) for text in texts], mini_batch_size=BATCH)


def _module(name: str) -> Any:
    """Without types, for type checkers run where there is no such module."""
    return import_module(name)


PEERS = {"span_marker": span_marker, "flair": flair}


def main(peer: str, encoder: str, texts: str, threads: str, limit: str) -> None:
    """Load, say so, then read whenever told to."""
    import torch

    torch.set_num_threads(int(threads))
    with open(texts, encoding="utf-8") as file:  # noqa: PTH123
        given = json.load(file)
    answers, sys.stdout = sys.stdout, sys.stderr  # what the libraries print is no answer
    predict = PEERS[peer](encoder, given["labels"], int(limit))
    print(f"ready {version(peer)}, transformers {version('transformers')}", file=answers, flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        predict(given["sets"][line.strip()])
        print(time.perf_counter() - begun, file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
