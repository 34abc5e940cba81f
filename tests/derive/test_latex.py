"""LaTeX: tables of expressions and names, and pdflatex as the judge of whole documents."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sympy as sp
from click.testing import CliRunner

from derive import rules
from derive.__main__ import main
from derive.board.show import as_derivation
from derive.board.steps import Way
from derive.checking import check
from derive.formulas import Names, read_formula
from derive.latex import to_latex
from derive.latex.document import to_exercise, to_markdown, to_slides
from derive.latex.expression import as_latex, atom
from derive.latex.lines import WIDEST, fold
from derive.latex.names import notation
from derive.latex.prose import prose
from derive.names import symbol
from derive.walkthrough import Walkthrough, load_walkthrough
from derive.walkthrough.template import new_file
from derive.written import Partial

WRITTEN = [
    ("w1*i1 + w2*i2", r"w1 \nntimes i1 + w2 \nntimes i2"),
    ("1/2*(t1 - o1)**2", r"\frac{1}{2} \nntimes (t1 - o1)^{2}"),
    ("(t1 - o1)**2/2", r"\frac{(t1 - o1)^{2}}{2}"),
    ("w1*i1/2", r"\frac{w1 \nntimes i1}{2}"),
    ("w1/w2*i1", r"\frac{w1}{w2} \nntimes i1"),
    ("w1*(i1/2)", r"w1 \nntimes \frac{i1}{2}"),
    ("(w1/2)^2", r"\bigl(\frac{w1}{2}\bigr)^{2}"),
    ("-w1/2", r"-\frac{w1}{2}"),
    ("w1 - (w2 - i1)", "w1 - (w2 - i1)"),
    ("w1*(-2)", r"w1 \nntimes (-2)"),
    ("-(w1 + w2)", "-(w1 + w2)"),
    ("(-w1)^2", "(-w1)^{2}"),
    ("[(o1 - t1)*w1 + w2]*i1", r"\bigl[(o1 - t1) \nntimes w1 + w2\bigr] \nntimes i1"),
    ("σ(w1)*(1 - σ(w1))", r"\sigma(w1) \nntimes (1 - \sigma(w1))"),
    ("tanh(w1)^2", r"\tanh(w1)^{2}"),
    ("ReLU(w1) + softplus(w2)", r"\operatorname{ReLU}(w1) + \operatorname{softplus}(w2)"),
    ("ln(1 + exp(-w1))", r"\ln(1 + \exp(-w1))"),
    ("sqrt(w1)/abs(w2)", r"\frac{\sqrt{w1}}{\lvert w2 \rvert}"),
    ("∂E1/∂w1", r"\nnpartial{E1}{w1}"),
    ("∂(E1 + o1)/∂w1", r"\nnpartial{(E1 + o1)}{w1}"),
    ("∂σ(o1)/∂o1", r"\nnpartial{\sigma(o1)}{o1}"),
    ("0.05*w1", r"0.05 \nntimes w1"),
    ("w1^(i1 + 1)", "w1^{i1 + 1}"),
]
DECLARED = Names.of(["w1", "w2", "i1", "i2", "t1", "o1", "E1"])


@pytest.mark.parametrize(("text", "latex"), WRITTEN)
def test_an_expression_keeps_its_order_and_its_brackets(text: str, latex: str) -> None:
    assert as_latex(read_formula(text, DECLARED), lambda name: atom(name, 1)).latex == latex


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=list(rules.RULES))
def test_every_function_of_the_table_has_a_latex(rule: rules.Rule) -> None:
    assert "w1" in as_latex(rule.function(symbol("w1")), lambda name: atom(name, 1)).latex


def test_a_kind_of_node_without_latex_is_named() -> None:
    with pytest.raises(TypeError, match="no way to write Integral"):
        as_latex(sp.Integral(symbol("w1"), symbol("w1")), lambda name: atom(name, 1))


NAMED = [
    ("w5", r"\nnw{5}", r"\providecommand{\nnw}[1]{w_{#1}}"),
    ("out_h1", r"\nnouth{1}", r"\providecommand{\nnouth}[1]{\mathrm{out}_{h_{#1}}}"),
    ("a_h1", r"\nnah{1}", r"\providecommand{\nnah}[1]{a_{h_{#1}}}"),
    ("E_Total", r"\nnETotal", r"\providecommand{\nnETotal}{E_{\mathrm{Total}}}"),
    ("h1_2", r"\nnh{1}{2}", r"\providecommand{\nnh}[2]{h_{#1,#2}}"),
    ("w_h1_i2", r"\nnwhi{1}{2}", r"\providecommand{\nnwhi}[2]{w_{h_{#1},i_{#2}}}"),
    ("θ1", r"\nntheta{1}", r"\providecommand{\nntheta}[1]{\theta _{#1}}"),
    ("eta", r"\nneta", r"\providecommand{\nneta}{\eta}"),
    ("predict", r"\nnpredict", r"\providecommand{\nnpredict}{\mathrm{predict}}"),
    ("_", r"\nn", r"\providecommand{\nn}{\_}"),
    ("ŷ1", r"\nnubhh{1}", r"\providecommand{\nnubhh}[1]{\hat{y}_{#1}}"),
]


@pytest.mark.parametrize(("name", "written", "definition"), NAMED, ids=[name for name, _, _ in NAMED])
def test_a_name_is_a_macro_of_its_stem(name: str, written: str, definition: str) -> None:
    made = notation([name])
    assert made.written[name] == written
    assert [macro.definition for macro in made.macros] == [definition]


def test_names_whose_macros_would_clash_get_different_ones() -> None:
    made = notation(["E1", "E", "out_h", "outh", "times", "Times"], reserved=["nntimes"])
    assert len(set(made.written.values())) == 6
    assert made.written["times"] != r"\nntimes"


def test_names_of_one_stem_share_its_macro() -> None:
    assert len(notation([f"w{n}" for n in range(1, 9)]).macros) == 1


@pytest.mark.parametrize(("text", "latex"), [
    (r"50 % of $x_1$ & \input{secret}", r"50 \% of \$x\_1\$ \& \textbackslash{}input\{secret\}"),
    ("Größe – naïve “σ”", r'Gr\"{o}\ss{}e -- na\"{i}ve ``$\sigma$' + "''"),
    ("中\nx", "[U+4E2D] x"),
])  # fmt: skip
def test_prose_is_never_a_command(text: str, latex: str) -> None:
    assert prose(text) == latex
    assert prose(text).isascii()


def test_a_long_sum_is_broken_outside_its_brackets() -> None:
    formula = " + ".join(f"(w1 - {n})*w2*i1*t1*o1" for n in range(6))
    piece = as_latex(read_formula(f"[{formula}]*i1", DECLARED), lambda name: atom(name, 2))
    rows = fold(piece.segments, WIDEST)
    assert len(rows) > 3
    assert all(row.startswith(("+", r"\nntimes")) for row in rows[1:])


def test_the_worked_example_has_the_numbers_of_the_first_row(kanungo: Walkthrough) -> None:
    plain = to_latex(kanungo).replace(r"\nntimes", "*")
    assert r"\nnpartial{\nnEA}{\nnw{5}} &= 0.4260 * 0.2459 * 0.5162 = 0.0541" in plain
    assert "0.251231" in plain  # E_Total in row 3 of the author's own sheets
    assert r"0.42601 * 0.24591 * 0.51624 = 0.05408" in to_latex(kanungo, digits=5).replace(r"\nntimes", "*")


def test_only_lines_that_are_referred_to_have_a_number_and_a_label(kanungo: Walkthrough) -> None:
    latex = to_latex(kanungo)
    anchors = re.findall(r"\\nnanchor\{(.*?)\}\{(\d+)\}", latex)
    assert len(anchors) == len(set(anchors))
    assert ("eq:kanungo:dout_o1/do1:factor", "2") in anchors
    numbers = re.findall(r"\\tag\{(\d+)\}", latex)
    assert numbers == [number for _, number in anchors]
    told = re.findall(r"\((\d+)\)", "".join(line for line in latex.splitlines() if line.startswith("where ")))
    assert set(told) == set(numbers)
    assert r"\label" not in latex.replace(r"\label{#1}", "")


HOSTILE = r"""
title = 'A title with % # _ & $ { } \\input{x} – ünd “quotes” 中'
source = "http://example.org/~a_b?c=1&d=%20"
learning_rates = [0.5]
updates = 1
equations = [
  "längere_Schicht_1 = θ1*i1 + b_hidden",
  "akt1 = tanh(längere_Schicht_1)",
  "very_long_name_of_the_hidden_sum = θ2*akt1/3 + v1*akt1**2 + v2*akt1**3 + v3*akt1**4 + v4*akt1**5 + v5*akt1**6",
  "out = softplus(very_long_name_of_the_hidden_sum)",
  "E = -t1*ln(out) - (1 - t1)*ln(1 + out) + 0.001*(θ1**2 + θ2**2)/2 + 0.002*(v1**2 + v2**2 + v3**2 + v4**2)",
]
inputs = { i1 = 0.5 }
targets = { t1 = 1 }
constants = { b_hidden = 0.35 }
parameters = { "θ1" = 0.15, "θ2" = -2.5e-5, v1 = 1, v2 = 12345678, v3 = 0.1, v4 = 0.2, v5 = 0.3 }
"""


def compiled(source: str, folder: Path, pdflatex: str) -> str:
    """pdflatex's log of the second run over a document."""
    (folder / "it.tex").write_text(source, encoding="utf-8")
    for _ in range(2):
        run = subprocess.run([pdflatex, "-interaction=nonstopmode", "-halt-on-error", "it.tex"], cwd=folder,
                             capture_output=True, text=True, timeout=60, check=False, errors="replace")  # fmt: skip
        assert run.returncode == 0, run.stdout[-1500:]
    return run.stdout


