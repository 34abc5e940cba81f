"""What functions may mean by another convention: log to the base 10 or 2, angles in degrees."""

from collections.abc import Callable

import sympy as sp
from msgspec import Struct
from sympy.functions.elementary.trigonometric import InverseTrigonometricFunction, TrigonometricFunction


class Convention(Struct, frozen=True):
    """What else functions may mean: of which, under which names if not all, what each call of one is then, and by what
    its slope differs.
    """

    told: str
    functions: tuple[type[sp.Expr], ...]
    meant: Callable[[sp.Expr], sp.Expr]
    spelled: str = ""
    factor: sp.Expr = sp.S.One

    def of(self, side: sp.Expr) -> sp.Expr:
        """An expression by this convention."""
        return side.replace(lambda part: isinstance(part, self.functions), self.meant)


def _to_base(base: int) -> Convention:
    told = f"it holds with log to the base {base}, and log is read as ln"
    return Convention(told, (sp.log,), lambda call: call / sp.log(base), "log", sp.log(base))


CONVENTIONS = (
    _to_base(10),
    _to_base(2),
    Convention(
        "it holds in degrees, and angles are read in radians",
        (TrigonometricFunction,),
        lambda call: call.func(call.args[0] * sp.pi / 180),
    ),
    Convention(
        "it holds in degrees, and angles are read in radians",
        (InverseTrigonometricFunction,),
        lambda call: call * 180 / sp.pi,
    ),
)
