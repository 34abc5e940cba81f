"""The claims of a document about arrays, each decided at small sizes, component by component."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import product as every
from math import prod

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.equality import Proved, Refuted, Undecided, Verdict
from derive.equality.deciding import decide
from derive.errors import DeriveError
from derive.formulas.claims import Document
from derive.formulas.syntax import BEYOND_SCALARS, Node
from derive.small_models.entries import Entries, atoms
from derive.small_models.models import Model, OutOfRangeError, World, assignments, free_letters
from derive.small_models.notation import UnclearError, UntoldError, place_of
from derive.small_models.sorts import base_of
from derive.small_models.tensors import Tensor, cells_of, transposed
from derive.small_models.theorem import atoms_of, bounds
from derive.small_models.worlds import (
    Case,
    Indexed,
    Sides,
    indexed_of,
    is_case,
    is_glossary,
    is_made,
    layouts_of,
    shape_of,
)

LAYERS = 3
LOSSES = frozenset("loss cost L J E C Loss".split())
MOST_DECISIONS = 400
_MOST_MODELS = 8
_LARGEST = 5


class Weighed(Struct, frozen=True):
    """What is said of one claim: the verdict word, the reason, and for a refutation sizes, values and both sides there.

    `kind` tells what a claim is that states nothing: a definition, an update, a value, a slope that nothing else tells;
    or that a name was held to be the gradient that it says it is.
    """

    verdict: str
    reason: str = ""
    kind: str = "indexed"
    witness: tuple[tuple[str, Fraction], ...] | None = None
    left_value: str = ""
    right_value: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    slip: str = ""
    correct: str = ""


class Outcome(Struct, frozen=True):
    """What the models say of two sides: proved, refuted or undecided; and where."""

    verdict: str
    reason: str = ""
    place: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    refuted: Refuted | None = None
    grounded: bool = True


def weigh_indexed(document: Document) -> Mapping[int, Weighed]:
    """The evidence of every claim that is about arrays; nothing of the others."""
    plain = indexed_of(document)
    if not plain.mine:
        return {}
    judge = Judge(plain)
    best, fit = judge.all(), _fit(plain)
    misfit = any(one.reason.startswith("a product of") for one in best.values())
    for layout in layouts_of(document, plain, frozenset(judge.untold), misfit):
        indexed = indexed_of(document, layout)
        found = Judge(indexed).all()
        if (*_score(found), _fit(indexed)) > (*_score(best), fit):
            fit = _fit(indexed)
            best = {
                n: replace(e, reason=f"{layout.told}; {e.reason}") if layout.told and e.verdict == "proved" else e
                for n, e in found.items()
            }
    return best


def _fit(indexed: Indexed) -> int:
    """How well the shapes fit: fewer equations that do not are better."""
    return -len(indexed.misfits)


def _score(evidence: Mapping[int, Weighed]) -> tuple[int, int]:
    verdicts = [e.verdict for e in evidence.values()]
    return verdicts.count("proved"), -verdicts.count("refuted")


_LARGEST = 600
"""So many parts at most have two components, with all on which they rest, where only some sizes are looked at."""
_GIVES = " gives"
_RATIO = re.compile(r"d(?P<of>[^\W\d_]\w*?)_?d_?(?P<by>[^\W\d_]\w*)")


def gradient_of(name: Node, known: frozenset[str]) -> Node | None:
    """The name by which dW, grad_w, dz^[1] or dL_dW is a derivative of the loss; None where the document has no such
    name.
    """
    for prefix in ("grad_", "grad", "d"):
        rest = name.value.removeprefix(prefix)
        if rest != name.value and rest and base_of(replace(name, value=rest)) in known:
            return replace(name, value=rest)
    found = _RATIO.fullmatch(name.value)
    if found is not None and found["of"] in LOSSES and base_of(replace(name, value=found["by"])) in known:
        return replace(name, value=found["by"])
    return None


def slope_of(name: Node, known: frozenset[str]) -> Node | None:
    """∂a/∂z for da_dz, the name of one quantity's derivative by another; None for any other name."""
    found = _RATIO.fullmatch(name.value)
    if found is None or found["of"] in LOSSES:
        return None
    of, by = replace(name, value=found["of"]), replace(name, value=found["by"])
    return Node("slope", (of, by)) if {base_of(of), base_of(by)} <= known else None


