"""What dots stand for: x_1 + … + x_n is the sum of all x_i, [x_1, …, x_n] the vector that has them as entries."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node

DOTS = "…"
BLANK = "an empty entry"
_LETTERS = ("i′", "j′")
"""What runs along a row and down the rows: letters that nobody writes."""
_ONE = Node("number", (), "1")


class _Series(Struct, frozen=True):
    """Parts of which the dots leave some out: those before and behind, the one at a letter, and where this ends."""

    before: tuple[Node, ...]
    behind: tuple[Node, ...]
    body: Node
    end: Node


def is_dots(node: Node) -> bool:
    """Whether dots stand here."""
    return node.kind == "foreign" and (node.value == DOTS or set(node.value) == {"."})


def written_out(kind: str, sign: str, parts: Sequence[Node]) -> tuple[Node, ...]:
    """Terms or factors, with a ∑ or ∏ for those that dots leave out; as they are, where nobody can tell these."""
    found = _series(parts, _LETTERS[0])
    if found is None:
        return tuple(parts)
    letter = Node("name", (), _LETTERS[0])
    limits = Node("limit", (letter, _ONE), "="), Node("limit", (found.end,))
    body = replace(found.body, kind="group", parts=(found.body,), value="(") if found.body.kind == kind else found.body
    whole = Node("sums", (*limits, body), sign, parts[len(found.before)].start, found.body.end)
    return *found.before, whole, *found.behind


def vector(parts: Sequence[Node], layout: str = "") -> Node | None:
    """The vector of entries of which dots leave some out; None where nobody can tell these, or others stand beside."""
    found = _series(parts, _LETTERS[0])
    if found is None or found.before or found.behind:
        return None
    return Node("entry", (found.body, Node("name", (), _LETTERS[0])), layout, parts[0].start, parts[-1].end)


def matrix(rows: Sequence[Node]) -> Node | None:
    """A matrix of rows with dots in them, between them, or both; None where nobody can tell what they leave out."""
    whole = [_DOTS if all(map(is_dots, row.parts)) else row for row in rows]
    if len(rows) == 1:
        return vector(rows[0].parts, "row")
    if (diagonal := _diagonal(rows)) is not None:
        return diagonal
    if all(len(row.parts) == 1 for row in rows):
        return vector([row if row is _DOTS else row.parts[0] for row in whole], "column")
    made = [row if row is _DOTS else vector(row.parts) for row in whole]
    vectors = [one for one in made if one is not None]
    bodies = [one if one is _DOTS else one.parts[0] for one in vectors]
    found = _series(bodies, _LETTERS[1]) if len(vectors) == len(rows) else None
    if found is None or found.before or found.behind:
        return None
    letters = Node("list", tuple(Node("name", (), letter) for letter in reversed(_LETTERS)))
    return Node("entry", (found.body, letters), "", rows[0].start, rows[-1].end)


def _diagonal(rows: Sequence[Node]) -> Node | None:
    """diag(…) where all entries beside the diagonal are zero, or nothing is written there."""
    if any(len(row.parts) != len(rows) for row in rows):
        return None
    beside = (cell for at, row in enumerate(rows) for place, cell in enumerate(row.parts) if place != at)
    if any(not is_dots(cell) and cell.value not in ("0", BLANK) for cell in beside):
        return None
    entries = vector([row.parts[at] for at, row in enumerate(rows)])
    return None if entries is None else Node("call", (entries,), "diag", rows[0].start, rows[-1].end)


_DOTS = Node("foreign", (), DOTS)


def _series(parts: Sequence[Node], letter: str) -> _Series | None:
    places = [place for place, part in enumerate(parts) if is_dots(part)]
    if len(places) != 1 or not 0 < places[0] < len(parts) - 1:
        return None
    at, last = places[0], parts[places[0] + 1]
    pairs: set[tuple[str, str]] = set()
    body = _common(parts[at - 1], last, letter, pairs)
    if body is None or len(pairs) != 1:
        return None
    ((latest, end),) = pairs
    if not latest.isdigit() or not int(latest) or at < int(latest):
        return None
    first = at - int(latest)
    for number, part in enumerate(parts[first : at - 1], 1):
        told: set[tuple[str, str]] = set()
        if _common(part, last, letter, told) != body or told != {(str(number), end)}:
            return None
    kind = "number" if end.isdigit() else "name"
    return _Series(tuple(parts[:first]), tuple(parts[at + 2 :]), body, Node(kind, (), end))


def _common(one: Node, other: Node, letter: str, pairs: set[tuple[str, str]]) -> Node | None:
    """What two trees have in common, a letter for the index in which they differ; None where more is different."""
    if one.kind != other.kind or one.order != other.order or len(one.parts) != len(other.parts):
        return None
    if len(one.scripts) != len(other.scripts) or one.base != other.base:
        return None
    scripts = [_common_script(*both, letter, pairs) for both in zip(one.scripts, other.scripts, strict=True)]
    parts = [_common(*both, letter, pairs) for both in zip(one.parts, other.parts, strict=True)]
    told = [part for part in parts if part is not None]
    below = [script for script in scripts if script is not None]
    if len(told) < len(parts) or len(below) < len(scripts) or (one.value != other.value and not scripts):
        return None
    is_same = tuple(below) == one.scripts
    value = one.value if is_same else one.base + "".join(script.value for script in below)
    return Node(one.kind, tuple(told), value, 0, 0, one.order, one.base, tuple(below))


def _common_script(one: Node, other: Node, letter: str, pairs: set[tuple[str, str]]) -> Node | None:
    if one.kind != other.kind:
        return None
    if one.parts == other.parts:
        return one
    indices = [list(script.parts) for script in (one, other)]
    differing = [(a, b) for a, b in zip(*indices, strict=False) if a != b]
    if len(indices[0]) != len(indices[1]) or not all(a.value.isdigit() for a, _ in differing):
        indices = [list(_signs(script)) for script in (one, other)]
    made: list[Node] = []
    for a, b in zip_longest(*indices):
        if a is None or b is None or a.parts or b.parts:
            return None
        if a.value != b.value:
            pairs.add((a.value, b.value))
        made.append(a if a.value == b.value else Node("name", (), letter))
    return Node(one.kind, tuple(made), ",".join(index.value for index in made))


def _signs(script: Node) -> Iterator[Node]:
    """The indices of a script that are written together, 11 and 1m, each by itself."""
    for index in script.parts:
        yield from (Node("number" if sign.isdigit() else "name", (), sign) for sign in index.value)
