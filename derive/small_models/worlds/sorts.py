"""What the indices of a document run over: letters and slots that must be of one sort, and how large sorts may be."""

from collections.abc import Container, Mapping
from itertools import product as every

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation import Signs
from derive.small_models.notation.slots import KRONECKER, base_of, place_of, slots_of
from derive.small_models.worlds.dimensions import size_of
from derive.small_models.worlds.sides import Claims, first_readings

_FEWEST = 2
"""So many names with an index each term of a sum has that is written out."""
LAYERS = 3
"""So many layers a network has here, or as many as a number above a name says."""
Key = tuple[str, ...]
"""A letter in a claim, `("letter", "3", "i")`, or a slot, `("slot", "w", "below", "0")`."""


class Sorts(Struct, frozen=True):
    """The sort of every letter of a claim and of every slot; sorts that count layers; sizes that the text fixes."""

    of: Mapping[Key, str]
    counted: frozenset[str]
    fixed: Mapping[str, int]
    named: Mapping[str, str]
    """The names that are sizes, each with its sort."""
    arity: Mapping[str, int]
    """How many slots below each base has."""
    least: Mapping[str, int]
    """The largest number that stands in a slot of each sort; where it counts from 0, one more."""
    from_zero: frozenset[str] = frozenset()
    """The sorts that are counted from 0: p_0, p_1 and z_0, z_1, of all names that have an index of the sort."""

    @property
    def top(self) -> int:
        """The number of the last layer."""
        numbered = (size for sort, size in self.least.items() if sort in self.counted)
        return max(LAYERS, *numbered, 0) if self.counted else 0

    def letter(self, claim: int, letter: str) -> str:
        """The sort of a letter in a claim."""
        return self.of.get(_letter(claim, letter), f"?{letter}")

    def has_letter(self, claim: int, letter: str) -> bool:
        """Whether a letter is an index in a claim."""
        return _letter(claim, letter) in self.of

    def slot(self, base: str, kind: str, place: int) -> str:
        """The sort of a slot."""
        return self.of.get(_slot(base, kind, place), f"?{base}{kind}{place}")

    def below(self, base: str) -> tuple[str, ...]:
        """The sorts of all slots below a base."""
        return tuple(self.slot(base, "below", place) for place in range(self.arity.get(base, 0)))

    def above(self, base: str) -> tuple[str, ...]:
        """The sorts of all slots above a base; a^(1), whose number is a part of its name, has none."""
        return tuple(self.slot(base, "above", place) for place in range(len(base) - len(base.rstrip("^"))))

    def layers(self, base: str) -> tuple[tuple[int, ...], ...]:
        """All layers of a base, each by the numbers above it that count layers; one without any where none does."""
        return tuple(every(range(self.top + 1), repeat=sum(sort in self.counted for sort in self.above(base))))

    def merged(self, table: Mapping[str, str]) -> "Sorts":
        """With the sorts that a table finds to be one."""
        return replace(
            self,
            of={key: table.get(sort, sort) for key, sort in self.of.items()},
            counted=frozenset(table.get(sort, sort) for sort in self.counted),
            fixed={table.get(sort, sort): size for sort, size in self.fixed.items()}
            | {sort: size for sort in table.values() if (size := size_of(sort)) is not None},
            named={name: table.get(sort, sort) for name, sort in self.named.items()},
            least={table.get(sort, sort): value for sort, value in self.least.items()},
            from_zero=frozenset(table.get(sort, sort) for sort in self.from_zero),
        )


def _letter(claim: int, letter: str) -> Key:
    return "letter", str(claim), letter


def _slot(base: str, kind: str, place: int) -> Key:
    return "slot", base, kind, str(place)