class Judge:
    """The models of one document, each made once."""

    def __init__(self, indexed: Indexed) -> None:
        self.indexed = indexed
        self.world = indexed.world
        self._entries: dict[object, Entries] = {}
        self.untold: set[str] = set()
        self.confirmed = 0
        self.wrong: set[str] = set()
        """The names for derivatives so far that are others."""
        self.gradients: list[tuple[int, Node, Node]] = []
        """The names of derivatives so far: the claim, the name, and by what it is the derivative."""
        self.own: list[str] = []
        """The parameters by which the loss's own derivative was found so far."""
        self.kept = atoms_of(
            indexed.world, [side for found in indexed.sides for s in found[:1] for side in (s.left, s.right)]
        )

    def all(self) -> dict[int, Weighed]:
        """The evidence of every claim that is about arrays."""
        return {number: self.evidence(number) for number in sorted(self.indexed.mine) if self.indexed.sides[number]}

    def evidence(self, number: int) -> Weighed:
        """The evidence of one claim."""
        readings = self.indexed.sides[number]
        first = readings[0]
        if number in self.indexed.slips:
            return Weighed("refuted", self.indexed.slips[number][1])
        if number in self.indexed.definers:
            return self._definition(number)
        if first.left.kind == "entry" and first.left.parts[0].kind == "call" and first.left.parts[0].value != "softmax":
            return Weighed("definition", "", kind="definition")
        if first.left.kind in ("matrix", "list") and all(
            n.kind == "name" and base_of(n) not in self.world.rules
            for row in first.left.parts
            for n in (row.parts or (row,))
        ):
            return Weighed("definition", "", kind="definition")
        if self.indexed.programs >= {number} and is_made(first):
            return Weighed("definition", "", kind="value")
        if self.indexed.relations[number] in ("-=", "+=", "*=", "/="):
            return Weighed("definition", "", kind="update")
        if first.left.kind == "call" and self.world.functions.get(first.left.value, ((), None, -1))[2] == number:
            return Weighed("definition", "", kind="definition")
        if is_glossary(first):
            return Weighed("definition", "", kind="definition")
        if is_case(first, self.world.signs):
            return Weighed("definition", "a case")
        if first.left.kind == "sums" and first.right.kind == "number" and any(True for _ in _totals(first)):
            return Weighed("definition", "a condition")
        if _is_update(first):
            return Weighed("definition", "", kind="update")
        if shape_of(first.left) == shape_of(first.right) and first.left.kind != "number":
            return Weighed("undecided", "both sides are the same: this says nothing", kind="empty")
        best: Weighed | None = None
        for sides in readings:
            found = self._weighed(number, sides)
            if best is None or _RANK[found.verdict] < _RANK[best.verdict]:
                best = found
            if best.verdict in ("proved", "definition"):
                break
        assert best is not None
        return best

    def _definition(self, number: int) -> Weighed:
        """A definition says nothing that could be wrong, unless its name says that it is a derivative: dW, grad_w."""
        name = self.indexed.sides[number][0].left
        by = gradient_of(name, self._known(-1)) if self.world.shapes else None
        if by is None:
            return self._slope(number, name)
        refuted = 0
        ways = list(self._expected(number, by))
        for told, expected, is_whole in ways:
            found = self._held(number, name, told, expected)
            if found is None:
                continue
            if found.verdict == "proved":
                self.gradients.append((number, name, by))
                self.confirmed += 1
                return self._scaled(number, by, ways, f"{told}; {found.reason}")
            refuted += found.verdict == "refuted" and found.grounded and is_whole
        self.gradients.append((number, name, by))
        if refuted and self.confirmed and not self.indexed.changes:
            return self._wrong(number, name, f"the lines before give another derivative by {by.value}")
        return Weighed("definition", "", kind="definition")

    def _held(self, number: int, name: Node, told: str, expected: Node) -> Outcome | None:
        """A name held against what it must be, at two sizes of each range; None where that cannot be worked out."""
        try:
            sides = Sides(name, expected)
            relevant = self.sorts(number, sides)
            by_steps = _GIVES in told  # a whole loss is large: at size 2 alone
            unequal = {sort: 2 + by_steps * (place % 2) for place, sort in enumerate(relevant)}
            other = {sort: 5 - size if by_steps else size for sort, size in unequal.items()}
            return self.outcome(number, sides, sizes=(unequal, other))
        except (DeriveError, TypeError, RecursionError, AttributeError, ValueError, KeyError, IndexError):
            return None

    def _scaled(self, number: int, by: Node, ways: Sequence[tuple[str, Node, bool]], told: str) -> Weighed:
        """A right derivative; undecided where it is a multiple of the loss's, and one by another parameter is the
        loss's own: dW1 without the 1/m that dW2 has.
        """
        if base_of(by) in self.world.rules:
            return Weighed("proved", told)
        if _GIVES not in told:
            self.own.append(by.value)
        for way, expected, _ in ways if _GIVES in told and self.own else ():
            found = None if _GIVES in way else self._held(number, self.gradients[-1][1], way, expected)
            if found is not None and found.verdict == "refuted" and found.grounded:
                return Weighed("undecided", f"{told}; but not {way}, as the one by {self.own[0]} is")
        return Weighed("proved", told)

    def _slope(self, number: int, name: Node) -> Weighed:
        """The derivative of one quantity by another, da_dz, where a is worked out entry by entry of z."""
        definition = Weighed("definition", "", kind="definition")
        slope = slope_of(name, self._known(-1)) if self.world.shapes else None
        if slope is None or not self._is_entrywise(*slope.parts):
            return definition
        try:
            sides = Sides(slope, name)
            found = self.outcome(number, sides)
        except (DeriveError, TypeError, RecursionError, AttributeError, ValueError, KeyError, IndexError):
            return definition
        if found.verdict == "proved":
            return Weighed("proved", found.reason)
        if found.verdict != "refuted" or not found.grounded:
            return definition
        return self._wrong(number, name, f"{slope.parts[0].value} gives another derivative by {slope.parts[1].value}")

    def _wrong(self, number: int, name: Node, reason: str) -> Weighed:
        """A name for a derivative that is another; what is worked out with a wrong one is not called wrong again."""
        given = {base_of(node) for node in self.indexed.sides[number][0].right.walk() if node.kind == "name"}
        rests_on = sorted(given & self.wrong)
        self.wrong.add(base_of(name))
        if rests_on:
            return Weighed("undecided", f"it rests on {rests_on[0]}, which is wrong")
        return Weighed("refuted", reason, kind="gradient")

    def _is_entrywise(self, of: Node, by: Node) -> bool:
        """Whether a quantity is a function of another's entries, each of one: a = σ(z)."""
        bodies = [rule.body for rule in self.world.rules.get(base_of(of), ())]
        return len(bodies) == 1 and bodies[0].kind == "call" and bodies[0].value != "softmax" and all(
            part.kind == "name" and base_of(part) == base_of(by) for part in bodies[0].parts
        )

    def _expected(self, number: int, by: Node) -> Iterator[tuple[str, Node, bool]]:
        """What a derivative by a name must be: that of the loss, or what the derivative by a later quantity gives; and
        whether that is the whole of it, as far as the document tells.
        """
        for _, name, later in self.gradients[:-4:-1]:
            is_whole = self._leads_through(by, later)
            slope = Node("product", (name, Node("partial", (later, by), "", 0, 0, 1)))
            yield f"the derivative by {by.value} that {name.value}{_GIVES}", slope, is_whole
            for axis in "01":
                share = Node("inverse", (Node("size", (later,), axis),))
                mean = replace(slope, parts=(share, *slope.parts))
                yield f"the derivative by {by.value} that {name.value}{_GIVES}, as a mean", mean, is_whole
        for base in sorted(LOSSES & self.world.rules.keys()):
            loss, told = Node("name", (), base), base
            if set(self.world.shapes.get(base, ())) - {"1"}:
                loss, told = Node("total", (loss,)), f"the sum of the entries of {base}"
            yield f"the derivative of {told} by {by.value}", Node("partial", (loss, by), "", 0, 0, 1), True

    def _leads_through(self, by: Node, later: Node) -> bool:
        """Whether every way from a quantity to what rests on it and on nothing further leads through another one."""
        users = {
            base: {
                other
                for other, rules in self.world.rules.items()
                if any(base in {base_of(n) for n in rule.body.walk() if n.kind == "name"} for rule in rules)
                and not self._is_gradient(other)
            }
            for base in self.world.rules.keys() | {base_of(by)}
        }
        waiting, seen = [base_of(by)], {base_of(later)}
        while waiting:
            base = waiting.pop()
            if base in seen:
                continue
            seen.add(base)
            if not users.get(base) and base != base_of(by):
                return False
            waiting.extend(users.get(base, ()))
        return True

    def _is_gradient(self, base: str) -> bool:
        return any(base == base_of(name) for _, name, _ in self.gradients) or base.startswith("d")

    def _weighed(self, number: int, sides: Sides) -> Weighed:
        try:
            return self._judged(number, sides)
        except OutOfRangeError as error:
            return Weighed("undecided", str(error))
        except UntoldError as error:
            self.untold.add(error.of)
            return Weighed("not-understood", str(error))
        except UnclearError as error:
            return Weighed("not-understood", str(error))
        except DeriveError as error:
            return Weighed("not-understood", str(error), kind="unread")
        except (
            TypeError,
            RecursionError,
            ZeroDivisionError,
            AttributeError,
            ValueError,
            KeyError,
            IndexError,
        ) as error:
            return Weighed("undecided", f"too much for this program: {type(error).__name__}")

    def _judged(self, number: int, sides: Sides) -> Weighed:
        letters = free_letters(sides.left, self.world.signs) | free_letters(sides.right, self.world.signs)
        case = next(
            (c for c in self.indexed.cases if c.is_behind and c.claim == number and {c.one, c.other} <= letters), None
        )
        first = self.outcome(number, sides, case)
        if first.verdict == "proved":
            return Weighed("proved", f"where {case.told}; {first.reason}" if case is not None else first.reason)
        if first.verdict == "undecided":
            return Weighed("undecided", first.reason)
        if first.verdict == "slope":
            return Weighed("definition", first.reason, kind="slope")
        for told, trial in self._trials(number, sides):
            try:
                found = trial()
            except UnclearError:
                continue
            if found.verdict == "proved":
                return Weighed("proved", f"{told}; {found.reason}")
        letters = (
            free_letters(sides.left, self.world.signs) ^ free_letters(sides.right, self.world.signs)
        ) - self.world.constants
        if not first.grounded:
            return Weighed("undecided", first.reason)
        if letters and not {sides.left.kind, sides.right.kind} & {"partial"}:
            return Weighed("undecided", f"the index {sorted(letters)[0]} stands on one side alone")
        assert first.refuted is not None
        nodes = [node for side in (sides.left, sides.right) for node in side.walk()]
        if (
            not letters
            and not any(node.kind in BEYOND_SCALARS for node in nodes)
            and not any(node.scripts for node in nodes)
            and self._holds_for_numbers(number, sides)
        ):
            return Weighed("undecided", "true of numbers, not of matrices, and nothing tells which these are")
        where = ", ".join(f"{n} = {v}" for n, v in first.sizes)
        reason = f"false {first.place + ' ' if first.place else ''}where {where}" if where else first.refuted.reason
        return Weighed(
            "refuted", reason, "indexed", first.refuted.witness, first.refuted.left, first.refuted.right, first.sizes
        )

    def _holds_for_numbers(self, number: int, sides: Sides) -> bool:
        """Whether a claim holds where every array has one entry."""
        found = self.outcome(number, sides, sizes=(dict.fromkeys(self.sorts(number, sides), 1),))
        return found.verdict == "proved"

    def _trials(self, number: int, sides: Sides) -> Iterator[tuple[str, Callable[[], Outcome]]]:
        """What the text may say beside a claim: cases, distinct letters, totals of one, letters that are sizes."""
        before = [case for case in self.indexed.cases if case.claim < number and not case.is_behind][-2:][::-1]
        letters = free_letters(sides.left, self.world.signs) | free_letters(sides.right, self.world.signs)
        cases = [case for case in before if {case.one, case.other} <= letters]
        stated = {base: value for base, value in self.world.totals.items() if base not in self.world.rules}
        implied = {base: value for base, value in self.indexed.implied.items() if base not in stated}
        for case in cases[:1]:
            yield f"where {case.told}", partial(self.outcome, number, sides, case)
        pairs = _distinct(self.world, number, letters)
        for case in pairs:
            yield f"for {case.told}", partial(self.outcome, number, sides, case)
        for totals, words in ((stated, "used"), ({**stated, **implied}, "as for a one-hot vector")):
            if totals:
                names = ", ".join(f"∑ {base.rstrip('^')} = 1" for base in totals)
                yield f"{names} {words}", partial(self.outcome, number, sides, None, totals)
                for case in (*cases[:1], *pairs):
                    yield f"{names} {words}, {case.told}", partial(self.outcome, number, sides, case, totals)
        alone = free_letters(sides.left, self.world.signs) ^ free_letters(sides.right, self.world.signs)
        for base in {**stated, **implied}:
            for letter in sorted(alone):
                if self.world.sorts.letter(number, letter) != self.world.sorts.slot(base, "below", 0):
                    continue
                yield (
                    f"{base.rstrip('^')} one-hot, with its one at {letter}",
                    partial(self.outcome, number, sides, hot=(base, letter)),
                )
                if pairs:
                    yield (
                        f"{base.rstrip('^')} one-hot, with its one at {letter}, {pairs[0].told}",
                        partial(self.outcome, number, sides, pairs[0], hot=(base, letter)),
                    )
        if _is_derivative(sides) and "constant factor" in self.indexed.words:
            for factor in ("2", "1/2"):
                scaled = Node(
                    "product",
                    (
                        Node("number", (), factor)
                        if "/" not in factor
                        else Node("inverse", (Node("number", (), "2"),)),
                        sides.right,
                    ),
                )
                yield (
                    "up to the constant factor that the text leaves out",
                    partial(self.outcome, number, Sides(sides.left, scaled)),
                )
        letters_alone = {
            node.value
            for side in (sides.left, sides.right)
            for node in side.walk()
            if node.kind == "name" and not node.scripts
        }
        sized = self.world.rules.keys() | self.world.sorts.named.keys()
        for name in sorted(letters_alone & {"m", "n", "N", "M", "K"} - sized):
            for sort in self.sorts(number, sides):
                yield (
                    f"{name} read as a number of entries",
                    partial(self.outcome, number, sides, None, {}, {name: sort}),
                )

    def sorts(self, number: int, sides: Sides) -> list[str]:
        """The sorts that a claim's letters and arrays run over, layers left out."""
        sorts = self.world.sorts
        found: dict[str, None] = {}
        for node in (node for side in (sides.left, sides.right) for node in side.walk()):
            if node.kind == "name":
                base = base_of(node)
                for dim in self.world.shapes.get(base, ()):
                    found[dim] = None
                for kind, count in (("below", sorts.arity.get(base, 0)), ("above", base.count("^"))):
                    for place in range(count):
                        found[sorts.slot(base, kind, place)] = None
            if node.kind == "limit":
                for part in node.parts:
                    if part.kind == "name" and ("letter", str(number), part.value) in sorts.of:
                        found[sorts.letter(number, part.value)] = None
        for letter in sorted(free_letters(sides.left, self.world.signs) | free_letters(sides.right, self.world.signs)):
            found[sorts.letter(number, letter)] = None
        return [sort for sort in found if sort not in sorts.counted and sort != "1"]

    def outcome(
        self,
        number: int,
        sides: Sides,
        case: Case | None = None,
        totals: Mapping[str, Node] | None = None,
        tied: Mapping[str, str] | None = None,
        sizes: Sequence[dict[str, int]] = (),
        hot: tuple[str, str] | None = None,
    ) -> Outcome:
        """The verdict of every component at every small size."""
        relevant = self.sorts(number, sides)
        checked = 0
        turned = False
        symmetric = not any(_is_literal(node) for side in (sides.left, sides.right) for node in side.walk())
        undecided: Outcome | None = None
        atomic = True
        plain = bounds(self.world, number, sides.left, sides.right, relevant, frozenset(self.world.rules))
        whole = bounds(self.world, number, sides.left, sides.right, relevant, self.kept)
        grid, complete = (sizes, False) if sizes else _sizes(relevant, self.world, whole)
        if not complete and not sizes:
            grid, complete = _sizes(relevant, self.world, plain)
            whole = None
        for at in grid:
            entries = self._at(at, totals or {}, tied or {})
            model = entries.model
            letters = sorted(free_letters(sides.left, self.world.signs) | free_letters(sides.right, self.world.signs))
            for env in assignments(letters, model, number):
                if hot is not None:
                    entries = self._at(at, {}, {}, (hot[0], env[hot[1]]))
                    model = entries.model
                if case is not None and (env[case.one] == env[case.other]) != case.equal:
                    continue
                try:
                    one_side, other_side = model.tensor(sides.left, env), model.tensor(sides.right, env)
                    flipped = one_side.shape == other_side.shape[::-1] != other_side.shape
                    if turned or (flipped and _is_derivative(sides)):
                        other_side, turned = transposed(other_side), True
                    one_side, other_side = _diagonal(one_side, other_side, sides)
                    pairs = list(cells_of(one_side, other_side))
                    if symmetric:
                        pairs = _representative(pairs)
                    worked = [
                        (place, entries.expression(one), entries.expression(other)) for place, one, other in pairs
                    ]
                except OutOfRangeError:
                    continue
                for place, one, other in worked:
                    checked += 1
                    if checked > MOST_DECISIONS:
                        return Outcome("undecided", f"more than {MOST_DECISIONS} components to compare")
                    if one == other or isinstance(
                        decide(
                            atoms(one),
                            atoms(other),
                            definitions=entries.closure((one, other), self.kept) if whole is not None else {},
                        ),
                        Proved,
                    ):
                        continue
                    atomic = False
                    found = self._decided(one, other, entries, bool(sizes))
                    if isinstance(found, Proved):
                        continue
                    told = _place(place, pairs, env)
                    named = tuple(_named(at, self.world))
                    if isinstance(found, Refuted):
                        slope, grounded, why = self._grounds(number, sides, one, other, entries)
                        if slope:
                            return Outcome("slope", why)
                        return Outcome("refuted", why, told, named, found, grounded)
                    undecided = undecided or Outcome("undecided", found.reason)
        if undecided is not None:
            return undecided
        if not checked:
            raise UnclearError("", "no layer or index at which this could be looked at")
        complete = complete and atomic and not totals
        largest = max((size for at in grid for size in at.values()), default=1)
        reasons = ["at every size" if complete else f"proved for sizes up to {largest}"]
        if self._has_layers(sides):
            reasons.append(f"layers of one width, {LAYERS} of them")
        if turned:
            reasons.append("the derivative laid out as the transpose")
        return Outcome("proved", "; ".join(reasons))

    def _has_layers(self, sides: Sides) -> bool:
        """Whether an index of a claim counts layers."""
        sorts = self.world.sorts
        names = [n for side in (sides.left, sides.right) for n in side.walk() if n.kind == "name" and n.scripts]
        return any(sorts.slot(base_of(name), "above", 0) in sorts.counted for name in names)

    def _at(
        self,
        sizes: Mapping[str, int],
        totals: Mapping[str, Node],
        tied: Mapping[str, str],
        hot: tuple[str, int] | None = None,
    ) -> Entries:
        key = (tuple(sorted(sizes.items())), tuple(sorted(totals)), tuple(sorted(tied.items())), hot)
        if key not in self._entries:
            world = replace(self.world, totals=totals)
            top = (
                max(LAYERS, *(v for s, v in self.world.sorts.least.items() if s in self.world.sorts.counted), LAYERS)
                if self.world.sorts.counted
                else 0
            )
            self._entries[key] = Entries(Model(world, sizes, top, tied, bool(totals), hot))
        return self._entries[key]

    def _decided(self, one: sp.Expr, other: sp.Expr, entries: Entries, is_bounded: bool) -> Verdict:
        closure = entries.closure((one, other))
        size = sum(1 for e in (one, other, *closure.values()) for _ in sp.preorder_traversal(e))
        if is_bounded and size > _LARGEST:
            return Undecided("the components are too large to compare")
        return decide(atoms(one), atoms(other), definitions=closure)

    def _grounds(
        self, number: int, sides: Sides, one: sp.Expr, other: sp.Expr, entries: Entries
    ) -> tuple[bool, bool, str]:
        """Whether a difference only tells a slope that nothing else tells; whether it may refute; and why not."""
        left, right = entries.leaves(one), entries.leaves(other)
        known = self._known(number)
        slopes = {name for name in left ^ right if name.startswith("∂")}
        if slopes:
            of = sorted(slopes)[0].removeprefix("∂").partition("/")[0]
            return (
                sides.left.kind in ("partial", "gradient") and bool(left & slopes),
                False,
                f"nothing says what {of} is",
            )
        valued = sorted((left ^ right) & self.indexed.valued)
        numbers = [side for side in (one, other) if side.is_number and side not in (0, 1, -1)]
        if valued or numbers:
            return False, False, "numbers stand for names here"
        strange = sorted(name for name in left ^ right if name not in known and not name.startswith("∂"))
        if strange:
            return False, False, f"nothing says what {strange[0].rstrip('^')} is"
        return False, True, ""

    def _known(self, number: int) -> frozenset[str]:
        """The bases that stand in a definition of another statement."""
        here = self.indexed.statements[number]
        found = set(self.world.rules)
        for rule in (rule for some in self.world.rules.values() for rule in some):
            if rule.claim < 0 or self.indexed.statements[rule.claim] != here:
                found |= {base_of(node) for node in _told_names(rule.body)}
        return frozenset(found)


