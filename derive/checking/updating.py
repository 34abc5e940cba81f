"""Update rules: w5⁺ = w5 - η*∂E/∂w5, for one weight or for any."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.intended import Intended
from derive.checking.meaning import Meaning
from derive.checking.numbers import Approximate, Values, agree, is_slipped, short
from derive.checking.report import Checked
from derive.claim import Partial
from derive.equality import Proved, Refuted
from derive.errors import DeriveError
from derive.names import partial, symbol
from derive.reading.formula import read_over
from derive.reading.sights import substituted
from derive.reading.spelling import Spelled, key, role_of, updated
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


@dataclass(frozen=True)
class Steps:
    """The updates of one document: against the gradient, with the number that it prints for it."""

    meaning: Meaning
    values: Values

    @property
    def intended(self) -> Intended:
        """The network that is meant."""
        return self.meaning.intended

    def judged(self, base: Checked, a: sp.Expr, b: sp.Expr) -> Checked | None:
        """w⁺ = w - η*∂E/∂w: an assignment, right if it goes against the gradient; None for anything else."""
        step = step_of(a, b)
        if step is None:
            return None
        name, change = step
        assigned = replace(base, verdict="definition")
        slopes = [p.of for p in change.atoms(Partial) if p.by == symbol(name) and p.of.is_Symbol]
        own = len(slopes) == 1 and slopes[0].name in self.intended.own
        gradient = self.meaning.slopes.of(slopes[0].name if own else self._loss_above(name), name)
        rates = [s for s in change.free_symbols if self.intended.names.is_rate(s.name)]
        if not rates and self.meaning.worked(change) == symbol(f"Δ_{name}"):
            return assigned
        unknown = sorted(s.name for s in change.free_symbols if self.meaning.is_unknown(s.name) and s not in rates)
        if unknown:
            told = f"the document does not say what {self.meaning.listed(unknown)} is"
            return replace(base, verdict="undecided", reason=told)
        rate: sp.Expr = rates[0] if rates else _number_before(change)
        if change.free_symbols <= {rate}:
            return self._stepped(assigned, name, change)
        for sign in (-1, 1):
            if isinstance(
                self.meaning.decide(change, sign * abs(rate) * gradient if rate.is_Number else sign * rate * gradient),
                Proved,
            ):
                told = "the step goes with the gradient, not against it"
                up = replace(base, verdict="refuted", slip=f"sign: {told}", reason="an update rule")
                return assigned if sign < 0 else up
        if not isinstance(self.meaning.decide(change, -rate * gradient), Refuted):
            return None
        right = sp.Add(
            symbol(name), sp.Mul(-1, abs(rate) if rate.is_Number else rate, gradient, evaluate=False), evaluate=False
        )
        slopes_named = {symbol(n): Partial(symbol(s.of), symbol(s.by)) for n, s in self.intended.slopes.items()}
        slip = self.meaning.slip(-rate * gradient, substituted(change, slopes_named), defines=False, is_right=True)
        return replace(base, verdict="refuted", slip=slip, correct=self.meaning.written(right), reason="an update rule")

    def _loss_above(self, name: str) -> str:
        """The loss that a name is trained on: the network's, or the only one of the document's own that it moves."""
        loss = self.intended.network.loss
        if self.meaning.slopes.of(loss, name) != 0:
            return loss
        own = [
            n for n in self.intended.own if (role_of(n) or ("",))[0] == "loss" and self.meaning.slopes.of(n, name) != 0
        ]
        return own[0] if len(own) == 1 else loss

    def _stepped(self, assigned: Checked, name: str, change: sp.Expr) -> Checked:
        """w = w - η*0.082: the gradient's number is put in, as the document prints it elsewhere."""
        loss = self._loss_above(name)
        known = self.values.slopes.get((loss, name), ())
        numbers = [abs(n) for n in change.atoms(sp.Number) if abs(n) != 1]
        if not known or not numbers or any(n == abs(one.value) for n in numbers for one in known):
            return assigned
        sizes = [replace(one, value=abs(one.value)) for one in known]
        if any(agree(Approximate(n, sp.Integer(0)), size) for n in numbers for size in sizes):
            return assigned
        stands = numbers[-1]
        of = self.intended.spelled(loss)
        told = f"{partial(of, self.intended.spelled(name))} is {short(known[0].value)} in the document"
        right = abs(known[0].value)
        if not is_slipped(right, stands):  # it could be that of a later step
            return replace(assigned, verdict="undecided", reason=f"{told}, {short(stands)} stands here")
        slip = f"numeric-digit: {short(stands)} stands where {short(right)} belongs"
        return replace(assigned, verdict="refuted", slip=slip, correct=short(right), reason=told)


def _number_before(change: sp.Expr) -> sp.Expr:
    """The number that stands for the learning rate in `-0.5*∂E/∂w5`; 1 where there is none."""
    parts = [
        part
        for factor in (change.args if change.is_Mul else (change,))
        for part in (factor.args if factor.is_Mul else (factor,))
    ]
    numbers = [part for part in parts if part.is_Number and abs(part) != 1]
    return abs(numbers[0]) if len(numbers) == 1 else sp.Integer(1)
