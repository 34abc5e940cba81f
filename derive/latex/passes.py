"""The forward pass, each equation with its label, and the backward pass, each factor when it is first met."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from msgspec.structs import replace

from derive.board.steps import Part, Section, Step
from derive.latex.expression import Segment, as_latex
from derive.latex.labels import by_macro, label
from derive.latex.lines import Equation, align
from derive.latex.names import Notation
from derive.latex.update import aliases, over_samples
from derive.walkthrough import Walkthrough
from derive.written import Partial

_KINDS = {Part.CHAIN: ":chain", Part.FACTOR: ":factor"}


def forward(loaded: Walkthrough, names: Notation) -> list[str]:
    """The equations in the order in which they are computed, each with its label."""
    written_as = by_macro(names)
    equations = (
        Equation(written_as(node.name), (as_latex(node.expression, written_as),), label(loaded, node.name))
        for node in loaded.network.nodes
    )
    over = over_samples(loaded, names, "These are the equations of one sample, $s$. ")
    return [r"\nnheading{Forward pass}", *align(equations), *aliases(loaded, names), *over]


def backward(loaded: Walkthrough, names: Notation, derived: tuple[Section, ...]) -> list[str]:
    """Every gradient: the split of the loss, the chain rule, each factor when it is first met, put together."""
    lines = [r"\nnheading{Backward pass}"]
    met: dict[Step, int] = {}
    numbers = _numbers(derived)
    for section in derived:
        lines.append(rf"\nngradient{{{names.written[section.of]}}}{{{names.written[section.by]}}}")
        for part, steps in groupby(section.steps, key=lambda step: step.part):
            listed = tuple(steps)
            known = [met[step] for step in listed if step in met]
            fresh = [step for step in listed if step not in met]
            lines.append(_words(part, listed, section, names, known) + ("" if fresh or not known else "."))
            lines += align(_equations(loaded, names, fresh, numbers)) if fresh else []
            met |= {step: numbers.get(step, 0) for step in fresh if part is Part.FACTOR}
    return lines


def _numbers(derived: Iterable[Section]) -> dict[Step, int]:
    """The factors that a later gradient refers to, counted in the order in which they stand."""
    count: dict[Step, int] = {}
    for section in derived:
        for step in dict.fromkeys(section.steps):
            if step.part is Part.FACTOR:
                count[step] = count.get(step, 0) + 1
    again = [step for step, times in count.items() if times > 1]
    return {step: number for number, step in enumerate(again, start=1)}


def _words(part: Part, steps: tuple[Step, ...], section: Section, names: Notation, known: list[int]) -> str:
    """The sentence above the lines of a part; `known` are the numbers of the factors met before."""
    idle = [f"${names.written[name]}$" for step in steps for name in step.idle]
    rest = f"{_listed(idle)} {'does' if len(idle) == 1 else 'do'} not depend on ${names.written[section.by]}$"
    match part:
        case Part.SPLIT:
            return f"The error is a sum, and {rest}:" if idle else "The error is a sum:"
        case Part.CHAIN:
            return "By the chain rule,"
        case Part.FACTOR:
            before = _listed([f"({number})" for number in known])
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


def _equations(
    loaded: Walkthrough, names: Notation, steps: Iterable[Step], numbers: Mapping[Step, int]
) -> Iterator[Equation]:
    written_as = by_macro(names)
    for step in steps:
        left, *members = (as_latex(member, written_as) for member in step.members)
        if step.since:
            ones = " + ".join(names.written[name] for name in step.since)
            members[-1] = replace(members[-1], segments=(
                *members[-1].segments, Segment(rf"\quad (\text{{since }} {ones} = 1)", 4.0 + 3.0 * len(step.since))))
        yield Equation(left, tuple(members), _step_label(loaded, step), numbers.get(step, 0))


def _step_label(loaded: Walkthrough, step: Step) -> str:
    """A gradient is `dE/dw5`, a chain `dE1/dw5:chain`, a factor `do1/dw5:factor`; a split has no number."""
    left = step.members[0]
    if step.part is Part.SPLIT or not isinstance(left, Partial):
        return ""
    return label(loaded, f"d{left.of}/d{left.by}" + _KINDS.get(step.part, ""))
