"""A document's claims to a world of arrays: what defines what, losses, totals and cases that are told."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.formulas.syntax import Node
from derive.rules import SPELLINGS
from derive.small_models.models import Rule, World, free_letters
from derive.small_models.notation import Signs, normal, place_of, signs_of, tells_arrays
from derive.small_models.shapes import near_of, shapes_of
from derive.small_models.sorts import KRONECKER, Sorts, base_of, slots_of, sorts_of

_DEFINES = frozenset(("=", ":=", "←", "≈"))


class Sides(Struct, frozen=True):
    """One way to read both sides of a claim, and what was assumed."""

    left: Node
    right: Node
    assumed: tuple[str, ...] = ()


class Case(Struct, frozen=True):
    """i = k or i ≠ k, as the text says it before a claim, or behind it on its line."""

    claim: int
    one: str
    other: str
    equal: bool
    is_behind: bool = False

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
    statements: tuple[int, ...]
    misfits: tuple[int, ...] = ()
    words: str = ""
    relations: tuple[str, ...] = ()
    programs: frozenset[int] = frozenset()
    valued: frozenset[str] = frozenset()
    """The names to which the text gives a number."""
    changes: bool = False
    """Whether a program changes entries of an array in place."""


class Layout(Struct, frozen=True):
    """A hypothesis for the whole document: vectors are rows; a quantity is the softmax of another."""

    row: bool = False
    softmax: tuple[str, str] | None = None
    layered: bool = False
    dropped: frozenset[int] = frozenset()
    loose: bool = False

    @property
    def told(self) -> str:
        """What is assumed beyond what is written."""
        parts = []
        if self.softmax is not None:
            parts.append(f"{self.softmax[0].rstrip('^')} read as the softmax of {self.softmax[1].rstrip('^')}")
        if self.loose:
            parts.append("products of two vectors of one shape read entry by entry")
        if self.layered:
            parts.append("z = w a + b and a = σ(z) from layer to layer lent")
        return "; ".join(parts)


def indexed_of(document: Document, layout: Layout | None = None) -> Indexed:
    """The document as a world, under a hypothesis."""
    layout = layout or Layout()
    trees = [
        reading.tree
        for claim in document.claims
        for member in (claim.left, claim.right)
        for reading in member.readings[:1]
    ]
    signs = signs_of(trees, document.vocabulary.functions)
    sides = tuple(tuple(_sides(claim.left.readings, claim.right.readings, signs)) for claim in document.claims)
    if not any(s and _is_double_delta(s[0].left) and s[0].right.kind != "number" for s in sides):
        sides = tuple(
            tuple(Sides(_with_kronecker(s.left), _with_kronecker(s.right), s.assumed) for s in found) for found in sides
        )
    sides = tuple(versions_of(document, _same_letters(_apart(sides))))
    first = [[s.left, s.right] if (s := found[0] if found else None) else [] for found in sides]
    defined = {base_of(s[0].left) for s in sides if s and s[0].left.kind == "name"}
    sorts = sorts_of(first, signs, {base for base in defined if not _is_told_delta(base, sides)})
    constants = _constants(first, signs)
    rules, definers, slips = _rules(document, sides, signs, sorts, constants, layout.dropped)
    if layout.layered:
        rules.update(_layers(signs, trees))
    opaque = _opaque(sides, rules)
    for base in [base for base, found in rules.items() if _is_unknown_call(found[0].body, rules)]:
        opaque[base] = tuple(dict.fromkeys(base_of(node) for node in rules[base][0].body.walk() if node.kind == "name"))
        del rules[base]
    opaque = {of: bys for of, bys in opaque.items() if of not in rules}
    if layout.softmax is not None:
        one, other = layout.softmax
        rules[one] = [Rule(one, (), (), Node("call", (Node("name", (), other),), "softmax"), -1)]
    programs = frozenset(number for number, claim in enumerate(document.claims) if claim.program)
    functions = _functions(document, sides, signs)
    shapes = shapes_of(
        first,
        frozenset(definers),
        signs,
        sorts,
        layout.row,
        programs,
        {base: found[0].body for base, found in rules.items() if not found[0].below and found[0].claim >= 0},
        {name: body for name, (_, body, _) in functions.items()},
    )
    totals = {base: value for s in sides if s for base, value in _total(s[0])}
    world = World(
        signs,
        shapes.sorts,
        {base: tuple(found) for base, found in rules.items()},
        opaque,
        totals,
        functions,
        shapes.of,
        constants,
        layout.row,
        layout.loose,
    )
    mine = _mine(sides, sorts, shapes.of) & near_of(first, signs) if _is_indexed(first) else frozenset()
    if mine:
        mine |= frozenset(number for number in programs if sides[number] and is_made(sides[number][0]))
    return Indexed(
        sides,
        world,
        definers,
        slips,
        tuple(_cases(document, sides, signs)),
        mine,
        _implied(sides, rules),
        tuple(claim.statement for claim in document.claims),
        shapes.misfits,
        document.text.text,
        tuple(claim.relation for claim in document.claims),
        programs,
        frozenset(
            base_of(found[0].left)
            for found in sides
            if found and found[0].left.kind == "name" and found[0].right.kind in ("number", "negative")
        ),
        any(found and found[0].left.kind in ("foreign", "entry") for n, found in enumerate(sides) if n in programs),
    )


def _is_indexed(claims: Sequence[Sequence[Node]]) -> bool:
    """Whether a document speaks of arrays at all: it has a sum, a sign of matrices, or a name with two indices."""
    return any(
        (tells_arrays(node) and node.kind not in ("norm", "list", "entry"))
        or (node.kind == "name" and _lettered(node) > 1)
        or (node.kind == "call" and node.value == "softmax")
        for sides in claims for side in sides for node in side.walk()
    )  # fmt: skip


def _lettered(name: Node) -> int:
    """How many letters stand as indices above and below a name."""
    indices = [index for script in name.scripts for index in script.parts if index.kind != "word"]
    return sum(bool(place_of(index)[0]) for index in indices)


def layouts_of(document: Document, plain: Indexed, untold: frozenset[str], misfit: bool) -> Iterator[Layout]:
    """What else the document may mean: vectors as rows; lent layers; a loss of which more is differentiated than
    its formula has (`untold`), as any loss; an undefined p that is differentiated by o as its softmax."""
    if plain.world.shapes:
        yield Layout(row=True)
        if misfit:
            yield Layout(loose=True)
    names = {
        base_of(node)
        for some in plain.sides
        if some
        for side in (some[0].left, some[0].right)
        for node in side.walk()
        if node.kind == "name"
    }
    layered = {"w^", "z^", "a^"} <= names and not {"z^", "a^"} & plain.world.rules.keys()
    early = [
        min(found, key=lambda rule: rule.claim).claim
        for found in plain.world.rules.values()
        if found[0].base.startswith("δ")
    ]
    if layered:
        yield Layout(layered=True)
        for number in early[:1]:
            yield Layout(layered=True, dropped=frozenset((number,)))
    partials = [
        node
        for some in plain.sides
        if some
        for side in (some[0].left, some[0].right)
        for node in side.walk()
        if node.kind == "partial"
    ]
    above = {base_of(node.parts[0]) for node in partials if node.parts[0].kind == "name"}
    below = {base_of(node.parts[1]) for node in partials if node.parts[1].kind == "name"}
    for base in sorted((above - below) & plain.world.rules.keys() & untold):
        yield Layout(dropped=frozenset(rule.claim for rule in plain.world.rules[base]))
    if "softmax" not in document.text.text.lower():
        return
    arity = plain.world.sorts.arity
    seen = set()
    logs = [
        base_of(node.parts[0])
        for found in plain.world.rules.values()
        for rule in found
        for node in rule.body.walk()
        if node.kind == "call" and node.value in ("log", "ln") and node.parts[0].kind == "name"
    ]
    for one in dict.fromkeys(logs):
        for other in dict.fromkeys(base_of(node.parts[1]) for node in partials if node.parts[1].kind == "name"):
            if (
                one != other
                and arity.get(one) == arity.get(other) == 1
                and not {one, other} & plain.world.rules.keys()
                and (one, other) not in seen
            ):
                seen.add((one, other))
                yield Layout(softmax=(one, other))
    for readings in plain.sides:
        for node in (
            node for side in ((readings[0].left, readings[0].right) if readings else ()) for node in side.walk()
        ):
            if node.kind == "partial":
                of, by = node.parts
                of = of.parts[0] if of.kind == "call" and len(of.parts) == 1 else of
                if of.kind == by.kind == "name":
                    pair = base_of(of), base_of(by)
                    if (
                        pair not in seen
                        and pair[0] != pair[1]
                        and arity.get(pair[0]) == arity.get(pair[1]) == 1
                        and not {*pair} & plain.world.rules.keys()
                    ):
                        seen.add(pair)
                        yield Layout(softmax=pair)


def _layers(signs: Signs, trees: Sequence[Node]) -> dict[str, list[Rule]]:
    """z^l = w^l a^{l-1} + b^l and a^l = σ(z^l), as they are lent to a text that leaves them out."""
    letter = Node("name", (), sorted(signs.layers)[0] if signs.layers else "l")
    before = Node("sum", (letter, Node("negative", (Node("number", (), "1"),))))

    def at(name: str, layer: Node) -> Node:
        return Node("name", (), name, 0, 0, 0, "", (Node("above", (layer,)),))

    function = next(
        (node.value for tree in trees for node in tree.walk() if node.kind == "call" and node.order == 1), "σ"
    )
    z = Node("sum", (Node("product", (at("w", letter), at("a", before))), at("b", letter)))
    return {
        "z^": [Rule("z^", (letter,), (), z, -1)],
        "a^": [Rule("a^", (letter,), (), Node("call", (at("z", letter),), function), -1)],
    }


def _constants(claims: Sequence[Sequence[Node]], signs: Signs) -> frozenset[str]:
    """Letters that are one index throughout: they stand in a definition's body alone, and no sum ever binds them."""
    bound = {
        part.value
        for sides in claims
        for side in sides
        for node in side.walk()
        if node.kind == "limit"
        for part in node.parts
    }
    found: set[str] = set()
    free: set[str] = set()
    for sides in claims:
        if sides and sides[0].kind == "name":
            stray = free_letters(sides[1], signs) - free_letters(sides[0], signs)
            free |= free_letters(sides[0], signs)
            if _rebound(sides[1], stray, free_letters(sides[0], signs)) is None:
                found |= stray
    return frozenset(found - bound - free - signs.layers)


