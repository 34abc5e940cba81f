"""Laws of checking, on documents whose truth is known: what must not change a verdict, and what must.

Each law is asked of the public interface alone. tests/derive/test_check_sweeps.py asks the same of many documents.
"""

import random
from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from derive.walkthrough import built_in
from tests.bench.checker import checker
from tests.bench.generated import Said, said_of
from tests.documents.writing import FORMS, Document, write
from tests.laws import examples

RIGHT = ("proved", "definition")
CHECK = checker()
DOCUMENTS = st.integers(1, 400).map(write)
CHANCE = st.integers(0, 999)
FEW = settings(parent=examples(4), phases=[Phase.generate])
"""A document takes a second: a failing one is told as it is, not made smaller."""


def said(document: Document, form: str = "") -> list[Said]:
    """What is said of each line of a document."""
    page = document.page(form)
    return list(said_of(document, page, CHECK(page.text)))


def differing(one: list[Said], other: list[Said]) -> Iterator[str]:
    """The lines of which two runs say different things; proved and definition are both right."""
    for a, b in zip(one, other, strict=True):
        if _class(a.verdict) != _class(b.verdict):
            yield f"{a.text} | {a.verdict} | {b.text} | {b.verdict} | {b.told}"


def _class(verdict: str) -> str:
    return "right" if verdict in RIGHT else verdict


def same(one: list[Said], other: list[Said], document: Document) -> None:
    """Fails, with the lines, where two runs differ."""
    assert not list(differing(one, other)), (document.seed, *differing(one, other))


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="dL_dy' and dy'_dq are not read, where y' is a name")
@settings(parent=examples(4), phases=[Phase.explicit, Phase.generate])
@example(write(262), 787)
@given(DOCUMENTS, CHANCE)
def test_renaming_all_quantities_changes_no_verdict(document: Document, chance: int) -> None:
    same(said(document), said(document.renamed(random.Random(chance))), document)


@pytest.mark.parametrize(("seed", "chance"), [(101, 245), (76, 76)])
def test_a_letter_may_be_a_function_and_a_quantity(seed: int, chance: int) -> None:
    """Renamed, a function and a quantity of these documents have one letter."""
    document = write(seed)
    same(said(document), said(document.renamed(random.Random(chance))), document)


@pytest.mark.slow
@FEW
@given(DOCUMENTS, CHANCE)
def test_renaming_the_inputs_changes_no_verdict(document: Document, chance: int) -> None:
    same(said(document), said(document.renamed(random.Random(chance), "input")), document)


@FEW
@given(DOCUMENTS, CHANCE)
def test_the_order_of_claims_that_do_not_depend_on_each_other_changes_no_verdict(
    document: Document, chance: int
) -> None:
    other, order = document.shuffled(random.Random(chance))
    before = said(document)
    same([before[n] for n in order], said(other), document)


@pytest.mark.slow
@FEW
@given(DOCUMENTS)
def test_prose_blank_lines_and_headings_change_no_verdict(document: Document) -> None:
    page = document.page("text" if document.notation.kind != "latex" else "markdown")
    wordy = "# On learning\n\nThis is what we did in class.\n\n" + page.text.replace("\n\n", "\n\n\n")
    wordy += "\n## Summary\n\nSo the weights learn, step by step, until the error is small enough.\n"
    assert [one.verdict for one in CHECK(wordy)] == [one.verdict for one in CHECK(page.text)], document.seed


@pytest.mark.slow
@settings(parent=examples(3), phases=[Phase.generate])
@given(DOCUMENTS, DOCUMENTS, CHANCE)
def test_a_second_example_in_other_letters_changes_no_verdict(
    document: Document, other: Document, chance: int
) -> None:
    rng = random.Random(chance)
    document, other = document.renamed(rng), other.renamed(rng, words=True)
    form = "markdown" if document.notation.kind == "latex" else "text"
    page = document.page(form)
    both = page.text + "\n\nAnother example.\n\n" + other.page("markdown").text
    alone = said(document, form)
    same(alone, list(said_of(document, page, CHECK(both)))[: len(alone)], document)


@pytest.mark.slow
@FEW
@given(DOCUMENTS)
def test_the_form_of_a_document_changes_no_verdict(document: Document) -> None:
    forms = ("latex", "markdown", "html", "notebook") if document.notation.kind == "latex" else (
        ("text", "markdown", "html", "notebook") if document.notation.kind == "plain" else ("code", "notebook")
    )  # fmt: skip
    found = {form: [_class(one.verdict) for one in CHECK(document.page(form).text)] for form in forms}
    assert len({tuple(verdicts) for verdicts in found.values()}) == 1, (document.seed, found)


@pytest.mark.slow
@settings(parent=examples(36), phases=[Phase.generate])
@given(DOCUMENTS)
def test_every_line_of_a_right_document_is_right(document: Document) -> None:
    wrong = [one for one in said(document) if one.verdict not in RIGHT]
    assert not wrong, (document.seed, *((one.text, one.verdict, one.told) for one in wrong))


@pytest.mark.slow
@FEW
@given(DOCUMENTS, st.sampled_from(sorted(built_in())))
def test_a_document_that_defines_all_is_judged_alike_with_any_walkthrough(document: Document, walkthrough: str) -> None:
    page = document.page()
    same(said(document), list(said_of(document, page, checker(walkthrough)(page.text))), document)


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="what follows from a slip is refuted anew, or the slip is believed"
)
@settings(parent=examples(8), phases=[Phase.explicit, Phase.generate])
@example(write(2), 2)
@given(DOCUMENTS, CHANCE)
def test_one_slip_is_not_called_right_and_no_other_line_is_refuted(document: Document, chance: int) -> None:
    slipped = document.slipped(random.Random(chance))
    if slipped is None:
        return
    other, slip = slipped
    found = said(other)
    assert found[slip.number].verdict in ("refuted", "undecided"), (document.seed, found[slip.number])
    refuted = [one for n, one in enumerate(found) if one.verdict == "refuted" and n != slip.number]
    assert not refuted, (document.seed, found[slip.number].text, *((one.text, one.told) for one in refuted))


def test_every_form_is_tried() -> None:
    """A form that is added is one of these laws' forms, too."""
    assert set(FORMS) == {*chain(("text", "markdown", "latex", "html", "notebook", "code"))}
