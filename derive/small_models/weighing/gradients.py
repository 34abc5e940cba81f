"""Names that say that they are derivatives, dW, grad_w, da_dz: each held against what the document gives for it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.defects import left_open
from derive.errors import DeriveError
from derive.formulas.claims import ONE_HOT
from derive.formulas.syntax import Node
from derive.small_models.models.tensors import numeral, slope
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.assumptions import Assumed
from derive.small_models.weighing.comparison import Comparisons, Outcome
from derive.small_models.weighing.grounds import told_bases
from derive.small_models.weighing.layouts import sorts_of
from derive.small_models.weighing.updates import weighed_update
from derive.small_models.weighing.uses import uses_of
from derive.small_models.weighing.weighed import Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.assignments import FURTHER, is_made
from derive.small_models.worlds.conditions import Total
from derive.small_models.worlds.differentials import LOSSES, gradient_of, slope_of
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.sides import Sides, first_readings

_PREDICTED = ("hat", "pred")
"""What a prediction has behind the name of its target."""
_ARRAYS = frozenset("CE")
"""Letters that stand for a loss where they are a number: an array E is something else."""
_MOST_LATER = 3
"""So many derivatives before one are looked at, the nearest first."""
_SIZES = (((2,), (1, 2, 3), (3, 1, 2)), ((2, 3), (3, 2, 2, 3)))
"""The sizes of ranges at which a loss is looked at, which is large, and at which a later derivative is: of no two
ranges are both alike, so that n n is not taken for n k, and none is 2 throughout, so that 2/n is not taken for 1.
"""
_MOST_VALUES = 8
"""So many values of one name of a program at most."""
_ANOTHER = "another"
"""The kind of what is a definition only, since it is not what its name says that it is."""
_DEFINITION = Weighed("definition", "", kind="definition")


def _is_next_value(sides: Sides) -> bool:
    """Whether a program gives a name a further value by its last one: b1 = b1 - η db1."""
    last = sides.left.value.rstrip(FURTHER)
    is_sum = sides.left.value != last and sides.right.kind == "sum"
    return is_sum and any(part.kind == "name" and part.value == last for part in sides.right.parts)


class _Way(Struct, frozen=True):
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


class Gradients:
    """The names of derivatives of one document, in its order: each may rest on those before it."""

    def __init__(self, indexed: Indexed, comparisons: Comparisons) -> None:
        self.indexed, self.world, self.comparisons = indexed, indexed.world, comparisons
        self.known = told_bases(indexed)
        names = (Node("name", (), base) for base in self.known)
        self.upstream = {base_of(by) for name in names if (by := gradient_of(name, self.known)) is not None}
        """What the document differentiates by somewhere, be it that nothing tells how."""
        given = (tuple(Node("name", (), base) for base in pair) for pair in indexed.upstream.items())
        self.named: list[tuple[Node, Node]] = [(name, by) for name, by in given]
        """The names of derivatives so far, and by what each is the derivative."""
        self.wrong: set[str] = set()
        """Those of them that are another derivative."""
        self.whole: set[str] = set(indexed.upstream)
        """Those of them that are the loss's own derivative, by all ways that lead to it."""
        self.means: set[str] = set()
        """Those of them that are divided by a number of samples."""
        self.uses = uses_of(indexed, self.known)
        one = numeral(1)
        rows, alone = ONE_HOT
        hot = {base: int(base.startswith(rows)) for base in self.known if base.startswith((rows, alone))}
        self.classes = {base: Total(base, place, one) for base, place in hot.items()}
        """Labels as matrices of zeros and ones, of which each row has a one, and those of one sample."""
        self.losses = tuple(base for base in sorted(self.world.rules) if self._is_read(base))
        """The losses, each as it is at last."""
        named = (base for base in sorted(self.world.rules) if self._is_loss(base))
        self.partial = tuple(base for base in named if base not in self.losses)
        """What they are before something is added to them, or they are divided."""
        self.own: list[str] = []
        """The parameters by which the loss's own derivative was found so far."""
        self.shares: dict[str, bool] = {}
        """The parameters by which a later derivative gave one, and whether it was a mean."""
        self.is_confirmed = False
        """Whether some name so far is the derivative that it says."""
        self.doubted: set[str] = set()
        """What was left open because it contradicts a name: the later derivatives, and the losses."""

    def weighed(self, number: int, sides: Sides) -> Weighed:
        """A definition says nothing that could be wrong, unless its name says that it is a derivative."""
        if not (self.world.shapes or self.indexed.upstream):
            return _DEFINITION
        by = self._predicted(gradient_of(sides.left, self.known))
        if by is None:
            return self.updated(sides) if _is_next_value(sides) else self._slope(number, sides)
        return self._gradient(number, sides, by)

    def _predicted(self, by: Node | None) -> Node | None:
        """A target has no gradient of interest: dy is that of the prediction where y is only held against y_hat; where
        x_hat is worked out from x, it is that of x.
        """
        if by is None or base_of(by) in self.world.rules:
            return by
        names = (replace(by, value=f"{by.value}{suffix}") for suffix in _PREDICTED)
        predictions = (name for name in names if base_of(name) in self.world.rules)
        return next((name for name in predictions if not self.world.rests_on((name,), (base_of(by),))), by)

    def _gradient(self, number: int, sides: Sides, by: Node) -> Weighed:
        """The derivative of the loss by a name; of several values of one name, by any of them."""
        values = self._values_before(number, by)
        is_step = self._is_step(sides.left, sides.right) and not self._is_last(sides.left, by)
        for value in values:
            self.named.append((sides.left, value))
            found = self._as_derivative(number, sides, value, is_alone=len(values) == 1 and not is_step)
            if len(values) == 1 or found.verdict == "proved":
                if is_step and found.kind == _ANOTHER:
                    self.named.pop()
                self._keep_share(sides)
                return found
            self.named.pop()
        self.named.append((sides.left, by))
        told = f"{by.value.rstrip(FURTHER)} has several values, and it is the derivative by none that can be told"
        return Weighed("undecided", told, kind="gradient")

    def _is_step(self, left: Node, right: Node) -> bool:
        """Whether a program makes a gradient in several steps, dz = p, dz -= y, of which this is one: any of them may
        be it, or none.
        """
        name = base_of(left)
        further = (rule.body for rule in self.world.rules.get(name + FURTHER, ()))
        last = name.removesuffix(FURTHER)
        return any(base_of(part) == name for body in further for part in names_of(body)) or (
            last != name and any(base_of(part) == last for part in names_of(right))
        )

    def _is_last(self, name: Node, by: Node) -> bool:
        """Whether a gradient by what nothing works out, a parameter, is as it is at last: it is the loss's then."""
        return base_of(by) not in self.world.rules and base_of(name) + FURTHER not in self.world.rules

    def _values_before(self, number: int, by: Node) -> tuple[Node, ...]:
        """The values that a program has given to a name before a claim, the last first."""
        stem = by.value.rstrip(FURTHER)
        names = (replace(by, value=stem + FURTHER * times) for times in range(_MOST_VALUES))
        rules = ((name, self.world.rules.get(base_of(name), ())) for name in names)
        found = [name for name, given in rules if given and given[0].claim < number]
        return tuple(found[::-1]) if len(found) > 1 else (by,)

    def _as_derivative(self, number: int, sides: Sides, by: Node, is_alone: bool) -> Weighed:
        """A name as the derivative by another, over all ways that lead to the loss."""
        ways = list(self._ways(by, sides.right))
        contradicting: list[tuple[_Way, Outcome]] = []
        unclear: set[str] = set()
        again = ""
        for way in (way for way in ways if way.is_whole):
            found = self._held(number, sides.left, way)
            if found is not None and found.verdict == "proved":
                if way.is_again:
                    again = f"{way.told}, which is one already"
                    continue
                return self._proved(number, sides, way, ways, f"{way.told}; {found.reason}")
            if found is not None and found.contradicts:
                if self._has_no_share(number, sides.left, way):
                    return _DEFINITION
                contradicting.append((way, found))
            elif found is not None:
                unclear.add(way.source)
        contradicting = [one for one in contradicting if one[0].source not in unclear]
        if again and all(way.is_given for way, _ in contradicting):
            return Weighed("undecided", again, kind="gradient")
        if not is_alone or self.world.rests_on(sides.names(), self.uses.changed):  # a program changes it in place
            return replace(_DEFINITION, kind=_ANOTHER) if contradicting else _DEFINITION
        if not contradicting:
            return self._in_part(number, sides.left, ways)
        return self._contradicted(number, sides, contradicting)

    def _contradicted(self, number: int, sides: Sides, found: Sequence[tuple[_Way, Outcome]]) -> Weighed:
        """A name that is another derivative than the lines before give, and whether that refutes it."""
        ways, by = [way for way, _ in found], self.named[-1][1]
        if any(node.kind == "sums" for node in sides.right.walk()):
            return Weighed("undecided", "it is not said over what is summed", kind="gradient")
        told = f"the lines before give another derivative by {by.value}"
        if base_of(sides.left) not in self.world.shapes and base_of(by) in self.world.shapes:
            return Weighed("undecided", f"{told}, unless {by.value} is one number", kind="gradient")
        if not self.losses and self._has_term_of(by, sides.right):
            return Weighed("undecided", f"{told}, unless the loss has a term of {by.value} alone", kind="gradient")
        if self.world.rests_on(sides.names(), self.uses.torn):
            return Weighed("undecided", f"{told}, unless what cannot be read makes it this one", kind="gradient")
        own = [outcome for way, outcome in found if self._tells_all(number, sides.left, way)]
        if own:
            return self._wrong(sides, f"the loss has another derivative by {by.value}", own[0])
        given = [outcome for way, outcome in found if way.source in self.indexed.upstream]
        if given or (self.is_confirmed and any(way.source not in self.doubted for way in ways)):
            return self._wrong(sides, told, *given[:1])
        self.doubted.update((base_of(sides.left), *(way.source for way in ways)))
        told = f"the lines before may give another derivative by {by.value}: not all that tells is said"
        return Weighed("undecided", told, kind="gradient")

    def _tells_all(self, number: int, name: Node, way: _Way) -> bool:
        """Whether a program makes a parameter once and has one loss, with one derivative of the parameter's shape; and
        what differs does so where a target has one column, too.
        """
        if way.is_given:
            return False
        by, loss = self.named[-1][1], Node("name", (), way.source)
        made = [s.left for n, s in first_readings(self.indexed.claims) if n in self.indexed.programs and is_made(s)]
        bases = [base_of(left) for left in made if left.kind == "name"]
        below = set(self.world.below((loss,)))
        again = {base_of(one) + FURTHER for one in (name, by, loss)}
        shapes = [self.world.shapes.get(base_of(one)) for one in (name, by)]
        is_once = bases.count(base_of(by)) == 1 and again.isdisjoint(self.world.rules)
        is_read = below.isdisjoint(self.uses.unread.difference(bases))
        if not is_once or not is_read or shapes[0] != shapes[1] or shapes[0] is None:
            return False
        given = [set(self.world.shapes.get(base, ())) for base in below - self.world.rules.keys() - self.upstream]
        counted = Counter(dim for dims in given for dim in dims if dim != ONE)
        outputs = [dim for dim, times in counted.items() if times == 1] if sum(map(bool, given)) > 1 else []
        found = self._at_two_sizes(number, name, way, frozenset(), dict.fromkeys(outputs, 1))
        return found is not None and found.contradicts

    def _in_part(self, number: int, name: Node, ways: Sequence[_Way]) -> Weighed:
        """A name that is a derivative by one of several ways to the loss, which is no proof of it."""
        for way in (way for way in ways if not way.is_whole):
            found = self._held(number, name, way)
            if found is not None and found.verdict == "proved":
                told = f"{way.told}; but more leads to the loss than that, or may"
                return Weighed("undecided", told, kind="gradient")
        return _DEFINITION

    def _has_term_of(self, by: Node, body: Node) -> bool:
        """Whether a sum has a term of a parameter and of numbers that nothing defines, λ W, as a loss may give."""
        arrays = self.world.shapes.keys() | self.world.rules.keys()
        terms = (set(map(base_of, names_of(part))) for part in body.parts if body.kind == "sum")
        return base_of(by) not in self.world.rules and any(names & arrays == {base_of(by)} for names in terms)

    def _has_no_share(self, number: int, name: Node, way: _Way) -> bool:
        """Whether a name is the loss's derivative but for what the loss is divided by: dZ = A - Y for the sum, of which
        dW takes the mean.
        """
        bodies = (rule.body for rule in self.world.rules.get(way.source, ()) if not way.is_given)
        below = {node.parts[-1] for body in bodies for node in body.walk() if node.kind in ("inverse", "fraction")}
        sums = (replace(way, expected=Node("product", (one, way.expected))) for one in below if one.kind == "name")
        return any((found := self._held(number, name, way)) and found.verdict == "proved" for way in sums)

    def _held(self, number: int, name: Node, way: _Way) -> Outcome | None:
        """A name held against what it must be, at two sizes of each range; None where that cannot be worked out.

        A whole loss is large: it is looked at with size 2 alone.
        """
        found = self._at_two_sizes(number, name, way, way.held)
        if found is not None and found.contradicts and (columns := self._columns(way)):
            alone = self._at_two_sizes(number, name, way, way.held, columns)
            if alone is not None and alone.verdict == "proved":
                return replace(alone, reason=f"where what the loss is of has one column; {alone.reason}")
        if not way.held or (found is not None and found.verdict == "proved"):
            return found
        whole = self._at_two_sizes(number, name, way, frozenset())
        is_open = whole is None or whole.verdict == "undecided"
        return found if is_open and not self._is_written_out(name, way) else whole

    def _columns(self, way: _Way) -> Mapping[str, int]:
        """The columns of what a loss holds something against, each one, where it is a mean of all entries: over the
        samples it is one of one column alone.
        """
        bodies = [rule.body for rule in self.world.rules.get(way.source, ()) if not way.is_given]
        is_mean = any(node.kind == "total" and node.order and not node.value for body in bodies for node in body.walk())
        given = {base_of(name) for body in bodies if is_mean for name in names_of(body)} - self.world.rules.keys()
        columns = (self.world.shapes[base][1] for base in given if base in self.world.shapes)
        return {dim: 1 for dim in columns if dim != ONE}

    def _is_written_out(self, name: Node, way: _Way) -> bool:
        """Whether a derivative has what is held written out, too: relu'(X W + b) for relu'(Z)."""
        bodies = (rule.body for rule in self.world.rules.get(base_of(name), ()))
        own = [part for body in bodies for part in names_of(body) if base_of(part) not in way.held]
        return not set(self.world.below(own)).isdisjoint(self.world.below([self.named[-1][1]]))

    def _at_two_sizes(
        self,
        number: int,
        name: Node,
        way: _Way,
        held: frozenset[str],
        fixed: Mapping[str, int] = MappingProxyType({}),
    ) -> Outcome | None:
        try:
            sides = Sides(self._at_each(name), way.expected)
            shapes = (self.world.shapes.get(base, ()) for base in self.world.below(sides.names()))
            below = (dim for dims in shapes for dim in dims if dim != ONE)
            sorts = dict.fromkeys((*sorts_of(self.world, number, sides), *below))
            grids = tuple({**dict(zip(sorts, cycle(sizes), strict=False)), **fixed} for sizes in _SIZES[way.is_given])
            return self.comparisons.outcome(number, sides, Assumed(given=held, totals=self.classes), grids)
        except DeriveError:
            return None
        except Exception as error:
            left_open(error)
            return None

    def _at_each(self, name: Node) -> Node:
        """A derivative by an array that is one number counts for every entry, as NumPy has it."""
        by = self.named[-1][1]
        if base_of(name) in self.world.shapes or base_of(by) not in self.world.shapes:
            return name
        return Node("sum", (name, Node("product", (numeral(0), by))))

    def _proved(self, number: int, sides: Sides, way: _Way, ways: Sequence[_Way], told: str) -> Weighed:
        """A right derivative; undecided where it is a multiple of the loss's, dW1 without the 1/m that dW2 has, or
        where the later derivative that gives it is not the loss's own.
        """
        self.is_confirmed = True
        self.doubted.discard(way.source)
        name, by = self.named[-1]
        is_own = not way.is_given or (way.source in self.whole and not way.is_mean)
        if is_own:
            self.whole.add(base_of(name))
        if base_of(by) in self.world.rules or self.world.rests_on((name,), self.wrong):
            return Weighed("proved", told)
        if not way.is_given:
            self.own.append(by.value)
        elif other := next((one for one, is_mean in self.shares.items() if is_mean != way.is_mean), ""):
            return Weighed("undecided", f"{told}; but the one by {other} is {'no' if way.is_mean else 'a'} mean")
        else:
            self.shares[by.value] = way.is_mean
        for whole in (one for one in ways if one.is_whole and not one.is_given and not is_own):
            found = self._held(number, name, whole)
            if found is not None and found.contradicts:
                own = f", as the one by {self.own[0]} is" if self.own else ""
                return Weighed("undecided", f"{told}; but not {whole.told}{own}")
        return Weighed("proved", told)

    def _keep_share(self, sides: Sides) -> None:
        """Keeps in mind whether a derivative is divided by a number of samples, by itself or by what it rests on."""
        if any(map(self._is_count, _divisors(sides.right))) or self.world.rests_on(names_of(sides.right), self.means):
            self.means.add(base_of(sides.left))

    def updated(self, sides: Sides, relation: str = "=") -> Weighed:
        """An update, b1 -= η db1, held against the derivatives so far."""
        own: dict[str, str] = {}
        for name, by in self.named:
            own.setdefault(base_of(by), base_of(name))
        return weighed_update(self.indexed, sides, relation, own, self.whole)

    def _slope(self, number: int, sides: Sides) -> Weighed:
        """The derivative of one quantity by another, da_dz, where a is worked out entry by entry of z."""
        expected = slope_of(sides.left, self.known)
        if expected is None or not self._is_entrywise(*expected.parts):
            return _DEFINITION
        try:
            found = self.comparisons.outcome(number, Sides(expected, sides.left))
        except DeriveError:
            return _DEFINITION
        except Exception as error:
            left_open(error)
            return _DEFINITION
        if found.verdict == "proved":
            return Weighed("proved", found.reason)
        of, by = expected.parts
        reason = f"{of.value} gives another derivative by {by.value}"
        return self._wrong(sides, reason) if found.contradicts else _DEFINITION

    def _wrong(self, sides: Sides, reason: str, found: Outcome | None = None) -> Weighed:
        """A name for a derivative that is another, and where; what rests on a wrong one is not called wrong again."""
        rests_on = [base for base in sorted(self.wrong) if self.world.rests_on(names_of(sides.right), (base,))]
        self.wrong.add(base_of(sides.left))
        if rests_on:
            return Weighed("undecided", f"it rests on {rests_on[0]}, which is wrong", kind="gradient")
        if found is None or found.refuted is None:
            return Weighed("refuted", reason, kind="gradient")
        refuted = found.refuted
        values = refuted.witness, refuted.left, refuted.right
        return Weighed("refuted", reason, "gradient", *values, found.sizes, found.components)

    def _is_entrywise(self, of: Node, by: Node) -> bool:
        """Whether a quantity is a function of another's entries, each of one: a = σ(z)."""
        bodies = [rule.body for rule in self.world.rules.get(base_of(of), ())]
        if len(bodies) != 1 or bodies[0].kind != "call" or bodies[0].value == "softmax":
            return False
        return all(part.kind == "name" and base_of(part) == base_of(by) for part in bodies[0].parts)

    def _ways(self, by: Node, body: Node) -> Iterator[_Way]:
        """What a derivative by a name must be: what that by a later quantity gives, or that of the loss.

        It may be divided by what `body` is divided by, where nothing tells what that is: 1 / m.
        """
        divisors = [Node("inverse", (name,)) for name in self._untold_divisors(body)]
        later = [one for one in self.named[-2::-1] if base_of(one[1]) != base_of(by)]
        later = [one for one in later if self.world.rests_on((one[1],), (base_of(by),))]
        whole = [one for one in later if self._leads_through(by, one[1])]
        partly = [one for one in later if one not in whole]
        for name, of in (*whole[:_MOST_LATER], *partly[:_MOST_LATER]):
            is_whole, held = (name, of) in whole, frozenset((base_of(name),))
            held = held | {base_of(by)} if self.world.rests_on(names_of(body), held) else frozenset()
            told = f"the derivative by {by.value} that {name.value} gives"
            given = Node("product", (name, slope(of, by)))
            yield _Way(base_of(name), told, given, is_whole, is_given=True, held=held)
            is_again = base_of(name) in self.means
            sizes = (Node("inverse", (Node("size", (of,), axis),)) for axis in "01")
            for share in (*divisors, *sizes):
                mean = replace(given, parts=(share, *given.parts))
                yield _Way(base_of(name), f"{told}, as a mean", mean, is_whole, True, True, is_again, held)
        is_step = self._is_step(self.named[-1][0], body)
        for base in (*self.losses, *(self.partial if is_step else ())):
            loss, told = Node("name", (), base), base
            if self._is_array(base):
                loss, told = Node("total", (loss,)), f"the sum of the entries of {base}"
            is_whole = base in self.partial or self._leads_through(by, Node("name", (), base))
            yield _Way(base, f"the derivative of {told} by {by.value}", slope(loss, by), is_whole)

    def _is_count(self, divisor: Node) -> bool:
        """Whether a divisor may be a number of samples: it has a size, or a name of a number."""
        return any(
            node.kind == "size" or (node.kind == "name" and base_of(node) not in self.world.shapes)
            for node in divisor.walk()
        )

    def _untold_divisors(self, body: Node) -> Iterator[Node]:
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
        return base.rstrip(FURTHER) in LOSSES and not (base in _ARRAYS and self._is_array(base))

    def _is_read(self, base: str) -> bool:
        """Whether a name is a loss, and all of it is told."""
        return self._is_loss(base) and not self.uses.of(base) - LOSSES and base not in self.uses.changed

    def _is_array(self, base: str) -> bool:
        return bool(set(self.world.shapes.get(base, ())) - {ONE})


def _divisors(body: Node) -> Iterator[Node]:
    """What stands below a stroke; a mean divides by a number of entries."""
    for node in body.walk():
        if node.kind in ("inverse", "fraction"):
            yield node.parts[-1]
        elif node.kind == "total" and node.order:
            yield Node("size", node.parts, node.value)
