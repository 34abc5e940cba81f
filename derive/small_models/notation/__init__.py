"""A document's trees in one notation of indices: names with their slots, whatever way these are written.

`power(a, l)` beside `a^{l+1}` is a with l above, `entry(a^l, j)` is a with l above and j below, `w_{jk}` has two slots
below, `σ_i(z)` is σ with i below where the document defines it so. A label, `E_{total}`, stays part of its name.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation.normal_form import normal
from derive.small_models.notation.signs import SIZES, Signs, is_index, letters_of
from derive.small_models.notation.slots import plain_of, slots_of

__all__ = ["SIZES", "Signs", "normal", "signs_of"]


def signs_of(
    trees: Sequence[Node], functions: Mapping[str, tuple[str, ...]], wholes: frozenset[str] = frozenset()
) -> Signs:
    """The meaning of scripts, seen from the whole document: the letters first, then the places where letters stand.

    `trees` are the left and the right side of each claim in turn, `wholes` words that are no products.
    """
    bare = letters_of(trees, functions, wholes)
    slots: set[tuple[str, int, int]] = set()
    for node in (node for tree in trees for node in normal(tree, bare).walk()):
        if node.kind == "name" and node.scripts:
            above, below = (
                len(indices) if any(is_index(index, bare) for index in indices) else 0 for indices in slots_of(node)
            )
            slots |= {(node.value, above, below), (node.value, above, -1)}
    slots |= {(base, 0, below) for base in _beside_matrices(trees, bare) for below in (1, -1)}
    return replace(bare, slots=frozenset(slots))


def _beside_matrices(trees: Sequence[Node], signs: Signs) -> frozenset[str]:
    """What is worked out with a matrix whose entries are written out, and the vectors in it: of W = [[1, 2], [3, 4]]
    and z = W x, z_1 and x_1 are entries.
    """
    pairs = [(plain_of(left), right) for left, right in zip(trees[::2], trees[1::2], strict=True)]
    matrices = {base for base, right in pairs if base and right.kind == "matrix" and right.value != "cases"}
    found: set[str] = set()
    for base, right in pairs if matrices else ():
        factors = {node.value for node in normal(right, signs).walk() if node.kind == "name" and not node.scripts}
        if base and matrices & factors:
            found |= {base, *factors} - matrices
    return frozenset(found)
