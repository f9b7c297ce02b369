"""Files as annotation tools write them and our writers do not: events, chains, slots, several answers, older keys.

What fuzzing begins with beside files of our own, by format: the name of a file of the unit, and what takes its place.
"""

import json
from collections.abc import Mapping

_TEXT = "Gunmen hit Gao."
_REGION = {"start": 0, "end": 6, "text": "Gunmen", "labels": ["ACTOR", "GROUP"]}
_TASKS = [
    {
        "id": 1,
        "data": {"article": _TEXT, "published": "2019-03-14"},
        "annotations": [
            {"completed_by": {"email": "a@example.org"}, "was_cancelled": True, "result": []},
            {
                "completed_by": 2,
                "ground_truth": True,
                "result": [
                    {
                        "id": "a",
                        "type": "hypertextlabels",
                        "value": {**_REGION, "globalOffsets": {"start": 0, "end": 6}},
                    },
                    {"id": 7, "type": "labels", "value": {"start": 11, "end": 14, "labels": ["PLACE"]}},
                    {"id": "a", "type": "choices", "from_name": "kind", "value": {"choices": ["rebel", "armed"]}},
                    {"id": "z", "type": "choices", "value": {"choices": ["calm"]}},
                    {"type": "relation", "from_id": "a", "to_id": 7, "direction": "bi", "labels": ["at", "in"]},
                    {"type": "textarea", "value": {"text": ["so"]}},
                ],
            },
        ],
    },
    {"id": "b", "data": {"text": "x"}, "completions": [{"result": []}], "predictions": [{"result": None, "score": 1}]},
]
_MINIMAL = {
    "id": 1,
    "article": _TEXT,
    "label": [{"start": 0, "end": 6, "text": "Gunmen", "labels": ["ACTOR"]}],
    "kind": {"choices": ["rebel", "armed"]},
    "annotator": 2,
    "annotation_id": 9,
    "lead_time": 3.5,
}
_ACCEPTED = {
    "text": _TEXT,
    "spans": [{"start": 0, "end": 6, "label": "ACTOR"}, {"start": 7, "end": 10}],
    "relations": [
        {
            "head": 2,
            "child": 0,
            "label": "by",
            "head_span": {"start": 7, "end": 10, "label": "ATTACK"},
            "child_span": {"start": 0, "end": 6, "label": "ACTOR"},
        }
    ],
    "meta": {"published": "2019-03-14"},
    "answer": "accept",
    "_annotator_id": "anna",
}
_OLDEST = {"start_offset": 0, "end_offset": 6, "label": 4, "user": 1}
_SCIERC = {
    "doc_key": 5,
    "sentences": [["Gunmen", "hit", "Gao", "."], ["They", "fled", "."]],
    "ner": [[[0, 0, "ACTOR"], [2, 2, "PLACE"]], [[4, 4, "ACTOR", 2.5, 0.9]]],
    "relations": [[[0, 0, 2, 2, "at"]], []],
    "events": [[[[1, "ATTACK"], [0, 0, "by"], [2, 2, "at"]]], []],
    "clusters": [[[0, 0], [4, 4], [5, 5]]],
    "predicted_ner": [[], [[4, 4, "ACTOR", 2.5, 0.9]]],
}
_PREDICTED = {
    "sentences": [["Gunmen", "hit", "Gao"]],
    "predicted_ner": [[[0, 0, "ACTOR", 2.5, 0.9], [2, 2, "PLACE", 2.5, 1]]],
    "predicted_relations": [[[0, 0, 2, 2, "at", 1.5, 0.7]]],
}
_SPERT = {
    "tokens": ["Gunmen", "hit", "Gao"],
    "entities": [{"type": "ACTOR", "start": 0, "end": 1, "score": 0.5}],
    "relations": [{"type": "self", "head": 0, "tail": 0}],
    "orig_id": 7,
}
_MUC4 = {
    "docid": "d2",
    "doctext": "gunmen of azor; the gunmen fled azor.",
    "extracts": {"PerpInd": [[["gunmen", 0], ["azor", 10]]], "Target": []},
}
_BRAT = """T1\tAttack 2 10\tShelling
T2\tActor 14 18;19 25\tAzor rebels
T3\tTime 2 10;27 33\tShelling Monday
E1\tAttack:T1 Agent:T2 Time2:T3
E2\tAttack:T1
R1\tnear Source:E1 Target:T3
*\tEquiv T2 T3 E1
A1\tNegation E1
M2\tConfidence T1 High
A3\tUnsure R1
#1\tAnnotatorNotes E1\ta note
#2\tAnnotatorNotes R1\tanother
N1\tReference T2 Wiki:Q1\tAzor
"""
_SHEET = """#FORMAT=WebAnno TSV 3.3
#T_SP=custom.Event|kind|ROLE_custom.Event:args_custom.EventArgsLink|custom.Thing
#T_SP=custom.Thing|kind
#T_CH=custom.CorefLink|referenceRelation|referenceType
#T_RL=custom.Tie|label|BT_custom.Thing
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue


#Text=Gunmen hit Gao.
1-1\t0-6\tGunmen\t_\t_\t_\tACTOR[1]|GROUP[2]\tby->1-1\tname[1]\tat\t1-3[0_1]\tN
1-2\t7-10\thit\traid\tby;at\t1-1[1];1-3\t_\t_\t_\t_\t_\tV
1-2.1\t8-10\tit\t_\t_\t_\tPART\t_\t_\t_\t_\t_
1-3\t11-14\tGao\t_\t_\t_\tPLACE\t*->1-2\t*[1]\t_\t_\t_
1-4\t14-15\t.\t_\t_\t_\t_\t_\t_\t_\t_\t_
"""
_BOUNDED = (
    "-DOCSTART- -X- -X- O\n\nAzor NNP _ B-ACTOR\nred NNP _ M-ACTOR\nguard NN _ E-ACTOR\nin IN _ S-X\n\nGao -X- _ U-Y\n"
)
_IOB1 = "# a comment\nAzor\tI-ACTOR\nMora\tB-ACTOR\nin\tO\n\nGao\tI-PLACE\nis\tL-PLACE\n"


def _lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "brat": (("d1.ann", _BRAT), ("d1.ann", _BRAT.replace("\n", "\r\n"))),
    "label-studio": (
        ("out.json", json.dumps(_TASKS)),
        ("out.json", json.dumps(_TASKS[1:], indent=1)),
        ("out.json", json.dumps([_MINIMAL, {**_MINIMAL, "annotator": 3, "label": []}])),
    ),
    "prodigy": (("out.jsonl", _lines(_ACCEPTED, {"text": "x", "answer": "reject", "tokens": None})),),
    "doccano": (
        ("out.jsonl", _lines({"text": _TEXT, "label": [[0, 6, "ACTOR"], [11, 14, 3]], "cats": ["war"]})),
        ("out.jsonl", _lines({"id": 3, "text": _TEXT, "annotations": [_OLDEST], "meta": {"a": 1}, "comments": ["so"]})),
    ),
    "spert": (("out.json", json.dumps([_SPERT])),),
    "scierc": (("out.jsonl", _lines(_SCIERC)), ("out.jsonl", _lines(_PREDICTED))),
    "muc4": (("out.json", _lines(_MUC4)),),
    "webanno": (("d1.tsv", _SHEET),),
    "conll": (("out.conll", _BOUNDED), ("out.conll", _IOB1)),
}
