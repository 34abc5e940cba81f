"""The claims of a document under one hypothesis, each with what is said of it."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from derive.defects import left_open
from derive.equality import Refuted
from derive.errors import DeriveError
from derive.formulas.syntax import Node
from derive.small_models.errors import OutOfRangeError, ShapeError, UnclearError, UntoldError
from derive.small_models.models.tensors import numeral
from derive.small_models.notation.slots import base_of, is_lettered, is_zero, names_of
from derive.small_models.weighing.assumptions import (
    NOTHING,
    Assumed,
    case_behind,
    leaving_out,
    repeated,
    trials_of,
)
from derive.small_models.weighing.comparison import Comparisons, Outcome
from derive.small_models.weighing.consequences import Wrong, given_claims, wrong_of
from derive.small_models.weighing.doubts import Difference, doubt_of
from derive.small_models.weighing.gradients import Gradients
from derive.small_models.weighing.layouts import misfit, sorts_of, told_misfit
from derive.small_models.weighing.slips import slip_of
from derive.small_models.weighing.solutions import lengths_of
from derive.small_models.weighing.solving import Solving
from derive.small_models.weighing.updates import UPDATES
from derive.small_models.weighing.weighed import HALF_SAID, HOLDS_FOR_SOME, TO_SOLVE, Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.assignments import is_made
from derive.small_models.worlds.conditions import is_case, symmetric_of, total_of
from derive.small_models.worlds.scope import tells_matrices
from derive.small_models.worlds.sides import Sides, first_readings, form_of, nodes_of
from derive.small_models.worlds.unknowns import derivatives_of

_OF_VECTORS = ("transposed", "entrywise")
_RANK = {"proved": 0, "definition": 1, "undecided": 2, "refuted": 3, "not-understood": 4}
_OF_ONES = "it holds where every vector and matrix has one entry, and larger ones do not fit"


class Judge:
    """The judge of one document's claims."""

    def __init__(self, indexed: Indexed) -> None:
        self.indexed, self.world = indexed, indexed.world
        self.comparisons = Comparisons(indexed)
        general = replace(indexed.world, kinds=MappingProxyType({}))
        self.general = Comparisons(replace(indexed, world=general))
        """The same where no matrix is symmetric or diagonal."""
        self.gradients = Gradients(indexed, self.comparisons)
        self.solving = Solving(indexed, self.comparisons)
        nodes = list(nodes_of(indexed.claims))
        shows_matrices = any(tells_matrices(node) and node.kind in _OF_VECTORS for node in nodes)
        self.has_matrices = shows_matrices or bool(indexed.layers)
        told = (name for node in nodes if tells_matrices(node) for name in names_of(node))
        self.vectors = (indexed.matrices | indexed.layers).union(map(base_of, told))
        """Names that the document says, or shows by a sign, to be no numbers."""
        self.wrong: list[Wrong] = []
        """The claims refuted so far that follow from no other."""
        self.untold: set[str] = set()
        """Quantities that are differentiated by something on which they rest in no way that is told."""

    def all(self, but: frozenset[int] = frozenset()) -> dict[int, Weighed]:
        """What is said of every claim that is about arrays, those in `but` left out; of numbers that rest on arrays,
        what is decided.
        """
        mine = sorted(self.indexed.mine - but)
        found = {number: self._claim(number) for number in mine if self.indexed.claims[number]}
        found |= self._solved_elsewhere(found) | self.gradients.reconsidered()
        decided = ("proved", "refuted")
        return {n: one for n, one in found.items() if n not in self.indexed.resting or one.verdict in decided}

    def _solved_elsewhere(self, found: Mapping[int, Weighed]) -> dict[int, Weighed]:
        """The refuted equations that stand again where something is solved: they hold for its solution alone."""
        forms = {n: (form_of(sides.left), form_of(sides.right)) for n, sides in first_readings(self.indexed.claims)}
        solved = {forms[number] for number, one in found.items() if one.kind == TO_SOLVE and one.verdict != "refuted"}
        again = (number for number, one in found.items() if one.verdict == "refuted" and forms[number] in solved)
        return {number: Weighed("undecided", HOLDS_FOR_SOME, kind=TO_SOLVE) for number in again}

    def _claim(self, number: int) -> Weighed:
        readings = self.indexed.claims[number]
        if number in self.indexed.slips:
            return Weighed("refuted", self.indexed.slips[number])
        if number in self.indexed.stating:
            return self.gradients.weighed(number, readings[0])
        if number in self.indexed.unknowns.solved:
            return self.solving.solutions.weighed(number, readings[0])
        found = self._stating_nothing(number, readings[0]) or self._best(number, readings)
        return found if found.verdict != "refuted" else self._following(number, readings[0], found)

    def _following(self, number: int, sides: Sides, found: Weighed) -> Weighed:
        """A refuted claim, and the refuted ones before it from which it follows rightly."""
        given = given_claims(sides, self.wrong, lambda put: self._reading(number, put).verdict == "proved")
        if not given:
            self.wrong.extend(wrong_of(number, sides))
        return replace(found, given=given)

    def _stating_nothing(self, number: int, sides: Sides) -> Weighed | None:
        """A claim that only defines, updates or tells something; None for one that can be false."""
        left, right = sides.left, sides.right
        definition = Weighed("definition", "", kind="definition")
        if left.kind == "entry" and left.parts[0].kind == "call" and left.parts[0].value != "softmax":
            return definition
        if left.kind in ("matrix", "list") and all(map(self._is_undefined, _cells(left))):
            return definition
        if number in self.indexed.programs and is_made(sides):
            return Weighed("definition", "", kind="value")
        if self.indexed.document.claims[number].relation in UPDATES:
            return self.gradients.updated(sides, self.indexed.document.claims[number].relation)
        own = self.world.functions.get(left.value) if left.kind == "call" else None
        if (own is not None and own.claim == number) or _is_glossary(sides):
            return definition
        if is_case(sides, self.world.signs):
            return Weighed("definition", "a case")
        if sides.tells_entries:
            return definition
        total = total_of(sides)
        is_condition = (total is not None and total.of not in self.world.rules) or symmetric_of(sides) is not None
        if is_condition or number in dict(lengths_of(self.indexed)):
            return Weighed("definition", "a condition")
        if _is_update(sides):
            return self.gradients.updated(sides)
        if form_of(left) == form_of(right) and left.kind != "number":
            return Weighed("undecided", "both sides are the same: this says nothing", kind="empty")
        return None

    def _is_undefined(self, cell: Node) -> bool:
        return cell.kind == "name" and base_of(cell) not in self.world.rules

    def _best(self, number: int, readings: tuple[Sides, ...]) -> Weighed:
        """What is said of a claim as it is read most favourably; no other reading than the plainest refutes anything
        where that one is not understood.
        """
        best = plainest = self._reading(number, readings[0])
        for sides in readings[1:]:
            if best.verdict in ("proved", "definition"):
                break
            best = min(best, self._reading(number, sides), key=lambda weighed: _RANK[weighed.verdict])
        return plainest if best.verdict == "refuted" and plainest.verdict == "not-understood" else best

    def _reading(self, number: int, sides: Sides) -> Weighed:
        """What is said of one reading; where it cannot be elaborated, why."""
        try:
            return self._judged(number, sides)
        except OutOfRangeError as error:
            return Weighed("undecided", str(error))
        except ShapeError as error:
            return self._fitting_nowhere(number, sides, str(error))
        except UntoldError as error:
            self.untold.add(error.of)
            return self._resting_on_nothing(sides) or Weighed("not-understood", str(error))
        except UnclearError as error:
            return Weighed("not-understood", str(error))
        except DeriveError as error:
            return Weighed("not-understood", str(error), kind="unread")
        except Exception as error:  # a claim that trips us must not keep the others from their verdicts
            return Weighed("undecided", left_open(error))

    def _resting_on_nothing(self, sides: Sides) -> Weighed | None:
        """The derivative of a formula, ∂/∂w (y^T y), that is said to be 0: nothing of it is defined."""
        left = sides.left
        if not is_zero(sides.right) or left.kind != "partial" or left.parts[0].kind == "name":
            return None
        names = set(map(base_of, names_of(left.parts[0])))
        is_open = names & (self.world.rules.keys() | self.world.opaque.keys() | {base_of(left.parts[1])})
        return None if is_open else Weighed("proved", "nothing of it is said to rest on that")

    def _fitting_nowhere(self, number: int, sides: Sides, told: str) -> Weighed:
        """A claim whose shapes do not fit: refuted where it is false even if all layers are of one width."""
        if self.world.layers:
            alike = tuple(dict.fromkeys(sorts_of(self.world, number, sides), size) for size in (2, 3))
            try:
                found = self.comparisons.outcome(number, sides, sizes=alike)
            except UnclearError:
                found = Outcome("undecided")
            if found.contradicts and found.refuted is not None:
                return self._refuted(number, sides, found, found.refuted)
        unfit = told_misfit(self.comparisons.models, number, sides)
        if unfit and not self.indexed.unfit:
            return Weighed("refuted", f"the sizes that the text tells do not fit: {unfit}", "shapes")
        is_product = told.startswith("a product of")
        return Weighed("not-understood", told, kind="of numbers" if is_product and self.has_matrices else "indexed")

    def _judged(self, number: int, sides: Sides) -> Weighed:
        """The claim as it stands; where that is false, as it may be meant."""
        case = case_behind(self.indexed, number, sides)
        first = self._first(number, sides, Assumed(case) if case is not None else NOTHING)
        if first.verdict != "proved" and (held := self._held(number, sides)) is not None:
            return held
        if first.verdict == "proved":
            if self.has_matrices and any(True for _ in sides.names()) and not sorts_of(self.world, number, sides):
                return Weighed("undecided", _OF_ONES)
            if (told_elsewhere := self._nothing_at(number, sides)) is not None:
                return told_elsewhere
            told = f"where {case.told}; {first.reason}" if case is not None else first.reason
            return Weighed("proved", told, components=first.components)
        if first.refuted is None:
            return Weighed("undecided", first.reason)
        if first.grounds.tells_a_slope:
            return Weighed("definition", first.reason, kind="slope")
        found = self._as_meant(number, sides) or self.solving.weighed(number, sides)
        return found or self._half_said(number, sides) or self._refuted(number, sides, first, first.refuted)

    def _nothing_at(self, number: int, sides: Sides) -> Weighed | None:
        """A slope by a name that another line defines, both sides 0 there and different elsewhere: -2 Σ(x_i - c) by the
        mean c.
        """
        by = {base_of(name) for _, name in derivatives_of(sides, self.world.signs)} & self.world.rules.keys()
        if not by or is_zero(sides.right):
            return None
        try:
            is_nothing = self.comparisons.outcome(number, Sides(sides.left, numeral(0))).verdict == "proved"
            if not is_nothing or self.comparisons.outcome(number, sides, Assumed(given=frozenset(by))).refuted is None:
                return None
        except DeriveError:
            return None
        names = ", ".join(sorted(by))
        return Weighed("undecided", f"both sides are 0 where {names} is what another line says, and differ elsewhere")

    def _held(self, number: int, sides: Sides) -> Weighed | None:
        """A derivative along a recurrence, ∂E/∂h_t: of two readings, one holds all other h, the other does not; and one
        of a function of several variables, ∂f/∂x of f(x, y), which holds the others, whatever defines them elsewhere.
        """
        recurrent = self.world.recurrent.intersection(self.world.below(sides.names()))
        above = {base_of(of) for of, _ in derivatives_of(sides, self.world.signs)}
        variables = {name for base in above for name in self.world.signs.heads.get(base.removesuffix("()"), ())}
        ways = (recurrent, recurrent - above, variables & self.world.rules.keys())
        if not any(ways) or not any(map(_is_slope, sides.walk())):
            return None
        for fixed in filter(None, ways):
            names = ", ".join(base.rstrip("^") for base in sorted(fixed))
            try:
                found = self.comparisons.outcome(number, sides, Assumed(given=frozenset(fixed)))
            except UnclearError:
                continue
            if found.verdict == "proved":
                told = f"the direct part alone, with every other {names} held fixed"
                return Weighed("proved", f"{told}; {found.reason}", components=found.components)
        if recurrent and any(map(_is_chain, sides.walk())):
            names = ", ".join(base.rstrip("^") for base in sorted(recurrent))
            return Weighed("undecided", f"each of these derivatives may hold every other {names} fixed, or not")
        return None

    def _first(self, number: int, sides: Sides, assumed: Assumed) -> Outcome:
        """What the models say of a claim as it stands; of a matrix that is of a kind somewhere, be it here or not."""
        if not self.world.rests_on(sides.names(), self.world.kinds.keys()):
            return self.comparisons.outcome(number, sides, assumed)
        general = self.general.outcome(number, sides, assumed)
        if general.verdict == "proved":
            return general
        found = self.comparisons.outcome(number, sides, assumed)
        if found.verdict == "proved":
            below = self.world.below(sides.names())
            used = {one: kind for one, kind in sorted(self.world.kinds.items()) if one in below}
            told = " and ".join(f"{one} is {kind}" for one, kind in used.items())
            place = self.indexed.document.claims[number].left.start
            said = [one for one in self.indexed.kinds if one.of in used]
            if missing := used.keys() - {one.of for one in said if one.is_said_at(place)}:
                is_to_come = any(all(place < one.start for one in said if one.of == of) for of in missing)
                reason = f"it holds where {told}, which is said of another line alone"
                return general if is_to_come else Outcome("undecided", reason)
            return replace(found, reason=f"where {told}; {found.reason}")
        return found

    def _half_said(self, number: int, sides: Sides) -> Weighed | None:
        """A claim that holds where a sum leaves out the vector that it names, or where repeated indices are summed."""
        for trial in (*leaving_out(self.indexed, number, sides), *repeated(self.indexed, sides)):
            if self.comparisons.outcome(number, trial.sides).verdict == "proved":
                return Weighed("undecided", trial.told, kind=HALF_SAID)
        return None

    def _as_meant(self, number: int, sides: Sides) -> Weighed | None:
        """The first way to mean a claim in which it holds."""
        below = (sort for base in self.world.below(sides.names()) for sort in self.world.sorts.below(base))
        sorts = sorts_of(self.world, number, sides) or list(dict.fromkeys(below))
        for trial in trials_of(self.indexed, number, sides, sorts):
            try:
                found = self.comparisons.outcome(number, trial.sides, trial.assumed)
            except UnclearError:
                continue
            if found.verdict == "proved":
                return Weighed("proved", f"{trial.told}; {found.reason}", components=found.components)
        return None

    def _refuted(self, number: int, sides: Sides, found: Outcome, refuted: Refuted) -> Weighed:
        """A difference refutes, unless there is a doubt."""
        doubt = doubt_of(Difference(self.indexed, self.comparisons, self.vectors, number, sides, found))
        if doubt is not None:
            return doubt
        where = ", ".join(f"{name} = {size}" for name, size in found.sizes)
        place = f"{found.place} " if found.place else ""
        told = f"false {place}where {where}" if where else refuted.reason
        unfit = misfit(self.comparisons.models, number, sides) if self.world.layers else ""
        slip = slip_of(self.indexed, self.comparisons, number, sides)
        return Weighed(
            "refuted",
            f"where each layer has a width of its own, nothing fits: {unfit}" if unfit else told,
            "shapes" if unfit else "entry" if self._is_entry(sides.left) else "indexed",
            witness=refuted.witness,
            left_value=refuted.left,
            right_value=refuted.right,
            sizes=found.sizes,
            components=found.components,
            slip=slip.told if slip is not None else "",
            span=slip.span if slip is not None else None,
        )

    def _is_entry(self, left: Node) -> bool:
        """Whether a name is an entry, told by its number, of an array that is defined as a whole."""
        is_numbered = left.kind == "name" and bool(left.scripts) and not is_lettered(left)
        return is_numbered and any(not rule.below for rule in self.world.rules.get(base_of(left), ()))


def _is_slope(node: Node) -> bool:
    return node.kind in ("partial", "gradient")


def _is_chain(node: Node) -> bool:
    """Whether derivatives are multiplied: each of them may be meant otherwise."""
    is_product = node.kind in ("product", "entrywise", "matmul")
    return is_product and sum(map(_is_slope, node.walk())) > 1


def _cells(array: Node) -> list[Node]:
    """What stands in a matrix or a list."""
    return [cell for row in array.parts for cell in row.parts or (row,)]


def _is_glossary(sides: Sides) -> bool:
    """[W] = [D_1 × D_0]: the shape of a name."""
    is_bracketed = all(side.kind == "group" and side.value == "[" for side in (sides.left, sides.right))
    return is_bracketed and sides.left.parts[0].kind == "name"


def _is_update(sides: Sides) -> bool:
    """w = w - η g."""
    left, right = sides.left, sides.right
    return left.kind == "name" and right.kind == "sum" and any(form_of(part) == form_of(left) for part in right.parts)
