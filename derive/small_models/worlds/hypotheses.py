"""What a document with arrays may mean beyond what is written: hypotheses for the whole of it."""

from collections.abc import Iterator, Sequence
from itertools import product as every

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.notation import Signs
from derive.small_models.notation.slots import base_of, plain_of
from derive.small_models.worlds.definitions import Rule
from derive.small_models.worlds.homonyms import tell_layers
from derive.small_models.worlds.ranks import has_vector
from derive.small_models.worlds.sides import Claims, first_readings, form_of, nodes_of
from derive.small_models.worlds.stacked import COLUMNS, ROWS
from derive.small_models.worlds.world import World


class Hypothesis(Struct, frozen=True):
    """A hypothesis for the whole document: vectors are rows; a quantity is the softmax of another."""

    row: bool = False
    """Vectors are rows."""
    flat: bool = False
    """A program works on one sample, and its vectors have one dimension."""
    small: bool = False
    """A program's names that are written small are vectors."""
    loose: bool = False
    """A product of two vectors of one shape goes entry by entry."""
    dotted: bool = False
    """A product of two vectors of one shape is an inner product."""
    layered: bool = False
    """The equations from layer to layer are lent."""
    loss: str = ""
    """What δ is the derivative of by z, where that is lent, too."""
    lettered: bool = False
    """Letters tell layers: δ_j and δ_k are two arrays."""
    outside: frozenset[str] = frozenset()
    """Letters that are none of the indices over which sums run."""
    dropped: frozenset[int] = frozenset()
    """The claims that define nothing."""
    blamed: bool = False
    """They are slips: what they define is defined otherwise by another claim."""
    held: str = ""
    """What such a claim tells with a noise, and what is observed."""
    again: tuple[tuple[str, int], ...] = ()
    """Bases, each with a claim from which on it is another quantity."""
    softmax: tuple[str, str] | None = None
    """The bases of a quantity and of what it is the softmax of."""
    stacked: str = ""
    """Whether a matrix X has the samples x_i as its rows or its columns."""

    @property
    def is_layout(self) -> bool:
        """Whether it is about how vectors and their products are written."""
        return self.row or self.loose or self.dotted

    @property
    def told(self) -> str:
        """What is assumed beyond what is written."""
        parts = []
        if self.softmax is not None:
            one, other = (base.rstrip("^") for base in self.softmax)
            parts.append(f"{one} read as the softmax of {other}")
        if self.again:
            names = ", ".join(dict.fromkeys(base.rstrip("()^") for base, _ in self.again))
            parts.append(f"{names} taken as another where it is defined again")
        if self.held:
            parts.append(f"{self.held} held, as what is observed")
        if self.stacked:
            parts.append(f"matrices read as those that have the samples as their {self.stacked}")
        if self.flat:
            parts.append("read as arrays of one dimension")
        if self.small:
            parts.append("names written small read as vectors")
        if self.loose:
            parts.append("products of two vectors of one shape read entry by entry")
        if self.dotted:
            parts.append("products of two vectors of one shape read as inner products")
        if self.lettered:
            parts.append("names with other letters read as other layers")
        if self.layered:
            parts.append("z = w a + b and a = σ(z) from layer to layer lent")
        if self.loss:
            parts.append(f"δ = ∂{self.loss}/∂z lent")
        return "; ".join(parts)


AS_WRITTEN = Hypothesis()
_WEIGHTS = ("w^", "W^")


