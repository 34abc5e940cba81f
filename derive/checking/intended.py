"""The network that a document means: its own definitions, and the walkthrough for what it leaves undefined."""

import re
from collections.abc import Iterable, Iterator, Mapping

import sympy as sp
from msgspec import Struct, field
from msgspec.structs import replace

from derive.checking.defined import (
    WORD,
    Defined,
    Open,
    beyond_reading,
    definitions_in,
    differences,
    has_bias,
    latest_of,
    revised_in,
    typed_alike,
)
from derive.checking.naming import Slope, slope_names
from derive.checking.networks import network_of
from derive.checking.roles import by_structure
from derive.checking.spelled import own_names, spellings_of
from derive.claim import Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network, make_network
from derive.reading.repairs import Scope
from derive.reading.spelling import LEARNING_RATE, Spelled, key, role_of, updated
from derive.reading.statements import Statement
from derive.rules import Elementary

_RATIO = re.compile(r"\(?\s*[∂d]\s*([^\W\d]\w*)\s*\)?\s*/\s*\(?\s*[∂d]\s*([^\W\d]\w*)\s*\)?")
_ABOVE = re.compile(r"(?:∂\s*|(?<!\w)(?=d))\(?([^\W\d]\w*)\s*\)?\s*/\s*\(?\s*[∂d]")


class Intended(Struct, frozen=True):
    """What later lines are judged by: the network, how names are spelled, and the names that were matched."""

    network: Network
    names: Spelled
    spellings: Mapping[str, tuple[str, ...]]
    assumed: tuple[tuple[str, str], ...]
    own: frozenset[str]
    contradicted: tuple[tuple[str, ...], ...] = ()
    """Names that the document defines otherwise than the walkthrough, those of one family together."""
    over_samples: bool = False
    """Whether the document's loss is a sum over samples, so that its updates are not those of one sample."""
    revised: tuple[int, ...] = ()
    """Where the document defines names of its own anew, with another meaning."""
    unread: frozenset[str] = frozenset()
    """Names that the document defines in a way that is not read, so that nothing is known of them."""
    written: frozenset[str] = frozenset()
    """The names that the document writes anywhere."""
    strangers: bool = False
    """Whether definitions of the walkthrough's names use letters that are not the walkthrough's."""
    beyond: frozenset[str] = frozenset()
    """The spellings, without their marks, of what the document defines by a sum over samples or the like."""
    letters: frozenset[str] = frozenset()
    """The variables of the document's own functions."""
    slopes: Mapping[str, Slope] = field(default_factory=dict)
    """The document's names for derivatives."""
    defined: frozenset[str] = frozenset()
    """The names that the document defines itself."""
    told: Mapping[str, tuple[sp.Expr, ...]] = field(default_factory=dict)
    """What the document writes behind them."""

    @property
    def scope(self) -> Scope:
        """What repairs may use."""
        quantities = (*self.network.names, LEARNING_RATE)
        return Scope(self.names, self.spellings, lambda name: name in quantities)

    def with_letters(self, letters: frozenset[str]) -> "Intended":
        """The same where the letters of the document's functions are names."""
        new = {letter: letter for letter in letters if self.names.resolve(letter) is None}
        return replace(self, names=self.names.with_own(new), letters=letters) if new else self

    def is_parameter(self, written: str) -> bool:
        """Whether a spelling is that of a weight or of a constant, which updates change."""
        return self.names.find(written) in (*self.network.parameters, *self.network.constants)

    def spelled(self, name: str) -> str:
        """A name as the document writes it."""
        return self.spellings.get(name, (name,))[0]


def intend(
    statements: tuple[Statement, ...],
    base: Network,
    with_biases: Network | None = None,
    adopt: frozenset[str] = frozenset(),
    products: frozenset[str] = frozenset(),
    at: int = -1,
) -> Intended:
    """Read the definitions of a document, match its names to the walkthrough, and settle what each name means.

    `with_biases` is the walkthrough's network with a bias in each sum, taken where the document writes biases. `adopt`
    are the names whose definitions are the document's even where they contradict the walkthrough; `products` are
    words that are products of letters. Of a name that is defined anew the meaning is that at the place `at`.
    """
    known = Spelled(base, products=products)
    if with_biases is not None and any(has_bias(one) for one in definitions_in(statements, Open(known))):
        base = with_biases
        known = Spelled(base, products=products)
    seen = _seen(statements)
    found = tuple(definitions_in(statements, Open(known, raw=True)))
    by_key = dict(by_structure(found, known, base, seen, tuple(differences(statements))))
    names = known.with_own({}, by_key)
    beyond = dict(beyond_reading(statements, seen, names))
    losses = {word for word in seen if key(word) in beyond and names.find(word) == base.loss}
    above = re.compile("|".join(rf"∂\s*\(?{re.escape(word)}\b" for word in losses)) if losses else None
    over_samples = above is not None and any(above.search(m.text) for s in statements for m in s.members)
    names = names.with_own({}, beyond)
    definitions = tuple(definitions_in(statements, Open(names)))
    alike = {name: (name, *(w for w in seen if names.find(w) == name)) for name in names.known}
    names = names.with_own({}, dict(typed_alike(definitions, alike, names)))
    slopes = dict(_slopes(statements, definitions, names, seen))
    told = {name: tuple(one.expression for one in definitions if one.written == name) for name in slopes}
    definitions = tuple(one for one in definitions if one.written not in slopes)
    own = own_names(definitions, names, frozenset(slopes))
    names = names.with_own(own)
    latest = tuple(latest_of(definitions, names, at))
    network, contradicted = network_of(base, latest, names, frozenset(own.values()), adopt)
    names = names.with_own({word: word for word in slopes})
    spellings = spellings_of(seen, names, network)
    assumed = tuple(
        (spelled[0], name)
        for name, spelled in spellings.items()
        if name in base.names and spelled[0] != name and (spelled[0], name) not in base.aliases
    )
    return Intended(
        network,
        names,
        spellings,
        assumed,
        frozenset(own.values()),
        contradicted,
        over_samples,
        beyond=frozenset(beyond),
        slopes=slopes,
        told=told,
        revised=tuple(revised_in(definitions, names, frozenset(own.values()))),
        unread=frozenset(_unread(statements, names, network, base.leaves)) - slopes.keys(),
        written=frozenset(name for word in seen if (name := names.find(word)) is not None),
        strangers=any(_has_strangers(one, names, network) for one in definitions),
        defined=frozenset(name for one in definitions if (name := names.find(one.written)) is not None),
    )


