"""What a text states of derivatives: its chains of equalities by what stands in them, and what those rest on."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive.checking import Checked
from derive.checking.equations import names_of
from derive.checking.spellings import gradients_of, role_of
from derive.documents import Layout
from derive.errors import DeriveError
from derive.formulas.claims import Member, read_claims
from derive.formulas.elaboration import Names, elaborated
from derive.formulas.vocabulary import key
from derive.written import At, Partial, partials_in


class Side(Struct, frozen=True):
    """A member of a chain: its text, and the expression that it is read as first; None where it cannot be read."""

    text: str
    means: sp.Expr | None

    @property
    def derivative(self) -> tuple[str, str] | None:
        """What this is the derivative of and by what, as keys of names, where that is written."""
        means = self.means.of if isinstance(self.means, At) and not self.means.is_limit else self.means
        return (means.of.name, means.by.name) if isinstance(means, Partial) and means.of.is_Symbol else None

    def is_gradient(self, parameter: str, losses: frozenset[str]) -> bool:
        """Whether this is the loss's derivative by a parameter, be it written or a name for it: dE_dw5."""
        is_name = self.means is not None and self.means.is_Symbol
        named = ((key(of), key(by)) for of, by in (gradients_of(self.text.strip()) if is_name else ()))
        return any(by.casefold() == key(parameter).casefold()
                   and (of.casefold() in losses or role_of(of) == ("loss", ""))
                   for of, by in ((self.derivative,) if self.derivative is not None else named))


class Statement(Struct, frozen=True, dict=True):
    """A chain a = b = c, its members and the verdict on each of its equalities."""

    sides: tuple[Side, ...]
    lines: tuple[Checked, ...]

    @cached_property
    def open_parts(self) -> frozenset[sp.Expr]:
        """The derivatives and names that its last member still has; none where that is what the chain begins with."""
        first, last = self.sides[0].means, self.sides[-1].means
        if last is None or self.is_told_backwards:
            last = first
        return frozenset() if last is None else frozenset(partials_in(last)) | last.free_symbols

    @property
    def is_told_backwards(self) -> bool:
        """Whether it ends with what it is about: `… = ∂E/∂w`."""
        return self.sides[-1].derivative is not None and self.sides[0].derivative is None

    @property
    def subject(self) -> sp.Expr | None:
        """What it tells of: a derivative or a name at its end that it is written with."""
        return self.sides[-1 if self.is_told_backwards else 0].means


def statements(layout: Layout, checked: Sequence[Checked]) -> tuple[Statement, ...]:
    """The chains of a document with the verdicts that it was given."""
    document = read_claims(layout)
    names = names_of(document)
    together: dict[int, list[int]] = {}
    for number, claim in enumerate(document.claims):
        together.setdefault(claim.statement, []).append(number)
    return tuple(
        Statement(tuple(_side(member, names) for member in
                        (document.claims[numbers[0]].left, *(document.claims[n].right for n in numbers))),
                  tuple(checked[n] for n in numbers))
        for numbers in together.values())


def support(
    stated: Sequence[Statement], every: Sequence[Statement]
) -> tuple[tuple[Statement, ...], tuple[Partial, ...]]:
    """What the last members of some statements rest on in their text, and the derivatives that it never works out."""
    resting: list[Statement] = []
    unworked: dict[Partial, None] = {}
    asked = [part for one in stated for part in one.open_parts]
    known = set(asked)
    while asked:
        part = asked.pop()
        found = [one for one in every if one.subject == part and one not in stated]
        if not found and isinstance(part, Partial):
            unworked[part] = None
        resting += (one for one in found if isinstance(part, Partial))
        new = {inner for one in found for inner in one.open_parts} - known
        known |= new
        asked += new
    return tuple(resting), tuple(unworked)


def _side(member: Member, names: Names) -> Side:
    try:
        return Side(member.text, elaborated(member.readings[0].tree, names) if member.readings else None)
    except (DeriveError, TypeError, ValueError, ZeroDivisionError, RecursionError, OverflowError):
        return Side(member.text, None)


def about(parameter: str, losses: frozenset[str], every: Sequence[Statement]) -> Iterator[Statement]:
    """The statements in which the loss's derivative by a parameter is a member."""
    return (one for one in every if any(side.is_gradient(parameter, losses) for side in one.sides))
