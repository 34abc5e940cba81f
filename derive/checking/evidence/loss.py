"""Which quantity of a document is its loss."""

from collections import Counter

import sympy as sp

from derive.checking.equations import Stated, differentiated, is_update
from derive.checking.graph import Graph
from derive.checking.interpretations import Interpretation
from derive.checking.spellings import role_of
from derive.formulas.phrases import LOSS
from derive.written import Partial, partials_in


def loss_of(interpretation: Interpretation, graph: Graph) -> str | None:
    """What the document calls its loss; the quantity that it differentiates most; else the only end of its graph."""
    named = interpretation.naming.name(LOSS)
    if named in graph.names and not is_residual(graph.definition(named)):
        return named
    counts = Counter(of for _, equation in interpretation.naming.plainest() if (of := differentiated(equation.left)))
    defined = [name for name in counts if name in graph.names]
    tops = [name for name in defined if not any(other != name and graph.rests_on(other, name) for other in graph.names)]
    if tops:
        return max(tops, key=lambda name: counts[name])
    used = {parent for name in graph.names for parent in graph.parents(name)}
    ends = [name for name in graph.names if name not in used and not name.endswith("⁺")]
    return ends[0] if len(ends) == 1 else None


def is_residual(body: sp.Expr | None) -> bool:
    """Whether a quantity is what is left of a target, t - y: without a least value it is no loss, its square is."""
    terms = body.args if body is not None and body.is_Add and len(body.args) == 2 else ()
    return {1 if term.is_Symbol else -1 if (-term).is_Symbol else 0 for term in terms} == {1, -1}


def is_told(loss: str, interpretation: Interpretation) -> bool:
    """Whether the document differentiates a loss, or calls it one: else it is a guess, and refutes no update."""
    role = role_of(loss)
    partials = (p for _, equation in interpretation.naming.plainest() for p in partials_in(equation.left))
    return (role is not None and role[0] in ("loss", "error")) or any(
        partial.of.is_Symbol and partial.of.name == loss for partial in partials
    )


def rests_on_loss(one: Stated) -> bool:
    """Whether a claim is about the loss without naming it: `gradient w = …`, or an update by a gradient written out."""
    return LOSS in one.names or any(
        is_update(e, one.claim.relation) and e.right.free_symbols and not e.right.has(Partial) for e in one.plainest
    )
