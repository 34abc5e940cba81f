"""The shapes of names without indices: numbers, columns or rows, matrices, as the document's equations need them."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.notation import Signs
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.worlds.definitions import Function, Rule
from derive.small_models.worlds.differentials import gradient_of
from derive.small_models.worlds.dimensions import ONE, Dims, told
from derive.small_models.worlds.one_sample import ranks_of_one_sample
from derive.small_models.worlds.ranks import losses_of, programmed_of, ranks_of, targets_of, weights_of
from derive.small_models.worlds.scope import Scope
from derive.small_models.worlds.shaping import Shaping
from derive.small_models.worlds.sides import Sides, first_readings
from derive.small_models.worlds.sorts import Sorts
from derive.small_models.worlds.words import Words

_WEIGHTS = "wWuUvVθΘ"
"""What the names of weights begin with."""


class Shapes(Struct, frozen=True):
    """Shapes by base, and by base and layer; sorts with those that became one, and how many equations do not fit."""

    of: Mapping[str, Dims]
    layers: Mapping[tuple[str, tuple[int, ...]], Dims]
    sorts: Sorts
    misfits: int
    unfit: int
    """How many definitions, or names by themselves, cannot have the sizes that the text tells."""


class Layout(Struct, frozen=True):
    """Whether vectors are rows, a program's names that are written small are vectors, a product of two vectors of one
    shape is an inner product, and a program has arrays of one dimension.
    """

    row: bool
    small: bool
    dotted: bool
    flat: bool


def shapes_of(
    scope: Scope,
    signs: Signs,
    sorts: Sorts,
    stating: Collection[int],
    rules: Mapping[str, tuple[Rule, ...]],
    functions: Mapping[str, Function],
    words: Words,
    layout: Layout,
) -> Shapes:
    """The shapes under which the equations fit, those first that state a definition.

    `stating` are the claims that state one; `rules` what defines whole arrays; `words` what the text says of them.
    With `small` no equation makes a program's names that are written small numbers.
    """
    programmed = programmed_of(scope)
    if layout.flat:
        ranks, misfits = ranks_of_one_sample(scope, words)
    else:
        ranks, misfits = ranks_of(scope, signs.heads, sorts, programmed, words, layout.small), 0
    biases = {base: layout.row for base in programmed if base[:1] in "bB" and base in ranks and not layout.flat}
    rows = _summed_over_rows(scope, ranks) - rules.keys()
    biases.update((base, is_row) for base, is_row in _told_biases(scope, rows).items() if base in biases)
    biases.update(dict.fromkeys(_biases_of_rows(scope, words), True))
    shaping = Shaping(signs, sorts, ranks, rules, functions, biases, layout.row)
    shaping.is_dotted, shaping.is_flat = layout.dotted, layout.flat
    shaping.matrices = weights_of(scope, sorts) & ranks.keys()
    shaping.targets = targets_of(scope, sorts) & programmed - rules.keys()
    shaping.spaces = {base: tuple(map(told, sizes)) for base, sizes in words.spaces.items() if base in ranks}
    made_last = sorted(shaping.spaces, key=lambda base: base in rules)  # of which the others are made, first
    unfit = sum(not shaping.is_told(base) for base in made_last)
    for base in rows:
        of = Node("name", (), base)
        shaping.fits(Sides(of, Node("total", (of,), "0")), is_strict=False)
    for loss in losses_of(scope, sorts) & rules.keys():
        shaping.is_number(loss)
    for number, sides in sorted(first_readings(scope.claims), key=lambda one: (one[0] not in stating, one[0])):
        is_fitting = shaping.fits(sides, is_strict=layout.small or number not in stating)
        misfits, unfit = misfits + (not is_fitting), unfit + (not is_fitting and number in stating)
    for name in programmed:  # a gradient has the shape of what it is taken by, where no equation tells otherwise
        of = Node("name", (), name)
        by = gradient_of(of, ranks)
        misfits += not shaping.fits(Sides(of, of if by is None else by), is_strict=True)
    classes = shaping.dimensions.classes(sorts.of.values())
    bases = [base for base in {**ranks, **rules} if ranks and not sorts.arity.get(base)]
    found = {(base, layer): shaping.of(base, layer) for base in bases for layer in sorts.layers(base)}
    known = {place: dims for place, dims in found.items() if dims is not None}
    wholes = {base: dims for (base, _), dims in known.items() if dims != (ONE, ONE)}
    layers = {place: dims for place, dims in known.items() if place[0] in wholes and place[1]}
    return Shapes(wholes, layers, sorts.merged(classes), misfits, unfit if shaping.spaces else 0)


def _summed_over_rows(scope: Scope, known: Collection[str]) -> frozenset[str]:
    """What is a row, since its gradient is added up over the rows of a matrix: db = dz.sum(axis=0)."""
    programmed = (sides for number, sides in first_readings(scope.claims) if number in scope.programs)
    summed = (sides.left for sides in programmed if _is_of_rows(sides.right))
    found = (gradient_of(left, known) for left in summed if left.kind == "name")
    return frozenset(base_of(by) for by in found if by is not None)


def _biases_of_rows(scope: Scope, words: Words) -> frozenset[str]:
    """The vectors that are added to a product of matrices as wide as they are long: b ∈ ℝ^k of X W + b, W ∈ ℝ^{d×k}."""
    found = set()
    for node in (node for _, sides in scope.nearby() for node in sides.walk() if node.kind == "sum"):
        names = [base_of(part) for part in node.parts if part.kind == "name"]
        factors = [part.parts for part in node.parts if part.kind == "product"]
        spaces = [words.spaces.get(base_of(parts[-1]), ()) for parts in factors]
        widths = {space[1:] for space in spaces if len(space) == 2 and "1" not in space}
        found |= {base for base in names if words.spaces.get(base) in widths}
    return frozenset(found)


def _is_of_rows(tree: Node) -> bool:
    """Whether a tree is a sum over rows, but for its sign and numbers that are its factors."""
    if tree.kind in ("group", "negative"):
        return _is_of_rows(tree.parts[0])
    if tree.kind in ("product", "entrywise"):
        return any(map(_is_of_rows, tree.parts)) and all(_is_of_rows(part) or _is_constant(part) for part in tree.parts)
    return tree.kind == "total" and tree.value == "0"


def _is_constant(tree: Node) -> bool:
    return not any(True for _ in names_of(tree))


def _told_biases(scope: Scope, rows: frozenset[str]) -> dict[str, bool]:
    """Whether a bias is a row: X @ W + b has a row for b, W @ X + b a column; `rows` are those that are by their
    gradients.
    """
    told: dict[str, bool] = {}
    for node in (node for _, sides in scope.nearby() for node in sides.walk() if node.kind == "sum"):
        products = [part for part in node.parts if part.kind == "matmul"]
        names = [part for part in node.parts if part.kind == "name"]
        if products and names:
            left, right = products[0].parts
            for side, is_row in ((right, True), (left, False)):
                if side.kind == "name" and side.value[:1] in _WEIGHTS:
                    told.setdefault(base_of(names[0]), is_row)
    return told | dict.fromkeys(rows - told.keys(), True)
