"""A document's claims to a world of arrays: what defines what, losses that nothing defines, totals and cases that are told."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from derive.formulas.claims import Document
from derive.formulas.syntax import BEYOND_SCALARS, Node
from derive.rules import SPELLINGS
from derive.small_models.models import Rule, World, free_letters
from derive.small_models.notation import Signs, normal, place_of, signs_of
from derive.small_models.sorts import KRONECKER, Sorts, base_of, slots_of, sorts_of

_DEFINES = frozenset(("=", ":=", "←", "≈"))


class Sides(Struct, frozen=True):
    """One way to read both sides of a claim, and what was assumed."""

    left: Node
    right: Node
    assumed: tuple[str, ...] = ()


class Case(Struct, frozen=True):
    """i = k or i ≠ k, as the text says it before a claim."""

    claim: int
    one: str
    other: str
    equal: bool

    @property
    def told(self) -> str:
        """As it is said in a verdict."""
        return f"{self.one} {'=' if self.equal else '≠'} {self.other}"


class Indexed(Struct, frozen=True):
    """A document in the one notation: the readings of each claim, the world, which claims define, and what is told."""

    sides: tuple[tuple[Sides, ...], ...]
    world: World
    definers: Mapping[int, str]
    slips: Mapping[int, tuple[Node, str]]
    cases: tuple[Case, ...]
    mine: frozenset[int]
    implied: Mapping[str, Node]


def indexed_of(document: Document) -> Indexed:
    """The document as a world."""
    trees = [reading.tree for claim in document.claims for member in (claim.left, claim.right) for reading in member.readings[:1]]
    signs = signs_of(trees, document.vocabulary.functions)
    sides = tuple(tuple(_sides(claim.left.readings, claim.right.readings, signs)) for claim in document.claims)
    first = [[s.left, s.right] if (s := found[0] if found else None) else [] for found in sides]
    defined = {base_of(s[0].left) for s in sides if s and s[0].left.kind == "name"}
    sorts = sorts_of(first, signs, {base for base in defined if not _is_told_delta(base, sides)})
    rules, definers, slips = _rules(document, sides, signs, sorts)
    opaque = _opaque(sides, rules)
    for base in [base for base, found in rules.items() if _is_unknown_call(found[0].body, rules)]:
        opaque[base] = tuple(dict.fromkeys(base_of(node) for node in rules[base][0].body.walk() if node.kind == "name"))
        del rules[base]
    totals = {base: value for s in sides if s for base, value in _total(s[0])}
    world = World(signs, sorts, {base: tuple(found) for base, found in rules.items()}, opaque, totals, _functions(document, sides, signs))
    return Indexed(sides, world, definers, slips, tuple(_cases(document, sides, signs)), _mine(sides, sorts), _implied(rules))


def _sides(lefts: Sequence[object], rights: Sequence[object], signs: Signs) -> Iterator[Sides]:
    found = [
        Sides(normal(left.tree, signs), normal(right.tree, signs), (*left.assumed, *right.assumed))  # type: ignore[attr-defined]
        for left in lefts
        for right in rights
    ]
    yield from sorted(found, key=lambda s: len(s.assumed))[:6]


def _is_told_delta(base: str, sides: Sequence[Sequence[Sides]]) -> bool:
    """δ_ij = 1: the Kronecker delta, told again."""
    return base in KRONECKER and all(s[0].right.kind == "number" for s in sides if s and s[0].left.kind == "name" and base_of(s[0].left) == base and len(slots_of(s[0].left)[1]) == 2)


def shape_of(node: Node) -> object:
    """A tree without its places, to compare."""
    return (node.kind, node.value, node.order, tuple(map(shape_of, node.scripts)) if node.kind == "name" else (), tuple(map(shape_of, node.parts))) if node.kind not in ("above", "below") else (node.kind, tuple(map(shape_of, node.parts)))


def _mine(sides: Sequence[Sequence[Sides]], sorts: Sorts) -> frozenset[int]:
    """The claims that the scalar engine cannot take: they have a sum, a matrix, an index, or the name of an array."""
    found = set()
    for number, readings in enumerate(sides):
        if readings and any(_is_beyond(node, sorts) for side in (readings[0].left, readings[0].right) for node in side.walk()):
            found.add(number)
    return frozenset(found)


def _is_beyond(node: Node, sorts: Sorts) -> bool:
    if node.kind == "name":
        return bool(node.scripts) or bool(sorts.arity.get(node.value))
    return node.kind in BEYOND_SCALARS


# definitions


def _rules(document: Document, sides: Sequence[Sequence[Sides]], signs: Signs, sorts: Sorts) -> tuple[dict[str, list[Rule]], dict[int, str], dict[int, tuple[Node, str]]]:
    rules: dict[str, list[Rule]] = {}
    definers: dict[int, str] = {}
    slips: dict[int, tuple[Node, str]] = {}
    for number, (claim, readings) in enumerate(zip(document.claims, sides, strict=True)):
        if not readings or claim.relation not in _DEFINES:
            continue
        left, right = readings[0].left, readings[0].right
        if left.kind != "name" or right.kind == "number" or _mentions(right, left) or right.has("foreign"):
            continue
        if left.value in signs.indices or left.value in KRONECKER and len(slots_of(left)[1]) == 2 and right.kind == "number":
            continue
        base = base_of(left)
        above, below = slots_of(left)
        if below and len(below) < sorts.arity.get(base, 0):
            continue
        new = Rule(base, above, below, right, number)
        if any(_covers(rule, new, signs) for rule in rules.get(base, ())):
            continue
        stray = free_letters(right, signs) - free_letters(left, signs)
        if stray:
            mended = _rebound(right, stray, free_letters(left, signs))
            if mended is None:
                continue
            slips[number] = mended
            new = Rule(base, above, below, mended[0], number)
        rules.setdefault(base, []).append(new)
        definers[number] = base
    for found in rules.values():
        found.sort(key=lambda rule: sum(1 for index in (*rule.above, *rule.below) if place_of(index)[0] and place_of(index)[0] not in signs.tops))
    return rules, definers, slips


def _mentions(right: Node, left: Node) -> bool:
    """Whether a definition would rest on itself: the same entry, or the same array in the same layer."""
    own = shape_of(left)
    above, _ = slots_of(left)
    for node in right.walk():
        if node.kind == "name" and (shape_of(node) == own or node.value == left.value and [place_of(i) for i in slots_of(node)[0]] == [place_of(i) for i in above] and len(slots_of(node)[1]) == len(slots_of(left)[1])):
            return True
        if node.kind == "partial" and node.parts[1].kind == "name" and shape_of(node.parts[1]) == own:
            return True
    return False


def _covers(old: Rule, new: Rule, signs: Signs) -> bool:
    """Whether an earlier definition says already what the entries of a later one are."""
    if len(old.above) != len(new.above):
        return False
    for one, other in zip((*old.above, *old.below), (*new.above, *new.below), strict=False):
        letter, shift = place_of(one)
        fixed = not letter or letter in signs.tops
        if fixed and place_of(other) != (letter, shift):
            return False
    return True


def _rebound(body: Node, stray: frozenset[str], taken: frozenset[str]) -> tuple[Node, str] | None:
    """∑_j w_jk a_k where j is told and k is not: the sum with k bound, and what is said of it."""
    from msgspec.structs import replace

    if len(stray) != 1:
        return None
    (letter,) = stray
    hits = [node for node in body.walk() if node.kind == "sums" and node.parts[0].kind == "limit" and node.parts[0].parts and node.parts[0].parts[0].value in taken]
    if len(hits) != 1:
        return None
    wrong = hits[0].parts[0].parts[0].value

    def mended(node: Node) -> Node:
        if node is hits[0]:
            limit = replace(node.parts[0], parts=(replace(node.parts[0].parts[0], value=letter), *node.parts[0].parts[1:]))
            return replace(node, parts=(limit, *node.parts[1:]))
        return replace(node, parts=tuple(map(mended, node.parts)))

    return mended(body), f"the sum runs over {wrong}, which stands on the left; {letter} is the index to sum over"


def _is_unknown_call(body: Node, rules: Mapping[str, object]) -> bool:
    """l(o, y) with an l that nothing defines."""
    if body.kind == "call" and not body.order and body.value not in SPELLINGS and body.value != "softmax" and body.value not in rules:
        return len(body.parts) > 1
    return body.kind == "product" and len(body.parts) == 2 and body.parts[0].kind == "name" and body.parts[1].kind == "list" and body.parts[0].value not in rules


def _opaque(sides: Sequence[Sequence[Sides]], rules: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Names that are differentiated and that nothing defines, with the bases by which they are."""
    found: dict[str, dict[str, None]] = {}
    for readings in sides:
        for side in (readings[0].left, readings[0].right) if readings else ():
            for node in side.walk():
                if node.kind == "partial":
                    of, by = node.parts
                elif node.kind == "gradient" and len(node.parts) == 2:
                    by, of = node.parts
                else:
                    continue
                if of.kind == "name" and by.kind == "name" and base_of(of) not in rules and not slots_of(of)[1]:
                    found.setdefault(base_of(of), {})[base_of(by)] = None
    return {of: tuple(bys) for of, bys in found.items()}


