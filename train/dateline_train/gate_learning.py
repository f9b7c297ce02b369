"""A trained model → the same model with a gate: several are fitted, and the one is kept that lets the fewest strange
texts through.

All of them let every validation dispatch through that holds what is looked for; what else they let through differs with
the seed by a factor of three. Which one is best on other texts is told, well enough, by validation dispatches without
the words that are marked, and with strange words among the rest.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from dateline_infer.gate import Gate
from dateline_labels.splits import Splits
from tokenizers import Tokenizer

from .gate import GateHead
from .gate_fitting import fit_gate, labelled_texts, strange_texts
from .model import DispatchModel
from .network import checkpoint_extractor
from .thresholds import choose_gate

_GATES = 3


def learn_gate(model: DispatchModel, tokenizer: Tokenizer, splits: Splits, wanted: Sequence[str], seed: int) -> None:
    """Give the model a gate for the span labels `wanted`, learnt from the training dispatches, with its threshold, both
    chosen on the validation dispatches; without such a label in them the gate has no threshold and cannot be used.
    """
    schema = model.reading.schema
    texts, validation = (labelled_texts(part, tokenizer, schema) for part in (splits.train, splits.validation))
    numbers = [schema.span_labels.index(label) for label in wanted]
    vocabulary = model.encoder.get_input_embeddings().weight
    strange = strange_texts(validation, texts, numbers, len(vocabulary), seed)
    found: list[tuple[int, GateHead, Gate | None]] = []
    for number in range(_GATES):
        head = fit_gate(vocabulary, texts, numbers, len(schema.spans), seed + number).to(vocabulary.device)
        model.set_gate(wanted, head)
        extractor = checkpoint_extractor(model, tokenizer)
        gate = choose_gate(extractor, splits.validation, wanted)
        passing = np.sum(extractor.network.gate_scores(strange) >= gate.threshold) if gate else 0
        found.append((int(passing), head, gate))
    _, head, gate = min(found, key=lambda each: each[0])  # the first of equals
    model.set_gate(wanted, head)
    model.set_reading(replace(model.reading, gate=gate))