def _sides(lefts: Sequence[object], rights: Sequence[object], signs: Signs) -> Iterator[Sides]:
    found = [
        Sides(normal(left.tree, signs), normal(right.tree, signs), (*left.assumed, *right.assumed))  # type: ignore[attr-defined]
        for left in lefts
        for right in rights
    ]
    yield from sorted(found, key=lambda s: len(s.assumed))[:6]


_LARGE = MappingProxyType({"W": "wω", "B": "b", "A": "a", "Z": "z", "Δ": "δ", "X": "x", "Y": "y", "H": "h", "Θ": "θ"})


def _same_letters(sides: Sequence[tuple[Sides, ...]]) -> tuple[tuple[Sides, ...], ...]:
    """W^l beside w^l_{jk}: the matrix of these entries, where W has no entries of its own."""
    names = [
        node
        for found in sides
        if found
        for side in (found[0].left, found[0].right)
        for node in side.walk()
        if node.kind == "name"
    ]
    entries = {node.value for node in names if slots_of(node)[1]}
    above = {node.value: len(slots_of(node)[0]) for node in names if slots_of(node)[1]}
    table = {
        large: small
        for large, letters in _LARGE.items()
        for small in letters
        if small in entries and large not in entries
        and any(node.value == large and len(slots_of(node)[0]) == above[small] for node in names)
        and not any(node.value == small and not slots_of(node)[1] for node in names)
    }  # fmt: skip

    def put(node: Node) -> Node:
        if node.kind == "name" and node.value in table:
            return replace(node, value=table[node.value])
        return replace(node, parts=tuple(map(put, node.parts))) if node.parts else node

    return (
        tuple(tuple(Sides(put(s.left), put(s.right), s.assumed) for s in found) for found in sides)
        if table
        else tuple(sides)
    )


