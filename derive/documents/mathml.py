"""MathML undone: a formula of elements becomes LaTeX."""

import html
import re
import xml.etree.ElementTree as Tree

_TEX = re.compile(r"<annotation\b[^<>]*tex[^<>]*>([^<]*)</annotation\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)#?\w{1,30};")
_PREFIX = re.compile(r"(</?)m(?:ml)?:(?=m)")
_PARTS = {"mfrac": r"\frac{%s}{%s}", "msub": "%s_{%s}", "msup": "%s^{%s}", "msubsup": "%s_{%s}^{%s}",
          "munder": "%s_{%s}", "mover": "%s^{%s}", "munderover": "%s_{%s}^{%s}"}  # fmt: skip
_MARKS = {"^": "hat", "ˆ": "hat", "¯": "bar", "‾": "bar", "~": "tilde", "˜": "tilde", "→": "vec", "˙": "dot"}
_LIMITED = ("\\sum", "\\prod", "lim", "max", "min")
_TORN = re.compile(r"(?<=\d) \. (?=\d)")
_ROWS = frozenset(("math", "mrow", "mstyle", "semantics", "mpadded", "mtd", "mtr", "mtable"))
_LEFT_OUT = frozenset(("annotation", "annotation-xml", "mphantom", "mspace"))
_SIGNS = {"\u2062": " ", "\u2061": "", "\u2063": ",", "\u2064": "+", "∑": r"\sum ", "∏": r"\prod "}
_DEEPEST = 40
NOT_READ = r"\unreadable "
"""A command that nobody knows, for a formula of elements that are not known: it must not be judged."""


def latex(element: str) -> str:
    """The LaTeX of a `math` element's inside: its own annotation where it has one.

    One that is not well formed, or has an element that is not known, is put down as what is not read.
    """
    told = _TEX.search(element)
    if told is not None:
        return html.unescape(told.group(1)).strip().replace("\n", " ").replace("$", "")
    source = _PREFIX.sub(r"\1", _ENTITY.sub(lambda one: html.unescape(one.group()), element))
    try:
        return _written(Tree.fromstring(f"<math>{source}</math>"), 0)
    except (Tree.ParseError, ValueError):
        return NOT_READ + re.sub(r"<[^<>]*>", " ", source)


def _written(node: Tree.Element, depth: int) -> str:
    kind = node.tag.rpartition("}")[2]
    if depth > _DEEPEST:
        raise ValueError(kind)
    if kind in _LEFT_OUT:
        return ""
    parts = [_written(part, depth + 1) for part in node]
    text = "".join((node.text or "").split())
    if kind in ("mi", "mn", "mo"):
        return _SIGNS.get(text, rf"\text{{{text}}}" if kind == "mi" and len(text) > 1 and text.isalnum() else text)
    if kind in ("mtext", "ms"):
        return rf"\text{{{text}}}"
    if kind in _ROWS:
        return _TORN.sub(".", (r" \\ " if kind == "mtable" else " ").join(parts))
    if kind == "msqrt":
        return rf"\sqrt{{{' '.join(parts)}}}"
    if kind == "mfenced":
        return rf"({', '.join(parts)})"
    if kind == "mover" and len(parts) > 1 and parts[1] in _MARKS:
        return rf"\{_MARKS[parts[1]]}{{{parts[0]}}}"
    if kind in ("munder", "mover", "munderover") and not (parts and parts[0].startswith(_LIMITED)):
        raise ValueError(kind)
    if kind in _PARTS and len(parts) == _PARTS[kind].count("%s"):
        return _PARTS[kind] % tuple(parts)
    raise ValueError(kind)
