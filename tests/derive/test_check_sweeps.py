"""The laws of tests/derive/test_check_laws.py over many documents: those beside the checkout, and generated ones.

A law that a document breaks is told with the file and the first lines that differ.
"""

import html
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from derive.walkthrough import built_in
from tests.bench.checker import checker
from tests.bench.generated import Said, said_of
from tests.derive.test_check_laws import RIGHT, differing, said
from tests.documents.writing import Document, write
from tests.laws import some

pytestmark = pytest.mark.slow

EACH = pytest.mark.parametrize("each", some((8, 1), 8))
"""Every eighth document; all of them in the whole sweep."""

CHECK = checker()
LETTERS = ("p", "c", "l", "y", "s", "a", "z", "k", "q", "g")
CORPORA = ("derivations", "contact")


def documents(shared: Callable[[str], Path], each: int) -> Iterator[tuple[str, str]]:
    """Each so many-th document of the corpora: its name and text."""
    kinds = (".md", ".txt", ".tex", ".ipynb", ".py")
    paths = [path for corpus in CORPORA for path in sorted(shared(corpus).iterdir()) if path.suffix in kinds]
    for path in [path for path in paths if path.name != "README.md"][::each]:
        yield f"{path.parent.name}/{path.name}", path.read_text(encoding="utf-8", errors="replace")


@cache
def verdicts(text: str) -> tuple[str, ...]:
    """What is said of the equalities of a text, in order; proved and definition are both right."""
    return tuple("right" if one.verdict in RIGHT else one.verdict for one in CHECK(text))


