"""Claims as equations: both sides of what a person states as expressions, one equation for each way to read it."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Set
from functools import cached_property, lru_cache
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.circumstances import NONE, Circumstances, circumstances_at
from derive.checking.premises import NO_SIGNS, Signs, defines, signs_at
from derive.checking.problems import problem_at
from derive.errors import DeriveError
from derive.formulas.claims import Claim, Document, Member
from derive.formulas.elaboration import BeyondScalarsError, Names, elaborated
from derive.formulas.printed import printed_number
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import is_known
from derive.names import symbol
from derive.written import UNTOLD, Called, Partial, calls_in, partials_in

_MOST_PAIRS = 9
_MOST_NUMBERS = 2
"""The numbers of a fraction."""
_APPLIED = "\u2061"
"""The sign of application, which shows nothing: behind the name of a function whose bare name is a quantity of its own.
"""
_ASSIGNMENTS = frozenset(("+=", "-=", "*=", "/="))


_CONCLUDING = frozenset(
    "so hence thus therefore giving gives yields daher somit folglich donc ainsi luego entonces logo portanto quindi "
    "implies rightarrow".split()
)
_JOINING = frozenset("or and oder und ou et o y e oraz и или".split())
"""What joins one value to another: x = 0 or x = 2."""
_CONCLUDES = (":", "→", "⇒", "⟹", "∴", "=>", "->")
"""Signs that say so."""


class Equation(Struct, frozen=True):
    """One way to read a claim: both sides as expressions, and what was assumed to read them so."""

    left: sp.Expr
    right: sp.Expr
    assumed: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[sp.Expr, sp.Expr]:
        """Left and right."""
        return self.left, self.right

    @property
    def partials(self) -> Set[Partial]:
        """The derivatives that are written in it."""
        return {partial for side in self.sides for partial in partials_in(side)}

    @property
    def names(self) -> frozenset[str]:
        """The names in it."""
        return names_in(self.left) | names_in(self.right)


class Stated(Struct, frozen=True, dict=True):
    """A claim with its equations, the plainest first; `fault` tells why it has none, `beyond` that it is no scalar."""

    number: int
    claim: Claim
    equations: tuple[Equation, ...]
    fault: str = ""
    beyond: bool = False
    signs: Signs = NO_SIGNS
    """What is known of the signs of names where it stands."""
    circumstances: Circumstances = NONE
    """What the words around it tell: at which point it is, what is held."""
    head: tuple[str, tuple[str, ...]] | None = None
    """The function that it defines, f(x, y) = …, with its variables."""
    problem: int = 0
    """The number of the problem it belongs to; 0 before the first, and where there is none."""
    choices: Mapping[str, tuple[int, ...]] = MappingProxyType({})
    """The names of which the document says that they have one of some values."""
    follows: bool = False
    """Whether a word that concludes stands between it and the claim before: x^2 = 9, so x = 3."""
    concluded: bool = False
    """Whether a word or a sign says so, and not a new line alone."""
    joined: bool = False
    """Whether it is joined to the claim before, x = 0 or x = 2, and follows as that does."""

    @property
    def plainest(self) -> tuple[Equation, ...]:
        """The equation that assumes least; none where the claim cannot be read."""
        return self.equations[:1]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name in it, however it is read."""
        return frozenset(name for equation in self.equations for name in equation.names)

    @cached_property
    def written(self) -> Mapping[str, Node]:
        """Every name in it as it is first written, where it can be read."""
        trees = (tree_of(side) for side in (self.claim.right, self.claim.left))
        nodes = [node for tree in trees if tree is not None for node in tree.walk() if node.kind == "name"]
        return MappingProxyType({node.value: node for node in reversed(nodes)})

    @property
    def begins(self) -> bool:
        """Whether its chain begins with it."""
        return self.claim.step == 0

    @cached_property
    def is_worked_out(self) -> bool:
        """Whether its right side is a number from data, as other data give another one: 2/3 (0.4 + 1.7), not 1/2."""
        tree = tree_of(self.claim.right)
        numbers = [node.value for node in tree.walk() if node.kind == "number"] if tree is not None else []
        is_number = all(equation.right.is_number for equation in self.equations)
        return is_number and (any("." in number for number in numbers) or len(numbers) > _MOST_NUMBERS)


