import json

from quality_table import QualityTable


def filled() -> QualityTable:
    table = QualityTable(("quick", "default"), absent={"muc4": "/nowhere"}, notes={"real": ("fifty dispatches",)})
    for seed, figure in (("13", 70.0), ("14", 72.0), ("15", 77.0)):
        table.add("corpus", "quick", seed, {"spans F1": figure})
    table.add("real", "default", "13", {"spans F1": 61.25})
    table.add("corpus", "default", "13", {"spans F1": 80.0, "relations F1, strict": 55.0})
    return table


def test_the_page_gives_mean_spread_and_how_many_seeds() -> None:
    lines = filled().markdown().splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert rows == [
        "| data | figure | quick | default |",
        "| corpus | spans F1 | 73.0 ± 3.6 (3) | 80.0 |",
        "| corpus | relations F1, strict | – | 55.0 |",
        "| real | spans F1 | – | 61.2 |",
        "| muc4 | /nowhere | not there | not there |",
    ]
    assert "- real: fifty dispatches" in lines


def test_the_plain_data_keeps_every_value() -> None:
    plain = json.loads(json.dumps(filled().plain()))
    assert plain["data"]["corpus"]["spans F1"]["quick"] == {
        "mean": 73.0,
        "spread": 3.61,
        "values": {"13": 70.0, "14": 72.0, "15": 77.0},
    }
    assert plain["data"]["corpus"]["spans F1"]["default"] == {"mean": 80.0, "spread": None, "values": {"13": 80.0}}
    assert plain["absent"] == {"muc4": "/nowhere"}


def test_a_figure_measured_again_takes_the_place_of_the_old_one() -> None:
    table = filled()
    table.add("real", "default", "13", {"spans F1": 62.0})
    assert table.values["real", "spans F1"] == {"default": {"13": 62.0}}
