"""What numbers and what arrays say of a claim, put together: a formula of vectors may be read over either."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec.structs import asdict, replace

from derive.checking.equations import Stated, tree_of
from derive.checking.evidence import Evidence
from derive.checking.evidence.slopes import NAMED_SLOPE
from derive.defects import left_open
from derive.formulas.claims import Document
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import OF_VECTORS, SEQUENCED, key
from derive.small_models import weigh_indexed
from derive.small_models.weighing.updates import UPWARD, is_ascent
from derive.small_models.weighing.weighed import HALF_SAID, TO_SOLVE
from derive.small_models.worlds.scope import arrays_shown
from derive.small_models.worlds.words import words_of

_AGAIN = "is defined more than once before, and it holds for none of these for sure"
"""Why a difference over arrays refutes nothing."""
_SETTLED = ("at once", TO_SOLVE, "again", "either", "letter", "renamed")
"""The kinds of evidence that no arrays contradict."""


def with_arrays(
    document: Document, claims: tuple[Stated, ...], scalars: Mapping[int, Evidence], told: Collection[str],
    again: Collection[str],
) -> dict[int, Evidence]:
    """The evidence of every claim, over numbers and over arrays; `told` are the names that a walkthrough tells, `again`
    those that are defined anew: over arrays the first meaning alone is known.
    """
    arrays = _over_arrays(document, [one.problem for one in claims])
    arrays = {n: one for n, one in arrays.items() if one.kind != "slope" or not _differentiates(claims[n], told)}
    old = {n for n, e in arrays.items() if e.verdict == "refuted" and scalars[n].verdict in ("proved", "refuted")
           and not claims[n].names.isdisjoint(again) and not _is_told_in_arrays(claims, n)}
    arrays = {n: one for n, one in arrays.items() if n not in old}
    redefined = {n: sorted(names) for n, e in arrays.items() if e.verdict == "refuted"
                 if (names := claims[n].names & _defined_again(claims, n))}
    arrays.update((n, replace(arrays[n], verdict="undecided", reason=f"{', '.join(names)} {_AGAIN}"))
                  for n, names in redefined.items())
    matrices = words_of(document.text.text).matrices
    trees = (tree for claim in document.claims for side in (claim.left, claim.right) if (tree := tree_of(side)))
    shown = {name.value for tree in trees for name in arrays_shown(tree.walk())}
    circles = {n for n in arrays if _is_of_one_array(claims[n])}
    together = {
        n: _together(one, arrays.get(n), _factors(claims[n]) & matrices, n in circles, _factors(claims[n]) & shown)
        for n, one in scalars.items()
    }
    return _where_all_is_read(document, together)


def _defined_again(claims: Sequence[Stated], number: int) -> frozenset[str]:
    """The functions that have several definitions before a claim: over arrays one of them may be another's."""
    heads = Counter(one.head[0] for one in claims[:number] if one.head is not None and one.begins)
    return frozenset(name for name, times in heads.items() if times > 1)


def _is_told_in_arrays(claims: Sequence[Stated], number: int) -> bool:
    """Whether what a function of a claim is was said last in a line that numbers do not tell."""
    last = {one.head[0]: one for one in claims[:number] if one.head is not None and one.begins}
    return any(one.beyond for name, one in last.items() if name in claims[number].names)


def _over_arrays(document: Document, problems: Sequence[int]) -> dict[int, Evidence]:
    """The evidence over arrays; each layer of a program's network is looked at by itself, and so is each problem of a
    sheet of which a line is refuted or not understood: what holds of its own definitions is no slip.
    """
    layers: dict[str, list[int]] = {}
    for number, claim in enumerate(document.claims):
        layers.setdefault(claim.layer, []).append(number)
    shared = _shared(document, problems)
    found = _of_parts(document, layers.values(), shared)
    open_ = ("refuted", "not-understood")
    doubted = sorted({problems[n] for n, one in found.items() if one.verdict in open_} - {0})
    parts = ([n for n, at in enumerate(problems) if at in (0, problem)] for problem in doubted)
    alone = _of_parts(document, parts, shared)
    own = {n: one for n, one in alone.items() if n in found and problems[n]}
    told = ("proved", "definition")
    return found | {n: one for n, one in own.items() if one.verdict in told or found[n].verdict == "not-understood"}


def _shared(document: Document, problems: Sequence[int]) -> frozenset[str]:
    """The names that stand in several problems of a sheet: what is said of one in words holds in one of them."""
    found: dict[str, set[int]] = {}
    for claim, problem in zip(document.claims, problems, strict=True):
        trees = (tree for side in (claim.left, claim.right) if (tree := tree_of(side)) is not None)
        for node in (node for tree in trees for node in tree.walk() if node.kind == "name"):
            found.setdefault(key(node.base or node.value), set()).add(problem)
    return frozenset(name for name, within in found.items() if len(within) > 1)


def _of_parts(document: Document, parts: Iterable[Sequence[int]], shared: frozenset[str]) -> dict[int, Evidence]:
    """The evidence over arrays of parts of a document, each looked at by itself."""
    weighed = ((numbers, _over_arrays_of(_part(document, numbers), shared)) for numbers in parts)
    return {
        numbers[place]: replace(one, given=tuple(numbers[before] for before in one.given))
        for numbers, found in weighed
        for place, one in found.items()
    }


def _part(document: Document, numbers: Sequence[int]) -> Document:
    """A document with some of its claims alone."""
    return replace(document, claims=tuple(document.claims[number] for number in numbers))


