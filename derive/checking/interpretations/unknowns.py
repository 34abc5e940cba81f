"""What a document uses and never defines, and what its lines tell of that: the derivatives of it."""

from collections.abc import Iterable, Iterator, Mapping

import sympy as sp
from msgspec import Struct

from derive.checking.equations import ONE_SLIP, Equation, differentiated, differing, names_in, tree_of
from derive.checking.graph import VALUE, Graph
from derive.checking.interpretations.families import Versions, indexed_names, like
from derive.checking.interpretations.naming import Naming
from derive.errors import DeriveError
from derive.names import symbol
from derive.reach import reached
from derive.written import UNTOLD, At, Called, Partial, calls_in, partials_in


class Slope(Struct, frozen=True):
    """What the first claim that tells it says of a derivative, and that claim's number."""

    expression: sp.Expr
    claim: int


def unread(naming: Naming, versions: Versions) -> frozenset[str]:
    """The names whose definition nobody could read, and the δ of errors: what they are is not known."""
    found = {name for one in naming.claims for name in one.names if name.startswith(("δ", "delta")) and name != "δ"}
    for one in naming.claims:
        tree = tree_of(one.claim.left)
        if not one.equations and not one.claim.words and one.begins and tree is not None:
            found |= {naming.name(tree.value)} if tree.kind in ("name", "call") else set()
    return frozenset(found | like(indexed_names(naming.claims), found)) - versions.keys()


def opaque(naming: Naming, versions: Versions) -> Mapping[str, tuple[str, ...]]:
    """Names that are differentiated and never defined, or in later problems of a sheet alone: on what they rest, as far
    as the derivatives tell.

    ∂L/∂a and ∂L/∂w with a resting on w: L rests on a, and on w through it.
    """
    pairs: dict[str, list[str]] = {}
    for problem, partial in _partials(naming):
        for name in sorted(s.name for s in partial.of.free_symbols):
            is_free = name != partial.by.name and name not in naming.departures.constant
            if is_free and (partial.of.is_Symbol or name in pairs) and not _defined_by(problem, name, naming, versions):
                pairs.setdefault(name, []).append(partial.by.name)
    below = {name: set(names_in(found[0].expression)) for name, found in versions.items()}
    for name, bys in pairs.items():
        below.setdefault(name, set()).update(bys)

    def reaches(start: str, end: str, past: str) -> bool:
        return end in reached([start], lambda name: () if name == past else below.get(name, ()))

    found: dict[str, tuple[str, ...]] = {}
    for name, bys in pairs.items():
        unique = [by for by in dict.fromkeys(bys) if not reaches(by, name, "")]
        through = {by for by in unique for other in unique if other != by and reaches(other, by, name)}
        if unique:  # x by V of V = x^3 is no name that rests on something
            found[name] = tuple(by for by in unique if by not in through)
    return found


def _partials(naming: Naming) -> Iterator[tuple[int, Partial]]:
    """The derivatives that a document writes, by a name that is told, each with the problem in which it stands."""
    for one, equation in naming.plainest():
        yield from ((one.problem, p) for side in equation.sides for p in partials_in(side) if p.by != UNTOLD)


def slopes_of_quantities(
    naming: Naming, opaque: Mapping[str, tuple[str, ...]]
) -> Mapping[tuple[str, str], Mapping[int, Slope]]:
    """What lines tell of derivatives of quantities of which nothing else is said, by both ends and the problem."""
    found: dict[tuple[str, str], dict[int, Slope]] = {}
    for one, equation in naming.plainest():
        left, right = equation.sides
        of = differentiated(left)
        if not of or not one.begins or left.by.name not in opaque.get(of, ()) or one.is_worked_out:
            continue
        is_plain = not right.has(Called) and not any(p.of.is_Symbol for p in partials_in(right))
        if is_plain and left.of not in right.free_symbols:
            found.setdefault((of, left.by.name), {}).setdefault(one.problem, Slope(right, one.number))
    return found


