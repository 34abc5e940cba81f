"""The network that a document means: its own definitions, and the walkthrough for what it leaves undefined."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import sympy as sp
from msgspec import Struct, field
from msgspec.structs import replace

from derive.checking.naming import Slope, slope_names
from derive.claim import Partial
from derive.equality import Proved, decide
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network, make_network
from derive.reading.formula import read_over
from derive.reading.functions import FURTHER
from derive.reading.notation import SUBSCRIPTS
from derive.reading.repairs import TWO_READINGS, Scope
from derive.reading.spelling import Role, Spelled, key, looks_like, near, role_of, updated
from derive.reading.statements import FOREIGN, Statement
from derive.reading.tokens import Resolving
from derive.reading.tokens import word as pieces_of
from derive.rules import Elementary

_WORD = re.compile(r"[^\W\d]\w*⁺?\Z")
_NAME_LIKE = re.compile(r"\w*\d|\w+_\w+|[^\W\d_]{1,12}")
_NO_NAMES = frozenset(("d", "e", *FURTHER))
_RATIO = re.compile(r"\(?\s*[∂d]\s*([^\W\d]\w*)\s*\)?\s*/\s*\(?\s*[∂d]\s*([^\W\d]\w*)\s*\)?")
_ABOVE = re.compile(r"(?:∂\s*|(?<!\w)(?=d))\(?([^\W\d]\w*)\s*\)?\s*/\s*\(?\s*[∂d]")
_DIFFERENCE = re.compile(r"[(\[{]\s*([^\W\d]\w*)\s*-\s*([^\W\d]\w*)\s*[)\]}]")
_NUMBERED = re.compile(r"(.*?)_?(\d+)\Z")


class Defined(Struct, frozen=True):
    """`name = expression` as a document has it."""

    written: str
    expression: sp.Expr
    place: int = 0
    """Where it stands: several definitions of a chain stand at one place."""


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
        quantities = self.network.names
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


class _Open(Struct, frozen=True):
    """Known names, and every word that looks like a name as itself."""

    known: Spelled
    raw: bool = False

    def resolve(self, written: str) -> tuple[str, ...] | None:
        found = self.known.resolve(written)
        if found is not None and (len(found) > 1 or not self.raw):
            return found
        if found is None and self.known.find(written) is None and self.known.is_product(written):
            return tuple(key(one) if self.raw else self.known.find(one) or one for one in written)
        if found is not None or (_NAME_LIKE.fullmatch(written) and written not in _NO_NAMES):
            return (key(written) if self.raw else written,)
        return None


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
    if with_biases is not None and any(_biases(one) for one in _definitions(statements, _Open(known))):
        base = with_biases
        known = Spelled(base, products=products)
    seen = _seen(statements)
    found = tuple(_definitions(statements, _Open(known, raw=True)))
    by_key = dict(_by_structure(found, known, base, seen, tuple(_differences(statements))))
    names = known.with_own({}, by_key)
    beyond = dict(_beyond_reading(statements, seen, names))
    losses = {word for word in seen if key(word) in beyond and names.find(word) == base.loss}
    above = re.compile("|".join(rf"∂\s*\(?{re.escape(word)}\b" for word in losses)) if losses else None
    over_samples = above is not None and any(above.search(m.text) for s in statements for m in s.members)
    names = names.with_own({}, beyond)
    definitions = tuple(_definitions(statements, _Open(names)))
    alike = {name: (name, *(w for w in seen if names.find(w) == name)) for name in names.known}
    names = names.with_own({}, dict(_typed_alike(definitions, alike, names)))
    slopes = dict(_slopes(statements, definitions, names, seen))
    told = {name: tuple(one.expression for one in definitions if one.written == name) for name in slopes}
    definitions = tuple(one for one in definitions if one.written not in slopes)
    own = _own_names(definitions, names, frozenset(slopes))
    names = names.with_own(own)
    latest = tuple(_latest(definitions, names, at))
    network, contradicted = _network(base, latest, names, frozenset(own.values()), adopt)
    names = names.with_own({word: word for word in slopes})
    spellings = _spellings(seen, names, network)
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
        slopes=slopes,
        told=told,
        revised=tuple(_revised(definitions, names, frozenset(own.values()))),
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
    definitions = tuple(_definitions(statements, _Open(names)))
    equations = {
        one.written: one.expression
        for one in reversed(tuple(_latest(definitions, names, at)))
        if not one.expression.has(Partial) and symbol(one.written) not in one.expression.free_symbols
    }
    losses = [name for name in equations if (role_of(name) or ("",))[0] == "loss"]
    used = {s.name for body in equations.values() for s in body.free_symbols}
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
        _spellings(seen, names, network),
        (),
        own,
        revised=tuple(_revised(definitions, names, own)),
        unread=frozenset(_unread(statements, names, network)),
    )


def _seen(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Every word of the statements, once."""
    return tuple(
        dict.fromkeys(word for s in statements for m in s.members for word in re.findall(r"[^\W\d]\w*⁺?", m.text))
    )


