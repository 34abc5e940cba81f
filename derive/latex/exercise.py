r"""A sheet to fill in: each chain, factor and gradient once, with a blank for what belongs there."""

from collections.abc import Iterator

from derive.board.steps import Part, Section
from derive.latex.expression import Piece, Segment, as_latex
from derive.latex.labels import by_macro
from derive.latex.lines import WIDEST, Equation, align, fold
from derive.latex.names import Notation
from derive.walkthrough import Walkthrough

BLANK = r"\providecommand{\nnblank}[2]{\underline{\rule{0pt}{4.5ex}\hspace{#2em}}}"
SOLUTION = r"\usepackage{xcolor}\providecommand{\nnblank}[2]{{\color{blue!60!black}#1}}"
_LEAST, _ROOM, _WIDEST = 6.0, 1.3, WIDEST - 6  # em; a hand writes wider than a printer


def exercise(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...]) -> Iterator[str]:
    """The lines below the equations; a factor that has been asked for is not asked for again."""
    written_as = by_macro(names)
    yield r"\nnheading{Backward pass}"
    met: set[object] = set()
    for section in derived:
        yield rf"\nngradient{{{names.written[section.of]}}}{{{names.written[section.by]}}}"
        asked = [step for step in section.steps if step.part is not Part.SPLIT and step not in met]
        met.update(step for step in asked if step.part is Part.FACTOR)
        yield "Write down the chain rule, each factor that is new, and the gradient:"
        yield from align(
            Equation(as_latex(step.members[0], written_as), (_blank(as_latex(step.members[-1], written_as)),))
            for step in asked
        )


def _blank(answer: Piece) -> Piece:
    """A blank with room for its answer."""
    rows = fold(answer.segments, _WIDEST) if answer.width > _WIDEST else [answer.latex]
    room = min(max(_LEAST, _ROOM * answer.width), _WIDEST)
    return Piece(tuple(Segment(rf"\nnblank{{{row}}}{{{room:.1f}}}", room) for row in rows))
