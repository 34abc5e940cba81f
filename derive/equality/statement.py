"""A question as the statement of a certificate: the steps of a program in few kinds, with every test as a choice."""

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from derive.equality.program import Program

_SAME = frozenset({"add", "mul", "power", "exp", "log", "sin", "cos", "pi"})
Step = tuple[Any, ...]


class Statement:
    """The steps of two sides; `origin` tells of each which step of the program it is, or whose
    sign it chooses by; in `doubled` are absolute values, whose two parts differ by twice that."""

    def __init__(self, program: Program, left: int, right: int, atoms: Collection[str]) -> None:
        self.program, self.atoms, self.ends = program, atoms, (left, right)
        self.steps: list[Step] = []
        self.origin: dict[int, int] = {}
        self.doubled: set[int] = set()
        self._places: dict[Step, int] = {}
        self._lowered: dict[int, int] = {}
        for place in program.visible(atoms, left, right):
            self._lower(place)
        self.sides = [self._lowered[left], self._lowered[right]]
        self.names = {str(step[1]): place for place, step in enumerate(self.steps) if step[0] == "name"}

    def lowered(self, place: int) -> int:
        """The step that a step of the program is here, which is made where it is new."""
        for part in self.program.visible(self.atoms, place):
            if part not in self._lowered:
                self._lower(part)
        return self._lowered[place]

    def _add(self, *step: Any, origin: int | None = None) -> int:
        place = self._places.get(step)
        if place is None:
            place = self._places[step] = len(self.steps)
            self.steps.append(step)
        if origin is not None:
            self.origin.setdefault(place, origin)
        return place

    def _number(self, value: int | Fraction) -> int:
        return self._add("number", str(value))

    def _lower(self, place: int) -> None:
        step = self.program.steps[place]
        if step.operation in _TESTS or step.operation == "branch":
            return
        self._lowered[place] = self._value(place)

    def _value(self, place: int) -> int:
        step = self.program.steps[place]
        if step.operation == "name" or (step.operation == "node" and step.value in self.atoms):
            return self._add("name", str(step.value), origin=place)
        if step.operation == "constant":
            return self._add("number", str(step.value), origin=place)
        if step.operation == "node":
            return self._lowered[step.parts[0]]
        if step.operation == "e":
            return self._add("exp", self._number(1), origin=place)
        if step.operation == "undefined":
            return self._add("log", self._number(-1), origin=place)
        if step.operation == "case":
            test, then, otherwise = step.parts
            largest = self._largest(place)
            return self._chosen(test, self._lowered[then], self._lowered[otherwise]) if largest is None else largest
        if step.operation not in _SAME:
            raise ValueError(f"no step of a certificate for {step.operation}")
        return self._add(step.operation, *(self._lowered[part] for part in step.parts), origin=place)

    def _largest(self, place: int) -> int | None:
        """abs, max and min as the larger of two; None for any other choice."""
        test, then, otherwise = self.program.steps[place].parts
        if self.program.steps[test].operation != "rising":
            return None
        (difference,) = self.program.steps[test].parts
        one, other = self._lowered[then], self._lowered[otherwise]
        is_abs = difference == then and otherwise == self.program.negative(then)
        if is_abs or difference == self._difference(then, otherwise):
            largest = self._add("max", one, other, origin=difference)
            self.doubled.update([largest] if is_abs else [])
            return largest
        if difference == self._difference(otherwise, then):
            return self._minus(self._add("max", self._minus(one), self._minus(other), origin=difference))
        return None

    def _difference(self, left: int, right: int) -> int:
        return self.program.difference(left, right)

    def _minus(self, place: int) -> int:
        return self._add("mul", self._number(-1), place)

    def _chosen(self, test: int, then: int, otherwise: int) -> int:
        step = self.program.steps[test]
        if step.operation in ("positive", "rising"):
            (part,) = step.parts
            return self._add("choose", self._lowered[part], otherwise, otherwise, then, origin=part)
        if step.operation == "zero":
            (part,) = step.parts
            return self._add("choose", self._lowered[part], otherwise, then, otherwise, origin=part)
        if step.operation == "not":
            return self._chosen(step.parts[0], otherwise, then)
        if step.operation == "true":
            return then
        first, *others = step.parts
        if not others:
            return self._chosen(first, then, otherwise)
        if step.operation == "and":
            return self._chosen(first, self._joined("and", others, then, otherwise), otherwise)
        return self._chosen(first, then, self._joined("or", others, then, otherwise))

    def _joined(self, operation: str, tests: list[int], then: int, otherwise: int) -> int:
        for test in reversed(tests):
            if operation == "and":
                then = self._chosen(test, then, otherwise)
            else:
                otherwise = self._chosen(test, then, otherwise)
        return then if operation == "and" else otherwise


_TESTS = frozenset({"positive", "rising", "zero", "not", "and", "or", "true"})
