"""Checking what a person derived: every equality of a text is read, worked out on the network, and decided."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import sympy as sp

from derive.chain import derive_by
from derive.claim import Claim, Partial
from derive.equality import Proved, Refuted, decide
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from derive.ordering import product, total
from derive.reading import Names, read_claims
from derive.reading.writing import write_formula


class HasNetwork(Protocol):
    """A walkthrough, as far as checking needs it."""

    @property
    def network(self) -> Network:
        """The network that is meant."""


@dataclass(frozen=True)
class Checked:
    """One equality of a document and its verdict; the fields are those of `derive check --json`.

    `verdict`: proved, refuted, undecided, definition, or not-understood. `line` and `column` (from 1) are where the
    right member starts. `reading` is the repaired text where a repair was needed; `correct` what the right side should
    be, in the author's names; `witness` the values, as text, at which a refuted claim fails.
    """

    file: str
    line: int
    column: int
    text: str
    verdict: str
    left: str | None = None
    right: str | None = None
    reading: str | None = None
    correct: str | None = None
    slip: str | None = None
    witness: dict[str, str] | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return asdict(self)


def check(text: str, network: Network | HasNetwork, file: str = "") -> tuple[Checked, ...]:
    """Every equality of a text with its verdict, in the order of the text, judged on the network of a walkthrough."""
    meant = network if isinstance(network, Network) else network.network
    return tuple(_checked_lines(text, meant, file))


def resolve(expression: sp.Expr, network: Network) -> sp.Expr:
    """An expression with every written derivative worked out on the network.

    ∂of/∂by is the total derivative as the graph says: `by` may be any name, and what stands above it is held.
    """
    if isinstance(expression, Partial):
        of = resolve(expression.of, network)
        terms = []
        for name in sorted(of.free_symbols, key=lambda s: str(s.name)):
            slope = of.diff(name)
            inner = sp.Integer(1) if name == expression.by else _derivative(network, name.name, expression.by.name)
            terms.append(product((slope, inner)))
        return total(tuple(terms))
    if not expression.has(Partial):
        return expression
    return expression.func(*(resolve(part, network) for part in expression.args), evaluate=False)


def _derivative(network: Network, of: str, by: str) -> sp.Expr:
    if of not in network.definitions:
        return sp.Integer(0)
    found = derive_by(network, of, by)
    return sp.Integer(0) if found.is_zero else found.value


def _checked_lines(text: str, network: Network, file: str) -> Iterator[Checked]:
    names = Names.of(network.names, network.aliases)
    for found in read_claims(text, names, file):
        if isinstance(found, DeriveError):
            yield Checked(file, 0, 0, found.found, "not-understood", reason=str(found))
        else:
            yield _judged(found, network)


def _judged(claim: Claim, network: Network) -> Checked:
    place = (claim.place.file, claim.place.line, claim.place.column, claim.text)
    sides = {"left": claim.left_text, "right": claim.right_text}
    left, right = resolve(claim.left, network), resolve(claim.right, network)
    verdict = decide(left, right, definitions=network.definitions)
    if isinstance(verdict, Proved):
        defined = claim.left.is_Symbol and claim.left.name in network.definitions and not claim.right.is_Symbol
        return Checked(*place, verdict="definition" if defined else "proved", **sides)
    if isinstance(verdict, Refuted):
        witness = {str(name): str(value) for name, value in verdict.witness.items()}
        return Checked(*place, verdict="refuted", **sides, correct=_right_form(claim, network), witness=witness,
                       reason="the two sides have different values")
    return Checked(*place, verdict="undecided", **sides, reason=verdict.reason)


def _right_form(claim: Claim, network: Network) -> str | None:
    """What the derivative of a claim is, in the names of the network."""
    for side in (claim.left, claim.right):
        if isinstance(side, Partial):
            of = side.of
            node = next((n for n, e in network.definitions.items() if e == of), None)
            by = side.by.name
            if node is not None:
                return write_formula(_derivative(network, node, by))
            if of.is_Symbol:
                return write_formula(_derivative(network, of.name, by))
            return write_formula(resolve(Partial(of, symbol(by)), network))
    return None
