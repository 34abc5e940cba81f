"""Documents of any kind come to lines of words, formulas and code, each character at its place."""

import gc
import io
import re
import time
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.documents import Layout, Lines, Program, read_layout
from derive.documents.files import decoded, document_text, read_document, read_source
from derive.errors import DeriveError
from tests.laws import some

SHARED = Path(__file__).parents[3] / "shared"


def shown(layout: Layout) -> list[str]:
    """A layout to look at: ⟦formula⟧, `code`, `D` before displays, `P` before programs, words as they are."""
    marks = {"words": "%s", "formula": "⟦%s⟧", "code": "`%s`"}
    found = []
    for line in layout:
        if isinstance(line, Program):
            found.append(f"P {line.text.text.strip()}")
        else:
            text = "".join(marks[stretch.kind] % stretch.text.text.strip() for stretch in line.stretches)
            found.append(f"D {text}" if line.displayed else text)
    return found


CASES = {
    "dollars": [
        ("so $a = b$ holds", ["so⟦a = b⟧holds"]),
        ("costs $5 and $6, $a = b$", ["costs $5 and $6,⟦a = b⟧"]),
        ("then $a = b and so we get $c = d$ end", ["then a = b and so we get⟦c = d⟧end"]),
        ("$a = the rate of learning$ and $b = c$", ["⟦a = the rate of learning⟧and⟦b = c⟧"]),
        ("lost $x = y\nnext", ["lost x = y", "next"]),
        ("$a =\nb$", ["⟦a = b⟧"]),
        ("$`a = b`$ x", ["⟦a = b⟧x"]),
        (r"a \$5 note", ["a $5 note"]),
        ("so $a = b \\\\$, x", ["so⟦a = b⟧, x"]),
        ("$\n\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\n$", ["D ⟦a &= b⟧", "D ⟦&= c⟧"]),
        ("$$\na = b\n$$", ["D ⟦a = b⟧"]),
        ("$$\na = b\n\nhere follow some words", ["D ⟦a = b⟧", "here follow some words"]),
        ("$$a = b$$\n$$c = d$$", ["D ⟦a = b⟧", "D ⟦c = d⟧"]),
        ("Here, $$a = b$$, $$c$$ is d", ["Here,⟦a = b⟧,⟦c⟧is d"]),
        ("$$\na = b\n\nc = d\n$$\nend", ["D ⟦a = b⟧", "D ⟦c = d⟧", "end"]),
        ("$$\na = b\n\nhere follow some words\n\n$$\nc = d\n$$", ["D ⟦a = b⟧", "here follow some words", "D ⟦c = d⟧"]),
        ("- one\n  $$\n  a = b\n  $$\n- two", ["one", "D ⟦a = b⟧", "two"]),
        ("> $$\n> a = b\n> $$", ["D ⟦a = b⟧"]),
    ],
    "LaTeX": [
        (r"\(a\) and \\(b\\) and \[c = d\]", ["⟦a⟧and⟦b⟧and⟦c = d⟧"]),
        (r"\[1\] is a note", ["[1] is a note"]),
        (r"\begin{align*} a &= b \\ &= c \end{align*}", ["D ⟦a &= b⟧", "D ⟦&= c⟧"]),
        (r"\begin{equation}\begin{split} a &= b \\[2pt] &= c \end{split}\end{equation}", ["D ⟦a &= b⟧", "D ⟦&= c⟧"]),
        (r"\[f = \begin{cases} 1 \\ 0 \end{cases}\]", [r"D ⟦f = \begin{cases} 1 \\ 0 \end{cases}⟧"]),
        (r"\[\begin{array}{l} a = b \\ c = d \end{array}\]", ["D ⟦a = b⟧", "D ⟦c = d⟧"]),
        (
            r"\[\left[\begin{array}{l} 1 \\ 2 \end{array}\right]\]",
            [r"D ⟦\left[\begin{array}{l} 1 \\ 2 \end{array}\right]⟧"],
        ),
        (r"$$\left\{\begin{aligned} a &= b \\ c &= d \end{aligned}\right.$$", ["D ⟦a &= b⟧", "D ⟦c &= d⟧"]),
        (r"$$\boxed{\begin{aligned} a &= b \\ c &= d \end{aligned}}$$", ["D ⟦a &= b⟧", "D ⟦c &= d⟧"]),
        (
            r"$$a = \begin{bmatrix} 1 \\\\ 2 \\[1ex] 3 \end{bmatrix} \\\\ b$$",
            [r"D ⟦a = \begin{bmatrix} 1 \\ 2 \\ 3 \end{bmatrix}⟧", "D ⟦b⟧"],
        ),
        (
            r"$$\boxed{a = \frac{b}{c}} \\ \boxed{d} = e \\ f = \boxed{g}$$",
            [r"D ⟦a = \frac{b}{c}⟧", r"D ⟦\boxed{d} = e⟧", r"D ⟦f = \boxed{g}⟧"],
        ),
        (r"$$\eqalign{ a &= b \\ &= c }$$", ["D ⟦a &= b⟧", "D ⟦&= c⟧"]),
        (r"a = \frac{b}{c} \\ d = e", [r"a = \frac{b}{c}", "d = e"]),
        (r"$$a = \color{red}{b} \newline = c$$", [r"D ⟦a = \color{red}{b}⟧", "D ⟦= c⟧"]),
        (r"$$a = b \label{x} \tag{3} \\ \intertext{and so} c \nonumber$$", ["D ⟦a = b⟧", "and so", "D ⟦c⟧"]),
        ("$\frac{a \times b}{c} \text{ and } \beta$", [r"⟦\frac{a \times b}{c} \text{ and } \beta⟧"]),
        ("$a\t= b$, a\text\fof words", ["⟦a\t= b⟧, a\text\fof words"]),
        (r"$a\_o1 = b\*c$", ["⟦a_o1 = b*c⟧"]),
        ("$$\na = b\n% c = d\n$$", ["D ⟦a = b⟧"]),
        (r"\section{One $x$}\item a = b", ["One⟦x⟧", "a = b"]),
        (r"see \eqref{a}\textbf{Now} \frac{a}{b} = c", [r"see Now \frac{a}{b} = c"]),
        (r"\begin{tabular}{cc} a & $b$ \\ c & d \end{tabular}", ["a", "⟦b⟧", "c", "d"]),
        ("\\begin{verbatim}\na = b\n\\end{verbatim}", ["a = b"]),
        (r"\begin{align} a", [r"\begin{align} a"]),
    ],
    "what LaTeX does not show": [
        ("\\usepackage{x}\na = b % c = d\n% e = f\ng = 5\\% h", ["a = b", "g = 5% h"]),
        ("J = J % w", ["J = J % w"]),
        (r"a \iffalse b \fi c", ["a  c"]),
        (r"a \begin{comment} b = c \end{comment} d", ["a  d"]),
        (r"a \end{document} b", ["a"]),
    ],
    "macros": [
        (r"\newcommand{\v}[1]{\mathbf{#1}} $\v{w} = \v x$", [r"⟦\mathbf{w} = \mathbf{x}⟧"]),
        (r"\newcommand{\d}[2][x]{\frac{d#2}{d#1}} $\d{y} = \d[t]{z}$", [r"⟦\frac{dy}{dx} = \frac{dz}{dt}⟧"]),
        (r"\gdef\L{\mathcal{L}}\let\M=\L $\M = \L$", [r"⟦\mathcal{L} = \mathcal{L}⟧"]),
        (r"\DeclareMathOperator{\s}{softmax} $\s(x)$", [r"⟦\operatorname{softmax}(x)⟧"]),
        (r"\def\be{\begin{equation}}\def\ee{\end{equation}} \be a = b \ee", ["D ⟦a = b⟧"]),
        (r"\newcommand{\a}{\alpha #1}\def\b#1{\beta#1} $\b{x}$", [r"⟦\beta x⟧"]),
    ],
    "Markdown": [
        ("(o-t)*o*(1-o)", ["(o-t)*o*(1-o)"]),
        ("***E = (a) * b***", ["E = (a) * b"]),
        ("**w5**: *note* the_name_here _that is_", ["w5: note the_name_here that is"]),
        ("**a = b\nc = d**", ["a = b", "c = d"]),
        ("a = b *c* d", ["a = b *c* d"]),
        ("a = (t - o) **2 + (s - p) **2", ["a = (t - o) **2 + (s - p) **2"]),
        ("**$a = b$**", ["⟦a = b⟧"]),
        (r"a\_o1 \* b \\", ["a_o1 * b"]),
        ("* h1 = a\n* h2 = b", ["h1 = a", "h2 = b"]),
        ("x = a\n+ b\n- c\n* d", ["x = a", "+ b", "- c", "* d"]),
        (
            "1. a = b\n2) c = d\n(a) e = f\n(a) * b = c\n0.5 * x = y",
            ["a = b", "c = d", "e = f", "(a) * b = c", "0.5 * x = y"],
        ),
        ("# Head ##\na = b\n> c = d\n>> e = f", ["Head", "a = b", "c = d", "e = f"]),
        ("Head\n====\nfoo\n---\n***\nbar", ["Head", "foo", "bar"]),
        ("`dE/dw = a` and ``b`c`` ` d", ["`dE/dw = a`and`b`c`d"]),
        ("see [the $a = b$](https://x.org/y_z) at https://x.org/a=b now", ["see the⟦a = b⟧at  now"]),
        ("![a picture](x.png) ![E = a_b](y.png)", ["⟦E = a_b⟧"]),
        ("![f](https://x.com/render/math?math=%5Cfrac%7Ba%7D%7Bb%7D%20%3D%20c%2B1)", [r"D ⟦\frac{a}{b} = c+1⟧"]),
        (
            r"![f](https://latex.codecogs.com/gif.latex?%5Cinline%20%5Cdpi%7B120%7D%20%5Cfrac{a}{b}%20&plus;%201)",
            [r"D ⟦\frac{a}{b} + 1⟧"],
        ),
        ("so ![f](https://x.com/?math=a%3Db) holds", ["so⟦a=b⟧holds"]),
        ("|a|b|\n|-|-|\n|dE|$x|y$|", ["a", "b", "dE", "⟦x|y⟧"]),
        ("|a - b| = |b - a|", ["|a - b| = |b - a|"]),
    ],
    "fences": [
        ("```python\nx = y**2\n```", ["P x = y**2"]),
        ("```\ndef f(x):\n    return x\n```", ["P def f(x):\n    return x"]),
        ("```\n∂E/∂w = a *b* c\nE = a²\n```", ["∂E/∂w = a *b* c", "E = a²"]),
        ("```\nh1 = w1 * i1\n```", ["h1 = w1 * i1"]),
        ("```python\nE = ½ a\n```", ["E = ½ a"]),
        ("```math\na = b \\\\ c = d\n```", ["D ⟦a = b⟧", "D ⟦c = d⟧"]),
        ("```\nlost = 1", ["lost = 1"]),
        ("~~~ py\n>>> x = 1\n1\n>>> y = x\n~~~", ["P x = 1\ny = x"]),
    ],
    "reStructuredText": [
        (
            "so :math:`a = b` is\n\n.. math::\n\n   a = b\n\n   c &= d \\\\ e\n\nnext",
            ["so⟦a = b⟧is", "D ⟦a = b⟧", "D ⟦c &= d⟧", "D ⟦e⟧", "next"],
        ),
        (".. math:: a = b\nnext", ["D ⟦a = b⟧", "next"]),
    ],
    "HTML": [
        ("a<sub>o1</sub> = e<sup>-x</sup><br>b &lt; c &times; d", ["a_{o1} = e^{-x}", "b < c × d"]),
        ("x<y and y>z, a <b c", ["x<y and y>z, a <b c"]),
        ("<p>a = b</p><ul><li>$c$</li></ul>", ["a = b", "⟦c⟧"]),
        ("<!-- a = b -->c<script>d = 1</script><head><title>e</title></head>", ["c"]),
        ('<script type="math/tex; mode=display">a = b</script>', ["D ⟦a = b⟧"]),
        ("<table><tr><td>a</td><td>b = c</td></tr></table>", ["a", "b = c"]),
        ('<img src="x.png" alt="\\frac{a}{b} = c">', [r"⟦\frac{a}{b} = c⟧"]),
        ("<code>a &lt; e<sup>-x</sup></code>", ["`a < e^{-x}`"]),
        ('<pre><code class="language-python">x = y ** 2</code></pre>', ["P x = y ** 2"]),
        ("<math><mi>a</mi><mo>=</mo><mfrac><mn>1</mn><mi>b</mi></mfrac></math>", [r"⟦a = \frac{1}{b}⟧"]),
        ("<math><odd>a = b</odd></math>", [r"⟦\unreadable  a = b⟧"]),
        ("$a<em>1 + b</em>2 &lt; c$", ["⟦a_1 + b_2 < c⟧"]),
        ("$a<b$ and $c>d$", ["⟦a<b⟧and⟦c>d⟧"]),
    ],
}


