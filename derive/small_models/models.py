"""A document's equations at concrete sizes: every name that has indices becomes so many plain names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product as every
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation import Signs, UnclearError, place_of
from derive.small_models.sorts import KRONECKER, Sorts, base_of, slots_of
from derive.small_models.tensors import (
    Tensor,
    along,
    contracted,
    mapped,
    matmul,
    number,
    plus,
    times,
    told,
    total,
    transposed,
)

Env = Mapping[str, Any]
"""Letters with their values, variables of a function with their tensors, and under # the number of the claim."""
MOST_CELLS = 4_000


class OutOfRangeError(UnclearError):
    """An index that is larger than its sort, or a layer that is not there."""


class Rule(Struct, frozen=True):
    """A definition of the document for many entries at once: its pattern above and below, and its body."""

    base: str
    above: tuple[Node, ...]
    below: tuple[Node, ...]
    body: Node
    claim: int
    reading: int = 0


class World(Struct, frozen=True):
    """What a document says of its arrays: sorts, rules by base, losses that nothing defines, totals."""

    signs: Signs
    sorts: Sorts
    rules: Mapping[str, tuple[Rule, ...]]
    opaque: Mapping[str, tuple[str, ...]]
    totals: Mapping[str, Node] = MappingProxyType({})
    functions: Mapping[str, tuple[tuple[str, ...], Node, int]] = MappingProxyType({})
    shapes: Mapping[str, tuple[str, str]] = MappingProxyType({})
    constants: frozenset[str] = frozenset()
    """Letters that are one index throughout: the right class c."""
    row: bool = False
    """Whether vectors are rows."""
    loose: bool = False
    """Whether a product of two vectors of one shape goes entry by entry."""


