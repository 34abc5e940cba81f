"""Why sides that differ may refute nothing: what they rest on is not said, or one of two lines may be meant otherwise.

DOUBTS is a table: each row is asked in turn, and the first that has a reason leaves the claim undecided.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

import sympy as sp

from derive.checking.equations import names_in, tree_of
from derive.checking.evidence.conventions import of_another_convention
from derive.checking.evidence.question import Question
from derive.checking.exchange import exchanged
from derive.checking.graph import Graph
from derive.checking.graph.points import differ_on_curve
from derive.equality import Proved
from derive.errors import not_said
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import SLOPED, is_known
from derive.names import symbol
from derive.rules import Elementary, Step
from derive.written import UNTOLD, Called, Partial, calls_in, partials_in

Sides = tuple[sp.Expr, sp.Expr]


def _opaque(question: Question) -> str:
    names = unsaid(question, question.worked) or _unknown_functions(question)
    return not_said(names) if names and not _is_off_curve(question, names) else ""


def _is_off_curve(question: Question, names: list[str]) -> bool:
    """Whether the one law of a problem tells the only names of which nothing else is said, and sides differ on its
    curve: dy/dx = x/y of x^2 + y^2 = 25.
    """
    interpretation, one, sides = question.interpretation, question.one, question.worked
    laws = [n for n in interpretation.laws if n < one.number and interpretation.claims[n].problem in (0, one.problem)]
    if len(laws) != 1 or not question.equation.partials or any(map(calls_in, sides)):
        return False
    left, right = interpretation.equations(laws[0])[0].sides
    told = sorted({of for of, _ in question.graph.assumed} & names_in(left - right))
    between = [interpretation.claims[n] for n in range(laws[0] + 1, one.number)]
    others = [o for o in between if not o.equations or (o.names & {*told} and not any(e.partials for e in o.plainest))]
    if not told or any(question.before[c.number].verdict not in ("proved", "definition") for c in others):
        return False
    if any(not e.left.is_Symbol and {*told} <= names_in(e.left - e.right) for o in others for e in o.plainest):
        return False  # another law
    return set(names) <= names_in(left - right) and differ_on_curve(sides, left - right, told[-1])


def unsaid(question: Question, sides: Sides) -> list[str]:
    """The names that nothing defines, although they are differentiated, where a difference of sides that are worked out
    rests on what they are.

    Both sides a chain of derivatives: these are held against each other all the same, unless a quantity rests on its
    variable in ways of which one is told and another is not: they may be two names for one.
    """
    graph, equation = question.graph, question.equation
    names = {s.name for side in sides for s in side.free_symbols} | graph.closure(sides).keys()
    inside = {s.name for name in names for s in [symbol(name), *(graph.definition(name) or sp.S.Zero).free_symbols]}
    slopes = {name[1:].partition("/∂")[0] for name in inside if name.startswith("∂") and "/∂" in name}
    variables = {partial.by.name for partial in equation.partials}
    opaque = inside & ((graph.opaque.keys() - variables) | question.interpretation.unread)
    opaque |= {str(p.of) for p in partials_in(equation.left) if (str(p.of), p.by.name) in graph.assumed}
    is_chain = slopes and not opaque and _slopes_below(question, sides[0]) == _slopes_below(question, sides[1])
    if is_chain and len({_is_told(term) for side in sides for term in sp.Add.make_args(side)}) == 1:
        return []
    return sorted(slopes | opaque)


def _is_told(term: sp.Expr) -> bool:
    """Whether a term has no derivative that nobody can work out."""
    return not any(s.name.startswith("∂") for s in term.free_symbols)


def _slopes_below(question: Question, side: sp.Expr) -> set[str]:
    """The derivatives that nobody can work out in what a side rests on."""
    below = (side, *question.graph.closure((side,)).values())
    return {s.name for expression in below for s in expression.free_symbols if s.name.startswith("∂")}


def _unknown_functions(question: Question) -> list[str]:
    """The functions of which nothing is said, where the two sides speak of other values or derivatives of them: what
    they are might make both alike. f' = u' v' against f' = u' v + u v' is about the same ones.
    """
    one, other = (_calls(question.graph, side) for side in question.worked)
    values = {(name, at) for name, _, at in one} ^ {(name, at) for name, _, at in other}
    slopes = {call for call in one if call[1]} ^ {call for call in other if call[1]}
    return sorted({name for name, _ in values} | {name for name, _, _ in slopes})


def _calls(graph: Graph, side: sp.Expr) -> frozenset[tuple[str, int, tuple[sp.Expr, ...]]]:
    """The functions of which nothing is said in a side and in what it rests on: the name, how often it is
    differentiated, and at what.
    """
    names = {s.name for e in (side, *graph.closure((side,)).values()) for s in e.free_symbols}
    calls = (graph.calls[name] for name in names if name in graph.calls)
    return frozenset((call.name, sum(call.orders), call.arguments) for call in calls)


def _of_inverses(question: Question) -> str:
    """What a function's inverse is might make two sides alike that would differ for another function in its place."""
    names = sorted({name for side in question.worked for name, _, _ in _calls(question.graph, side)} & SLOPED)
    return f"of {', '.join(names)} only the derivative is worked out" if names else ""