def sorts_of(claims: Claims, signs: Signs) -> Sorts:
    """Letters and slots joined wherever a letter stands in a slot."""
    joining = _Joining(signs, _defines_delta(claims))
    for number, sides in first_readings(claims):
        if sides.left.kind == "name" and not sides.left.scripts and sides.right.kind == "list":
            joining.list(sides.left, sides.right)
        for node in sides.walk():
            if node.kind == "name" and node.scripts:
                joining.name(number, node)
            elif node.kind == "sums":
                joining.sum(number, node)
            elif node.kind == "sum" and sides.left.kind == "name":  # another line may have left out a term
                joining.terms(node)
            elif node.kind == "condition" and len(node.parts) == 2:
                one, other = node.parts
                if one.kind == other.kind == "name" and {one.value, other.value} <= signs.indices:
                    joining.join(_letter(number, one.value), _letter(number, other.value))
    return joining.sorts()


def _defines_delta(claims: Claims) -> bool:
    """Whether the document defines a δ_ij of its own; δ_ij = 1 only tells the Kronecker delta again."""
    return any(
        sides.left.kind == "name"
        and base_of(sides.left) == KRONECKER
        and len(slots_of(sides.left)[1]) == 2
        and sides.right.kind != "number"
        for _, sides in first_readings(claims)
    )


