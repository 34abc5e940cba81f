r"""The whole LaTeX of a walkthrough, as a fragment to `\input` or as a document of its own."""

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from derive.board.steps import Section, Way, sections
from derive.board.vectors import as_vectors, is_wide
from derive.drawing import draw
from derive.gradients.chain import asked_for
from derive.latex.example import example
from derive.latex.exercise import BLANK, SOLUTION, exercise
from derive.latex.markdown import as_markdown
from derive.latex.names import Notation, notation
from derive.latex.numbers import short
from derive.latex.passes import backward, forward
from derive.latex.picture import picture
from derive.latex.plain import macros_of
from derive.latex.prose import prose
from derive.latex.slides import slides
from derive.latex.update import update
from derive.latex.vectors import VECTOR, by_vectors, names_of
from derive.walkthrough import Walkthrough, load_walkthrough

_STYLE = (
    r"\providecommand{\nntimes}{\cdot}",
    r"\providecommand{\nnrate}{\eta}",
    r"\providecommand{\nnpartial}[2]{\frac{\partial #1}{\partial #2}}",
    r"\providecommand{\nnheading}[1]{\subsection*{#1}}",
    r"\providecommand{\nngradient}[2]{\par\smallskip\noindent{\boldmath$\partial #1/\partial #2$}\quad}",
    r"\makeatletter\providecommand{\nnanchor}[2]{\def\@currentlabel{#2}\label{#1}}\makeatother",
)
"""The macros besides those of the names; no name takes one of these."""

_MOST_SLIDES = 60
class Sheet(Struct, frozen=True):
    r"""What every output of a walkthrough has in common: its names, its macros, what it derives."""

    loaded: Walkthrough
    names: Notation
    head: tuple[str, ...]
    derived: tuple[Section, ...]


def to_latex(
    walkthrough: Walkthrough | str | Path,
    *,
    digits: int = 4,
    standalone: bool = False,
    by_index: bool = False,
    node: str = "",
    way: Way | None = None,
) -> str:
    r"""The LaTeX of a walkthrough, given loaded or by name or path.

    `digits` decimals stand in the worked example. The fragment needs amsmath; `standalone` makes a document of it, with
    a TikZ drawing of the network. What is referred to has a number and a label: `eq:kanungo:dout_o1/do1:factor`.
    A network with many parameters is written by vectors and matrices, without drawing and example, unless `by_index`.
    `node` asks for the derivative by one name alone, `way` for whole paths or node by node.

    >>> to_latex("kanungo", node="w5").splitlines()[0]
    '% Train a basic neural network manually from scratch; made by derive-sheets. Needs amsmath.'
    """
    sheet, body = _written(walkthrough, digits, by_index, node, way)
    drawing = _drawing(sheet.loaded, sheet.names) if standalone and sheet.derived else []
    head = list(sheet.head)
    lines = _document(sheet.loaded, head, [*drawing, *body]) if standalone else _fragment(sheet.loaded, head, body)
    return "\n".join(lines) + "\n"


def to_markdown(
    walkthrough: Walkthrough | str | Path,
    *,
    digits: int = 4,
    by_index: bool = False,
    node: str = "",
    way: Way | None = None,
) -> str:
    """The same as Markdown, each formula by itself between `$$`, as notebooks and sites show it.

    >>> to_markdown("kanungo", node="w5").splitlines()[0]
    '# Train a basic neural network manually from scratch'
    """
    sheet, body = _written(walkthrough, digits, by_index, node, way)
    title, source = sheet.loaded.title, sheet.loaded.source
    lines = "\n".join(as_markdown(title, source, body, macros_of(sheet.head)))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def to_slides(walkthrough: Walkthrough | str | Path, *, node: str = "", way: Way | None = None) -> str:
    """A beamer document: one gradient a slide, factor by factor, its path lit in the drawing of the network.

    >>> to_slides("kanungo", node="w5").count(r"\\begin{frame}")
    6
    """
    sheet = _sheet(walkthrough, node, way)
    found = list(slides(sheet.loaded, sheet.names, sheet.head, sheet.derived))
    if way is None and found.count(r"\begin{frame}") > _MOST_SLIDES:
        return to_slides(sheet.loaded, node=node, way=Way.NODE)
    return "\n".join(found) + "\n"