def tree_of(member: Member) -> Node | None:
    """What is written as it is read first; None where it cannot be read."""
    return member.readings[0].tree if member.readings else None


@lru_cache(maxsize=10_000)
def names_in(expression: sp.Expr) -> frozenset[str]:
    """The names of an expression, those of called functions among them."""
    found = {s.name for s in expression.free_symbols}
    found.update(call.name for call in calls_in(expression))
    return frozenset(found - {UNTOLD.name})


def differentiated(side: sp.Expr) -> str:
    """The name that a side is the derivative of; "" where it is none, or of an expression."""
    return side.of.name if isinstance(side, Partial) and side.of.is_Symbol else ""


def is_update(equation: Equation, relation: str) -> bool:
    """Whether an equation gives a quantity its next value: w := w - η g, w⁺ = w - η g, w -= η g."""
    left, right = equation.sides
    if relation in _ASSIGNMENTS:
        return True
    return bool(left.is_Symbol) and (left.name.endswith("⁺") or (right.is_Add and left in right.args))


def stated(document: Document) -> tuple[Stated, ...]:
    """The claims of a document with their equations."""
    names, signs, problem = names_of(document), signs_at(document), problem_at(document)
    around = circumstances_at(document)
    found = (_stated(number, claim, names, signs(claim)) for number, claim in enumerate(document.claims))
    made: list[Stated] = []
    for one in found:
        concluded, on_new_line, joined = _follows(document, one)
        concluded = concluded or (joined and made[-1].concluded)
        follows = concluded or on_new_line or (joined and made[-1].follows)
        made.append(replace(one, problem=problem(one.claim), choices=document.choices_at(one.claim),
                            circumstances=around(one.claim), follows=follows, concluded=concluded, joined=joined))
    return tuple(made)


def _follows(document: Document, one: Stated) -> tuple[bool, bool, bool]:
    """Whether words or a sign say that a claim is concluded from the one before, nothing but a new line stands between
    them, or `or` or a comma joins the two.
    """
    before, start = document.claims[one.number - 1].right.end, one.claim.left.start
    between = document.text.text[before:start].lower()
    words = "".join(sign if sign.isalpha() else " " for sign in between).split()
    is_bare = one.number > 0 and 0 < before < start and not set(between) & set("([|")
    is_told = words[0] in _CONCLUDING if words else any(sign in between for sign in _CONCLUDES)
    is_joined = words[0] in _JOINING and len(words) == 1 if words else between.strip() in (",", ";")
    return is_bare and is_told, is_bare and not words and between.count("\n") == 1, is_bare and is_joined


def _stated(number: int, claim: Claim, names: Names, signs: Signs) -> Stated:
    fault = claim.left.fault or claim.right.fault
    head = _head(claim, names.functions)
    head = head if head in names.heads else None
    if head is not None and head[0] in names.apart:
        head = names.apart[head[0]], head[1]
    if not fault and signs.own & signs.negative and defines(claim):
        fault = "a definition for some values only"
    if fault:
        return Stated(number, claim, (), fault, head=head)
    equations: list[Equation] = []
    told, beyond = "", False
    for left in claim.left.readings:
        for right in claim.right.readings:
            if len(equations) >= _MOST_PAIRS:
                break
            try:
                sides = elaborated(left.tree, names), elaborated(right.tree, names)
                assumed = (*left.assumed, *right.assumed)
                equations.append(Equation(*sides, assumed))
                if any(partial.held for partial in equations[-1].partials):
                    whole = (*assumed, "∂ is meant over all that rests on it")
                    equations.append(Equation(_unheld(sides[0]), _unheld(sides[1]), whole))
                outer = _by_inner(sides[0], names), _by_inner(sides[1], names)
                if outer != sides:
                    equations.append(Equation(*outer, (*assumed, "f'(g(x)) is meant as the derivative of f by g")))
            except BeyondScalarsError as error:
                told, beyond = told or error.found, True
            except DeriveError as error:
                told = told or str(error)
            except (ZeroDivisionError, RecursionError, ValueError, OverflowError):
                told = told or "too deep, or without a value"
    equations.sort(key=lambda equation: len(equation.assumed))
    fault = "" if equations else told
    return Stated(number, claim, tuple(equations), fault, beyond and not equations, signs, head=head)