VARIANTS = [(name, standalone, digits) for name in ("kanungo", "hostile", "parmelee", "jee") for standalone, digits in
            ((True, 4), (False, 8))]  # fmt: skip


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "standalone", "digits"), VARIANTS)
def test_tex_compiles_without_a_bad_box_or_reference(
    name: str, standalone: bool, digits: int, tmp_path: Path, pdflatex: str
) -> None:
    (tmp_path / "hostile.toml").write_text(HOSTILE, encoding="utf-8")
    walkthrough = load_walkthrough(tmp_path / "hostile.toml" if name == "hostile" else name)
    latex = to_latex(walkthrough, digits=digits, standalone=standalone)
    if not standalone:
        (tmp_path / "fragment.tex").write_text(latex, encoding="utf-8")
        latex = (r"\documentclass{article}\usepackage{amsmath}\newcommand{\nnw}[1]{W_{#1}}"
                 r"\begin{document}\input{fragment}\end{document}")  # fmt: skip
    log = compiled(latex, tmp_path, pdflatex)
    assert not re.findall(r".*(?:Overfull|Underfull|Warning|undefined|multiply).*", log)
    assert latex.isascii()


SOFTMAX = """
title = "softmax"
layers = [2, 3, 3]
activation = ["sigmoid", "softmax"]
loss = "categorical cross-entropy"
learning_rates = [0.5]
updates = 1
draw = { seed = 1, low = -1, high = 1 }
inputs = { x1 = 1, x2 = 2 }
targets = { y1 = 1, y2 = 0, y3 = 0 }
"""