_RANK = {"proved": 0, "definition": 1, "undecided": 2, "refuted": 3, "not-understood": 4}


def _diagonal(left: Tensor, right: Tensor, sides: Sides) -> tuple[Tensor, Tensor]:
    """∂a/∂z = σ'(z): a matrix on the left, its diagonal on the right, the rest of it zero."""
    if (
        sides.left.kind != "partial"
        or left.is_number
        or left.shape[0] != left.shape[1]
        or left.shape[0] == 1
        or left.shape == right.shape
    ):
        return left, right
    size = left.shape[0]
    if not right.is_number and (len(right.cells) != size or 1 not in right.shape):
        return left, right
    diagonal = right.cells * size if right.is_number else right.cells
    zero = Node("number", (), "0")
    return left, Tensor(left.shape, tuple(diagonal[r] if r == c else zero for r in range(size) for c in range(size)))


def _is_literal(node: Node) -> bool:
    """Whether a node treats one index otherwise than the others."""
    if node.kind == "name":
        return any(
            not place_of(index)[0] for script in node.scripts if script.kind == "below" for index in script.parts
        )
    return node.kind in ("matrix", "list")


def _representative(pairs: list[tuple[tuple[int, int], Node, Node]]) -> list[tuple[tuple[int, int], Node, Node]]:
    """An entry on the diagonal and the ones off it: the others are these with their indices renamed."""
    last_row, last_column = max(p[0][0] for p in pairs), max(p[0][1] for p in pairs)
    return (
        [p for p in pairs if p[0] in ((0, 0), (0, last_column), (last_row, 0))]
        if last_row and last_column
        else pairs[:1]
    )