class _Joining:
    """Classes of letters and slots (union and find), and what was seen of each on the way."""

    def __init__(self, signs: Signs, has_own_delta: bool) -> None:
        self.signs, self.has_own_delta = signs, has_own_delta
        self.parent: dict[Key, Key] = {}
        self.counted: dict[Key, None] = {}
        self.numbers: list[tuple[Key, int]] = []
        self.arity: dict[str, int] = {}
        self.sizes: dict[str, Key] = {}
        self.fixed: list[tuple[Key, int]] = []
        self.written: dict[Key, set[int]] = {}
        self.seen: dict[str, int] = {}
        """The last claim in which each letter stands below or above a name."""
        self.bracketed: set[Key] = set()
        """The slots in brackets, as programs count: from 0 where any of them does."""

    def find(self, key: Key) -> Key:
        """What stands for a class."""
        self.parent.setdefault(key, key)
        while self.parent[key] != key:
            self.parent[key] = self.parent[self.parent[key]]
            key = self.parent[key]
        return key

    def join(self, one: Key, other: Key) -> None:
        """Two classes made one."""
        self.parent[self.find(one)] = self.find(other)

    def sort(self, key: Key) -> str:
        """The sort of a class."""
        return "/".join(self.find(key))

    def name(self, claim: int, node: Node) -> None:
        """A letter in a slot is of the slot's sort; both letters of a Kronecker delta are of one."""
        base, (above, below) = base_of(node), slots_of(node)
        is_delta = node.value == KRONECKER and len(below) == 2 and not above and not self.has_own_delta
        if not is_delta:
            self.arity[base] = max(self.arity.get(base, 0), len(below))
        letters = []
        is_bracketed = any(script.order for script in node.scripts)
        for kind, indices in (("above", above), ("below", below)):
            for place, index in enumerate(indices):
                (letter, shift), slot = place_of(index), _slot(base, kind, place)
                self.bracketed.update([slot] if is_bracketed else ())
                if letter in self.signs.tops:
                    self.counted[slot] = None
                elif not letter:
                    self.numbers.append((slot, shift))
                else:
                    letters.append(_letter(claim, letter))
                    self.seen[letter] = claim
                    if not is_delta:
                        self.join(slot, letters[-1])
                    if shift:
                        self.counted[letters[-1]] = None
        if is_delta and len(letters) == 2:
            self.join(*letters)

    def list(self, name: Node, values: Node) -> None:
        """x = (1, 2, 4) has as many entries as it has values; j = 1, 2, 3 behind a_j tells how many there are."""
        numbers = [value.value for value in values.parts if value.kind == "number"]
        if name.value in self.seen and numbers == [str(n) for n in range(1, len(values.parts) + 1)]:
            self.fixed.append((_letter(self.seen[name.value], name.value), len(numbers)))
        elif all(value.kind in ("number", "negative") for value in values.parts):
            self.fixed.append((_slot(base_of(name), "below", 0), len(values.parts)))

    def sum(self, claim: int, node: Node) -> None:
        """What the limits of a sum tell: ∑_{j≠i} has two letters of one sort, and the upper limit is a size."""
        limits = [part for part in node.parts[:-1] if part.kind == "limit"]
        if not limits or not limits[0].parts[0].value:
            return
        letter = _letter(claim, limits[0].parts[0].value)
        if limits[0].value == "≠" and len(limits[0].parts) > 1:
            self.join(letter, _letter(claim, limits[0].parts[1].value))
        if len(limits) == 1:
            return
        end = limits[1].parts[0]
        if end.kind == "number":
            self.fixed.append((letter, int(end.value) if end.value.isdigit() else 0))
        elif not end.scripts:
            if end.value in self.sizes:
                self.join(self.sizes[end.value], letter)
            self.sizes[end.value] = letter

    def terms(self, node: Node) -> None:
        """w_1 x_1 + w_2 x_2, term by term, is a sum to 2; z_1 + z_2 may be of some entries."""
        numbers: dict[Key, list[int]] = {}
        for term in node.parts:
            if len({base_of(name) for name in term.walk() if name.kind == "name" and name.scripts}) < _FEWEST:
                continue
            found = {(_slot(base_of(name), "below", place), index)
                     for name in term.walk() if name.kind == "name" and name.scripts
                     for place, index in enumerate(map(place_of, slots_of(name)[1]))}
            for slot, (letter, number) in found:
                numbers.setdefault(slot, []).append(0 if letter else number)
        for slot, several in numbers.items():
            if len(several) > 1 and sorted(several) == [*range(1, len(several) + 1)]:
                self.written.setdefault(slot, set()).add(len(several))

    def sorts(self) -> Sorts:
        """What came of it; a sort counts layers where a letter is shifted or ends them, or a number stands above."""
        of = {key: self.sort(key) for key in [*self.parent, *(key for key, _ in self.numbers), *self.counted]}
        above = {sort for key, sort in of.items() if key[0] == "slot" and key[2] == "above"}
        layers = {of[key] for key in of if key[0] == "letter" and key[2] in self.signs.layers}
        counted = {of[key] for key in self.counted} | {of[k] for k, _ in self.numbers if k[2] == "above"}
        counted |= layers & above
        from_zero = self._from_zero(of) - counted
        least: dict[str, int] = {}
        for key, value in self.numbers:
            least[of[key]] = max(least.get(of[key], 0), value + (of[key] in from_zero))
        return Sorts(
            of,
            frozenset(counted),
            self._told_sizes(of, counted, least),
            {name: self.sort(key) for name, key in self.sizes.items()},
            self.arity,
            least,
            frozenset(from_zero),
        )

    def _told_sizes(self, of: Mapping[Key, str], counted: Container[str], least: Mapping[str, int]) -> dict[str, int]:
        """The sizes that sums tell by their limits or, of what no other number stands below and no limit is named, by
        their terms.
        """
        sizes: dict[str, set[int]] = {}
        for slot, several in self.written.items():
            sizes.setdefault(of[slot], set()).update(several)
        for sort in {of[slot] for slot in self.bracketed}:
            keys = {key for key in of if of[key] == sort}
            if keys <= self.bracketed and {value for key, value in self.numbers if key in keys} == {0}:
                sizes[sort] = {1}  # W[0, 0], W[1, 0]: one column
        named = {self.sort(key) for key in self.sizes.values()}
        written = {sort: max(several) for sort, several in sizes.items()
                   if several == {least[sort]} and sort not in named and sort not in counted}
        return written | {self.sort(key): size for key, size in self.fixed}

    def _from_zero(self, of: Mapping[Key, str]) -> set[str]:
        """The sorts of which every slot has a 0 and a 1 somewhere: of a w_0 beside ∑ w_i x_i, x has none."""
        slots = [key for key in of if key[0] == "slot"]
        numbers = {key: {value for other, value in self.numbers if other == key} for key in slots}
        programmed = self.bracketed if any(0 in numbers[key] for key in self.bracketed) else set()
        others = {key for key in slots if not {0, 1} <= numbers[key]} - programmed
        return {of[key] for key in slots} - {of[key] for key in others}