def _unheld(side: sp.Expr) -> sp.Expr:
    """A side with its derivatives over all that rests on what they are by."""
    if not side.has(Partial):
        return side
    parts = [_unheld(part) for part in side.args]
    return Partial(*parts[:2]) if isinstance(side, Partial) else side.func(*parts, evaluate=False)


def _by_inner(side: sp.Expr, names: Names) -> sp.Expr:
    """A side with each f'(g(x)) as ∂f/∂g, as notes have it where f(x) is a formula of g(x)."""
    if isinstance(side, Called) and side.orders == (1,) and side.arguments[0].is_Symbol:
        (inner,) = side.arguments
        return Partial(symbol(side.name), inner) if any(inner.name == head for head, _ in names.heads) else side
    return side.func(*(_by_inner(part, names) for part in side.args), evaluate=False) if side.has(Called) else side


def _is_bare(tree: Node) -> bool:
    """Whether a tree is a name, or a function without its argument."""
    return tree.kind == "name" or (tree.kind == "call" and not tree.parts and not tree.order)


def variables_told(claim: Claim) -> tuple[str, ...]:
    """What a claim says that a quantity rests on, and nothing else of it, y = y(x); nothing for any other claim."""
    left, right = tree_of(claim.left), tree_of(claim.right)
    if left is None or right is None or not _is_bare(left) or right.kind not in ("product", "call"):
        return ()
    name, inside = (right.value, right.parts) if right.kind == "call" else (right.parts[0].value, right.parts[1:])
    letters = [node for part in inside for node in part.walk() if node.kind not in ("group", "list")]
    is_bracketed = right.kind == "call" or (len(inside) == 1 and inside[0].kind in ("group", "list"))
    is_told = is_bracketed and name == left.value and all(node.kind == "name" for node in letters)
    return tuple(node.value for node in letters) if is_told else ()


def names_of(document: Document) -> Names:
    """What elaboration must know of a document's words."""
    words = document.vocabulary
    told = {*words.functions, *(tree.value for claim in document.claims if (tree := tree_of(claim.left)) is not None)}
    hidden = told & {"e", "π", "pi"}
    heads = _heads(document)
    defined = {name for name, _ in heads}
    unsaid = words.functions.keys() - defined - words.bare_defined
    generic: dict[str, tuple[str, ...]] = {}
    for node in _written(document):
        if node.kind == "call" and node.value in unsaid and node.parts and all(p.kind == "name" for p in node.parts):
            generic.setdefault(node.value, tuple(part.value for part in node.parts))
    if any(node.kind == "prime" and node.parts[0].kind == "group" for node in _written(document)):
        lefts = [tree for claim in document.claims if (tree := tree_of(claim.left)) is not None and not tree.order]
        once = Counter(tree.value for tree in lefts if not tree.parts)
        resting = ((c.left.readings[0].tree.value, on) for c in document.claims if (on := variables_told(c)))
        generic.update((name, on) for name, on in resting if once[name] == len(on) == 1)
    proxy = MappingProxyType(generic)
    apart = MappingProxyType({name: name + _APPLIED for name in _quantities(document, heads)})
    return Names(words.functions, frozenset(hidden), heads, proxy, words.bare_defined - defined, apart)