@pytest.mark.parametrize(
    ("source", "lines"), [pytest.param(*case, id=case[0][:40]) for cases in CASES.values() for case in cases]
)
def test_each_mark_is_undone_and_every_other_sign_stays(source: str, lines: list[str]) -> None:
    assert shown(read_layout(source)) == lines


def test_rows_of_a_table_share_their_number_and_blocks_follow_each_other() -> None:
    cells = read_layout("|a|b|c|\n|-|-|-|\n|d||e|\n\n<table><tr><td>f<td>g</tr></table>\nh")
    assert [(line.text.strip(), line.row) for line in cells if not isinstance(line, Program)] == [
        ("a", 1), ("b", 1), ("c", 1), ("d", 2), ("e", 2), ("f", 3), ("g", 3), ("h", 0)
    ]  # fmt: skip
    assert [line.block for line in cells if not isinstance(line, Program)] == list(range(1, 9))


def test_lines_of_a_paragraph_share_their_block() -> None:
    blocks = [line.block for line in read_layout("a\nb\n\nc\n* d = 1\n  e\n* f = 2\n# g\nh\n$$i \\\\ j$$\nk")
              if not isinstance(line, Program)]  # fmt: skip
    assert blocks == [1, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8]


NOTEBOOK = r"""{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["so $L = a \\cdot b$\n", "caf\u00e9 \ud835\udf48"]},
  {"cell_type": "code", "outputs": [{"text": ["x = 9"]}], "source": "%matplotlib inline\n!ls\nx = \"a\"\n"},
  {"source": ["E = ½ a"], "cell_type": "code"}
 ],
 "nbformat": 4
}"""


