"""A document's equations to rules: what each entry of an array is, and what each of its own functions is."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.formulas.syntax import FACTORIAL, Node
from derive.formulas.vocabulary import SEQUENCED, is_known
from derive.reach import reached
from derive.small_models.notation import Signs
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import (
    KRONECKER,
    base_of,
    bound_by,
    is_arithmetic,
    is_number,
    names_of,
    place_of,
    plain_of,
    slots_of,
    ungrouped,
)
from derive.small_models.worlds.sides import Claims, Sides, first_readings, form_of, nodes_of
from derive.small_models.worlds.sorts import Sorts

_DEFINES = frozenset(("=", ":=", "←", "≈"))
LENT = -1
"""The number of the claim of a rule that no claim states."""


class Rule(Struct, frozen=True):
    """A definition of the document for many entries at once: its pattern above and below, and its body."""

    base: str
    above: tuple[Node, ...]
    below: tuple[Node, ...]
    body: Node
    claim: int = LENT

    def matched(self, values: Sequence[int], signs: Signs, top: int) -> dict[str, int] | None:
        """The letters of the pattern where its slots have these values, above first; None where it has other entries.

        `top` is the last layer.
        """
        found: dict[str, int] = {}
        for pattern, value in zip((*self.above, *self.below), values, strict=False):
            letter, shift = place_of(pattern)
            if letter and letter not in signs.tops:
                if found.setdefault(letter, value - shift) != value - shift or found[letter] < 0:
                    return None
            elif value != shift + (top if letter else 0):
                return None
        return found


class Function(Struct, frozen=True):
    """A function of plain variables that the document defines: s(x) = 1/(1 + e^-x)."""

    variables: tuple[str, ...]
    body: Node
    claim: int
    letter: str = ""
    """The index of the entry that the body is, where the function gives a vector."""


class Definitions(Struct, frozen=True):
    """The rules of each base, those for single entries first; the claims that state them; those that bind the wrong
    letter, each with what is said of it.
    """

    rules: Mapping[str, tuple[Rule, ...]]
    claims: frozenset[int]
    slips: Mapping[int, str]


def definitions_of(
    document: Document, claims: Claims, signs: Signs, sorts: Sorts, constants: frozenset[str], dropped: frozenset[int]
) -> Definitions:
    """The rules that the claims state, those left out that are `dropped`; what is defined again states a claim."""
    rules: dict[str, list[Rule]] = {}
    stating: set[int] = set()
    slips: dict[int, str] = {}
    seen: set[str] = set()
    """The bases of the names of the claims before."""
    resting: set[str] = set()
    """Those that stand in rules."""
    readings = dict(first_readings(claims))
    given = {base_of(sides.left) for sides in readings.values() if is_number(sides.right)}
    told = {base_of(sides.left) for sides in readings.values() if sides.left.kind == "name"}
    for number, written in readings.items():
        sides, behind = _by_root(within_calls(_named(written, told, seen), seen)), readings.get(number + 1)
        seen.update(map(base_of, written.names()))
        if behind is not None and document.claims[number + 1].step and within_calls(behind, seen) != behind:
            sides = Sides(sides.left, behind.right)  # in its own names: σ(z)
        if document.claims[number].relation not in _DEFINES or number in dropped or not _may_define(sides, signs):
            continue
        above, below = slots_of(sides.left)
        rule = Rule(base_of(sides.left), above, below, sides.right, number)
        if below and len(below) < sorts.arity.get(rule.base, 0):
            continue
        if rule.base in given and is_arithmetic(sides.right):
            continue
        if rule.base in signs.vectors and _is_called_otherwise(rule.base, claims):  # σ_i is that of another vector
            stating.add(number)
            continue
        if rule.base in resting and _closes_a_circle(rule, rules):
            stating.add(number)
            continue
        if any(_covers(earlier, rule, signs) for earlier in rules.get(rule.base, ())):
            continue
        taken = free_letters(sides.left, signs)
        stray = free_letters(sides.right, signs) - taken - constants
        if stray:
            mended = _rebound(sides.right, stray, taken)
            if mended is None:
                continue
            body, slips[number] = mended
            rule = replace(rule, body=body)
        rules.setdefault(rule.base, []).append(rule)
        resting.update(map(base_of, _lettered(rule.body)))
        stating.add(number)
    return Definitions(
        {base: tuple(sorted(found, key=lambda rule: _open_slots(rule, signs))) for base, found in rules.items()},
        frozenset(stating),
        slips,
    )


def _named(sides: Sides, told: Collection[str], seen: Container[str]) -> Sides:
    """∂L/∂o = g, of an L and a g of which nothing else tells what they are, as what g is."""
    left, right = sides.left, sides.right
    if left.kind != "partial" or left.parts[0].kind != right.kind or right.kind != "name":
        return sides
    if right.value == KRONECKER:
        return sides
    is_new = base_of(right) not in seen and not {base_of(right), base_of(left.parts[0])}.intersection(told)
    return Sides(right, left) if is_new else sides


def _closes_a_circle(rule: Rule, rules: Mapping[str, Sequence[Rule]]) -> bool:
    """Whether what a rule rests on rests on what it defines, at the same letters: it is how an equation is solved, and
    tells nothing of a μ_k on which γ_nk rests.
    """

    def used(base: str) -> Iterator[str]:
        return (base_of(name) for one in rules.get(base, ()) if _is_of_letters(one) for name in _lettered(one.body))

    first = set(map(base_of, _lettered(rule.body))) - {rule.base}
    return _is_of_letters(rule) and rule.base in set(reached(first, used))


def _is_of_letters(rule: Rule) -> bool:
    """Whether a rule tells every entry alike, in no layer."""
    return not rule.above and all(index.kind == "name" for index in rule.below)


def _lettered(body: Node) -> Iterator[Node]:
    """The names of a body that stand in no layer, and with letters alone."""
    slots = ((name, *slots_of(name)) for name in names_of(body))
    return (name for name, above, below in slots if not above and all(index.kind == "name" for index in below))


def within_calls(sides: Sides, seen: Container[str]) -> Sides:
    """The equation by which a = σ(w x + b) = σ(z) introduces z; the sides as they are where z was seen before."""
    left, right = sides.left, sides.right
    if left.kind == right.kind == "call" and left.value == right.value and len(left.parts) == len(right.parts) == 1:
        (inner,), (name,) = left.parts, right.parts
        if name.kind == "name" and base_of(name) not in seen:
            return Sides(name, inner)
    return sides


def _by_root(sides: Sides) -> Sides:
    """e_ij = a - b where e_ij² = (a - b)² defines it, by the root of what stands there; any other sides as they are."""
    squared, right = sides.left, ungrouped(sides.right)
    if not _is_square(squared) or squared.parts[0].kind != "name" or not squared.parts[0].scripts:
        return sides
    half = Node("inverse", (Node("number", (), "2"),))
    return Sides(squared.parts[0], right.parts[0] if _is_square(right) else Node("power", (sides.right, half)))


def _is_square(node: Node) -> bool:
    return node.kind == "power" and node.parts[1].kind == "number" and node.parts[1].value in ("2", "²")


def _may_define(sides: Sides, signs: Signs) -> bool:
    """Whether a left side is a name that the right side may define."""
    left, right = sides.left, sides.right
    return (
        left.kind == "name"
        and right.kind != "number"
        and not sides.tells_entries
        and left.value not in signs.indices
        and not right.has("foreign")
        and not _mentions(right, left)
    )


def _is_called_otherwise(name: str, claims: Claims) -> bool:
    """Whether a function that is defined entry by entry stands before other variables."""
    return any(node.kind == "call" and node.value == name for node in nodes_of(claims))


def _open_slots(rule: Rule, signs: Signs) -> int:
    """In how many slots of a rule any index may stand."""
    letters = (place_of(index)[0] for index in (*rule.above, *rule.below))
    return sum(bool(letter) and letter not in signs.tops for letter in letters)


def _mentions(right: Node, left: Node) -> bool:
    """Whether a definition would rest on itself: the same entry, or the same array in the same layer."""
    own, (above, below) = form_of(left), slots_of(left)
    layer = list(map(place_of, above))
    for node in right.walk():
        if node.kind == "name" and node.value == left.value:
            other_above, other_below = slots_of(node)
            if not above and _goes_back(node, left) and not _steps_on(right, left):
                continue
            if form_of(node) == own or (list(map(place_of, other_above)) == layer and len(other_below) == len(below)):
                return True
        if node.kind == "partial" and node.parts[1].kind == "name" and form_of(node.parts[1]) == own:
            return True
    return False


def _goes_back(node: Node, left: Node) -> bool:
    """Whether a name is the one that is told, at an index before: h_{t-1} in what h_t is."""
    if node.kind != "name" or node.value != left.value or left.kind != "name":
        return False
    pairs = zip(map(place_of, slots_of(node)[1]), map(place_of, slots_of(left)[1]), strict=False)
    return any(letter and letter == own and shift < told for (letter, shift), (own, told) in pairs)


def _steps_on(right: Node, left: Node) -> bool:
    """Whether a name changes by what is added to it, w_{t+1} = w_t - η g_t: an update of one quantity."""
    return right.kind == "sum" and any(part.kind == "name" and part.value == left.value for part in right.parts)


def _covers(old: Rule, new: Rule, signs: Signs) -> bool:
    """Whether an earlier definition says already what the entries of a later one are."""
    if len(old.above) != len(new.above):
        return False
    for one, other in zip((*old.above, *old.below), (*new.above, *new.below), strict=False):
        letter, shift = place_of(one)
        is_fixed = not letter or letter in signs.tops
        if is_fixed and place_of(other) != (letter, shift):
            return False
        if not is_fixed and not place_of(other)[0] and new.body.kind == "name":  # a^0 = x: where the layers begin
            return False
    return True


def _rebound(body: Node, stray: frozenset[str], taken: frozenset[str]) -> tuple[Node, str] | None:
    """∑_j w_jk a_k where j is told and k is not: the sum with k bound, and what is said of it."""
    hits = [
        node
        for node in body.walk()
        if node.kind == "sums"
        and node.parts[0].kind == "limit"
        and node.parts[0].parts
        and node.parts[0].parts[0].value in taken
    ]
    if len(stray) != 1 or len(hits) != 1:
        return None
    (letter,), (wrong, *rest) = stray, hits[0].parts[0].parts
    limit = replace(hits[0].parts[0], parts=(replace(wrong, value=letter), *rest))

    def mended(node: Node) -> Node:
        if node is hits[0]:
            return replace(node, parts=(limit, *node.parts[1:]))
        return replace(node, parts=tuple(map(mended, node.parts)))

    told = f"the sum runs over {wrong.value}, which stands on the left; {letter} is the index to sum over"
    return mended(body), told


def constants_of(claims: Claims, signs: Signs) -> frozenset[str]:
    """Letters that are one index throughout: they stand in a definition's body alone, and no sum ever binds them."""
    bound: set[str] = set()
    stray: set[str] = set()
    for _, sides in first_readings(claims):
        bound.update(part.value for node in sides.walk() if node.kind == "limit" for part in bound_by(node))
        if sides.left.kind == "name":
            taken = free_letters(sides.left, signs)
            loose = free_letters(sides.right, signs) - taken
            bound |= taken
            if _rebound(sides.right, loose, taken) is None:
                stray |= loose
    found = stray - bound - signs.layers
    picking = {letter for letter in found if "_" in letter}
    return frozenset(found if len(picking) < 2 else found - picking)  # y_i and y_k may be two


