r"""The whole LaTeX of a walkthrough, as a fragment to `\input` or as a document of its own."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import sympy as sp

from derive.chain import derive_gradients
from derive.claim import Partial
from derive.drawing import draw
from derive.latex.expression import Names, Piece, as_latex, atom
from derive.latex.lines import Equation, align
from derive.latex.names import Notation, ascii_letters, notation
from derive.latex.numbers import Worked, exact, rounded, value_of, work
from derive.latex.picture import picture
from derive.latex.prose import prose
from derive.names import symbol
from derive.network import Network
from derive.ordering import product, total
from derive.steps import Part, Section, Step, sections
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
_RATE = r"\nnrate"


def to_latex(walkthrough: Walkthrough | str | Path, *, digits: int = 4, standalone: bool = False) -> str:
    r"""The LaTeX of a walkthrough, given loaded or by name or path.

    `digits` decimals stand in the worked example. The fragment needs amsmath; `standalone` makes a document of it, with
    a TikZ drawing of the network. Labels are stable: `eq:kanungo:h1`, `eq:kanungo:dE/dw5`, `eq:kanungo:dE/dw5:chain`.
    """
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    names = notation((*loaded.network.leaves, *loaded.network.definitions, *(a for a, _ in loaded.network.aliases)),
                     reserved=re.findall(r"\\(nn\w+)", "".join(_STYLE)))
    derived = sections(derive_gradients(loaded.network).values())
    body = [
        *_forward(loaded, names),
        *_backward(loaded, names, derived),
        *_update(loaded, names),
        *_example(loaded, names, derived, digits),
    ]
    head = [*_STYLE, *(macro.definition for macro in names.macros)]
    lines = _document(loaded, names, head, body) if standalone else _fragment(loaded, head, body)
    return "\n".join(lines) + "\n"


def _fragment(loaded: Walkthrough, head: list[str], body: list[str]) -> list[str]:
    return [
        f"% {prose(loaded.title)}; made by derive-sheets. Needs amsmath.",
        r"% Each macro below yields to a definition of your own made before \input.",
        *head,
        r"\begingroup\allowdisplaybreaks\raggedright",
        *body,
        r"\par\endgroup",
    ]


def _document(loaded: Walkthrough, names: Notation, head: list[str], body: list[str]) -> list[str]:
    written = names.written.__getitem__
    start = {name: exact(value).latex for name, value in loaded.start.items()}
    return [
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
        r"\begin{center}",
        *picture(draw(loaded.network), written, start),
        r"\end{center}",
        *body,
        r"\end{document}",
    ]


def _forward(loaded: Walkthrough, names: Notation) -> list[str]:
    """The equations in the order in which they are computed, each with its label."""
    by_macro = _by_macro(names)
    equations = (
        Equation(by_macro(node.name), (as_latex(node.expression, by_macro),), _label(loaded, node.name))
        for node in loaded.network.nodes
    )
    aliases = [f"Below, ${names.written[a]}$ is short for ${names.written[n]}$." for a, n in loaded.network.aliases]
    return [r"\nnheading{Forward pass}", *align(equations), *aliases]


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
                " and" if len(known) < len(steps) else "")
        case Part.GRADIENT:
            return f"Here {rest}:" if idle else "Put together,"


def _listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _equations(loaded: Walkthrough, names: Notation, steps: Iterable[Step]) -> Iterator[Equation]:
    by_macro = _by_macro(names)
    for step in steps:
        left, *members = (as_latex(member, by_macro) for member in step.members)
        yield Equation(left, tuple(members), _step_label(loaded, step))


def _step_label(loaded: Walkthrough, step: Step) -> str:
    """A gradient is `dE/dw5`, a chain `dE1/dw5:chain`, a factor `do1/dw5:factor`; a split has no number."""
    left = step.members[0]
    if step.part is Part.SPLIT or not isinstance(left, Partial):
        return ""
    return _label(loaded, f"d{left.of}/d{left.by}" + _KINDS.get(step.part, ""))


def _update(loaded: Walkthrough, names: Notation) -> list[str]:
    """w⁺ = w - η ∂E/∂w for every parameter."""
    by_macro = _by_macro(names)
    equations = (
        Equation(_next(names, name), (as_latex(_stepped(loaded.network, name), by_macro),), _label(loaded, f"{name}+"))
        for name in loaded.network.parameters
    )
    return [
        r"\nnheading{Update}",
        rf"With the learning rate ${_RATE}$ each parameter takes one step against its gradient:",
        *align(equations),
    ]


def _stepped(network: Network, name: str) -> sp.Expr:
    """w - η * ∂E/∂w, in this order."""
    gradient = Partial(symbol(network.loss_name), symbol(name))
    return sp.Add(symbol(name), sp.Mul(sp.Integer(-1), symbol(_RATE), gradient, evaluate=False), evaluate=False)


def _next(names: Notation, name: str) -> Piece:
    return atom(names.written[name] + "^{+}", names.widths[name] + 0.6)


def _example(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...], digits: int) -> list[str]:
    """The first update with numbers: forward, every gradient path by path, every new parameter, the new error."""
    network, rate = loaded.network, sp.Rational(str(loaded.learning_rates[0]))
    worked = work(network, loaded.start, derived)
    moved = {name: worked.values[name] - rate * worked.gradients[name] for name in network.parameters}
    after = work(network, {**loaded.start, **moved}, ()).values[network.loss]
    by_macro, by_number = _by_macro(names), _by_number(loaded, worked, digits)
    forward = (
        Equation(by_macro(node.name), (as_latex(node.expression, by_number), by_number(node.name)),
                 _label(loaded, f"{node.name}:worked"))
        for node in network.nodes
    )
    gradients = (
        Equation(as_latex(Partial(symbol(section.of), symbol(section.by)), by_macro),
                 (_multiplied(section, worked, by_number, digits), rounded(worked.gradients[section.by], digits)),
                 _label(loaded, f"d{section.of}/d{section.by}:worked"))
        for section in derived
    )
    updates = (
        Equation(_next(names, name), (_stepped_once(loaded, worked, name, digits), rounded(moved[name], digits + 2)),
                 _label(loaded, f"{name}+:worked"))
        for name in network.parameters
    )
    leaves = ", ".join(f"${names.written[name]} = {exact(value).latex}$" for name, value in loaded.start.items())
    before, loss = worked.values[network.loss], names.written[network.loss]
    return [
        r"\nnheading{Worked example: the first update}",
        rf"Start from {leaves}, with the learning rate ${_RATE} = {exact(rate).latex}$.",
        rf"Every number is computed in full and shown to {digits} decimals.",
        *align(forward), "The gradients:", *align(gradients), "The update:", *align(updates),
        rf"The error was ${loss} = {rounded(before, digits + 2).latex}$,",
        rf"with the new parameters it is ${rounded(after, digits + 2).latex}$.",
    ]


def _multiplied(section: Section, worked: Worked, by_number: Names, digits: int) -> Piece:
    """The factors of every path as numbers, factors of 1 left out: `0.4260 * 0.2459 * 0.5162`."""
    numbers: dict[str, Piece] = {}

    def number(factor: sp.Expr) -> sp.Expr:
        if factor.is_Symbol or factor.is_Rational:
            return factor
        key = f"number {len(numbers)}"
        numbers[key] = rounded(value_of(factor, worked.values, worked.gradients), digits)
        return symbol(key)

    tree = total(tuple(product(tuple(map(number, factors))) for factors in section.summands))
    return as_latex(tree, lambda name: numbers[name] if name in numbers else by_number(name))


def _stepped_once(loaded: Walkthrough, worked: Worked, name: str, digits: int) -> Piece:
    """`0.1 - 0.1 * 0.0541`."""
    numbers = {
        name: exact(loaded.start[name]),
        _RATE: exact(sp.Rational(str(loaded.learning_rates[0]))),
        "gradient": rounded(worked.gradients[name], digits),
    }
    gradient = Partial(symbol(loaded.network.loss_name), symbol(name))
    tree = _stepped(loaded.network, name).xreplace({gradient: symbol("gradient")})
    return as_latex(tree, numbers.__getitem__)


def _by_macro(names: Notation) -> Names:
    """Names by their macros."""
    return lambda name: atom(_RATE, 0.6) if name == _RATE else atom(names.written[name], names.widths[name])


def _by_number(loaded: Walkthrough, worked: Worked, digits: int) -> Names:
    """Names as numbers: leaves as they were typed, computed ones rounded."""
    return lambda name: exact(loaded.start[name]) if name in loaded.start else rounded(worked.values[name], digits)


def _label(loaded: Walkthrough, what: str) -> str:
    """`eq:kanungo:dE/dw5`: the walkthrough's name and the quantity's, in characters that a label may have."""
    return "eq:" + re.sub(r"[^\w:/+-]", lambda c: ascii_letters(c.group()), f"{loaded.name}:{what}", flags=re.ASCII)
