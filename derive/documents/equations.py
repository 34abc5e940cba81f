"""Word's equations (Office MathML) as LaTeX."""

import re
import xml.etree.ElementTree as Tree
from collections.abc import Callable

from derive.documents.mathml import NOT_READ

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DEEPEST = 60
_ACCENTS = {
    **dict.fromkeys("\u0302^ˆ", "hat"),
    **dict.fromkeys("\u0305\u0304¯‾ˉ", "bar"),
    **dict.fromkeys("\u0303~˜", "tilde"),
    **dict.fromkeys("\u20d7→", "vec"),
    **dict.fromkeys("\u0307˙", "dot"),
}
_LARGE = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int"}
_FUNCTIONS = frozenset("sin cos tan sinh cosh tanh log ln exp max min arg lim det".split())
_SPECIAL = re.compile(r"[{}%#$_]")
_AROUND = frozenset("oMath oMathPara e num den sub sup deg lim fName box borderBox phant mr".split())
_ROW_END = r" \\ "
_ARRAY = r"\begin{array}{c}", r"\end{array}"
"""Alone it is rows of equations, in brackets a matrix."""
_ONE_SIGN = re.compile(r"\w*|\\[A-Za-z]+(?:\{[^{}]*\})?")


def latex(node: Tree.Element, depth: int = 0) -> str:
    """The LaTeX of an element and what is in it; of one that is not known a command that nobody knows."""
    name = node.tag.removeprefix(MATH)
    if depth > _DEEPEST:
        return NOT_READ
    if name in _WRITTEN:
        return _WRITTEN[name](_Parts(node, depth))
    if name in _AROUND:
        return _Parts(node, depth).all()
    return NOT_READ if node.tag.startswith(MATH) and not name.endswith("Pr") else ""


class _Parts:
    """The parts of an element by their names, written in LaTeX."""

    def __init__(self, node: Tree.Element, depth: int) -> None:
        self.node, self.depth = node, depth

    def all(self) -> str:
        return "".join(latex(part, self.depth + 1) for part in self.node)

    def __getitem__(self, name: str) -> str:
        return "".join(self.each(name))

    def each(self, name: str) -> list[str]:
        return [latex(part, self.depth + 1) for part in self.node.findall(MATH + name)]

    def said(self, name: str, default: str) -> str:
        """What the element says about itself."""
        found = self.node.find(f"{MATH}{self.node.tag.removeprefix(MATH)}Pr/{MATH}{name}")
        return default if found is None else found.get(MATH + "val", "")

    def base(self) -> str:
        base = self["e"].strip()
        return base if _ONE_SIGN.fullmatch(base) or base.startswith(r"\left") else f"{{{base}}}"


def _run(parts: _Parts) -> str:
    text = "".join(part.text or "" for part in parts.node.findall(MATH + "t"))
    return _SPECIAL.sub(lambda sign: "\\" + sign.group(), text.replace("\\", r"\backslash ").replace("&", ""))


def _fraction(parts: _Parts) -> str:
    above, below = parts["num"], parts["den"]
    return f"{{{above}}}/{{{below}}}" if parts.said("type", "bar") == "lin" else rf"\frac{{{above}}}{{{below}}}"


def _root(parts: _Parts) -> str:
    degree = parts["deg"]
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{parts['e']}}}"


def _large(parts: _Parts) -> str:
    sign = parts.said("chr", "∫")
    below, above = parts["sub"], parts["sup"]
    return _LARGE.get(sign, sign) + f"_{{{below}}}" * bool(below) + f"^{{{above}}}" * bool(above) + f" {parts['e']}"


def _brackets(parts: _Parts) -> str:
    opened, closed = parts.said("begChr", "("), parts.said("endChr", ")")
    inside = parts.said("sepChr", "|").join(parts.each("e"))
    if opened == "{" and not closed and _ROW_END in inside:
        return rf"\begin{{cases}}{inside.removeprefix(_ARRAY[0]).removesuffix(_ARRAY[1])}\end{{cases}}"
    return rf"\left{_bracket(opened)} {inside} \right{_bracket(closed)}"


def _bracket(sign: str) -> str:
    return {"": ".", "{": r"\{", "}": r"\}", "‖": r"\|", "⟨": r"\langle", "⟩": r"\rangle"}.get(sign, sign)


def _function(parts: _Parts) -> str:
    name = parts["fName"].strip()
    inside = parts["e"]
    shown = "\\" + name if name in _FUNCTIONS else name
    return f"{shown}{inside}" if inside.startswith(r"\left") else f"{shown}{{{inside}}}"


def _accent(parts: _Parts) -> str:
    sign = parts.said("chr", "\u0302")
    return rf"\{_ACCENTS[sign]}{{{parts['e']}}}" if sign in _ACCENTS else NOT_READ + parts["e"]


def _limit(parts: _Parts) -> str:
    base = parts["e"].strip()
    return ("\\" + base if base in _FUNCTIONS else parts.base()) + f"_{{{parts['lim']}}}"


def _matrix(parts: _Parts) -> str:
    rows = (" & ".join(_Parts(row, parts.depth + 1).each("e")) for row in parts.node.findall(MATH + "mr"))
    return _ARRAY[0] + _ROW_END.join(rows) + _ARRAY[1]


_WRITTEN: dict[str, Callable[[_Parts], str]] = {
    "r": _run,
    "f": _fraction,
    "sSub": lambda parts: f"{parts.base()}_{{{parts['sub']}}}",
    "sSup": lambda parts: f"{parts.base()}^{{{parts['sup']}}}",
    "sSubSup": lambda parts: f"{parts.base()}_{{{parts['sub']}}}^{{{parts['sup']}}}",
    "rad": _root,
    "nary": _large,
    "d": _brackets,
    "func": _function,
    "acc": _accent,
    "bar": lambda parts: rf"\{'over' if parts.said('pos', 'bot') == 'top' else 'under'}line{{{parts['e']}}}",
    "limLow": _limit,
    "limUpp": lambda parts: f"{parts.base()}^{{{parts['lim']}}}",
    "m": _matrix,
    "eqArr": lambda parts: _ROW_END.join(parts.each("e")),
    "groupChr": lambda parts: rf"\underbrace{{{parts['e']}}}",
}
