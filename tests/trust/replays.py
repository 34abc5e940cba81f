"""Certificates of many verdicts, replayed: the mutants of the hand gradients, and the published pairs."""

import time
from pathlib import Path
from typing import Any

import sympy as sp

from derive.certificates import certificate_of, certified, verified
from derive.equality import Proved, Refuted
from derive.walkthrough import load_walkthrough
from tests.bench.pairs import is_wrong, read_pairs
from tests.derive.mutations import Truth, expanded, mutants
from tests.trust.decisions import Tally


def mutants_of(name: str, every: int = 1) -> Tally:
    """One of `every` single edits of a walkthrough's gradients, in node names and expanded."""
    walkthrough = load_walkthrough(name)
    network, found = walkthrough.network, Tally()
    truth = Truth(network)
    for mutant in mutants(walkthrough, every=every):
        right = truth.holds(mutant.wrong, mutant.right)
        both = mutant.wrong, mutant.right
        _add(found, f"{name} {mutant.text}", right, *both, definitions=network.definitions, start=walkthrough.start)
        whole = (expanded(side, network) for side in both)
        _add(found, f"{name} expanded {mutant.text}", right, *whole, start=walkthrough.start)
    return found


def _add(found: Tally, case: str, right: bool, left: sp.Expr, other: sp.Expr, **given: Any) -> None:
    found.cases += 1
    began = time.perf_counter()
    verdict, certificate = certified(left, other, **given)
    found.slowest = max(found.slowest, (time.perf_counter() - began, case))
    found.proved += isinstance(verdict, Proved)
    found.refuted += isinstance(verdict, Refuted)
    if isinstance(verdict, Refuted if right else Proved):
        found.mistakes.append(case)
    if certificate is None:
        found.undecided.append(case)
        return
    found.replayed(case, certificate, type(verdict).__name__.lower())


def published(file: Path) -> Tally:
    """The published pairs, as text: what is decided is verified, formulas and all."""
    found = Tally()
    for pair in read_pairs(file):
        decided, certificate = certificate_of(pair.left, pair.right)
        found.cases += 1
        found.proved += decided.word == "proved"
        found.refuted += decided.word == "refuted"
        if is_wrong(pair, decided.word):
            found.mistakes.append(f"row {pair.number}")
        if certificate is None:
            continue
        found.replayed(f"row {pair.number}", certificate, decided.word, verified)
    return found
