"""The text of a document by its name's ending: a notebook's cells, a Word document's paragraphs and equations.

A Word equation (Office Math, ECMA-376 part 1, chapter 22) becomes LaTeX between dollar signs, so that it is read as any
other. Whatever ends otherwise is text already.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import msgspec

from derive.errors import DeriveError
from derive.reading.sources import decoded

_MOST_BYTES = 30_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def document_text(name: str, content: bytes) -> str:
    """The text of a file, of a notebook (.ipynb) or a Word document (.docx) too; DeriveError where it is damaged."""
    read = _ENDINGS.get(Path(name).suffix.lower())
    return decoded(content, name) if read is None else read(name, content)


def _notebook(name: str, content: bytes) -> str:
    """The sources of the cells, in their order."""
    try:
        cells = msgspec.json.decode(decoded(content, name))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] in ("markdown", "code")]
        return "\n\n".join(source if isinstance(source, str) else "".join(source) for source in sources)
    except (ValueError, KeyError, TypeError):
        raise DeriveError(name, "is no notebook", "save it by Jupyter as .ipynb") from None


def _word(name: str, content: bytes) -> str:
    """The paragraphs, a line each, equations in dollar signs."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if archive.getinfo("word/document.xml").file_size > _MOST_BYTES:
                raise DeriveError(name, "is larger than 30 MB", "no derivation is: check its parts")
            document = archive.read("word/document.xml")
        if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
            raise DeriveError(name, "declares entities, which Word never does")
        tree = ElementTree.fromstring(document)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, ElementTree.ParseError):
        raise DeriveError(name, "is no Word document", "save it by Word as .docx") from None
    return "\n".join("".join(_pieces(paragraph)) for paragraph in tree.iter(f"{_W}p"))


def _pieces(node: ElementTree.Element) -> Iterator[str]:
    for child in node:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_M}oMath":
            yield f"${_latex(child).strip()}$"
        elif child.tag in (f"{_W}br", f"{_W}cr", f"{_W}tab"):
            yield "\t" if child.tag == f"{_W}tab" else "\n"
        elif child.tag != f"{_W}p":  # a paragraph in a text box comes by itself
            yield from _pieces(child)


def _latex(node: ElementTree.Element) -> str:
    """An element of Office Math as LaTeX: by its row, else its children side by side."""
    row = _ROWS.get(node.tag.removeprefix(_M)) if node.tag.startswith(_M) else None
    return row(node) if row is not None else "".join(map(_latex, node))


def _part(node: ElementTree.Element, name: str) -> str:
    found = node.find(f"{_M}{name}")
    return "" if found is None else _latex(found).strip()


def _value(node: ElementTree.Element, path: str, otherwise: str) -> str:
    """An attribute m:val below a node."""
    found = node.find("/".join(f"{_M}{step}" for step in path.split("/")))
    return otherwise if found is None else found.get(f"{_M}val", otherwise)


def _run(node: ElementTree.Element) -> str:
    """Letters as typed: a word of several is one name, upright."""
    text = "".join(part.text or "" for part in node.iter(f"{_M}t"))
    return re.sub(r"[^\W\d_]{2,}", lambda word: rf"\mathrm{{{word[0]}}}", text)


def _fenced(node: ElementTree.Element) -> str:
    opening, closing = _value(node, "dPr/begChr", "("), _value(node, "dPr/endChr", ")")
    inner = ", ".join(_latex(part).strip() for part in node.findall(f"{_M}e"))
    signs = {"{": r"\{", "}": r"\}", "": "."}
    return rf"\left{signs.get(opening, opening)} {inner} \right{signs.get(closing, closing)}"


def _many(node: ElementTree.Element) -> str:
    """A sum or product over something."""
    sign = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int"}.get(_value(node, "naryPr/chr", "∫"), "?")
    return rf"{sign}_{{{_part(node, 'sub')}}}^{{{_part(node, 'sup')}}} {_part(node, 'e')}"


def _applied(node: ElementTree.Element) -> str:
    name = re.sub(r"\\mathrm\{(\w+)\}", r"\1", _part(node, "fName"))
    return (rf"\{name} " if name in _FUNCTIONS else rf"\operatorname{{{name}}} ") + _part(node, "e")


def _root(node: ElementTree.Element) -> str:
    degree = _part(node, "deg")
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_part(node, 'e')}}}"


_FUNCTIONS = frozenset({"exp", "ln", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "max", "min"})
_ROWS: Mapping[str, Callable[[ElementTree.Element], str]] = MappingProxyType({
    "r": _run,
    "f": lambda n: rf"\frac{{{_part(n, 'num')}}}{{{_part(n, 'den')}}}",
    "sSub": lambda n: f"{_part(n, 'e')}_{{{_part(n, 'sub')}}}",
    "sSup": lambda n: f"{_part(n, 'e')}^{{{_part(n, 'sup')}}}",
    "sSubSup": lambda n: f"{_part(n, 'e')}_{{{_part(n, 'sub')}}}^{{{_part(n, 'sup')}}}",
    "d": _fenced, "nary": _many, "func": _applied, "rad": _root,
    "acc": lambda n: rf"\hat{{{_part(n, 'e')}}}", "bar": lambda n: rf"\bar{{{_part(n, 'e')}}}",
    "eqArr": lambda n: r" \\ ".join(_latex(part).strip() for part in n.findall(f"{_M}e")),
    "rPr": lambda n: "", "ctrlPr": lambda n: "",
})  # fmt: skip
_ENDINGS: Mapping[str, Callable[[str, bytes], str]] = MappingProxyType({".ipynb": _notebook, ".docx": _word})