def hypotheses_of(
    claims: Claims,
    world: World,
    words: str,
    untold: frozenset[str],
    refuted: frozenset[int],
    proved: frozenset[int],
    misfit: bool,
    programs: bool,
    stacks: bool,
) -> Iterator[Hypothesis]:
    """What else a document may mean whose `world` is as written.

    `untold` are losses of which more is differentiated than their formulas have, `refuted` the claims that are refuted
    then and `proved` those that are proved, `misfit` whether some product of matrices does not fit, `programs` whether
    some claim is a program's, `stacks` whether some matrix may have the samples as its rows.
    """
    if misfit:
        yield Hypothesis(dotted=True)
    if world.shapes or any(node.kind == "entry" and node.value == "row" for node in nodes_of(claims)):
        yield Hypothesis(row=True)
        if misfit:
            yield Hypothesis(loose=True)
        is_of_entries = programs and not any(node.kind in ("matmul", "transposed") for node in nodes_of(claims))
        if is_of_entries or any(map(has_vector, nodes_of(claims))):
            yield Hypothesis(small=True)
    if programs:
        yield Hypothesis(flat=True)
    if tell_layers(claims):
        yield Hypothesis(lettered=True)
    if world.constants and refuted:
        yield Hypothesis(outside=world.constants)
    if stacks:
        yield from (Hypothesis(stacked=way) for way in (ROWS, COLUMNS))
    yield from _of_layers(claims, world)
    yield from _of_noise(world)
    yield from _of_slips(claims, world, refuted)
    yield from _of_functions(claims, world, proved)
    partials = [node for node in nodes_of(claims) if node.kind == "partial"]
    yield from _of_any_loss(claims, partials, world, untold)
    if "softmax" in words.lower():
        yield from _of_softmaxes(partials, world)


def _of_layers(claims: Claims, world: World) -> Iterator[Hypothesis]:
    """Lent layers; and where an error δ is defined before, that this is a claim."""
    names = {base_of(node) for node in nodes_of(claims) if node.kind == "name"}
    if not {"z^", "a^"} <= names or names.isdisjoint(_WEIGHTS) or {"z^", "a^"} & world.rules.keys():
        return
    yield Hypothesis(layered=True)
    errors = [rules for base, rules in world.rules.items() if base.startswith("δ")]
    for rules in errors[:1]:
        claims_of = frozenset(rule.claim for rule in rules)
        yield Hypothesis(layered=True, dropped=frozenset((min(claims_of),)))
        if rules[0].base == "δ^" and len(world.opaque) == 1:
            yield Hypothesis(layered=True, dropped=claims_of, loss=min(world.opaque))


def _of_noise(world: World) -> Iterator[Hypothesis]:
    """y_i = f(x_i) + ε_i tells how y came about; where a likelihood is differentiated, y is what was observed."""
    for base, rules in world.rules.items():
        told = {rule.claim for rule in rules if rule.body.kind == "sum" and any(map(_is_noise, rule.body.parts))}
        if told:
            yield Hypothesis(dropped=frozenset(told), held=base.rstrip("^"))


def _of_slips(claims: Claims, world: World, refuted: frozenset[int]) -> Iterator[Hypothesis]:
    """z_k = ∑ w_kj a_j is refuted by a z_j = ∑ w_kj a_k before it: that one may be the slip."""
    told = {number: sides for number, sides in first_readings(claims) if sides.left.kind == "name"}
    for number in sorted(refuted & told.keys()):
        base = base_of(told[number].left)
        first = [rule.claim for rule in world.rules.get(base, ()) if rule.claim in told]
        forms = {form_of(told[one].right) for one in first}
        same = (n for n, sides in told.items() if base_of(sides.left) == base and form_of(sides.right) in forms)
        is_error = any(told[one].right.kind == "partial" for one in first)  # δ = ∂C/∂z is what everybody means
        if first and number not in first and not is_error:
            yield Hypothesis(dropped=frozenset(same), blamed=True)


def _of_functions(claims: Claims, world: World, proved: frozenset[int]) -> Iterator[Hypothesis]:
    """f(x) = x^T A x, and later f(x) = ‖A x - b‖²: another function from there on, wherever it is defined again."""
    anew = tuple(
        (base_of(sides.left), number)
        for number, sides in first_readings(claims)
        if number not in proved and sides.left.kind == "name" and sides.left.value.endswith("()")
        and all(number > rule.claim >= 0 for rule in world.rules.get(base_of(sides.left), ()))
        and base_of(sides.left) in world.rules
    )  # fmt: skip
    if anew:
        yield Hypothesis(again=anew)


def _is_noise(term: Node) -> bool:
    return term.kind == "name" and term.value.startswith("ε")


