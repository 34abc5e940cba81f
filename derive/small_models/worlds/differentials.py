"""Names that say that they are derivatives, dW, grad_w, dL_dW, da_dz: of what, and by what."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.reach import reached
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.worlds.assignments import FURTHER
from derive.small_models.worlds.definitions import Rule

LOSSES = frozenset("loss cost L J E C Loss".split())
PREFIXES = ("grads", "grad", "d")
_SUFFIX = "grad"
_RATIO = re.compile(r"d(?P<of>[^\W\d_]\w*?)_?d_?(?P<by>[^\W\d_]\w*)")


def gradient_of(name: Node, known: Collection[str]) -> Node | None:
    """The name by which dW, grad_w, W_grad, dz^[1] or dL_dW is a derivative of the loss, of whatever value a program
    gives that name; None where none is known.
    """
    told = name.value.rstrip(FURTHER)
    for rest in (*map(told.removeprefix, PREFIXES), told.removesuffix(_SUFFIX)):
        if rest and rest != told and base_of(replace(name, value=rest)) in known:
            return replace(name, value=rest)
    found = _RATIO.fullmatch(told)
    is_of_loss = found is not None and (found["of"] in LOSSES or _is_loss_written_small(found["of"], known))
    if found is not None and is_of_loss and base_of(replace(name, value=found["by"])) in known:
        return replace(name, value=found["by"])
    return None


def _is_loss_written_small(name: str, known: Collection[str]) -> bool:
    """The j of dj_dw, where no quantity is called so."""
    return name.islower() and name.upper() in LOSSES and name not in known


def slope_of(name: Node, known: Collection[str]) -> Node | None:
    """∂a/∂z for da_dz, the name of one quantity's derivative by another; None for any other name."""
    found = _RATIO.fullmatch(name.value)
    if found is None or found["of"] in LOSSES:
        return None
    of, by = replace(name, value=found["of"]), replace(name, value=found["by"])
    return Node("slope", (of, by)) if base_of(of) in known and base_of(by) in known else None


def upstream_of(rules: Mapping[str, Sequence[Rule]]) -> dict[str, str]:
    """The gradients that a program is given, each with the base by which it is one: dout, which nothing works out, of
    an out that is worked out, and not from dout.
    """

    def used(base: str) -> Iterator[str]:
        return (base_of(name) for rule in rules.get(base, ()) for name in names_of(rule.body))

    found: dict[str, str] = {}
    for name in (name for given in rules.values() for rule in given for name in names_of(rule.body)):
        by = gradient_of(name, rules) if base_of(name) not in rules else None
        if by is not None:
            last = max((base for base in rules if base.rstrip(FURTHER) == base_of(by)), key=len)
            if base_of(name) not in reached((last,), used):
                found[base_of(name)] = last
    return found