def _latest(definitions: tuple[Defined, ...], names: Spelled, at: int) -> Iterator[Defined]:
    """The definitions, those first that hold at a place: of each name the last one up to there."""
    last: dict[str, int] = {}
    for one in definitions:
        if one.place <= at:
            last[names.find(one.written) or one.written] = one.place
    yield from (one for one in definitions if last.get(names.find(one.written) or one.written) == one.place)
    yield from (one for one in definitions if last.get(names.find(one.written) or one.written) != one.place)


def _revised(definitions: Iterable[Defined], names: Spelled, own: frozenset[str]) -> Iterator[int]:
    """The places where a name of the document's own gets another body than before."""
    before: dict[str, Defined] = {}
    for one in definitions:
        name = names.find(one.written) or one.written
        if name not in own or one.expression.has(Partial):
            continue
        last = before.get(name)
        if last is not None and last.place != one.place and last.expression.doit() != one.expression.doit():
            yield one.place
        if last is None or last.place != one.place:
            before[name] = one


def _unread(
    statements: Iterable[Statement], names: Spelled, network: Network, given: tuple[str, ...] = ()
) -> Iterator[str]:
    """Names whose definition stands in the document and cannot be read: a sum over indices, a function not known."""
    for statement in statements:
        written = statement.members[0].text.strip()
        if not _WORD.match(written) or updated(written):
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


def _beyond_reading(
    statements: Iterable[Statement], seen: tuple[str, ...], names: Spelled
) -> Iterator[tuple[str, str]]:
    """Spellings that the document defines by a sum over samples or the like, and never otherwise: they are not ours."""
    beyond: set[str] = set()
    read: set[str] = set()
    for statement in statements:
        written = statement.members[0].text.strip()
        name = names.find(written) if _WORD.match(written) else None
        if name in names.network.definitions and len(statement.members) > 1:
            foreign = any(FOREIGN.search(member.text) for member in statement.members[1:])
            if foreign:
                beyond.add(key(written))
            elif any(re.search(r"[^\W\d]", member.text) for member in statement.members[1:]):
                read.add(key(written))
    for word in seen:
        if key(word) in beyond - read:
            yield key(word), ""


def _biases(one: Defined) -> bool:
    """Whether a weighted sum has a bias."""
    roles = [(role_of(s.name) or ("",))[0] for s in one.expression.free_symbols]
    return one.expression.is_Add and "bias" in roles and "weight" in roles


def _definitions(statements: Iterable[Statement], names: Resolving) -> Iterator[Defined]:
    """Every `name = expression` whose name is one word and whose expression is more than a number."""
    for statement in statements:
        written = statement.members[0].text.strip()
        if not _WORD.match(written) or updated(written) or statement.lacks_equals:
            continue
        for member in statement.members[1:]:
            if _calls_unknown(member.text, names) or TWO_READINGS.search(member.text):
                continue
            try:
                expression = read_over(member.text, names)
            except DeriveError:
                continue
            if expression.free_symbols and not expression.is_Symbol:
                yield Defined(written, expression, statement.members[0].place(0))


