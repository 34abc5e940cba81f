"""A document's claims to a world of arrays, under one hypothesis of what it means.

Every claim is put into one notation (`sides`), its names are told apart (`homonyms`, `families`, `assignments`), its
letters and slots get sorts (`sorts`), its equations become rules (`definitions`, `losses`), names without indices get
shapes (`ranks`, `dimensions`, `shapes`), and what is told beside is kept (`conditions`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Claim, Document
from derive.formulas.syntax import Node
from derive.small_models.notation import signs_of
from derive.small_models.notation.slots import base_of, is_arithmetic, is_number, names_of
from derive.small_models.worlds.assignments import assigned_once
from derive.small_models.worlds.augmented import in_full
from derive.small_models.worlds.conditions import Case, Total, cases_of, symmetric_of, targets_of, total_of
from derive.small_models.worlds.definitions import constants_of, definitions_of, functions_of
from derive.small_models.worlds.differentials import gradient_of, upstream_of
from derive.small_models.worlds.expectations import CERTAIN, PROBABILITY, with_sums
from derive.small_models.worlds.homonyms import apart_by_letters, apart_from, apart_outside, told_apart
from derive.small_models.worlds.hypotheses import AS_WRITTEN, Hypothesis, lent_layers, softmax_rule
from derive.small_models.worlds.kinds import DIAGONAL, Kind, kinds_of
from derive.small_models.worlds.losses import losses_of_unknown_form, undefined_losses
from derive.small_models.worlds.remarks import as_remarked
from derive.small_models.worlds.scope import Scope, about_arrays, scope_of, tells_arrays
from derive.small_models.worlds.shapes import Layout, shapes_of
from derive.small_models.worlds.sides import Claims, Sides, first_readings, nodes_of, sides_of
from derive.small_models.worlds.sorts import sorts_of
from derive.small_models.worlds.stable import without_largest
from derive.small_models.worlds.stacked import with_stacked
from derive.small_models.worlds.stages import with_steps_above
from derive.small_models.worlds.unknowns import Unknowns, unknowns_of
from derive.small_models.worlds.words import words_of
from derive.small_models.worlds.world import World

__all__ = ["Indexed", "indexed_of"]


class Indexed(Struct, frozen=True):
    """A document in the one notation: the readings of each claim, its world, which claims define, and what is told."""

    document: Document
    claims: Claims
    world: World
    stating: frozenset[int]
    """The claims that state a definition."""
    slips: Mapping[int, str]
    """Those of them that bind the wrong letter, and what is said of it."""
    mine: frozenset[int]
    """The claims that are about arrays."""
    resting: frozenset[int]
    """Those of them that are about numbers alone, and rest on arrays."""
    programs: frozenset[int]
    """The claims that a program makes."""
    matrices: frozenset[str]
    """The names of which the text says that they are matrices."""
    layers: frozenset[str]
    """The names of layers that are written large, and hardly numbers."""
    kinds: tuple[Kind, ...]
    """What the text says of kinds of matrices, and where that holds."""
    cases: tuple[Case, ...]
    targets: tuple[Total, ...]
    """What the targets of a cross-entropy add up to."""
    misfits: int
    """How many equations have shapes that do not fit."""
    unfit: int
    """How many definitions cannot have the sizes that the text tells."""
    unknowns: Unknowns
    upstream: Mapping[str, str]
    """The gradients that a program is given, each with what it is the gradient by."""

    @property
    def valued(self) -> frozenset[str]:
        """The names to which the text gives a number."""
        return frozenset(
            base_of(sides.left)
            for _, sides in first_readings(self.claims)
            if sides.left.kind == "name" and sides.right.kind in ("number", "negative")
        )

    @property
    def changed(self) -> frozenset[str]:
        """The arrays of which a program changes entries in place."""
        lefts = (sides.left for number, sides in first_readings(self.claims) if number in self.programs)
        return frozenset(
            base_of(name) for left in lefts if left.kind in ("foreign", "entry") for name in names_of(left)
        )


def _trees(claims: Iterable[Claim]) -> Iterator[Node]:
    """The likeliest reading of both sides of claims; what cannot be read is foreign."""
    for member in (member for claim in claims for member in (claim.left, claim.right)):
        yield member.readings[0].tree if member.readings else Node("foreign")


def _resting(scope: Scope, world: World, stating: Container[int]) -> Iterator[int]:
    """The claims about numbers that rest on arrays: ∂L/∂b = δ of a loss that is worked out from these."""
    for number, sides in scope.nearby():
        is_value = is_number(sides.left) or is_number(sides.right)  # what numbers are printed, numbers decide
        is_value = is_value and (bool(world.values) or sides.left.kind != "partial")  # ∂z/∂b = 1 of no values is none
        is_claim = number not in scope.programs and number not in stating and not is_value
        if is_claim and _rests_on_arrays(sides, world):
            yield number


def _rests_on_arrays(sides: Sides, world: World) -> bool:
    bases = [base for base in world.below(sides.names()) if base in world.rules]
    return any(base in world.shapes for base in bases) or any(
        tells_arrays(node) for base in bases for rule in world.rules[base] for node in rule.body.walk()
    )


def _values(claims: Claims) -> dict[str, Node]:
    """The numbers that names are given, those left out that are given several."""
    given: dict[str, set[Node]] = {}
    for _, sides in first_readings(claims):
        if sides.left.kind == "name" and not sides.left.scripts and is_arithmetic(sides.right):
            given.setdefault(base_of(sides.left), set()).add(replace(sides.right, start=0, end=0))
    return {base: number for base, (number, *more) in given.items() if not more and is_number(number)}


def _wholes(claims: Sequence[Claim]) -> Iterator[str]:
    """The words that are no products of letters: those that begin a chain, and all of a program's."""
    for claim in claims:
        for place, tree in enumerate(_trees((claim,))):
            if claim.program:
                yield from (name.value for name in names_of(tree))
            elif tree.kind == "name" and not place and not claim.step:
                yield tree.base or tree.value


