"""A function that is named as the derivative of another, sigmoid_prime(x) = …, held against that derivative."""

import sympy as sp

from derive.checking.equations import Equation
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.exchange import exchanged
from derive.checking.graph import Graph
from derive.checking.graph.links import edgeless
from derive.checking.interpretations import Definition
from derive.checking.spellings import function_of
from derive.equality import Proved, Refuted, Undecided
from derive.formulas.functions import applied
from derive.names import symbol
from derive.rules import SPELLINGS
from derive.written import Called, Partial

NAMED_SLOPE = "named slope"


def named_slope(definition: Definition, graph: Graph, decisions: Decisions) -> Evidence | None:
    """What is said of it; None where it is named for no function that is known, or of several variables tells not by
    which it differentiates.

    Its variable is the function's, or what the function comes to there: s (1 - s) is the slope of s = sigmoid(x).
    """
    variables = tuple(map(symbol, definition.variables or ()))
    value = _function(definition.name, variables, graph)
    if value is None:
        return None
    graph = graph.holding(*(variable.name for variable in variables))
    body, put = graph.worked(definition.expression), graph.worked(value)
    asked = [
        decisions.equality(graph.worked(Partial(value, variable)), one, graph)
        for variable in variables
        for one in (body, exchanged(body, {variable: put}))
    ]
    asked += [decisions.equality(edgeless(one.left), edgeless(one.right), graph) for one in asked]
    equation, support = Equation(Partial(value, variables[0]), definition.expression), frozenset((definition.name,))
    verdicts = [(decisions.answer(one), one) for one in asked]
    proved = next(((found, one) for found, one in verdicts if isinstance(found, Proved)), None)
    if proved is not None:
        return Evidence("proved", proved[0].reason, equation, support=support, kind=NAMED_SLOPE, equality=proved[1])
    found, question = verdicts[0]
    if len(variables) > 1 or not isinstance(found, Refuted) or any(isinstance(one, Undecided) for one, _ in verdicts):
        return None
    values = found.left, found.right
    return Evidence("refuted", found.reason, equation, found.witness, support, *values, NAMED_SLOPE, equality=question)


def _function(name: str, variables: tuple[sp.Symbol, ...], graph: Graph) -> sp.Expr | None:
    """The function for whose derivative a definition is named, at its variables."""
    word = function_of(name).casefold()
    own = next((one for one in graph.functions if one.casefold() == word), "")
    if own and any(len(letters) == len(variables) for letters, _ in graph.functions[own]):
        return Called(own, (0,) * len(variables), *variables)
    known = next((one for one in SPELLINGS if one.casefold() == word), "")
    return applied(known, variables) if known and len(variables) == 1 else None