def test_a_notebook_is_read_cell_by_cell_at_places_of_the_file() -> None:
    layout = read_layout(NOTEBOOK)
    assert shown(layout) == [r"so⟦L = a \cdot b⟧", "café 𝝈", 'P pass\npass\nx = "a"', "E = ½ a"]
    assert [line.cell for line in layout] == [1, 1, 2, 3]
    line = layout[0]
    assert not isinstance(line, Program)
    places = Lines.of(NOTEBOOK)
    assert [places.place(stretch.text.at[0]) for stretch in line.stretches] == [(3, 57), (3, 61)]
    assert shown(read_layout(NOTEBOOK[:150])) == shown(layout)[:2]


def test_a_program_is_known_by_its_name_or_its_statements() -> None:
    assert shown(read_layout("h = w * x\n", "a.py")) == ["P h = w * x"]
    assert shown(read_layout("h = w * x\n")) == ["h = w * x"]
    assert shown(read_layout("import numpy as np\nh = np.exp(x)\n")) == ["P import numpy as np\nh = np.exp(x)"]
    assert shown(read_layout("h = ½ x\n", "a.py")) == ["h = ½ x"]


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str) -> bytes:
    """A document of Word's with this body: `<m:r>x</m:r>` is short for a run with its text."""
    body = re.sub(r"<m:r>([^<]*)</m:r>", r"<m:r><m:t>\1</m:t></m:r>", body)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {WORD} {MATH}><w:body>{body}</w:body></w:document>")
    return file.getvalue()