def _heads(document: Document) -> frozenset[tuple[str, tuple[str, ...]]]:
    """The functions that are defined, each with its variables; f(x0, y0) = 19 beside f(x, y) = … is the value at names
    that have some, and so is h(t_s) = v²/g beside h(t) = … where t_s is said to be something.
    """
    told = [(head, claim) for claim in document.claims
            if (head := _head(claim, document.vocabulary.functions)) is not None]
    named = [(left.value, claim) for claim in document.claims if (left := tree_of(claim.left)) is not None
             and left.kind == "name" and not claim.step]
    known = {name for name, _ in named}
    valued = {name for name, claim in named if _is_number(claim.right)}
    values = {head for head, claim in told if _is_number(claim.right) and valued.issuperset(head[1])}
    free = {head[0] for head, _ in told if known.isdisjoint(head[1])}
    values |= {head for head, _ in told if head[0] in free and known.issuperset(head[1])}
    formulas = {head for head, claim in told} - values
    defined = {name for name, _ in formulas}
    return frozenset(formulas | {head for head in values if head[0] not in defined})


def _is_number(member: Member) -> bool:
    tree = tree_of(member)
    return tree is not None and printed_number(tree) is not None


def _quantities(document: Document, heads: Set[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """The functions whose bare name is a quantity of its own, defined by a formula without the function's variables: it
    is applied to something else elsewhere, g(z) behind g(x) = x², and no letter for one function after the other.
    """
    calls = (node for node in _written(document) if node.kind == "call" and node.parts)
    applied = {c.value for c in calls if (c.value, tuple(part.value for part in c.parts)) not in heads}
    variables: dict[str, set[str]] = {}
    for name, letters in heads:
        if name in applied and sum(name == other for other, _ in heads) == 1:
            variables[name] = set(letters)
    for claim in document.claims:
        left, right = tree_of(claim.left), tree_of(claim.right)
        if left is None or right is None or claim.program:
            continue
        inside = {id(part) for node in right.walk() if node.kind == "partial" for part in node.walk()}
        bare = {node.value for node in right.walk() if _is_bare(node) and id(node) not in inside}
        if left.kind == "call" and left.parts and left.value in bare:
            yield left.value  # A(t) = 20 A t^3
        if not claim.step and _is_bare(left):
            called = {node.value for node in right.walk() if node.kind == "call" and not is_known(node.value)}
            names = {node.value for node in right.walk() if node.kind == "name"} | called
            if names and not names & variables.get(left.value, names):
                yield left.value


def _written(document: Document) -> Iterator[Node]:
    """Every part of every claim as it is read first."""
    members = (member for claim in document.claims for member in (claim.left, claim.right))
    yield from (node for member in members if (tree := tree_of(member)) is not None for node in tree.walk())


def _head(claim: Claim, own: Container[str]) -> tuple[str, tuple[str, ...]] | None:
    tree = tree_of(claim.left)
    if tree is None or tree.kind != "call" or tree.order or not tree.parts or claim.step > 0:
        return None
    if is_known(tree.value) and tree.value not in own:
        return None
    primes = tuple("′" * part.order if part.kind == "prime" else "" for part in tree.parts)
    bare = tuple(part.parts[0] if part.kind == "prime" else part for part in tree.parts)
    if any(part.kind != "name" for part in bare):
        return None
    return tree.value, tuple(part.value + prime for part, prime in zip(bare, primes, strict=True))


ONE_SLIP = 2
"""So much differs where one name or number stands in the place of another."""


def differing(one: Iterable[sp.Expr], other: Iterable[sp.Expr]) -> int:
    """How many names and numbers some formulas have more often than others, either way; signs are none."""
    a, b = (
        Counter(part for side in sides for part in sp.preorder_traversal(side) if not part.args and part not in (1, -1))
        for sides in (one, other)
    )
    return (a - b).total() + (b - a).total()