def _apart(sides: Sequence[tuple[Sides, ...]]) -> tuple[tuple[Sides, ...], ...]:
    """L = 1/m ∑ L_i: the whole and its parts are two; and o_j = softmax(z_j), z_j = ∑ w_ij o_i: so o_j, o_i."""
    wholes: set[str] = set()
    before: dict[str, str] = {}
    bodies = {found[0].left.value: found[0] for found in reversed(sides) if found and found[0].left.kind == "name"}
    for found in sides:
        if not found or found[0].left.kind != "name":
            continue
        left, right = found[0].left, found[0].right
        parts = [node for node in right.walk() if node.kind == "name"]
        if not left.scripts and any(node.value == left.value and len(slots_of(node)[1]) == 1 for node in parts):
            wholes.add(left.value)
        if len(slots_of(left)[1]) == 1 and not slots_of(left)[0]:
            letter = place_of(slots_of(left)[1][0])[0]
            for node in parts:  # a circle over one definition
                inner = bodies.get(node.value)
                if inner is None or node.value == left.value:
                    continue
                for other in inner.right.walk():
                    if (
                        other.kind == "name"
                        and other.value == left.value
                        and slots_of(other)[1]
                        and place_of(slots_of(other)[1][0])[0] not in ("", letter)
                    ):
                        before.setdefault(left.value, place_of(slots_of(other)[1][0])[0])
    nodes = [node for found in sides if found for side in (found[0].left, found[0].right) for node in side.walk()]
    entries = {node.value for node in nodes if node.kind == "name" and slots_of(node)[1]}
    wholes |= {
        node.parts[0].value
        for node in nodes
        if node.kind == "partial"
        and node.parts[0].kind == "name"
        and not node.parts[0].scripts
        and node.parts[0].value in entries & frozenset("LJCE")
    }
    if not wholes and not before:
        return tuple(sides)

    def put(node: Node) -> Node:
        if node.kind == "name" and node.value in wholes and not node.scripts:
            return replace(node, value=f"{node.value}()")
        if (
            node.kind == "name"
            and node.value in before
            and slots_of(node)[1]
            and place_of(slots_of(node)[1][0])[0] == before[node.value]
        ):
            return replace(node, value=f"{node.value}·")
        return replace(node, parts=tuple(map(put, node.parts))) if node.parts else node

    return tuple(tuple(Sides(put(s.left), put(s.right), s.assumed) for s in found) for found in sides)


