"""A tree in the one notation of indices: what is written as a power, an entry or a call is a name with slots."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation.signs import SIZES, Signs, called_in, is_index, picked_by
from derive.small_models.notation.slots import KRONECKER, pieces_of, plain_of, shift_of, slots_of, ungrouped, with_slots


def normal(node: Node, signs: Signs) -> Node:
    """A tree in the one notation; a name's `value` is its base, its scripts have an index in each slot."""
    if node.kind == "entrywise" and any(part.kind == "call" and not part.parts for part in node.parts):
        return Node("foreign", (), "a composition of functions", node.start, node.end)
    if node.kind == "product" and any(map(signs.operates, node.parts, node.parts[1:])):
        return Node("foreign", (), "an operator before braces", node.start, node.end)
    if node.kind in ("limit", "condition"):
        picked = ((picked_by(part), part) for part in node.parts)
        parts = tuple(Node("name", (), letter) if letter in signs.indices else part for letter, part in picked)
        node = replace(node, parts=parts)
    node = _with_entries(node, signs) if node.kind == "product" and signs.vectors else node
    parts = tuple(normal(part, signs) for part in node.parts)
    node = replace(node, parts=parts)
    match node.kind:
        case "name":
            return _name(node, signs)
        case "prime" if parts[0].kind == "name" and plain_of(parts[0]) not in signs.heads:  # the new w
            return replace(parts[0], value=parts[0].value + "'" * node.order, start=node.start, end=node.end)
        case "power" if parts[0].kind == "name":
            return _power(node, signs)
        case "entry":
            return _entry(node, signs)
        case "call":
            return _call(node, signs)
        case "product":
            return _product(node, signs)
        case "partial" if parts[0].kind == "name" and signs.heads.get(plain_of(parts[0])):
            of = replace(parts[0], value=f"{parts[0].value}()")  # df/dw, of an f(w)
            return replace(node, parts=(of, *parts[1:]))
        case "group" if node.value == "{":
            return parts[0]
    return node


def _with_entries(node: Node, signs: Signs) -> Node:
    """A product in which s(x)_i, for a function that is defined so, is one factor."""
    kept: list[Node] = []
    for part in node.parts:
        called = called_in(Node("product", (kept[-1], part))) if kept else None
        if called is not None and called.value in signs.vectors:
            kept[-1] = Node("entry", (called, part.parts[1]), "", kept[-1].start, part.end)
        else:
            kept.append(part)
    return kept[0] if len(kept) == 1 else replace(node, parts=tuple(kept))


def _entry(node: Node, signs: Signs) -> Node:
    """An entry of a name is the name with an index; X'_i is an entry of X', σ^2_j is σ_j^2; of (A B)_{ij} each index is
    a part.
    """
    whole, index = ungrouped(node.parts[0]), node.parts[1]
    if whole.kind == "prime" and plain_of(whole.parts[0]):
        whole = Node("name", (), whole.parts[0].value + "'" * whole.order, whole.start, whole.end)
    indices = tuple(_split(index, signs))
    if whole.kind == "power" and whole.parts[0].kind == "name" and whole.parts[1].kind == "number" and indices:
        return replace(whole, parts=(_entry(replace(node, parts=(whole.parts[0], index)), signs), whole.parts[1]))
    if whole.kind != "name" or slots_of(whole)[1]:
        return replace(node, parts=(node.parts[0], *indices)) if indices else node
    return with_slots(whole, "below", indices) if indices else node