def _is_derivative(sides: Sides) -> bool:
    return any(_bare(side).kind in ("partial", "gradient") for side in (sides.left, sides.right))


def _bare(node: Node) -> Node:
    """A tree without a numeral in front."""
    return (
        node.parts[1]
        if node.kind == "product" and len(node.parts) == 2 and node.parts[0].kind in ("number", "inverse")
        else node
    )


def _told_names(node: Node) -> Iterator[Node]:
    """The names of a tree, those in the limits of sums left out."""
    if node.kind == "name":
        yield node
    for part in node.parts:
        if part.kind != "limit":
            yield from _told_names(part)


def _totals(sides: Sides) -> Iterator[str]:
    from derive.small_models.worlds import _total

    yield from (base for base, _ in _total(sides))


def _is_update(sides: Sides) -> bool:
    """w = w - η g."""
    right = sides.right
    return (
        sides.left.kind == "name"
        and right.kind == "sum"
        and any(shape_of(part) == shape_of(sides.left) for part in right.parts)
    )


def _sizes(
    relevant: Sequence[str], world: World, needed: Mapping[str, int] | None
) -> tuple[list[dict[str, int]], bool]:
    """The sizes at which a claim is looked at, and whether these prove it at every size.

    Where the theorem asks for few sizes it is all of these, at least 1 and 2; else 1 and 2 alike, then some larger.
    """
    fixed = {sort: world.sorts.fixed.get(sort, 0) for sort in relevant}
    least = {sort: world.sorts.least.get(sort, 1) for sort in relevant}

    def sized(size: int, large: str = "") -> dict[str, int]:
        return {sort: fixed[sort] or max(least[sort], size + (sort == large)) for sort in relevant}

    grid: list[dict[str, int]] = []
    if needed is not None:
        most = {sort: 1 if fixed[sort] else max(2, needed[sort]) for sort in relevant}
        if prod(most.values()) <= _MOST_MODELS and max(most.values(), default=1) <= _LARGEST:
            for values in every(*(range(1, most[sort] + 1) for sort in relevant)):
                grid.append({s: fixed[s] or max(least[s], size) for s, size in zip(relevant, values, strict=True)})
            return sorted(_unique(grid), key=lambda sizes: (len(set(sizes.values())) == 1, sum(sizes.values()))), True
    if len(relevant) > 1:
        grid += [sized(2, large) for large in relevant[:3]]
    grid += [sized(size) for size in ((1, 2) if len(relevant) > 1 else (1, 2, 3))]
    return _unique(grid), False


