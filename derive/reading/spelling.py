"""How people spell the quantities of a network: a_h1, act_h1, a_{h_1} and out_h1 are one; E_T, Etotal and E too."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from derive.network import Network
from derive.reading.vocabulary import cut

Role = tuple[str, str]
"""What a quantity is, and its number: ("hidden activation", "1")."""

_ACT = "out|a|act|activation|output|activated|sig|sigma|σ|s|y"
_NET = "net|z|in|sum|input|netinput|pre|s"
_HIDDEN_ACT = rf"(?:{_ACT}|o)h(\d+)|h(\d+)(?:out|a|act|activated|output)|(?:out|output)hidden(\d+)|hidden(\d+)out"
_OUTPUT_ACT = (
    rf"oy(\d+)|(?:{_ACT})o(\d+)|o(\d+)(?:out|a|act|activated|output)|(?:y|o)(\d+)hat|"
    r"(?:out|output|pred|ypred|yhat)y?(\d+)"
)
_ROWS: tuple[tuple[str, str], ...] = (
    (r"(?:w|weight|weights|wt)(\d+)", "weight"),
    (r"(?:b|bias|biases)(\d*)", "bias"),
    (r"(?:i|x|in|inp|input|inputs)(\d+)", "input"),
    (r"(?:t|target|targets|tgt|targ|actual|label|ytrue|desired|expected|ideal)(?:o|y|out)?(\d+)", "target"),
    (_HIDDEN_ACT, "hidden activation"),
    (rf"(?:{_NET})?h(\d+)|h(\d+)(?:net|in|z|sum)|(?:net|in)hidden(\d+)", "hidden input"),
    (_OUTPUT_ACT, "output activation"),
    (rf"(?:{_NET})?o(\d+)|o(\d+)(?:net|in|z|sum)|(?:net|z)y(\d+)", "output input"),
    (r"(?:e|err|error|errors|l|loss|c|cost|j)(?:o|y|out)?(\d+)|(?:e|error|loss)(?:aout|aouto|outo|ao)(\d+)", "error"),
    (
        r"[ELCJ]|(?:[elcj]|err|error|loss|cost)(?:t|tot|total|totale|sum|all)|err|error|loss|cost|total(?:e|err|error|loss|cost)|mse",
        "loss",
    ),
    (r"η|eta|α|alpha|lr|learningrate|ε|epsilon|γ|rate|λr|ℓr", "learning rate"),
    (r"(?:δ|delta)(?:net|z)?h(\d+)", "hidden delta"),
    (r"(?:δ|delta)(?:net|z)?(?:o|y)(\d+)", "output delta"),
)
LEARNING_RATE = "η"
DELTAS = {"hidden delta": "hidden input", "output delta": "output input"}
"""δ_o1 is the slope of the loss by what goes into output 1, where a document does not say otherwise."""
_ROLES = tuple((re.compile(pattern), role) for pattern, role in _ROWS)
_BETWEEN = (
    (re.compile(r"w(?:x|i)(\d)(?:h|z)(\d)"), "hidden input"),
    (re.compile(r"wh(\d)(?:o|y)(\d)"), "output input"),
)
_UPDATED = re.compile(
    r"(.*\w)(?:⁺|_?\(?new\)?|_?\(?updated\)?|_?next|')\Z|(?:new|updated)_?(\w+)\Z|(?:old)_?(\w+)\Z|(.*\w)_?old\Z"
)


@lru_cache(maxsize=65_536)
def key(written: str) -> str:
    """A name without its marks: `a_{h_1}`, `a_h1` and `aH1` are one."""
    plain = re.sub(r"[_{}\\\s,]", "", written)
    return plain if len(plain) == 1 else plain.casefold()


@lru_cache(maxsize=65_536)
def role_of(written: str) -> Role | None:
    """The role that a spelling alone tells, None where it tells none."""
    plain = key(written)
    for pattern, role in _ROLES:
        match = pattern.fullmatch(plain)
        if match:
            return role, next((group for group in match.groups() if group), "")
    return None


def updated(written: str) -> tuple[str, str] | None:
    """(`w5`, "new") for `w5⁺`, `w5_new` or `new_w5`; (`w5`, "old") for `old_w5`; None for any other name."""
    match = _UPDATED.match(written)
    if match is None:
        return None
    new = match.group(1) or match.group(2)
    return (new.rstrip("_"), "new") if new else ((match.group(3) or match.group(4)).rstrip("_"), "old")


@dataclass(frozen=True)
class Spelled:
    """The names of a network however they are spelled: exactly, without marks, or by their role.

    `own` are a document's further names by key; `by_key` says what the document's own definitions made of a spelling,
    "" where it stands for nothing of the network. `products` are words that are products of letters, wx for w*x.
    """

    network: Network
    own: Mapping[str, str] = field(default_factory=dict)
    by_key: Mapping[str, str] = field(default_factory=dict)
    products: frozenset[str] = frozenset()
    _table: dict[str, str] = field(init=False, repr=False, compare=False)
    _roles: dict[Role, str] = field(init=False, repr=False, compare=False)
    _memory: dict[str, tuple[str, ...] | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = (*self.network.leaves, *self.network.definitions)
        exact = {**{name: name for name in names}, **dict(self.network.aliases)}
        table = {**{key(name): target for name, target in exact.items()}, **exact, **self.by_key, **self.own}
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_roles", dict(_network_roles(self.network)))
        object.__setattr__(self, "_memory", {})

    def find(self, written: str) -> str | None:
        """The name that a spelling stands for, None where there is none."""
        plain = key(written)
        for found in (self.own.get(plain) or self.by_key.get(plain), self._table.get(written), self._table.get(plain)):
            if found is not None:
                return found or None
        return self.by_role(written) or self._updated(written)

    def _updated(self, written: str) -> str | None:
        """`w5⁺` and `w5_new` are the weight after the update, `w5_old` is the weight."""
        plain = updated(written)
        found = self.find(plain[0]) if plain is not None else None
        if plain is None or found not in (*self.network.parameters, *self.network.constants, *self.own.values()):
            return None
        return f"{found}⁺" if plain[1] == "new" else found

    def by_role(self, written: str) -> str | None:
        """The network's name for the role that a spelling tells."""
        role = role_of(written)
        if role is not None and role in self._roles:
            return self._roles[role]
        if role is not None and role[0] == "learning rate":
            return LEARNING_RATE
        change = re.match(r"[Δ∆]_?(\w+)\Z", written)
        if change is not None and self.find(change.group(1)) in (*self.network.parameters, *self.network.constants):
            return f"Δ_{self.find(change.group(1))}"
        if (
            role is not None
            and written.startswith(("δ_", "delta"))
            and role[0] in DELTAS
            and (DELTAS[role[0]], role[1]) in self._roles
        ):
            return f"δ_{self._roles[DELTAS[role[0]], role[1]]}"
        plain = key(written)
        for pattern, target in _BETWEEN:
            match = pattern.fullmatch(plain)
            node = self._roles.get((target, match.group(2))) if match else None
            if match and node is not None:
                return _weight_between(self.network, node, int(match.group(1)))
        return None

    def resolve(self, written: str) -> tuple[str, ...] | None:
        """The name, or the only product of names, that a word writes."""
        if written not in self._memory:
            found = self.find(written)
            self._memory[written] = (found,) if found is not None else self._product(written)
        return self._memory[written]

    def _product(self, written: str) -> tuple[str, ...] | None:
        """`w1i1`: every part must look like a name of its own, a letter with its number or an index."""
        if self.is_product(written):
            found = tuple(name for letter in written if (name := self.find(letter)) is not None)
            return found if len(found) == len(written) else None
        if not re.search(r"\d", written):
            return None
        return cut(written, lambda part: self.find(part) if re.search(r"\d\Z", part) else None)

    def is_product(self, written: str) -> bool:
        """Whether a word that is no name is a product of letters, wx for w*x."""
        return written in self.products

    def is_exactly(self, written: str) -> bool:
        """Whether a spelling is the network's own but for its marks."""
        return key(written) in self._table

    def is_rate(self, name: str) -> bool:
        """Whether a name is that of a learning rate."""
        return name == LEARNING_RATE

    def is_networks(self, name: str) -> bool:
        """Whether a name is the walkthrough's, not the document's own."""
        return name in self.network.names

    def with_own(self, own: Mapping[str, str], by_key: Mapping[str, str] | None = None) -> "Spelled":
        """The same with further names of the document's own."""
        return Spelled(self.network, {**self.own, **own}, {**self.by_key, **(by_key or {})}, self.products)

    @property
    def known(self) -> tuple[str, ...]:
        """Every name that a spelling can stand for, once."""
        return tuple(dict.fromkeys(name for name in self._table.values() if name))


