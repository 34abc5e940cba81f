"""Wrong forms of right formulas: decided to be wrong, different in value, and the tables' own examples among them."""

import pytest

from derive.formulas import read_formula
from derive.gradients.chain import derive_gradients
from derive.mistakes import MISTAKES, Subject, formula_subject, gradient_subject, wrong_forms
from derive.names import quantity
from derive.text import as_text
from derive.walkthrough import load_walkthrough
from tests.derive.mutations import Truth


def _subjects(name: str) -> list[Subject]:
    network = load_walkthrough(name).network
    return [*(gradient_subject(one) for one in derive_gradients(network).values()),
            *(formula_subject(node.expression, network) for node in network.nodes)]


@pytest.mark.slow
@pytest.mark.parametrize("walkthrough", ["kanungo", "parmelee", "tripathi"])
def test_every_wrong_form_is_another_number(walkthrough: str) -> None:
    """An independent look: at points of general position the wrong form and the right one differ."""
    truth = Truth(load_walkthrough(walkthrough).network)
    for subject in _subjects(walkthrough):
        forms = wrong_forms(subject)
        assert forms
        assert len({as_text(one.formula) for one in forms}) == len(forms)
        assert all(one.told for one in forms)
        for one in forms:
            assert not truth.holds(subject.formula, one.formula), one


def test_every_row_makes_its_example() -> None:
    """Each row of the table is needed: it makes the line that stands as its example."""
    walkthrough = load_walkthrough("kanungo")
    subjects = {as_text(subject.formula): subject for subject in _subjects("kanungo")}
    right = {quantity("E", name): as_text(one.value) for name, one in derive_gradients(walkthrough.network).items()}
    right |= {node.name: as_text(node.expression) for node in walkthrough.network.nodes}
    for name, mistake in MISTAKES.items():
        left, _, text = mistake.example.partition(" = ")
        subject = subjects[right[left.replace("∂", "d")]]
        formula = as_text(read_formula(text, walkthrough.names))
        assert formula in {as_text(edited) for _, edited in mistake.edits(subject)}, name


def test_what_is_equal_all_the_same_is_no_mistake() -> None:
    """At the loss (y - Z)², turning the difference round changes nothing."""
    network = load_walkthrough("parmelee").network
    forms = wrong_forms(formula_subject(network.definitions["E"], network))
    assert not any(as_text(one.formula) == "(Z - y)²" for one in forms)