def _updates(document: Document, claims: Claims, shapes: Iterable[str]) -> Iterator[int]:
    """The claims by which a program changes an array: b -= η db."""
    for number, sides in first_readings(claims):
        claim = document.claims[number]
        is_update = claim.program and claim.relation in ("-=", "+=") and sides.left.kind == "name"
        base = {base_of(sides.left)}
        is_by_gradient = any(gradient_of(name, base) is not None for name in names_of(sides.right))
        if is_update and (is_by_gradient or not base.isdisjoint(shapes)):
            yield number


def _gradients(claims: Claims, scope: Scope) -> Iterator[int]:
    """The claims of a program that work out what is called a gradient."""
    known = {base_of(node) for node in nodes_of(claims) if node.kind == "name"}
    for number, sides in first_readings(claims):
        if number in scope.programs and sides.left.kind == "name" and gradient_of(sides.left, known) is not None:
            yield number


def indexed_of(
    document: Document, hypothesis: Hypothesis = AS_WRITTEN, shared: frozenset[str] = frozenset()
) -> Indexed:
    """The document as a world, under a hypothesis; `shared` are the names whose sizes the text may tell otherwise."""
    document = with_steps_above(in_full(as_remarked(with_sums(document))))
    document = with_stacked(document, hypothesis.stacked) if hypothesis.stacked else document
    trees = list(_trees(document.claims))
    signs = signs_of(trees, document.vocabulary.functions, frozenset(_wholes(document.claims)))
    written = sides_of(document, signs)
    claims = assigned_once(document, told_apart(written, unknowns_of(document, written, signs).solved))
    claims = apart_by_letters(claims) if hypothesis.lettered else claims
    claims = apart_outside(claims, hypothesis.outside) if hypothesis.outside else claims
    claims = apart_from(claims, hypothesis.again)
    sorts = sorts_of(claims, signs)
    constants = constants_of(claims, signs)
    functions = functions_of(document, claims, signs)
    unknowns = unknowns_of(document, claims, signs)
    stated = definitions_of(document, claims, signs, sorts, constants, hypothesis.dropped.union(unknowns.solved))
    words = words_of(document.text.text).without(shared)
    symmetries = [number for number, sides in first_readings(claims) if symmetric_of(sides) is not None]
    lent = lent_layers(signs, claims, hypothesis.loss) if hypothesis.layered else {}
    means = words.means_of((name for _, sides in first_readings(claims) for name in sides.names()), sorts.arity)
    rules = {**words.rules, **means, **without_largest(stated.rules), **lent}
    opaque = {**undefined_losses(claims, rules), **losses_of_unknown_form(rules)}
    rules = {base: found for base, found in rules.items() if base not in opaque}
    if hypothesis.softmax is not None:
        rules[hypothesis.softmax[0]] = (softmax_rule(*hypothesis.softmax),)
    wholes = {base: found for base, found in rules.items() if not found[0].below and base not in words.rules}
    scope = scope_of(document, claims, words)
    stating = stated.claims | scope.programs & unknowns.solved.keys()
    layout = Layout(hypothesis.row, hypothesis.small, hypothesis.dotted, hypothesis.flat)
    shapes = shapes_of(scope, signs, sorts, stating, wholes, functions, words, layout)
    mine = about_arrays(scope, shapes.sorts, shapes.of)
    told = {total.of: total for _, sides in first_readings(claims) if (total := total_of(sides)) is not None}
    kinds = tuple(one for one in kinds_of(document, claims) if one.kind != DIAGONAL or one.of not in rules)
    world = World(
        signs=signs,
        sorts=shapes.sorts,
        rules=rules,
        opaque=opaque,
        totals={**told, **({PROBABILITY: CERTAIN} if PROBABILITY in sorts.arity else {})},
        values=_values(claims),
        functions=functions,
        shapes=shapes.of,
        layers=shapes.layers,
        kinds={one.of: one.kind for one in sorted(kinds, key=lambda one: one.kind != DIAGONAL, reverse=True)},
        constants=constants,
        row=hypothesis.row,
        loose=hypothesis.loose,
        dotted=hypothesis.dotted,
        flat=hypothesis.flat,
    )
    numbers = (number for number, _ in scope.nearby() if hypothesis.flat and number in scope.programs & stating)
    updates = _updates(document, claims, shapes.of)
    resting = frozenset(_resting(scope, world, stated.claims)) - mine
    programmed = {base: found for base, found in rules.items() if found[0].claim in scope.programs}
    upstream = upstream_of(programmed)
    mine |= frozenset(_gradients(claims, scope) if upstream else ())
    further = (*numbers, *updates, *symmetries, *unknowns.solved, *resting)
    return Indexed(
        document=document,
        claims=claims,
        world=world,
        stating=stated.claims,
        slips=stated.slips,
        mine=mine | frozenset(further if mine else ()),
        resting=resting.difference(unknowns.solved, symmetries),
        programs=scope.programs,
        matrices=scope.matrices,
        layers=scope.layers,
        kinds=kinds,
        cases=tuple(cases_of(document, claims, signs)),
        targets=targets_of(claims, rules),
        misfits=shapes.misfits,
        unfit=shapes.unfit,
        unknowns=unknowns,
        upstream=upstream,
    )