@pytest.mark.slow
def test_slides_that_nobody_would_sit_through_go_node_by_node(tmp_path: Path) -> None:
    """Of a softmax over three outputs every path has the same nine factors; shown once they are a lesson."""
    (tmp_path / "softmax.toml").write_text(SOFTMAX, encoding="utf-8")
    walkthrough = load_walkthrough(tmp_path / "softmax.toml")
    written, by_path = to_slides(walkthrough), to_slides(walkthrough, way=Way.PATH)
    assert written == to_slides(walkthrough, way=Way.NODE)
    assert written.count(r"\begin{frame}") < 40 < 60 < by_path.count(r"\begin{frame}")


@pytest.mark.oracle
def test_a_wide_drawing_stays_on_its_slide(tmp_path: Path, pdflatex: str) -> None:
    (tmp_path / "new.toml").write_text(new_file("New", "xor", "new.toml"), encoding="utf-8")
    log = compiled(to_slides(tmp_path / "new.toml", node="w5"), tmp_path, pdflatex)
    assert not re.findall(r".*Overfull.*", log)


def test_the_command_writes_a_document(tmp_path: Path) -> None:
    target = tmp_path / "k.tex"
    result = CliRunner().invoke(main, ["latex", "--standalone", "--digits", "6", "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert target.read_text(encoding="utf-8") == to_latex("kanungo", digits=6, standalone=True)


def test_a_partial_of_an_alias_keeps_the_alias() -> None:
    assert as_latex(Partial(symbol("E"), symbol("w1")), lambda name: atom(name, 1)).latex == r"\nnpartial{E}{w1}"


def test_many_samples_are_put_together_as_a_sum_and_updated_by_it() -> None:
    latex = to_latex("jee")
    assert r"\nnETotal &= \frac{1}{121} \sum_{s=1}^{121} \nnE^{(s)}" in latex
    assert r"\nnpartial{\nnETotal}{\nnw{1}} &= \frac{1}{121} \sum_{s=1}^{121} \nnpartial{\nnE^{(s)}}{\nnw{1}}" in latex
    assert r"\nnw{12}^{+} &= \nnw{12} - \nnrate \nntimes \nnpartial{\nnETotal}{\nnw{12}}" in latex
    assert "The error was $\\nnETotal = 0.291885$,\nwith the new parameters it is $0.164509$." in latex
    assert r"\tfrac" not in latex


def test_a_sum_over_samples_has_no_factor() -> None:
    assert r"\nnETotal &= \sum_{s=1}^{4} \nnE^{(s)}" in to_latex("loy")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "standalone", "digits"), [
    ("kanungo", True, 8), ("mazur", False, 4),
    pytest.param("kanungo", False, 4, marks=pytest.mark.slow), pytest.param("mazur", True, 8, marks=pytest.mark.slow),
])  # fmt: skip
def test_every_equation_of_the_output_is_read_back_and_proved(name: str, standalone: bool, digits: int) -> None:
    walkthrough = load_walkthrough(name)
    checked = check(to_latex(walkthrough, standalone=standalone, digits=digits), walkthrough)
    assert [one for one in checked if one.verdict not in ("proved", "definition")] == []
    assert len(checked) >= 2 * len(walkthrough.network.nodes) + 2 * len(walkthrough.network.parameters)


