"""The verdict of every claim under one interpretation, and the definitions on which it rests."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy as sp
from msgspec import Struct

from derive.checking.graph import CircleError, Graph
from derive.checking.interpretations import CHANGES, Equation, Interpretation, Stated, names_in
from derive.checking.quantities import Values, compared
from derive.checking.spellings import role_of
from derive.claim import UNTOLD, Called, Partial
from derive.equality import Proved, Refuted, Undecided, Verdict
from derive.equality.deciding import decide
from derive.errors import DeriveError
from derive.formulas.elaboration import BeyondScalarsError
from derive.formulas.phrases import LOSS
from derive.formulas.repairs import UNSAFE
from derive.formulas.syntax import Node
from derive.names import symbol
from derive.ordering import product

_LARGEST = 3_000


class Question(Struct, frozen=True):
    """What the decider is asked: whether two sides are equal, under definitions each after those that it uses."""

    left: sp.Expr
    right: sp.Expr
    definitions: tuple[tuple[str, sp.Expr], ...]
    positive: frozenset[str]

    @classmethod
    def of(cls, a: sp.Expr, b: sp.Expr, graph: Graph, positive: frozenset[str]) -> "Question":
        """Whether two worked sides are equal on a graph; CircleError."""
        return cls(a, b, tuple(graph.closure((a, b)).items()), positive)


_RATES = ("η", "α", "lr", "learningrate", "rate", "λ", "eta", "alpha", "ε", "γ")


class Evidence(Struct, frozen=True):
    """What is said of one claim: a verdict word, the equation that it is about, the reason, and its support.

    `support` are the names on whose meaning it rests, `question` what was decided, where that alone is the verdict.
    """

    verdict: str
    reason: str = ""
    equation: Equation | None = None
    witness: tuple[tuple[str, Fraction], ...] | None = None
    support: frozenset[str] = frozenset()
    left_value: str = ""
    right_value: str = ""
    kind: str = ""
    imprecise: bool = False
    sizes: tuple[tuple[str, int], ...] = ()
    slip: str = ""
    correct: str = ""
    question: Question | None = None


Memo = dict[Question, Verdict]


def weigh(
    number: int, interpretation: Interpretation, memo: Memo, positive: frozenset[str], values: Values
) -> Evidence:
    """The evidence of one claim."""
    one = interpretation.claims[number]
    if (
        not one.equations
        and one.claim.words
        and one.claim.left.readings
        and one.claim.left.readings[0].tree.kind == "name"
    ):
        return Evidence("definition", "in words", kind="words")
    if not one.equations and _is_list_of_values(one):
        return Evidence("definition", "", kind="value")
    if not one.equations:
        return Evidence("not-understood", one.fault, kind="beyond" if one.beyond else "unread")
    if number in interpretation.definers:
        name = interpretation.definers[number]
        again = _again(number, name, interpretation, memo, positive)
        if again is not None:
            return again
        return Evidence(
            "definition", "", interpretation.equations(number)[0], support=frozenset((name,)), kind="definition"
        )
    best: Evidence | None = None
    for equation in interpretation.equations(number):
        found = _weighed(one, equation, interpretation, memo, positive, values)
        if best is None or _RANK[found.verdict] < _RANK[best.verdict]:
            best = found
        if best.verdict in ("proved", "definition"):
            break
    assert best is not None
    if best.verdict == "refuted" and best.equation is not None and UNSAFE.keys() & set(best.equation.assumed):
        guessed = next(told for told in best.equation.assumed if told in UNSAFE)
        return Evidence(
            "undecided",
            guessed + UNSAFE[guessed],
            best.equation,
            support=best.support,
            kind="repaired",
        )
    if best.verdict == "refuted" and interpretation.is_loss_guessed and rests_on_loss(one):
        return Evidence(
            "undecided", "which loss is meant is not said", best.equation, support=best.support, kind="opaque"
        )
    return best


def rests_on_loss(one: Stated) -> bool:
    """Whether a claim is about the loss without naming it: `gradient w = …`, or an update by a gradient written out."""
    return LOSS in one.names or any(
        is_update(e.left, e.right, one.claim.relation) and e.right.free_symbols and not e.right.has(Partial)
        for e in one.equations[:1]
    )


def _is_list_of_values(one: Stated) -> bool:
    """Whether a claim gives a name a list of numbers: x = [1.0, -2.0]."""
    sides = [member.readings[0].tree for member in (one.claim.left, one.claim.right) if member.readings]
    if len(sides) < 2 or one.claim.step or sides[0].kind != "name" or sides[1].kind != "list":
        return False
    return all(entry.kind == "number" or _is_negative_number(entry) for entry in sides[1].parts)


def _is_negative_number(node: Node) -> bool:
    return node.kind == "negative" and node.parts[0].kind == "number"


def _again(
    number: int, name: str, interpretation: Interpretation, memo: Memo, positive: frozenset[str]
) -> Evidence | None:
    """A definition in other words of what is defined already is a claim, too: L = u² behind L = (2w - 6)²."""
    versions = interpretation.versions[name]
    place = next((n for n, d in enumerate(versions) if d.claim == number), 0)
    if place == 0 or versions[place].expression == symbol(name):
        return None
    try:
        graph = interpretation.before(number)
        variables = versions[place].variables or ()
        is_other = bool(variables) and variables != versions[place - 1].variables
        before = Called(name, (0,) * len(variables), *map(symbol, variables)) if is_other else symbol(name)
        sides = graph.worked(before), graph.worked(versions[place].expression)
        question = Question.of(*sides, graph, positive)
        verdict = answer(question, memo)
    except DeriveError:
        return None
    if not isinstance(verdict, Proved):
        return None
    equation, support = interpretation.equations(number)[0], frozenset((name,))
    return Evidence("proved", verdict.reason, equation, support=support, question=question)


_RANK = {"proved": 0, "definition": 1, "undecided": 2, "refuted": 3, "not-understood": 4}


def _weighed(
    one: Stated,
    equation: Equation,
    interpretation: Interpretation,
    memo: Memo,
    positive: frozenset[str],
    values: Values,
) -> Evidence:
    try:
        graph = interpretation.graph(one.number)
        return _judged(one, equation, interpretation, graph, memo, positive, values)
    except CircleError as error:
        return Evidence("undecided", str(error), equation)
    except BeyondScalarsError as error:
        return Evidence("not-understood", error.found, equation, kind="beyond")
    except DeriveError as error:
        return Evidence("not-understood", str(error), equation, kind="unread")
    except (TypeError, RecursionError, ZeroDivisionError, AttributeError, ValueError) as error:
        return Evidence("undecided", f"too much for this program: {type(error).__name__}", equation)


def _judged(
    one: Stated,
    equation: Equation,
    interpretation: Interpretation,
    graph: Graph,
    memo: Memo,
    positive: frozenset[str],
    values: Values,
) -> Evidence:
    left, right = equation.left, equation.right
    relation = one.claim.relation
    if left == right and left.has(Partial):
        written = next(e for e in one.equations if interpretation.put(e.left) == left)
        if written.left != written.right and written.left.is_Symbol:  # δ = dL/dz: what the name stands for
            return Evidence("definition", "", equation, kind="named", support=names_in(left))
        if not _renames(one, left, graph):
            return Evidence("undecided", "both sides are the same: this says nothing", equation, kind="empty")
    if is_update(left, right, relation):
        return _update(one, equation, interpretation, graph, memo, positive, values)
    if _is_told(left, right, one, interpretation, graph):
        return Evidence("definition", "", equation, kind="value", support=frozenset(names_in(left)))
    if one.number in interpretation.slope_tellers:
        told = isinstance(left, Partial) and left.of.is_Symbol and left.of.name in graph.opaque
        reason = f"what {left.of.name} is, is not said" if told else ""
        return Evidence("definition", reason, equation, kind="slope", support=names_in(left) | names_in(right))
    a, b = graph.worked(left), graph.worked(right)
    question = Question.of(a, b, graph, positive)
    verdict = answer(question, memo)
    support = _support(graph, names_in(left) | names_in(right))
    if isinstance(verdict, Proved) and _is_void(left, right, a, b, graph, memo):
        return Evidence(
            "undecided",
            "both sides are 0: nothing links what is differentiated with its variable",
            equation,
            support=support,
            kind="void",
        )
    if isinstance(verdict, Proved):
        return Evidence("proved", verdict.reason, equation, support=support, question=question)
    if isinstance(verdict, Undecided):
        return Evidence("undecided", verdict.reason, equation, support=support)
    numeric = _numeric(one, equation, a, b, graph, values)
    if numeric is not None:
        return numeric
    unsaid = _unsaid(equation, a, b, graph, interpretation.unread)
    if unsaid:
        return Evidence(
            "undecided", f"what {', '.join(unsaid)} is, is not said", equation, support=support, kind="opaque"
        )
    unknown = _unknown_functions(a, b, graph)
    if unknown:
        return Evidence(
            "undecided", f"what {', '.join(unknown)} is, is not said", equation, support=support, kind="opaque"
        )
    unlinked = _unlinked(equation, graph)
    if unlinked:
        return Evidence(
            "undecided", f"nothing says what rests on {', '.join(unlinked)}", equation, support=support, kind="unlinked"
        )
    if _is_again(one, left, interpretation):
        return Evidence(
            "undecided", f"{left.name} is defined otherwise before", equation, support=support, kind="again"
        )
    if equation.right.is_number and not equation.left.has(Partial, Called) and not (names_in(left) & graph.names):
        return Evidence(
            "undecided",
            "it says something of names that nothing else tells",
            equation,
            support=support,
            kind="condition",
        )
    held = _at_given_values(one, equation, a, b, graph, interpretation, memo, values)
    if held:
        return Evidence("proved", f"since {held}", equation, support=support, kind="condition")
    new = _introduced(one, left, right, interpretation, graph)
    if new:
        return Evidence(
            "undecided",
            f"{', '.join(sorted(new))}: first mentioned here, and not said what it is",
            equation,
            support=support,
            kind="introduced",
        )
    told = verdict.left, verdict.right
    return Evidence("refuted", verdict.reason, equation, verdict.witness, support, *told, question=question)


def _renames(one: Stated, side: sp.Expr, graph: Graph) -> bool:
    """Whether two sides that are the same have different names for what is known: ∂E_T/∂w = ∂E_total/∂w."""
    known = all(partial.of.is_Symbol and partial.of.name in graph.names for partial in side.atoms(Partial))
    written = [(equation.left, equation.right) for equation in one.equations]
    return known and all(a != b and a.has(Partial) and b.has(Partial) for a, b in written)


def _at_given_values(
    one: Stated,
    equation: Equation,
    a: sp.Expr,
    b: sp.Expr,
    graph: Graph,
    interpretation: Interpretation,
    memo: Memo,
    values: Values,
) -> str:
    """The values under which two sides are equal: those that the right side has put in, or that the lines before
    state as a case.
    """
    names = {s.name for s in a.free_symbols} - graph.names
    put = {n: values.before(symbol(n), one.number) for n in names - {s.name for s in equation.right.free_symbols}}
    numbers = set(equation.right.atoms(sp.Rational))
    table = {n: sp.Rational(f[0].value.numerator, f[0].value.denominator) for n, f in put.items() if f}
    chosen = {n: v for n, v in table.items() if v in numbers or v == 0}
    cases = interpretation.cases(one.number)
    for given in (chosen, cases):
        swap = {
            symbol(n): v
            for n, v in given.items()
            if symbol(n) in a.free_symbols | b.free_symbols
            or any(symbol(n) in d.free_symbols for d in graph.closure((a, b)).values())
        }
        if not swap:
            continue
        closed = {n: d.xreplace(swap) for n, d in graph.closure((a, b)).items()}
        if isinstance(decide(a.xreplace(swap), b.xreplace(swap), definitions=closed), Proved):
            return ", ".join(f"{s} = {v}" for s, v in swap.items())
    return ""


def _support(graph: Graph, names: frozenset[str]) -> frozenset[str]:
    """The names on whose meaning a claim rests: those in it, and all below them."""
    return frozenset(graph.closure([symbol(name) for name in names])) | names


def decided(a: sp.Expr, b: sp.Expr, graph: Graph, memo: Memo, positive: frozenset[str]) -> Verdict:
    """Whether two worked sides are equal on a graph."""
    return answer(Question.of(a, b, graph, positive), memo)


def answer(question: Question, memo: Memo) -> Verdict:
    """What the decider says; the same question is asked once."""
    if question not in memo:
        a, b = question.left, question.right
        if _size(a) + _size(b) > _LARGEST:
            memo[question] = Undecided("the sides are too large to compare")
        else:
            memo[question] = decide(a, b, definitions=dict(question.definitions), positive=question.positive)
    return memo[question]


def _is_void(left: sp.Expr, right: sp.Expr, a: sp.Expr, b: sp.Expr, graph: Graph, memo: Memo) -> bool:
    """Whether two sides are equal only because their derivatives are of things that do not rest on each other."""
    if not (left.has(Partial) and right.has(Partial)):
        return False
    return isinstance(decided(a, sp.Integer(0), graph, memo, frozenset()), Proved)


def _numeric(one: Stated, equation: Equation, a: sp.Expr, b: sp.Expr, graph: Graph, values: Values) -> Evidence | None:
    """A claim of numbers, held against the document's values to the digits shown; None where it is about names
    alone.
    """
    written = (equation.left, equation.right)
    numbers = [side for side in written if side.is_number and not side.has(Partial, Called)]
    decimals = any(r.q not in (1, 2) for side in (equation.left, equation.right) for r in side.atoms(sp.Rational))
    pointed = decimals or any(
        n.kind == "number" and "." in n.value
        for m in (one.claim.left, one.claim.right)
        for r in m.readings[:1]
        for n in r.tree.walk()
    )
    literals = {Fraction(r.p, r.q) for side in written for r in side.atoms(sp.Rational)} - _PLAIN_NUMBERS
    pointed = pointed or bool(literals & values.numbers)
    if not numbers and not pointed:
        return None
    support = names_in(equation.left) | names_in(equation.right)
    found = None
    if not any(side.is_Symbol or isinstance(side, Partial) for side in written):
        put = values.put_in(equation, one.number) if numbers else None
    else:  # a value: what follows from the others tells more than where else it stands
        found = compared(a, b, one, graph, values)
        put = values.put_in(equation, one.number) if numbers and (found is None or found.verdict == "differ") else None
    if put is not None and any(known and known[0] in _stands(put) for _, stands, known in put if stands not in known):
        put = None  # the factors stand in another order
    if put is not None:
        wrong = [(n, stands, known) for n, stands, known in put if known and stands not in known]
        known_before = any(known for _, _, known in put)
        left = equation.left
        is_told = one.claim.step > 0 or left.is_Symbol or left.has(Partial, Called)
        if not wrong and found is None and not known_before and not is_told:
            names = ", ".join(sorted(map(str, left.free_symbols)))
            return Evidence("undecided", f"no value is given for {names}", equation, support=support, kind="numeric")
        if not wrong and (known_before or found is None):
            verdict, kind = ("proved", "put in") if known_before else ("definition", "value")
            return Evidence(verdict, "the values put in", equation, support=support, kind=kind)
    found = found or compared(a, b, one, graph, values)
    if not numbers and not decimals and (found is None or not found.holds):
        return None
    if (
        (found is None or not found.holds)
        and put is not None
        and wrong
        and all(len(known) == 1 for _, _, known in wrong)
    ):
        told = ", ".join(
            f"{float(stands):.10g} stands for {n}, which is {float(known[0]):.10g}" for n, stands, known in wrong
        )
        return Evidence(
            "refuted",
            told,
            equation,
            support=support,
            left_value=f"{float(wrong[0][2][0]):.10g}",
            kind="numeric",
            slip=f"numeric-substitution: {told}",
        )
    if found is None:
        missing = sorted(name for name in graph_leaves(graph, (a, b)) if not values.given.get(symbol(name)))
        left = equation.left
        if (left.is_Symbol or isinstance(left, Partial)) and b.is_number and b not in (0, 1, -1):
            return Evidence(
                "definition",
                "a value that cannot be worked out from the others",
                equation,
                support=support,
                kind="value",
            )
        if not decimals and b in (0, 1, -1):
            return None
        if not (a.is_number or b.is_number) and not missing:
            return None
        return Evidence(
            "undecided",
            f"no value is given for {', '.join(missing[:4])}" if missing else "there is no value to compare",
            equation,
            support=support,
            kind="numeric",
        )
    if found.verdict == "differ" and any(
        p.by != UNTOLD and graph.total(p.of, p.by.name) == 0 for side in written for p in side.atoms(Partial)
    ):
        return Evidence(
            "undecided",
            "nothing links what is differentiated with its variable",
            equation,
            support=support,
            kind="unlinked",
        )
    if found.verdict == "differ":
        if not (a.is_number and b.is_number) and _is_ambiguous(graph, (equation.left, a, b), values):
            return Evidence(
                "undecided",
                f"{found.value} at the document's values, {found.stands} stands here; but these are given more than once",  # noqa: E501
                equation,
                support=support,
                kind="numeric",
            )
        return Evidence(
            "refuted",
            f"{found.value} at the document's values, {found.stands} stands here",
            equation,
            support=support,
            left_value=found.value,
            right_value=found.stands,
            kind="numeric",
        )
    if found.verdict == "replaced":
        told = f"{found.value} at the last values before this line, {found.stands} at the document's first ones"
        return Evidence("undecided", told, equation, support=support, kind="numeric")
    note = "" if found.verdict == "agree" else f"{found.value} to more digits: the last digit is not exact"
    return Evidence("proved", note, equation, support=support, kind="numeric", imprecise=bool(note))


def _stands(put: list[tuple[str, Fraction, list[Fraction]]]) -> frozenset[Fraction]:
    return frozenset(stands for _, stands, _ in put)


_PLAIN_NUMBERS = frozenset(map(Fraction, ("0", "1", "-1", "2", "1/2")))
"""Numbers that stand in every formula, whatever values the document gives."""


def graph_leaves(graph: Graph, sides: tuple[sp.Expr, ...]) -> frozenset[str]:
    """The names without a definition on which expressions rest."""
    found: set[str] = set()
    for side in sides:
        for s in side.free_symbols:
            found |= graph.leaves(s.name) or ({s.name} if s.name not in graph.names else set())
    return frozenset(found)


def _is_ambiguous(graph: Graph, sides: tuple[sp.Expr, ...], values: Values) -> bool:
    """Whether a leaf has more than one value in the document, so that nobody knows which is meant."""
    names = graph_leaves(graph, sides) | {s.name for side in sides for s in side.free_symbols}
    return any(len({value.value for _, value in values.given.get(symbol(name), [])}) > 1 for name in names)


def _size(expression: sp.Expr) -> int:
    return sum(1 for _ in sp.preorder_traversal(expression))


def _is_told(left: sp.Expr, right: sp.Expr, one: Stated, interpretation: Interpretation, graph: Graph) -> bool:
    """Whether a claim gives a value to a name that nothing defines: w1 = 0.15, y1 + y2 = 1."""
    if left.is_Symbol and right.is_number and not left.name.endswith("⁺"):
        return left.name not in graph.names
    terms = left.args if left.is_Add else ()
    return bool(terms) and right.is_number and all(term.is_Symbol and term.name not in graph.names for term in terms)


def _is_again(one: Stated, left: sp.Expr, interpretation: Interpretation) -> bool:
    """Whether a function is defined a second time, f(x) = …, and otherwise: either line may be meant otherwise."""
    tree = one.claim.left.readings[0].tree
    return (
        tree.kind == "call"
        and bool(tree.parts)
        and left.is_Symbol
        and left.name in interpretation.versions
        and one.claim.step == 0
    )


def _introduced(
    one: Stated, left: sp.Expr, right: sp.Expr, interpretation: Interpretation, graph: Graph
) -> frozenset[str]:
    """Undefined names that no other claim has: the line that first mentions a name introduces it."""
    here = names_in(left) | names_in(right)
    free = {name for name in here if name not in graph.names and name not in graph.opaque}
    if not free or (
        not any(name in graph.names for name in here) and len(interpretation.claims) > 0 and not left.has(Partial)
    ):
        return frozenset()
    elsewhere: set[str] = set()
    for other in interpretation.claims:
        if other.claim.statement != one.claim.statement:
            elsewhere |= {interpretation.same.get(n, n) for n in other.names}
    for name in graph.names:
        elsewhere |= graph.parents(name)
    both = names_in(left) & names_in(right)
    return frozenset(name for name in free if name not in elsewhere and name not in both)


def _unsaid(equation: Equation, a: sp.Expr, b: sp.Expr, graph: Graph, unread: frozenset[str]) -> list[str]:
    """The names that nothing defines, although they are differentiated, where a difference rests on what they are.

    Both sides a chain of derivatives: these are held against each other all the same.
    """
    names = {s.name for side in (a, b) for s in side.free_symbols} | set(graph.closure((a, b)))
    inside = {s.name for name in names for s in [symbol(name), *(graph.definition(name) or sp.S.Zero).free_symbols]}
    slopes = {n[1:].partition("/∂")[0] for n in inside if n.startswith("∂") and "/∂" in n}
    sides = [
        {s.name for e in (side, *graph.closure((side,)).values()) for s in e.free_symbols if s.name.startswith("∂")}
        for side in (a, b)
    ]
    variables = {p.by.name for side in (equation.left, equation.right) for p in side.atoms(Partial)}
    opaque = inside & ((graph.opaque.keys() - variables) | unread)
    told = (p for p in equation.left.atoms(Partial) if (str(p.of), p.by.name) in graph.assumed)
    opaque |= {str(p.of) for p in told}
    if slopes and sides[0] == sides[1] and not opaque:
        return []
    return sorted(slopes | opaque)


def _unknown_functions(a: sp.Expr, b: sp.Expr, graph: Graph) -> list[str]:
    """The functions of which nothing is said, where the two sides speak of other values or derivatives of them: what
    they are might make both alike. f' = u' v' against f' = u' v + u v' is about the same ones.
    """
    one, other = graph.unknown_calls(a), graph.unknown_calls(b)
    values = {(name, at) for name, _, at in one} ^ {(name, at) for name, _, at in other}
    slopes = {call for call in one if call[1]} ^ {call for call in other if call[1]}
    return sorted({name for name, _ in values} | {name for name, _, _ in slopes})


def _unlinked(equation: Equation, graph: Graph) -> list[str]:
    """What a side differentiates by although nothing in the document links it: ∂L/∂u where no definition has u."""
    linked = {parent for name in graph.names for parent in graph.parents(name)}
    partials = {p for side in (equation.left, equation.right) for p in side.atoms(Partial) if p.by != UNTOLD}
    return sorted(
        {
            p.by.name
            for p in partials
            if (p.by.name not in linked or (p.of.is_Symbol and p.of.name not in graph.names))
            and p.by not in p.of.free_symbols
            and graph.total(p.of, p.by.name) == 0
        }
    )


# updates


def is_update(left: sp.Expr, right: sp.Expr, relation: str) -> bool:
    """w := w - η g, w⁺ = w - η g, w -= η g."""
    if relation in CHANGES or relation == "-=":
        return True
    if not left.is_Symbol:
        return False
    base = left.name.removesuffix("⁺")
    if left.name.endswith("⁺"):
        return True
    terms = right.args if right.is_Add else ()
    return symbol(base) in terms


def _update(
    one: Stated,
    equation: Equation,
    interpretation: Interpretation,
    graph: Graph,
    memo: Memo,
    positive: frozenset[str],
    values: Values,
) -> Evidence:
    """An update is right where what it takes away is a rate times the derivative of the loss by the same name."""
    definition = Evidence("definition", "", equation, kind="update", support=names_in(equation.left))
    if one.claim.relation in ("*=", "/=") or not equation.left.is_Symbol:
        return definition
    name = equation.left.name.removesuffix("⁺")
    right = equation.right
    if one.claim.relation in ("-=", "+="):
        step = right if one.claim.relation == "+=" else sp.Mul(-1, right, evaluate=False)
    elif right.is_Add and symbol(name) in right.args:
        step = sp.Add(*(term for term in right.args if term != symbol(name)), evaluate=False)
    else:
        return definition
    step = step.xreplace(
        {s: graph.definition(s.name) for s in step.free_symbols if s.name[0] in "Δδ" and s.name in graph.names}
    )
    partials = [p for p in step.atoms(Partial) if p.by != UNTOLD]
    if len(partials) == 1 and not graph.names & {name}:
        partial = partials[0]
        rest = step.xreplace({partial: sp.Integer(1)})
        if partial.by.name != name:
            known = any(
                p.by.name == name
                for other in interpretation.claims
                for e in other.equations[:1]
                for side in (e.left, e.right)
                for p in side.atoms(Partial)
            )
            if not known and len(name) <= 2 and not name[-1:].isdigit():
                return definition
            return Evidence(
                "refuted",
                f"{name} is moved by the derivative by {partial.by.name}",
                equation,
                support=frozenset((name,)),
                kind="update",
            )
        sign = _sign(rest)
        if sign > 0:
            return Evidence(
                "refuted",
                "the step goes up the gradient: the sign is wrong",
                equation,
                support=frozenset((name,)),
                kind="update",
            )
        return definition
    loss = loss_of(interpretation, graph)
    if loss is None or not graph.rests_on(loss, name) or name in graph.names:
        return definition
    gradient = graph.total(symbol(loss), name)
    worked = graph.worked(step)
    used = graph.closure([gradient]).keys() | {s.name for s in gradient.free_symbols} | graph.leaves(loss)
    rates = [s for s in worked.free_symbols if s.name not in used and s.name not in graph.names]
    if not rates and worked.is_Mul:
        rates = [f for f in worked.args if f.is_Number and f not in (1, -1)] and [
            sp.Abs(sp.Mul(*(f for f in worked.args if f.is_Number)))
        ]
    if len(rates) != 1:
        return definition
    question = Question.of(worked, product((sp.Integer(-1), rates[0], gradient)), graph, positive)
    verdict = answer(question, memo)
    if isinstance(verdict, Refuted):
        is_guessed = not (worked / rates[0]).free_symbols or not _is_told_loss(loss, interpretation)
        if is_guessed or _unsaid(equation, worked, gradient, graph, interpretation.unread):
            return definition
        return Evidence(
            "refuted",
            verdict.reason,
            equation,
            verdict.witness,
            frozenset(graph.closure([gradient])) | {name},
            verdict.left,
            verdict.right,
            kind="update",
            question=question,
        )
    return definition


def _sign(rest: sp.Expr) -> int:
    """The sign of what stands before a derivative, where numbers and names of rates alone stand there: 0 if unclear."""
    value = rest.subs({s: sp.Rational(7, 10) for s in rest.free_symbols}) if not rest.has(Called, Partial) else sp.S.NaN
    value = value.doit() if hasattr(value, "doit") else value
    return 0 if not value.is_number or value.has(sp.nan) else 1 if value > 0 else -1 if value < 0 else 0


def loss_of(interpretation: Interpretation, graph: Graph) -> str | None:
    """What the document calls its loss; the quantity that it differentiates most; else the only end of its graph."""
    named = interpretation.same.get(LOSS, LOSS)
    if named in graph.names:
        return named
    counts: dict[str, int] = {}
    for one in interpretation.claims:
        for equation in interpretation.equations(one.number)[:1]:
            if isinstance(equation.left, Partial) and equation.left.of.is_Symbol:
                counts[equation.left.of.name] = counts.get(equation.left.of.name, 0) + 1
    defined = [name for name in counts if name in graph.names]
    tops = [name for name in defined if not any(other != name and graph.rests_on(other, name) for other in graph.names)]
    if tops:
        return max(tops, key=lambda name: counts[name])
    used = {parent for name in graph.names for parent in graph.parents(name)}
    ends = [name for name in graph.names if name not in used and not name.endswith("⁺")]
    return ends[0] if len(ends) == 1 else None


def _is_told_loss(loss: str, interpretation: Interpretation) -> bool:
    """Whether the document differentiates the loss, or calls it one: else it is a guess, and refutes no update."""
    role = role_of(loss)
    return (role is not None and role[0] in ("loss", "error")) or any(
        partial.of == symbol(loss)
        for one in interpretation.claims
        for equation in interpretation.equations(one.number)[:1]
        for partial in equation.left.atoms(Partial)
    )


def evidence_of(
    interpretation: Interpretation, memo: Memo, positive: frozenset[str], known: Mapping[int, Evidence] | None = None
) -> dict[int, Evidence]:
    """The evidence of every claim; what is known already is taken over."""
    values = Values(interpretation)
    return {
        one.number: known[one.number]
        if known and one.number in known
        else weigh(one.number, interpretation, memo, positive, values)
        for one in interpretation.claims
    }


def score(evidence: Mapping[int, Evidence], adopted: Iterator[int]) -> tuple[int, int, int]:
    """How much an interpretation explains: claims proved, then claims contradicted, then departures."""
    verdicts = [e.verdict for e in evidence.values()]
    return verdicts.count("proved"), -verdicts.count("refuted"), -sum(adopted)
