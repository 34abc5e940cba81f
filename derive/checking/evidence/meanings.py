"""Claims that are no question: what defines a name, gives it a value, tells on what it rests or how it is named."""

from msgspec.structs import replace

from derive.checking.equations import Stated, differentiated, is_update, tree_of, variables_told
from derive.checking.evidence import Evidence
from derive.checking.evidence.conditions import wrong_solution
from derive.checking.evidence.decisions import Decisions
from derive.checking.evidence.iterates import iterated
from derive.checking.evidence.question import Question
from derive.checking.evidence.slopes import named_slope
from derive.checking.evidence.updates import uphill_in_numbers, weigh_update
from derive.checking.interpretations import Interpretation
from derive.equality import Proved
from derive.errors import DeriveError
from derive.names import symbol
from derive.written import Called, Partial, partials_in


def without_equation(one: Stated) -> Evidence:
    left, right = tree_of(one.claim.left), tree_of(one.claim.right)
    if left is not None and left.kind == "name":
        if one.claim.words:
            return Evidence("definition", "in words", kind="words")
        if one.begins and right is not None and right.kind == "list":
            bare = (entry.parts[0] if entry.kind == "negative" else entry for entry in right.parts)
            if all(entry.kind == "number" for entry in bare):  # x = [1.0, -2.0]
                return Evidence("definition", kind="value")
    return Evidence("not-understood", one.fault, kind="beyond" if one.beyond else "unread")


def names_variables(one: Stated) -> bool:
    """y = y(x): whether a claim says on what a quantity rests, and nothing else."""
    return bool(variables_told(one.claim))


def defined(number: int, interpretation: Interpretation, decisions: Decisions) -> Evidence:
    """A definition; in other words of what is defined already it is a claim, too: L = u² behind L = (2w - 6)²."""
    name, equation = interpretation.definers[number], interpretation.equations(number)[0]
    found = Evidence("definition", "", equation, support=frozenset((name,)), kind="definition")
    versions = interpretation.versions[name]
    place = next((n for n, d in enumerate(versions) if d.claim == number), 0)
    try:
        slope = named_slope(versions[place], interpretation.graph(number), decisions)
        if slope is not None or place == 0 or versions[place].is_value:
            return slope or found
        graph = interpretation.before(versions[place].statement)
        variables = versions[place].variables or ()
        is_other = bool(variables) and variables != versions[place - 1].variables
        before = Called(name, (0,) * len(variables), *map(symbol, variables)) if is_other else symbol(name)
        if versions[place - 1].statement == versions[place].statement:  # both hold in the whole document, as w' does
            before = versions[place - 1].expression
        asked = decisions.equality(graph.worked(before), graph.worked(versions[place].expression), graph)
        verdict = decisions.answer(asked)
    except DeriveError:
        return found
    if not isinstance(verdict, Proved):
        return found
    return replace(found, verdict="proved", reason=verdict.reason, kind="", equality=asked)


def without_decision(question: Question) -> Evidence | None:
    """What is said of a claim that states nothing that could be false: a name's meaning, a value, an update."""
    one, (left, right), graph = question.one, question.equation.sides, question.graph
    if left == right and left.has(Partial):
        put = question.interpretation.put
        written = next(e for e in one.equations if put(e.left) == left)
        names_one = written.left.is_Symbol or written.right.is_Symbol  # δ = dL/dz: what the name stands for
        if written.left != written.right and names_one:
            return question.said("definition", kind="named")
        if not _renames(question):
            return question.said("undecided", "both sides are the same: this says nothing", "empty")
    uphill = uphill_in_numbers(question)
    if uphill is not None or is_update(question.equation, one.claim.relation):
        return uphill or weigh_update(question)
    if (one.claim.program or one.claim.relation == ":=") and _makes_of_itself(one):
        return question.said("definition", "the next value of what stands there", kind="value")
    if one.number in question.interpretation.at_once:
        return question.said("definition", kind="at once")
    if _is_value(question):
        return wrong_solution(question) or iterated(question) or question.said("definition", kind="value")
    if question.interpretation.tells_slope(one.number):
        of = differentiated(left)
        return question.said("definition", f"what {of} is, is not said" if of in graph.opaque else "", "slope")
    return None


def _makes_of_itself(one: Stated) -> bool:
    """db = db / m: whether the next value of a name is made of its last one."""
    left, right = tree_of(one.claim.left), tree_of(one.claim.right)
    if left is None or right is None or left.kind != "name":
        return False
    return any(node.kind == "name" and node.value == left.value for node in right.walk())


def _renames(question: Question) -> bool:
    """Whether two sides that are the same have different names for what is known: ∂E_T/∂w = ∂E_total/∂w."""
    names = map(differentiated, partials_in(question.left))
    written = (equation.sides for equation in question.one.equations)
    return all(name in question.graph.names for name in names) and all(
        a != b and a.has(Partial) and b.has(Partial) for a, b in written
    )


def _is_value(question: Question) -> bool:
    """Whether a claim gives a value to names that nothing defines: w1 = 0.15, y1 + y2 = 1.

    A sum of names that all have values before it gives none: a = 2, b = 3, a + b = 7 is a claim.
    """
    left, right = question.equation.sides
    terms = left.args if left.is_Add else (left,)
    if not right.is_number or not all(term.is_Symbol and term.name not in question.graph.names for term in terms):
        return False
    if left.is_Add:
        return not all(question.values.is_given(term, question.one.number) for term in terms)
    return not left.name.endswith("⁺")
