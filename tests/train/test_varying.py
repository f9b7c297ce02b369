from pathlib import Path

import pytest
from conftest import CORPUS, SCHEMA
from dateline_infer.config import ReadingConfig
from dateline_infer.windows import SpecialTokens
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_train.encoding import Encoder, Row
from dateline_train.varying import VariedRows
from tokenizers import Tokenizer


@pytest.fixture
def encoder(tiny_encoder: Path) -> Encoder:
    tokenizer = Tokenizer.from_file(str(tiny_encoder / "tokenizer.json"))
    return Encoder(tokenizer, ReadingConfig(Schema.read(SCHEMA), 64, 16), SpecialTokens.of(tokenizer, 0))


@pytest.fixture
def dispatches() -> list[Dispatch]:
    return read_dispatches([CORPUS / "militancy_notes"], Schema.read(SCHEMA))[:30]


def rows(varied: VariedRows, epoch: int) -> list[Row]:
    varied.set_epoch(epoch)
    return [varied[number] for number in range(len(varied))]


def test_without_a_share_every_row_is_the_one_of_its_dispatch(encoder: Encoder, dispatches: list[Dispatch]) -> None:
    varied = VariedRows(encoder, dispatches, 0.0, seed=3)
    assert rows(varied, 0) == rows(varied, 5) == [encoder.row(dispatch) for dispatch in dispatches]


def test_a_share_of_the_rows_is_varied_and_other_ones_every_epoch(encoder: Encoder, dispatches: list[Dispatch]) -> None:
    varied = VariedRows(encoder, dispatches, 0.5, seed=3)
    first, second = rows(varied, 0), rows(varied, 1)
    plain = [encoder.row(dispatch) for dispatch in dispatches]
    changed = sum(one != other for one, other in zip(first, plain, strict=True))
    assert 0 < changed < len(dispatches)
    assert first != second
    for row, known in zip(first, plain, strict=True):
        assert known is not None
        assert [span[0] for span in row["spans"]] == [span[0] for span in known["spans"]]
        assert (row["relations"], row["attributes"]) == (known["relations"], known["attributes"])


def test_seed_and_epoch_alone_determine_the_rows(encoder: Encoder, dispatches: list[Dispatch]) -> None:
    one, other = (VariedRows(encoder, dispatches, 0.8, seed=3) for _ in range(2))
    rows(one, 0)
    assert rows(one, 4) == rows(other, 4)
    assert rows(one, 4) != rows(VariedRows(encoder, dispatches, 0.8, seed=4), 4)


def test_a_dispatch_without_tokens_is_left_out(encoder: Encoder, dispatches: list[Dispatch]) -> None:
    varied = VariedRows(encoder, [Dispatch("empty", " \n"), *dispatches[:2]], 1.0, seed=3)
    assert len(varied) == len(varied.plain) == 2
