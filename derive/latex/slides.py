r"""Slides: one gradient at a time, uncovered factor by factor, its path lit in the drawing of the network."""

from collections.abc import Iterable, Iterator

from derive.board.steps import Section, Step
from derive.drawing import draw
from derive.latex.expression import as_latex
from derive.latex.labels import by_macro
from derive.latex.lines import fold
from derive.latex.names import Notation
from derive.latex.numbers import short
from derive.latex.picture import picture
from derive.latex.prose import prose
from derive.names import symbol
from derive.walkthrough import Walkthrough

_ROOM = 40.0  # em
_ROWS = 5
_FORWARD_ROWS = 8


def slides(
    loaded: Walkthrough, names: Notation, head: Iterable[str], derived: tuple[Section, ...]
) -> Iterator[str]:
    """The lines of the document."""
    yield from (
        r"\documentclass[aspectratio=169,11pt]{beamer}", r"\usepackage[utf8]{inputenc}", r"\usepackage{amsmath}",
        r"\usepackage{tikz}", r"\usetikzlibrary{positioning}", r"\usefonttheme{professionalfonts}",
        r"\setbeamertemplate{navigation symbols}{}",
        r"\setbeamertemplate{footline}[frame number]", *head,
        rf"\title{{{prose(loaded.title)}}}", rf"\author{{{prose(loaded.source)}}}", r"\date{}",
        r"\begin{document}", r"\begin{frame}\titlepage\end{frame}",
    )
    yield from _network(loaded, names)
    for section in derived:
        yield from _gradient(loaded, names, section)
    yield r"\end{document}"


def _network(loaded: Walkthrough, names: Notation) -> Iterator[str]:
    """The drawing, then the equations."""
    yield from _frame("The network", [*_picture(loaded, names, frozenset(), 55)])
    written_as = by_macro(names)
    nodes = loaded.network.nodes
    for place in range(0, len(nodes), _FORWARD_ROWS):
        page = nodes[place : place + _FORWARD_ROWS]
        rows = r" \\ ".join(f"{written_as(node.name).latex} &= {as_latex(node.expression, written_as).latex}"
                           for node in page)
        yield from _frame("Forward pass", [rf"\small$\displaystyle\begin{{aligned}} {rows} \end{{aligned}}$"])


def _gradient(loaded: Walkthrough, names: Notation, section: Section) -> Iterator[str]:
    """The slides of a gradient; as many as its lines need, the drawing on each."""
    title = rf"$\partial {names.written[section.of]}/\partial {names.written[section.by]}$"
    lit = _lit(loaded, section)
    lines = [line for step in section.steps for line in [_line(names, step)]]
    pages: list[list[str]] = [[]]
    used = 0
    for text, rows in lines:
        if used + rows > _ROWS and pages[-1]:
            pages.append([])
            used = 0
        pages[-1].append(text)
        used += rows
    for number, page in enumerate(pages, start=1):
        told = title if len(pages) == 1 else f"{title} ({number}/{len(pages)})"
        shown = [rf"\uncover<{place}->{{{text}}}\par\smallskip" for place, text in enumerate(page, start=1)]
        yield from _frame(told, [*_picture(loaded, names, lit, 25), r"\par\medskip\small", *shown])


def _line(names: Notation, step: Step) -> tuple[str, int]:
    """A step as a formula of its own, and how many rows it takes."""
    written_as = by_macro(names)
    left, *members = (as_latex(member, written_as) for member in step.members)
    whole = left.width + sum(member.width + 1.4 for member in members)
    if whole <= _ROOM:
        rows = ["&= " + " = ".join(member.latex for member in members)]
    else:
        folds = (fold(member.segments, _ROOM - left.width) for member in members)
        rows = [row for first, *rest in folds for row in (f"&= {first}", *(rf"&\quad {{}}{more}" for more in rest))]
    since = rf"\quad (\text{{since }} {' + '.join(names.written[one] for one in step.since)} = 1)" if step.since else ""
    joined = r" \\ ".join(rows)
    return rf"$\displaystyle\begin{{aligned}} {left.latex} {joined}{since} \end{{aligned}}$", len(rows)


def _lit(loaded: Walkthrough, section: Section) -> frozenset[str]:
    """The names that the section's chain goes over."""
    network = loaded.network
    found = {network.loss, section.by}
    for step in section.steps:
        for member in step.members:
            for part in member.atoms(type(symbol("x"))):
                if part.name in network.definitions and section.by in network.below([part.name]):
                    found.add(part.name)
    return frozenset(found)


def _picture(loaded: Walkthrough, names: Notation, lit: frozenset[str], high: int) -> list[str]:
    """The drawing, so many mm high, less where it would be wider than the slide."""
    start = {name: short(value, 4).latex for name, value in loaded.start.items()}
    drawn = picture(draw(loaded.network), names.written.__getitem__, start, lit)
    return [r"\centering", rf"\sbox0{{\resizebox{{!}}{{{high}mm}}{{%", *drawn, "}}%",
            r"\ifdim\wd0>\textwidth\resizebox{\textwidth}{!}{\usebox0}\else\usebox0\fi"]


def _frame(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (r"\begin{frame}", rf"\frametitle{{{title}}}", *lines, r"\end{frame}")