EQUATIONS = [
    ("<m:f><m:num><m:r>∂E</m:r></m:num><m:den><m:r>∂w</m:r></m:den></m:f>", r"\frac{∂E}{∂w}"),
    ("<m:sSub><m:e><m:r>w</m:r></m:e><m:sub><m:r>5</m:r></m:sub></m:sSub>", "w_{5}"),
    ("<m:sSup><m:e><m:r>a+b</m:r></m:e><m:sup><m:r>2</m:r></m:sup></m:sSup>", "{a+b}^{2}"),
    ("<m:rad><m:deg/><m:e><m:r>x</m:r></m:e></m:rad>", r"\sqrt{x}"),
    ('<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub/><m:sup/><m:e><m:r>x</m:r></m:e></m:nary>', r"\sum x"),
    ("<m:d><m:e><m:r>1-a</m:r></m:e></m:d>", r"\left( 1-a \right)"),
    ("<m:func><m:fName><m:r>ln</m:r></m:fName><m:e><m:r>x</m:r></m:e></m:func>", r"\ln{x}"),
    ('<m:acc><m:accPr><m:chr m:val="̂"/></m:accPr><m:e><m:r>y</m:r></m:e></m:acc>', r"\hat{y}"),
    ("<m:odd/>", r"\unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("element", "latex"), EQUATIONS, ids=[latex for _, latex in EQUATIONS])
def test_an_equation_of_words_is_latex(element: str, latex: str, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(word(f"<w:p><w:r><w:t>so </w:t></w:r><m:oMath>{element}</m:oMath></w:p>"))
    source, layout = read_document(f"{tmp_path}/a.docx")
    assert source.strip() == f"so {latex}"
    assert shown(layout) == [f"so⟦{latex}⟧"]
    assert shown(read_layout(document_text("a.docx", (tmp_path / "a.docx").read_bytes()))) == shown(layout)


def test_a_document_of_words_is_a_line_a_paragraph(tmp_path: Path) -> None:
    rows = "<m:eqArr><m:e><m:r>a=b</m:r></m:e><m:e><m:r>c=d</m:r></m:e></m:eqArr>"
    low = '<w:r><w:rPr><w:vertAlign w:val="subscript"/></w:rPr><w:t>5</w:t></w:r>'
    (tmp_path / "a.docx").write_bytes(word(
        f"<w:p><w:r><w:t>w</w:t></w:r>{low}<w:r><w:t> = 1</w:t></w:r></w:p>"
        f"<w:p><m:oMathPara><m:oMath>{rows}</m:oMath></m:oMathPara></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>dE</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    ))  # fmt: skip
    source, layout = read_document(f"{tmp_path}/a.docx")
    assert shown(layout) == ["w_{5} = 1", "D ⟦a=b⟧", "D ⟦c=d⟧", "dE", "x"]
    assert source.split("\n")[0] == "w5 = 1"
    again = read_layout(document_text("a.docx", (tmp_path / "a.docx").read_bytes()))
    for same in (layout, again):
        assert [line.row for line in same if not isinstance(line, Program)] == [0, 0, 0, 1, 1]


def test_a_damaged_document_of_words_is_refused(tmp_path: Path) -> None:
    bomb = word("").replace(b"word/document.xml", b"word/document.xmk", 1)
    for content in (word("<w:p>"), bomb, word("")[:60] + b"word/document.xml", word("<!DOCTYPE a>")):
        (tmp_path / "a.docx").write_bytes(content)
        with pytest.raises(DeriveError):
            read_document(f"{tmp_path}/a.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    text = "E1 = ½*(t1 – out_o1)²\nmore" if encoding == "cp1252" else "∂E/∂w5 = ½*δ_o1\nmore"
    assert decoded(text.encode(encoding), "a file") == text
    assert decoded(text.replace("\n", "\r\n").encode(encoding), "a file") == text


@pytest.mark.parametrize(
    "content",
    [b"", b" \n ", b"%PDF-1.7 x", b"PK\x03\x04\x14abc", b"\x89PNG\r\n", b"\x00\x01\x02\x03" * 9, b"\xff\xfeabc",
     b"x" * 8_000_001, b"\xd0\xcf\x11\xe0", bytes(range(1, 32)) * 30, b"PK\x03\x04 word/document.xml"],
)  # fmt: skip
def test_what_is_no_document_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.md").write_bytes(content)
    with pytest.raises(DeriveError) as refused:
        read_document(f"{tmp_path}/x.md")
    assert "\n" not in str(refused.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (str(tmp_path), f"{tmp_path}/none.md"):
        with pytest.raises(DeriveError):
            read_source(path)


def documents() -> list[Path]:
    """The documents of the collections, where they are."""
    return [
        path
        for folder in ("derivations", "contact", "seeds")
        for path in sorted((SHARED / folder).glob("*"))
        if path.suffix in (".md", ".txt", ".tex", ".ipynb", ".py") and path.name not in ("README.md", "FACTS.md")
    ]


def assert_nothing_is_invented(source: str, layout: Layout) -> None:
    """Every character stands at its place, places go forward, those of programs and those of lines, since a program is
    followed by what its comments say; what a mark stands for is at the mark's place.
    """
    has_macros = "\\newcommand" in source or "\\def" in source
    lasts = {True: -1, False: -1}
    for line in layout:
        last = lasts[isinstance(line, Program)]
        for text in [line.text] if isinstance(line, Program) else [stretch.text for stretch in line.stretches]:
            assert len(text.text) == len(text.at)
            for sign, place in zip(text.text, text.at, strict=True):
                assert last <= place < len(source)
                lasts[isinstance(line, Program)] = last = place
                if sign != source[place] and not (sign == " " and source[place] == "\n") and not has_macros:
                    assert source[place] in "\\<&%$!", (sign, source[place : place + 20])


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the collections are not here")
def test_nothing_is_invented_in_real_documents() -> None:
    for path in documents():
        source = read_source(str(path))
        layout = read_layout(source, path.name)
        assert layout, path
        assert_nothing_is_invented(source, layout)


SCRAPS = st.sampled_from(
    [
        *"$ $$ \\[ \\] \\( \\) * ** _ ` | <sub> </sub> <br> <td> < &lt; & \\\\ { } ![ [ ](http://a) http://b".split(),
        *"\\begin{align} \\end{align} \\begin{cases} \\end{cases} \\tag{1} \\frac \\section{ \\intertext{".split(),
        *"\\iffalse \\fi \\usepackage{a} \\newcommand{\\a}[1]{x#1} <!-- --> <math> </math> <pre> </pre> ∂E/∂w".split(),
        *(
            "\n",
            "\n\n",
            "a = b",
            "```\n",
            "|-|-|\n",
            "> ",
            "- ",
            "1. ",
            "# ",
            "% ",
            "\\a ",
            "words of prose",
            " ",
            "\\item ",
        ),
    ]
)


@pytest.mark.slow
@given(st.lists(SCRAPS, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_nothing_is_invented_whatever_is_mixed(source: str) -> None:
    assert_nothing_is_invented(source, read_layout(source))


PLAIN = st.text(alphabet="abEwho1250 =+-/^().,∂σ²½", min_size=1, max_size=40).filter(lambda text: text.strip(" .-="))


@pytest.mark.slow
@given(st.lists(PLAIN, min_size=1, max_size=4))
def test_plain_formulas_stay_as_they_are(lines: list[str]) -> None:
    lines = [f"E {line}" for line in lines]
    assert [line.text for line in read_layout("\n".join(lines)) if not isinstance(line, Program)] == lines


@given(PLAIN.map(str.strip).filter(lambda text: text and not text[0].isdigit()))
def test_a_formula_is_the_same_in_all_delimiters(formula: str) -> None:
    found = [
        read_layout(source.replace("F", formula))
        for source in (
            "x $F$",
            "x \\(F\\)",
            "$$\nF\n$$",
            "\\[\nF\n\\]",
            "\\begin{equation}F\\end{equation}",
            "```math\nF\n```",
        )
    ]
    inside = [
        [stretch.text.text for stretch in layout[-1].stretches if stretch.kind == "formula"]
        for layout in found
        if not isinstance(layout[-1], Program)
    ]
    assert inside == [[formula]] * len(found)


def _bare(text: str) -> str:
    """A formula without what typesetters and truth tables write differently."""
    text = re.sub(r"\\(?:left|right|quad|qquad|displaystyle|limits|tag|label)(?![A-Za-z])", "", text)
    text = re.sub(r"</?su[bp]>", "", text.replace("&part;", "∂").replace("&sigma;", "σ"))
    return re.sub(r"[\s{}&_$*`\\,.;:!]", "", text)


def _missed(folder: Path) -> tuple[int, int]:
    """How many equations of a truth table are not found in the lines around theirs, and of how many."""
    missed = total = 0
    rows = [line.split("\t") for line in (folder / "truth.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    for name in sorted({row[0] for row in rows}):
        source = read_source(str(folder / name))
        places, signs = Lines.of(source), defaultdict[int, list[str]](list)
        for line in read_layout(source, name):
            for text in [line.text] if isinstance(line, Program) else [stretch.text for stretch in line.stretches]:
                for sign, place in zip(text.text, text.at, strict=True):
                    signs[places.place(place)[0]].append(sign)
        for row in (row for row in rows if row[0] == name):
            around = _bare(
                "".join(sign for at in range(int(row[1]) - 12, int(row[1]) + 14) for sign in signs.get(at, ()))
            )
            total += 1
            missed += not all(_bare(side) in around for side in re.split(r"(?<![<>:!\\])=", row[3]))
    return missed, total


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "paraphrased"), [("derivations", 0.04), ("contact", 0.06)])
def test_the_equations_of_the_truth_tables_are_found_in_their_lines(folder: str, paraphrased: float) -> None:
    """Some rows of the tables are told in other words ("row 1 = row 2") or use a macro that is written out."""
    if not (SHARED / folder / "truth.tsv").exists():
        pytest.skip("the collections are not here")
    missed, total = _missed(SHARED / folder)
    assert missed <= paraphrased * total


HEAPS = [
    *"$ $$ \\[ \\( \\begin{align} \\begin{cases} { \\frac{ ` <sub> <!-- <script> <math> <pre> <tr><td>".split(),
    *"&amp ![ [a]( |".split(),
    *"\\label{ \\emph{ \\begin{comment} \\verb| http:// $a$ \\intertext{ \\boxed{\\begin{aligned} \\\\".split(),
    '{"cells":[',
    *(
        "```\n",
        "``a ",
        "*a ",
        "**a ",
        "_a ",
        '<span class="katex-html">',
        "|-|-|\n",
        "> ",
        "- ",
        "\\iffalse ",
        "<p a a",
        "\n",
    ),
    *("$$\n\n", "\\[\n\n", "a = b\n", "import x\n(", "\\newcommand{\\a}{\\a\\a}\\a ", "\\def\\a#1{\\a{#1}} \\a{"),
]
ENDS = [("", ""), ("$$", "$$"), ("", "\n\n$$ \\] \\) \\end{align} --> </math> </pre> ] ) } `")]


@pytest.mark.slow
@pytest.mark.parametrize("heap", some(HEAPS, *HEAPS[::3]))
@pytest.mark.parametrize(
    "ends", [("", ""), ("$$", "$$"), ("", "\n\n$$ \\] \\) \\end{align} --> </math> </pre> ] ) } `")]
)
def test_a_heap_of_openers_costs_no_more_than_its_length(heap: str, ends: tuple[str, str]) -> None:
    """Eight times the length costs less than half of eight times eight.

    The garbage collector rests: its passes go over everything that other tests left, and are no cost of reading.
    """

    def seconds(length: int) -> float:
        source = (heap * (length // len(heap))).join(ends)
        taken = []
        for _ in range(3):
            start = time.process_time()
            read_layout(source)
            taken.append(time.process_time() - start)
        return min(taken)

    gc.disable()
    try:
        assert seconds(80_000) < 32 * max(seconds(10_000), 0.005)
    finally:
        gc.enable()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.ipynb", b"no json", "is no notebook (JSON is malformed: invalid character (byte "),
    ("a.ipynb", b'{"cells": [{"cell_type": "markdown",\n"source": ["words', "(Input data was truncated)"),
    ("a.ipynb", b"[" * 100_000, "is no notebook: its JSON is nested too deep"),
    ("a.ipynb", b'{"nbformat": 4}', "is a notebook without cells"),
    ("a.ipynb", b'{"cells": [], "nbformat": 4}', "is a notebook without cells"),
    ("a.ipynb", b"[1, 2]", "is a notebook without cells"),
    ("a.docx", b"no archive", "is no document of Word's"),
    ("a.txt", b"words", "no equalities found"),
])  # fmt: skip
def test_what_is_broken_is_told_instead_of_what_it_lacks(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    from derive.checking.files import check_files

    (tmp_path / name).write_bytes(content)
    (fault,) = check_files([str(tmp_path / name)]).faults
    assert told in fault
    assert "\n" not in fault


def test_a_document_of_words_with_a_damaged_byte_is_damaged_or_read(tmp_path: Path) -> None:
    """Whatever byte of it is another: never a fault of ours."""
    import io
    import zipfile

    from derive.checking.files import check_files

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:document xmlns:w='x'>" + bytes(range(65, 91)) * 3 + b"</w:document>")
    content = packed.getvalue()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        path = tmp_path / "a.docx"
        path.write_bytes(damaged)
        (fault,) = check_files([str(path)]).faults
        assert "fault of this program" not in fault