def is_glossary(sides: Sides) -> bool:
    """[W] = [D_1 × D_0]: the shape of a name."""
    return (
        all(side.kind == "group" and side.value == "[" for side in (sides.left, sides.right))
        and sides.left.parts[0].kind == "name"
    )


def _is_double_delta(node: Node) -> bool:
    """δ_ij."""
    above, below = slots_of(node)
    return node.kind == "name" and node.value == "δ" and len(below) == 2 and not above


def _with_kronecker(node: Node) -> Node:
    """δ_ij as the Kronecker delta, beside a δ_i that is an error."""
    if _is_double_delta(node):
        return replace(node, value="kronecker")
    return replace(node, parts=tuple(map(_with_kronecker, node.parts))) if node.parts else node


def versions_of(document: Document, sides: Sequence[tuple[Sides, ...]]) -> Iterator[tuple[Sides, ...]]:
    """The claims of a program with a name anew for each further value: J = J * d is J′ = J * d."""
    count: dict[str, int] = {}

    def put(node: Node) -> Node:
        if node.kind == "name" and not node.scripts and count.get(node.value, 0) > 1:
            return replace(node, value=node.value + "′" * (count[node.value] - 1))
        return replace(node, parts=tuple(map(put, node.parts))) if node.parts else node

    for claim, found in zip(document.claims, sides, strict=True):
        if not claim.program or not found:
            yield found
            continue
        found = tuple(Sides(_programmed(s.left), _programmed(s.right), s.assumed) for s in found)
        if found[0].left.kind != "name":
            yield found
            continue
        rights = [put(s.right) for s in found]
        if claim.relation == "=":
            name = found[0].left.value
            count[name] = count.get(name, 0) + 1
        yield tuple(Sides(put(s.left), right, s.assumed) for s, right in zip(found, rights, strict=True))


