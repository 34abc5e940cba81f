r"""The whole LaTeX of a walkthrough, as a fragment to `\input` or as a document of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

import sympy as sp

from derive.chain import derive_gradients
from derive.claim import Partial
from derive.drawing import draw
from derive.latex.expression import Names, Piece, as_latex, atom, decimal
from derive.latex.lines import Equation, align
from derive.latex.names import Notation, ascii_letters, notation
from derive.latex.numbers import Worked, exact, rounded, value_of, work
from derive.latex.picture import picture
from derive.latex.prose import prose
from derive.names import quantity, symbol
from derive.ordering import product, total
from derive.steps import Part, Section, Step, sections
from derive.training import train_walkthrough
from derive.walkthrough import Walkthrough, load_walkthrough, with_changes

_STYLE = (
    r"\providecommand{\nntimes}{\cdot}",
    r"\providecommand{\nnrate}{\eta}",
    r"\providecommand{\nnpartial}[2]{\frac{\partial #1}{\partial #2}}",
    r"\providecommand{\nnheading}[1]{\subsection*{#1}}",
    r"\providecommand{\nngradient}[2]{\paragraph{\boldmath$\partial #1/\partial #2$}}",
)
"""The macros besides those of the names; no name takes one of these."""

_KINDS = {Part.CHAIN: ":chain", Part.FACTOR: ":factor"}
_MOST_ON_DRAWING = 7  # characters of a start value
_RATE = r"\nnrate"


def to_latex(walkthrough: Walkthrough | str | Path, *, digits: int = 4, standalone: bool = False) -> str:
    r"""The LaTeX of a walkthrough, given loaded or by name or path.

    `digits` decimals stand in the worked example. The fragment needs amsmath; `standalone` makes a document of it, with
    a TikZ drawing of the network. Labels are stable: `eq:kanungo:h1`, `eq:kanungo:dE/dw5`, `eq:kanungo:dE/dw5:chain`.
    """
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    total = () if loaded.batch is None else (loaded.batch.total,)
    aliases = (alias for alias, _ in loaded.network.aliases)
    names = notation((*loaded.network.leaves, *loaded.network.definitions, *aliases, *total),
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
    start = _shown_start(loaded)
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


def _shown_start(loaded: Walkthrough) -> dict[str, str]:
    """The start values short enough for the drawing; where the samples are many, those of the first are left out."""
    shown = loaded.network.leaves if loaded.batch is None else loaded.network.constants + loaded.network.parameters
    texts = {name: decimal(loaded.start[name]) for name in shown}
    return {name: text for name, text in texts.items() if text is not None and len(text) <= _MOST_ON_DRAWING}


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
    """w⁺ = w - η ∂E/∂w for every parameter; for many samples, what their common error is."""
    by_macro = _by_macro(names)
    equations = (
        Equation(_next(names, name), (as_latex(_stepped(loaded, name), by_macro),), _label(loaded, f"{name}+"))
        for name in loaded.network.parameters
    )
    return [
        r"\nnheading{Update}",
        *_over_samples(loaded, names),
        rf"With the learning rate ${_RATE}$ each parameter takes one step against its gradient:",
        *align(equations),
    ]


def _over_samples(loaded: Walkthrough, names: Notation) -> list[str]:
    """What the errors of the samples make together."""
    if loaded.batch is None:
        return []
    count, total = len(loaded.batch.rows), names.written[loaded.batch.total]
    one = rf"\sum {names.written[loaded.network.loss]}"
    whole = rf"\tfrac{{1}}{{{count}}} {one}" if loaded.batch.over == "mean" else one
    return [rf"The error ${total}$ of all {count} samples is ${whole}$, and its gradients are made likewise."]


def _whole_error(loaded: Walkthrough) -> str:
    """What is minimised, as it is called within a derivative: the loss, or that of all samples."""
    return loaded.network.loss_name if loaded.batch is None else loaded.batch.total


def _stepped(loaded: Walkthrough, name: str) -> sp.Expr:
    """w - η * ∂E/∂w, in this order."""
    gradient = Partial(symbol(_whole_error(loaded)), symbol(name))
    return sp.Add(symbol(name), sp.Mul(sp.Integer(-1), symbol(_RATE), gradient, evaluate=False), evaluate=False)


def _next(names: Notation, name: str) -> Piece:
    return atom(names.written[name] + "^{+}", names.widths[name] + 0.6)


def _example(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...], digits: int) -> list[str]:
    """The first update with numbers: forward, every gradient path by path, every new parameter, the new error."""
    network, rate = loaded.network, sp.Rational(str(loaded.learning_rates[0]))
    worked = work(network, loaded.start, derived)
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
    start = {name: exact(value, digits).latex for name, value in loaded.start.items()}
    leaves = ", ".join(f"${names.written[name]} = {value}$" for name, value in start.items())
    sample = "" if loaded.batch is None else " with the first sample"
    return [
        r"\nnheading{Worked example: the first update}",
        rf"Start{sample} from {leaves}, with the learning rate ${_RATE} = {exact(rate, digits).latex}$.",
        rf"Every number is computed in full and shown to {digits} decimals.",
        *align(forward), "The gradients:", *align(gradients), *_example_update(loaded, names, digits),
    ]


def _example_update(loaded: Walkthrough, names: Notation, digits: int) -> list[str]:
    """Every parameter after the first update, over all samples where they are many, and what the error becomes."""
    rate, error = loaded.learning_rates[0], _whole_error(loaded)
    training = train_walkthrough(with_changes(loaded, learning_rates=[rate], updates=1), float(rate))
    before, after = (dict(zip(training.names, row, strict=True)) for row in training.rows)
    slopes = {name: before[quantity(error, name)] for name in loaded.network.parameters}
    loss = loaded.network.loss if loaded.batch is None else error
    end = [
        rf"The error ${names.written[loss]}$ was ${rounded(before[loss], digits + 2).latex}$;",
        rf"with the new parameters it is ${rounded(after[loss], digits + 2).latex}$.",
    ]
    if loaded.batch is not None:
        return ["The update, with the gradients of all samples:", *_moves(loaded, names, slopes, after, digits), *end]
    equations = (
        Equation(_next(names, name), (_stepped_once(loaded, slope, name, digits), rounded(after[name], digits + 2)),
                 _label(loaded, f"{name}+:worked"))
        for name, slope in slopes.items()
    )
    return ["The update:", *align(equations), *end]


def _moves(
    loaded: Walkthrough, names: Notation, slopes: Mapping[str, float], after: Mapping[str, float], digits: int
) -> list[str]:
    """Each parameter before and after, and its gradient: no equations, for the samples are not shown."""
    rows = [
        rf"  {names.written[name]}&\colon\quad {exact(loaded.start[name], digits).latex} \longrightarrow "
        rf"{rounded(after[name], digits + 2).latex} && \text{{gradient }} {rounded(slope, digits).latex} \\"
        for name, slope in slopes.items()
    ]
    return [r"\begin{align*}", *rows[:-1], rows[-1].removesuffix(r" \\"), r"\end{align*}"]


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


def _stepped_once(loaded: Walkthrough, slope: float, name: str, digits: int) -> Piece:
    """`0.1 - 0.1 * 0.0541`."""
    numbers = {
        name: exact(loaded.start[name], digits),
        _RATE: exact(sp.Rational(str(loaded.learning_rates[0])), digits),
        "gradient": rounded(slope, digits),
    }
    gradient = Partial(symbol(_whole_error(loaded)), symbol(name))
    tree = _stepped(loaded, name).xreplace({gradient: symbol("gradient")})
    return as_latex(tree, numbers.__getitem__)


def _by_macro(names: Notation) -> Names:
    """Names by their macros."""
    return lambda name: atom(_RATE, 0.6) if name == _RATE else atom(names.written[name], names.widths[name])


def _by_number(loaded: Walkthrough, worked: Worked, digits: int) -> Names:
    """Names as numbers: leaves as they were typed, computed ones rounded."""
    start = loaded.start
    return lambda name: exact(start[name], digits) if name in start else rounded(worked.values[name], digits)


def _label(loaded: Walkthrough, what: str) -> str:
    """`eq:kanungo:dE/dw5`: the walkthrough's name and the quantity's, in characters that a label may have."""
    return "eq:" + re.sub(r"[^\w:/+-]", lambda c: ascii_letters(c.group()), f"{loaded.name}:{what}", flags=re.ASCII)
