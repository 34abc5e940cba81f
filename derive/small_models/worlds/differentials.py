"""Names that say that they are derivatives, dW, grad_w, dL_dW, da_dz: of what, and by what."""

import re
from collections.abc import Collection

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of

LOSSES = frozenset("loss cost L J E C Loss".split())
_PREFIXES = ("grad_", "grad", "d")
_RATIO = re.compile(r"d(?P<of>[^\W\d_]\w*?)_?d_?(?P<by>[^\W\d_]\w*)")


def gradient_of(name: Node, known: Collection[str]) -> Node | None:
    """The name by which dW, grad_w, dz^[1] or dL_dW is a derivative of the loss; None where none is known."""
    for prefix in _PREFIXES:
        rest = name.value.removeprefix(prefix)
        if rest != name.value and rest and base_of(replace(name, value=rest)) in known:
            return replace(name, value=rest)
    found = _RATIO.fullmatch(name.value)
    if found is not None and found["of"] in LOSSES and base_of(replace(name, value=found["by"])) in known:
        return replace(name, value=found["by"])
    return None


def slope_of(name: Node, known: Collection[str]) -> Node | None:
    """∂a/∂z for da_dz, the name of one quantity's derivative by another; None for any other name."""
    found = _RATIO.fullmatch(name.value)
    if found is None or found["of"] in LOSSES:
        return None
    of, by = replace(name, value=found["of"]), replace(name, value=found["by"])
    return Node("slope", (of, by)) if base_of(of) in known and base_of(by) in known else None
