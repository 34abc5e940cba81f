"""Names that say that they are derivatives, dW, grad_w, da_dz: each held against what the document gives for it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec.structs import replace

from derive.defects import left_open
from derive.errors import DeriveError
from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.comparison import Comparisons, Outcome
from derive.small_models.weighing.holding import Holding
from derive.small_models.weighing.slips import Found, first_slip
from derive.small_models.weighing.updates import UPWARD, goes_down, weighed_update
from derive.small_models.weighing.ways import Way, Ways
from derive.small_models.weighing.weighed import Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.assignments import FURTHER, is_made
from derive.small_models.worlds.differentials import gradient_of, slope_of
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.sides import Sides, first_readings

_PREDICTED = ("hat", "pred")
"""What a prediction has behind the name of its target."""
_SAMPLES = ("x", "X")
"""What the names of samples as they are given begin with."""
_MOST_VALUES = 8
"""So many values of one name of a program at most."""
_ANOTHER = "another"
"""The kind of what is a definition only, since it is not what its name says that it is."""
_TURNED = ("transpose", "order")
"""Slips that no other meaning of the names explains, where a program goes down by these."""
_DEFINITION = Weighed("definition", "", kind="definition")


def _is_next_value(sides: Sides) -> bool:
    """Whether a program gives a name a further value by its last one: b1 = b1 - η db1."""
    last = sides.left.value.rstrip(FURTHER)
    is_sum = sides.left.value != last and sides.right.kind == "sum"
    return is_sum and any(part.kind == "name" and part.value == last for part in sides.right.parts)


class Gradients:
    """The names of derivatives of one document, in its order: each may rest on those before it."""

    def __init__(self, indexed: Indexed, comparisons: Comparisons) -> None:
        self.indexed, self.world, self.comparisons = indexed, indexed.world, comparisons
        self.ways, self.holding = Ways(indexed), Holding(indexed, comparisons)
        self.known, self.uses = self.ways.known, self.ways.uses
        given = (tuple(Node("name", (), base) for base in pair) for pair in indexed.upstream.items())
        self.named: list[tuple[Node, Node]] = [(name, by) for name, by in given]
        """The names of derivatives so far, and by what each is the derivative."""
        self.wrong: set[str] = set()
        """Those of them that are another derivative."""
        self.whole: set[str] = set(indexed.upstream)
        """Those of them that are the loss's own derivative, by all ways that lead to it."""
        self.own: list[str] = []
        """The parameters by which the loss's own derivative was found so far."""
        self.shares: dict[str, bool] = {}
        """The parameters by which a later derivative gave one, and whether it was a mean."""
        self.is_confirmed = False
        """Whether some name so far is the derivative that it says."""
        self.doubted: set[str] = set()
        """What was left open because it contradicts a name: the later derivatives, and the losses."""
        self.open: list[tuple[int, Sides, tuple[Node, Node], Sequence[Way]]] = []
        """The names so left open: the claims, with by what each is the derivative, and what says that it is not."""

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
                self.ways.keep_share(sides.left, sides.right)
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
        ways = list(self.ways.of(by, sides.right, self.named[:-1], self._is_step(sides.left, sides.right)))
        contradicting: list[tuple[Way, Outcome]] = []
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
                if self._is_one_of(number, sides.left, self.ways.within(way, by)):
                    return Weighed("proved", f"{way.told}, taken by what its function is of")
                is_other = by.value not in self.own and base_of(by) not in self.world.rules  # db has its share, dw none
                if not (self.own and is_other) and self._is_one_of(number, sides.left, self.ways.without_mean(way)):
                    return _DEFINITION
                contradicting.append((way, found))
            elif found is not None:
                unclear.add(way.source)
        contradicting = [one for one in contradicting if one[0].source not in unclear]
        if again and all(way.is_given for way, _ in contradicting):
            return Weighed("undecided", again, kind="gradient")
        if not is_alone or self.world.rests_on(sides.names(), self.uses.changed):  # a program changes it in place
            return replace(_DEFINITION, kind=_ANOTHER) if contradicting else _DEFINITION
        if not contradicting and self._runs_over_others(sides.left, by) and any(way.is_whole for way in ways):
            return Weighed("undecided", f"its entries are not those of {by.value}", kind="gradient")
        if not contradicting:
            return self._in_part(number, sides.left, ways)
        return self._contradicted(number, sides, contradicting)

    def _runs_over_others(self, name: Node, by: Node) -> bool:
        """Whether a name runs over nothing that a parameter runs over, as a sum over the wrong axis does."""
        one, other = (set(self.world.shapes.get(base_of(node), ())) - {ONE} for node in (name, by))
        return bool(one and other) and one.isdisjoint(other)

    def _contradicted(self, number: int, sides: Sides, found: Sequence[tuple[Way, Outcome]]) -> Weighed:
        """A name that is another derivative than the lines before give, and whether that refutes it."""
        ways, by = [way for way, _ in found], self.named[-1][1]
        if any(node.kind == "sums" for node in sides.right.walk()):
            return Weighed("undecided", "it is not said over what is summed", kind="gradient")
        told = f"the lines before give another derivative by {by.value}"
        if base_of(sides.left) not in self.world.shapes and base_of(by) in self.world.shapes:
            return Weighed("undecided", f"{told}, unless {by.value} is one number", kind="gradient")
        if self.world.rests_on(sides.names(), self.uses.torn):
            return Weighed("undecided", f"{told}, unless what cannot be read makes it this one", kind="gradient")
        own = [one for one in found if self._tells_all(number, sides.left, one[0])]
        if own:
            way, outcome = own[0]
            wrong = self._wrong(sides, f"the loss has another derivative by {by.value}", outcome)
            return self._with_slip(number, sides, way, wrong)
        given = [one for one in found if one[0].source in self.indexed.upstream]
        if given or (self.is_confirmed and any(way.source not in self.doubted for way in ways)):
            wrong = self._wrong(sides, told, *(outcome for _, outcome in given[:1]))
            return self._with_slip(number, sides, (given or found)[0][0], wrong)
        for way, _ in (one for one in found if one[0].is_given and self._goes_down):
            if (slip := self._slip(number, sides, way, _TURNED)) is not None:
                return replace(self._wrong(sides, told), slip=slip.told, span=slip.span)
        self.open.append((number, sides, self.named[-1], ways))
        self.doubted.update((base_of(sides.left), *(way.source for way in ways)))
        told = f"the lines before may give another derivative by {by.value}: not all that tells is said"
        return Weighed("undecided", told, kind="gradient")

    def reconsidered(self) -> dict[int, Weighed]:
        """What is said, at the end, of names that were left open where a later line confirms what contradicts them."""
        found: dict[int, Weighed] = {}
        for number, sides, named, ways in self.open if self.is_confirmed else ():
            trusted = [way for way in ways if way.source not in self.doubted]
            if trusted:
                self.named.append(named)
                wrong = self._wrong(sides, f"the lines around it give another derivative by {named[1].value}")
                found[number] = self._with_slip(number, sides, trusted[0], wrong)
        return found

    def _with_slip(self, number: int, sides: Sides, way: Way, weighed: Weighed) -> Weighed:
        """A refuted name of a derivative with the slip in its formula."""
        slip = self._slip(number, sides, way) if weighed.verdict == "refuted" else None
        return weighed if slip is None else replace(weighed, slip=slip.told, span=slip.span)

    def _slip(self, number: int, sides: Sides, way: Way, kinds: Sequence[str] = ()) -> Found | None:
        """The change of a formula under which it is the derivative that its name says."""
        by = self.named[-1][1]

        def holds(right: Node) -> bool:
            found = self.holding.held(number, right, by, way)
            return found is not None and found.verdict == "proved"

        return first_slip(self.indexed, number, sides, holds, kinds)

    def _tells_all(self, number: int, name: Node, way: Way) -> bool:
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
        given = [set(self.world.shapes.get(base, ())) for base in below - self.world.rules.keys() - self.ways.upstream]
        counted = Counter(dim for dims in given for dim in dims if dim != ONE)
        outputs = [dim for dim, times in counted.items() if times == 1] if sum(map(bool, given)) > 1 else []
        found = self.holding.at_two_sizes(number, name, by, way, frozenset(), dict.fromkeys(outputs, 1))
        return found is not None and found.contradicts

    def _in_part(self, number: int, name: Node, ways: Sequence[Way]) -> Weighed:
        """A name that is a derivative by one of several ways to the loss, which is no proof of it."""
        for way in (way for way in ways if not way.is_whole):
            found = self._held(number, name, way)
            if found is not None and found.verdict == "proved":
                told = f"{way.told}; but more leads to the loss than that, or may"
                return Weighed("undecided", told, kind="gradient")
        return _DEFINITION

    def _is_one_of(self, number: int, name: Node, ways: Iterable[Way]) -> bool:
        """Whether a name is what one of several ways tells."""
        return any((found := self._held(number, name, way)) and found.verdict == "proved" for way in ways)

    def _held(self, number: int, name: Node, way: Way) -> Outcome | None:
        """The name of this claim held against what it must be."""
        return self.holding.held(number, name, self.named[-1][1], way)

    def _proved(self, number: int, sides: Sides, way: Way, ways: Sequence[Way], told: str) -> Weighed:
        """A right derivative; undecided where it is a multiple of the loss's, dW1 without the 1/m that dW2 has, or
        where the later derivative that gives it is not the loss's own.
        """
        name, by = self.named[-1]
        if self._may_be_repeated(by):
            told = f"{told}; but {by.value} may be one row or column, and its derivative a sum"
            return Weighed("undecided", told, kind="gradient")
        self.is_confirmed = True
        self.doubted.discard(way.source)
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
            if found is None or not found.contradicts:
                continue
            if self._is_one_of(number, name, self.ways.by_count(whole, sides.right)):
                self.own.append(by.value)
            else:
                own = f", as the one by {self.own[0]} is" if self.own else ""
                return Weighed("undecided", f"{told}; but not {whole.told}{own}")
        return Weighed("proved", told)

    def _may_be_repeated(self, by: Node) -> bool:
        """Whether nothing tells that a parameter is a matrix but what it is multiplied with entry by entry, samples as
        they are given or what rests on sums along an axis: gamma in gamma * X, or in gamma * (X - mean) / std, may be
        one row for all samples.
        """
        base, rules = base_of(by), self.world.rules
        shape = self.world.shapes.get(base, (ONE,))
        if ONE in shape or base in rules:
            return False
        nodes = [node for given in rules.values() for rule in given for node in rule.body.walk()]
        factors = [node for node in nodes if node.kind == "entrywise" and base in self._factors(node)]
        used = sum(node.kind == "name" and base_of(node) == base for node in nodes)
        beside = {other for node in factors for other in map(base_of, names_of(node))} - {base}
        below = self.world.below([Node("name", (), other) for other in beside])
        under = (node for other in below for rule in rules.get(other, ()) for node in rule.body.walk())
        is_given = any(other.startswith(_SAMPLES) and other not in rules for other in beside)
        return used == len(factors) and (is_given or any(node.kind == "total" and node.value for node in under))

    def _factors(self, product: Node) -> list[str]:
        return [base_of(part) for part in product.parts if part.kind == "name"]

    def updated(self, sides: Sides, relation: str = "=") -> Weighed:
        """An update, b1 -= η db1, held against the derivatives so far."""
        own: dict[str, str] = {}
        for name, by in self.named:
            own.setdefault(base_of(by), base_of(name))
        whole = self.whole.union(own.values()) if self._goes_down else self.whole
        found = weighed_update(self.indexed, sides, relation, own, whole)
        if found.reason == UPWARD and own[base_of(sides.left).rstrip(FURTHER)] in self.wrong:
            return replace(found, verdict="undecided", reason=f"{UPWARD}, unless that of the gradient is")
        return found

    @cached_property
    def _goes_down(self) -> bool:
        return goes_down(self.indexed, self.known)

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

