"""TeX without macros, and MathML from it: what `derive latex` writes, expanded, and every line of it converted."""

import pickle
import re
from xml.etree import ElementTree

import pytest
import sympy as sp
from msgspec import Struct

from derive.board.steps import sections
from derive.gradients.chain import derive_gradients
from derive.latex.plain import put_in
from derive.mathml import as_mathml
from derive.names import symbol
from derive.tex import as_tex, typeset
from derive.walkthrough import built_in, load_walkthrough

MATH = "{http://www.w3.org/1998/Math/MathML}"



class Sides(Struct, frozen=True):
    """What a check returns, as far as it is typeset."""

    left: str
    correct: None = None

    @property
    def right(self) -> str:
        """The same again."""
        return self.left


NAMES = [
    ("w5", "w_{5}"),
    ("out_h1", r"\mathrm{out}_{h_{1}}"),
    ("E_Total", r"E_{\mathrm{Total}}"),
    ("η", r"\eta"),
    ("x̄", r"\bar{x}"),
    ("outₕ₂", r"\mathrm{out}_{h_{2}}"),
    ("w^(2)_1", "w_{1}^{(2)}"),
]


@pytest.mark.parametrize(("name", "tex"), NAMES)
def test_names_are_set_as_in_the_document(name: str, tex: str) -> None:
    assert as_tex(symbol(name)).strip() == tex


SIDES = [
    ("w_1x_1 + b", r"w_{1} \cdot x_{1} + b"),
    ("(ŷ - y)w_12x", r"(\hat{y} - y) \cdot w_{12} \cdot x"),
    ("w_ix_i", r"w_{i} \cdot x_{i}"),
    ("conv_2d^2", r"\mathrm{conv}_{2d}^{2}"),
    ("out_h1*a_h1", r"\mathrm{out}_{h_{1}} \cdot a_{h_{1}}"),
    ("δE/δŷ", r"\frac{\delta E}{\delta \hat{y}}"),
    ("∂E/∂w_1", r"\frac{\partial E}{\partial w_{1}}"),
    ("xw", r"\mathrm{xw}"),
]


@pytest.mark.parametrize(("text", "tex"), SIDES)
def test_a_side_of_a_check_is_set_as_it_is_read(text: str, tex: str) -> None:
    found = typeset(Sides(text))
    assert found.left == found.right == tex
    tree = ElementTree.fromstring(as_mathml(tex))
    assert tree.tag == f"{MATH}math"
    assert "\\" not in "".join(tree.itertext())


@pytest.mark.parametrize(("text", "tex"), [
    ("z = w1x1 + b\n∂z/∂w1 = x1", ("z", r"w_{1} \cdot x_{1} + b")),
    ("x̄ = (a + b)/2", (r"\bar{x}", r"\frac{a + b}{2}")),
    ("a^(1) = w^(1) x", ("a^{(1)}", r"w^{(1)} \cdot x")),
    ("E = 1/2(ŷ - y)²", ("E", r"\frac{1}{2} \cdot (\hat{y} - y)^{2}")),
])  # fmt: skip
def test_a_side_is_set_by_what_the_whole_document_makes_of_it(text: str, tex: tuple[str, str]) -> None:
    import derive

    first = derive.check(text).tex[0]
    assert (first.left, first.right) == tex
    again = pickle.loads(pickle.dumps(tuple(derive.check(text))))
    assert typeset(again[0]) == first


def test_macros_are_expanded_within_their_arguments() -> None:
    macros = {"nnw": (1, "w_{#1}"), "nnpartial": (2, r"\frac{\partial #1}{\partial #2}")}
    assert put_in(r"\nnpartial{\nnw{1}}{\nnw{2}} + \nnwide", macros) == (
        r"\frac{\partial w_{1}}{\partial w_{2}} + \nnwide"
    )


@pytest.mark.parametrize("name", built_in())
def test_every_line_of_a_derivation_is_tex_and_mathml(name: str) -> None:
    lines = [as_tex(member) for section in sections(derive_gradients(load_walkthrough(name).network).values())
             for step in section.steps for member in step.members]  # fmt: skip
    assert lines
    for tex in dict.fromkeys(lines):
        assert not re.search(r"\\nn[A-Za-z]|#\d", tex), tex
        tree = ElementTree.fromstring(as_mathml(tex))
        assert tree.tag == f"{MATH}math", tex
        assert "\\" not in "".join(tree.itertext()), tex


def test_a_minus_that_is_a_sign_is_set_as_one() -> None:
    assert as_mathml(r"a - \exp(-x)").count('form="prefix"') == 1


def test_what_is_no_tex_is_shown_as_it_is() -> None:
    assert as_mathml(r"\frac{<b>") == r"<code>\frac{&lt;b&gt;</code>" or "<b>" not in as_mathml(r"\frac{<b>")


def test_a_comparison_and_cases_are_written() -> None:
    x = symbol("x")
    assert r"\begin{cases}" in as_tex(sp.Piecewise((x, x > 0), (sp.Integer(0), True)))
