"""Names that say that they are derivatives, dW, grad_w, da_dz: each held against what the document gives for it."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.syntax import Node
from derive.small_models.errors import UNFORESEEN
from derive.small_models.models.tensors import slope
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.comparison import Comparisons, Outcome, sorts_of
from derive.small_models.weighing.grounds import told_bases
from derive.small_models.weighing.weighed import Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.sides import Sides

_LOSSES = frozenset("loss cost L J E C Loss".split())
_PREFIXES = ("grad_", "grad", "d")
_RATIO = re.compile(r"d(?P<of>[^\W\d_]\w*?)_?d_?(?P<by>[^\W\d_]\w*)")
_MOST_LATER = 3
"""So many derivatives before one are looked at, the nearest first."""
_DEFINITION = Weighed("definition", "", kind="definition")


def gradient_of(name: Node, known: frozenset[str]) -> Node | None:
    """The name by which dW, grad_w, dz^[1] or dL_dW is a derivative of the loss; None where none is known."""
    for prefix in _PREFIXES:
        rest = name.value.removeprefix(prefix)
        if rest != name.value and rest and base_of(replace(name, value=rest)) in known:
            return replace(name, value=rest)
    found = _RATIO.fullmatch(name.value)
    if found is not None and found["of"] in _LOSSES and base_of(replace(name, value=found["by"])) in known:
        return replace(name, value=found["by"])
    return None


def slope_of(name: Node, known: frozenset[str]) -> Node | None:
    """∂a/∂z for da_dz, the name of one quantity's derivative by another; None for any other name."""
    found = _RATIO.fullmatch(name.value)
    if found is None or found["of"] in _LOSSES:
        return None
    of, by = replace(name, value=found["of"]), replace(name, value=found["by"])
    return Node("slope", (of, by)) if {base_of(of), base_of(by)} <= known else None


class _Way(Struct, frozen=True):
    """What a derivative must be, and how that is told.

    `is_whole` where nothing else leads from the parameter to the loss; `is_given` where a later derivative gives it.
    """

    told: str
    expected: Node
    is_whole: bool = True
    is_given: bool = False