def _name(node: Node, signs: Signs) -> Node:
    """A name with its scripts as slots; one whose scripts are labels is named by its whole key, and y_{pred, i} is an
    entry of the y of that label.
    """
    letters = node.base or node.value
    if letters not in signs.wholes and _is_pair(letters, signs):
        last = replace(node, value=node.value[1:], base=node.base[1:])  # xW_1 is x W_1
        first = Node("name", (), letters[0], node.start, node.end)
        return Node("product", (first, _name(last, signs)), "", node.start, node.end)
    if not node.scripts:
        return replace(node, base="")
    made: list[Node] = []
    whole = node.base
    for script in node.scripts:
        if any(index.kind == "foreign" for index in script.parts):
            return Node("foreign", (), f"the index of {node.value}", node.start, node.end)
        indices = tuple(piece for index in script.parts for piece in _split(index, signs))
        if not indices and script.kind == "above" and len(node.scripts) == 1 and node.base in signs.plain:
            sizes = [index for index in script.parts if plain_of(index) in SIZES]
            if len(script.parts) == len(sizes) == 1:  # λ^n beside λ
                return Node("power", (Node("name", (), node.base), sizes[0]), "", node.start, node.end)
        if not indices:
            return Node("name", (), node.value, node.start, node.end)
        words = (index for index in script.parts if index.kind in ("name", "word") and not [*_split(index, signs)])
        whole += "".join(word.value for word in words)
        made.append(replace(script, parts=indices))
    node = replace(node, base=whole)
    value, kept = whole, tuple(made)
    if signs.slots is not None:
        made = [_apart(node.base, script, made, signs.slots) for script in made]
        kept = tuple(made)
        labels = [script for script in made if not _is_slot(node.base, script, made, signs.slots)]
        if labels:  # z_2 stands for itself where no letter ever stands below z
            told = "".join(("^" if label.kind == "above" else "") + label.value.strip("{}() ") for label in labels)
            kept = tuple(script for script in made if script not in labels)
            value = node.base + told if kept else node.value
    return Node("name", (), value, node.start, node.end, 0, "", kept)


def _is_pair(letters: str, signs: Signs) -> bool:
    """Whether a word may be a vector and a matrix written together, xW, or two matrices that stand alone, too, AV."""
    if len(letters) != 2 or not letters[1].isupper() or letters[1] not in signs.bases:
        return False
    return letters[0].islower() or (letters[0].isupper() and letters[0] in signs.bases)


def _is_slot(base: str, script: Node, made: Sequence[Node], slots: frozenset[tuple[str, int, int]]) -> bool:
    """Whether letters stand in this place somewhere: as many below with the same above, as many above."""
    above, below = map(len, slots_of(Node("name", scripts=tuple(made))))
    if script.kind == "above":
        return any(found[0] == base and found[1] == above for found in slots)
    return any(found[0] == base and found[2] == below for found in slots)


def _apart(base: str, script: Node, made: Sequence[Node], slots: frozenset[tuple[str, int, int]]) -> Node:
    """The 12 of w_12 as 1 and 2 where w_jk stands somewhere, and w_j nowhere."""
    digits = script.parts[0].value if len(script.parts) == 1 and script.parts[0].kind == "number" else ""
    apart = replace(script, parts=tuple(Node("number", (), digit) for digit in digits))
    others = [other if other is not script else apart for other in made]
    is_apart = len(digits) > 1 and not _is_slot(base, script, made, slots) and _is_slot(base, apart, others, slots)
    return apart if is_apart else script


def _split(index: Node, signs: Signs) -> Iterator[Node]:
    """The indices that one script writes: `ij` is i and j where both are indices; nothing where it is a label."""
    index = ungrouped(index)
    if index.kind == "number" or (index.kind == "sum" and shift_of(index) is not None):
        yield index
    elif index.kind in ("product", "list"):
        for part in index.parts:
            yield from _split(part, signs)
    elif index.kind == "name" and not index.scripts:
        word = index.value
        if word in signs.indices or word in signs.tops:
            yield Node("name", (), word)
        elif word[0] in signs.indices and all(one in signs.indices or one.isdigit() for one in pieces_of(word)):
            yield from (Node("number" if one.isdigit() else "name", (), one) for one in pieces_of(word))


def _power(node: Node, signs: Signs) -> Node:
    """a^l and a^{l+1} are a in a layer, where l counts layers; any other power is one."""
    name, exponent = node.parts
    index = _layer(ungrouped(exponent), signs)
    if index is not None:
        return with_slots(name, "above", (index,))
    inner = ungrouped(exponent)
    return (_labelled(name, inner, signs) if inner.kind in ("product", "power") else None) or node