def _programmed(node: Node) -> Node:
    """A program's * and / go entry by entry."""
    parts = tuple(map(_programmed, node.parts))
    return (
        replace(node, kind="entrywise", value="*", parts=parts)
        if node.kind == "product"
        else replace(node, parts=parts)
        if parts
        else node
    )


_MAKERS = frozenset(
    "randn rand random normal uniform zeros ones zeroslike oneslike zeros_like ones_like array arange linspace load "
    "loadtxt read_csv standard_normal randint eye".split()
)


def is_made(sides: Sides) -> bool:
    """A value that the program makes or loads: W = np.random.randn(n, m) / 2."""
    found = [node for node in sides.right.walk() if node.kind in ("foreign", "call")]
    return sides.left.kind == "name" and any(node.value.strip(".()").rpartition(".")[2] in _MAKERS for node in found)


def _is_told_delta(base: str, sides: Sequence[Sequence[Sides]]) -> bool:
    """δ_ij = 1: the Kronecker delta, told again."""
    return base in KRONECKER and all(
        s[0].right.kind == "number"
        for s in sides
        if s and s[0].left.kind == "name" and base_of(s[0].left) == base and len(slots_of(s[0].left)[1]) == 2
    )


def shape_of(node: Node) -> object:
    """A tree without its places, to compare."""
    return (
        (
            node.kind,
            node.value,
            node.order,
            tuple(map(shape_of, node.scripts)) if node.kind == "name" else (),
            tuple(map(shape_of, node.parts)),
        )
        if node.kind not in ("above", "below")
        else (node.kind, tuple(map(shape_of, node.parts)))
    )


def _mine(sides: Sequence[Sequence[Sides]], sorts: Sorts, shapes: Mapping[str, object]) -> frozenset[int]:
    """The claims that the scalar engine cannot take: they have a sum, a matrix, an index, or the name of an array."""
    found = set()
    for number, readings in enumerate(sides):
        nodes = [node for side in (readings[0].left, readings[0].right) for node in side.walk()] if readings else []
        beyond = [node for node in nodes if _is_beyond(node, sorts, shapes)]
        arrays = {(base_of(node), tuple(map(shape_of, node.scripts))) for node in beyond if node.kind == "name"}
        lettered = any(place_of(index)[0] for node in beyond for script in node.scripts for index in script.parts)
        if len(arrays) > 1 or lettered or any(node.kind != "name" for node in beyond):
            found.add(number)
    return frozenset(found)


def _is_beyond(node: Node, sorts: Sorts, shapes: Mapping[str, object]) -> bool:
    """Whether a node stands for more than one number; ‖t - o‖ of numbers and lists of values do not."""
    if node.kind == "name":
        return (
            any(place_of(index)[0] for script in node.scripts for index in script.parts)
            or bool(sorts.arity.get(base_of(node)))
            or base_of(node) in shapes
        )
    return tells_arrays(node) and node.kind not in ("norm", "list", "transposed")


# definitions


