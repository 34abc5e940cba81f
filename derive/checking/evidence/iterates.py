"""The numbers to which a rule leads step by step: w_1 = 0.8 and w_2 = 0.64 of w_{t+1} = w_t - 0.2 w_t with w_0 = 1."""

import sympy as sp
from msgspec import Struct

from derive.checking.equations import names_in, tree_of
from derive.checking.evaluation import evaluated, near
from derive.checking.evidence import Evidence
from derive.checking.evidence.question import Question
from derive.checking.interpretations.families import Index, Indexed, indexed_names
from derive.errors import DeriveError
from derive.formulas.printed import printed_number
from derive.names import symbol


def iterated(question: Question) -> Evidence | None:
    """What is said of a number that a step of the document's one rule works out from the number before it."""
    tree, left = tree_of(question.one.claim.right), question.left
    printed = printed_number(tree) if tree is not None else None
    if printed is None or not left.is_Symbol or not question.one.begins:
        return None
    step = _step(left.name, question)
    given = question.values.before(symbol(step.before), question.one.number) if step is not None else []
    if step is None or not given:
        return None
    last, exact = float(given[0].value), _from_start(step, question)
    off = 0.0 if near(exact, last) else float(given[0].unit) / 2
    found = [step.next(last + one, question) for one in (0, off, -off)]
    values = [value for value in found if value is not None]
    if len(values) < len(found):
        return None
    whole = step.next(exact, question) if exact is not None else None
    if printed.is_of(values[0], max(values) - min(values)) or (whole is not None and printed.is_of(whole)):
        return question.said("proved", f"the step from {step.before}", "numeric")
    told = f"{values[0]:.10g} is what the step from {step.before} leads to"
    return question.said("refuted", told, "numeric", left_value=f"{values[0]:.10g}")


class _Step(Struct, frozen=True):
    """The name of the number before, the one that comes first, the names by which the rule has it, and the rule."""

    before: str
    start: str
    count: int
    names: tuple[str, ...]
    rule: sp.Expr

    def next(self, value: float, question: Question) -> float | None:
        """What the rule makes of a number; None where something in it has no value."""
        graph = question.graph
        try:
            body = graph.worked(self.rule)
            made = graph.closure((body,))
        except DeriveError:
            return None
        wanted = graph.leaves_of((body,)) - {*self.names}
        known, _ = next(question.values.environments(graph, question.one.number, wanted), ({}, True))
        values = {**known, **dict.fromkeys(self.names, value)}
        for name, its in made.items():
            if (found := evaluated(its, values)) is not None:
                values[name] = found
        return evaluated(body, values)


def _from_start(step: _Step, question: Question) -> float | None:
    """The number before to all its digits, worked out from the first one."""
    given = question.values.before(symbol(step.start), question.one.number)
    value = float(given[0].value) if given else None
    for _ in range(step.count):
        value = step.next(value, question) if value is not None else None
    return value


def _step(name: str, question: Question) -> _Step | None:
    """The step by which the document's one rule for a name's letter leads to it; None where there is none."""
    nexts, claims = question.interpretation.nexts, question.interpretation.claims
    names = indexed_names(claims) if nexts else {}
    here = names.get(name)
    if here is None or len(here.indices) != 1 or here.letters or here.indices[0].shift < 1:
        return None
    places = {its.indices[0].shift: other for other, its in names.items() if its == _at(here, its.indices[0].shift)}
    last, numbered = here.indices[0].shift - 1, frozenset(places.values())
    rules = {rule for number, rule in nexts.get(here.base, ()) if number < question.one.number}
    plain = (e for one in claims for e in one.plainest if e.left.is_Symbol and e.left.name not in numbered)
    if len(rules) != 1 or last not in places or any(len(numbered & names_in(e.right)) > 1 for e in plain):
        return None  # net = w_1 x_1 + w_2 x_2 is of weights that stand beside each other
    (rule,) = rules
    used = sorted(s.name for s in rule.free_symbols)
    own = tuple(one for one in used if one == here.base or (one in names and names[one].base == here.base))
    is_last = all(i.letter and i.shift == 0 for one in own if one != here.base for i in names[one].indices)
    first = min(places)
    return _Step(places[last], places[first], last - first, own, rule) if own and is_last else None


def _at(name: Indexed, index: int) -> Indexed:
    """A name with another number as its one index."""
    slots = tuple(tuple(Index("", index) for _ in found) for found in (name.above, name.below))
    return Indexed(name.base, *slots)