class Gradients:
    """The names of derivatives of one document, in its order: each may rest on those before it."""

    def __init__(self, indexed: Indexed, comparisons: Comparisons) -> None:
        self.indexed, self.world, self.comparisons = indexed, indexed.world, comparisons
        self.known = told_bases(indexed)
        self.named: list[tuple[Node, Node]] = []
        """The names of derivatives so far, and by what each is the derivative."""
        self.wrong: set[str] = set()
        """Those of them that are another derivative."""
        self.own: list[str] = []
        """The parameters by which the loss's own derivative was found so far."""
        self.is_confirmed = False
        """Whether some name so far is the derivative that it says."""

    def weighed(self, number: int, sides: Sides) -> Weighed:
        """A definition says nothing that could be wrong, unless its name says that it is a derivative."""
        if not self.world.shapes:
            return _DEFINITION
        by = gradient_of(sides.left, self.known)
        return self._slope(number, sides) if by is None else self._gradient(number, sides, by)

    def _gradient(self, number: int, sides: Sides, by: Node) -> Weighed:
        """The derivative of the loss by a name."""
        is_contradicted = is_open = False
        ways = list(self._ways(by))
        self.named.append((sides.left, by))
        for way in ways:
            found = self._held(number, sides.left, way)
            if found is not None and found.verdict == "proved":
                self.is_confirmed = True
                return self._proved(number, way, ways, f"{way.told}; {found.reason}")
            is_contradicted |= found is not None and found.contradicts and way.is_whole
            is_open |= found is not None and found.verdict == "undecided"
        if is_contradicted and not is_open and self.is_confirmed and not self.indexed.changes:
            return self._wrong(sides, f"the lines before give another derivative by {by.value}")
        return _DEFINITION

    def _held(self, number: int, name: Node, way: _Way) -> Outcome | None:
        """A name held against what it must be, at two sizes of each range; None where that cannot be worked out.

        A whole loss is large: it is looked at with size 2 alone.
        """
        try:
            sides = Sides(name, way.expected)
            sorts = sorts_of(self.world, number, sides)
            unequal = {sort: 2 + way.is_given * (place % 2) for place, sort in enumerate(sorts)}
            other = {sort: 5 - size if way.is_given else size for sort, size in unequal.items()}
            return self.comparisons.outcome(number, sides, sizes=(unequal, other))
        except (DeriveError, *UNFORESEEN):
            return None

    def _proved(self, number: int, way: _Way, ways: Sequence[_Way], told: str) -> Weighed:
        """A right derivative; undecided where it is a multiple of the loss's, and one by another parameter is the
        loss's own: dW1 without the 1/m that dW2 has.
        """
        name, by = self.named[-1]
        if base_of(by) in self.world.rules:
            return Weighed("proved", told)
        if not way.is_given:
            self.own.append(by.value)
        for whole in (one for one in ways if way.is_given and self.own and not one.is_given):
            found = self._held(number, name, whole)
            if found is not None and found.contradicts:
                return Weighed("undecided", f"{told}; but not {whole.told}, as the one by {self.own[0]} is")
        return Weighed("proved", told)

    def _slope(self, number: int, sides: Sides) -> Weighed:
        """The derivative of one quantity by another, da_dz, where a is worked out entry by entry of z."""
        expected = slope_of(sides.left, self.known)
        if expected is None or not self._is_entrywise(*expected.parts):
            return _DEFINITION
        try:
            found = self.comparisons.outcome(number, Sides(expected, sides.left))
        except (DeriveError, *UNFORESEEN):
            return _DEFINITION
        if found.verdict == "proved":
            return Weighed("proved", found.reason)
        of, by = expected.parts
        reason = f"{of.value} gives another derivative by {by.value}"
        return self._wrong(sides, reason) if found.contradicts else _DEFINITION

    def _wrong(self, sides: Sides, reason: str) -> Weighed:
        """A name for a derivative that is another; what is worked out with a wrong one is not called wrong again."""
        rests_on = sorted(self.wrong.intersection(map(base_of, names_of(sides.right))))
        self.wrong.add(base_of(sides.left))
        if rests_on:
            return Weighed("undecided", f"it rests on {rests_on[0]}, which is wrong")
        return Weighed("refuted", reason, kind="gradient")

    def _is_entrywise(self, of: Node, by: Node) -> bool:
        """Whether a quantity is a function of another's entries, each of one: a = σ(z)."""
        bodies = [rule.body for rule in self.world.rules.get(base_of(of), ())]
        if len(bodies) != 1 or bodies[0].kind != "call" or bodies[0].value == "softmax":
            return False
        return all(part.kind == "name" and base_of(part) == base_of(by) for part in bodies[0].parts)

    def _ways(self, by: Node) -> Iterator[_Way]:
        """What a derivative by a name must be: what that by a later quantity gives, or that of the loss."""
        for name, later in self.named[: -_MOST_LATER - 1 : -1]:
            is_whole = self._leads_through(by, later)
            told = f"the derivative by {by.value} that {name.value} gives"
            given = Node("product", (name, slope(later, by)))
            yield _Way(told, given, is_whole, is_given=True)
            for axis in "01":
                share = Node("inverse", (Node("size", (later,), axis),))
                mean = replace(given, parts=(share, *given.parts))
                yield _Way(f"{told}, as a mean", mean, is_whole, is_given=True)
        for base in sorted(_LOSSES & self.world.rules.keys()):
            loss, told = Node("name", (), base), base
            if set(self.world.shapes.get(base, ())) - {ONE}:
                loss, told = Node("total", (loss,)), f"the sum of the entries of {base}"
            yield _Way(f"the derivative of {told} by {by.value}", slope(loss, by))

    def _leads_through(self, by: Node, later: Node) -> bool:
        """Whether every way from a quantity to what rests on it and on nothing further leads through another one."""
        waiting, seen = [base_of(by)], {base_of(later)}
        while waiting:
            base = waiting.pop()
            if base in seen:
                continue
            seen.add(base)
            users = self._users(base)
            if not users and base != base_of(by):
                return False
            waiting.extend(users)
        return True

    def _users(self, base: str) -> set[str]:
        """What is worked out with a quantity, derivatives left out."""
        derivatives = {base_of(name) for name, _ in self.named}
        return {
            other
            for other, rules in self.world.rules.items()
            if other not in derivatives and not other.startswith("d")
            and any(base in map(base_of, names_of(rule.body)) for rule in rules)
        }  # fmt: skip
