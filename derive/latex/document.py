r"""The whole LaTeX of a walkthrough, as a fragment to `\input` or as a document of its own."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import sympy as sp

from derive.chain import derive_gradients
from derive.claim import Partial
from derive.drawing import draw
from derive.latex.example import example
from derive.latex.expression import as_latex
from derive.latex.labels import by_macro, label
from derive.latex.lines import Equation, align
from derive.latex.names import Notation, notation
from derive.latex.numbers import short
from derive.latex.picture import picture
from derive.latex.prose import prose
from derive.latex.update import summed, update
from derive.latex.vectors import VECTOR, by_vectors, names_of
from derive.steps import Part, Section, Step, sections
from derive.vectors import as_vectors, is_wide
from derive.walkthrough import Walkthrough, load_walkthrough

_STYLE = (
    r"\providecommand{\nntimes}{\cdot}",
    r"\providecommand{\nnrate}{\eta}",
    r"\providecommand{\nnpartial}[2]{\frac{\partial #1}{\partial #2}}",
    r"\providecommand{\nnheading}[1]{\subsection*{#1}}",
    r"\providecommand{\nngradient}[2]{\paragraph{\boldmath$\partial #1/\partial #2$}}",
)
"""The macros besides those of the names; no name takes one of these."""

_KINDS = {Part.CHAIN: ":chain", Part.FACTOR: ":factor"}


def to_latex(
    walkthrough: Walkthrough | str | Path, *, digits: int = 4, standalone: bool = False, by_index: bool = False
) -> str:
    r"""The LaTeX of a walkthrough, given loaded or by name or path.

    `digits` decimals stand in the worked example. The fragment needs amsmath; `standalone` makes a document of it, with
    a TikZ drawing of the network. Labels are stable: `eq:kanungo:h1`, `eq:kanungo:dE/dw5`, `eq:kanungo:dE/dw5:chain`.
    A network with many parameters is written by vectors and matrices, without drawing and example, unless `by_index`.
    """
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    style: tuple[str, ...] = _STYLE
    if loaded.shape is not None and is_wide(loaded) and not by_index:
        vectors = as_vectors(loaded, loaded.shape)
        style = (*_STYLE, rf"\providecommand{{{VECTOR}}}[1]{{\boldsymbol{{#1}}}}")
        names = notation(names_of(loaded, vectors), _macros(style))
        body, drawing = by_vectors(loaded, names, vectors), []
    else:
        whole = (loaded.batch.total,) if loaded.batch else ()
        aliases = (alias for alias, _ in loaded.network.aliases)
        names = notation((*loaded.network.leaves, *loaded.network.definitions, *aliases, *whole), _macros(style))
        body, drawing = _by_index(loaded, names, digits), _drawing(loaded, names) if standalone else []
    head = [*style, *(macro.definition for macro in names.macros)]
    lines = _document(loaded, head, [*drawing, *body]) if standalone else _fragment(loaded, head, body)
    return "\n".join(lines) + "\n"


def _macros(style: Iterable[str]) -> list[str]:
    return re.findall(r"\\(nn\w+)", "".join(style))


def _by_index(loaded: Walkthrough, names: Notation, digits: int) -> list[str]:
    """Every neuron and every gradient by itself."""
    derived = sections(derive_gradients(loaded.network, loaded.ones).values())
    return [
        *_forward(loaded, names),
        *_backward(loaded, names, derived),
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


def _forward(loaded: Walkthrough, names: Notation) -> list[str]:
    """The equations in the order in which they are computed, each with its label."""
    written_as = by_macro(names)
    equations = (
        Equation(written_as(node.name), (as_latex(node.expression, written_as),), label(loaded, node.name))
        for node in loaded.network.nodes
    )
    aliases = [f"Below, ${names.written[a]}$ is short for ${names.written[n]}$." for a, n in loaded.network.aliases]
    return [r"\nnheading{Forward pass}", *align(equations), *aliases, *_over_samples(loaded, names)]


def _over_samples(loaded: Walkthrough, names: Notation) -> list[str]:
    """What the loss over many samples is; nothing for one."""
    if loaded.batch is None:
        return []
    of_one = f"{names.written[loaded.network.loss]}^{{(s)}}"
    whole = Equation(
        by_macro(names)(loaded.batch.total), (summed(loaded.batch, of_one),), label(loaded, loaded.batch.total)
    )
    return [
        f"These are the equations of one sample, $s$. Over all {len(loaded.batch.rows)} samples the error is",
        *align([whole]),
    ]


def _backward(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...]) -> list[str]:
    """Every gradient: the split of the loss, the chain rule, each factor when it is first met, put together."""
    lines = [r"\nnheading{Backward pass}"]
    met: dict[sp.Expr, str] = {}
    for section in derived:
        lines.append(rf"\nngradient{{{names.written[section.of]}}}{{{names.written[section.by]}}}")
        for part, steps in groupby(section.steps, key=lambda step: step.part):
            listed = tuple(steps)
            known = [met[step] for step in listed if step in met]
            fresh = [step for step in listed if step not in met]
            lines.append(_words(part, listed, section, names, known) + ("" if fresh or not known else "."))
            lines += align(_equations(loaded, names, fresh)) if fresh else []
            met |= {step: _step_label(loaded, step) for step in fresh if part is Part.FACTOR}
    return lines


def _words(part: Part, steps: tuple[Step, ...], section: Section, names: Notation, known: list[str]) -> str:
    """The sentence above the lines of a part; `known` are the labels of the factors met before."""
    idle = [f"${names.written[name]}$" for step in steps for name in step.idle]
    rest = f"{_listed(idle)} {'does' if len(idle) == 1 else 'do'} not depend on ${names.written[section.by]}$"
    match part:
        case Part.SPLIT:
            return f"The error is a sum, and {rest}:" if idle else "The error is a sum:"
        case Part.CHAIN:
            return "By the chain rule,"
        case Part.FACTOR:
            before = _listed([rf"\eqref{{{label}}}" for label in known])
            if not known:
                return "where"
            return f"where {before} {'is' if len(known) == 1 else 'are'} known" + (
                " and" if len(known) < len(steps) else ""
            )
        case Part.GRADIENT:
            return f"Here {rest}:" if idle else "Put together,"


def _listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _equations(loaded: Walkthrough, names: Notation, steps: Iterable[Step]) -> Iterator[Equation]:
    written_as = by_macro(names)
    for step in steps:
        left, *members = (as_latex(member, written_as) for member in step.members)
        yield Equation(left, tuple(members), _step_label(loaded, step))


def _step_label(loaded: Walkthrough, step: Step) -> str:
    """A gradient is `dE/dw5`, a chain `dE1/dw5:chain`, a factor `do1/dw5:factor`; a split has no number."""
    left = step.members[0]
    if step.part is Part.SPLIT or not isinstance(left, Partial):
        return ""
    return label(loaded, f"d{left.of}/d{left.by}" + _KINDS.get(step.part, ""))
