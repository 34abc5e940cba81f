"""What the derivative by a name must be: what that by a later quantity gives, or that of the loss."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import OF_VECTORS
from derive.small_models.models.tensors import slope
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.grounds import told_bases
from derive.small_models.weighing.uses import uses_of
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.assignments import FURTHER
from derive.small_models.worlds.differentials import LOSSES, gradient_of
from derive.small_models.worlds.dimensions import ONE

_ARRAYS = frozenset("CE")
"""Letters that stand for a loss where they are a number: an array E is something else."""
_COUNTS = ("name", "size")
"""How a number of samples is written."""
_MOST_LATER = 3
"""So many derivatives before one are looked at, the nearest first."""


class Way(Struct, frozen=True):
    """What a derivative must be, and how that is told.

    `source` is the base of the later derivative, or of the loss; `is_whole` where nothing else leads from the parameter
    to the loss; `is_given` where a later derivative gives it, `is_mean` where that is divided by a number of samples,
    `is_again` where it was before; `held` that one and what is differentiated by, where the line uses it: they may be
    anything then.
    """

    source: str
    told: str
    expected: Node
    is_whole: bool = True
    is_given: bool = False
    is_mean: bool = False
    is_again: bool = False
    held: frozenset[str] = frozenset()


class Ways:
    """The ways from the quantities of one document to its loss."""

    def __init__(self, indexed: Indexed) -> None:
        self.world = indexed.world
        self.known = told_bases(indexed)
        self.uses = uses_of(indexed, self.known)
        names = (Node("name", (), base) for base in self.known)
        self.upstream = {base_of(by) for name in names if (by := gradient_of(name, self.known)) is not None}
        """What the document differentiates by somewhere, be it that nothing tells how."""
        self.other = frozenset(base for base in self.world.rules if not indexed.upstream and self._is_last_number(base))
        """Losses by what they are, under any name."""
        self.losses = tuple(base for base in sorted(self.world.rules) if self._is_read(base))
        """The losses, each as it is at last."""
        named = (base for base in sorted(self.world.rules) if self._is_loss(base))
        self.partial = tuple(base for base in named if base not in self.losses)
        """What they are before something is added to them, or they are divided."""
        self.means: set[str] = set()
        """The names of derivatives so far that are divided by a number of samples."""

    def of(self, by: Node, body: Node, named: Sequence[tuple[Node, Node]], is_step: bool) -> Iterator[Way]:
        """What a derivative by a name must be: what that by a later quantity gives, or that of the loss.

        `named` are the derivatives so far, each with what it is the derivative by. It may be divided by what `body` is
        divided by, or its last value in it, where nothing tells what that is, 1 / m.
        """
        last = {base_of(name) for name, of in named if base_of(of) == base_of(by)} & set(map(base_of, names_of(body)))
        bodies = (body, *(rule.body for base in sorted(last) for rule in self.world.rules.get(base, ())))
        divisors = [Node("inverse", (name,)) for one in bodies for name in self.untold_divisors(one)]
        later = [one for one in named[::-1] if base_of(one[1]) != base_of(by)]
        later = [one for one in later if self.world.rests_on((one[1],), (base_of(by),))]
        whole = [one for one in later if self._leads_through(by, one[1])]
        partly = [one for one in later if one not in whole]
        for name, of in (*whole[:_MOST_LATER], *partly[:_MOST_LATER]):
            is_whole, held = (name, of) in whole, frozenset((base_of(name),))
            held = held | {base_of(by)} if self.world.rests_on(names_of(body), held) else frozenset()
            told = f"the derivative by {by.value} that {name.value} gives"
            given = Node("product", (name, slope(of, by)))
            if self._is_array(base_of(of)) and not self._is_array(base_of(by)):  # every entry rests on one number
                given = Node("total", (replace(given, kind="entrywise"),))
            yield Way(base_of(name), told, given, is_whole, is_given=True, held=held)
            is_again = base_of(name) in self.means
            sizes = (Node("inverse", (Node("size", (of,), axis),)) for axis in "01")
            for share in (*divisors, *sizes):
                mean = Node("product", (share, *(given.parts if given.kind == "product" else (given,))))
                yield Way(base_of(name), f"{told}, as a mean", mean, is_whole, True, True, is_again, held)
        for base in (*self._losses_of(by), *(self.partial if is_step else ())):
            loss, told = Node("name", (), base), base
            if self._is_array(base):
                loss, told = Node("total", (loss,)), f"the sum of the entries of {base}"
            is_whole = base in self.partial or self._leads_through(by, Node("name", (), base))
            yield Way(base, f"the derivative of {told} by {by.value}", slope(loss, by), is_whole)

    def without_mean(self, way: Way) -> Iterator[Way]:
        """The same but for what a loss is divided by: dZ = A - Y for the sum, of which dW takes the mean."""
        bodies = (rule.body for rule in self.world.rules.get(way.source, ()) if not way.is_given)
        counts = {one for body in bodies for one in divisors(body) if one.kind in _COUNTS}
        yield from (replace(way, expected=Node("product", (one, way.expected))) for one in counts)

    def by_count(self, way: Way, body: Node) -> Iterator[Way]:
        """The same where what a derivative is divided by, and nothing says what that is, is the number of samples."""
        shares = [Node("inverse", (name,)) for name in self.untold_divisors(body)]
        whole = self.without_mean(way)
        yield from (replace(one, expected=Node("product", (share, one.expected))) for one in whole for share in shares)

    def within(self, way: Way, by: Node) -> Iterator[Way]:
        """The derivative by what a function is taken of, the x @ w of h = tanh(x @ w), which has no name: that is what
        dh is as often.
        """
        bodies = [rule.body for rule in self.world.rules.get(base_of(by), ())]
        for body in bodies if len(bodies) == 1 and bodies[0].kind == "call" else ():
            if len(body.parts) == 1 and body.parts[0].kind != "name" and body.value not in OF_VECTORS:
                yield replace(way, expected=Node("entrywise", (way.expected, replace(body, order=1))))

    def _losses_of(self, by: Node) -> tuple[str, ...]:
        """The losses that rest on a quantity: those that are called so, else the one number at the end."""
        called = tuple(base for base in self.losses if base not in self.other)
        if not self.other or any(self.world.rests_on((Node("name", (), base),), (base_of(by),)) for base in called):
            return called
        others = [base for base in self.other if self.world.rests_on((Node("name", (), base),), (base_of(by),))]
        return tuple(others) if len(others) == 1 else called

    def _is_last_number(self, base: str) -> bool:
        """Whether a quantity is one number that adds up entries, at last, and with which nothing is worked out."""
        rules = self.world.rules[base]
        if base in self.world.shapes or self.uses.of(base) or base in self.uses.changed or base in self.uses.unread:
            return False
        steps = (base, *self._steps_before(base))
        bodies = [rule.body for step in steps for rule in self.world.rules.get(step, rules)]
        names = [name for body in bodies for name in names_of(body)]
        is_slope = any(gradient_of(name, self.known) is not None for name in (Node("name", (), base), *names))
        return not is_slope and any(body.has("total") for body in bodies)

    def _steps_before(self, base: str) -> tuple[str, ...]:
        """What a quantity is before something is added to it."""
        stem = base.rstrip(FURTHER)
        return tuple(stem + FURTHER * times for times in range(len(base) - len(stem)))

    def keep_share(self, name: Node, body: Node) -> None:
        """Keeps in mind whether a derivative is divided by a number of samples, by itself or by what it rests on."""
        if any(map(self._is_count, divisors(body))) or self.world.rests_on(names_of(body), self.means):
            self.means.add(base_of(name))

    def _is_count(self, divisor: Node) -> bool:
        """Whether a divisor may be a number of samples: it has a size, or a name of a number."""
        return any(
            node.kind == "size" or (node.kind == "name" and base_of(node) not in self.world.shapes)
            for node in divisor.walk()
        )

    def untold_divisors(self, body: Node) -> Iterator[Node]:
        """The numbers below a stroke of which nothing tells what they are."""
        for node in body.walk():
            if node.kind in ("inverse", "fraction") and node.parts[-1].kind == "name":
                name = node.parts[-1]
                if not name.scripts and base_of(name) not in self.world.rules.keys() | self.world.shapes.keys():
                    yield name

    def _leads_through(self, by: Node, later: Node) -> bool:
        """Whether every way from a quantity to what rests on it and on nothing further leads through another one, and
        no program changes anything on its way.
        """
        waiting, seen = [base_of(by)], {base_of(later)}
        while waiting:
            base = waiting.pop()
            if base in seen:
                continue
            seen.add(base)
            users = self.uses.of(base)
            if not users and base != base_of(by) and self._may_be_loss(base):
                return False
            waiting.extend(users)
        return seen.isdisjoint(self.uses.changed)

    def _may_be_loss(self, base: str) -> bool:
        """Whether a quantity with which nothing is worked out may be the loss, or lead to it; where one is told, no
        other number is, nor what cannot be read.
        """
        is_open = base not in self.world.shapes or base in self.uses.unread or self._is_changed(base)
        is_last = is_open and not self.losses and not self._is_several(base)
        return self._is_loss(base) or is_last or base in self.upstream

    def _is_changed(self, base: str) -> bool:
        """Whether a quantity is a further value, y += h, and no update by a gradient."""
        names = (name for rule in self.world.rules.get(base, ()) for name in names_of(rule.body))
        return base.endswith(FURTHER) and all(gradient_of(name, self.known) is None for name in names)

    def _is_several(self, base: str) -> bool:
        """Whether a name stands for several things beside each other, or for one that has a name: cache = Z1, A1."""
        return any(rule.body.kind in ("list", "name") for rule in self.world.rules.get(base, ()))

    def _is_loss(self, base: str) -> bool:
        is_called = base.rstrip(FURTHER) in LOSSES and not (base in _ARRAYS and self._is_array(base))
        return is_called or base in self.other

    def _is_read(self, base: str) -> bool:
        """Whether a name is a loss, and all of it is told."""
        return self._is_loss(base) and not self.uses.of(base) - LOSSES and base not in self.uses.changed

    def _is_array(self, base: str) -> bool:
        return bool(set(self.world.shapes.get(base, ())) - {ONE})


def divisors(body: Node) -> Iterator[Node]:
    """What stands below a stroke; a mean divides by a number of entries."""
    for node in body.walk():
        if node.kind in ("inverse", "fraction"):
            yield node.parts[-1]
        elif node.kind == "total" and node.order:
            yield Node("size", node.parts, node.value)
