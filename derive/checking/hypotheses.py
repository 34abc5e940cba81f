"""What may be meant otherwise than it is written: a table of proposers, each a notation or a mistake of its own
kind.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.evidence import Evidence, loss_of, rests_on_loss
from derive.checking.interpretations import GUESSED_RANK, Hypothesis, Interpretation, Stated, names_in
from derive.checking.points import consequences, holds_at_a_point
from derive.checking.quantities import evaluated
from derive.checking.spellings import gradients_of, look_alike, near, role_of, same_letters
from derive.checking.wording import spelled
from derive.claim import Called, Partial
from derive.formulas.phrases import LOSS
from derive.formulas.vocabulary import DIFFERENTIALS, Vocabulary, key
from derive.names import symbol
from derive.network import Network

_MERGED_ROLES = frozenset(
    (
        "loss",
        "error",
        "output activation",
        "hidden activation",
        "output input",
        "hidden input",
        "target",
        "weight",
        "learning rate",
    )
)


class Lender(Struct, frozen=True):
    """A walkthrough as far as it lends: its name, its network, its start values.

    One that was asked for lends whatever the document leaves undefined; another only what hangs on names it has.
    """

    name: str
    network: Network
    start: tuple[tuple[str, sp.Rational], ...]
    is_asked: bool = False

    @property
    def quantities(self) -> tuple[str, ...]:
        """Every name of the walkthrough, and what is short for one."""
        return (*self.network.names, *(alias for alias, _ in self.network.aliases))


class Ground(Struct, frozen=True):
    """What proposers look at: the claims, the words, an interpretation with its evidence, what may lend."""

    claims: Sequence[Stated]
    vocabulary: Vocabulary
    interpretation: Interpretation
    evidence: Mapping[int, Evidence]
    lenders: tuple[Lender, ...]

    def written(self, name: str) -> str:
        """A name as the document first spells it."""
        return self.vocabulary.spellings.get(name, name)

    @property
    def defined(self) -> frozenset[str]:
        """The names with a definition."""
        return frozenset(self.interpretation.versions)

    @property
    def own(self) -> frozenset[str]:
        """The names that the document defines, be it by a line that is no formula of numbers; not in passing, further
        on in a chain.
        """
        lefts = (
            one.claim.left.readings[0].tree
            for one in self.claims
            if one.claim.left.readings and one.claim.step == 0 and not one.equations
        )
        in_chains = {name for n, name in self.interpretation.definers.items() if self.claims[n].claim.step > 0}
        return (self.defined - in_chains) | {tree.value for tree in lefts if tree.kind in ("name", "call")}

    @property
    def ends(self) -> frozenset[str]:
        """The names that can be a loss: what the document differentiates, or says what it is."""
        found = {LOSS, *self.own}
        for one in self.claims:
            for equation in one.equations[:1]:
                found |= {equation.left.name} if equation.left.is_Symbol else set()
                for side in (equation.left, equation.right):
                    found |= {p.of.name for p in side.atoms(Partial) if p.of.is_Symbol}
        return frozenset(found)

    def given(self) -> frozenset[str]:
        """The names that the document gives a value and no formula."""
        lefts = (e for one in self.claims for e in one.equations[:1] if e.left.is_Symbol and not e.right.free_symbols)
        return frozenset(e.left.name for e in lefts) - self.defined

    def uses(self) -> Mapping[str, int]:
        """How many claims each name stands in; the loss where one is about it without naming it."""
        found: dict[str, int] = {}
        for one in self.claims:
            for name in one.names:
                found[name] = found.get(name, 0) + 1
        if any(map(rests_on_loss, self.claims)):
            found.setdefault(LOSS, 1)
        return found


class Proposer(Struct, frozen=True):
    """One kind of hypothesis: what it says, the smallest document that needs it, and how it is proposed.

    A bundle is tried as a whole first, its members one by one after; of rivals the best one is taken. What is
    `defining` makes claims of definitions, and is tried even where no claim is open.
    """

    says: str
    example: str
    propose: Callable[[Ground], Iterator[Hypothesis]]
    bundled: bool = False
    rivals: bool = False
    defining: bool = False


def _same(ground: Ground) -> Iterator[Hypothesis]:
    """An undefined name is another spelling of one that the document has more of."""
    uses = ground.uses()
    taken = ground.interpretation.same
    names = sorted(uses)
    given = ground.given()
    for name in names:
        if name in given or name in ground.defined or name in taken or name.endswith("⁺"):
            continue
        role = role_of(name)
        for rank, test in enumerate((same_letters, look_alike, _same_role, _numberless, near)):
            if (test is near and uses[name] > 2) or (
                test is _same_role
                and (role is None or role[0] not in _MERGED_ROLES or (role[0] == "loss" and name not in ground.ends))
            ):
                continue
            others = [
                o
                for o in names
                if o != name
                and o not in taken
                and (o in ground.defined or uses[o] > uses[name] or (uses[o] == uses[name] and o < name))
                and test(name, o)
            ]
            defined = [o for o in others if o in ground.defined] or others
            if len(defined) == 1:
                told = f"{ground.written(name)} is read as {ground.written(defined[0])}"
                clear = rank < 2 and defined[0] in ground.defined
                yield Hypothesis(
                    "same", name, told, 0 if clear else 1 + (rank > 2), frozenset((name, defined[0])), other=defined[0]
                )
                break


def _numberless(one: str, other: str) -> bool:
    """ŷ for ŷ1, where there is but one."""
    return other != one and other.rstrip("0123456789") == one


def _same_role(one: str, other: str) -> bool:
    return role_of(one) is not None and role_of(one) == role_of(other)


def _slope(ground: Ground) -> Iterator[Hypothesis]:
    """dw1, dL_dw1, grad_w1: a name that is the derivative of the loss."""
    uses = ground.uses()
    graph = ground.interpretation.graph(len(ground.claims) - 1) if ground.claims else None
    for name in sorted(uses):
        if name in ground.interpretation.same or name in ground.interpretation.slopes:
            continue
        for of, by in gradients_of(ground.written(name)):
            by, said = key(by), key(of)
            loss = _loss(ground, by)
            of = said or loss or ""
            if by not in uses or not of or (of not in uses and of != loss) or by == name or of == name:
                continue
            if graph is None or of not in graph.names:
                continue
            told = f"{ground.written(name)} is ∂{ground.written(of)}/∂{ground.written(by)}"
            slope = Partial(symbol(of), symbol(by))
            yield Hypothesis("slope", name, told, 1, frozenset((name,)), other=said, expression=slope)
            break


def own_loss(ground: Ground) -> Iterator[Hypothesis]:
    """What `the gradient by w` is of: the quantity with a loss's name, or that is differentiated; else an end that no
    walkthrough has as another quantity, and that is a guess.
    """
    equations = [e for one in ground.claims if rests_on_loss(one) for e in one.equations]
    bys = {partial.by.name for e in equations for partial in e.left.atoms(Partial) if partial.of == symbol(LOSS)}
    bys |= {e.left.name.removesuffix("⁺") for e in equations if e.left.is_Symbol}
    if not bys or LOSS in ground.defined:
        return
    graph = ground.interpretation.graph(len(ground.claims) - 1)
    resting = [name for name in graph.names if any(graph.rests_on(name, by) for by in bys)]
    named = [name for name in resting if role_of(name) == ("loss", "")]
    known = loss_of(ground.interpretation, graph)
    differentiated = {
        e.left.of.name
        for one in ground.claims
        for e in one.equations[:1]
        if isinstance(e.left, Partial) and e.left.of.is_Symbol
    }
    others = {key(name) for lender in ground.lenders for name in lender.network.definitions}
    own = named[0] if len(named) == 1 else known if known in resting else None
    plain = bool(named) or own in differentiated
    if own is None or own == LOSS or (not plain and own in others):
        return
    told = f"the loss is {ground.written(own)}"
    yield Hypothesis("same", LOSS, told, 0 if plain else GUESSED_RANK, frozenset((LOSS, own)), other=own)


def _loss(ground: Ground, by: str) -> str | None:
    """The quantity that derivatives without a numerator are of: an end of the graph that rests on `by`, no
    derivative itself.
    """
    graph = ground.interpretation.graph(len(ground.claims) - 1)
    known = loss_of(ground.interpretation, graph)
    if known is not None and not gradients_of(ground.written(known)) and graph.rests_on(known, by):
        return known
    uses = ground.uses()
    forward = [
        n
        for n in graph.names
        if not any(key(b) in graph.names or key(b) in uses for _, b in gradients_of(ground.written(n)))
    ]
    used = {parent for name in forward for parent in graph.parents(name)}
    ends = [name for name in forward if name not in used and graph.rests_on(name, by) and name != by]
    return ends[-1] if ends else None


def _anew(ground: Ground) -> Iterator[Hypothesis]:
    """A name is defined a second time, for the lines that follow."""
    for one in _second_definitions(ground):
        name = _defined_name(ground, one)
        yield Hypothesis(
            "anew", name, f"{ground.written(name)} is defined anew", 1, frozenset((name,)), claim=one.number
        )


def _instead(ground: Ground) -> Iterator[Hypothesis]:
    """The later definition of a name is what is meant; the first one is the slip."""
    for one in _second_definitions(ground):
        name = _defined_name(ground, one)
        yield Hypothesis(
            "instead", name, f"{ground.written(name)} is what this line says", 2, frozenset((name,)), claim=one.number
        )


def _second_definitions(ground: Ground) -> Iterator[Stated]:
    for one in ground.claims:
        if (
            ground.evidence[one.number].verdict in ("refuted", "undecided", "proved")
            and one.claim.step == 0
            and one.equations
        ):
            name = _defined_name(ground, one)
            given = one.equations[0].right.is_number and ground.evidence[one.number].verdict != "proved"
            if name in ground.defined and (given or not names_in(one.equations[0].right) <= {name}):
                yield one


def _defined_name(ground: Ground, one: Stated) -> str:
    left = ground.interpretation.equations(one.number)[0].left
    tree = one.claim.left.readings[0].tree
    return left.name if left.is_Symbol else tree.value if tree.kind == "call" else ""


def _reading(ground: Ground) -> Iterator[Hypothesis]:
    """A definition whose notation leaves two ways open is read the other way."""
    for number, name in ground.interpretation.definers.items():
        one = ground.claims[number]
        for place in range(1, len(one.equations)):
            told = ", ".join(one.equations[place].assumed) or "read the other way"
            yield Hypothesis("reading", str(number), told, 1, frozenset((name,)), claim=number, other=str(place))


def _lent(ground: Ground) -> Iterator[Hypothesis]:
    """A walkthrough lends what the document uses and leaves undefined, where all that it defines agrees in shape."""
    uses = {name: count for name, count in ground.uses().items() if name not in ground.interpretation.same}
    by_role: dict[tuple[str, str], list[str]] = {}
    for name in uses:
        role = role_of(name)
        if role is not None and (role[0] != "loss" or name in ground.ends):
            by_role.setdefault(role, []).append(name)
    for walkthrough in ground.lenders:
        partials = tuple(_lent_slopes(ground, walkthrough)) if walkthrough.is_asked else ()
        yield from partials
        inside = {s.name for h in partials if h.expression is not None for s in h.expression.free_symbols}
        lent = _loan(ground, walkthrough, by_role, {**dict.fromkeys(inside, 1), **uses})
        if lent:
            told = f"{', '.join(ground.written(n) for n, _ in lent)} as in the walkthrough {walkthrough.name}".rstrip()
            yield Hypothesis("lent", walkthrough.name, told, 3, frozenset(n for n, _ in lent), lent=lent)


def _lent_slopes(ground: Ground, lender: Lender) -> Iterator[Hypothesis]:
    """dE_dw5, dE1dw5, E_w6: a name made of two of the walkthrough's is a derivative, unless it may be a node's own."""
    parts, parameters = set(map(key, lender.quantities)), set(map(key, lender.network.parameters))
    for name in sorted(ground.uses().keys() - parts):
        written = ground.written(name)
        for of, by in gradients_of(written) if role_of(name) is None else ():
            if key(of) in parts and key(by) in (parts if written[0] in DIFFERENTIALS else parameters):
                partial = Partial(symbol(key(of)), symbol(key(by)))
                yield Hypothesis("slope", name, f"{written} is ∂{of}/∂{by}", 1, frozenset((name,)), expression=partial)
                break


def _loan(
    ground: Ground, walkthrough: Lender, by_role: Mapping[tuple[str, str], list[str]], uses: Mapping[str, int]
) -> tuple[tuple[str, sp.Expr], ...]:
    """The walkthrough's equations for undefined names, in the document's own spellings."""
    network = walkthrough.network
    spelled: dict[str, str] = {}
    for name in (*network.leaves, *network.definitions):
        role = ("loss", "") if name == network.loss else role_of(key(name))
        exact = [n for n in uses if n == key(name) or (name, n) in ((a, k) for k, a in network.aliases)]
        candidates = exact or (by_role.get(role, []) if role is not None else [])
        defined = [n for n in candidates if n in ground.defined]
        defined = defined or [n for n in by_role.get(role, []) if n in ground.defined] if role is not None else defined
        if name in network.leaves:  # what the document defines is no leaf
            candidates, defined = [n for n in candidates if n not in ground.own], []
        chosen = (defined or sorted(candidates, key=lambda n: -uses[n]))[:1]
        spelled[name] = chosen[0] if chosen else key(name)
    if not walkthrough.is_asked and _is_at_home(network, by_role, uses):
        walkthrough = replace(walkthrough, is_asked=True)
    wanted: dict[str, sp.Expr] = {}
    for name, body in network.definitions.items():
        if spelled[name] in uses and spelled[name] not in ground.own:
            found = _anchored(name, body, walkthrough, spelled, uses, ground.defined)
            if found is not None:
                wanted.update(found)
    return tuple(wanted.items())


def _is_at_home(network: Network, by_role: Mapping[tuple[str, str], list[str]], uses: Mapping[str, int]) -> bool:
    """Whether nearly all names of a document are those of the walkthrough, by their numbers or to the letter, and
    several of them are.
    """
    known = {
        role for name in (*network.leaves, *network.definitions) if (role := role_of(key(name))) is not None and role[1]
    }
    own = {key(name) for name in (*network.names, *(alias for alias, _ in network.aliases))}
    matched = {n for role, names in by_role.items() if role in known for n in names} | {n for n in uses if n in own}
    return len(matched) >= _AT_HOME and len(matched) >= _NEARLY_ALL * len(uses)


_AT_HOME, _NEARLY_ALL = 5, 0.8


def _anchored(
    name: str,
    body: sp.Expr,
    lender: Lender,
    spelled: Mapping[str, str],
    uses: Mapping[str, int],
    defined: frozenset[str],
) -> dict[str, sp.Expr] | None:
    """A node's equation and those of the nodes between it and what the document has; None where it lacks a leaf."""
    found = {spelled[name]: _renamed(body, spelled)}
    for s in sorted(body.free_symbols, key=lambda s: str(s.name)):
        parent = s.name
        if spelled[parent] in uses or spelled[parent] in defined:
            continue
        if parent not in lender.network.definitions:
            if lender.is_asked:
                continue
            return None
        further = _anchored(parent, lender.network.definitions[parent], lender, spelled, uses, defined)
        if further is None:
            return None
        found.update(further)
    return found


