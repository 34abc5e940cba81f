"""What definitions tell of names whose spelling tells something else: h1 = σ(z1) makes h1 an activation."""

import re
from collections.abc import Iterator, Mapping

import sympy as sp

from derive.checking.defined import Defined
from derive.claim import Partial
from derive.network import Network
from derive.reading.spelling import Role, Spelled, key, role_of
from derive.rules import Elementary

NUMBERED = re.compile(r"(.*?)_?(\d+)\Z")


def by_structure(
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
        number = NUMBERED.match(name)
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
                told.setdefault(inside, (f"{layer} input", number.group(2)))  # a second σ of it is a slip
        elif inside is None and _is_weighted_sum(body, known, base, told):
            above = any(_kind(a.name, known, base, told) == "hidden activation" for a in body.free_symbols)
            layer = "output" if above else "hidden"
            if spelled is None or _role(spelled, base) != (f"{layer} input", number.group(2)):
                if spelled is not None and _has_both(seen, number.group(2)):
                    continue  # net_o1 is what it says, beside a net_h1
                told.setdefault(name, (f"{layer} input", number.group(2)))
    for beside, other in differences:
        number, target = NUMBERED.match(other), NUMBERED.match(beside)
        if number is None or target is None or target.group(2) != number.group(2):
            continue
        if _kind(other, known, base, told) == "output activation" and known.find(beside) is None:
            told.setdefault(key(beside), ("target", number.group(2)))  # (a_o1 - y1), where no loss is written out
    for one in found:
        if known.find(one.written) == base.loss or (role_of(one.written) or ("",))[0] in ("error", "loss"):
            told.update(_targets(one.expression, known, base, told))
    for name in _numbered_through(told, roles):
        del told[name]
        yield name, ""
    yield from _only(seen, known, base, {key(one.written) for one in found})
    layers = {NUMBERED.sub(r"\1", name): role for name, role in told.items() if role[0] == "output activation"}
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


def _numbered_through(told: Mapping[str, Role], roles: Mapping[Role, str]) -> tuple[str, ...]:
    """Names counted on from layer to layer, y1, y2 hidden and y3 the output: none is the walkthrough's."""
    stems = {NUMBERED.sub(r"\1", name) for name, role in told.items() if role[0] in _OUTPUTS and role not in roles}
    return tuple(name for name in told if NUMBERED.sub(r"\1", name) in stems)


_OUTPUTS = ("output activation", "output input")


def _only(seen: tuple[str, ...], known: Spelled, base: Network, defined: set[str]) -> Iterator[tuple[str, str]]:
    """A ŷ without a number is the one ŷ1 that a document has."""
    hats = {name for word in seen if re.fullmatch(r"y\d+hat", key(word)) and (name := known.find(word)) is not None}
    if "yhat" in map(key, seen) and "yhat" not in defined and len(hats) == 1 and hats <= base.definitions.keys():
        yield "yhat", hats.pop()


def _has_both(seen: tuple[str, ...], number: str) -> bool:
    """Whether a document names the inputs of both layers, net_h1 and net_o1."""
    roles = {role_of(word) for word in seen if "net" in key(word)}
    return {("hidden input", number), ("output input", number)} <= roles


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
            number = NUMBERED.match(other)
            beside = _kind(other, known, base, told) == "output activation"
            if beside and number and _kind(name, known, base, told) != "target":
                yield name, ("target", number.group(2))


def _extended(told: Mapping[str, Role], roles: Mapping[Role, str], seen: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The same for names of the same family: z3 the input of output 1 makes z4 that of 2, and z1 one of hidden 1."""
    words = {key(word) for word in seen}
    for name, (kind, number) in told.items():
        if (kind, number) in roles:
            yield name, roles[kind, number]
        match = NUMBERED.match(name)
        if match is None:
            continue
        offset = int(match.group(2)) - int(number)
        for word in words:
            other = NUMBERED.match(word)
            if other is None or other.group(1) != match.group(1) or word in told:
                continue
            count = int(other.group(2)) - offset
            role = (kind, str(count)) if count > 0 else ("hidden input", other.group(2))
            if role in roles and (count > 0 or kind == "output input"):
                yield word, roles[role]
