"""What an interpretation takes otherwise than it is written: the hypotheses that it adopts, by what they change."""

from collections.abc import Iterable, Mapping
from itertools import groupby

import sympy as sp
from msgspec import Struct

from derive.formulas.phrases import LOSS

GUESSED_RANK = 2
"""The rank of a hypothesis about the loss that nothing but the shape of the document tells."""


class Hypothesis(Struct, frozen=True):
    """One departure from what is written: its kind and subject, and what it puts in place.

    `names` are the names whose meaning it changes; `told` says it in the report; `ones` add up to 1 by it. Where it is
    `open`, the lines that it makes right may as well be wrong themselves: nothing else speaks for it.
    """

    kind: str
    subject: str
    told: str
    rank: int
    names: frozenset[str]
    claim: int = -1
    other: str = ""
    expression: sp.Expr | None = None
    lent: tuple[tuple[str, sp.Expr], ...] = ()
    ones: tuple[str, ...] = ()
    open: bool = False


class Departures(Struct, frozen=True):
    """Names that are another's or a derivative's, that rest on nothing, that are lent; and by the numbers of claims:
    the reading that is taken, what a definition was meant to be, which ones define a name anew or instead, or set a
    condition.
    """

    same: Mapping[str, str]
    slopes: Mapping[str, sp.Expr]
    constant: frozenset[str]
    lent: Mapping[str, sp.Expr]
    readings: Mapping[int, int]
    meant: Mapping[int, sp.Expr]
    anew: frozenset[int]
    fresh: Mapping[int, tuple[str, ...]]
    """By the claims of a problem, the names of other problems that stand for something else there, which none tells."""
    instead: frozenset[int]
    conditions: frozenset[int]
    terms: frozenset[int]
    """Claims that say term by term what names are, A + B = a + b, and prove nothing thereby."""
    prime: str
    """By what a prime differentiates what rests on several names; "" where nothing tells."""
    behind: frozenset[str]
    """Names whose definition holds for the derivatives before it, too, though it might solve for them."""
    is_loss_guessed: bool
    ones: tuple[tuple[str, ...], ...]
    """Names that add up to 1 where a walkthrough lends."""


def departures(adopted: Iterable[Hypothesis]) -> Departures:
    """Hypotheses by what they change."""
    kinds: dict[str, list[Hypothesis]] = {}
    for hypothesis in sorted(adopted, key=lambda h: (h.kind, h.claim, h.subject)):
        kinds.setdefault(hypothesis.kind, []).append(hypothesis)
    same = kinds.get("same", ())
    return Departures(
        same={h.subject: h.other for h in same},
        slopes={h.subject: h.expression for kind in ("slope", "error", "differential") for h in kinds.get(kind, ())},
        constant=frozenset(h.subject for h in kinds.get("constant", ())),
        lent={name: expression for hypotheses in kinds.values() for h in hypotheses for name, expression in h.lent},
        readings={h.claim: int(h.other) for h in kinds.get("reading", ())},
        meant={h.claim: h.expression for h in (*kinds.get("slip", ()), *kinds.get("chained", ()))},
        anew=frozenset(h.claim for h in kinds.get("anew", ())),
        fresh={claim: tuple(h.subject for h in found)
               for claim, found in groupby(kinds.get("fresh", ()), key=lambda h: h.claim)},
        instead=frozenset(h.claim for h in kinds.get("instead", ())),
        conditions=frozenset(h.claim for h in kinds.get("condition", ())),
        terms=frozenset(h.claim for h in kinds.get("lent", ()) if h.claim >= 0),
        prime=next((h.subject for h in kinds.get("prime", ())), ""),
        behind=frozenset(h.subject for h in kinds.get("behind", ())),
        is_loss_guessed=any(h.subject == LOSS and h.rank == GUESSED_RANK for h in same),
        ones=tuple(h.ones for h in kinds.get("lent", ()) if h.ones),
    )