def to_exercise(
    walkthrough: Walkthrough | str | Path, *, solution: bool = False, node: str = "", way: Way | None = None
) -> str:
    """A sheet to fill in: the equations, and a blank for each factor and gradient; with `solution` what belongs there.

    Both are one source: only what the macro of a blank makes of its answer differs.

    >>> one, other = to_exercise("kanungo").splitlines(), to_exercise("kanungo", solution=True).splitlines()
    >>> sum(line != answer for line, answer in zip(one, other, strict=True))
    2
    """
    sheet = _sheet(walkthrough, node, way)
    head = [*sheet.head, SOLUTION if solution else BLANK]
    body = exercise(sheet.loaded, sheet.names, sheet.derived)
    drawing = _drawing(sheet.loaded, sheet.names)
    told = r"\hfill " + ("Solution" if solution else r"Name: \underline{\hspace{5cm}}")
    equations = forward(sheet.loaded, sheet.names)
    return "\n".join(_document(sheet.loaded, head, [told, *drawing, *equations, *body])) + "\n"


def _sheet(walkthrough: Walkthrough | str | Path, node: str, way: Way | None) -> Sheet:
    """Index by index: the macros, and the derivations that are asked for."""
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    whole = (loaded.batch.total,) if loaded.batch else ()
    aliases = (alias for alias, _ in loaded.network.aliases)
    names = notation((*loaded.network.leaves, *loaded.network.definitions, *aliases, *whole), _macros(_STYLE))
    derived = sections(asked_for(loaded.network, node, loaded.ones), way)
    return Sheet(loaded, names, (*_STYLE, *(macro.definition for macro in names.macros)), derived)


def _written(
    walkthrough: Walkthrough | str | Path, digits: int, by_index: bool, node: str, way: Way | None
) -> tuple[Sheet, list[str]]:
    """The lines of a whole derivation: a wide network by vectors, any other index by index, one name by itself."""
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    if loaded.shape is not None and is_wide(loaded) and not (by_index or node or way):
        vectors = as_vectors(loaded, loaded.shape)
        style = (*_STYLE, rf"\providecommand{{{VECTOR}}}[1]{{\boldsymbol{{#1}}}}")
        names = notation(names_of(loaded, vectors), _macros(style))
        sheet = Sheet(loaded, names, (*style, *(macro.definition for macro in names.macros)), ())
        return sheet, by_vectors(loaded, names, vectors)
    sheet = _sheet(loaded, node, way)
    if node:
        return sheet, backward(loaded, sheet.names, sheet.derived)
    return sheet, _by_index(loaded, sheet.names, sheet.derived, digits)


def _macros(style: Iterable[str]) -> list[str]:
    return re.findall(r"\\(nn\w+)", "".join(style))


def _by_index(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...], digits: int) -> list[str]:
    """Every neuron and every gradient by itself."""
    return [
        *forward(loaded, names),
        *backward(loaded, names, derived),
        *update(loaded, names),
        *example(loaded, names, derived, digits),
    ]


def _drawing(loaded: Walkthrough, names: Notation) -> list[str]:
    """The network with its start values."""
    start = {name: short(value, 4).latex for name, value in loaded.start.items()}
    drawn = picture(draw(loaded.network), names.written.__getitem__, start)
    return [r"\begin{center}", *drawn, r"\end{center}"]


def _fragment(loaded: Walkthrough, head: list[str], body: list[str]) -> list[str]:
    return [
        f"% {prose(loaded.title)}; made by derive-sheets. Needs amsmath.",
        r"% Each macro below yields to a definition of your own made before \input.",
        *head,
        r"\begingroup\allowdisplaybreaks\raggedright",
        *body,
        r"\par\endgroup",
    ]


def _document(loaded: Walkthrough, head: list[str], body: list[str]) -> list[str]:
    return [
        "% A document made by derive-sheets.",
        r"\documentclass[a4paper]{article}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{amsmath}",
        r"\usepackage{tikz}",
        r"\usetikzlibrary{positioning}",
        r"\usepackage[margin=28mm]{geometry}",
        r"\allowdisplaybreaks",
        *head,
        r"\begin{document}\raggedright",
        rf"\section*{{{prose(loaded.title)}}}",
        *([prose(loaded.source), ""] if loaded.source else []),
        *body,
        r"\end{document}",
    ]
