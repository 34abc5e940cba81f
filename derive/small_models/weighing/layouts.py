"""How the two sides of a claim are laid out: what they run over, whether their shapes fit, whether one is turned."""

from collections import deque
from collections.abc import Iterator, Mapping

from derive.small_models.errors import OutOfRangeError, ShapeError, UnclearError
from derive.small_models.models import Models
from derive.small_models.models.tensors import Beside, Tensor, cells_of, spread, transposed
from derive.small_models.notation.slots import base_of, is_zero
from derive.small_models.weighing.assumptions import is_derivative
from derive.small_models.worlds.dimensions import ONE, told_size
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.world import World

_SMALLEST = 2
"""The first size where each range has one of its own."""
TURNED = "the derivative laid out as the transpose"


def is_jacobian(world: World, sides: Sides) -> bool:
    """Whether a claim tells the derivative of a vector by one of another length, or of a number by a matrix that is not
    square: it may be laid out in two ways.
    """
    if sides.left.kind != "partial" or any(part.kind != "name" or part.scripts for part in sides.left.parts):
        return False
    shapes = [world.shapes.get(base_of(part)) for part in sides.left.parts]
    if shapes[0] is None and shapes[1] is not None:
        return ONE not in shapes[1] and shapes[1][0] != shapes[1][1]
    lengths = {dim for dims in shapes if dims is not None for dim in dims if dim != ONE}
    return all(dims is not None and ONE in dims for dims in shapes) and len(lengths) == 2


def mixed(jacobians: Mapping[int, tuple[object, bool]]) -> Mapping[int, int]:
    """The claims that lay a derivative out otherwise than another one lays out the same, each with that one.

    `jacobians` are claims with what they differentiate by what, and whether it is laid out as the transpose: most tell
    the document's own layout, or else the first.
    """
    turned = [is_turned for _, is_turned in jacobians.values()]
    own = turned.count(True) * 2 > len(turned) or (turned.count(True) * 2 == len(turned) and turned[:1] == [True])
    first: dict[object, int] = {}
    for number, (slope, is_turned) in jacobians.items():
        if is_turned == own:
            first.setdefault(slope, number)
    return {n: first[slope] for n, (slope, is_turned) in jacobians.items() if is_turned != own and slope in first}


def sorts_of(world: World, number: int, sides: Sides) -> list[str]:
    """The sorts that a claim's letters and arrays run over, layers left out."""
    sorts = world.sorts
    found: dict[str, None] = {}
    for node in sides.walk():
        if node.kind == "name":
            base = base_of(node)
            found.update(dict.fromkeys((*world.ranges_of(base), *sorts.below(base), *sorts.above(base))))
        if node.kind == "limit":
            letters = (part.value for part in node.parts if part.kind == "name")
            found.update(dict.fromkeys(sorts.letter(number, one) for one in letters if sorts.has_letter(number, one)))
    found.update(dict.fromkeys(sorts.letter(number, letter) for letter in sorted(sides.letters(world.signs))))
    if not found:  # numbers may rest on arrays
        found.update(dict.fromkeys(sort for base in world.below(sides.names()) for sort in world.ranges_of(base)))
    return [sort for sort in found if sort not in sorts.counted and sort != ONE]


def beside(sides: Sides, one: Tensor, other: Tensor) -> Iterator[Beside]:
    """The entries of a claim's sides beside each other; a 0 that is written may stand for an array of zeros."""
    one = spread(one, other.shape) if is_zero(sides.left) else one
    return cells_of(one, spread(other, one.shape) if is_zero(sides.right) else other)


def misfit(models: Models, number: int, sides: Sides) -> str:
    """What does not fit of the shapes where each range has a size of its own; nothing where all does."""
    try:
        for one, other in _apart(models, number, sides):
            deque(beside(sides, one, transposed(other) if is_flipped(one, other, sides) else other), maxlen=0)
    except ShapeError as error:
        sorts = sorts_of(models.world, number, sides)
        sizes = {str(size): told_size(sort) for size, sort in enumerate(sorts, _SMALLEST)}
        return " ".join(sizes.get(word) or word for word in str(error).split())
    except UnclearError:
        return ""
    return ""


def told_misfit(models: Models, number: int, sides: Sides) -> str:
    """What does not fit of a derivative that is told in arrays alone of which the text says all sizes; nothing where
    some are not said, or may be laid out otherwise.
    """
    names = {base_of(name) for name in sides.names()}
    dims = {dim for base in names & models.world.shapes.keys() for dim in models.world.shapes[base]}
    is_whole = not any(models.world.sorts.arity.get(base) for base in names)
    is_told = is_whole and any(map(told_size, dims)) and all(dim == ONE or told_size(dim) for dim in dims)
    is_told = is_told and sides.left.kind in ("partial", "gradient")
    is_chain = any(node.kind in ("partial", "gradient") for node in sides.right.walk())
    return misfit(models, number, sides) if is_told and not is_chain else ""


def is_turned(models: Models, number: int, sides: Sides) -> bool:
    """Whether a derivative is laid out as the transpose, as layers show that have widths of their own."""
    if not models.world.layers or not is_derivative(sides):
        return False
    try:
        return any(is_flipped(one, other, sides) for one, other in _apart(models, number, sides))
    except UnclearError:
        return False


def is_flipped(one: Tensor, other: Tensor, sides: Sides) -> bool:
    """Whether a derivative and what it is said to be are each other's transpose; a list is a row or a column."""
    return one.shape == other.shape[::-1] != other.shape and (is_derivative(sides) or has_list(sides))


def has_list(sides: Sides) -> bool:
    """Whether a side is a list of values, of which nothing tells how it is laid out."""
    return "list" in (sides.left.kind, sides.right.kind)


def _apart(models: Models, number: int, sides: Sides) -> Iterator[tuple[Tensor, Tensor]]:
    """Both sides where each range has a size of its own."""
    sorts = sorts_of(models.world, number, sides)
    model = models.at({sort: size for size, sort in enumerate(sorts, _SMALLEST)}).model
    for env in model.ranges.assignments(sorted(sides.letters(models.world.signs)), number):
        try:
            one, other = model.tensors((sides.left, sides.right), env)
        except OutOfRangeError:
            continue
        yield one, other
