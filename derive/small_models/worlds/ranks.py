"""Which names without indices are matrices and which are vectors, by their letters and by where they stand."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from derive.formulas.syntax import Node
from derive.formulas.vocabulary.losses import LETTERS, WORDS
from derive.small_models.notation.slots import base_of, is_lettered, is_number, is_zero, names_of, slots_of
from derive.small_models.worlds.assignments import FURTHER
from derive.small_models.worlds.differentials import gradient_of
from derive.small_models.worlds.scope import Scope, takes_arrays, tells_matrices
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.sorts import Sorts
from derive.small_models.worlds.words import Words

Heads = Mapping[str, tuple[str, ...]]
_NUMBERS = frozenset(
    "m n N M K λ η α ε γ i j k e π lr reg lam lambd lambda_ eta rate learning_rate decay weight_decay momentum "
    "eps epsilon".split()
)
_LOSSES = frozenset((*LETTERS, *WORDS, "Loss", "MSE", "S", "l"))
_SIGNED = frozenset(("group", "negative", "transposed", "inverse"))
_FACTORS = frozenset(("product", "entrywise", "matmul", "transposed", "total", "call"))
_WHOLES = frozenset(("entry", "norm", "matmul", "transposed", "entrywise"))


def programmed_of(scope: Scope) -> frozenset[str]:
    """The names of a program that stand for arrays: those that no formula has, too, or that are written large."""
    nearby = (sides for number, sides in scope.nearby() if number in scope.programs)
    programmed = {base_of(name) for sides in nearby for name in sides.names()}
    written = {base_of(name) for sides in scope.written() for name in sides.names()}
    return frozenset(base for base in programmed if base not in written or base[:1].isupper())


def ranks_of(
    scope: Scope, heads: Heads, sorts: Sorts, programmed: frozenset[str], words: Words, small: bool
) -> dict[str, int]:
    """2 for a matrix, 1 for a vector; numbers are left out, and so are all where no text near has vectors.

    `heads` are the names that are written with their variables.
    With `small` a program's names that are written small are vectors, else matrices as those that are written large.
    """
    trees = [side for _, sides in scope.nearby() for side in (sides.left, sides.right)]
    nodes = [node for tree in trees for node in tree.walk()]
    if not (scope.matrices or scope.layers) and not any(tells_matrices(node) or takes_arrays(node) for node in nodes):
        return {}
    places = _Places(sorts)
    for node in nodes:
        places.see(node)
    defined = {base for tree in trees if tree.kind == "name" for base in _plain(tree, sorts)}
    numbers = {base for sides in scope.written() for base in _numbers(sides)} | set(words.each.values())
    numbers |= {base_of(sides.left) for sides in scope.written() if _is_given(sides)}
    numbers |= {variable for node in nodes for variable in _variables(node, heads)}
    numbers |= {variable for _, sides in scope.nearby() for variable in _listed(sides, heads)}
    numbers |= {base for node in nodes for base in _beside_vectors(node, sorts) if small and base in programmed}
    numbers |= _rooted(nodes, sorts) - defined
    numbers |= _of_added_up(scope)
    summed = (node.parts[0] for node in nodes if node.kind == "total" and node.value == "1")
    along = {base for part in summed for base in _plain(part, sorts)}
    large = (along if small else programmed) | weights_of(scope, sorts) | scope.matrices
    numbers |= {base for node in nodes for base in _beside_inner(node, sorts, large)}
    columns = words.columns | _beside_small([node for sides in scope.written() for node in sides.walk()], sorts)
    columns |= {base for base, sizes in words.spaces.items() if len(sizes) == 1 or "1" in sizes}
    return {
        base: 2 if base not in columns and (base in large or _core(base)[:1].isupper()) else 1
        for base in sorted(places.all | defined)
        if base not in numbers and not _is_number(base, places) and places.tell_an_array(base, programmed | defined)
    }


def _beside_inner(node: Node, sorts: Sorts, large: Collection[str]) -> set[str]:
    """The names that are added to the product of two vectors, which is a number: the b of w^T x + b."""
    pairs = [part.parts for part in node.parts if node.kind == "sum" and part.kind == "product"]
    inner = (pair for pair in pairs if len(pair) == 2 and pair[0].kind == "transposed")
    small = any(all(base not in large and _core(base)[:1].islower() for base in set().union(*found))
                for pair in inner if all(found := [_plain(part, sorts) for part in pair]))
    return set().union(*(_plain(part, sorts) for part in node.parts)) if small else set()


def _beside_small(nodes: Sequence[Node], sorts: Sorts) -> set[str]:
    """The names written large that go entry by entry with one written small, f ⊙ C, and are multiplied or turned
    nowhere.
    """
    def in_any(*kinds: str) -> list[set[str]]:
        return [{b for part in n.parts for b in _plain(part, sorts)} for n in nodes if n.kind in kinds]

    pairs = [names for names in in_any("entrywise") if any(_core(base)[:1].islower() for base in names)]
    return set().union(*pairs).difference(*in_any("product", "matmul", "transposed"))


def _is_given(sides: Sides) -> bool:
    """Whether a name is given one number, b = 0.5; where a person sets one to 0, it may be a vector."""
    is_whole = sides.left.kind == "name" and not sides.left.scripts
    return is_whole and is_number(sides.right) and not is_zero(sides.right)


def _rooted(nodes: Sequence[Node], sorts: Sorts) -> set[str]:
    """The names that stand nowhere but alone under a root: the size D of Q K^T / sqrt(D)."""
    roots = [node for node in nodes if (node.kind == "call" and node.value == "sqrt") or node.value == "root"]
    rooted = Counter(base for root in roots for base in _plain(root.parts[0], sorts))
    used = Counter(base_of(node) for node in nodes if node.kind == "name")
    return {base for base, times in rooted.items() if used[base] == times}


def _of_added_up(scope: Scope) -> set[str]:
    """The names by which a program works out a derivative that is one number, dw = 2/n * (x * e).sum(); where matrices
    are multiplied, a sum of all entries may as well have lost its axis.
    """
    products = [node for _, sides in scope.nearby() for node in sides.walk() if node.kind == "matmul"]
    if any(all(name.value[:1].isupper() for name in names_of(node)) for node in products):
        return set()
    found = [sides for number, sides in scope.nearby() if number in scope.programs and sides.left.kind == "name"]
    counts = {base_of(sides.left) for sides in found if sides.right.kind == "size"} | _NUMBERS
    known = {base_of(name) for sides in found for name in sides.names()}
    bys = (gradient_of(sides.left, known) for sides in found
           if _is_added_up(sides.right, counts) and sides.right.has("total"))
    return {base_of(by) for by in bys if by is not None}


def _is_added_up(tree: Node, counts: Collection[str]) -> bool:
    """Whether a tree is made of numbers and of sums of all entries alone."""
    if tree.kind == "name":
        return base_of(tree) in counts
    if tree.kind in ("product", "entrywise", "inverse", "negative", "group", "fraction"):
        return all(_is_added_up(part, counts) for part in tree.parts)
    return tree.kind in ("number", "size") or (tree.kind == "total" and not tree.value)


def _variables(node: Node, heads: Heads) -> tuple[str, ...]:
    """The variables of a function that stands before numbers: f(1, 2)."""
    is_at_numbers = node.kind == "call" and bool(node.parts) and all(map(is_number, node.parts))
    return heads.get(node.value, ()) if is_at_numbers else ()


def _listed(sides: Sides, heads: Heads) -> tuple[str, ...]:
    """The variables of a function whose gradient has an entry for each: ∇f = [2x, 2y]."""
    of = sides.left.parts[-1] if sides.left.kind == "gradient" and len(sides.left.parts) == 1 else sides.left
    variables = heads.get(of.value.removesuffix("()"), ()) if of is not sides.left else ()
    return variables if sides.right.kind in ("list", "matrix") and len(sides.right.parts) == len(variables) else ()


def losses_of(scope: Scope, sorts: Sorts) -> frozenset[str]:
    """The names that are numbers since they are a loss by their letters, differentiated, and nothing else."""
    places = _Places(sorts)
    for _, sides in scope.nearby():
        for node in sides.walk():
            places.see(node)
    losses = {base for base in places.above - places.below if _core(base) in _LOSSES}
    return frozenset(losses - places.factors - places.beside)


def targets_of(scope: Scope, sorts: Sorts) -> frozenset[str]:
    """The names that are subtracted from something, or that something is subtracted from, and are factors nowhere."""
    places, held = _Places(sorts), set[str]()
    for _, sides in scope.nearby():
        own = {base.rstrip(FURTHER) for base in _plain(sides.left, sorts)}
        for node in sides.walk():
            places.see(node)
            terms = [part for part in node.parts if part.kind in ("name", "negative")] if node.kind == "sum" else []
            found = frozenset().union(*(_plain(part, sorts) for part in terms))
            is_update = not own.isdisjoint(base.rstrip(FURTHER) for base in found)  # b = b - rate * db
            held |= found if any(part.kind == "negative" for part in terms) and not is_update else set()
    return frozenset(held - places.turned)


def weights_of(scope: Scope, sorts: Sorts) -> frozenset[str]:
    """Weights written small that are matrices: their product with a vector goes entry by entry with another vector,
    (w δ) ⊙ σ'(z), or the vector is a layer's, w^l a^{l-1}, and turned elsewhere: δ^l (a^{l-1})^T.
    """
    nodes = [node for _, sides in scope.nearby() for node in sides.walk()]
    factors = [part for node in nodes if node.kind == "entrywise" and tells_matrices(node) for part in node.parts]
    turned = {base for node in nodes if node.kind == "transposed" for base in _plain(node.parts[0], sorts)}
    layered = (node for node in nodes if node.kind == "product" and all(slots_of(part)[0] for part in node.parts))
    factors += [node for node in layered if not turned.isdisjoint(_plain(node.parts[-1], sorts))]
    return frozenset(base for factor in factors for base in _weight(factor, sorts))


def _weight(factor: Node, sorts: Sorts) -> set[str]:
    while factor.kind == "group":
        factor = factor.parts[0]
    if factor.kind not in ("product", "matmul") or len(factor.parts) != 2 or not _plain(factor.parts[1], sorts):
        return set()
    return {base for base in _plain(factor.parts[0], sorts) if _core(base)[:1] in "wθ"}


def _beside_vectors(node: Node, sorts: Sorts) -> set[str]:
    """The names that are added to the product of a matrix and of a name written small, X @ w + b."""
    is_vector = node.kind == "sum" and any(map(has_vector, node.parts))
    return {base for part in node.parts if is_vector for base in _plain(part, sorts)}


def has_vector(node: Node) -> bool:
    """Whether a name is multiplied by one that is written small: X @ w, w @ x."""
    one, *rest = node.parts if node.kind == "matmul" else (node,)
    return one.kind == "name" and any(part.kind == "name" and part.value[:1].islower() for part in rest)


class _Places:
    """Where the names without indices stand in a document: above and below a derivative's stroke, in products and
    calls, beside others in a sum.
    """

    def __init__(self, sorts: Sorts) -> None:
        self.sorts = sorts
        self.above: set[str] = set()
        self.below: set[str] = set()
        self.factors: set[str] = set()
        self.turned: set[str] = set()
        """Those that stand where no number does: transposed or behind what is, in a product of matrices, added up along
        an axis.
        """
        self.beside: set[str] = set()

    @property
    def all(self) -> set[str]:
        """All these names."""
        return self.above | self.below | self.factors | self.beside

    def see(self, node: Node) -> None:
        """The names that stand directly in a node."""
        if node.kind == "partial":
            self.above |= _plain(node.parts[0], self.sorts)
            self.below |= _plain(node.parts[1], self.sorts)
        elif node.kind == "gradient":
            self.above |= _plain(node.parts[-1], self.sorts)
            for by in node.parts[:-1]:
                self.below |= _plain(by, self.sorts)
        elif node.kind in _FACTORS:
            names = {base for part in node.parts for base in _plain(part, self.sorts)}
            self.factors |= names
            is_along = node.kind == "total" and node.value != ""
            self.turned |= names if is_along or node.kind in ("transposed", "matmul") else set()
            behind = (two for one, two in pairwise(node.parts) if one.kind == "transposed" and node.kind == "product")
            self.turned.update(*(_plain(part, self.sorts) for part in behind))
        elif node.kind == "sum":
            self.beside.update(*(_plain(part, self.sorts) for part in node.parts))

    def tell_an_array(self, base: str, known: Collection[str]) -> bool:
        """Whether a name stands where arrays stand; what is only differentiated is a loss."""
        if base in self.factors or base in self.below:
            return True
        return base not in self.above and (base in known or (base in self.beside and _core(base)[:1] in "bBβ"))


def _core(base: str) -> str:
    """The letters of a name without its number."""
    return base.rstrip("^").removesuffix("()").rstrip("0123456789").partition("^")[0]


def _is_number(base: str, places: _Places) -> bool:
    """Whether a name is a number by its letters: m, λ, a loss that is no factor; K^T is none."""
    if base in places.turned:
        return False
    core = _core(base)
    is_count = core.startswith("num") or core.endswith("size")
    return is_count or core in _NUMBERS or (core in _LOSSES and base not in places.factors)


def _plain(node: Node, sorts: Sorts) -> set[str]:
    """The base of a name without indices below, through brackets, signs and a transpose."""
    while node.kind in _SIGNED and node.parts:
        node = node.parts[0]
    if node.kind != "name" or slots_of(node)[1] or sorts.arity.get(base_of(node)):
        return set()
    return {base_of(node)}


def _numbers(sides: Sides) -> Iterator[str]:
    """The names that are numbers because an entry is worked out with them, b in z_j = ∑ w_ij x_i + b, or a sum of
    entries, ∑ (a x_i - y_i)².
    """
    if sides.left.kind == "name" and slots_of(sides.left)[1]:
        yield from _numbers_in(sides.right)
    for node in sides.walk():
        if node.kind == "sums" and not node.has("partial", "gradient"):
            names = list(names_of(node.parts[-1]))
            is_of_entries = any(map(is_lettered, names)) and not any(slots_of(name)[0] for name in names)
            yield from _numbers_in(node.parts[-1]) if is_of_entries else ()


def _numbers_in(tree: Node) -> Iterator[str]:
    """The names without indices of an equation of numbers, those left out that stand for all their entries."""
    if tree.kind == "name" and not slots_of(tree)[1]:
        yield base_of(tree)
    is_of_vectors = tree.kind == "product" and any(part.kind == "transposed" for part in tree.parts)
    if tree.kind in _WHOLES or takes_arrays(tree) or is_of_vectors:
        return
    for part in tree.parts:
        yield from _numbers_in(part)
