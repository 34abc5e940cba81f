"""The network that a document's own definitions make, to be drawn above its verdicts."""

from collections.abc import Sequence

import sympy as sp

from derive.checking import Checked
from derive.errors import DeriveError
from derive.network import Network, make_network
from derive.tex import members
from derive.written import Partial

_WEIGHTS, _TARGETS = "wWvVbBθuU", "tTyYdD"


def defined_network(found: Sequence[Checked]) -> Network | None:
    """The network of the definitions among some verdicts; None where they define none that can be drawn.

    A leaf is a parameter if the document differentiates by it or its name begins as a weight's, a target if only the
    last nodes use it and its name begins as a target's, else an input: for the drawing, no verdict rests on it.
    """
    definitions: dict[str, sp.Expr] = {}
    differentiated: set[str] = set()
    for one in found:
        left, right, _ = members(one)
        for side in (left, right):
            differentiated |= {partial.by.name for partial in side.atoms(Partial)} if side is not None else set()
        if one.verdict != "definition" or left is None or not left.is_Symbol:
            continue
        if right is not None and right.free_symbols and not right.has(Partial):
            definitions.setdefault(left.name, right)
    used = [name.name for body in definitions.values() for name in sorted(body.free_symbols, key=str)]
    leaves = [name for name in dict.fromkeys(used) if name not in definitions]
    ends = [name for name in definitions if name not in used]
    if not ends or not leaves:
        return None
    parameters = [name for name in leaves if name in differentiated or name[0] in _WEIGHTS]
    others = [name for name in leaves if name not in parameters]
    targets = [name for name in others if name[0] in _TARGETS and _is_late(name, definitions)]
    inputs = [name for name in others if name not in targets]
    try:
        return make_network(definitions.items(), inputs=inputs, targets=targets, parameters=parameters, loss=ends[-1])
    except DeriveError:
        return None


def _is_late(name: str, definitions: dict[str, sp.Expr]) -> bool:
    """Whether whatever uses a name rests on other nodes as well."""
    users = [body for body in definitions.values() if name in {symbol.name for symbol in body.free_symbols}]
    return all(any(symbol.name in definitions for symbol in body.free_symbols) for body in users)
