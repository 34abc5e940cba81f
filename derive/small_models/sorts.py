"""What the indices of a document run over: letters and slots that must be of one sort, and how large sorts may be."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.notation import Signs, place_of

KRONECKER = frozenset(("kronecker",))
Key = tuple[str, ...]


def base_of(name: Node) -> str:
    """What a name is an entry of: its letter, and a ^ for each slot above, since a^l and a are two things."""
    return name.value + "^" * sum(len(script.parts) for script in name.scripts if script.kind == "above")


def slots_of(name: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The indices above and below a name."""
    found = {script.kind: script.parts for script in name.scripts}
    return found.get("above", ()), found.get("below", ())


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
    """The largest number that stands in a slot of each sort."""

    def letter(self, claim: int, letter: str) -> str:
        """The sort of a letter in a claim."""
        return self.of.get(("letter", str(claim), letter), f"?{letter}")

    def slot(self, base: str, kind: str, place: int) -> str:
        """The sort of a slot."""
        return self.of.get(("slot", base, kind, str(place)), f"?{base}{kind}{place}")


def sorts_of(claims: Sequence[Sequence[Node]], signs: Signs, defined: Iterable[str]) -> Sorts:
    """Letters and slots joined wherever a letter stands in a slot; `claims` are the sides of each, in one notation."""
    parent: dict[Key, Key] = {}

    def find(key: Key) -> Key:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(one: Key, other: Key) -> None:
        parent[find(one)] = find(other)

    defined = frozenset(defined)
    counted: set[Key] = set()
    numbers: list[tuple[Key, int]] = []
    arity: dict[str, int] = {}
    sizes: dict[str, Key] = {}
    fixed: list[tuple[Key, int]] = []
    for claim, sides in enumerate(claims):
        for node in (node for side in sides for node in side.walk()):
            if node.kind == "name" and node.scripts:
                above, below = slots_of(node)
                base = base_of(node)
                delta = node.value in KRONECKER and len(below) == 2 and not above and base not in defined
                if not delta:
                    arity[base] = max(arity.get(base, 0), len(below))
                letters = []
                for kind, indices in (("above", above), ("below", below)):
                    for place, index in enumerate(indices):
                        letter, shift = place_of(index)
                        slot: Key = ("slot", base, kind, str(place))
                        if letter in signs.tops:
                            counted.add(slot)
                        elif letter:
                            mine: Key = ("letter", str(claim), letter)
                            letters.append(mine)
                            if not delta:
                                join(slot, mine)
                            if shift:
                                counted.add(mine)
                        else:
                            numbers.append((slot, shift))
                if delta and len(letters) == 2:
                    join(letters[0], letters[1])
            elif node.kind == "sums":
                limits = [part for part in node.parts[:-1] if part.kind == "limit"]
                letter = limits[0].parts[0].value if limits else ""
                if letter and limits[0].value == "≠" and len(limits[0].parts) > 1:
                    join(("letter", str(claim), letter), ("letter", str(claim), limits[0].parts[1].value))
                if len(limits) > 1 and letter:
                    end = limits[1].parts[0]
                    if end.kind == "number":
                        fixed.append((("letter", str(claim), letter), int(end.value) if end.value.isdigit() else 0))
                    elif not end.scripts:
                        mine = ("letter", str(claim), letter)
                        if end.value in sizes:
                            join(sizes[end.value], mine)
                        sizes[end.value] = mine
            elif (
                node.kind == "condition"
                and len(node.parts) == 2
                and all(part.kind == "name" and part.value in signs.indices for part in node.parts)
            ):
                join(("letter", str(claim), node.parts[0].value), ("letter", str(claim), node.parts[1].value))
    of = {key: "/".join(find(key)) for key in parent}
    layered = {of[find(key)] if find(key) in of else "/".join(find(key)) for key in counted}
    layered |= {
        of[key]
        for key in parent
        if key[0] == "letter"
        and key[2] in signs.layers
        and any(of[k] == of[key] and k[0] == "slot" and k[2] == "above" for k in parent)
    }
    layered |= {"/".join(find(key)) for key, _ in numbers if key[2] == "above"}
    for key, _ in numbers:
        of.setdefault(key, "/".join(find(key)))
    for key in counted:
        of.setdefault(key, "/".join(find(key)))
    least: dict[str, int] = {}
    for key, value in numbers:
        least[of[key]] = max(least.get(of[key], 0), value)
    return Sorts(
        of,
        frozenset(layered),
        {"/".join(find(k)): v for k, v in fixed},
        {n: "/".join(find(k)) for n, k in sizes.items()},
        arity,
        least,
    )
