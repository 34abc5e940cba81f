"""Word's documents: a paragraph is a line, an equation is LaTeX."""

import io
import xml.etree.ElementTree as Tree
from collections.abc import Iterator

from derive.archives import ArchiveError, opened
from derive.documents.equations import MATH, latex
from derive.documents.layout import Layout
from derive.documents.lines import read_text
from derive.documents.mathml import NOT_READ
from derive.documents.traced import Traced, join
from derive.errors import DeriveError

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART = "word/document.xml"
_DEEPEST = 100
_LINE_BREAK = "\u2028"
_SIGNS = {"tab": "\t", "br": _LINE_BREAK, "cr": _LINE_BREAK, "noBreakHyphen": "-"}
_LEFT_OUT = frozenset(("del", "moveFrom", "Fallback", "instrText", "drawing", "pict"))
Piece = tuple[str, bool]
"""A text, and whether it is the document's own; a mark that is put to it is not."""


def is_word(content: bytes) -> bool:
    """Whether bytes are a document of Word's."""
    return content.startswith(b"PK\x03\x04") and _PART.encode() in content


def read_word(content: bytes, where: str, most: int) -> tuple[str, Layout]:
    """The text of a document, one paragraph a line, and its layout.

    DeriveError: a file that is damaged or larger than `most` bytes.
    """
    parts: list[Traced] = []
    length = 0
    shown: list[str] = []
    for text, is_own in _pieces(_body(content, where, most), 0):
        if is_own:
            parts.append(Traced(text, tuple(range(length, length + len(text)))))
            shown.append(text)
            length += len(text)
        else:
            parts.append(Traced.put(text, length))
    return "".join(shown), read_text(join(parts).map(lambda text: text.replace(_LINE_BREAK, "\n")))


def word_text(content: bytes, where: str, most: int) -> str:
    """The text with the marks that tell its formulas from its words: read as a text it has the document's layout.

    DeriveError: a file that is damaged or larger than `most` bytes.
    """
    return "".join(text for text, _ in _pieces(_body(content, where, most), 0)).replace(_LINE_BREAK, "\n")


def _body(content: bytes, where: str, most: int) -> Tree.Element:
    try:
        with opened(io.BytesIO(content)) as archive, archive.open(_PART) as part:
            xml = part.read(most + 1)
        if len(xml) > most or b"<!DOCTYPE" in xml:
            raise DeriveError(where, "is larger than a derivation or no document of Word's", "save it as plain text")
        return Tree.fromstring(xml)
    except (ArchiveError, Tree.ParseError, OSError, ValueError):
        raise DeriveError(where, "is damaged", "open it in Word and save it again") from None


def _pieces(node: Tree.Element, depth: int) -> Iterator[Piece]:
    name = node.tag.rpartition("}")[2]
    if depth > _DEEPEST or name in _LEFT_OUT:
        return
    if node.tag in (MATH + "oMath", MATH + "oMathPara"):
        yield from _equation(node)
    elif node.tag.startswith(_WORD) and name in _SIGNS:
        yield _SIGNS[name], True
    elif name == "t" and node.tag.startswith(_WORD):
        yield node.text or "", True
    elif name == "OLEObject" and "equation" in node.get("ProgID", "").lower():
        yield rf"\({NOT_READ}\)", False
    else:
        opening, closing = _MARKS.get(name, ("", ""))
        if name == "r":
            script = node.find(f"{_WORD}rPr/{_WORD}vertAlign")
            opening = {"subscript": "_{", "superscript": "^{"}.get(
                "" if script is None else script.get(_WORD + "val", ""), ""
            )
            closing = "}" if opening else ""
        yield opening, False
        for part in node:
            yield from _pieces(part, depth + 1)
        yield closing, False
        if name == "p":
            yield "\n", True


_MARKS = {
    "tr": ("<tr>", "</tr>"),
    "tc": ("<td>", "</td>"),
    "subscript": ("_{", "}"),
    "superscript": ("^{", "}"),
}


def _equation(node: Tree.Element) -> Iterator[Piece]:
    is_display = node.tag == MATH + "oMathPara"
    for part in node.findall(MATH + "oMath") if is_display else (node,):
        yield r"\[" if is_display else r"\(", False
        yield latex(part), True
        yield r"\]" if is_display else r"\)", False
