"""The documents by which checking is measured: their lines are right and their slips false, by SymPy alone."""

import random

import pytest

from tests.documents.derivations import holds
from tests.documents.writing import FORMS, write


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_line_of_a_generated_document_is_right(seed: int) -> None:
    document = write(seed)
    assert document.lines
    for line in document.lines:
        assert holds(document.meaning, line), document.statement(line)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 60))
def test_every_line_of_many_generated_documents_is_right(seed: int) -> None:
    test_every_line_of_a_generated_document_is_right(seed)


@pytest.mark.parametrize("seed", range(4))
def test_a_slip_changes_one_line_alone(seed: int) -> None:
    document = write(seed)
    slipped = document.slipped(random.Random(seed))
    assert slipped is not None
    other, slip = slipped
    changed = [n for n, (one, two) in enumerate(zip(document.lines, other.lines, strict=True)) if one != two]
    assert changed == [slip.number]
    assert other.statement(slip.line) != document.statement(document.lines[slip.number])


@pytest.mark.parametrize("form", FORMS)
def test_the_statements_stand_where_a_page_says(form: str) -> None:
    """In a notebook the lines are those of cells, which no line number names."""
    document = write(7)
    page = document.page(form)
    if form == "notebook":
        assert page.starts == ()
        return
    lines = page.text.split("\n")
    for line, start in zip(document.lines, page.starts, strict=True):
        shown = lines[start - 1].replace("&lt;", "<").replace(" &= ", " = ")
        assert document.statement(line) in shown
