"""A document's trees in one notation of indices: names with their slots, whatever way these are written.

`power(a, l)` beside `a^{l+1}` is a with l above, `entry(a^l, j)` is a with l above and j below, `w_{jk}` has two slots
below, `σ_i(z)` is σ with i below where the document defines it so. A label, `E_{total}`, stays part of its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.syntax import BEYOND_SCALARS, Node


class UnclearError(DeriveError):
    """What nobody can read in this world: an index, a shape or a call that is not told."""


class UntoldError(UnclearError):
    """A derivative by something on which `of` rests in no way that is told."""

    def __init__(self, of: str, by: str) -> None:
        super().__init__("", f"nothing tells how {of} rests on {by}")
        self.of = of


class Signs(Struct, frozen=True):
    """What the scripts of a document mean: letters that are indices, those that count layers, those that end them.

    `slots`: a base with the number of its indices above and below, where some of these are letters. `heads`: names that
    are written with their variables, `J(W, b)`.
    """

    indices: frozenset[str]
    layers: frozenset[str]
    tops: frozenset[str]
    slots: frozenset[tuple[str, int, int]] | None
    heads: Mapping[str, tuple[str, ...]]
    bases: frozenset[str] = frozenset()
    applied: frozenset[str] = frozenset()
    """Names that stand nowhere but before a bracket: g in g(z)."""


def signs_of(trees: Sequence[Node], functions: Mapping[str, tuple[str, ...]]) -> Signs:
    """The meaning of scripts, seen from the whole document."""
    heads = dict(functions)
    for tree in trees:
        for node in tree.walk():
            if node.kind == "call" and node.base and node.value in functions:
                heads.setdefault(node.base, functions[node.value])
    for left in trees[::2]:
        if (
            left.kind == "call"
            and not left.order
            and left.parts
            and heads.get(left.value) == ()
            and all(map(_plain, left.parts))
        ):
            heads[left.value] = tuple(map(_plain, left.parts))
    layers, tops, indices = _letters(trees, frozenset(v for variables in heads.values() for v in variables))
    bases = frozenset(node.base or node.value for tree in trees for node in tree.walk() if node.kind == "name")
    applied = frozenset(_applied(trees))
    bare = Signs(indices | layers, layers, tops, None, heads, bases, applied)
    slots: set[tuple[str, int, int]] = set()
    for tree in trees:
        for node in _scripted(normal(tree, bare)):
            above, below = _counts(node.scripts)
            by_kind = {script.kind: script for script in node.scripts}
            lettered = {kind: any(_is_index(index, bare) for index in script.parts) for kind, script in by_kind.items()}
            slots.add((node.value, above if lettered.get("above") else 0, below if lettered.get("below") else 0))
            slots.add((node.value, above if lettered.get("above") else 0, -1))
    return Signs(indices | layers, layers, tops, frozenset(slots), heads, bases, applied)


def _counts(scripts: Sequence[Node]) -> tuple[int, int]:
    counts = {script.kind: len(script.parts) for script in scripts}
    return counts.get("above", 0), counts.get("below", 0)


def normal(node: Node, signs: Signs) -> Node:
    """A tree in the one notation; a name's `value` is its base, its scripts have an index in each slot."""
    if node.kind == "entrywise" and any(part.kind == "call" and not part.parts for part in node.parts):
        return Node("foreign", (), "a composition of functions", node.start, node.end)
    parts = tuple(normal(part, signs) for part in node.parts)
    node = replace(node, parts=parts)
    if node.kind == "name":
        return _name(node, signs)
    if node.kind == "power" and parts[0].kind == "name":
        index = _layer(parts[1], signs)
        if index is not None:
            return _with(parts[0], "above", (index,))
    if node.kind == "power" and parts[0].kind == "name" and parts[1].kind == "product":
        turned = _turned_label(parts[0], parts[1])
        if turned is not None:
            return turned
    if node.kind == "entry" and parts[0].kind == "name":
        indices = tuple(_split(parts[1], signs))
        if indices:
            return _with(parts[0], "below", indices)
    if node.kind == "call":
        return _call(node, signs)
    if node.kind == "product":
        return _product(node, signs)
    if node.kind in ("group",) and node.value == "{":
        return parts[0]
    return node


def _turned_label(name: Node, exponent: Node) -> Node | None:
    """a^{[1]T} is the transpose of a^{[1]}."""
    first, last = exponent.parts[0], exponent.parts[-1]
    label = first.parts[0] if first.kind == "group" and first.value in "[(" else None
    if len(exponent.parts) != 2 or label is None or label.kind != "number" or last.kind != "name" or last.value != "T":
        return None
    brackets = ("[", "]") if first.value == "[" else ("(", ")")
    return Node("transposed", (Node("name", (), f"{name.value}^{brackets[0]}{label.value}{brackets[1]}"),))


