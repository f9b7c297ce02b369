"""Small folders in the formats of the public benchmarks, with invented texts."""

import json
from pathlib import Path
from typing import Any

PEOPLE = ("Amina", "Boris", "Chidi", "Dalia", "Emeka")
PLACES = ("Gao", "Mosul", "Kano", "Lyman", "Homs", "Cali")
TYPES = {
    "entities": {name: {"short": name, "verbose": name} for name in ("Loc", "Org", "Peop")},
    "relations": {"Live_In": {"short": "LI", "verbose": "Live in", "symmetric": False}},
}


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def write_lines(path: Path, rows: list[Any], before: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + "\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")


def sentence(number: int) -> dict[str, Any]:
    person, place = PEOPLE[number % len(PEOPLE)], PLACES[number % len(PLACES)]
    return {
        "tokens": [person, "of", "Old", place, "spoke", "."],
        "entities": [{"type": "Peop", "start": 0, "end": 1}, {"type": "Loc", "start": 2, "end": 4}],
        "relations": [{"type": "Live_In", "head": 0, "tail": 1}],
        "orig_id": number,
    }


def conll04_folder(folder: Path, learnt: int = 30) -> Path:
    for part, numbers in (("train", range(learnt)), ("dev", range(40, 46)), ("test", range(50, 56))):
        write(folder / f"conll04_{part}.json", [sentence(number) for number in numbers])
    write(folder / "conll04_types.json", TYPES)
    return folder


def muc4_document(number: int) -> dict[str, Any]:
    person, place = PEOPLE[number % len(PEOPLE)].lower(), PLACES[number % len(PLACES)].lower()
    text = f"rebels with guns killed {person} near the {place} farm. the farm burned."
    extracts: dict[str, Any] = {role: [] for role in ("PerpInd", "PerpOrg", "Target", "Victim", "Weapon")}
    if number % 3:
        farm = text.index(f"{place} farm")
        extracts |= {
            "PerpInd": [[["rebels", 0]]],
            "Target": [[[f"{place} farm", farm], ["farm", text.index("farm")]]],
            "Victim": [[[person, text.index(person)]]],
            "Weapon": [[["gun", text.index("gun")]]],
        }
    return {"docid": f"TST-{number:04}", "doctext": text, "extracts": extracts}


def muc4_folder(folder: Path) -> Path:
    write_lines(folder / "train.json", [muc4_document(number) for number in range(30)])
    write_lines(folder / "dev.json", [muc4_document(number) for number in range(40, 46)])
    return folder


def re3d_folder(folder: Path) -> Path:
    """Ten documents of two sources: in each a place in a longer one, and a border on a space."""
    for source in ("North", "South"):
        documents, entities = [], []
        for number in range(10):
            place = PLACES[number % len(PLACES)]
            text, name = f"Troops left the town of {place} today.", f"{source}-{number}"
            start = text.index("the town")
            documents.append({"_id": name, "sourceName": source, "text": text})
            end = start + len("the town of ") + len(place)
            rows = [(0, 7, "Organisation"), (start, end, "Location"), (end - len(place), end, "Location")]
            entities += [{"begin": b, "end": e, "type": t, "documentId": name, "confidence": 1} for b, e, t in rows]
        write_lines(folder / source / "documents.json", documents, before="\ufeff")
        write_lines(folder / source / "entities.json", entities, before="\ufeff")
    return folder