def _network_roles(network: Network) -> Iterator[tuple[Role, str]]:
    for name in (*network.leaves, *network.definitions):
        role = ("loss", "") if name == network.loss else role_of(name)
        if role is not None:
            yield role, name


def _weight_between(network: Network, node: str, place: int) -> str | None:
    """The parameter on the place-th term of a node's weighted sum."""
    found = [name for name in network.by_name[node].parents if name in network.parameters]
    return found[place - 1] if 0 < place <= len(found) else None


def looks_like(written: str, spellings: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The names that a word writes with a sign that looks like the right one: a_01 for a_o1."""
    alike = key(written).translate(_LOOK_ALIKES)
    if role_of(written) is not None and not re.search("0", written):
        return ()
    return tuple(n for n, spelled in spellings.items() if any(key(s).translate(_LOOK_ALIKES) == alike for s in spelled))


def near(written: str, spellings: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The names that one slip of the pen makes the word: a letter doubled, lost or exchanged; the number stays."""
    plain = key(written).translate(_LOOK_ALIKES)
    if len(plain) < 3 or role_of(written) is not None:
        return ()
    first = plain[0]
    return tuple(
        name
        for name, spelled in spellings.items()
        if any(
            (first, plain[-1:]) == (other[:1], other[-1:]) and _one_edit(plain, other) for other in map(key, spelled)
        )
    )


_LOOK_ALIKES = str.maketrans({"0": "o", "¡": "i", "l": "1", "I": "1", "|": "1"})


def _one_edit(left: str, right: str) -> bool:
    """Whether one character inserted, left out or exchanged makes one word the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    shorter, longer = sorted((left, right), key=len)
    start = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return shorter[start:] == longer[start + 1 :] or (
        len(left) == len(right) and left[start + 1 :] == right[start + 1 :]
    )
