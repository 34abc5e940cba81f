"""Which claim defines which name, from where on: a document read from its first line to its last."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import Stated, names_in
from derive.checking.exchange import exchanged
from derive.checking.interpretations.naming import Naming
from derive.formulas.claims import POINTS
from derive.names import symbol
from derive.reach import reached
from derive.written import At, Called, Partial, calls_in

CHANGES: Mapping[str, Callable[[sp.Expr, sp.Expr], sp.Expr]] = MappingProxyType({
    "+=": lambda old, by: sp.Add(old, by, evaluate=False),
    "*=": lambda old, by: sp.Mul(old, by, evaluate=False),
    "/=": lambda old, by: sp.Mul(old, sp.Pow(by, -1, evaluate=False), evaluate=False),
})  # fmt: skip
"""What a program's assignments make of a name's value; -= is the step of an update."""
_LENT = -1
NEAR = 3
"""So many statements behind it an equation is solved, and what follows from it stands."""
FAR = 20
"""So many statements behind it the names of an equation are what solves it."""


class Definition(Struct, frozen=True):
    """What defines a name from a statement on: the claim's number, -1 for what is lent, and the expression."""

    name: str
    expression: sp.Expr
    claim: int
    statement: int
    variables: tuple[str, ...] | None = None

    @property
    def is_value(self) -> bool:
        """Whether the name is given a value anew, so that nothing stands below it."""
        return bool(self.expression == symbol(self.name))

    @property
    def below(self) -> frozenset[str]:
        """The names that it uses."""
        return names_in(self.expression) - frozenset(self.variables or ())


class Definitions(Struct, frozen=True):
    """The definitions of each name, in their order; the name that each claim defines that defines one; and the claims
    that give one number to several names, a = b = 0.1, or solve an equation, w = y/x behind dE/dw = 0;
    `roots` are names of which an even power is told, y^2 = 4 x, so that their sign is not.
    """

    versions: Mapping[str, tuple[Definition, ...]]
    definers: Mapping[int, str]
    at_once: frozenset[int]
    solutions: frozenset[int]
    roots: frozenset[str] = frozenset()


def definitions(naming: Naming) -> Definitions:
    """The definitions of a document; what would rest on itself is none."""
    found = _Defined(naming)
    for one in naming.claims:
        found.take(one)
    return Definitions(
        MappingProxyType(found.versions),
        MappingProxyType(found.definers),
        found.places.at_once,
        found.places.solutions,
        frozenset(found.roots),
    )


