"""What docs/walkthrough.md shows is what the program does: every file in it loads, derives and builds."""

import re
from pathlib import Path

import openpyxl
import pytest

import sheets
from derive.gradients.backward import go_back
from derive.training import train
from derive.walkthrough import load_walkthrough
from derive.walkthrough.keys import WalkthroughFile
from derive.walkthrough.layers import ACTIVATIONS, BIASES, LOSSES
from sheets.building.layout import sheet_names

TEXT = (Path(__file__).parents[1] / "docs" / "walkthrough.md").read_text(encoding="utf-8")
FILES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("text", FILES, ids=lambda text: text.splitlines()[0])
def test_a_file_of_the_docs_is_trained_and_built(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    walkthrough = load_walkthrough(path)
    assert go_back(walkthrough.network).gradients
    losses = []
    for rate in walkthrough.learning_rates:
        training = train(walkthrough, float(rate))
        loss = walkthrough.batch.total if walkthrough.batch else walkthrough.network.loss
        losses.append([row[training.names.index(loss)] for row in training.rows])
    assert all(len(line) == walkthrough.updates + 1 and line[-1] < line[0] for line in losses)
    sheets.build(walkthrough, tmp_path / "mine.xlsx")
    written = openpyxl.load_workbook(tmp_path / "mine.xlsx", read_only=True).sheetnames
    assert set(sheet_names(walkthrough)) <= set(written)


def test_every_key_and_every_name_of_the_tables_is_explained() -> None:
    for word in (*WalkthroughFile.__struct_fields__, *ACTIVATIONS, "softmax", *BIASES, *LOSSES):
        assert f"`{word}`" in TEXT, word
