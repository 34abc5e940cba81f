"""The limit of an expression where a name goes to a value.

Where every part is continuous there, it is the value; where both ends of a ratio go to 0 they are differentiated, as
often as that is so (l'Hôpital's rule). A function of which nothing is said is taken to be differentiable as often as
that needs. Anything else has no limit here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import sympy as sp

from derive.errors import DeriveError
from derive.rules import Relu, Sigmoid, Softplus, Step, Tanh
from derive.written import Called

_MOST_TIMES = 4
_LARGEST = 600
_CONTINUOUS = (
    sp.Symbol, sp.Number, sp.NumberSymbol, sp.Add, sp.Mul, sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.sech,
    sp.Abs, sp.Max, sp.Min, Relu, Sigmoid, Softplus, Tanh, Called,
)  # fmt: skip
_WHERE_NOT_ZERO: Mapping[type, Callable[[sp.Expr], sp.Expr]] = MappingProxyType({
    sp.log: lambda x: x, sp.tan: sp.cos, sp.sec: sp.cos, sp.cot: sp.sin, sp.csc: sp.sin, sp.coth: sp.sinh,
    sp.csch: sp.sinh, sp.sign: lambda x: x, Step: lambda x: x,
})  # fmt: skip
"""Functions that are continuous where something is not 0."""


class UnsettledError(DeriveError):
    """A value that is understood, and cannot be worked out."""


Vanishes = Callable[[sp.Expr], bool | None]
"""Whether an expression is 0 whatever its names are; None where nobody can tell."""


def limit(body: sp.Expr, name: sp.Symbol, to: sp.Expr, vanishes: Vanishes) -> sp.Expr:
    """What an expression goes to where a name goes to a value; UnsettledError where that is not worked out."""
    for _ in range(_MOST_TIMES):
        above, below = _ratio(body)
        if not all(_is_continuous(end, name, to, vanishes) for end in (above, below)):
            break
        ends = above.xreplace({name: to}), below.xreplace({name: to})
        is_zero = vanishes(ends[1])
        if is_zero is False:
            return ends[0] / ends[1]
        if not (is_zero and vanishes(ends[0])):
            break
        above, below = above.diff(name), below.diff(name)
        if below == 0:
            break
        body = above / below
    raise UnsettledError("", f"the limit for {name} → {to} is not worked out")


def _ratio(body: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """What stands above and below the stroke where an expression is put over one."""
    plain = body.doit()
    if sum(1 for _ in sp.preorder_traversal(plain)) > _LARGEST:
        raise UnsettledError("", "a limit of too large an expression")
    calls = {call: sp.Dummy(real=True) for call in plain.atoms(Called)}
    whole = sp.together(plain.xreplace(calls))
    above, below = sp.fraction(whole)
    back = {dummy: call for call, dummy in calls.items()}
    return above.xreplace(back), below.xreplace(back)


def _is_continuous(part: sp.Expr, name: sp.Symbol, to: sp.Expr, vanishes: Vanishes) -> bool:
    """Whether each part of an expression that has a name is continuous where the name has a value."""
    if name not in part.free_symbols:
        return True
    inner = [one for one in part.args if isinstance(one, sp.Expr)]
    if not all(_is_continuous(one, name, to, vanishes) for one in inner):
        return False
    if part.is_Pow and not (part.exp.is_Integer and part.exp > 0):
        return vanishes(part.base.xreplace({name: to})) is False
    if part.func in _WHERE_NOT_ZERO:
        return vanishes(_WHERE_NOT_ZERO[part.func](part.args[0].xreplace({name: to}))) is False
    return bool(part.is_Pow) or isinstance(part, _CONTINUOUS)