def _renamed(expression: sp.Expr, names: Mapping[str, str]) -> sp.Expr:
    if expression.is_Symbol:
        return symbol(names.get(expression.name, expression.name))
    if not expression.args:
        return expression
    if isinstance(expression, sp.Piecewise):  # its conditions are no expressions
        return expression.xreplace({s: symbol(names.get(s.name, s.name)) for s in expression.free_symbols})
    made: sp.Expr = expression.func(*(_renamed(part, names) for part in expression.args), evaluate=False)
    return made


def _constant(ground: Ground) -> Iterator[Hypothesis]:
    """An undefined name that is differentiated rests on nothing: ∂t1/∂a = 0."""
    claimed = {
        equation.left.of.name
        for one in ground.claims
        for equation in ground.interpretation.equations(one.number)[:1]
        if isinstance(equation.left, Partial) and equation.left.of.is_Symbol and equation.right != 0
    }
    for name in sorted(ground.interpretation.opaque.keys() - claimed):
        yield Hypothesis("constant", name, f"{ground.written(name)} is constant", 1, frozenset((name,)))


def _terms(ground: Ground) -> Iterator[Hypothesis]:
    """E = E1 + E2 = a + b says term by term what E1 and E2 are."""
    for one in ground.claims:
        for equation in one.equations[:1]:
            left, right = equation.left, equation.right
            if not (left.is_Add and right.is_Add and len(left.args) == len(right.args)):
                continue
            if all(term.is_Symbol and term.name not in ground.defined for term in left.args):
                lent = tuple((term.name, other) for term, other in zip(left.args, right.args, strict=True))
                told = f"{', '.join(ground.written(n) for n, _ in lent)} term by term"
                yield Hypothesis(
                    "lent", f"terms {one.number}", told, 1, frozenset(n for n, _ in lent), claim=one.number, lent=lent
                )


