"""What the names of a document mean, under hypotheses; an interpretation exists only if its network can be made."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.checking.graph import CircleError, Function, Graph
from derive.claim import UNTOLD, Called, Partial
from derive.errors import DeriveError
from derive.formulas.claims import Claim, Document
from derive.formulas.elaboration import BeyondScalarsError, Names, elaborated
from derive.formulas.phrases import LOSS
from derive.formulas.vocabulary import is_known
from derive.names import symbol

GUESSED_RANK = 2
"""The rank of a hypothesis about the loss that nothing but the shape of the document tells."""
_MOST_PAIRS = 9
_NEAR = 6
"""So many statements behind it a case still holds."""


CHANGES: Mapping[str, Callable[[sp.Expr, sp.Expr], sp.Expr]] = MappingProxyType({
    "+=": lambda old, by: sp.Add(old, by, evaluate=False),
    "*=": lambda old, by: sp.Mul(old, by, evaluate=False),
    "/=": lambda old, by: sp.Mul(old, sp.Pow(by, -1, evaluate=False), evaluate=False),
})  # fmt: skip
"""What a program's assignments make of a name's value; -= is the step of an update."""


class Equation(Struct, frozen=True):
    """One way to read a claim: both sides as expressions, and what was assumed to read them so."""

    left: sp.Expr
    right: sp.Expr
    assumed: tuple[str, ...] = ()


class Stated(Struct, frozen=True, dict=True):
    """A claim with its equations, the plainest first; `fault` tells why it has none, `beyond` that it is no scalar."""

    number: int
    claim: Claim
    equations: tuple[Equation, ...]
    fault: str = ""
    beyond: bool = False

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name in it, however it is read."""
        sides = (side for equation in self.equations for side in (equation.left, equation.right))
        return frozenset(name for side in sides for name in names_in(side))

    @property
    def is_program(self) -> bool:
        """Whether it is an assignment of a program, which can give a name a new value."""
        return self.claim.program


class Definition(Struct, frozen=True):
    """What defines a name from a statement on: the claim's number, -1 for what is lent, and the expression."""

    name: str
    expression: sp.Expr
    claim: int
    statement: int
    variables: tuple[str, ...] | None = None


class Hypothesis(Struct, frozen=True):
    """One departure from what is written: its kind and subject, and what it puts in place.

    `names` are the names whose meaning it changes; `told` says it in the report.
    """

    kind: str
    subject: str
    told: str
    rank: int
    names: frozenset[str]
    claim: int = -1
    other: str = ""
    expression: sp.Expr | None = None
    lent: tuple[tuple[str, sp.Expr], ...] = ()


def names_in(expression: sp.Expr) -> frozenset[str]:
    """The names of an expression, those of called functions among them."""
    found = {s.name for s in expression.free_symbols}
    found.update(call.name for call in expression.atoms(Called))
    return frozenset(found - {UNTOLD.name})


def stated(document: Document) -> tuple[Stated, ...]:
    """The claims of a document with their equations."""
    names = names_of(document)
    found = []
    for number, claim in enumerate(document.claims):
        found.append(_stated(number, claim, names))
    return tuple(found)


def names_of(document: Document) -> Names:
    """What elaboration must know of a document's words."""
    hidden = {c.left.text.strip() for c in document.claims if c.left.text.strip() in ("e", "π", "pi")}
    heads = frozenset(head for claim in document.claims if (head := _head(claim)) is not None)
    defined = {name for name, _ in heads}
    generic: dict[str, tuple[str, ...]] = {}
    for claim in document.claims:
        for member in (claim.left, claim.right):
            for reading in member.readings[:1]:
                for node in reading.tree.walk():
                    if (
                        node.kind == "call"
                        and node.value in document.vocabulary.functions
                        and node.value not in defined | document.vocabulary.bare_defined
                    ) and node.parts and all(part.kind == "name" for part in node.parts):
                        generic.setdefault(node.value, tuple(part.value for part in node.parts))
    return Names(
        document.vocabulary.functions,
        frozenset(hidden),
        heads,
        MappingProxyType(generic),
        document.vocabulary.bare_defined - defined,
    )


