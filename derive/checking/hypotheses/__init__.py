"""What may be meant otherwise than it is written: a table of proposers, each a notation or a mistake of its own
kind.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from derive.checking.hypotheses.definitions import anew, behind, chained, conditions, fresh, instead, readings, terms
from derive.checking.hypotheses.derivatives import differentials, errors, own_loss, primes, slopes
from derive.checking.hypotheses.ground import Ground
from derive.checking.hypotheses.loans import lent_equations
from derive.checking.hypotheses.names import constants, inputs, powers, same_names
from derive.checking.hypotheses.slips import meant_definitions
from derive.checking.interpretations import Hypothesis

__all__ = ["PROPOSERS", "Ground", "Proposer", "own_loss"]


class Proposer(Struct, frozen=True):
    """One kind of hypothesis: what it says, the smallest document that needs it, and how it is proposed.

    A bundle is tried as a whole first, its members one by one after; of rivals the best one is taken. What is
    `defining` makes claims of definitions, and is tried even where no claim is open.
    """

    says: str
    example: str
    propose: Callable[[Ground], Iterator[Hypothesis]]
    bundled: bool = False
    rivals: bool = False
    defining: bool = False


PROPOSERS: Mapping[str, Proposer] = MappingProxyType({
    "terms": Proposer("names that a sum introduces", "E = E1 + E2 = a + b; ∂E1/∂a = 1", terms),
    "constant": Proposer("a name that rests on nothing", "y = t - a; ∂y/∂a = ∂t/∂a - 1 = -1", constants, bundled=True),
    "same": Proposer("another spelling of a name", "E_total = a + b; ∂E_Total/∂a = 1", same_names, bundled=True),
    "power": Proposer("a lost caret", "y = x2 + 3x; y - x2 = 3x; y/x = (x2 + 3x)/x; dy/dx = 2x + 3", powers),
    "slope": Proposer("a name for a derivative", "L = w*x; dw = x", slopes, bundled=True, defining=True),
    "error": Proposer("a node's error", "h = w*x; L = (h-t)^2; δ = 2*h - t; ∂L/∂w = δ*x", errors, rivals=True),
    "differential": Proposer("two differentials", "u = r^2; du = 2*r*dr", differentials, bundled=True, defining=True),
    "prime": Proposer("by what primes differentiate", "y = a*x^2 + b*x; y' = 2*a*x + b", primes, defining=True),
    "lent": Proposer("a walkthrough's equation", "∂E1/∂a_o1 = a_o1 - t1", lent_equations),
    "input": Proposer("a walkthrough's input by another letter", "∂h1/∂w1 = p1; ∂h2/∂w3 = p1", inputs, bundled=True),
    "reading": Proposer("another reading of a notation", "y = 1/2m", readings),
    "anew": Proposer("a name defined anew", "y = w*x; dy/dx = w; y = w*x^2; dy/dx = 2*w*x", anew, bundled=True),
    "fresh": Proposer("a name of another problem", "Problem 1: y = x^3; Problem 2: x^2 + y^2 = 1", fresh),
    "condition": Proposer("a condition", "M = p*x; Λ = x + λ*(M - p*x); ∂Λ/∂x = 1 - λ*p; ∂Λ/∂λ = M - p*x", conditions),
    "behind": Proposer("a definition behind", "E = o^2 + w^2; ∂E/∂o = 2*o; ∂E/∂w = 2*o*h + 2*w; o = w*h", behind),
    "instead": Proposer("the later of two definitions", "y = w+x; y = w*x; dy/dx = w", instead),
    "chained": Proposer("the end of a definition's chain", "n = m*x; y = exp(m*x) = exp(n); dy/dn = y", chained),
    "slip": Proposer("a definition's slip", "y = w*x; z = w + x; ∂z/∂w = x; dz/dx = w", meant_definitions, rivals=True),
})  # fmt: skip
