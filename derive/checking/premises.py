"""What a document says of the signs of its names, x > 0, and for which of its claims that holds."""

import re
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from derive.formulas.claims import Claim, Condition, Document
from derive.formulas.syntax import Node

_SIGNS: Mapping[str, int] = MappingProxyType({">": 1, "≥": 1, ">=": 1, "<": -1, "≤": -1, "<=": -1})
_WORDED = re.compile(r"(?i)\b(?:for|if|when|where)\s+(?:\w+\s+)?(?:is\s+)?(?:non-?)?(?:negative|positive)\b")
"""A condition in words."""
_UNITS = re.compile(
    r"(?i)(?<!that )\b(?:the|this|our|a|if|when|since|as|because)\s+(?:hidden\s+|relu\s+)?"
    r"(?:unit|neuron|node|relu|it)\s+(?:is|stays|remains)\s+((?:not\s+)?(?:active|on|alive|inactive|off|dead))\b(?=\s*(?:[,;:.]|so\b|then\b|$|\n))"
)
_ACTIVE = frozenset(("active", "on", "alive", "not inactive", "not off", "not dead"))
"""What is said in words of units that are 0 below 0: whether they are above it."""


class Signs(Struct, frozen=True):
    """The names of which a document says, where a claim stands, that they are positive or negative; `own` are those of
    which the claim's line says it for itself alone.
    """

    positive: frozenset[str] = frozenset()
    negative: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    is_bounded: bool = False
    """Whether the claim's line has a condition that is about no sign: x > 2, for negative x."""
    activity: int = 0
    """1 where the claim's line, or words before it, say that a unit is active, -1 that it is not."""


NO_SIGNS = Signs()


class _Said(Struct, frozen=True):
    """A sign that is said of a name, and where: the line, the place."""

    sign: int
    line: int
    start: int


def signs_at(document: Document) -> Callable[[Claim], Signs]:
    """What is known of the signs of names at a claim.

    Beside a claim that defines nothing, dy/dx = 1 for x > 0, a condition is that claim's own. Any other one, let x > 0,
    holds of the whole document where nothing else is said of the name, and from its line on where something is. What is
    negative beside a definition makes that a case.
    """
    text = document.text.text
    if not document.conditions and _WORDED.search(text) is None and _UNITS.search(text) is None:
        return lambda claim: NO_SIGNS
    ends = [place for place, sign in enumerate(text) if sign == "\n"]

    def line_of(one: Claim | Condition) -> int:
        return bisect(ends, one.left.start)

    lines: dict[int, list[Claim]] = {}
    for claim in document.claims:
        lines.setdefault(line_of(claim), []).append(claim)
    bounded = {line for line, claims in lines.items() if not all(map(defines, claims))}
    units: dict[int, list[_Said]] = {}
    for found in _UNITS.finditer(text):
        sign, line = 1 if " ".join(found[1].lower().split()) in _ACTIVE else -1, bisect(ends, found.start())
        units.setdefault(line, []).append(_Said(sign, line, found.start()))
    said: dict[str, list[_Said]] = {}
    others = {bisect(ends, found.start()) for found in _WORDED.finditer(text)}
    """The lines with conditions about no sign."""
    for condition in document.conditions:
        left, right = condition.left.readings[0].tree, condition.right.readings[0].tree
        if left.kind == "name" and _is_zero(right):
            one = _Said(_SIGNS.get(condition.sign, 0), line_of(condition), condition.left.start)
            said.setdefault(left.value, []).append(one)
        elif condition.sign in _SIGNS:
            others.add(line_of(condition))

    def first_on(line: int) -> int:
        """Where the first claim of a line begins that defines nothing; else the first one."""
        return min(lines[line], key=lambda claim: (defines(claim), claim.left.start)).left.start

    def at(claim: Claim) -> Signs:
        line = line_of(claim)
        known: dict[str, int] = {}
        own: set[str] = set()
        for name, found in said.items():
            here = [one for one in found if one.line == line]
            if here and (line in bounded or any(one.sign < 0 for one in here)):
                own.add(name)
                known[name] = _beside(claim, here, first_on(line))
            else:
                known[name] = _from(line, [one for one in found if one.line not in bounded])
        names = {sign: frozenset(name for name, found in known.items() if found == sign) for sign in (1, -1)}
        return Signs(names[1], names[-1], frozenset(own), line in others, activity(claim, line))

    def activity(claim: Claim, line: int) -> int:
        if line in units:
            return _beside(claim, units[line], first_on(line))
        before = line - 1
        while before > 0 and not text[ends[before - 1] : ends[before]].strip():
            before -= 1
        return units[before][-1].sign if before in units and before not in lines else 0

    return at


def _is_zero(tree: Node) -> bool:
    return tree.kind == "number" and tree.value.lstrip("-+0.") == ""


def defines(claim: Claim) -> bool:
    """Whether a claim may define what stands on its left: a name, or a function of letters."""
    trees = [reading.tree for reading in claim.left.readings[:1]]
    return all(tree.kind == "name" or (tree.kind == "call" and not tree.order and _is_of_names(tree)) for tree in trees)


def _is_of_names(call: Node) -> bool:
    return all(part.kind == "name" for part in call.parts)


def _beside(claim: Claim, here: Sequence[_Said], first: int) -> int:
    """What is said of a name on a claim's own line: behind it, or before it where the line begins with that."""
    if first < min(one.start for one in here):
        return next((one.sign for one in here if one.start >= claim.right.end), here[-1].sign)
    before = [one.sign for one in here if one.start < claim.left.start]
    return before[-1] if before else here[0].sign


def _from(line: int, found: Sequence[_Said]) -> int:
    """The sign of a name where a line stands, by what is said of it for lines to come; 0 where nothing is."""
    told = [one for one in found if one.sign]
    if told and all(one.sign > 0 for one in told):
        return 1
    before = [one.sign for one in told if one.line <= line]
    return before[-1] if before else 0