def _of_any_loss(
    claims: Claims, partials: Sequence[Node], world: World, untold: frozenset[str]
) -> Iterator[Hypothesis]:
    """A loss of which more is differentiated than its formula has is another one from where it is defined again, or any
    loss.
    """
    above = {base_of(node.parts[0]) for node in partials if node.parts[0].kind == "name"}
    for base in sorted((above - set(_differentiated_by(partials))) & world.rules.keys() & untold):
        own = frozenset(rule.claim for rule in world.rules[base])
        told = (n for n, sides in first_readings(claims) if sides.left.kind == "name" and base_of(sides.left) == base)
        anew = [number for number in told if number > max(own)]
        yield from (Hypothesis(again=((base, number),)) for number in anew)
        yield Hypothesis(dropped=own.union(anew))


def _differentiated_by(partials: Sequence[Node]) -> list[str]:
    return [base_of(node.parts[1]) for node in partials if node.parts[1].kind == "name"]


def _of_softmaxes(partials: Sequence[Node], world: World) -> Iterator[Hypothesis]:
    """A p that nothing defines, and of which there is a logarithm or a derivative by o, is the softmax of o; so is one
    that is written with the index in the place of o, e^j for e^{o_j}.
    """
    logarithms = [
        base_of(node.parts[0])
        for rules in world.rules.values()
        for rule in rules
        for node in rule.body.walk()
        if node.kind == "call" and node.value in ("log", "ln") and node.parts[0].kind == "name"
    ]
    pairs = [*every(logarithms, _differentiated_by(partials)), *_linked(partials)]
    for one, other in dict.fromkeys(pairs):
        is_open = one != other and other not in world.rules and _is_open(one, world)
        if is_open and world.sorts.arity.get(one) == world.sorts.arity.get(other) == 1:
            yield Hypothesis(softmax=(one, other))


def _is_open(base: str, world: World) -> bool:
    """Whether nothing defines a quantity, or the exponential of an index does."""
    bodies = [rule.body for rule in world.rules.get(base, ())]
    return not bodies or any(_is_exponential(node, world.signs) for body in bodies for node in body.walk())


def _is_exponential(node: Node, signs: Signs) -> bool:
    """e^j, exp(j)."""
    is_power = node.kind == "power" and plain_of(node.parts[0]) == "e"
    return (is_power or (node.kind == "call" and node.value == "exp")) and plain_of(node.parts[-1]) in signs.indices


def _linked(partials: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """∂p/∂o and ∂log(p)/∂o."""
    for of, by in (node.parts for node in partials):
        while of.kind in ("call", "group", "negative") and len(of.parts) == 1:
            of = of.parts[0]
        if of.kind == by.kind == "name":
            yield base_of(of), base_of(by)


def lent_layers(signs: Signs, claims: Claims, loss: str) -> dict[str, tuple[Rule, ...]]:
    """z^l = w^l a^{l-1} + b^l and a^l = σ(z^l), as they are lent to a text that leaves them out; and the error δ^l of a
    loss.
    """
    letter = Node("name", (), sorted(signs.layers)[0] if signs.layers else "l")
    before = Node("sum", (letter, Node("negative", (Node("number", (), "1"),))))

    def at(name: str, layer: Node) -> Node:
        return Node("name", (), name, scripts=(Node("above", (layer,)),))

    nodes = list(nodes_of(claims))
    primed = (node.value for node in nodes if node.kind == "call" and node.order == 1)
    named = {base_of(node): node.value for node in nodes if node.kind == "name"}
    weight = next((named[base] for base in _WEIGHTS if base in named), "w")  # z and a are small, and so is w beside W
    z = Node("sum", (Node("product", (at(weight, letter), at("a", before))), at("b", letter)))
    a = Node("call", (at("z", letter),), next(primed, "σ"))
    error = Node("partial", (Node("name", (), loss), at("z", letter)), order=1)
    lent = {"z^": z, "a^": a, **({"δ^": error} if loss else {})}
    return {base: (Rule(base, (letter,), (), body),) for base, body in lent.items()}


def softmax_rule(one: str, other: str) -> Rule:
    """p = softmax(o) for whole vectors."""
    return Rule(one, (), (), Node("call", (Node("name", (), other),), "softmax"))