def _unique(grid: Sequence[dict[str, int]]) -> list[dict[str, int]]:
    return [sizes for place, sizes in enumerate(grid) if sizes not in grid[:place]]


def _distinct(world: World, number: int, letters: frozenset[str]) -> list[Case]:
    """i ≠ k for two letters of one sort: distinct letters are distinct indices to most authors."""
    sorts = world.sorts
    plain = sorted(letter for letter in letters if sorts.letter(number, letter) not in sorts.counted)
    return [
        Case(number, one, other, False)
        for one, other in every(plain, plain)
        if one < other and sorts.letter(number, one) == sorts.letter(number, other)
    ][:1]


def _place(place: tuple[int, int], pairs: Sequence[object], env: Mapping[str, int]) -> str:
    letters = ", ".join(f"{letter} = {value}" for letter, value in env.items() if letter != "#")
    entry = f"in entry ({place[0] + 1}, {place[1] + 1})" if len(pairs) > 1 else ""
    return " ".join(part for part in (entry, f"at {letters}" if letters else "") if part)


def _named(sizes: Mapping[str, int], world: World) -> Iterator[tuple[str, int]]:
    """Sizes under the names that the text has for them, else under a letter that runs over them."""
    for sort, size in sizes.items():
        name = next((n for n, s in world.sorts.named.items() if s == sort), "") or next(
            (f"the range of {k[2]}" for k, s in world.sorts.of.items() if s == sort and k[0] == "letter"), ""
        )
        if name:
            yield name, size