def _stated(number: int, claim: Claim, names: Names) -> Stated:
    fault = claim.left.fault or claim.right.fault
    if fault:
        return Stated(number, claim, (), fault)
    equations: list[Equation] = []
    told, beyond = "", False
    for left in claim.left.readings:
        for right in claim.right.readings:
            if len(equations) >= _MOST_PAIRS:
                break
            try:
                equations.append(
                    Equation(
                        elaborated(left.tree, names), elaborated(right.tree, names), (*left.assumed, *right.assumed)
                    )
                )
            except BeyondScalarsError as error:
                told, beyond = told or error.found, True
            except DeriveError as error:
                told = told or str(error)
            except (ZeroDivisionError, RecursionError, ValueError, OverflowError):
                told = told or "too deep, or without a value"
    equations.sort(key=lambda equation: len(equation.assumed))
    return Stated(number, claim, tuple(equations), "" if equations else told, beyond and not equations)


class Interpretation:
    """What the names mean: definitions by statement, names that are the same, names that are derivatives.

    Made once from the document and the adopted hypotheses, and not changed after.
    """

    def __init__(self, claims: Sequence[Stated], adopted: frozenset[Hypothesis]) -> None:
        self.claims = claims
        self.adopted = adopted
        kinds: dict[str, list[Hypothesis]] = {}
        for hypothesis in sorted(adopted, key=lambda h: (h.kind, h.subject, h.claim)):
            kinds.setdefault(hypothesis.kind, []).append(hypothesis)
        self.same = MappingProxyType({h.subject: h.other for h in kinds.get("same", ())})
        self.is_loss_guessed = any(h.subject == LOSS and h.rank == GUESSED_RANK for h in kinds.get("same", ()))
        self.slopes = MappingProxyType({h.subject: h.expression for h in kinds.get("slope", ())})
        self._read_as = {h.claim: h.other for h in kinds.get("reading", ())}
        self._replaced = {h.claim: h.expression for h in kinds.get("slip", ())}
        self._anew = {h.claim for h in kinds.get("anew", ())}
        self._instead = {h.claim for h in kinds.get("instead", ())}
        self._constant = {h.subject for h in kinds.get("constant", ())}
        self._not = {h.claim for h in kinds.get("no-definition", ())}
        self.primed = frozenset(self._primed_names())
        self.definers: dict[int, str] = {}
        self.slope_tellers: set[int] = set()
        """The claims that tell the derivative of a function of which nothing else is said."""
        self.versions: dict[str, list[Definition]] = {}
        for h in kinds.get("lent", ()):
            for name, expression in h.lent:
                self.versions[name] = [Definition(name, self.put(expression), -1, 0)]
        self._define()
        self.opaque = self._opaque()
        self._boundaries = sorted({d.statement for found in self.versions.values() for d in found[1:]})
        self._graphs: dict[int, Graph] = {}

    # how names are put

    def put(self, expression: sp.Expr) -> sp.Expr:
        """An expression in the interpretation's names: the same as another, a derivative's name, a primed one."""
        table: dict[sp.Basic, sp.Expr] = {}
        for s in expression.free_symbols:
            name = self.same.get(s.name, s.name)
            slope = self.slopes.get(name)
            if slope is not None:
                table[s] = slope
            elif name != s.name:
                table[s] = symbol(name)
        made = _exchanged(expression, table) if table else expression
        return self._without_primes(made) if made.has(UNTOLD) else made

    def _without_primes(self, expression: sp.Expr) -> sp.Expr:
        if (
            isinstance(expression, Partial)
            and expression.by == UNTOLD
            and expression.of.is_Symbol
            and expression.of.name in self.primed
        ):
            return symbol(f"{expression.of.name}′")
        if not expression.args or not expression.has(UNTOLD):
            return expression
        made: sp.Expr = expression.func(*(self._without_primes(part) for part in expression.args), evaluate=False)
        return made

    def equations(self, number: int) -> tuple[Equation, ...]:
        """The equations of a claim in the interpretation's names; the chosen reading alone where one was chosen."""
        found = self.claims[number].equations
        if number in self._read_as:
            found = found[int(self._read_as[number]) :][:1]
        return tuple(Equation(self.put(e.left), self.put(e.right), e.assumed) for e in found)

    def _primed_names(self) -> Iterator[str]:
        """Names u whose u' is a name of its own: it is defined, and not as the derivative of a defined u of one
        variable.
        """
        defined = {
            e.left.name for one in self.claims for e in one.equations[:1] if e.left.is_Symbol and not e.right.is_number
        }
        for one in self.claims:
            for equation in one.equations:
                for side in (equation.left, equation.right):
                    for partial in side.atoms(Partial):
                        if partial.by == UNTOLD and partial.of.is_Symbol and partial.of.name not in defined:
                            yield partial.of.name

    # definitions

    def _define(self) -> None:
        for one in self.claims:
            definition = self._definition_of(one)
            if definition is None:
                continue
            name = definition.name
            found = self.versions.setdefault(name, [])
            if found and found[0].claim >= 0 and one.number in self._instead:
                for earlier in found:
                    self.definers.pop(earlier.claim, None)
                found.clear()
            if found and found[0].claim < 0 and one.claim.step == 0:  # further on in a chain it is no definition
                found.clear()
            changes = one.claim.relation in CHANGES
            if found and not (one.number in self._anew or one.is_program or changes or _is_another(definition, found)):
                continue
            if (one.is_program or changes) and found:
                previous = found[-1].expression
                definition = Definition(
                    name, _exchanged(definition.expression, {symbol(name): previous}), one.number, definition.statement
                )
            elif (
                name in names_in(definition.expression)
                and definition.variables is None
                and definition.expression != symbol(name)
            ):
                if not found:
                    del self.versions[name]
                continue
            if definition.expression != symbol(name) and self._rests(definition):
                if not found:
                    del self.versions[name]
                continue
            found.append(definition)
            self.definers[one.number] = name
        self.versions = {name: found for name, found in self.versions.items() if found}

    def _definition_of(self, one: Stated) -> Definition | None:
        """What a claim would define: a name on its left, a function's head, or the only name on its right."""
        if one.number in self._not or not one.equations or one.claim.relation in ("-=", "→"):
            return None
        equation = self.equations(one.number)[0]
        head = _head(one.claim)
        if head is not None:
            name, variables = head
            earlier = self.versions.get(name)
            if equation.right.is_number and earlier and earlier[0].variables not in (None, variables):
                return None  # f(x_1) = 8 is a value of the f(x) before
            return Definition(
                name, self._replaced.get(one.number, equation.right), one.number, one.claim.statement, variables
            )
        left, right = equation.left, equation.right
        if self._is_head_behind(left, right):
            variables = tuple(a.name for a in right.arguments)
            return Definition(right.name, left, one.number, one.claim.statement, variables)
        if (
            one.claim.step > 0
            and not one.is_program
            and not (right.is_Symbol and self._mentions.get(right.name) == {one.claim.statement})
            and not (left.is_Symbol and left.name not in self._begun)
        ):
            return None
        if one.claim.relation in CHANGES:
            if not left.is_Symbol or left.name not in self.versions:
                return None
            right = CHANGES[one.claim.relation](left, right)
        if not left.is_Symbol and right.is_Symbol and not isinstance(left, (Partial, Called)) and not left.is_number:
            left, right = right, left
            if left.name in self._lefts:
                return None
        valued = one.is_program and left.is_Symbol and left.name in self.versions
        if left.is_Symbol and right.is_number and (one.number in self._anew or valued):
            return Definition(left.name, left, one.number, one.claim.statement)  # given a value anew: a leaf
        if not left.is_Symbol or left.name.endswith("⁺") or (right.is_number and not one.is_program):
            return None
        if self._is_rounded(one, right):
            return None
        return Definition(left.name, self._replaced.get(one.number, right), one.number, one.claim.statement)

    def _is_head_behind(self, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether a function stands behind what it is, log(1 + e^x) = f(x)."""
        if not isinstance(right, Called) or left.is_Symbol or left.has(Called, Partial) or right.name in self._heads:
            return False
        return not any(right.orders) and all(argument.is_Symbol for argument in right.arguments)

    @cached_property
    def unread(self) -> frozenset[str]:
        """The names whose definition nobody could read: what they are is not known."""
        found = set()
        for one in self.claims:
            if not one.equations and not one.claim.words and one.claim.left.readings and one.claim.step == 0:
                tree = one.claim.left.readings[0].tree
                if tree.kind in ("name", "call"):
                    found.add(self.same.get(tree.value, tree.value))
        named = {
            name
            for one in self.claims
            for name in one.names
            if (name[0] == "δ" and len(name) > 1) or name.startswith("delta")
        }
        return (frozenset(found) | named) - self.versions.keys()

    @cached_property
    def _mentions(self) -> Mapping[str, set[int]]:
        """The statements in which each name stands."""
        found: dict[str, set[int]] = {}
        for one in self.claims:
            for name in one.names:
                found.setdefault(name, set()).add(one.claim.statement)
        return found

    @cached_property
    def _lefts(self) -> frozenset[str]:
        """The names that stand alone on the left of a claim."""
        return frozenset(e.left.name for one in self.claims for e in one.equations[:1] if e.left.is_Symbol)

    @cached_property
    def _begun(self) -> frozenset[str]:
        """The names that a chain begins with."""
        return frozenset(
            e.left.name for one in self.claims for e in one.equations[:1] if e.left.is_Symbol and one.claim.step == 0
        )

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The functions that a chain begins with: f(x) = …"""
        return frozenset(head[0] for one in self.claims if (head := _head(one.claim)) is not None)

    def _is_rounded(self, one: Stated, right: sp.Expr) -> bool:
        return not right.free_symbols and not right.has(Partial, Called)

    def _rests(self, new: Definition) -> bool:
        """Whether a definition would make a circle: its name is met again below it."""
        waiting = list(names_in(new.expression) - set(new.variables or ()))
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name == new.name:
                return True
            if name in seen:
                continue
            seen.add(name)
            for definition in self.versions.get(name, ()):
                waiting.extend(names_in(definition.expression) - set(definition.variables or ()))
        return False

    def _opaque(self) -> Mapping[str, tuple[str, ...]]:
        """Names that are differentiated and never defined: on what they rest, as far as the derivatives tell.

        ∂L/∂a and ∂L/∂w with a resting on w: L rests on a, and on w through it.
        """
        pairs: dict[str, list[str]] = {}
        for one in self.claims:
            for equation in self.equations(one.number)[:1]:
                for side in (equation.left, equation.right):
                    for partial in side.atoms(Partial):
                        if partial.by == UNTOLD:
                            continue
                        for s in partial.of.free_symbols:
                            name = s.name
                            if (
                                name != partial.by.name
                                and name not in self.versions
                                and name not in self._constant
                                and (partial.of.is_Symbol or name in pairs)
                            ):
                                pairs.setdefault(name, []).append(partial.by.name)
        found: dict[str, tuple[str, ...]] = {}
        below = {name: set(names_in(ds[0].expression)) for name, ds in self.versions.items()}
        for name, bys in pairs.items():
            below.setdefault(name, set()).update(bys)

        def reaches(start: str, end: str, but: str) -> bool:
            waiting, seen = [start], {but}
            while waiting:
                here = waiting.pop()
                if here == end:
                    return True
                if here not in seen:
                    seen.add(here)
                    waiting.extend(below.get(here, ()))
            return False

        for name, bys in pairs.items():
            unique = [by for by in dict.fromkeys(bys) if not reaches(by, name, "")]
            found[name] = tuple(
                by for by in unique if not any(other != by and reaches(other, by, name) for other in unique)
            )
        return MappingProxyType(found)

    # graphs

    def graph(self, number: int) -> Graph:
        """The graph that holds at a claim: each name by its last definition up to there, else by its first."""
        statement = self.claims[number].claim.statement
        epoch = max((b for b in self._boundaries if b <= statement), default=0)
        if epoch not in self._graphs:
            definitions: dict[str, sp.Expr] = {}
            functions: dict[str, tuple[Function, ...]] = {}
            for name, found in self.versions.items():
                valid = [d for d in found if d.statement <= epoch] or found[:1]
                if valid[-1].expression == symbol(name):
                    continue
                definitions[name] = valid[-1].expression
                heads = tuple((d.variables, d.expression) for d in valid if d.variables is not None)
                if heads:
                    functions[name] = heads
            told = self._told_slopes
            bare = Graph(definitions, functions, self.opaque, told)
            self._graphs[epoch] = Graph(definitions, functions, self.opaque, told, self._slopes_on(bare))
        return self._graphs[epoch]

    @cached_property
    def _told_slopes(self) -> Mapping[tuple[str, str], sp.Expr]:
        """What the first lines that tell it say of the derivatives of a quantity of which nothing else is said."""
        found: dict[tuple[str, str], sp.Expr] = {}
        for one in self.claims:
            for equation in self.equations(one.number)[:1]:
                left, right = equation.left, equation.right
                if one.claim.step or not isinstance(left, Partial) or not left.of.is_Symbol:
                    continue
                if right.has(Partial, Called):
                    continue
                key = left.of.name, left.by.name
                if key not in found and key[1] in self.opaque.get(key[0], ()) and left.of not in right.free_symbols:
                    found[key] = right
                    self.slope_tellers.add(one.number)
        return MappingProxyType(found)

    def _slopes_on(self, graph: Graph) -> Mapping[str, sp.Expr]:
        """What the first lines that tell it say of the derivatives of functions of which nothing else is said."""
        found: dict[str, sp.Expr] = {}
        if not self._unknown_functions - graph.functions.keys():
            return MappingProxyType(found)
        for one in self.claims:
            for equation in self.equations(one.number)[:1]:
                if not isinstance(equation.left, (Partial, Called)):
                    continue
                try:
                    told = graph.slope_of_unknown(equation.left, equation.right)
                except (DeriveError, RecursionError):
                    continue
                if told is not None and told[0] not in found:
                    found[told[0]] = told[1]
                    self.slope_tellers.add(one.number)
        return MappingProxyType(found)

    @cached_property
    def _unknown_functions(self) -> frozenset[str]:
        """The functions that no line defines."""
        sides = (side for one in self.claims for e in one.equations[:1] for side in (e.left, e.right))
        called = {call.name for side in sides for call in side.atoms(Called)}
        return frozenset(called - self.versions.keys())

    def cases(self, number: int) -> Mapping[str, sp.Rational]:
        """The values that hold at a claim because the words before them make a case: since y = 1."""
        found: dict[str, sp.Rational] = {}
        statement = self.claims[number].claim.statement
        for one in self.claims:
            near = statement - _NEAR <= one.claim.statement <= statement
            if (
                near
                and one.equations
                and one.claim.before
                and one.equations[0].left.is_Symbol
                and one.equations[0].right.is_Rational
            ):
                found[one.equations[0].left.name] = one.equations[0].right
        return found

    def before(self, number: int) -> Graph:
        """The graph that held until a claim's statement."""
        earlier = [one.number for one in self.claims if one.claim.statement < self.claims[number].claim.statement]
        return self.graph(earlier[-1] if earlier else number)

    @property
    def possible(self) -> bool:
        """Whether no name rests on itself."""
        try:
            for number in {0, *(one.number for one in self.claims if one.claim.statement in self._boundaries)}:
                if self.claims:
                    graph = self.graph(number)
                    graph.closure([symbol(name) for name in graph.names])
        except CircleError:
            return False
        except DeriveError:
            return True
        return True


def _is_another(definition: Definition, found: Sequence[Definition]) -> bool:
    """Whether a function is defined for other letters than before: f(u) = sin(u) beside f(x) = sin(3 x^2)."""
    return definition.variables is not None and all(
        earlier.variables is not None and earlier.variables != definition.variables for earlier in found
    )


def _head(claim: Claim) -> tuple[str, tuple[str, ...]] | None:
    """The function that a claim defines, f(x, y) = …, with its variables."""
    tree = claim.left.readings[0].tree if claim.left.readings else None
    if tree is None or tree.kind != "call" or tree.order or not tree.parts or claim.step > 0 or is_known(tree.value):
        return None
    primes = tuple("′" * part.order if part.kind == "prime" else "" for part in tree.parts)
    bare = tuple(part.parts[0] if part.kind == "prime" else part for part in tree.parts)
    if any(part.kind != "name" for part in bare):
        return None
    return tree.value, tuple(part.value + prime for part, prime in zip(bare, primes, strict=True))


def _exchanged(expression: sp.Expr, table: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """An expression with names exchanged, in the order written."""
    if expression in table:
        return table[expression]
    if not expression.args or not (expression.free_symbols & table.keys()):
        return expression
    if isinstance(expression, Partial) and expression.by in table and not table[expression.by].is_Symbol:
        made: sp.Expr = Partial(_exchanged(expression.of, table), expression.by)
        return made
    return expression.func(*(_exchanged(part, table) for part in expression.args), evaluate=False)


def graphs_of(interpretation: Interpretation, numbers: Iterable[int]) -> Iterator[Graph]:
    """The graphs at claims."""
    for number in numbers:
        yield interpretation.graph(number)
