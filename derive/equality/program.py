"""An expression as a straight-line program: each step once, after the steps that it uses.

Nesting costs no recursion here, equal parts are one step, and a defined name is a step that can be looked at as an atom
or through its definition. Nothing is evaluated: 9**9**9 is three constants and two powers.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction

import sympy as sp
from msgspec import Struct

from derive.equality.guards import MOST_STEPS, OutOfReachError
from derive.equality.operations import operation_of


class Step(Struct, frozen=True):
    """One operation on earlier steps; `value` is a constant's Fraction or a name's text."""

    operation: str
    parts: tuple[int, ...] = ()
    value: Fraction | str | None = None


class Program:
    """Steps in an order in which each can be computed; `left` and `right` are added by `add`."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.defined: dict[str, int] = {}
        self._places: dict[Step, int] = {}

    def step(self, operation: str, *parts: int, value: Fraction | str | None = None) -> int:
        """The place of a step, which is made where it is new."""
        step = Step(operation, parts, value)
        place = self._places.get(step)
        if place is None:
            place = self._places[step] = len(self.steps)
            self.steps.append(step)
            if place > MOST_STEPS:
                raise OutOfReachError(f"more than {MOST_STEPS} operations")
        return place

    def constant(self, value: int | Fraction) -> int:
        """The place of a rational constant."""
        return self.step("constant", value=Fraction(value))

    def define(self, name: str, expression: sp.Expr) -> None:
        """Give a name its definition; names of later `add` and `define` calls refer to it."""
        self.defined[name] = self.step("node", self.add(expression), value=name)

    def add(self, expression: sp.Basic, bound: Mapping[sp.Basic, int] | None = None) -> int:
        """The place of an expression's value; `bound` gives symbols that stand for steps."""
        places: dict[int, int] = {}
        kept: list[sp.Basic] = []  # ids are only unique while their objects live
        stack: list[tuple[sp.Basic, bool]] = [(expression, False)]
        while stack:
            node, ready = stack.pop()
            if id(node) in places:
                continue
            if not ready:
                stack.append((node, True))
                stack.extend((part, False) for part in node.args if id(part) not in places)
                continue
            kept.append(node)
            if bound and node.is_Symbol and node in bound:
                places[id(node)] = bound[node]
            else:
                places[id(node)] = self._read(node, [places[id(part)] for part in node.args])
        return places[id(expression)]

    def _read(self, node: sp.Basic, parts: list[int]) -> int:
        return operation_of(node.func)(self, node, parts)

    def negative(self, place: int) -> int:
        """Minus a step."""
        return self.step("mul", self.constant(-1), place)

    def difference(self, left: int, right: int) -> int:
        """One step minus another."""
        if self.steps[right].value == 0:
            return left
        if self.steps[left].value == 0:
            return self.negative(right)
        return self.step("add", left, self.negative(right))

    def reciprocal(self, place: int) -> int:
        """One over a step."""
        return self.step("power", place, self.constant(-1))

    def visible(self, atoms: Collection[str], *roots: int) -> list[int]:
        """The places that the roots use, in order; the definitions of `atoms` are not looked at."""
        return sorted(self._reached(atoms, roots, lambda step: step.parts))

    def unconditional(self, atoms: Collection[str], *roots: int) -> frozenset[int]:
        """The places without which a root has no value: those that no case chooses."""
        return frozenset(
            self._reached(atoms, roots, lambda step: step.parts[:1] if step.operation == "case" else step.parts)
        )

    def names(self, places: Iterable[int], atoms: Collection[str]) -> list[str]:
        """The names among the places that stand for themselves, w9 before w10."""
        steps = (self.steps[place] for place in places)
        found = {str(step.value) for step in steps if step.operation == "name" or step.value in atoms}
        return sorted(found, key=_natural)

    def _reached(
        self, atoms: Collection[str], roots: Iterable[int], parts: Callable[[Step], tuple[int, ...]]
    ) -> set[int]:
        wanted = set(roots)
        for place in range(max(wanted), -1, -1):
            step = self.steps[place]
            if place in wanted and not (step.operation == "node" and step.value in atoms):
                wanted.update(parts(step))
        return wanted


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name) if part)


def names_in(expression: sp.Basic) -> set[str]:
    """The names of all symbols in an expression, however deeply nested it is."""
    found: set[str] = set()
    seen: set[int] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, sp.Symbol):
            found.add(node.name)
        stack.extend(node.args)
    return found
