"""A Word document as text: its paragraphs, and its equations as LaTeX, which the reader of `derive check` knows.

Office Open XML, part 1: 17.3 (paragraphs and runs) and 22.1 (equations). One row for each kind of equation part.
"""

from collections.abc import Callable, Iterator
from types import MappingProxyType
from xml.etree import ElementTree

from derive.archives import ArchiveError, opened
from derive.errors import DeriveError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MOST_BYTES = 50_000_000
Element = ElementTree.Element


def read_word(path: str) -> str:
    """The text of a .docx, a line for each paragraph. DeriveError where the file is none."""
    try:
        with opened(path) as archive:
            part = archive.getinfo("word/document.xml")
            if part.file_size > _MOST_BYTES:
                raise DeriveError(path, "is too large unpacked")
            text = archive.read(part)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise DeriveError(path, "declares XML entities, which no document needs: not read")
        root = ElementTree.fromstring(text)
    except (ArchiveError, ElementTree.ParseError):
        raise DeriveError(path, "is no Word document", "save it as .docx") from None
    except OSError as error:
        raise DeriveError(path, f"cannot be read: {error.strerror or error}") from None
    return "\n".join(_paragraph(one) for one in root.iter(f"{_W}p")) + "\n"


def _paragraph(paragraph: Element) -> str:
    return "".join(_pieces(paragraph))


def _pieces(parent: Element) -> Iterator[str]:
    """The text and the equations of a paragraph, in their order; a raised run is an exponent."""
    for child in parent:
        if child.tag == f"{_W}r":
            text = "".join("\n" if part.tag in (f"{_W}br", f"{_W}cr") else "\t" if part.tag == f"{_W}tab"
                           else part.text or "" for part in child
                           if part.tag in (f"{_W}t", f"{_W}br", f"{_W}cr", f"{_W}tab"))
            place = child.find(f"{_W}rPr/{_W}vertAlign")
            where = "" if place is None else place.get(f"{_W}val", "")
            yield {"superscript": f"^{{{text}}}", "subscript": f"_{{{text}}}"}.get(where, text) if text else ""
        elif child.tag == f"{_M}oMath":
            yield f" ${_math(child)}$ "
        elif child.tag == f"{_M}oMathPara":
            yield "\n".join(f"${_math(one)}$" for one in child.iter(f"{_M}oMath"))
        elif child.tag not in (f"{_W}pPr", f"{_W}p"):
            yield from _pieces(child)


def _math(parent: Element | None) -> str:
    """An equation's parts one after the other."""
    return "" if parent is None else "".join(_part(child) for child in parent)


def _part(element: Element) -> str:
    kind = element.tag.removeprefix(_M)
    if kind == "r":
        return "".join(part.text or "" for part in element.iter(f"{_M}t"))
    if kind in _PARTS:
        return _PARTS[kind](lambda name: _math(element.find(f"{_M}{name}")), element)
    return "" if kind.endswith("Pr") else _math(element)


def _value(element: Element, path: str, default: str) -> str:
    found = element.find("/".join(f"{_M}{name}" for name in path.split("/")))
    return default if found is None else found.get(f"{_M}val", default)


def _brackets(part: Callable[[str], str], element: Element) -> str:
    inner = ",".join(_math(one) for one in element.findall(f"{_M}e"))
    return f"{_value(element, 'dPr/begChr', '(')}{inner}{_value(element, 'dPr/endChr', ')')}"


def _sum(part: Callable[[str], str], element: Element) -> str:
    sign = {"∑": r"\sum", "∏": r"\prod"}.get(_value(element, "naryPr/chr", "∫"), r"\int")
    return f"{sign}_{{{part('sub')}}}^{{{part('sup')}}} {part('e')}"


def _root(part: Callable[[str], str], element: Element) -> str:
    degree = part("deg")
    return f"\\sqrt[{degree}]{{{part('e')}}}" if degree else f"\\sqrt{{{part('e')}}}"


_PARTS: MappingProxyType[str, Callable[[Callable[[str], str], Element], str]] = MappingProxyType({
    "f": lambda part, element: f"\\frac{{{part('num')}}}{{{part('den')}}}",
    "sSup": lambda part, element: f"{{{part('e')}}}^{{{part('sup')}}}",
    "sSub": lambda part, element: f"{part('e')}_{{{part('sub')}}}",
    "sSubSup": lambda part, element: f"{part('e')}_{{{part('sub')}}}^{{{part('sup')}}}",
    "rad": _root,
    "d": _brackets,
    "nary": _sum,
    "func": lambda part, element: f"{part('fName')}({part('e')})",
    "acc": lambda part, element: f"\\hat{{{part('e')}}}",
    "eqArr": lambda part, element: "$\n$".join(_math(one) for one in element.findall(f"{_M}e")),
})  # fmt: skip