def _slip(ground: Ground) -> Iterator[Hypothesis]:
    """A definition is a slip: what it was meant to be makes the lines right that rest on it."""
    suspects: dict[str, list[int]] = {}
    for number, evidence in ground.evidence.items():
        if evidence.verdict == "refuted" and evidence.kind == "" and evidence.equation is not None:
            for name in evidence.support:
                suspects.setdefault(name, []).append(number)
    definers = {name: number for number, name in ground.interpretation.definers.items()}
    found: list[tuple[int, Hypothesis]] = []
    resting = Counter(
        name
        for evidence in ground.evidence.values()
        if evidence.verdict in ("proved", "refuted") and evidence.kind == ""
        for name in evidence.support
    )
    for name in sorted(suspects, key=lambda n: (-len(suspects[n]) / resting[n], n)):
        if name not in definers or len(ground.interpretation.versions.get(name, ())) != 1:
            continue
        several = len(suspects[name]) >= _FEWEST and _roots(suspects[name], ground) >= _FEWEST
        shapes = _sibling_shapes(name, ground)
        body = ground.interpretation.versions[name][0].expression
        if isinstance(body, Called):
            continue  # y = f(x) says nothing that could be a slip
        alike = dict(_as_siblings(name, body, ground))
        if not several and not shapes and not alike:
            continue
        known = _is_activation(body)
        for edited, told in (*alike.items(), *(() if known else variants(name, body, ground))):
            sibling = _shape(edited) in shapes or edited in alike
            if not edited.free_symbols or not (several or sibling):
                continue
            held = _mended(name, edited, suspects[name], ground)
            if held:
                found.append(
                    (
                        held + sibling,
                        Hypothesis(
                            "slip",
                            name,
                            told,
                            3 if sibling else 4,
                            frozenset((name,)),
                            claim=definers[name],
                            expression=edited,
                        ),
                    )
                )
    found.sort(key=lambda pair: -pair[0])
    yield from (hypothesis for _, hypothesis in found[:_MOST_SLIPS])


