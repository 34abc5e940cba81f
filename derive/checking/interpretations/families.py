"""What is defined for every index, h_t = tanh(a_t), at the indices that a document uses: h_2 = tanh(a_2)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.equations import Stated
from derive.checking.exchange import exchanged
from derive.checking.interpretations.definitions import Definition
from derive.checking.interpretations.naming import Naming
from derive.formulas.syntax import Node
from derive.names import symbol

Versions = Mapping[str, tuple[Definition, ...]]
_NUMBERED = re.compile(r"([^\W\d_]+)(\d)\Z")


class Index(Struct, frozen=True):
    """One index of a name: t - 1 as its letter and what is added to it; a number has no letter."""

    letter: str
    shift: int

    def put(self, places: "Mapping[str, Index]") -> "Index":
        """This index with others in the place of letters."""
        at = places.get(self.letter)
        return self if at is None else Index(at.letter, at.shift + self.shift)

    def __str__(self) -> str:
        return f"{self.letter}{self.shift:+d}" if self.letter and self.shift else self.letter or str(self.shift)


class Indexed(Struct, frozen=True):
    """A name as its letter and its indices, above and below."""

    base: str
    above: tuple[Index, ...]
    below: tuple[Index, ...]

    def put(self, places: Mapping[str, Index]) -> "Indexed":
        """This name with indices in the place of letters."""
        above, below = (tuple(index.put(places) for index in slots) for slots in (self.above, self.below))
        return Indexed(self.base, above, below)

    @property
    def indices(self) -> tuple[Index, ...]:
        """All of them."""
        return (*self.above, *self.below)

    @property
    def letters(self) -> frozenset[str]:
        """The letters of its indices."""
        return frozenset(index.letter for index in self.indices if index.letter)

    def at(self, other: "Indexed") -> Mapping[str, Index] | None:
        """What stands in another name where letters stand in this one; None where the two differ elsewhere."""
        if (self.base, len(self.above), len(self.below)) != (other.base, len(other.above), len(other.below)):
            return None
        pairs = zip(self.indices, other.indices, strict=True)
        places = {here.letter: Index(there.letter, there.shift - here.shift) for here, there in pairs if here.letter}
        return places if self.put(places) == other else None

    def __str__(self) -> str:
        above, below = (",".join(map(str, slots)) for slots in (self.above, self.below))
        below = below if len(below) == 1 else f"{{{below}}}"
        return (f"{self.base}_{below}" if self.below else self.base) + (f"^({above})" if above else "")


class Law(Struct, frozen=True):
    """A definition for every index: its name, and the letters for which others may stand."""

    name: Indexed
    definition: Definition
    letters: frozenset[str]

    def at(self, other: Indexed, is_differentiated: bool) -> Mapping[str, Index] | None:
        """What stands for its letters in another name: numbers; another step, t - 1, where that name is differentiated,
        else texts hold it fixed, h_{t-1} in ∂c_t/∂c_{t-1} = f_t.
        """
        places = self.name.at(other)
        if places is None:
            return None
        moved = {letter: index for letter, index in places.items() if index != Index(letter, 0)}
        is_known = all(not i.letter or (is_differentiated and i.letter == letter) for letter, i in moved.items())
        return places if moved and is_known and moved.keys() <= self.letters else None

    def is_recurrent(self, names: Mapping[str, Indexed]) -> bool:
        """Whether it rests on an earlier step, h_{t-1}."""
        return any(index.shift < 0 for name in self.definition.below & names.keys() for index in names[name].indices)


class Families(Struct, frozen=True):
    """The definitions that a document uses at other indices than it writes them, by name, and the numbers with which
    they begin: h_0 = 0 is not what h_t = tanh(a_t) says for t = 0.
    """

    instances: Mapping[str, tuple[Definition, ...]]
    begins: Mapping[str, sp.Expr]


def families(naming: Naming, versions: Versions) -> Families:
    """What the definitions of a document say at further indices."""
    instances: dict[str, tuple[Definition, ...]] = {}
    begins: dict[str, sp.Expr] = {}
    names = dict(indexed_names(naming.claims))
    keys = {indexed: name for name, indexed in names.items()}
    alone = frozenset(name for one in naming.claims for name in one.names - names.keys())
    laws = [
        Law(names[name], found[0], _letters(found[0], names) - alone)
        for name, found in versions.items()
        if name in names and names[name].letters and len(found) == 1
        if found[0].variables is None and found[0].claim >= 0
    ]
    numbers, used = _numbers(naming), frozenset(index for indexed in keys for index in indexed.indices)
    differentiated = {p.of.name for _, e in naming.plainest() for p in e.partials if p.of.is_Symbol}
    waiting = sorted(names.keys() - versions.keys()) if laws else []
    while waiting:
        name = waiting.pop()
        placed = ((law, at) for law in laws if (at := law.at(names[name], name in differentiated)) is not None)
        law, places = next(placed, (None, {}))
        if law is None or name in instances:
            continue
        moved = {other: names[other].put(places) for other in law.definition.below & names.keys()}
        is_first = all(not index.letter and index.shift <= 0 for index in places.values()) and law.is_recurrent(names)
        if is_first or (name in numbers and not all(indexed in keys for indexed in moved.values())):
            begins.update({name: numbers[name]} if name in numbers else {})
            continue
        for indexed in moved.values():  # what stands between two of the document's names: z_2 of s_2 and s_1
            if indexed not in keys and used.issuperset(indexed.indices):
                keys[indexed] = str(indexed)
                names[str(indexed)] = indexed
                waiting.append(str(indexed))
        table: dict[sp.Basic, sp.Expr] = {
            symbol(other): symbol(keys.get(indexed, str(indexed))) for other, indexed in moved.items()
        }
        moved_to = replace(law.definition, name=name, expression=exchanged(law.definition.expression, table))
        instances[name] = (moved_to,)
    return Families(MappingProxyType(instances), MappingProxyType(begins))


def like(names: Mapping[str, Indexed], laws: Iterable[str]) -> frozenset[str]:
    """The names that are others at further indices, u_{o,t-1} of u_{kt}."""
    patterns = [names[law] for law in laws if law in names and names[law].letters]
    return frozenset(name for name, indexed in names.items() if any(law.at(indexed) for law in patterns))


def _letters(definition: Definition, names: Mapping[str, Indexed]) -> frozenset[str]:
    """The letters for which a definition says something: those of the names that it uses."""
    return frozenset(letter for name in definition.below & names.keys() for letter in names[name].letters)


def _numbers(naming: Naming) -> Mapping[str, sp.Expr]:
    """The names that are said to be a number, h_0 = 0, and the number."""
    plain = (e for one in naming.claims if one.begins and not one.is_worked_out for e in one.plainest)
    return {e.left.name: e.right for e in plain if e.left.is_Symbol and e.right.is_number}


def indexed_names(claims: Sequence[Stated]) -> dict[str, Indexed]:
    """Every name that has indices, as it is first written; h1 may be h_1."""
    nodes = {name: node for one in reversed(claims) for name, node in one.written.items()}
    found = ((name, _indexed(node)) for name, node in nodes.items())
    return {name: indexed for name, indexed in found if indexed is not None}


def _indexed(name: Node) -> Indexed | None:
    """A name's indices; None where it has none, or what is none: a word, a sum of other things."""
    if not name.scripts:
        match = _NUMBERED.match(name.value)
        return None if match is None else Indexed(match[1], (), (Index("", int(match[2])),))
    slots = {script.kind: [i for part in script.parts for i in _indices(part)] for script in name.scripts}
    if any(index is None for found in slots.values() for index in found):
        return None
    above, below = (tuple(i for i in slots.get(kind, ()) if i is not None) for kind in ("above", "below"))
    return Indexed(name.base, above, below)


def _indices(part: Node) -> Iterator[Index | None]:
    """The indices of a slot: the letters of ij, the digits of 12, or l + 1."""
    if part.kind == "number" and part.value.isdigit():
        yield from (Index("", int(digit)) for digit in part.value)
    elif part.kind == "name" and part.value.isalpha():
        yield from (Index(letter, 0) for letter in part.value)
    elif part.kind == "sum" and len(part.parts) == 2 and part.parts[0].kind == "name":
        step = part.parts[1]
        sign, number = (-1, step.parts[0]) if step.kind == "negative" else (1, step)
        known = number.kind == "number" and number.value.isdigit() and len(part.parts[0].value) == 1
        yield Index(part.parts[0].value, sign * int(number.value)) if known else None
    else:
        yield None
