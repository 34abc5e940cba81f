"""Documents that are no plain text: a notebook's cells, a Word document's equations; damaged ones are refused."""

import io
import json
import zipfile

import pytest

import derive
from derive.documents import document_text
from derive.errors import DeriveError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def word(body: str) -> bytes:
    """A Word document of some paragraphs."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}" xmlns:m="{M}"><w:body>{body}</w:body></w:document>'
        )
    return written.getvalue()


def run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def fraction(top: str, bottom: str) -> str:
    return f"<m:f><m:num>{top}</m:num><m:den>{bottom}</m:den></m:f>"


def below(base: str, index: str) -> str:
    return f"<m:sSub><m:e>{run(base)}</m:e><m:sub>{run(index)}</m:sub></m:sSub>"


SUM = (
    f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{run("i")}</m:sub><m:sup>{run("n")}</m:sup>'
    f"<m:e>{run('x')}</m:e></m:nary>"
)
EQUATIONS = [
    (run("a=b"), "$a=b$"),
    (fraction(run("∂E"), run("∂") + below("w", "5")), r"$\frac{∂E}{∂w_{5}}$"),
    (f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>", "$x^{2}$"),
    (f"<m:d><m:e>{run('1-x')}</m:e></m:d>", r"$\left( 1-x \right)$"),
    (f"<m:func><m:fName>{run('exp')}</m:fName><m:e>{run('x')}</m:e></m:func>", r"$\exp x$"),
    (f"<m:rad><m:deg/><m:e>{run('x')}</m:e></m:rad>", r"$\sqrt{x}$"),
    (SUM, r"$\sum_{i}^{n} x$"),
    (run("out"), r"$\mathrm{out}$"),
]  # fmt: skip


@pytest.mark.parametrize(("omml", "latex"), EQUATIONS)
def test_an_equation_of_word_becomes_latex(omml: str, latex: str) -> None:
    assert document_text("a.docx", word(f"<w:p><m:oMathPara><m:oMath>{omml}</m:oMath></m:oMathPara></w:p>")) == latex


def test_a_derivation_in_word_is_checked() -> None:
    left = fraction(run("∂") + below("h", "1"), run("∂") + below("w", "1"))
    equations = (below("h", "1") + run("=") + below("w", "1") + below("i", "1"), left + run("=") + below("i", "1"))
    text = document_text("a.docx", word("".join(f"<w:p><m:oMath>{one}</m:oMath></w:p>" for one in equations)))
    assert [one.verdict for one in derive.check(text)] == ["definition", "proved"]


def test_paragraphs_are_lines() -> None:
    body = "<w:p><w:r><w:t>one</w:t></w:r></w:p><w:p><w:r><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>"
    assert document_text("a.DOCX", word(body)) == "one\ntwo\nthree"


def test_the_cells_of_a_notebook_are_its_text() -> None:
    cells = [{"cell_type": "markdown", "source": ["$a = b$\n", "x"]}, {"cell_type": "code", "source": "y = 1"},
             {"cell_type": "raw", "source": "z"}]  # fmt: skip
    assert document_text("a.ipynb", json.dumps({"cells": cells}).encode()) == "$a = b$\nx\n\ny = 1"


def test_what_ends_otherwise_is_text() -> None:
    assert document_text("notes.md", b"a = b\r\n") == "a = b\n"


BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="{W}">&a;</w:document>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"no zip"),
        ("a.docx", word("<w:p>")),
        ("a.ipynb", b"{}"),
        ("a.ipynb", b"[1, 2"),
        ("a.ipynb", b'{"cells": [{"cell_type": "code"}]}'),
    ],
)
def test_a_damaged_document_is_refused_in_one_line(name: str, content: bytes) -> None:
    with pytest.raises(DeriveError, match=r"a\.(docx|ipynb)"):
        document_text(name, content)


def test_a_document_that_declares_entities_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("word/document.xml", BOMB)
    with pytest.raises(DeriveError, match="entities"):
        document_text("a.docx", written.getvalue())
