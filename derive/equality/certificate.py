"""The certificate of a proof: its cases, each closed by lines that the kernel can replay."""

from collections.abc import Collection, Mapping
from typing import Any

from derive.equality import polynomials as poly
from derive.equality.cases import Subject, evaluate, with_sign
from derive.equality.guards import OutOfReachError
from derive.equality.leaf import Leaf
from derive.equality.program import Program
from derive.equality.signs import Case as Assumed
from derive.equality.signs import SignNeededError
from derive.equality.statement import Statement
from derive.equality.tower import FinerBasisError, Tower
from derive.equality.translation import Path, Tables
from derive.kernel.rules import Case, ClosedError

_SIGNS = {-2: [-1, 0], -1: [-1], 0: [0], 1: [1], 2: [0, 1]}
_MOST_RESTARTS = 40


def proof_of(
    program: Program, left: int, right: int, atoms: Collection[str], positive: Collection[str]
) -> dict[str, Any]:
    """The statement and the tree of cases of two steps that were proved to be equal with these names as atoms.

    ClosedError, RejectedError or OutOfReachError where the kernel does not follow, which is a fault of ours.
    """
    statement = Statement(program, left, right, atoms)
    if left == right:
        return {"steps": statement.steps, "sides": statement.sides, "positive": []}
    assumed = sorted(statement.names[name] for name in positive if name in statement.names)
    subject = Subject(program, left, right, atoms, positive)
    finer: dict[object, int] = {}
    for _ in range(_MOST_RESTARTS):
        tables = Tables(statement, assumed)
        try:
            tree = _Tree(tables, statement, subject).node(Assumed({}, {}, finer), [])
            return {**tables.certificate, "cases": tree}
        except FinerBasisError as fault:
            finer[fault.entry] = finer.get(fault.entry, 1) * fault.times
    raise OutOfReachError("exponents in too many fractions of each other")


class _Tree:
    """The cases of one proof."""

    def __init__(self, tables: Tables, statement: Statement, subject: Subject) -> None:
        self._tables, self._statement, self._subject = tables, statement, subject

    def node(self, case: Assumed, path: Path) -> dict[str, Any]:
        """A case: split where a sign is needed, else closed."""
        return self._unless_closed(path) or self._node(case, path)

    def _unless_closed(self, path: Path) -> dict[str, Any] | None:
        """The node of a case whose signs alone contradict each other for the kernel; None for any other."""
        try:
            Case(self._tables.proof, path)
        except ClosedError:
            return {"lines": []}
        return None

    def _node(self, case: Assumed, path: Path) -> dict[str, Any]:
        subject = self._subject
        tower = Tower(subject.names, subject.positive, case, subject.work)
        forms: dict[int, Any] = {}
        try:
            whole = evaluate(tower, subject, (subject.left, subject.right), found=forms) is not None
        except SignNeededError as need:
            return self._split(tower, case, path, need)
        return self._closed(tower, forms, path, whole)

    def _leaf(self, tower: Tower, path: Path, forms: Mapping[int, Any] | None = None) -> "Leaf":
        return Leaf(self._tables, self._statement, tower, forms or {}, path)

    def _closed(self, tower: Tower, forms: Mapping[int, Any], path: Path, whole: bool) -> dict[str, Any]:
        leaf = self._leaf(tower, path, forms)
        try:
            name = leaf.bind()
        except ClosedError:
            return leaf.node()
        if name is None:
            return leaf.close(whole)
        on = self._tables.polynomial(name)  # zero, since a sum of what is never negative is
        cases: list[Any] = []
        for sign in (1, -1):
            longer = [*path, (on, [sign])]
            cases.append([[sign], self._unless_closed(longer) or self._leaf(tower, longer).never(path)])
        return {"split": on, "cases": [*cases, [[0], self._closed(tower, forms, [*path, (on, [0])], whole)]]}

    def _split(self, tower: Tower, case: Assumed, path: Path, need: SignNeededError) -> dict[str, Any]:
        leaf = self._leaf(tower, path)
        on = self._tables.polynomial(leaf.polynomial(need.factor))
        cases = []
        for choice in need.choices:
            smaller = with_sign(tower, case, need.factor, choice)
            longer = [*path, (on, _SIGNS[choice])]
            if smaller is not None:
                cases.append([_SIGNS[choice], self.node(smaller, longer)])
            else:
                signs = {**case.signs, frozenset(need.factor.items()): choice}
                closed = self._unless_closed(longer)
                cases.append([_SIGNS[choice], closed or self._leaf(tower, longer).impossible(signs)])
        used = {place for monomial in need.factor for place, _ in poly.powers(monomial)}
        left_out = {-1, 0, 1}.difference(*(signs for signs, _ in cases))
        if left_out & set(Case(self._tables.proof, path).signs(self._tables.proof.table[on])):
            last = [*path, (on, sorted(left_out))]
            closed = self._unless_closed(last)
            cases.append([sorted(left_out), closed or self._leaf(tower, last).never(last[-1:], used)])
        return {"split": on, "cases": cases}