def _is_activation(body: sp.Expr) -> bool:
    """Whether a definition is an activation that everybody knows, however it is written: it is no slip of another."""
    if len(body.free_symbols) != 1 or body.has(Partial, Called):
        return False
    (variable,) = body.free_symbols
    values = [evaluated(body, {variable.name: at}) for at in _LOOKS]
    return any(
        all(v is not None and abs(v - f(at)) < 1e-9 for v, at in zip(values, _LOOKS, strict=True)) for f in _ACTIVATIONS
    )


_LOOKS = (-1.3, 0.4, 2.1)
_ACTIVATIONS: tuple[Callable[[float], float], ...] = (
    lambda x: 1 / (1 + math.exp(-x)),
    math.tanh,
    lambda x: max(x, 0.0),
    math.exp,
    lambda x: math.log1p(math.exp(x)),
)


def variants(name: str, body: sp.Expr, ground: Ground) -> Iterator[tuple[sp.Expr, str]]:
    """What a definition may have been meant to be: its siblings' shape, then every row of the table of slips undone."""
    from derive.checking.slips import SLIPS
    from derive.checking.slips.grounds import grounds_of

    graph = ground.interpretation.graph(len(ground.claims) - 1)
    grounds = grounds_of(graph, frozenset(ground.uses()), lambda expression: spelled(expression, ground.written))
    seen = {body}
    for edited, told in _numbers(body):
        if edited not in seen:
            seen.add(edited)
            yield edited, told
    for kind, slip in SLIPS.items():
        for count, (edited, told) in enumerate(slip.edits(body, body, grounds)):
            if count > _MOST_VARIANTS:
                break
            if edited not in seen and not edited.has(sp.nan, sp.zoo) and symbol(name) not in edited.free_symbols:
                seen.add(edited)
                yield edited, f"{kind}: {told}"


