"""A document's text to its layout."""

import re

from derive.documents.layout import Layout, Line, Program, Stretch
from derive.documents.macros import Macros
from derive.documents.marks import scan
from derive.documents.notebooks import cells, is_notebook
from derive.documents.page import Page
from derive.documents.programs import python, said_in
from derive.documents.traced import Traced
from derive.documents.withdrawn import without_withdrawn

__all__ = ["Layout", "Line", "Program", "Stretch", "read_layout"]


def read_layout(source: str, name: str = "") -> Layout:
    """The lines and programs of a document; without a file's name its kind is seen from the text."""
    page, macros = Page(), Macros()
    if is_notebook(source, name):
        for cell in cells(source):
            page.cell = cell.number
            _read(cell.text, page, macros, is_program=cell.is_code)
            page.end_block()
    else:
        _read(Traced.of(source), page, macros, is_program=name.endswith(".py"), is_tex=name.endswith(".tex"))
    return page.layout()


def read_text(text: Traced) -> Layout:
    """The lines of a text that was made from a document."""
    page = Page()
    _read(text, page, Macros(), is_program=False)
    return page.layout()


def _read(text: Traced, page: Page, macros: Macros, *, is_program: bool, is_tex: bool = False) -> None:
    text = _without_comment_marks(text)
    program = python(text, is_said=is_program)
    if program is not None:
        page.program(program)
        for said in said_in(program):
            scan(macros.written_out(said), page)
    else:
        scan(macros.written_out(without_withdrawn(text, is_tex=is_tex)), page)


def _without_comment_marks(text: Traced) -> Traced:
    """The comments of a script by themselves, several lines and each with a mark, without these."""
    inked = [line for line in text.text.split("\n") if line.strip()]
    if len(inked) > 1 and all(_COMMENT.match(line) for line in inked):
        return text.sub(_COMMENT, lambda match: [])
    return text


_COMMENT = re.compile(r"^[ \t]*#(?:[ \t]|$)", re.MULTILINE)
