"""Update rules: w5⁺ = w5 - η*∂E/∂w5, for one weight or for any."""

import re
from collections.abc import Sequence

import sympy as sp
from msgspec import Struct

from derive.claim import Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.formula import read_over
from derive.reading.spelling import Spelled, key, updated
from derive.reading.traced import Traced

_WORD = re.compile(r"[^\W\d]\w*⁺?\Z")
_LOSSES = frozenset(("e", "l", "c", "j", "loss", "error", "cost"))


class _AnyName(Struct, frozen=True):
    """Every word as itself: a rule for all weights is written in names of no one."""

    known: Spelled

    def resolve(self, written: str) -> tuple[str, ...] | None:
        if written in ("d", "δ") or re.match(r"[dδ][A-Za-z]", written):
            return self.known.resolve(written)
        return (written,)


def step_of(left: sp.Expr, right: sp.Expr) -> tuple[str, sp.Expr] | None:
    """(`w5`, `-η*∂E/∂w5`) of `w5⁺ = w5 - η*∂E/∂w5` or `w5 = w5 - …`; None for what is no update."""
    if not left.is_Symbol or not right.is_Add:
        return None
    name = left.name.removesuffix("⁺")
    terms = [term for term in right.args if term != symbol(name)]
    if len(terms) != len(right.args) - 1:
        return None
    change = terms[0] if len(terms) == 1 else sp.Add(*terms, evaluate=False)
    return (name, change) if not change.has(symbol(name)) or change.has(Partial) else None


def is_general_update(members: Sequence[Traced], names: Spelled) -> bool:
    """Whether a statement is the rule for any weight: `w_new = w_old - η*∂E/∂w`, going against the gradient."""
    if len(members) != 2 or not _WORD.match(members[0].text.strip()):
        return False
    written = members[0].text.strip()
    if names.find(written) is not None:
        return False
    try:
        body = read_over(members[1].text, _AnyName(names))
    except DeriveError:
        return False
    stem = _stem(written)
    if not body.is_Add or len(body.args) != 2 or not body.args[0].is_Symbol or _stem(body.args[0].name) != stem:
        return False
    factors = body.args[1].args if body.args[1].is_Mul else ()
    flat = [part for factor in factors for part in (factor.args if factor.is_Mul else (factor,))]
    if len(flat) != 3 or flat[0] != -1:
        return False
    partials = [factor for factor in flat if isinstance(factor, Partial)]
    if len(partials) != 1 or _stem(partials[0].by.name) != stem or not partials[0].of.is_Symbol:
        return False
    loss = partials[0].of.name
    rates = [
        f for f in flat[1:] if f.is_Symbol and names.find(f.name) is not None and names.is_rate(str(names.find(f.name)))
    ]
    return len(rates) == 1 and (names.find(loss) == names.network.loss or key(loss).lower() in _LOSSES)


def _stem(written: str) -> str:
    plain = updated(written)
    return key(plain[0] if plain else written).removesuffix("old").removesuffix("new")