def _name(node: Node, signs: Signs) -> Node:
    """A name with its scripts as slots; one whose scripts are labels is named by its whole key."""
    letters = node.base or node.value
    if (
        len(letters) == 2 and letters[0].islower() and letters[1].isupper() and letters[1] in signs.bases
    ):  # xW_1 is x W_1
        last = replace(node, value=node.value[1:], base=node.base[1:])
        return Node(
            "product",
            (Node("name", (), letters[0], node.start, node.end), _name(last, signs)),
            "",
            node.start,
            node.end,
        )
    if not node.scripts:
        return replace(node, base="")
    made: list[Node] = []
    for script in node.scripts:
        indices = tuple(piece for index in script.parts for piece in _split(index, signs))
        if not indices:
            return Node("name", (), node.value, node.start, node.end)
        made.append(Node(script.kind, indices, script.value))
    if signs.slots is not None:
        labels = [script for script in made if not _is_slot(node.base, script, made, signs.slots)]
        if labels:  # z_2 stands for itself where no letter ever stands below z
            told = node.base + "".join(("^" if s.kind == "above" else "") + s.value.strip("{}() ") for s in labels)
            rest = tuple(s for s in made if s not in labels)
            return Node("name", (), told if rest else node.value, node.start, node.end, 0, "", rest)
    return Node("name", (), node.base, node.start, node.end, 0, "", tuple(made))


def _is_slot(base: str, script: Node, made: Sequence[Node], slots: frozenset[tuple[str, int, int]]) -> bool:
    """Whether letters stand in this place somewhere: as many below with the same above, as many above."""
    above, below = _counts(made)
    if script.kind == "above":
        return any(found[0] == base and found[1] == above for found in slots)
    return any(found[0] == base and found[2] == below for found in slots)


def _with(name: Node, kind: str, indices: tuple[Node, ...]) -> Node:
    scripts = {script.kind: script.parts for script in name.scripts}
    scripts[kind] = (*scripts.get(kind, ()), *indices)
    return Node(
        "name",
        (),
        name.value,
        name.start,
        name.end,
        0,
        "",
        tuple(Node(k, scripts[k]) for k in ("above", "below") if k in scripts),
    )


def _split(index: Node, signs: Signs) -> Iterator[Node]:
    """The indices that one script writes: `ij` is i and j where both are indices; nothing where it is a label."""
    while index.kind == "group":
        index = index.parts[0]
    if index.kind == "number" or (index.kind == "sum" and _shift(index) is not None):
        yield index
    elif index.kind == "product" or index.kind == "list":
        for part in index.parts:
            yield from _split(part, signs)
    elif index.kind == "name" and not index.scripts:
        word = index.value
        if word in signs.indices or word in signs.tops:
            yield Node("name", (), word)
        elif all(letter in signs.indices for letter in word):
            for letter in word:
                yield Node("name", (), letter)


def _shift(index: Node) -> tuple[str, int] | None:
    """l + 1 as (l, 1)."""
    if len(index.parts) != 2 or index.parts[0].kind != "name":
        return None
    step = index.parts[1]
    sign = -1 if step.kind == "negative" else 1
    step = step.parts[0] if step.kind == "negative" else step
    if step.kind != "number" or not step.value.lstrip("-").isdigit():
        return None
    return index.parts[0].value, sign * int(step.value)


def tells_arrays(node: Node) -> bool:
    """Whether a node stands for more than one number by itself; the * of a program may be one of numbers."""
    return node.kind in BEYOND_SCALARS and not (node.kind == "entrywise" and node.value == "*")


def place_of(index: Node) -> tuple[str, int]:
    """An index as its letter and what is added to it; a number has no letter."""
    if index.kind == "number":
        return "", int(index.value)
    if index.kind == "sum":
        found = _shift(index)
        assert found is not None
        return found
    return index.value, 0


def _layer(exponent: Node, signs: Signs) -> Node | None:
    while exponent.kind == "group":
        exponent = exponent.parts[0]
    if (
        exponent.kind == "name"
        and not exponent.scripts
        and (exponent.value in signs.layers or exponent.value in signs.tops)
    ):
        return Node("name", (), exponent.value)
    if exponent.kind == "sum":
        found = _shift(exponent)
        if found is not None and (found[0] in signs.layers or found[0] in signs.tops):
            return exponent
    return None


def _call(node: Node, signs: Signs) -> Node:
    """A name that is written with its variables, J(W, b), is the name; bare J, too."""
    base = node.base or node.value
    variables = signs.heads.get(base) or signs.heads.get(node.value)
    if variables is None or node.order:
        return node
    if not node.parts or tuple(_plain(part) for part in node.parts) == variables:
        return _name(
            Node(
                "name",
                (),
                node.value if node.scripts else f"{node.value}()",
                node.start,
                node.end,
                0,
                node.base,
                node.scripts,
            ),
            signs,
        )
    return node