def _rules(
    document: Document,
    sides: Sequence[Sequence[Sides]],
    signs: Signs,
    sorts: Sorts,
    constants: frozenset[str],
    dropped: frozenset[int],
) -> tuple[dict[str, list[Rule]], dict[int, str], dict[int, tuple[Node, str]]]:
    rules: dict[str, list[Rule]] = {}
    definers: dict[int, str] = {}
    slips: dict[int, tuple[Node, str]] = {}
    for number, (claim, readings) in enumerate(zip(document.claims, sides, strict=True)):
        if not readings or claim.relation not in _DEFINES or number in dropped:
            continue
        left, right = readings[0].left, readings[0].right
        if left.kind != "name" or right.kind == "number" or _mentions(right, left) or right.has("foreign"):
            continue
        if (
            left.value in signs.indices
            or (left.value in KRONECKER
            and len(slots_of(left)[1]) == 2
            and right.kind == "number")
        ):
            continue
        base = base_of(left)
        above, below = slots_of(left)
        if below and len(below) < sorts.arity.get(base, 0):
            continue
        new = Rule(base, above, below, right, number)
        if any(_covers(rule, new, signs) for rule in rules.get(base, ())):
            continue
        stray = free_letters(right, signs) - free_letters(left, signs) - constants
        if stray:
            mended = _rebound(right, stray, free_letters(left, signs))
            if mended is None:
                continue
            slips[number] = mended
            new = Rule(base, above, below, mended[0], number)
        rules.setdefault(base, []).append(new)
        definers[number] = base
    for found in rules.values():
        found.sort(
            key=lambda rule: sum(
                1 for index in (*rule.above, *rule.below) if place_of(index)[0] and place_of(index)[0] not in signs.tops
            )
        )
    return rules, definers, slips


def _mentions(right: Node, left: Node) -> bool:
    """Whether a definition would rest on itself: the same entry, or the same array in the same layer."""
    own = shape_of(left)
    above, _ = slots_of(left)
    for node in right.walk():
        if node.kind == "name" and (
            shape_of(node) == own
            or (node.value == left.value
            and [place_of(i) for i in slots_of(node)[0]] == [place_of(i) for i in above]
            and len(slots_of(node)[1]) == len(slots_of(left)[1]))
        ):
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
        if not fixed and not place_of(other)[0] and new.body.kind == "name":  # a^0 = x: where the layers begin
            return False
    return True


def _rebound(body: Node, stray: frozenset[str], taken: frozenset[str]) -> tuple[Node, str] | None:
    """∑_j w_jk a_k where j is told and k is not: the sum with k bound, and what is said of it."""
    if len(stray) != 1:
        return None
    (letter,) = stray
    hits = [
        node
        for node in body.walk()
        if node.kind == "sums"
        and node.parts[0].kind == "limit"
        and node.parts[0].parts
        and node.parts[0].parts[0].value in taken
    ]
    if len(hits) != 1:
        return None
    wrong = hits[0].parts[0].parts[0].value

    def mended(node: Node) -> Node:
        if node is hits[0]:
            limit = replace(
                node.parts[0], parts=(replace(node.parts[0].parts[0], value=letter), *node.parts[0].parts[1:])
            )
            return replace(node, parts=(limit, *node.parts[1:]))
        return replace(node, parts=tuple(map(mended, node.parts)))

    return mended(body), f"the sum runs over {wrong}, which stands on the left; {letter} is the index to sum over"


def _is_unknown_call(body: Node, rules: Mapping[str, object]) -> bool:
    """l(o, y) with an l that nothing defines."""
    if (
        body.kind == "call"
        and not body.order
        and body.value not in SPELLINGS
        and body.value != "softmax"
        and body.value not in rules
    ):
        return len(body.parts) > 1
    return (
        body.kind == "product"
        and len(body.parts) == 2
        and body.parts[0].kind == "name"
        and body.parts[1].kind == "list"
        and body.parts[0].value not in rules
    )


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


