"""Functions of a formula over free names beside those of a network, and words that are no products of letters."""

from collections.abc import Callable
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.rules import SPELLINGS


class Written(Struct, frozen=True):
    """A function as written: how it is made of its arguments, and how many it takes (`many`: any number)."""

    make: Callable[..., sp.Expr]
    many: bool = False


def _cube_root(x: sp.Expr, *, evaluate: bool) -> sp.Expr:
    """The real cube root, of negative numbers too."""
    root = sp.Pow(sp.Abs(x, evaluate=evaluate), sp.Rational(1, 3), evaluate=evaluate)
    return sp.Mul(sp.sign(x, evaluate=evaluate), root, evaluate=evaluate)


FURTHER: MappingProxyType[str, Written] = MappingProxyType(
    {
        "tan": Written(sp.tan),
        "cot": Written(sp.cot),
        "sec": Written(sp.sec),
        "csc": Written(sp.csc),
        "sinh": Written(sp.sinh),
        "cosh": Written(sp.cosh),
        "coth": Written(sp.coth),
        "sech": Written(sp.sech),
        "csch": Written(sp.csch),
        "cbrt": Written(_cube_root),
        "max": Written(sp.Max, many=True),
        "min": Written(sp.Min, many=True),
    }
)

NOT_READ = frozenset(
    f"{arc}{name}"
    for arc in ("a", "ar", "arc")
    for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch")
) | frozenset(
    """
    atan2 arg re im conj floor ceil round trunc mod gcd lcm det vec deg rad lim sum prod int nthroot root binom nCr nPr
    linesegment elementof true false undefined infinity oo Pi PI xi nu chi
""".split()
)
"""Words that name something else than a product of letters; a formula that has one is refused."""


ACTIVATIONS = frozenset(("activation", "activate", "activation_function", "act_fn", "act_func"))
"""Words for whatever function a network's activations are."""


def written_function(word: str) -> Written:
    """The function that a word writes; KeyError where there is none."""
    return FURTHER[word] if word in FURTHER else Written(SPELLINGS[word].function)