def _applied(trees: Iterable[Node]) -> Iterator[str]:
    """f, g, h and the like where they stand before brackets alone."""
    before: set[str] = set()
    elsewhere: set[str] = set()
    for tree in trees:
        for node in tree.walk():
            followed = [
                part
                for part, after in pairwise(node.parts)
                if node.kind == "product" and after.kind == "group" and after.value == "(" and part.kind == "name"
            ]
            before.update(part.value for part in followed)
            elsewhere.update(
                part.value for part in node.parts if part.kind == "name" and not any(part is f for f in followed)
            )
        if tree.kind == "name":
            elsewhere.add(tree.value)
    yield from (before - elsewhere) & frozenset("fghφψσ")


def _plain(node: Node) -> str:
    return node.value if node.kind == "name" and not node.scripts else ""


def _product(node: Node, signs: Signs) -> Node:
    """σ_c (z) is σ_c, where the document writes σ_i(z)."""
    if (
        len(node.parts) == 2
        and node.parts[1].kind == "list"
        and node.parts[0].kind == "name"
        and not node.parts[0].scripts
    ):
        function, arguments = node.parts
        if function.value == "kronecker" and all(_is_index(part, signs) for part in arguments.parts):
            return Node("name", (), "kronecker", node.start, node.end, 0, "", (Node("below", arguments.parts),))
        if function.value == "prod":
            return replace(node, parts=arguments.parts)
    kept: list[Node] = []
    for part in node.parts:
        if (
            kept
            and kept[-1].kind == "name"
            and kept[-1].value in signs.applied
            and not kept[-1].scripts
            and part.kind == "group"
            and part.value == "("
        ):
            kept[-1] = Node("call", part.parts, kept[-1].value, kept[-1].start, part.end)
            continue
        if kept and part.kind in ("group", "list") and part.value in ("(", "") and _is_head(kept[-1], part, signs):
            continue
        kept.append(part)
    return kept[0] if len(kept) == 1 else replace(node, parts=tuple(kept))


def _is_head(before: Node, bracket: Node, signs: Signs) -> bool:
    while before.kind in ("call", "negative", "group") and before.parts:
        before = before.parts[-1]
    return (
        before.kind == "name"
        and bool(before.scripts)
        and signs.heads.get(before.value.removesuffix("()")) == tuple(map(_plain, bracket.parts))
    )


def _scripted(tree: Node) -> Iterator[Node]:
    for node in tree.walk():
        if node.kind == "name" and node.scripts:
            yield node


def _is_index(index: Node, signs: Signs) -> bool:
    return index.kind == "sum" or (index.kind == "name" and (index.value in signs.indices or index.value in signs.tops))


def _letters(trees: Sequence[Node], variables: frozenset[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The letters that count layers, those that end them, and all that are indices below or of samples above."""
    layers: set[str] = set()
    above: set[str] = set()
    below: set[str] = set()
    bound: set[str] = set()
    for tree in trees:
        for node in tree.walk():
            for script in node.scripts:
                for index in script.parts:
                    if index.kind == "sum" and _shift(index) is not None and script.kind == "above":
                        layers.add(index.parts[0].value)
                    if index.kind == "name":
                        (above if script.kind == "above" else below).add(index.value)
            if node.kind == "limit":
                bound.update(part.value for part in node.parts[:1] if part.kind == "name")
                bound.update(part.value for part in node.parts[1:] if part.kind == "name" and not node.value)
            if node.kind == "power" and node.parts[0].kind == "name" and node.parts[0].value not in ("e", "x"):
                exponent = node.parts[1]
                while exponent.kind == "group":
                    exponent = exponent.parts[0]
                if exponent.kind == "sum" and _shift(exponent) is not None and node.parts[0].value != "e":
                    layers.add(exponent.parts[0].value)
                elif exponent.kind == "name" and not exponent.scripts:
                    above.add(exponent.value)
            if node.kind == "entry":
                index = node.parts[1]
                below.update(part.value for part in index.walk() if part.kind == "name" and len(part.value) == 1)
                inner = node.parts[0]
                if inner.kind == "power" and inner.parts[1].kind == "name":
                    layers.add(inner.parts[1].value)
    tops = {letter for letter in above | layers if (letter[0].isupper() and letter != "T") or "_" in letter}
    if not layers:
        tops = set()
    bases = {node.base for tree in trees for node in tree.walk() if node.scripts} | variables
    single = {
        letter
        for letter in below | (above if layers else above & bound)
        if len(letter) == 1 and not letter.isupper() and letter not in bases
    }
    return (
        frozenset(layers - tops),
        frozenset(tops),
        frozenset(single | bound | _pairs(below, single | bound, bases)) - frozenset(tops),
    )


def _pairs(words: Iterable[str], letters: Iterable[str], bases: Iterable[str]) -> frozenset[str]:
    """The letters of `jk` below a name, where one of them is an index already and the other is no name."""
    known = frozenset(letters)
    found: set[str] = set()
    for word in words:
        if len(word) == 2 and word.isalpha() and word.islower() and set(word) & known:
            found.update(letter for letter in word if letter not in bases)
    return frozenset(found)