class Entry(Struct, frozen=True):
    """One entry of an array."""

    base: str
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name that stands for it: w^2_12."""
        letter = self.base.rstrip("^")
        joint = "" if max((0, *self.below)) < 10 else ","
        return (
            letter
            + "".join(f"^{i}" for i in self.above)
            + (f"_{joint.join(map(str, self.below))}" if self.below else "")
        )


class Model:
    """A world at sizes: `sizes` of each sort, layers from 0 to `top`."""

    def __init__(
        self,
        world: World,
        sizes: Mapping[str, int],
        top: int,
        tied: Mapping[str, str] = MappingProxyType({}),
        given: bool = False,
        hot: tuple[str, int] | None = None,
    ) -> None:
        self.world, self.sizes, self.top, self.given, self.hot = world, sizes, top, given, hot
        self.named = {**world.sorts.named, **tied}
        self.entries: dict[str, Entry] = {}
        self._calls: list[str] = []
        self._shapes: dict[tuple[str, tuple[int, ...]], tuple[int, ...]] = {}

    # indices

    def size(self, sort: str) -> int:
        """How many entries a sort has."""
        if sort == "1":
            return 1
        return self.sizes.get(sort, self.world.sorts.fixed.get(sort, max(self.sizes.values(), default=2)))

    def range(self, sort: str) -> range:
        """What an index of a sort may be."""
        return range(1, self.top + 1) if sort in self.world.sorts.counted else range(1, self.size(sort) + 1)

    def index(self, index: Node, sort: str, env: Env) -> int:
        """The value of an index."""
        letter, shift = place_of(index)
        if letter in self.world.signs.tops:
            value = self.top + shift
        elif not letter:
            value = shift
        elif letter in env:
            value = env[letter] + shift
        else:
            raise UnclearError("", f"nothing tells what the index {letter} is")
        low = 0 if sort in self.world.sorts.counted else 1
        high = self.top if sort in self.world.sorts.counted else self.size(sort)
        if not low <= value <= high:
            raise OutOfRangeError("", f"the index {value} is not there")
        return value

    # names

    def named_entry(self, entry: Entry) -> Node:
        """The name of an entry, remembered."""
        self.entries[entry.name] = entry
        return Node("name", (), entry.name)

    def tensor(self, node: Node, env: Env) -> Tensor:
        """A tree at the model's sizes."""
        make = _KINDS.get(node.kind)
        if make is None:
            raise UnclearError("", f"{node.value or node.kind} cannot be read here")
        return make(self, node, env)

    def number(self, node: Node, env: Env) -> Node:
        """A tree that must be one number."""
        found = self.tensor(node, env)
        if len(found.cells) != 1:
            raise UnclearError("", f"{told(found.shape)} stands where a number belongs")
        return found.cells[0]

    def name(self, node: Node, env: Env) -> Tensor:
        """An entry, or all entries of an array whose indices below are left out."""
        if not node.scripts:
            if node.value in env:
                found = env[node.value]
                return found if isinstance(found, Tensor) else number(Node("number", (), str(found)))
            if node.value in self.named and node.value not in self.world.rules:
                return number(Node("number", (), str(self.size(self.named[node.value]))))
        base = base_of(node)
        sorts = self.world.sorts
        above, below = slots_of(node)
        if isinstance(env.get(node.value), Tensor):
            return self._picked(env[node.value], node, below, env)
        arity = sorts.arity.get(base, 0)
        if node.value in KRONECKER and len(below) == 2 and not above and base not in self.world.rules:
            letters = [self.index(i, sorts.letter(env["#"], place_of(i)[0]), env) for i in below]
            return number(Node("number", (), str(int(letters[0] == letters[1]))))
        values = tuple(self.index(i, sorts.slot(base, "above", p), env) for p, i in enumerate(above))
        if not arity and not below:
            return self.plain(base, values)
        if len(below) == arity:
            rows = tuple(self.index(i, sorts.slot(base, "below", p), env) for p, i in enumerate(below))
            return number(self.named_entry(Entry(base, values, rows)))
        if below or arity > 2:
            raise UnclearError("", f"{node.value} has {arity} indices elsewhere")
        ranges = [self.range(sorts.slot(base, "below", place)) for place in range(arity)]
        cells = tuple(self.named_entry(Entry(base, values, at)) for at in every(*ranges))
        if len(cells) > MOST_CELLS:
            raise UnclearError("", f"{len(cells):,} entries: at most {MOST_CELLS:,} are compared")
        if arity == 1 and self.world.row:
            return Tensor((1, len(ranges[0])), cells)
        return Tensor((len(ranges[0]), len(ranges[1]) if arity == 2 else 1), cells)

    def _picked(self, whole: Tensor, node: Node, below: tuple[Node, ...], env: Env) -> Tensor:
        """An entry of what a function was applied to."""
        sorts = self.world.sorts
        at = [self.index(i, sorts.slot(base_of(node), "below", place), env) - 1 for place, i in enumerate(below)]
        if not at:
            return whole
        if whole.is_number or at[0] >= whole.shape[0] or (len(at) > 1 and at[1] >= whole.shape[1]):
            raise UnclearError("", f"an entry of {told(whole.shape)}")
        return number(whole.at(at[0], at[1] if len(at) > 1 else 0))

    def plain(self, base: str, above: tuple[int, ...]) -> Tensor:
        """A name without indices below: a number, or as many entries as its definition has."""
        shape = self.shape(base, above)
        if not shape:
            return number(self.named_entry(Entry(base, above)))
        return Tensor(
            shape,
            tuple(
                self.named_entry(Entry(base, above, (r + 1, c + 1) if shape[1] > 1 else (r + 1,)))
                for r, c in every(range(shape[0]), range(shape[1]))
            ),
        )

    def shape(self, base: str, above: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of a name without indices below: that of its definition; of a name without one, what is told."""
        if (base, above) not in self._shapes:
            told_ = self._shapes[base, above] = self.told_shape(base)
            body = None if told_ else self._body(Entry(base, above))
            if body is not None:
                self._shapes[base, above] = body.shape
        return self._shapes[base, above]

    def told_shape(self, base: str) -> tuple[int, ...]:
        """The shape that a hypothesis gives to a name that nothing defines."""
        dims = self.world.shapes.get(base)
        return () if dims is None else (self.size(dims[0]), self.size(dims[1]))

    def _body(self, entry: Entry) -> Tensor | None:
        """The tensor that defines a name without indices below."""
        for rule in self.world.rules.get(entry.base, ()):
            env = self._matched(rule, entry)
            if env is not None:
                try:
                    return self.tensor(rule.body, env)
                except OutOfRangeError:
                    continue
        return None

    def definition(self, name: str) -> Node | None:
        """What defines an entry, as a tree of entries; None where nothing does."""
        entry = self.entries.get(name)
        if entry is None:
            return None
        if self.hot is not None and entry.base == self.hot[0] and len(entry.below) == 1:
            return Node("number", (), str(int(entry.below[0] == self.hot[1])))
        total_ = self._from_total(entry)
        if total_ is not None:
            return total_
        for rule in self.world.rules.get(entry.base, ()):
            env = self._matched(rule, entry)
            if env is None:
                continue
            try:
                found = self.tensor(rule.body, env)
            except OutOfRangeError:
                continue
            if found.is_number or len(found.cells) == 1:
                return found.cells[0]
            if rule.below or not entry.below:
                raise UnclearError("", f"{told(found.shape)} defines a number of {entry.base.rstrip('^')}")
            row, column = entry.below[0] - 1, entry.below[1] - 1 if len(entry.below) > 1 else 0
            if found.shape[0] == 1 and len(entry.below) == 1:
                row, column = 0, row
            if row >= found.shape[0] or column >= found.shape[1] or (len(entry.below) == 1 and 1 not in found.shape):
                raise UnclearError("", f"{told(found.shape)} defines {entry.base.rstrip('^')}")
            return found.at(row, column)
        return None

    def _from_total(self, entry: Entry) -> Node | None:
        """The last entry of a vector whose total is told: the rest of it."""
        if not self.given or entry.base not in self.world.totals or len(entry.below) != 1:
            return None
        size = self.size(self.world.sorts.slot(entry.base, "below", 0))
        if entry.below[0] != size:
            return None
        others = [Node("negative", (self.named_entry(Entry(entry.base, entry.above, (i,))),)) for i in range(1, size)]
        return plus([self.world.totals[entry.base], *others])

    def _matched(self, rule: Rule, entry: Entry) -> dict[str, int] | None:
        env: dict[str, Any] = {"#": rule.claim, **dict.fromkeys(self.world.constants, 1)}
        patterns = (*rule.above, *rule.below)
        values = (*entry.above, *entry.below[: len(rule.below)])
        if len(rule.above) != len(entry.above) or len(rule.below) not in (0, len(entry.below)):
            return None
        for pattern, value in zip(patterns, values, strict=True):
            letter, shift = place_of(pattern)
            if letter in self.world.signs.tops:
                if value != self.top + shift:
                    return None
            elif not letter:
                if value != shift:
                    return None
            elif env.setdefault(letter, value - shift) != value - shift or env[letter] < 0:
                return None
        return env

    # kinds

    def sums(self, node: Node, env: Env) -> Tensor:
        """∑ over its letters; a bare ∑ over the letters that nothing else tells, or over all entries."""
        *limits, body = node.parts
        if any(limit.kind != "limit" for limit in limits[:1]):
            raise UnclearError("", "the limits of this sum cannot be read")
        bound: list[tuple[str, str | None]] = []
        if limits:
            first = limits[0]
            letters = first.parts if not first.value else first.parts[:1]
            if first.value not in ("", "=", "≠", ":=") or any(part.kind != "name" for part in letters):
                raise UnclearError("", "the limits of this sum cannot be read")
            bound = [(part.value, first.parts[1].value if first.value == "≠" else None) for part in letters]
        else:
            loose = free_letters(body, self.world.signs) - env.keys()
            if not loose:
                return total(self.tensor(body, env))
            bound = [(letter, None) for letter in sorted(loose)]
        ranges = [self.range(self.world.sorts.letter(env["#"], letter)) for letter, _ in bound]
        terms: list[Tensor] = []
        for values in every(*ranges):
            inner = {**env, **{letter: value for (letter, _), value in zip(bound, values, strict=True)}}
            if any(
                but is not None and self._value(but, env) == value
                for (_, but), value in zip(bound, values, strict=True)
            ):
                continue
            terms.append(self.tensor(body, inner))
        if (
            terms
            and not terms[0].is_number
            and node.value == "∑"
            and not {letter for letter, _ in bound} & free_letters(body, self.world.signs)
        ):
            return total(terms[0])  # ∑_j e^z: over the entries of z
        if node.value == "∏":
            return mapped(times, *terms) if terms else number(Node("number", (), "1"))
        return mapped(lambda *cells: plus(cells), *terms) if terms else number(Node("number", (), "0"))

    def _value(self, letter: str, env: Env) -> int:
        if letter not in env:
            raise UnclearError("", f"nothing tells what the index {letter} is")
        return int(env[letter])

    def product(self, node: Node, env: Env) -> Tensor:
        """Factors from the left: a number with anything, else a product of matrices."""
        made: Tensor | None = None
        for part in node.parts:
            if part.kind == "inverse":
                below = self.tensor(part.parts[0], env)
                divided = mapped(lambda cell: Node("inverse", (cell,)), below)
                made = divided if made is None else mapped(times, made, divided)
                continue
            while part.kind == "group" and part.parts[0].kind in ("partial", "group"):
                part = part.parts[0]
            if made is not None and not made.is_number and _is_chain(part) and part.kind != "partial":
                chain = self.tensor(part, env)
                if (
                    not chain.is_number
                    and 1 in made.shape
                    and len(made.cells) == chain.shape[0]
                    and made.shape != chain.shape
                ):
                    row = made if made.shape[0] == 1 else transposed(made)
                    inner = matmul(row, chain)
                    made = inner if made.shape[0] == 1 else transposed(inner)
                    continue
            if made is not None and not made.is_number and part.kind == "partial":
                of, by = (self.tensor(side, env) for side in part.parts)
                if not of.is_number and not by.is_number and made.shape in (of.shape, of.shape[::-1]):
                    self.check_named(by)
                    made = contracted(made, of, by, part.order)
                    continue
            factor = self.tensor(part, env)
            if made is None:
                made = factor
            elif made.is_number or factor.is_number or self._goes_entrywise(made, factor):
                made = mapped(times, made, factor)
            else:
                made = matmul(made, factor)
                if made.shape == (1, 1):
                    made = number(made.cells[0])
        assert made is not None
        return made

    def _goes_entrywise(self, one: Tensor, other: Tensor) -> bool:
        """Whether a product of two vectors of one shape is read entry by entry."""
        return self.world.loose and one.shape == other.shape and 1 in one.shape

    def partial(self, node: Node, env: Env) -> Tensor:
        """∂of/∂by entry by entry; of a vector by a vector, a row for each entry of the first."""
        of, by = node.parts
        return self.derived(self.tensor(of, env), self.tensor(by, env), node.order)

    def slope(self, node: Node, env: Env) -> Tensor:
        """da_dz of a program: the derivative of each entry by the entry in its place."""
        of, by = (self.tensor(part, env) for part in node.parts)
        self.check_named(by)
        return mapped(lambda o, b: Node("partial", (o, b), "", 0, 0, 1), of, by)

    def derived(self, of: Tensor, by: Tensor, order: int = 1) -> Tensor:
        """The derivatives of the entries of one tensor by those of another."""
        self.check_named(by)
        if of.is_number or by.is_number:
            return mapped(lambda o, b: Node("partial", (o, b), "", 0, 0, order), of, by)
        if 1 not in of.shape or 1 not in by.shape:
            raise UnclearError("", "a derivative of a vector by a matrix has three indices")
        cells = tuple(Node("partial", (o, b), "", 0, 0, order) for o in of.cells for b in by.cells)
        return Tensor((len(of.cells), len(by.cells)), cells)

    def check_named(self, by: Tensor) -> None:
        """One differentiates by names."""
        if any(cell.kind != "name" or cell.value not in self.entries for cell in by.cells):
            raise UnclearError("", "a derivative by something that is no name")

    def added(self, node: Node, env: Env) -> Tensor:
        """A sum, entry by entry."""
        return mapped(lambda *cells: plus(cells), *(self.tensor(part, env) for part in node.parts))

    def entrywise(self, node: Node, env: Env) -> Tensor:
        """a ⊙ b, and a * b of a program."""
        return mapped(times, *(self.tensor(part, env) for part in node.parts))

    def gradient(self, node: Node, env: Env) -> Tensor:
        """∇_x f: the derivatives by all entries of x; without a layer, by those of the last."""
        of = node.parts[-1]
        if len(node.parts) < 2:
            variables = self.world.signs.heads.get(of.value.removesuffix("()"), ())
            if len(variables) != 1:
                raise UnclearError("", "nothing tells by what ∇ differentiates")
            by = Node("name", (), variables[0])
        else:
            by = node.parts[0]
        if by.kind != "name":
            raise UnclearError("", "nothing tells by what ∇ differentiates")
        if (
            base_of(by) not in self.world.sorts.arity
            and base_of(by) + "^" in self.world.sorts.arity
            and self.world.signs.tops
        ):
            by = replace(
                by, scripts=(Node("above", (Node("name", (), sorted(self.world.signs.tops)[0]),)), *by.scripts)
            )
        return self.derived(self.tensor(of, env), self.tensor(by, env))

    def call(self, node: Node, env: Env) -> Tensor:
        """A function of entries; softmax, of a whole vector."""
        if node.value == "softmax" and len(node.parts) == 1 and not node.order:
            return self._softmax(node.parts[0], env)
        if node.value in KRONECKER and len(node.parts) == 2:
            one, other = (self._value(part.value, env) for part in node.parts)
            return number(Node("number", (), str(int(one == other))))
        if not node.parts:
            raise UnclearError("", f"{node.value} stands without an argument")
        parts = tuple(self.tensor(part, env) for part in node.parts)
        own = self.world.functions.get(node.value)
        if own is not None and not node.order and len(own[0]) == len(parts) and len(self._calls) < 6:
            self._calls.append(node.value)
            try:
                return self.tensor(
                    own[1],
                    {"#": own[2], **dict.fromkeys(self.world.constants, 1), **dict(zip(own[0], parts, strict=True))},
                )
            finally:
                self._calls.pop()
        if len(parts) > 1 and any(not part.is_number for part in parts):
            raise UnclearError("", f"nothing tells what {node.value} is")
        return mapped(lambda *cells: replace(node, parts=cells, base="", scripts=()), *parts)

    def _softmax(self, argument: Node, env: Env) -> Tensor:
        if argument.kind == "name" and argument.scripts and len(slots_of(argument)[1]) == 1:
            rest = tuple(script for script in argument.scripts if script.kind == "above")
            whole = self.tensor(replace(argument, scripts=rest), env)
            chosen = self.index(slots_of(argument)[1][0], self.world.sorts.slot(base_of(argument), "below", 0), env)
            return number(_share(whole).cells[chosen - 1])
        whole = self.tensor(argument, env)
        if whole.is_number or 1 not in whole.shape:
            raise UnclearError("", f"a softmax of {told(whole.shape)}")
        return _share(whole)

    def entry(self, node: Node, env: Env) -> Tensor:
        """z_i of a vector that is no name."""
        whole, index = self.tensor(node.parts[0], env), node.parts[1]
        if whole.is_number or 1 not in whole.shape:
            raise UnclearError("", f"an entry of {told(whole.shape)}")
        value = (
            self._value(index.value, env) if index.kind == "name" else int(index.value) if index.kind == "number" else 0
        )
        if not 1 <= value <= len(whole.cells):
            raise OutOfRangeError("", f"the index {value} is not there")
        return number(whole.cells[value - 1])

    def norm(self, node: Node, env: Env) -> Tensor:
        """The root of the sum of the squares."""
        squares = total(
            mapped(lambda cell: Node("power", (cell, Node("number", (), "2"))), self.tensor(node.parts[0], env))
        )
        half = Node("fraction", (Node("number", (), "1"), Node("number", (), "2")))
        return number(Node("power", (squares.cells[0], half)))

    def power(self, node: Node, env: Env) -> Tensor:
        """A power of entries; ‖x‖² without a root."""
        base, exponent = node.parts
        while base.kind == "group" and base.parts[0].kind in ("group", "norm"):
            base = base.parts[0]
        if base.kind == "norm" and exponent.kind == "number" and exponent.value in ("2", "²"):
            return number(self.norm(base, env).cells[0].parts[0])
        raised = self.tensor(exponent, env)
        return mapped(lambda b, e: Node("power", (b, e)), self.tensor(base, env), raised)

    def summed(self, node: Node, env: Env) -> Tensor:
        """np.sum: of all entries, or along an axis."""
        inner = self.tensor(node.parts[0], env)
        found = total(inner) if not node.value or inner.is_number else along(inner, int(node.value))
        count = len(inner.cells) // len(found.cells)
        return (
            mapped(lambda cell: times(cell, Node("inverse", (Node("number", (), str(count)),))), found)
            if node.order
            else found
        )

    def counted(self, node: Node, env: Env) -> Tensor:
        """x.shape[0]."""
        inner = self.tensor(node.parts[0], env)
        sizes = inner.shape or (1, 1)
        return number(Node("number", (), str(sizes[int(node.value)] if node.value else sizes[0] * sizes[1])))

    def turned(self, node: Node, env: Env) -> Tensor:
        """x^T; the transpose of one entry tells that the entries are vectors themselves."""
        inner = self.tensor(node.parts[0], env)
        if inner.is_number and node.parts[0].kind == "name" and slots_of(node.parts[0])[1]:
            raise UnclearError("", f"{node.parts[0].value} stands for many vectors")
        return transposed(inner)

    def matrix(self, node: Node, env: Env) -> Tensor:
        """Rows of entries; of cases, the one that holds."""
        if node.value == "cases":
            for row in node.parts:
                if len(row.parts) != 2 or self._holds(row.parts[1], env):
                    return self.tensor(row.parts[0], env)
            raise UnclearError("", "no case holds")
        rows = [tuple(self.number(part, env) for part in row.parts) for row in node.parts]
        if not rows or len({len(row) for row in rows}) != 1:
            raise UnclearError("", "rows of different length")
        return Tensor((len(rows), len(rows[0])), tuple(cell for row in rows for cell in row))

    def _holds(self, condition: Node, env: Env) -> bool:
        if not condition.parts:
            return True
        if any(part.kind not in ("name", "number") for part in condition.parts):
            raise UnclearError("", "a case that cannot be read")
        one, other = (int(p.value) if p.kind == "number" else self._value(p.value, env) for p in condition.parts)
        if condition.value not in ("=", "≠"):
            raise UnclearError("", "a case that cannot be read")
        return (one == other) == (condition.value == "=")

    def list(self, node: Node, env: Env) -> Tensor:
        """A row of values."""
        cells = tuple(self.number(part, env) for part in node.parts)
        return Tensor((1, len(cells)), cells)

    def each(self, node: Node, env: Env) -> Tensor:
        """An operation of entries."""
        return mapped(lambda *cells: replace(node, parts=cells), *(self.tensor(part, env) for part in node.parts))


def _is_chain(part: Node) -> bool:
    """Whether a factor is a bracket of derivatives."""
    return (
        part.kind == "group"
        and part.parts[0].kind == "product"
        and all(inner.kind == "partial" for inner in part.parts[0].parts)
    )


def _share(whole: Tensor) -> Tensor:
    """exp(z_i) / ∑ exp(z_k)."""
    powers = tuple(Node("call", (cell,), "exp") for cell in whole.cells)
    return Tensor(whole.shape, tuple(Node("fraction", (power, plus(powers))) for power in powers))


def free_letters(node: Node, signs: Signs) -> frozenset[str]:
    """The letters in a tree's scripts that no sum of it binds."""
    found: set[str] = set()
    if node.kind == "name":
        for script in node.scripts:
            found.update(letter for letter, _ in map(place_of, script.parts) if letter and letter not in signs.tops)
        return frozenset(found)
    if node.kind == "condition":
        return frozenset(part.value for part in node.parts if part.kind == "name" and part.value in signs.indices)
    if node.kind == "entry":
        index = node.parts[1]
        return free_letters(node.parts[0], signs) | ({index.value} if index.kind == "name" else set())
    if node.kind == "call" and node.value in KRONECKER:
        return frozenset(part.value for part in node.parts if part.kind == "name")
    if node.kind == "sums":
        *limits, body = node.parts
        inner = free_letters(body, signs)
        if limits and limits[0].kind == "limit":
            first = limits[0]
            letters = {part.value for part in (first.parts if not first.value else first.parts[:1])}
            others = {first.parts[1].value} if first.value == "≠" and len(first.parts) > 1 else set()
            return (inner - letters) | others
        return inner
    for part in node.parts:
        found |= free_letters(part, signs)
    return frozenset(found)


def assignments(letters: Sequence[str], model: Model, claim: int) -> Iterator[dict[str, int]]:
    """Values for free letters, one for each pattern of equal and unequal ones within a sort; all of them for layers."""
    sorts = model.world.sorts
    found: list[dict[str, int]] = [{"#": claim, **dict.fromkeys(model.world.constants, 1)}]
    for letter in letters:
        if letter in model.world.constants:
            continue
        sort = sorts.letter(claim, letter)
        further: list[dict[str, int]] = []
        for env in found:
            if sort in sorts.counted or sorts.least.get(sort, 0):
                values = list(model.range(sort))
            else:
                used = [env[other] for other in env if other != "#" and sorts.letter(claim, other) == sort]
                values = [v for v in model.range(sort) if v <= max(used, default=0) + 1]
            further.extend({**env, letter: value} for value in values)
        found = further
    yield from found


_KINDS: Mapping[str, Callable[[Model, Node, Env], Tensor]] = MappingProxyType({
    "number": lambda model, node, env: number(node),
    "name": Model.name,
    "sum": Model.added,
    "negative": Model.each,
    "inverse": Model.each,
    "fraction": Model.each,
    "absolute": Model.each,
    "group": lambda model, node, env: model.tensor(node.parts[0], env),
    "product": Model.product,
    "power": Model.power,
    "call": Model.call,
    "partial": Model.partial,
    "slope": Model.slope,
    "gradient": Model.gradient,
    "transposed": Model.turned,
    "entrywise": Model.entrywise,
    "matmul": lambda model, node, env: matmul(*(model.tensor(part, env) for part in node.parts)),
    "norm": Model.norm,
    "total": Model.summed,
    "size": Model.counted,
    "sums": Model.sums,
    "matrix": Model.matrix,
    "list": Model.list,
    "entry": Model.entry,
})  # fmt: skip