def changed(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many verdicts differ; all, where the number of equalities differs."""
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else max(len(one), len(other))


def renamed_inputs(text: str) -> Iterator[str]:
    """The text with i1, i_{2} or x1 in other letters that it does not use; nothing where it has both, or none."""

    def found(stem: str) -> re.Pattern[str]:
        return re.compile(rf"(?<![A-Za-z_\\])(d|∂|δ)?{stem}(_?\{{?[12]\}}?)(?![A-Za-z0-9])")

    stems = [stem for stem in ("i", "x") if found(stem).search(text)]
    if len(stems) != 1:
        return
    for letter in LETTERS:
        if not found(letter).search(text):
            yield found(stems[0]).sub(lambda match, to=letter: (match[1] or "") + to + match[2], text)  # type: ignore[misc]


@pytest.mark.whole
@pytest.mark.xfail(strict=True, raises=AssertionError, reason="verdicts change in 4 of 76 renamings")
def test_renaming_the_inputs_of_real_documents_changes_no_verdict(shared: Callable[[str], Path]) -> None:
    broken = [
        f"{name}: {changed(verdicts(text), verdicts(other))} of {len(verdicts(text))}"
        for name, text in documents(shared, 1)
        for other in list(renamed_inputs(text))[:2]
        if verdicts(other) != verdicts(text)
    ]
    assert not broken, broken


def wordy(text: str) -> str:
    """The text between prose; a notebook has a cell more at both ends."""
    before = "Notes on learning\n\nThis is what we did in class, and why it works."
    after = "So the weights learn, step by step, until the error is small enough."
    if text.lstrip().startswith("{"):
        book = json.loads(text)
        cells = [{"cell_type": "markdown", "metadata": {}, "source": [said]} for said in (before, after)]
        return json.dumps({**book, "cells": [cells[0], *book["cells"], cells[1]]}, ensure_ascii=False, indent=1)
    if "\\begin{document}" in text:
        text = text.replace("\\begin{document}", f"\\begin{{document}}\n\n{before}\n\n", 1)
        return text.replace("\\end{document}", f"\n\n{after}\n\n\\end{{document}}", 1)
    if text.startswith("---\n"):
        return f"{text}\n\n{after}\n"
    return f"{before}\n\n{text}\n\n{after}\n"


@EACH
def test_prose_around_real_documents_changes_no_verdict(shared: Callable[[str], Path], each: int) -> None:
    broken = [
        f"{name}: {changed(verdicts(text), verdicts(wordy(text)))} of {len(verdicts(text))}"
        for name, text in documents(shared, each)
        if not name.endswith(".py") and verdicts(wordy(text)) != verdicts(text)
    ]
    assert not broken, broken


SECOND = "\n\nAnother example, of a lens.\n\nQ9 = 3*R9 + V9\n\nD9 = Q9^2\n\ndD9/dR9 = 6*Q9\n"
"""What has nothing to do with the document before it, and is right."""


@EACH
def test_a_second_example_behind_real_documents_changes_no_verdict(shared: Callable[[str], Path], each: int) -> None:
    broken = []
    for name, text in documents(shared, each):
        if name.endswith((".ipynb", ".py", ".tex")):
            continue
        before, after = verdicts(text), verdicts(text.rstrip() + SECOND)
        if after[: len(before)] != before:
            broken.append(f"{name}: {changed(before, after[: len(before)])} of {len(before)}")
        elif after[len(before) :] != ("right",) * 3:
            broken.append(f"{name}: the second example is {after[len(before) :]}")
    assert not broken, broken


def as_page(text: str) -> str:
    """A text as a page of hypertext, a paragraph for each."""
    paragraphs = re.split(r"\n[ \t]*\n", text.strip())
    return (
        "<html><body>" + "\n".join(f"<p>{html.escape(one, quote=False)}</p>" for one in paragraphs) + "</body></html>"
    )


def as_notebook(text: str) -> str:
    """A text as a notebook of one cell."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}
    return json.dumps(
        {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1
    )


@EACH
def test_a_real_document_as_a_notebook_has_the_same_verdicts(shared: Callable[[str], Path], each: int) -> None:
    broken = [
        f"{name}: {changed(verdicts(text), verdicts(as_notebook(text)))} of {len(verdicts(text))}"
        for name, text in documents(shared, each)
        if name.endswith((".md", ".txt")) and verdicts(as_notebook(text)) != verdicts(text)
    ]
    assert not broken, broken


@EACH
def test_a_plain_document_as_a_page_has_the_same_verdicts(shared: Callable[[str], Path], each: int) -> None:
    """Only texts that have no markup of their own."""
    broken = [
        f"{name}: {changed(verdicts(text), verdicts(as_page(text)))} of {len(verdicts(text))}"
        for name, text in documents(shared, each)
        if not re.search(r"[\\$`<|]|^\s*[#*+-] |&\w+;", text, re.MULTILINE)
        and verdicts(as_page(text)) != verdicts(text)
    ]
    assert not broken, broken


@cache
def right_document(seed: int) -> tuple[Document, tuple[Said, ...]]:
    """A generated document, and what is said of its lines."""
    document = write(seed)
    return document, tuple(said(document))


@pytest.mark.parametrize("count", some((25, 100), 25))
def test_every_line_of_a_hundred_right_documents_is_right(count: int) -> None:
    wrong = []
    for seed in range(1, count + 1):
        wrong += [
            f"{seed}: {one.text} | {one.verdict} | {one.told}"
            for one in right_document(seed)[1]
            if one.verdict not in RIGHT
        ]
    assert not wrong, (len(wrong), wrong[:40])


@pytest.mark.parametrize("count", some((15, 60), 15))
def test_renaming_sixty_generated_documents_changes_no_verdict(count: int) -> None:
    broken = []
    for seed in range(1, count + 1):
        document, before = right_document(seed)
        broken += differing(list(before), said(document.renamed(random.Random(seed))))
    assert not broken, (len(broken), broken[:40])


@pytest.mark.parametrize("count", some((4, 20), 4))
def test_twenty_generated_documents_are_judged_alike_with_any_walkthrough(count: int) -> None:
    broken = []
    for seed in range(1, count + 1):
        document, alone = right_document(seed)
        page = document.page()
        for name in sorted(built_in()):
            broken += differing(list(alone), list(said_of(document, page, checker(name)(page.text))))
    assert not broken, (len(broken), broken[:40])


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="what follows from a slip is refuted anew")
@pytest.mark.parametrize("count", some((25, 100), 25))
def test_a_slip_in_a_hundred_documents_is_found_and_no_other_line_refuted(count: int) -> None:
    bad = []
    for seed in range(1, count + 1):
        slipped = right_document(seed)[0].slipped(random.Random(seed))
        if slipped is None:
            continue
        found = said(slipped[0])
        slip = found[slipped[1].number]
        if slip.verdict not in ("refuted", "undecided"):
            bad.append(f"{seed}: {slip.verdict} ({slipped[1].kind}) {slip.text}")
        bad += [
            f"{seed}: beside {slip.text}: {one.text} | {one.told}"
            for n, one in enumerate(found)
            if one.verdict == "refuted" and n != slipped[1].number
        ]
    assert not bad, (len(bad), bad[:40])