def _functions(
    document: Document, sides: Sequence[Sequence[Sides]], signs: Signs
) -> dict[str, tuple[tuple[str, ...], Node, int]]:
    """The document's own functions of plain variables: s(x) = 1/(1 + e^-x)."""
    found: dict[str, tuple[tuple[str, ...], Node, int]] = {}
    for number, readings in enumerate(sides):
        if (
            readings
            and readings[0].left.kind == "call"
            and readings[0].left.value not in found
            and not readings[0].left.order
        ):
            variables = tuple(
                part.value if part.kind == "name" and not part.scripts else "" for part in readings[0].left.parts
            )
            if variables and all(variables) and not readings[0].right.has("foreign"):
                found[readings[0].left.value] = variables, readings[0].right, number
        if readings and readings[0].left.kind == "name" and not readings[0].left.scripts:
            name, body = readings[0].left.value.removesuffix("()"), readings[0].right
            variables = document.vocabulary.functions.get(name, ())
            if variables and name not in found and {n.value for n in body.walk() if n.kind == "name"} & set(variables):
                found[name] = variables, body, number
    return found


# what is told beside


def _total(sides: Sides) -> Iterator[tuple[str, Node]]:
    """∑ y_i = 1."""
    left, right = sides.left, sides.right
    if (
        left.kind == "sums"
        and right.kind == "number"
        and left.value == "∑"
        and left.parts[-1].kind == "name"
        and len(slots_of(left.parts[-1])[1]) == 1
    ):
        yield base_of(left.parts[-1]), right


def _implied(sides: Sequence[Sequence[Sides]], rules: Mapping[str, object]) -> dict[str, Node]:
    """The targets of a cross-entropy, -∑ y_i log p_i: their sum is one, as for any one-hot vector."""
    found: dict[str, Node] = {}
    for node in (node for some in sides if some for side in (some[0].left, some[0].right) for node in side.walk()):
        if node.kind == "sums" and node.parts[-1].kind == "product" and len(node.parts[-1].parts) == 2:
            target, logarithm = node.parts[-1].parts
            logarithm = logarithm.parts[0] if logarithm.kind == "partial" else logarithm
            if (
                target.kind == "name"
                and logarithm.kind == "call"
                and logarithm.value in ("log", "ln")
                and len(slots_of(target)[1]) == 1
                and base_of(target) not in rules
            ):
                found[base_of(target)] = Node("number", (), "1")
    return found


_SHORTLY = 40
"""So many signs at most stand between a claim and the case behind it: \\quad \\text{for }"""


def _cases(document: Document, sides: Sequence[Sequence[Sides]], signs: Signs) -> Iterator[Case]:
    """Every i = k and i ≠ k of the text, with the claim that it precedes or stands behind."""
    claims = document.claims

    def behind(number: int, place: int) -> bool:
        """Whether a place is on the line of a claim, shortly behind it."""
        between = document.text.text[claims[number].right.end : place] if number >= 0 else "\n"
        return "\n" not in between and 0 < len(between) < _SHORTLY

    for number, readings in enumerate(sides):
        if readings and is_case(readings[0], signs):
            case = Case(number, readings[0].left.value, readings[0].right.value, True)
            if behind(number - 1, claims[number].left.start):
                case = replace(case, claim=number - 1, is_behind=True)
            yield case
    for condition in document.conditions:
        if condition.sign != "≠":
            continue
        one, other = (normal(member.readings[0].tree, signs) for member in (condition.left, condition.right))
        if one.kind == other.kind == "name" and {one.value, other.value} <= signs.indices:
            after = [number for number, claim in enumerate(document.claims) if claim.right.start > condition.left.start]
            before = (after[0] if after else len(document.claims)) - 1
            yield Case(before, one.value, other.value, False, behind(before, condition.left.start))


def is_case(sides: Sides, signs: Signs) -> bool:
    """Whether a claim is i = k."""
    plain = all(
        side.kind == "name" and not side.scripts and side.value in signs.indices for side in (sides.left, sides.right)
    )
    return plain and sides.left.value != sides.right.value