def slopes_of_laws(
    naming: Naming, versions: Versions, opaque: Mapping[str, tuple[str, ...]]
) -> Mapping[tuple[str, str], tuple[Slope, ...]]:
    """The derivatives, law by law, of quantities that stand in one which nothing solves: by x^2 + y^2 = 25, dy/dx is
    -F_x/F_y of F = x^2 + y^2 - 25, the implicit function theorem; where its names rest on a time, one of their rates is
    told by the others.
    """
    found: dict[tuple[str, str], tuple[Slope, ...]] = {}
    differentiated_before: set[str] = set()
    laws: dict[tuple[str, str, int], Equation] = {}
    by_itself = {p.of for _, e in naming.plainest() for p in partials_in(e.right) if e.left == p}
    """What has its slope on both sides somewhere: y = e^x + sin(y) is a law then, and no step of a recurrence."""
    for one, equation in naming.plainest():
        left, right = equation.sides
        names = names_in(left) | names_in(right)
        differentiated_before |= {partial.of for partial in equation.partials}
        is_implicit = not left.is_Symbol or (left in right.free_symbols and left in by_itself)
        is_law = one.begins and one.claim.relation == "=" and is_implicit
        is_plain = not any(side.has(Partial, Called, At) for side in equation.sides)
        if not (is_law and is_plain) or _defined_in(one.problem, names, naming, versions):
            continue
        moving = sorted(names & opaque.keys())
        for of in moving:
            for by in opaque[of]:
                before = laws.get((of, by, one.problem))
                is_like = before is not None and differing(equation.sides, before.sides) <= ONE_SLIP
                if before is not None and (is_like or symbol(of) not in differentiated_before):
                    continue  # what the law before comes to, or a slip in it: no other law
                others = [symbol(other) for other in moving if other != of and by in opaque[other]]
                if by not in names and (of != moving[-1] or not others):
                    continue  # x and y rest on t: dy/dt is told by dx/dt
                along = sp.diff(left - right, symbol(by))
                along += sum(sp.diff(left - right, other) * Partial(other, symbol(by)) for other in others)
                across = sp.diff(left - right, symbol(of))
                if across != 0:
                    found[of, by] = (*found.get((of, by), ()), Slope(-along / across, one.number))
                    laws[of, by, one.problem] = equation
    return found


def slopes_along(naming: Naming, bodies: Mapping[str, sp.Expr]) -> Mapping[tuple[str, str], sp.Expr]:
    """The derivatives of quantities by others beside them that rest on one time, as a document has it whose dx/dt and
    dy/dt it tells: dy/dx of x = a cos t and y = a sin t; and of what alone one rests on by that one: dx/dV of V = x^3.
    """
    written = {(p.of.name, p.by.name) for _, p in _partials(naming) if p.of.is_Symbol}
    pairs = {(of, by) for of, by in written if of in bodies and by in bodies}

    def rests(of: str, by: str) -> bool:
        return by in reached([of], lambda name: names_in(bodies[name]) if name in bodies else ())

    leaves = {by: set(reached([by], lambda name: names_in(bodies.get(name, sp.S.Zero)))) - bodies.keys()
              for of, by in written if by in bodies}
    inverse = {(of, by): 1 / Partial(symbol(by), symbol(of)) for of, by in written if leaves.get(by) == {of}}
    return inverse | {
        (of, by): Partial(symbol(of), symbol(time)) / Partial(symbol(by), symbol(time))
        for of, by in pairs
        if not rests(of, by)
        for time in sorted({t for o, t in written if o == of and (by, t) in written and t not in bodies})[:1]
        if rests(of, time) and rests(by, time)
    }


def _defined_in(problem: int, names: Iterable[str], naming: Naming, versions: Versions) -> bool:
    """Whether a definition of the same problem of a sheet, or none of the document's own, says what one of names is."""
    found = (d for name in names if not _is_fresh(problem, name, naming) for d in versions.get(name, ()))
    return any(d.claim < 0 or naming.claims[d.claim].problem in (0, problem) for d in found)


def _defined_by(problem: int, name: str, naming: Naming, versions: Versions) -> bool:
    """Whether something says what a name is in a problem of a sheet or before it; anywhere, where there are none."""
    found = () if _is_fresh(problem, name, naming) else versions.get(name, ())
    return any(d.claim < 0 or not problem or naming.claims[d.claim].problem <= problem for d in found)


def _is_fresh(problem: int, name: str, naming: Naming) -> bool:
    """Whether a name stands for something of its own in a problem, which nothing defines."""
    return any(name in names and naming.claims[claim].problem == problem
               for claim, names in naming.departures.fresh.items())


def slopes_of_functions(naming: Naming, versions: Versions, graph: Graph) -> Mapping[str, Slope]:
    """What lines tell of the derivatives of functions of which nothing else is said, in the function's own value."""
    found: dict[str, Slope] = {}
    called = {call.name for one in naming.claims for e in one.plainest for s in e.sides for call in calls_in(s)}
    if not called - versions.keys() - graph.functions.keys():
        return found
    for one, equation in naming.plainest():
        if isinstance(equation.left, (Partial, Called)):
            try:
                told = _slope_of_function(equation, graph)
            except (DeriveError, RecursionError):
                continue
            if told is not None:
                found.setdefault(told[0], Slope(told[1], one.number))
    return found


def _slope_of_function(equation: Equation, graph: Graph) -> tuple[str, sp.Expr] | None:
    """The function, and its derivative in its own value, where that is what an equation says, g'(s) = z (1 - z)
    with z = g(s); None for any other.
    """
    left, right = equation.sides
    slope = graph.resolved(left)
    body = graph.definition(differentiated(left))
    if isinstance(body, Called) and body.arguments == (left.by,):
        slope = Called(body.name, (1,), left.by)
    if not isinstance(slope, Called) or slope.orders != (1,) or slope.name in graph.functions:
        return None
    value = Called(slope.name, (0,), *slope.arguments)
    alike = {symbol(name): VALUE for name in graph.names if graph.definition(name) == value}
    told = graph.resolved(right).xreplace({value: VALUE, **alike})
    return (slope.name, told) if told.free_symbols == {VALUE} and not told.has(Called) else None