def _over_arrays_of(document: Document, shared: frozenset[str]) -> dict[int, Evidence]:
    try:
        return {number: Evidence(**asdict(one)) for number, one in weigh_indexed(document, shared).items()}
    except RecursionError:  # definitions on definitions, a thousand deep, are no arrays
        return {}
    except Exception as error:  # what trips us over arrays must not keep numbers from their verdicts
        left_open(error)
        return {}


def _differentiates(one: Stated, told: Collection[str]) -> bool:
    """Whether a claim is about a derivative that the walkthrough tells, of a quantity by another: it is not left open
    then.
    """
    tree = tree_of(one.claim.left)
    return tree is not None and tree.kind == "partial" and all(key(part.value) in told for part in tree.parts)


def _factors(one: Stated) -> frozenset[str]:
    """The names of a claim that stand in its formulas, not only in derivatives."""
    trees = [tree for side in (one.claim.left, one.claim.right) if (tree := tree_of(side)) is not None]
    within = {id(part) for tree in trees for node in tree.walk() if node.kind == "partial" for part in node.walk()}
    nodes = (node for tree in trees for node in tree.walk() if id(node) not in within)
    return frozenset(node.value for node in nodes if node.kind == "name")


def _is_of_one_array(one: Stated) -> bool:
    """Whether a formula is said to be an entry of an array of which it has others: W_ib δ_ic = W_bc defines none."""
    left, right = tree_of(one.claim.left), tree_of(one.claim.right)
    if left is None or right is None or left.kind == "name" or right.kind != "name" or not right.base:
        return False
    return any(node.kind == "name" and node.base == right.base for node in left.walk())


def _together(
    scalar: Evidence, array: Evidence | None, matrices: Collection[str], is_of_one_array: bool = False,
    shown: Collection[str] = (),
) -> Evidence:
    """What is said of a claim that can be read over numbers and over arrays.

    What arrays decide stands, unless the line defines a name of numbers that is no gradient over arrays, or holds over
    these; where arrays leave it open, what numbers prove stands, unless it is true of numbers alone and the document
    shows that its names are none.
    """
    if array is not None and is_of_one_array and scalar.verdict == "definition":
        return array
    defines = scalar.verdict == "definition" and scalar.kind == "definition"
    if array is None or (defines and array.verdict != "proved" and array.kind not in ("gradient", "solution", "entry")):
        return scalar
    if array.verdict == "refuted" and scalar.kind in _SETTLED and array.kind != "solution":
        return scalar
    if array.verdict == "definition" and scalar.kind == NAMED_SLOPE:
        return scalar  # a function of each entry is one of numbers
    if array.verdict in ("proved", "definition"):
        return array
    if matrices and scalar.verdict == "proved" and array.verdict == "not-understood":
        told = f"true of numbers, not of matrices, and {', '.join(sorted(matrices))} is said to be a matrix"
        return Evidence("undecided", told, scalar.equation, support=scalar.support, kind="of numbers")
    is_of_numbers = array.kind == "of numbers" and scalar.verdict == "proved"
    is_doubted = array.kind in ("gradient", "edge", HALF_SAID)
    is_doubted = is_doubted or (scalar.kind == "slope" and array.verdict == "undecided")  # arrays know what it is of
    if scalar.verdict in ("proved", "definition") and array.verdict != "refuted" and not (is_of_numbers or is_doubted):
        return scalar
    if array.verdict != "refuted" or scalar.verdict != "proved" or shown:
        return array
    reason = "read over vectors the two sides differ, read over numbers they do not"
    return Evidence("undecided", reason, scalar.equation, support=scalar.support)


def _where_all_is_read(document: Document, evidence: Mapping[int, Evidence]) -> dict[int, Evidence]:
    """The evidence without contradictions that rest on an old meaning: a name may be defined anew, of arrays otherwise
    than before, or in a line that is not understood.
    """
    unread: set[str] = set()
    defined: set[str] = set()
    """Those that are no derivatives: what follows from ∂C/∂z of a δ is a claim."""
    found = dict(evidence)
    upward = [n for n, e in found.items() if e.reason == UPWARD] if is_ascent(document.text.text) else []
    found.update((n, replace(found[n], verdict="definition", reason="", kind="update")) for n in upward)
    for number, claim in enumerate(document.claims):
        one = evidence[number]
        trees = [tree for member in (claim.left, claim.right) if (tree := tree_of(member)) is not None]
        doubted = sorted(unread & {node.value for tree in trees for node in tree.walk() if _is_named(node)})
        if one.verdict == "refuted" and doubted:
            told = f"what {', '.join(doubted)} is, is said in a line that is not understood, or not there alone"
            found[number] = replace(one, verdict="undecided", reason=told)
        if claim.step or not trees or not _is_named(trees[0]) or _is_no_definition(trees):
            continue
        name = trees[0].value
        if found[number].verdict == "refuted" and one.kind in ("indexed", "shapes") and name in defined:
            again = "defined otherwise before, and no line tells which of the two is meant"
            found[number] = replace(one, verdict="undecided", reason=again, kind="again")
            unread.add(name)
        elif one.verdict == "not-understood" or one.kind == "again":
            unread.add(name)
        elif one.verdict in ("definition", "proved"):
            unread.discard(name)
            if not any(node.kind in ("partial", "gradient") for node in trees[-1].walk()):
                defined.add(name)
    return found


def _is_no_definition(trees: Sequence[Node]) -> bool:
    """Whether a claim about a function is of its slope, g'(z), of its values in a list, or of one that everybody knows
    of arrays, det(A): it defines none.
    """
    is_told = trees[0].order > 0 or trees[-1].kind == "list" or trees[0].value in (*OF_VECTORS, *SEQUENCED)
    return trees[0].kind == "call" and is_told


def _is_named(node: Node) -> bool:
    return node.kind in ("name", "call")