def _functions(document: Document, sides: Sequence[Sequence[Sides]], signs: Signs) -> dict[str, tuple[tuple[str, ...], Node, int]]:
    """The document's own functions of plain variables: s(x) = 1/(1 + e^-x)."""
    found: dict[str, tuple[tuple[str, ...], Node, int]] = {}
    for number, readings in enumerate(sides):
        if readings and readings[0].left.kind == "name" and not readings[0].left.scripts:
            name, body = readings[0].left.value, readings[0].right
            variables = document.vocabulary.functions.get(name, ())
            plain = all(node.kind not in BEYOND_SCALARS and not node.scripts for node in body.walk())
            if variables and plain and name not in found and {n.value for n in body.walk() if n.kind == "name"} & set(variables):
                found[name] = variables, body, number
    return found


# what is told beside


def _total(sides: Sides) -> Iterator[tuple[str, Node]]:
    """∑ y_i = 1."""
    left, right = sides.left, sides.right
    if left.kind == "sums" and right.kind == "number" and left.value == "∑" and left.parts[-1].kind == "name" and len(slots_of(left.parts[-1])[1]) == 1:
        yield base_of(left.parts[-1]), right


def _implied(rules: Mapping[str, Sequence[Rule]]) -> dict[str, Node]:
    """The targets of a cross-entropy, -∑ y_i log p_i: their sum is one, as for any one-hot vector."""
    found: dict[str, Node] = {}
    for rule in (rule for some in rules.values() for rule in some):
        for node in rule.body.walk():
            if node.kind == "sums" and node.parts[-1].kind == "product" and len(node.parts[-1].parts) == 2:
                target, logarithm = node.parts[-1].parts
                if target.kind == "name" and logarithm.kind == "call" and logarithm.value in ("log", "ln") and len(slots_of(target)[1]) == 1 and base_of(target) not in rules:
                    found[base_of(target)] = Node("number", (), "1")
    return found


def _cases(document: Document, sides: Sequence[Sequence[Sides]], signs: Signs) -> Iterator[Case]:
    """Every i = k and i ≠ k of the text, with the claim that it precedes."""
    for number, readings in enumerate(sides):
        if readings and is_case(readings[0], signs):
            yield Case(number, readings[0].left.value, readings[0].right.value, True)
    for condition in document.conditions:
        if condition.sign != "≠":
            continue
        one, other = (normal(member.readings[0].tree, signs) for member in (condition.left, condition.right))
        if one.kind == other.kind == "name" and {one.value, other.value} <= signs.indices:
            after = [number for number, claim in enumerate(document.claims) if claim.right.start > condition.left.start]
            yield Case((after[0] if after else len(document.claims)) - 1, one.value, other.value, False)


def is_case(sides: Sides, signs: Signs) -> bool:
    """Whether a claim is i = k."""
    plain = all(side.kind == "name" and not side.scripts and side.value in signs.indices for side in (sides.left, sides.right))
    return plain and sides.left.value != sides.right.value
