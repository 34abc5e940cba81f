"""The certificate of a claim's verdict: what the decider was asked, written out so that anyone can ask it again."""

from collections.abc import Iterable, Mapping
from itertools import chain, count
from re import sub
from typing import Any

from derive.certificates import certificate_over
from derive.checking.evidence import Evidence
from derive.checking.evidence.equality import Equality
from derive.checking.exchange import renamed
from derive.checking.report import Shown
from derive.errors import DeriveError
from derive.formulas import Names, read_formula
from derive.formulas.expression.names import CONSTANTS
from derive.kernel import RejectedError
from derive.names import symbol
from derive.text import as_text


def certificate_of(evidence: Evidence) -> Shown | None:
    """What shows that a claim is proved or refuted; of arrays a certificate of each component that was decided. None
    where its verdict is no decision on formulas alone: on rounded numbers, under values, on what a name says.
    """
    if evidence.verdict not in ("proved", "refuted"):
        return None
    if evidence.equality is not None:
        return _certificate(evidence.equality, evidence.verdict)
    found = []
    for one in evidence.components:
        shown = _certificate(Equality(one.left, one.right, one.definitions), evidence.verdict)
        if shown is None:
            return None
        found.append(shown)
    return tuple(found) or None


def _certificate(equality: Equality, verdict: str) -> dict[str, Any] | None:
    """The certificate of one decision; None where it cannot be written, or shows another verdict."""
    try:
        found = _written(equality)
    except (DeriveError, RejectedError, TypeError, RecursionError):  # there is no way to write it, or to show it
        return None
    return found if found is not None and found["verdict"] == verdict else None


def _written(equality: Equality) -> dict[str, Any] | None:
    """The certificate of an equality, over names that a formula can have."""
    definitions = dict(equality.definitions)
    sides = equality.left, equality.right
    used = {s.name for side in (*sides, *definitions.values()) for s in side.free_symbols} | definitions.keys()
    spelled = _spelled(used)
    left, right = (as_text(renamed(side, spelled)) for side in sides)
    bodies = {spelled[name]: as_text(renamed(body, spelled)) for name, body in definitions.items()}
    positive = {spelled[name] for name in equality.positive & used}
    return certificate_over(spelled.values(), left, right, bodies, positive)


def _spelled(names: Iterable[str]) -> Mapping[str, str]:
    """Each name as itself where a formula can have it, else its letters, numbered where taken: f_x of f'(x)."""
    spelled: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (not _can_be_read(name), name)):
        stem = sub(r"\W+", "_", name).strip("_") or "v"
        ways = chain((name, stem), (f"{stem}_{number}" for number in count(1)))
        spelled[name] = next(way for way in ways if _can_be_read(way) and way not in spelled.values())
    return spelled


def _can_be_read(name: str) -> bool:
    try:
        return name not in CONSTANTS and bool(read_formula(name, Names.of((name,))) == symbol(name))
    except DeriveError:
        return False