def _unlinked(question: Question) -> str:
    """Nothing in the document links what a side differentiates by: ∂L/∂u where no definition has u."""
    graph = question.graph
    linked = {parent for name in graph.names for parent in graph.parents(name)}
    names = sorted({
        p.by.name
        for p in question.equation.partials
        if p.by != UNTOLD
        and (p.by.name not in linked or (p.of.is_Symbol and p.of.name not in graph.names))
        and p.by not in p.of.free_symbols
        and not graph.is_linked(p.of, p.by.name)
    })  # fmt: skip
    return f"nothing says what rests on {', '.join(names)}" if names else ""


def _worked_out_elsewhere(question: Question) -> str:
    """A derivative would be 0, but what is differentiated rests on a name of which only a sum is worked out in numbers,
    h = tanh(0.6), or of which a law tells that it rests on the variable, T - V = m v^2/2: how is not said.
    """
    graph = question.graph
    first = (p for p in question.equation.partials if p.by != UNTOLD and not p.of.has(Partial))
    idle = [p for p in first if graph.total(p.of, p.by.name) == 0]
    below = {s.name for p in idle for e in (p.of, *graph.closure((p.of,)).values()) for s in e.free_symbols}
    plain = [equation for one in question.interpretation.claims for equation in one.plainest]
    worked = {e.left.name for e in plain if e.left.is_Symbol and not e.right.free_symbols and e.right.args}
    laws = (e for e in plain if not e.left.is_Symbol and not e.left.has(Partial, Called))
    by = {p.by.name for p in idle}
    worked |= {name for e in laws if by & names_in(e.right) for name in names_in(e.left)}
    names = sorted((below & worked) - graph.names)
    return f"on what {', '.join(names)} rests, is not said" if names else ""


def _defined_before(question: Question) -> str:
    """A function is defined a second time, f(x) = …, and otherwise: either line may be meant otherwise."""
    tree, left, number = tree_of(question.one.claim.left), question.left, question.one.number
    if tree is None or tree.kind != "call" or not tree.parts or tree.order or not question.one.begins:
        return ""
    if is_known(tree.value) and any(part.kind != "name" for part in tree.parts):
        return ""  # sqrt(x^2) = x defines no square root
    before = [tree_of(one.claim.left) for one in question.interpretation.claims[:number] if one.begins]
    is_again = left.is_Symbol and left.name in question.interpretation.versions
    is_again = is_again or any(b is not None and b.kind == "call" and _called(b) == _called(tree) for b in before)
    return f"{tree.value} is defined otherwise before" if is_again else ""


def _called(tree: Node) -> tuple[str, ...]:
    """The function that is called, and what it is called with."""
    return tree.value, *(part.value for part in tree.parts)


def _is_condition(question: Question) -> str:
    """Nothing tells any of its names, and the sides are about others each: a law, or a condition, and no identity. Two
    formulas that rest on nothing in common are one even where their names are defined, |a| = |b| of a = p and b = q.
    """
    left, right = question.equation.sides
    if left.has(Partial, Called) or right.has(Partial, Called):
        return ""
    if question.equation.names & question.graph.names:
        below = [question.graph.leaves_of((side,)) for side in question.worked]
        is_begun = question.one.begins and not (left.is_Symbol or right.is_Symbol)
        is_condition = bool(is_begun) and all(below) and below[0].isdisjoint(below[1])
    else:
        is_apart = bool(names_in(left) - names_in(right)) and bool(names_in(right) - names_in(left))
        is_condition = bool(right.is_number) or is_apart
    return "it says something of names that nothing else tells" if is_condition else ""