def alone(statements: tuple[Statement, ...], base: Network, products: frozenset[str], at: int = -1) -> Intended | None:
    """What a document means that defines a network of its own from its loss down; None where it defines none.

    Nothing is taken from the walkthrough, so z1, w2 and a1 are what the document says.
    """
    seen = _seen(statements)
    nothing = {key(word): "" for one in seen for word in (one, one.removeprefix("d")) if word and updated(word) is None}
    rates = {word: "" for word in nothing if (role_of(word) or ("",))[0] == "learning rate"}
    names = Spelled(base, {}, {word: "" for word in nothing if word not in rates}, products)
    definitions = tuple(definitions_in(statements, Open(names)))
    equations = {
        one.written: one.expression
        for one in reversed(tuple(latest_of(definitions, names, at)))
        if not one.expression.has(Partial) and symbol(one.written) not in one.expression.free_symbols
    }
    used = {s.name for body in equations.values() for s in body.free_symbols}
    losses = [name for name in equations if (role_of(name) or ("",))[0] == "loss" and name not in used]
    leaves = tuple(sorted(used - equations.keys()))
    if len(losses) != 1:
        return None
    try:
        network = make_network(equations.items(), inputs=(), targets=(), parameters=leaves, loss=losses[0])
    except DeriveError:
        return None
    names = Spelled(network, products=products)
    own = frozenset(equations)
    return Intended(
        network,
        names,
        spellings_of(seen, names, network),
        (),
        own,
        revised=tuple(revised_in(definitions, names, own)),
        unread=frozenset(_unread(statements, names, network)),
    )


def _seen(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Every word of the statements, once."""
    return tuple(
        dict.fromkeys(word for s in statements for m in s.members for word in re.findall(r"[^\W\d]\w*⁺?", m.text))
    )


def _unread(
    statements: Iterable[Statement], names: Spelled, network: Network, given: tuple[str, ...] = ()
) -> Iterator[str]:
    """Names whose definition stands in the document and cannot be read: a sum over indices, a function not known."""
    for statement in statements:
        written = statement.members[0].text.strip()
        if not WORD.match(written) or updated(written):
            continue
        name = names.find(written) or written
        itself = re.compile(rf"(?<![\w]){re.escape(written)}(?![\w])")
        told = [m.text for m in statement.members[1:] if re.search(r"[^\W\d]", m.text) and not itself.search(m.text)]
        if told and name not in network.definitions and name not in given:
            yield name
    for statement in statements:
        for member in statement.members:
            for word in _ABOVE.findall(member.text):
                for plain in {word, word.removeprefix("d")} - {""}:
                    above = names.find(plain)
                    if above is not None and above not in network.definitions and above not in given:
                        yield above  # ∂ŷ/∂z of a ŷ that is not defined: it depends on z all the same


def _has_strangers(one: Defined, names: Spelled, network: Network) -> bool:
    """Whether a definition of a name of the walkthrough uses a letter that means nothing there: z1 = w1*x."""
    known = names.find(one.written) in network.definitions
    return known and any(len(s.name) == 1 and names.find(s.name) is None for s in one.expression.free_symbols)


def _slopes(
    statements: Iterable[Statement], definitions: tuple[Defined, ...], names: Spelled, seen: tuple[str, ...]
) -> Iterator[tuple[str, Slope]]:
    """The document's names for derivatives, among its own quantities and the network's."""
    base = names.network
    own = {one.written: one.expression for one in definitions if names.find(one.written) is None}
    used = {s.name for body in own.values() for s in body.free_symbols}
    begun = frozenset(statement.members[0].text.strip() for statement in statements)
    errors = (n for n in base.definitions if (role_of(n) or ("",))[0] == "error")

    def find(word: str) -> str | None:
        return names.find(word) or (word if word in own or word in used else None)

    words = tuple(word for word in seen if names.resolve(word) is None)
    told = {
        statement.members[0].text.strip(): (find(match[1]), find(match[2]))
        for statement in statements
        if len(statement.members) > 1 and (match := _RATIO.fullmatch(statement.members[1].text.strip()))
    }
    for word, slope in slope_names(words, begun, find, frozenset((base.loss, *errors)), {**base.definitions, **own}):
        of, by = told.get(word, (slope.of, slope.by))  # dz = dL/dz says itself what it is
        if of is not None and by is not None and not (of in base.definitions and by in own):
            yield word, Slope(of, by, slope.alone)


def is_harmless(base: Network, name: str, intended: Intended) -> bool:
    """Whether a document's own definition is the walkthrough's but for a number before it, or another activation."""
    body, ours = intended.network.definitions[name], base.definitions[name]
    if isinstance(body, Elementary) and isinstance(ours, Elementary):
        return bool(body.args == ours.args)
    return bool((body.doit() / ours.doit()).is_number)