def functions_of(document: Document, claims: Claims, signs: Signs) -> dict[str, Function]:
    """The document's own functions by name, each as it is defined first."""
    found: dict[str, Function] = {}
    readings = dict(first_readings(claims))
    begun = {n: sides for n, sides in readings.items() if not document.claims[n].step}
    heads = {sides.left.value for sides in begun.values() if sides.left.kind == "call"}
    for number, sides in readings.items():
        behind, right = readings.get(number + 1), sides.right
        is_generic = right.kind == "call" and not is_known(right.value) and right.value not in heads
        if is_generic and behind is not None and document.claims[number + 1].step:
            sides = Sides(sides.left, behind.right)  # h(x) = g(θ^T x) = 1/(1 + e^(-θ^T x)), of a g that only this tells
        for name, function in _function(document, sides, number):
            found.setdefault(name, function)
        below = slots_of(sides.left)[1]
        if sides.left.value in signs.vectors and len(below) == 1 and below[0].kind == "name":
            variables = signs.vectors[sides.left.value]
            found.setdefault(sides.left.value, Function(variables, sides.right, number, below[0].value))
    return found


def _at_any_index(left: Node, body: Node) -> tuple[Node, Node]:
    """p(y | x) = …, of plain names, where p(y_i | x_i) = … defines it at every index, which nothing else bears; what
    has a layer, too, h(a_j^L), is one of several.
    """
    bases = [part.value for part in left.parts if part.kind == "name"]
    if any(sum(map(len, slots_of(part))) > 1 for part in left.parts):
        return left, body
    if len(set(bases)) < len(left.parts) or all(plain_of(part) for part in left.parts):
        return left, body
    indexed = {form_of(part) for part in left.parts}

    def put(node: Node) -> Node:
        if node.kind == "name" and form_of(node) in indexed:
            return replace(node, scripts=())
        return replace(node, parts=tuple(map(put, node.parts)))

    found = put(body)
    letters, borne = (
        {place_of(index)[0] for name in names_of(tree) for script in name.scripts for index in script.parts}
        for tree in (left, found)
    )
    is_other = any(name.value in bases and name.scripts for name in names_of(found))
    return (left, body) if letters & borne or is_other else (put(left), found)


def _gives_values(left: Node, body: Node) -> bool:
    """Whether a body has no names and tells values, but no function: σ(z) = [0.5, 0.9], σ(z) = 0.5."""
    return (body.kind in ("list", "matrix") or is_known(left.value)) and not any(True for _ in names_of(body))


def _function(document: Document, sides: Sides, number: int) -> Iterator[tuple[str, Function]]:
    """s(x) = …, but for log p = …, a claim; and s = … where the words tell its variables and the body has one."""
    left, body = sides.left, sides.right
    if left.kind == "call" and not left.order and left.value not in (*SEQUENCED, FACTORIAL):
        left, body = _at_any_index(left, body)
        variables = tuple(map(plain_of, left.parts))
        is_of_functions = any(name.endswith("()") for name in variables)  # log φ(x) = … defines no log
        is_told = not is_of_functions and not body.has("foreign") and not _gives_values(left, body)
        if variables and all(variables) and is_told:
            yield left.value, Function(variables, body, number)
    elif plain_of(left):
        name = left.value.removesuffix("()")
        variables = document.vocabulary.functions.get(name, ())
        if {node.value for node in names_of(body)} & set(variables):
            yield name, Function(variables, body, number)