def _may_be_called(question: Question) -> str:
    """A letter that one side alone has, close before a bracket, and no other line: tanh(x) = 2 k(2x) - 1."""
    claims, apart = question.interpretation.claims, names_in(question.left) ^ names_in(question.right)
    trees = [tree for side in (question.one.claim.left, question.one.claim.right) if (tree := tree_of(side))]
    pairs = (pair for tree in trees for n in tree.walk() if n.kind == "product" for pair in pairwise(n.parts))
    called = {a.value for a, b in pairs if a.kind == "name" and b.kind == "group" and a.end == b.start}
    names = sorted(called & apart - question.graph.names)
    return not_said(names) if names and not any(o.names & {*names} for o in claims if o != question.one) else ""


def introduced(question: Question) -> str:
    """Names of which nothing is said and that no claim before has: the line that first mentions one introduces it."""
    graph, (left, right) = question.graph, question.equation.sides
    here = question.equation.names
    free = here - graph.names - graph.opaque.keys()
    if not free:
        return ""
    here_on = question.one.claim.statement
    before = (one for one in question.interpretation.claims if one.claim.statement < here_on)
    elsewhere = {question.interpretation.naming.name(name) for other in before for name in other.names}
    elsewhere |= {parent for name in graph.names for parent in graph.parents(name)}
    elsewhere |= {name for name in free if question.values.before(symbol(name), question.one.number)}
    if not here & (graph.names | elsewhere) and not left.has(Partial):
        return ""
    new = sorted(free - elsewhere - (names_in(left) & names_in(right)))
    return f"{', '.join(new)}: first mentioned here, and not said what it is" if new else ""


def _solved_otherwise(question: Question) -> str:
    """A law that a line behind it solves for one of its names, 1/f = 1/a + 1/b: that line may be the wrong one."""
    one, interpretation, (left, right) = question.one, question.interpretation, question.equation.sides
    if not one.begins or left.is_Symbol or right.is_number or left.has(Partial, Called) or right.has(Partial, Called):
        return ""
    solved = (interpretation.versions[name][0] for name in sorted(question.equation.names & question.graph.names))
    names = [d.name for d in solved if d.statement > one.claim.statement and d.below <= question.equation.names]
    return f"it is solved otherwise for {', '.join(names)} further on" if names else ""


def _in_one_case(question: Question) -> str:
    """Sides with cases, ∂h/∂w = x of h = max(0, w x), that are equal in the case of the document's values."""
    steps = frozenset().union(*(side.atoms(Step) for side in question.worked))
    if not steps:
        return ""
    values = {step: question.value(step.args[0]) for step in steps}
    table = {step: sp.Integer(value > 0) for step, value in values.items() if value}
    a, b = (side.xreplace(table) for side in question.worked)
    is_equal = bool(table) and isinstance(question.decisions.decided(a, b, question.graph), Proved)
    return "it holds in the case that the document's values are in" if is_equal else ""


def _renamed(question: Question) -> str:
    """A name stands for what no other claim has, h_now = states[t]: it may be anything that is known by another one."""
    graph, claims = question.graph, question.interpretation.claims
    names = question.equation.names
    for name in sorted(names & graph.names - graph.functions.keys()) if len(names) > 1 else ():
        body = graph.definition(name)
        if body is None or not body.is_Symbol:
            continue
        if sum(body.name in map(question.interpretation.naming.name, one.names) for one in claims) == 1:
            return f"{name} is {body}, and what that is, is not said"
    return ""


def _of_another_letter(question: Question) -> str:
    """A rule told with a letter, σ'(x) = σ(x) (1 - σ(x)) = a (1 - a): it holds of the z of a = σ(z)."""
    equation, graph = question.equation, question.graph
    if any(partial.of.is_Symbol for partial in equation.partials):
        return ""
    letters = {f.args[0]: type(f) for side in equation.sides for f in side.atoms(Elementary) if f.args[0].is_Symbol}
    bodies = {name: graph.definition(name) for name in sorted(equation.names & graph.names)}
    for letter, function in letters.items():
        for name, body in bodies.items():
            if isinstance(body, function) and letter not in body.free_symbols:
                a, b = (graph.worked(exchanged(side, {letter: body.args[0]})) for side in equation.sides)
                if isinstance(question.decisions.decided(a, b, graph), Proved):
                    return f"it holds of {body.args[0]}, of which {name} is the value, and is told of {letter}"
    return ""


DOUBTS: Mapping[str, Callable[[Question], str]] = MappingProxyType({
    "convention": of_another_convention,
    "letter": _of_another_letter,
    "renamed": _renamed,
    "inverse": _of_inverses,
    "opaque": _opaque,
    "unlinked": _unlinked,
    "worked out": _worked_out_elsewhere,
    "again": _defined_before,
    "solved": _solved_otherwise,
    "case": _in_one_case,
    "condition": _is_condition,
    "called": _may_be_called,
})  # fmt: skip
