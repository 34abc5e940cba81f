"""Documents of any kind, undone to lines of words, formulas and code, each character with its place in the source."""

from derive.documents.layout import Layout, Line, Program, Stretch
from derive.documents.lines import read_layout
from derive.documents.traced import Lines, Traced, join

__all__ = ["Layout", "Line", "Lines", "Program", "Stretch", "Traced", "join", "read_layout"]