OUTPUTS: dict[str, Callable[[Walkthrough], str]] = {
    "text": as_derivation,
    "folded": lambda walkthrough: as_derivation(walkthrough, 80),
    "LaTeX": to_latex,
    "Markdown": to_markdown,
    "slides": to_slides,
    "solution": lambda walkthrough: to_exercise(walkthrough, solution=True),
}


@pytest.mark.parametrize("kind", OUTPUTS)
@pytest.mark.parametrize("name", ["parmelee", "tripathi", *(pytest.param(n, marks=pytest.mark.slow) for n in
                                  ("kanungo", "mazur", "loy", "jee"))])  # fmt: skip
def test_every_kind_of_output_is_read_back_and_proved(name: str, kind: str) -> None:
    """Also of many samples: what each line says is a definition or proved."""
    walkthrough = load_walkthrough(name)
    checked = check(OUTPUTS[kind](walkthrough), walkthrough)
    assert [one for one in checked if one.verdict not in ("proved", "definition")] == []
    assert len(checked) >= len(walkthrough.network.nodes)


SATURATED = """
title = "saturated"
equations = ["o = w*x", "out = σ(o)", "E = -(y*ln(out) + (1 - y)*ln(1 - out))"]
learning_rates = [0.1]
updates = 1
inputs = { x = 30 }
targets = { y = 0 }
parameters = { w = 5 }
"""


def test_the_worked_example_has_the_loss_of_a_saturated_output(tmp_path: Path) -> None:
    path = tmp_path / "saturated.toml"
    path.write_text(SATURATED, encoding="utf-8")
    assert r"The error was $\nnE = 150.000000$" in to_latex(path)


def test_a_network_with_a_hat_is_read_back_and_proved(tmp_path: Path) -> None:
    (tmp_path / "hat.toml").write_text(
        'title = "Hats"\nlearning_rates = [0.5]\nupdates = 5\nloss = "E"\n'
        'equations = ["z = w*x + b", "ŷ = 1/(1+exp(-z))", "E = (y - ŷ)^2/2"]\n'
        "[inputs]\nx = 0.3\n[targets]\ny = 0.6\n[parameters]\nw = 0.2\nb = 0.1\n", encoding="utf-8")
    loaded = load_walkthrough(tmp_path / "hat.toml")
    found = check(to_latex(loaded, standalone=True), loaded)
    assert {line.verdict for line in found} == {"definition", "proved"}