class _Defined:
    """The definitions up to a line."""

    def __init__(self, naming: Naming) -> None:
        self.naming, self.departures = naming, naming.departures
        self.places = _Places(naming.claims)
        self.definers: dict[int, str] = {}
        self.roots: set[str] = set()
        self.versions: dict[str, tuple[Definition, ...]] = {
            name: (Definition(name, naming.put(expression), _LENT, 0),)
            for name, expression in self.departures.lent.items()
        }

    def take(self, one: Stated) -> None:
        """Reads one more claim."""
        for name in self.departures.fresh.get(one.number, ()):
            unknown = Definition(name, symbol(name), one.number, self.places.problems[one.problem])
            self.versions[name] = (*self.versions.get(name, ()), unknown)
        new = self._defined_by(one)
        if new is None:
            return
        name, earlier = new.name, self.versions.get(new.name, ())
        if earlier and (one.begins if earlier[0].claim == _LENT else one.number in self.departures.instead):
            for definition in earlier:
                self.definers.pop(definition.claim, None)
            earlier = ()
        if one.number in self.departures.anew and self._is_first_under(one, name):
            new = replace(new, statement=self.places.sections[one.claim.section])
        is_apart = self._is_of_another_problem(one, earlier)
        if is_apart and self._is_first_in_problem(one, name):
            new = replace(new, statement=self.places.problems[one.problem])
        changes = one.claim.program or one.claim.relation in CHANGES
        if earlier and not (is_apart or one.number in self.departures.anew or changes or _is_another(new, earlier)):
            return
        if changes and earlier and not new.is_value:
            moved = exchanged(new.expression, {symbol(name): earlier[-1].expression})
            new = replace(new, expression=moved, variables=None)
        elif name in names_in(new.expression) and new.variables is None and not new.is_value:
            self._drop(name, earlier)
            return
        if not new.is_value and name in reached(new.below, self._below):
            self._drop(name, earlier)
            return
        self.versions[name] = (*earlier, new)
        self.definers[one.number] = name

    def _is_of_another_problem(self, one: Stated, earlier: Sequence[Definition]) -> bool:
        """Whether the definitions before it are those of other problems of a sheet."""
        problems = {self.naming.claims[d.claim].problem for d in earlier if d.claim >= 0}
        return bool(problems) and one.problem not in problems

    def _is_first_in_problem(self, one: Stated, name: str) -> bool:
        """Whether no line before it in the same problem has the name."""
        before = (o for o in self.naming.claims[: one.number] if o.problem == one.problem)
        return not any(name in o.names for o in before)

    def _is_first_under(self, one: Stated, name: str) -> bool:
        """Whether no line before it under the same heading says or differentiates what the name is: the definition
        holds for these, too.
        """
        before = (o for o in self.naming.claims[: one.number] if o.claim.section == one.claim.section)
        plain = [e for o in before for e in o.plainest]
        of = {partial.of for e in plain for partial in e.partials}
        return symbol(name) not in of | {e.left for e in plain}

    def _drop(self, name: str, earlier: Sequence[Definition]) -> None:
        """Leaves a name with its earlier definitions, without any where there are none."""
        if not earlier:
            self.versions.pop(name, None)

    def _below(self, name: str) -> Iterable[str]:
        return (below for definition in self.versions.get(name, ()) for below in definition.below)

    def _defined_by(self, one: Stated) -> Definition | None:
        """What a claim would define: a function's head, a name on its left, or the only name on its right."""
        if not one.equations or one.claim.relation in ("-=", "→"):
            return None
        if one.number in self.places.at_once | self.places.solutions | self.departures.conditions:
            return None
        left, right = self.naming.equations[one.number][0].sides
        place = one.number, one.claim.statement
        if one.claim.before in POINTS and right.free_symbols and self._is_differentiated_before(one, left):
            return None  # inflection at N = K/2
        if one.head is not None:
            name, variables = one.head
            earlier = self.versions.get(name)
            if one.is_worked_out or (right.is_number and earlier and earlier[0].variables not in (None, variables)):
                return None  # f(x_1) = 8 is a value of the f(x) before
            return Definition(name, self._meant(one, right), *place, variables)
        for head, body in ((right, left), (left, right)):
            is_value = head == left and (one.begins or body.is_number)
            if self.places.is_head_behind(body, head, one.number in self.departures.anew) and not is_value:
                return Definition(head.name, body, *place, tuple(a.name for a in head.arguments))
        if self.places.is_named_within(one, left, right):
            return Definition(right.args[0].name, left.args[0], *place)
        if not (one.begins or one.claim.program or self.places.introduces(one, left, right)):
            return None
        name, body = self._assigned(one, left, right)
        if body is None:
            return None
        return Definition(name, body, *place, self.places.variables(name, body))

    def _is_differentiated_before(self, one: Stated, left: sp.Expr) -> bool:
        before = (e for other in self.naming.claims[: one.number] for e in other.plainest)
        return any(partial.of == left for equation in before for partial in equation.partials)

    def _meant(self, one: Stated, right: sp.Expr) -> sp.Expr:
        return self.departures.meant.get(one.number, right)

    def _assigned(self, one: Stated, left: sp.Expr, right: sp.Expr) -> tuple[str, sp.Expr | None]:
        """The name that a claim is about, and what it is; itself where it is given a value anew, None where that is no
        definition.
        """
        if one.claim.relation in CHANGES:
            if not left.is_Symbol or left.name not in self.versions:
                return "", None
            right = CHANGES[one.claim.relation](left, right)
        if not left.is_Symbol and right.is_Symbol and not isinstance(left, (Partial, Called)) and not left.is_number:
            left, right = right, left
            if left.name in self.places.lefts or not self.places.inverse(left.name).isdisjoint(right.free_symbols):
                return "", None
        left, right = self._inverted(one, left, right)
        if not left.is_Symbol:
            return "", None
        is_valued = one.number in self.departures.anew or (one.claim.program and left.name in self.versions)
        if right.is_number and is_valued:
            return left.name, left
        is_formula = bool(right.free_symbols) or right.has(Partial, Called, At)
        is_next = left.name.endswith("⁺")
        if is_next or not is_formula or (right.is_number and not right.has(At) and not one.claim.program):
            return left.name, None
        return left.name, self._meant(one, self._in_own_names(one, right))

    def _inverted(self, one: Stated, left: sp.Expr, right: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """What r^2 = x^2 + y^2 and ln y = x ln x say that a name is that no other line says anything of; the root that
        is positive.
        """
        found = next((solved(left, right) for solved in _INVERSES if solved(left, right) is not None), None)
        if found is None or not right.free_symbols or right.has(Partial, Called, At):
            return left, right
        name, body = found
        if not self.places.resting_on(name.name).isdisjoint(names_in(body)):
            return left, right  # r^2 = x^2 + y^2 with x = r cos t
        known = self.places.told | self.versions.keys() | names_in(body) | self.places.in_laws_before(one.number)
        if name.name in known:
            return left, right
        if left.is_Pow and left.exp.is_even:
            self.roots.add(name.name)
        return found

    def _in_own_names(self, one: Stated, right: sp.Expr) -> sp.Expr:
        """What a claim defines, in the name that the next of its chain introduces: σ(z) in a = σ(w x + b) = σ(z)."""
        behind = self.naming.claims[one.number + 1 : one.number + 2]
        for other in behind if behind and behind[0].claim.statement == one.claim.statement else ():
            for equation in self.naming.equations[other.number][:1]:
                if self.places.is_named_within(other, *equation.sides):
                    return equation.right
        return right


def _root(left: sp.Expr, right: sp.Expr) -> tuple[sp.Symbol, sp.Expr] | None:
    left = left.args[1] if left.is_Mul and left.args[0] == 1 else left  # 1/f, as it is written
    is_power = left.is_Pow and left.base.is_Symbol and left.exp.is_Rational
    return (left.base, sp.Pow(right, 1 / left.exp)) if is_power else None


def _exponential(left: sp.Expr, right: sp.Expr) -> tuple[sp.Symbol, sp.Expr] | None:
    return (left.args[0], sp.exp(right)) if isinstance(left, sp.log) and left.args[0].is_Symbol else None


def _logarithm(left: sp.Expr, right: sp.Expr) -> tuple[sp.Symbol, sp.Expr] | None:
    return (left.args[0], sp.log(right)) if isinstance(left, sp.exp) and left.args[0].is_Symbol else None


_INVERSES = (_root, _exponential, _logarithm)
"""What a name is of which a function of the table is told."""


def _is_differential(total: sp.Expr) -> bool:
    """Whether a sum has derivatives of one quantity: what solves y' + 2 y = 0 is a function, which its line defines."""
    parts = list(sp.preorder_traversal(total))
    of = {part.of.name for part in parts if isinstance(part, Partial) and part.of.is_Symbol}
    return len(of) == 1 or any(isinstance(part, Called) and any(part.orders) for part in parts)


def _differentiated_by(left: sp.Expr) -> frozenset[str]:
    """The names by which a derivative is one; none where it is none."""
    if isinstance(left, Partial):
        return frozenset((left.by.name,))
    if isinstance(left, Called) and any(left.orders):
        return names_in(sp.Add(*left.arguments))
    return frozenset()


def _is_another(new: Definition, earlier: Sequence[Definition]) -> bool:
    """Whether a function is defined for other letters than before: f(u) = sin(u) beside f(x) = sin(3 x^2)."""
    return new.variables is not None and all(
        definition.variables is not None and definition.variables != new.variables for definition in earlier
    )


class _Places(Struct, frozen=True, dict=True):
    """Where the names of a document stand, as it writes them."""

    claims: Sequence[Stated]

    @cached_property
    def mentions(self) -> Mapping[str, set[int]]:
        """The statements in which each name stands."""
        found: dict[str, set[int]] = {}
        for one in self.claims:
            for name in one.names:
                found.setdefault(name, set()).add(one.claim.statement)
        return found

    @cached_property
    def sections(self) -> Mapping[int, int]:
        """The first statement under each heading."""
        found: dict[int, int] = {}
        for one in self.claims:
            found.setdefault(one.claim.section, one.claim.statement)
        return found

    def resting_on(self, name: str) -> frozenset[str]:
        """The names that a line says are something with a name in it."""
        plain = (e for one in self.claims for e in one.plainest)
        return frozenset(e.left.name for e in plain if e.left.is_Symbol and name in names_in(e.right))

    def in_laws_before(self, number: int) -> frozenset[str]:
        """The names in equations before a claim that nothing solves: x^2 + y^2 = 25."""
        plain = (e for one in self.claims[:number] for e in one.plainest if one.begins)
        laws = (e for e in plain if not any(side.is_Symbol or side.has(Partial, Called) for side in e.sides))
        return frozenset(name for e in laws for name in names_in(e.left) | names_in(e.right))

    @cached_property
    def _variables(self) -> Mapping[str, set[sp.Expr]]:
        """What is differentiated by each name."""
        found: dict[str, set[sp.Expr]] = {}
        for partial in (partial for one in self.claims for e in one.plainest for partial in e.partials):
            found.setdefault(partial.by.name, set()).add(partial.of)
        return found

    def inverse(self, name: str) -> frozenset[sp.Expr]:
        """What is differentiated by a name, and no line says what it is: the y of sin y = x, where dy/dx stands."""
        return frozenset(of for of in self._variables.get(name, ()) if of.is_Symbol and of.name not in self.told)

    @cached_property
    def told(self) -> frozenset[str]:
        """The names of which a claim says what they are, otherwise than by themselves."""
        return frozenset(self.made_of)

    @cached_property
    def applied(self) -> Mapping[str, Sequence[tuple[sp.Expr, ...]]]:
        """What functions are applied to, or their slopes: y'(2) and y'(x), of y = x^3."""
        found: dict[str, list[tuple[sp.Expr, ...]]] = {}
        sides = (side for one in self.claims for e in one.plainest for side in e.sides)
        for call in (call for side in sides for call in sorted(calls_in(side), key=str)):
            found.setdefault(call.name, []).append(call.arguments)
        return found

    @cached_property
    def made_of(self) -> Mapping[str, frozenset[str]]:
        """The names of which a claim says what they are, each with those that its first one has."""
        found: dict[str, frozenset[str]] = {}
        for left, right in (e.sides for one in self.claims for e in one.plainest):
            if left.is_Symbol and left not in right.free_symbols:
                found.setdefault(left.name, names_in(right))
        return found

    def variables(self, name: str, body: sp.Expr) -> tuple[str, ...] | None:
        """The variables of a quantity that is applied elsewhere: those of y'(x), the only one that y'(2) rests on."""
        for arguments in self.applied.get(name, ()):
            if all(argument.is_Symbol for argument in arguments) and {*arguments} & body.free_symbols:
                return tuple(argument.name for argument in arguments)
        if not any(all(a.is_number for a in arguments) for arguments in self.applied.get(name, ())):
            return None
        below = reached(names_in(body), lambda of: self.made_of.get(of, ()))
        only = tuple(of for of in below if of not in self.made_of) or tuple(names_in(body))
        return only if len(only) == 1 else None

    @cached_property
    def problems(self) -> Mapping[int, int]:
        """The first statement of each problem."""
        found: dict[int, int] = {}
        for one in self.claims:
            found.setdefault(one.problem, one.claim.statement)
        return found

    @cached_property
    def lefts(self) -> frozenset[str]:
        """The names that stand alone on the left of a claim."""
        return frozenset(e.left.name for one in self.claims for e in one.plainest if e.left.is_Symbol)

    @cached_property
    def begun(self) -> frozenset[str]:
        """The names that a chain begins with."""
        first = (e for one in self.claims if one.begins for e in one.plainest)
        return frozenset(e.left.name for e in first if e.left.is_Symbol)

    @cached_property
    def heads(self) -> frozenset[str]:
        """The functions that a chain begins with: f(x) = …"""
        return frozenset(one.head[0] for one in self.claims if one.head is not None)

    @cached_property
    def vanishing(self) -> Mapping[int, frozenset[str]]:
        """The statements that set a derivative or a sum equal to 0, each with the names that it is by or of."""
        found: dict[int, frozenset[str]] = {}
        chained: dict[int, frozenset[str]] = {}
        for one in self.claims:
            statement = one.claim.statement
            for equation in one.plainest:
                if one.begins and (names := _differentiated_by(equation.left)):
                    chained[statement] = names
                if equation.right == 0 and statement in chained:
                    found[statement] = chained[statement]
                elif equation.left == 0 or (one.begins and equation.right == 0):
                    total = equation.right if equation.left == 0 else equation.left
                    is_to_be_solved = total.is_Add and not _is_differential(total)
                    found[statement] = names_in(total) if is_to_be_solved else frozenset()
        return found

    @cached_property
    def _sums(self) -> Mapping[int, frozenset[str]]:
        """The names of the sum that each statement sets equal to 0 behind what it is."""
        plain = ((one, e) for one in self.claims for e in one.plainest if not one.begins)
        return {one.claim.statement: names_in(e.left) for one, e in plain if e.right == 0 and e.left.is_Add}

    @cached_property
    def solutions(self) -> frozenset[int]:
        """The claims that solve an equation close before them, w = y/x behind dE/dw = 0, or lead there, w*x = y: they
        define nothing.
        """
        return frozenset(one.number for one in self.claims if self.vanishing and self._is_solution(one))

    def _is_solution(self, one: Stated) -> bool:
        statement = one.claim.statement
        far = (names for at, names in self.vanishing.items() if statement - FAR <= at < statement)
        before = frozenset().union(*far)
        for left, right in (e.sides for e in one.plainest if one.begins):
            if left.name in before if left.is_Symbol else right.is_Symbol and before & names_in(left):
                return True
        near = [self.vanishing[at] for at in range(statement - NEAR, statement) if at in self.vanishing]
        lefts = [e.left for e in one.plainest]
        if one.begins and any(left.is_Symbol and left.name in self._sums.get(statement - 1, ()) for left in lefts):
            return True  # λ = y behind ∂L/∂x = y - λ = 0
        return any(left.name in names if left.is_Symbol else names & names_in(left) for names in near for left in lefts)

    @cached_property
    def formed(self) -> frozenset[str]:
        """The names that a formula defines, or that are differentiated."""
        plain = [e for one in self.claims for e in one.plainest]
        formed = {e.left.name for e in plain if e.left.is_Symbol and e.right.free_symbols and not e.right.is_Symbol}
        return self.heads | formed | {p.of.name for e in plain for p in e.partials if p.of.is_Symbol}

    @cached_property
    def at_once(self) -> frozenset[int]:
        """The claims of chains of names that no formula defines and a number, a = b = 0.1: each gets that number."""
        found: set[int] = set()
        chain: list[int] = []
        for one in self.claims:
            chain = [] if one.begins else chain
            for left, right in (e.sides for e in one.plainest if len(chain) == one.claim.step):
                if left.is_Symbol and left.name not in self.formed:
                    chain.append(one.number)
                    found.update(chain if right.is_number and not one.begins else ())
        return frozenset(found)

    def introduces(self, one: Stated, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether a claim further on in a chain defines a name: one on its right that no other statement has, or one on
        its left that no chain begins with.
        """
        if right.is_Symbol and self.mentions.get(right.name) == {one.claim.statement}:
            return True
        return bool(left.is_Symbol) and left.name not in self.begun

    def is_named_within(self, one: Stated, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether a call introduces its argument's name, z in a = σ(w x + b) = σ(z)."""
        if one.begins or left.func != right.func or len(left.args) != 1 or isinstance(left, Called):
            return False
        (inner,), (name,) = left.args, right.args
        is_first = name.is_Symbol and min(self.mentions.get(name.name, {-1})) == one.claim.statement
        return bool(is_first and not inner.is_Symbol and name not in inner.free_symbols)

    def is_head_behind(self, left: sp.Expr, right: sp.Expr, is_anew: bool) -> bool:
        """Whether a function stands beside what it is, log(1 + e^x) = f(x), or y = f(x) = x^2."""
        if not isinstance(right, Called) or left.is_Symbol or left.has(Called, Partial):
            return False
        if right.name in self.heads and not is_anew:
            return False
        return not any(right.orders) and all(argument.is_Symbol for argument in right.arguments)
