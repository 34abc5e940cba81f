"""A document's text to its layout."""

from derive.documents.layout import Layout, Line, Program, Stretch
from derive.documents.marks import scan
from derive.documents.page import Page
from derive.documents.traced import Traced

__all__ = ["Layout", "Line", "Program", "Stretch", "read_layout"]


def read_layout(source: str, name: str = "") -> Layout:
    """The lines and programs of a document; without a file's name its kind is seen from the text."""
    page = Page()
    scan(Traced.of(source), page)
    return page.layout()
