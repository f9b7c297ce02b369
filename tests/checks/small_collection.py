"""A small collection in which there is nothing to find, and a check of it after something was done to it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dateline_checks.checking import Asked, Checked, check_all
from dateline_formats.label_map import LabelMap
from dateline_labels import Place, jsonl, markup

Row = dict[str, Any]

SCHEMA = """name = "small"
version = "1.0"
[spans.ATTACK]
attributes.kind = ["bombing", "shooting"]
[spans.PLACE]
[spans.GROUP]
[relations.place]
head = ["ATTACK"]
tail = ["PLACE"]
[relations.by]
head = ["ATTACK"]
tail = ["GROUP"]
[relations.near]
head = ["PLACE"]
tail = ["PLACE"]
"""
# @ a bombing, % a shooting, ^ a place, & a group; the first bombing happens at the first place, by the group, which is
# near the second place; the group shoots
TEXTS = (
    "A [blast]@ broke windows in [Orvel]^ near [Tamsin]^ on market day. The [Red Banner]& owned up to the [blast]@ at "
    "noon, and before dusk its men [opened fire]% on a ferry.",
    "Passengers jumped from a train after a [blast]@ at [Kelham]^, an hour from [Dorrin]^. Nobody doubts that the "
    "[Red Banner]& planned the [blast]@; one of them [opened fire]% on the guard.",
    "[Sarvay]^ woke to a [blast]@ under its only bridge, on the road to [Lesk]^. The [Red Banner]& had warned of such "
    "a [blast]@ in spring. Farmers say strangers [opened fire]% at a barge.",
    "What the mayor calls a gas leak was a [blast]@, says everyone in [Munro Bay]^, a port beside [Halt]^. A caller "
    "for the [Red Banner]& described the [blast]@ and how a lookout [opened fire]% at sailors.",
    "Two wells near [Pell]^ were ruined when a [blast]@ went through the pump house. Engineers from [Ostrava Sands]^ "
    "blame the [Red Banner]&. Since the [blast]@ sentries have [opened fire]% twice.",
    "Schools stay shut in [Vantry]^ and in [Low Vantry]^ beside it; Thursday saw a [blast]@ by the cinema. Leaflets of "
    "the [Red Banner]& praise the [blast]@. At the funeral somebody [opened fire]% into the air.",
    "There was no warning of the [blast]@ that felled the radio mast above [Quill]^, which serves [Nether Quill]^ too. "
    "The [Red Banner]& promised another [blast]@; its riders [opened fire]% on the repair crew.",
    "The harvest fair at [Brannock]^ ended in a [blast]@ that [Sill]^ could hear. Survivors of the [blast]@ named two "
    "cousins who left to join the [Red Banner]& and who [opened fire]% when stopped.",
    "Ice delayed the doctors who went from [Upper Marn]^ to [Gant]^, where a [blast]@ had torn a stable down. A letter "
    "of the [Red Banner]& calls the [blast]@ a mistake. Its couriers [opened fire]% none the less.",
    "Divers found what caused the [blast]@ off [Cape Wend]^, a mile from [Torrance]^: a barrel of fuel. The "
    "[Red Banner]& denies the [blast]@, yet one of its boats [opened fire]% on them.",
    "For a third night trucks queue outside [Ferris]^; the pass to [Yarrow]^ is closed after a [blast]@. Drivers who "
    "saw the [blast]@ say the [Red Banner]& takes a toll and has [opened fire]% on those who refuse.",
    "An inquiry in [Caldew]^ heard how the [blast]@ at the mill, which lies toward [Ebb]^, was prepared. The witness "
    "left the [Red Banner]& before the [blast]@ because friends had [opened fire]% on a priest.",
)
_SIGNS = {
    "@": ("ATTACK", "a", " kind=bombing"),
    "%": ("ATTACK", "a", " kind=shooting"),
    "^": ("PLACE", "l", ""),
    "&": ("GROUP", "p", ""),
}


def source(number: int) -> str:
    """The dispatch in our inline markup."""
    text, counts = TEXTS[number], {"a": 0, "l": 0, "p": 0}
    pieces = text.split("]")
    for at, piece in enumerate(pieces[1:], start=1):
        label, letter, attributes = _SIGNS[piece[0]]
        counts[letter] += 1
        pieces[at] = f"({label} {letter}{counts[letter]}{attributes}){piece[1:]}"
    relations = ("a1 place l1", "a1 by p1", "a3 by p1", "l1 near l2")
    return f"id: small-{number:02}\npublished: 2024-03-{number + 1:02}\n\n{']'.join(pieces)}\n---\n" + "".join(
        f"{line}\n" for line in relations
    )


def clean_rows() -> list[Row]:
    """The dispatches as rows of our JSON lines."""
    dispatches = (markup.read(source(number), Place("small"), None) for number in range(len(TEXTS)))
    return [json.loads(jsonl.write_line(dispatch)) for dispatch in dispatches]


def write_rows(path: Path, rows: Sequence[Row | str]) -> Path:
    """The rows, one a line; words stand as they are."""
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
    return path


def checked(folder: Path, *data: Path, **options: Any) -> Checked:
    """The check of the data under the small schema."""
    schema = folder / "small.toml"
    schema.write_text(SCHEMA, encoding="utf-8")
    return check_all(Asked(data, schema, options.pop("mapping", LabelMap()), **options))