def _calls_unknown(text: str, names: Resolving) -> bool:
    """Whether a text applies a function that no one knows: activation(h1)."""
    called = re.findall(r"(?<![\w\\])([A-Za-z]{2,}|[fgFGφψ])\(", text)
    return any(not (found := pieces_of(name, 0, names)) or found[0].kind == "NAME" for name in called)


def _differences(statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """(one name, the other) of each difference of two names in brackets, both ways round."""
    for statement in statements:
        for member in statement.members:
            text = "".join(SUBSCRIPTS.get(char, char) for char in member.text)
            for one, other in _DIFFERENCE.findall(text):
                yield one, other
                yield other, one


def _by_structure(
    found: tuple[Defined, ...],
    known: Spelled,
    base: Network,
    seen: tuple[str, ...],
    differences: tuple[tuple[str, str], ...] = (),
) -> Iterator[tuple[str, str]]:
    """What the definitions tell of names whose spelling tells something else: `h1 = σ(z1)` makes h1 an activation."""
    roles = {role: name for name in (*base.leaves, *base.definitions) if (role := _role(name, base)) is not None}
    told: dict[str, Role] = {}
    for one in found:
        name, body = key(one.written), one.expression
        number = _NUMBERED.match(name)
        if number is None:
            continue
        spelled = known.find(one.written)
        inside = _activated(body)
        if inside is not None and (spelled is None or _role(spelled, base) not in _ACTIVATIONS_OF(number.group(2))):
            layer = "output" if any(r in number.group(1) for r in ("o", "y")) else "hidden"
            told[name] = (f"{layer} activation", number.group(2))
            if known.find(inside) is None or _role(str(known.find(inside)), base) != (
                f"{layer} input",
                number.group(2),
            ):
                told[inside] = (f"{layer} input", number.group(2))
        elif inside is None and _is_weighted_sum(body, known, base, told):
            above = any(_kind(a.name, known, base, told) == "hidden activation" for a in body.free_symbols)
            layer = "output" if above else "hidden"
            if spelled is None or _role(spelled, base) != (f"{layer} input", number.group(2)):
                told.setdefault(name, (f"{layer} input", number.group(2)))
    for beside, other in differences:
        number, target = _NUMBERED.match(other), _NUMBERED.match(beside)
        if number is None or target is None or target.group(2) != number.group(2):
            continue
        if _kind(other, known, base, told) == "output activation" and known.find(beside) is None:
            told.setdefault(key(beside), ("target", number.group(2)))  # (a_o1 - y1), where no loss is written out
    for one in found:
        if known.find(one.written) == base.loss or (role_of(one.written) or ("",))[0] in ("error", "loss"):
            told.update(_targets(one.expression, known, base, told))
    layers = {_NUMBERED.sub(r"\1", name): role for name, role in told.items() if role[0] == "output activation"}
    kinds = [role[0] for word in seen if (role := role_of(word)) is not None]
    if "o" in layers and "hidden activation" not in kinds:
        told.setdefault("h1", ("hidden activation", "1"))  # o1 is an output's activation, so h1 is one too
    yield from _extended(told, roles, seen)
    defined = {key(one.written) for one in found}
    yield from ((name, "") for name, _ in _labels(seen, told) if name not in defined)
    bare = {word.removeprefix("d") for word in seen} | set(seen)
    losses = {key(word) for word in bare if word and known.find(word) == base.loss}
    if any(len(name) > 1 or name == "E" for name in losses):
        yield from ((name, "") for name in losses if name in ("L", "C", "J"))  # the loss has another name here
    for one in found:
        spelled = known.find(one.written)
        strange = any(known.find(s.name) is None and role_of(s.name) is None for s in one.expression.free_symbols)
        letter = spelled == base.loss and len(key(one.written)) == 1
        if letter and strange and not known.is_exactly(one.written):
            yield key(one.written), ""  # J = L + s is another loss than ours


def _labels(seen: tuple[str, ...], told: Mapping[str, Role]) -> Iterator[tuple[str, str]]:
    """Where net_h1 and out_h1 are both written, a bare h1 is the neuron, and no quantity."""
    spelled: dict[Role, set[str]] = {}
    for word in seen:
        role = role_of(word)
        if role is not None:
            spelled.setdefault(role, set()).add(key(word))
    for (kind, number), words in spelled.items():
        layer = kind.removesuffix(" input")
        bare = {word for word in words if word in (f"h{number}", f"o{number}")}
        if kind.endswith(" input") and words - bare and (f"{layer} activation", number) in spelled:
            for word in bare - told.keys():
                yield word, ""


def _ACTIVATIONS_OF(number: str) -> tuple[Role, Role]:  # noqa: N802
    return ("hidden activation", number), ("output activation", number)


def _role(name: str, base: Network) -> Role | None:
    return ("loss", "") if name == base.loss else role_of(name)


def _kind(name: str, known: Spelled, base: Network, told: Mapping[str, Role]) -> str:
    if name in told:
        return told[name][0]
    found = known.find(name)
    role = _role(found, base) if found else role_of(name)
    return role[0] if role else ""


def _activated(body: sp.Expr) -> str | None:
    """x where a body is σ(x), tanh(x), … or 1/(1 + exp(-x)) of one name."""
    if isinstance(body, Elementary) and body.args[0].is_Symbol:
        return str(body.args[0].name)
    names = body.free_symbols
    if len(names) == 1 and body.has(sp.exp) and not body.has(Partial):
        (only,) = names
        if body.doit() == (1 / (1 + sp.exp(-only))):
            return str(only.name)
    return None


def _is_weighted_sum(body: sp.Expr, known: Spelled, base: Network, told: Mapping[str, Role]) -> bool:
    if not body.is_Add or body.has(Partial):
        return False
    kinds = {_kind(s.name, known, base, told) for s in body.free_symbols}
    return "weight" in kinds and bool(kinds & {"input", "hidden activation", "hidden input"})


def _targets(body: sp.Expr, known: Spelled, base: Network, told: Mapping[str, Role]) -> Iterator[tuple[str, Role]]:
    """In ½(y1 - a_o1)² what stands beside an output's activation is its target."""
    for power in body.atoms(sp.Pow):
        if power.exp != 2 or not power.base.is_Add or len(power.base.free_symbols) != 2:
            continue
        for name, other in (
            (a.name, b.name) for a in power.base.free_symbols for b in power.base.free_symbols if a != b
        ):
            number = _NUMBERED.match(other)
            beside = _kind(other, known, base, told) == "output activation"
            if beside and number and _kind(name, known, base, told) != "target":
                yield name, ("target", number.group(2))


def _extended(told: Mapping[str, Role], roles: Mapping[Role, str], seen: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The same for names of the same family: z3 the input of output 1 makes z4 that of 2, and z1 one of hidden 1."""
    words = {key(word) for word in seen}
    for name, (kind, number) in told.items():
        if (kind, number) in roles:
            yield name, roles[kind, number]
        match = _NUMBERED.match(name)
        if match is None:
            continue
        offset = int(match.group(2)) - int(number)
        for word in words:
            other = _NUMBERED.match(word)
            if other is None or other.group(1) != match.group(1) or word in told:
                continue
            count = int(other.group(2)) - offset
            role = (kind, str(count)) if count > 0 else ("hidden input", other.group(2))
            if role in roles and (count > 0 or kind == "output input"):
                yield word, roles[role]


def _typed_alike(
    definitions: Iterable[Defined], spellings: Mapping[str, tuple[str, ...]], names: Spelled
) -> Iterator[tuple[str, str]]:
    """A document that defines a_01 means a_o1 by it throughout."""
    for one in definitions:
        found = looks_like(one.written, spellings) if names.find(one.written) is None else ()
        if len(found) == 1:
            yield key(one.written), found[0]


def _own_names(definitions: Iterable[Defined], names: Spelled, slopes: frozenset[str]) -> dict[str, str]:
    """Names that only the document has: what it defines, and what these definitions use; typing errors are none."""
    definitions = tuple(definitions)
    spellings = {name: (name,) for name in names.known}
    defined = {one.written: one.written for one in definitions if names.find(one.written) is None}
    used = (
        s.name
        for one in definitions
        for s in one.expression.free_symbols
        if one.written in defined or (role_of(s.name) or ("",))[0] == "bias"
    )
    seen = tuple(dict.fromkeys(chain(defined, used)))
    written = {**{word: (word,) for word in seen if names.find(word) is not None}, **spellings}
    own: dict[str, str] = {}
    keys: set[str] = set()
    for word in seen:
        if names.resolve(word) is not None or key(word) in keys or word in slopes:
            continue
        if word not in defined and (looks_like(word, spellings) or near(word, written)):
            continue  # one slip away from a name as the document spells it elsewhere
        own[word] = word
        keys.add(key(word))
    return {**own, **{key(word): name for word, name in own.items()}}


def _network(
    base: Network, definitions: Iterable[Defined], names: Spelled, own: frozenset[str], adopt: frozenset[str]
) -> tuple[Network, tuple[tuple[str, ...], ...]]:
    """The walkthrough's network with what the document adds: biases, another numbering of weights, nodes of its own."""
    found: dict[str, list[sp.Expr]] = {}
    for one in definitions:
        name = names.find(one.written)
        if name is not None:
            found.setdefault(name, []).append(one.expression)
    numbered = _renumbered(base, found)
    equations = dict(base.definitions)
    contradicted: dict[str, list[str]] = {}
    for name, bodies in found.items():
        if name not in base.definitions:
            continue
        agreed = next((b for b in bodies if _agrees(base, name, b, own, numbered)), None)
        if agreed is not None:
            equations[name] = agreed
        elif not bodies[0].has(Partial):
            contradicted.setdefault(_family(name), []).append(name)
            if name in adopt:
                equations[name] = bodies[0]
                equations.update(_siblings(base, name, bodies[0], found))
    for name, bodies in found.items():
        body = bodies[0]
        if name in own and not body.has(Partial) and symbol(name) not in body.free_symbols:
            equations[name] = body
    return _made(base, equations, own), tuple(tuple(names) for names in contradicted.values())


def _family(name: str) -> str:
    match = _NUMBERED.match(name)
    return match.group(1) if match else name


def _siblings(
    base: Network, name: str, body: sp.Expr, found: Mapping[str, list[sp.Expr]]
) -> Iterator[tuple[str, sp.Expr]]:
    """What a document's own definition of E1 makes of an E2 that it leaves undefined."""
    ours = base.by_name[name]
    for other in base.nodes:
        if other.name == name or other.name in found or _family(other.name) != _family(name):
            continue
        if len(other.parents) == len(ours.parents) and body.free_symbols <= {symbol(p) for p in ours.parents}:
            moved = dict(zip(map(symbol, ours.parents), map(symbol, other.parents), strict=True))
            yield other.name, body.xreplace(moved)


def is_harmless(base: Network, name: str, intended: Intended) -> bool:
    """Whether a document's own definition is the walkthrough's but for a number before it, or another activation."""
    body, ours = intended.network.definitions[name], base.definitions[name]
    if isinstance(body, Elementary) and isinstance(ours, Elementary):
        return bool(body.args == ours.args)
    return bool((body.doit() / ours.doit()).is_number)


def _made(base: Network, equations: dict[str, sp.Expr], own: frozenset[str]) -> Network:
    """The network of the equations; those of the document's own names that make no sense together are left out."""
    while True:
        used = {s.name for body in equations.values() for s in body.free_symbols} | own
        leaves = tuple(sorted(n for n in used if n not in equations and n not in base.names))
        try:
            return make_network(
                equations.items(),
                inputs=base.inputs,
                targets=base.targets,
                parameters=base.parameters,
                constants=(*base.constants, *leaves),
                loss=base.loss,
                aliases=tuple((a, n) for a, n in base.aliases if a not in equations and a not in leaves),
            )
        except DeriveError:
            doubtful = [name for name in equations if name in own]
            if not doubtful:
                return base
            del equations[doubtful[-1]]


def _agrees(base: Network, name: str, body: sp.Expr, own: frozenset[str], numbered: bool) -> bool:
    """Whether a document's definition of a node is the walkthrough's, but for a bias or its numbering of weights."""
    if body.has(Partial):
        return False
    biases = {s: 0 for s in body.free_symbols if s.name in own and (role_of(s.name) or ("",))[0] == "bias"}
    bare = body.xreplace(biases) if biases else body
    if isinstance(decide(bare, base.definitions[name], definitions=_up_to(base, name)), Proved):
        return True
    return numbered and _weights(bare, base) is not None and _weights(base.definitions[name], base) is not None


def _up_to(base: Network, name: str) -> dict[str, sp.Expr]:
    """The definitions below a node."""
    below: dict[str, sp.Expr] = {}
    for node in base.nodes:
        if node.name == name:
            break
        below[node.name] = node.expression
    return below


def _renumbered(base: Network, found: Mapping[str, list[sp.Expr]]) -> bool:
    """Whether the document numbers the weights in another way throughout: its numbers are a permutation of ours."""
    changed: dict[str, str] = {}
    for name, bodies in found.items():
        if name not in base.definitions:
            continue
        ours = _weights(base.definitions[name], base)
        theirs = _weights(bodies[0], base)
        if ours is None or theirs is None:
            continue
        if set(ours) != set(theirs):
            return False
        for source, weight in theirs.items():
            if changed.setdefault(weight, ours[source]) != ours[source]:
                return False
    return sorted(changed) == sorted(changed.values()) and any(a != b for a, b in changed.items())


def _weights(body: sp.Expr, base: Network) -> dict[str, str] | None:
    """Source to weight in a weighted sum; None for any other expression."""
    terms = body.doit()
    found: dict[str, str] = {}
    for term in terms.args if terms.is_Add else (terms,):
        names = [f.name for f in term.args if f.is_Symbol] if term.is_Mul else [term.name] if term.is_Symbol else []
        weights = [n for n in names if n in base.parameters]
        if term.is_Mul and len(term.args) == 2 and len(names) == 2 and len(weights) == 1:
            (source,) = (n for n in names if n not in weights)
            if source in found:
                return None
            found[source] = weights[0]
        elif not (term.is_Symbol and (role_of(term.name) or ("",))[0] == "bias"):
            return None
    return found or None


def _spellings(seen: tuple[str, ...], names: Spelled, network: Network) -> dict[str, tuple[str, ...]]:
    """Name to the ways in which the document writes it, the first one first; a name never written is imagined."""
    found: dict[str, list[str]] = {name: [] for name in (*network.leaves, *network.definitions)}
    for word in seen:
        name = names.find(word)
        if name in found and word not in found[name]:
            found[name].append(word)
    families: dict[str, str] = {}
    for sibling, written in found.items():
        shown = _NUMBERED.match(written[0]) if written else None
        other = _NUMBERED.match(sibling)
        if shown and other and not re.search(r"\d", shown.group(1)) and shown.group(2) == other.group(2):
            families.setdefault(other.group(1), written[0][: -len(other.group(2))])
    return {name: tuple(written) or (_imagined(name, families),) for name, written in found.items()}


def _imagined(name: str, families: Mapping[str, str]) -> str:
    """How the document would write a name that it never writes: as it writes the name's sibling, out_h1 for out_h2."""
    match = _NUMBERED.match(name)
    if match is None or match.group(1) not in families:
        return name
    return families[match.group(1)] + match.group(2)