def _shape(expression: sp.Expr) -> str:
    """An expression without the numbers of its names: what neurons of one layer have in common."""
    return str(_renamed(expression, {s.name: re.sub(r"\d+", "#", s.name) for s in expression.free_symbols}))


def _sibling_shapes(name: str, ground: Ground) -> frozenset[str]:
    """The shapes of the definitions of the names that differ from this one in their number only, where it has
    another.
    """
    family = re.sub(r"\d+", "#", name)
    shapes = {
        n: _shape(d[0].expression)
        for n, d in ground.interpretation.versions.items()
        if re.sub(r"\d+", "#", n) == family
    }
    own = shapes.pop(name, "")
    return frozenset(shapes.values()) - {own}


def _as_siblings(name: str, body: sp.Expr, ground: Ground) -> Iterator[tuple[sp.Expr, str]]:
    """What a definition is if it goes as those beside it: out2 = σ(h2) for σ(h1), where out1 = σ(h1).

    Only where whatever has a number beside it has that same number: what h2 = w3*i1 + w4*i2 tells of h1 is not known.
    """
    number = _LAST_NUMBER.search(name)
    if number is None:
        return
    uses = ground.uses()
    for other, (definition, *_) in sorted(ground.interpretation.versions.items()):
        if other == name or _LAST_NUMBER.sub("#", other) != _LAST_NUMBER.sub("#", name):
            continue
        its = _LAST_NUMBER.findall(other)
        numbered = [n for n in names_in(definition.expression) if _LAST_NUMBER.search(n)]
        moved = {n: _LAST_NUMBER.sub(number.group(), n) for n in numbered if _LAST_NUMBER.findall(n) == its}
        if moved and len(moved) == len(numbered) and all(n in uses for n in moved.values()):
            edited = _renamed(definition.expression, moved)
            if edited != body:
                yield edited, f"wrong-index: {ground.written(name)} is not made as {ground.written(other)} is"


