r"""One LaTeX macro for each stem of a name, so that a course restyles all of them in one place.

w5      \nnw{5}      \newcommand{\nnw}[1]{w_{#1}}
out_h1  \nnouth{1}   \newcommand{\nnouth}[1]{\mathrm{out}_{h_{#1}}}
E_Total \nnETotal    \newcommand{\nnETotal}{E_{\mathrm{Total}}}
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import Struct

from derive.latex.prose import GREEK, greek, prose

PREFIX = "nn"
_MOST_INDICES = 9
_RUNS = re.compile("\\d+|(?:[^\\W\\d_][\u0302\u0303\u0304\u0307]?)+|_")
"""Digits, letters with the signs above them, a stroke."""


class Macro(Struct, frozen=True):
    """A macro: its name without backslash, its number of arguments, its body with `#1`, `#2`, ..."""

    name: str
    arguments: int
    body: str

    @property
    def definition(self) -> str:
        r"""`\providecommand`, so that a definition of the course's own, made before, stands."""
        arguments = f"[{self.arguments}]" if self.arguments else ""
        return rf"\providecommand{{\{self.name}}}{arguments}{{{self.body}}}"


class Notation(Struct, frozen=True):
    """The macros of a set of names, and how each name is written with them."""

    macros: tuple[Macro, ...]
    written: Mapping[str, str]
    widths: Mapping[str, float]


def notation(names: Iterable[str], reserved: Iterable[str] = ()) -> Notation:
    """A macro for each stem; A, B, ... follows its letters where another stem or `reserved` has taken them."""
    reserved = frozenset(reserved)
    macros: dict[tuple[str, ...], Macro] = {}
    written, widths = {}, {}
    for name in names:
        parts = _RUNS.findall(_in_line(name))
        stem = tuple("#" if part[0].isdigit() else part for part in parts)
        indices = [part for part in parts if part[0].isdigit()]
        if len(indices) > _MOST_INDICES:
            stem, indices = tuple(parts), []
        if stem not in macros:
            letters = PREFIX + "".join(ascii_letters(part) for part in stem if part not in "#_")
            taken = {*reserved, *(macro.name for macro in macros.values())}
            free = next(n for n in (letters, *(letters + chr(65 + k) for k in range(26))) if n not in taken)
            macros[stem] = Macro(free, len(indices), _body(stem))
        written[name] = rf"\{macros[stem].name}" + "".join(f"{{{index}}}" for index in indices)
        widths[name] = _width(name)
    return Notation(tuple(macros.values()), written, widths)


def _in_line(name: str) -> str:
    """A name with its small letters and digits below the line behind a stroke: outₕ₂ is out_h2."""
    is_below = [unicodedata.decomposition(sign).startswith("<sub>") for sign in name]
    begins = [below and not before for below, before in zip(is_below, (False, *is_below), strict=False)]
    return "".join("_" * begin + (unicodedata.normalize("NFKD", sign) if below else sign)
                   for sign, below, begin in zip(name, is_below, begins, strict=True))


def _body(stem: tuple[str, ...]) -> str:
    r"""How a stem is set: `out _ h #` as `\mathrm{out}_{h_{#1}}`; pieces after a third underscore side by side."""
    count = 0
    pieces: list[list[str]] = [[]]
    for part in stem:
        if part == "_":
            pieces.append([])
        elif part == "#":
            count += 1
            pieces[-1].append(f"#{count}")
        else:
            pieces[-1].append(part)
    set_pieces = [_piece(piece) for piece in pieces if piece] or [r"\_"]
    first, *rest = set_pieces
    if not rest:
        return first
    joined = ",".join(rest)
    return f"{first[:-1]},{joined}}}" if first.endswith("}") and "_{" in first else f"{first}_{{{joined}}}"


def _piece(parts: list[str]) -> str:
    """Letters, then indices below them: `w #1` as `w_{#1}`; a number alone as it is."""
    letters = "".join(_letters(part) for part in parts[:1] if part[0] != "#")
    below = [part if part[0] == "#" else _letters(part) for part in (parts[1:] if letters else parts)]
    if not letters:
        return "".join(below)
    return f"{letters}_{{{''.join(below)}}}" if below else letters


def _letters(part: str) -> str:
    r"""One letter in italics, a Greek letter by its name, a word upright; hats and the δ before a name as they are."""
    if part in GREEK:
        return rf"\{part}"
    if len(part) > 1 and part[0] in _DIFFERENCES:
        return greek(part[0]) + _letters(part[1:])
    apart = unicodedata.normalize("NFD", part)
    if len(apart) == 2 and apart[1] in _ABOVE:
        return rf"\{_ABOVE[apart[1]]}{{{_letters(apart[0])}}}"
    if len(part) == 1 and (part.isascii() or greek(part)):
        return greek(part) or part
    return rf"\mathrm{{{part}}}" if part.isascii() else rf"\text{{{prose(part)}}}"


_DIFFERENCES = frozenset("δΔ")
"""What stands before a name without being a part of it: δE, Δw."""
_ABOVE = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
"""The signs that mathematics sets above a letter; an accent such as that of é is one of a language."""


def ascii_letters(part: str) -> str:
    """The letters of a macro's name: ASCII ones stay, Greek ones by name, others as letters for their code."""
    return "".join(
        c if c.isascii() else greek(c).strip("\\ ") or "u" + "".join(chr(97 + int(d, 16)) for d in f"{ord(c):x}")
        for c in part
    )


_NARROW, _WIDE = frozenset("fijlrtI,()"), frozenset("mwMW")


def width(text: str) -> float:
    """About how wide a text is set, in em."""
    return sum(
        0.4 if c in _NARROW else 0.88 if c in _WIDE else 0.78 if c.isupper() else 0.5 if c.isdigit() else 0.56
        for c in text
    )


def _width(name: str) -> float:
    """About how wide a name is set: the letters before the first digit or underscore, what follows smaller."""
    head = re.match(r"[^\W\d_]*", name)
    size = head.end() if head else 0
    return width(name[:size]) + 0.72 * width(name[size:].replace("_", ",")) + 0.1