def _layer(exponent: Node, signs: Signs) -> Node | None:
    """An exponent that is an index of layers."""
    if plain_of(exponent) in signs.layered:
        return Node("name", (), exponent.value)
    shift = shift_of(exponent) if exponent.kind == "sum" else None
    return exponent if shift is not None and shift[0] in signs.layered else None


def _labelled(name: Node, exponent: Node, signs: Signs) -> Node | None:
    """a^{[1]T} is the transpose of a^{[1]}, x^{(i)T} that of x^{(i)}, and y^{(i)2} a square."""
    first, last = exponent.parts[0], exponent.parts[-1]
    label = first.parts[0] if first.kind == "group" and first.value in "[(" else None
    if len(exponent.parts) != 2 or label is None or (plain_of(last) != "T" and last.kind != "number"):
        return None
    if plain_of(label) in signs.indices:
        whole = with_slots(name, "above", (Node("name", (), label.value),))
    elif label.kind == "number":
        brackets = ("[", "]") if first.value == "[" else ("(", ")")
        whole = Node("name", (), f"{name.value}^{brackets[0]}{label.value}{brackets[1]}")
    else:
        return None
    return Node("transposed", (whole,)) if last.kind == "name" else Node("power", (whole, last))


def _call(node: Node, signs: Signs) -> Node:
    """A name that is written with its variables, J(W, b), is the name; so is bare J, or a σ that is never applied;
    prod(a, b) is a product.
    """
    if node.value == "prod" and len(node.parts) > 1:
        return Node("product", node.parts, "", node.start, node.end)
    if node.value in signs.silent:
        return _name(replace(node, kind="name"), signs)
    if tuple(map(plain_of, node.parts)) == signs.vectors.get(node.value) and not node.order:
        return Node("name", (), node.value, node.start, node.end)
    variables = signs.heads.get(node.base or node.value) or signs.heads.get(node.value)
    if variables is None or node.order or (node.parts and tuple(map(plain_of, node.parts)) != variables):
        return node
    return _name(replace(node, kind="name", parts=(), value=node.value if node.scripts else f"{node.value}()"), signs)


def _product(node: Node, signs: Signs) -> Node:
    """Factors of which one may be a function before its brackets, or a name that is written with its variables."""
    if len(node.parts) == 2 and node.parts[1].kind == "list":
        function, arguments = node.parts
        if plain_of(function) == KRONECKER and all(is_index(part, signs) for part in arguments.parts):
            return Node("name", (), KRONECKER, node.start, node.end, 0, "", (Node("below", arguments.parts),))
        if plain_of(function) == "prod":
            return replace(node, parts=arguments.parts)
    kept: list[Node] = []
    for part in node.parts:
        if kept and part.kind == "group" and _is_applied(kept[-1], part.value, signs):
            kept[-1] = Node("call", part.parts, kept[-1].value, kept[-1].start, part.end)
        elif not (
            kept and part.kind in ("group", "list") and part.value in ("(", "") and _is_head(kept[-1], part, signs)
        ):
            kept.append(part)
    return kept[0] if len(kept) == 1 else replace(node, parts=tuple(kept))


def _is_applied(before: Node, bracket: str, signs: Signs) -> bool:
    """Whether a name is a function of what stands in the bracket behind it: σ(z), and H[z] where H(x) is defined."""
    name = plain_of(before)
    return (bracket == "(" and name in signs.applied) or (bracket == "[" and len(signs.heads.get(name, ())) == 1)


def _is_head(before: Node, bracket: Node, signs: Signs) -> bool:
    """Whether a bracket has the variables of the name before it: σ_c (z) is σ_c, where the document writes σ_i(z)."""
    while before.kind in ("call", "negative", "group") and before.parts:
        before = before.parts[-1]
    return (
        before.kind == "name"
        and bool(before.scripts)
        and signs.heads.get(before.value.removesuffix("()")) == tuple(map(plain_of, bracket.parts))
    )