_LAST_NUMBER = re.compile(r"\d+(?=\D*\Z)")


def _numbers(body: sp.Expr) -> Iterator[tuple[sp.Expr, str]]:
    """Every number of a definition as another small one: 1/3 for 1/2, ^3 for ^2."""
    for number in sorted(body.atoms(sp.Rational), key=sp.default_sort_key):
        for other in (sp.Rational(1, 2), sp.Integer(1), sp.Integer(2), sp.Integer(-1), sp.Integer(3)):
            if other != number:
                yield _put_number(body, number, other), f"definition-slip: {other} belongs where {number} stands"


def _put_number(node: sp.Expr, number: sp.Expr, other: sp.Expr) -> sp.Expr:
    if node == number:
        return other
    if not node.args or isinstance(node, (Partial, Called, sp.Piecewise)):
        return node
    made: sp.Expr = node.func(*(_put_number(part, number, other) for part in node.args), evaluate=False)
    return made


def _roots(numbers: Sequence[int], ground: Ground) -> int:
    """How many of some contradicted claims do not follow from the others."""
    equations = [e for n in numbers[:_LOOKED_AT] if (e := ground.evidence[n].equation) is not None]
    return consequences(equations, ground.interpretation.graph(numbers[0])).count(False)


_MOST_VARIANTS = 400
_MOST_SLIPS = 10
_FEWEST = 2
"""A definition is suspected where so many of the lines that rest on it are contradicted, each by itself."""


def _mended(name: str, edited: sp.Expr, refuted: Sequence[int], ground: Ground) -> int:
    """How many of the first refuted claims an edited definition makes hold at one point, in floating point."""
    held = 0
    for number in refuted[:_LOOKED_AT]:
        equation = ground.evidence[number].equation
        assert equation is not None
        held += holds_at_a_point(equation, ground.interpretation.graph(number), {name: edited})
        if not held and number == refuted[min(3, len(refuted) - 1)]:
            return 0
    return held


_LOOKED_AT = 8


PROPOSERS: Mapping[str, Proposer] = MappingProxyType({
    "terms": Proposer("names that a sum introduces", "E = E1 + E2 = a + b; ∂E1/∂a = 1", _terms),
    "constant": Proposer("a name that rests on nothing", "y = t - a; ∂y/∂a = ∂t/∂a - 1 = -1", _constant, bundled=True),
    "same": Proposer("another spelling of a name", "E_total = a + b; ∂E_Total/∂a = 1", _same, bundled=True),
    "slope": Proposer("a name for a derivative", "L = w*x; dw = x", _slope, bundled=True, defining=True),
    "lent": Proposer("a walkthrough's equation", "∂E1/∂a_o1 = a_o1 - t1", _lent),
    "reading": Proposer("another reading of a notation", "y = 1/2m", _reading),
    "anew": Proposer("a name defined anew", "y = w*x; dy/dx = w; y = w*x^2; dy/dx = 2*w*x", _anew, bundled=True),
    "instead": Proposer("the later of two definitions", "y = w+x; y = w*x; dy/dx = w", _instead),
    "slip": Proposer("a slip in a definition", "y = w*x; z = w + x; ∂z/∂w = x; dz/dx = w", _slip, rivals=True),
})  # fmt: skip
