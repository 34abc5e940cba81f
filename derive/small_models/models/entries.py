"""The entries of a model as a network of plain names: definitions, and derivatives as interventions."""

from collections.abc import Iterable, Iterator
from itertools import product as every

import sympy as sp

from derive.formulas.elaboration import Names, elaborated
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import is_known
from derive.names import symbol
from derive.ordering import product
from derive.ordering import total as summed
from derive.reach import reached
from derive.small_models.errors import OutOfRangeError, UnclearError, UntoldError
from derive.small_models.models.model import Entry, Model
from derive.small_models.models.ranges import CLAIM
from derive.small_models.models.tensors import number
from derive.written import UNTOLD, Called, Partial

MOST_OPERATIONS = 4_000


class Entries:
    """What each entry of a model is; worked out when it is asked for, and remembered."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._definitions: dict[str, sp.Expr | None] = {}
        self._open: set[str] = set()
        self._totals: dict[tuple[str, str], sp.Expr] = {}
        self._slopes: dict[tuple[str, str], sp.Expr] = {}
        self._last: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, frozenset[str]] = {}
        self._plain: dict[str, tuple[sp.Expr, tuple[str, ...], int]] = {}
        """What entries are, generic functions as names, with the names within and the size."""
        functions = model.world.functions
        self._names = Names({name: functions[name].variables for name in functions if is_known(name)})
        """The name of an entry stands for itself; σ is the document's own where it defines one."""

    def expression(self, node: Node) -> sp.Expr:
        """A tree of entries as an expression, its derivatives worked out."""
        return self._worked(elaborated(node, self._names))

    def definition(self, name: str) -> sp.Expr | None:
        """What an entry is; None where nothing defines it."""
        if name not in self._definitions:
            if name in self._open:
                raise UnclearError(f"{name} rests on itself")
            self._open.add(name)
            try:
                node = self.model.definition(name)
                self._definitions[name] = None if node is None else self.expression(node)
            finally:
                self._open.discard(name)
        return self._definitions[name]

    def _parents(self, name: str) -> tuple[str, ...]:
        """The names on which a name rests directly."""
        body = self.definition(name)
        if body is None:
            return self._opaque(name)
        return tuple(s.name for s in _symbols(body))

    def _rests(self, name: str) -> frozenset[str]:
        """All names on which a name rests, itself among them."""
        if name not in self._below:
            self._below[name] = frozenset(reached([name], self._parents))
        return self._below[name]

    def _opaque(self, name: str) -> tuple[str, ...]:
        """On which entries a loss rests that nothing defines: the last ones by which the document differentiates it."""
        entry = self.model.entries.get(name)
        bases = self.model.world.opaque.get(entry.base if entry else name, ())
        if not bases:
            return ()
        if name not in self._last:
            self._last[name] = ()
            candidates = [name for base in bases for name in self._all(base)]
            self._last[name] = tuple(
                c for c in candidates if not any(o != c and c in self._rests(o) for o in candidates)
            )
        return self._last[name]

    def _all(self, base: str) -> Iterator[str]:
        """The names of all entries of a base; with nothing at step 0 a loss is worked out."""
        model, sorts = self.model, self.model.world.sorts
        above = [[value for value in model.ranges.all(sort) if value] for sort in sorts.above(base)]
        below = [model.ranges.of(sort) for sort in sorts.below(base)]
        for values in every(*above):
            whole = (model.entry(Entry(base, values, at)) for at in every(*below))
            yield from (cell.value for cell in (whole if below else model.plain(base, values).cells))

    # derivatives

    def _worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives worked out, sums and products in their order."""
        if isinstance(expression, Partial):
            if expression.by == UNTOLD:
                raise UnclearError("a prime could be by anything")
            return self._derived(self._worked(expression.of), expression.by.name)
        if isinstance(expression, Called) and expression.name in self.model.world.functions:
            return self._applied(expression)
        if not expression.has(Partial, Called) or not expression.args:
            return expression
        if isinstance(expression, Called):
            made: sp.Expr = Called(expression.name, expression.orders, *map(self._worked, expression.arguments))
            return made
        return expression.func(*(self._worked(part) for part in expression.args), evaluate=False)

    def _derived(self, of: sp.Expr, by: str) -> sp.Expr:
        """A written derivative; one that is zero only because nothing tells how the two are linked has no value."""
        below = self._all_below(of)
        if by not in below and below:
            array = self._array(by)
            if not any(self._array(name) == array for name in below):
                if self._is_left_out(array[0], below):
                    raise OutOfRangeError(array[0])
                shown = self._base(of.name).rstrip("()·^") if of.is_Symbol else _shown(of)
                raise UntoldError(shown, array[0].rstrip("^"))
        return self._total_derivative(of, by)

    def _is_left_out(self, base: str, below: Iterable[str]) -> bool:
        """Whether names rest on an array by what defines them, of which these sizes leave nothing: ∑_{j ≠ k} of one."""
        world, sizes = self.model.world, self.model.ranges.sizes
        if 1 not in sizes.values() or world.sorts.counted.intersection(world.sorts.above(base)):
            return False
        return world.rests_on((Node("name", (), self._base(name)) for name in below), {base})

    def _all_below(self, expression: sp.Expr) -> frozenset[str]:
        """All names on which an expression rests."""
        return frozenset().union(*(self._rests(s.name) for s in _symbols(expression)))

    def _base(self, name: str) -> str:
        entry = self.model.entries.get(name)
        return entry.base if entry else name

    def _array(self, name: str) -> tuple[str, tuple[int, ...]]:
        """The array of which a name is an entry: its base and its layer."""
        entry = self.model.entries.get(name)
        return (entry.base, entry.above) if entry else (name, ())

    def _applied(self, call: Called) -> sp.Expr:
        """A function that the document defines, or a derivative of it, at arguments."""
        own = self.model.world.functions[call.name]
        if len(own.variables) != len(call.arguments) or call.name in self._open:
            raise UnclearError(f"{call.text} cannot be worked out")
        plain = {variable: Node("name", (), f"{variable}·") for variable in own.variables}
        at = {variable: number(name) for variable, name in plain.items()}
        self._open.add(call.name)
        try:
            made = self.expression(self.model.number(own.body, {CLAIM: own.claim, **at}))
        finally:
            self._open.discard(call.name)
        for name, order in zip(plain.values(), call.orders, strict=True):
            for _ in range(order):
                made = made.doit().diff(symbol(name.value))
        arguments = map(self._worked, call.arguments)
        return made.xreplace({symbol(n.value): a for n, a in zip(plain.values(), arguments, strict=True)})

    def _total_derivative(self, of: sp.Expr, by: str) -> sp.Expr:
        """The total derivative by an entry, whatever defines that entry held."""
        if of.is_Symbol:
            return self._total(of.name, by)
        linked = [(s, inner) for s in _symbols(of) if (inner := self._total(s.name, by)) != 0]
        plain = of.doit() if linked else of
        slopes = ((plain.diff(s), inner) for s, inner in linked)
        return summed(tuple(product(pair) for pair in slopes if pair[0] != 0))

    def _total(self, of: str, by: str) -> sp.Expr:
        """The total derivative of an entry: the slopes along all paths."""
        if of == by:
            return sp.Integer(1)
        if (of, by) not in self._totals:
            terms = []
            for parent in self._parents(of) if by in self._rests(of) else ():
                inner = self._total(parent, by)
                if inner != 0:
                    terms.append(product((self._slope(of, parent), inner)))
            self._totals[of, by] = summed(tuple(terms))
        return self._totals[of, by]

    def _slope(self, of: str, by: str) -> sp.Expr:
        """The derivative of an entry's own definition; of a loss that nothing defines, a name."""
        if (of, by) not in self._slopes:
            body = self.definition(of)
            self._slopes[of, by] = symbol(f"∂{of}/∂{by}") if body is None else body.doit().diff(symbol(by))
        return self._slopes[of, by]

    # decisions

    def closure(self, sides: Iterable[sp.Expr], kept: frozenset[str] = frozenset()) -> dict[str, sp.Expr]:
        """The definitions on which expressions rest, each after those that it uses, with generic functions as names;
        entries of the bases in `kept` have none."""
        found: dict[str, sp.Expr] = {}
        operations = 0

        def visit(name: str) -> None:
            nonlocal operations
            if name in found or self._base(name) in kept or (body := self.definition(name)) is None:
                return
            if name not in self._plain:
                plain = with_calls_named(body)
                self._plain[name] = plain, self._parents(name), _size(plain)
            plain, parents, size = self._plain[name]
            for parent in parents:
                visit(parent)
            found[name] = plain
            operations += size
            if operations > MOST_OPERATIONS:
                raise UnclearError("too many entries to compare")

        for side in sides:
            for s in _symbols(side):
                visit(s.name)
        return found

    def leaves(self, side: sp.Expr) -> frozenset[str]:
        """The bases without a definition on which an expression rests; a slope of an unknown loss by its two ends."""
        found: set[str] = set()
        for name in self._all_below(side):
            if name.startswith("∂"):
                of, _, by = name.partition("/∂")
                found.add(f"{of}/∂{self._base(by)}")
            elif self.definition(name) is None and not self._opaque(name):
                found.add(self._base(name))
        return frozenset(found)

    def functions(self, side: sp.Expr) -> frozenset[str]:
        """The functions that nothing defines, of which an expression has values or slopes."""
        bodies = (self.definition(name) for name in self._all_below(side))
        parts = (side, *(body for body in bodies if body is not None))
        return frozenset(call.name for part in parts for call in part.atoms(Called))


def with_calls_named(expression: sp.Expr) -> sp.Expr:
    """Functions that nothing defines, at their arguments, as names."""
    calls = expression.atoms(Called)
    inner = frozenset().union(*(argument.atoms(Called) for call in calls for argument in call.arguments))
    return expression.xreplace({call: symbol(call.text) for call in calls - inner}) if calls else expression


def _shown(expression: sp.Expr) -> str:
    text = str(expression)
    return text if len(text) < 30 else "this"


def _symbols(expression: sp.Expr) -> tuple[sp.Symbol, ...]:
    return tuple(sorted(expression.free_symbols, key=lambda s: str(s.name)))


def _size(expression: sp.Expr) -> int:
    return sum(1 for _ in sp.preorder_traversal(expression))
