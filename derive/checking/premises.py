"""What a document says of the signs of its names, x > 0, and for which of its claims that holds."""

from collections.abc import Callable, Sequence

from derive.formulas.claims import Claim, Condition, Document

_ABOVE, _BELOW = frozenset(">"), frozenset(("<", "≤"))


def positive_at(document: Document) -> Callable[[Claim], frozenset[str]]:
    """Which names are positive at a claim: those of which nothing else is said anywhere; else by the last that was said
    of them, up to the end of the claim's line.
    """
    said: dict[str, list[tuple[int, str]]] = {}
    for one in document.conditions:
        left, right = one.left.readings[0].tree, one.right.readings[0].tree
        if left.kind == "name" and right.kind == "number" and right.value.lstrip("-+0.") == "":
            said.setdefault(left.value, []).append((_line(document, one), one.sign))
    said = {name: found for name, found in said.items() if any(sign in _ABOVE for _, sign in found)}
    return lambda claim: frozenset(name for name, found in said.items() if _is_above(found, _line(document, claim)))


def _is_above(found: Sequence[tuple[int, str]], line: int) -> bool:
    """Whether of the signs that are said of a name, each in its line, the one that holds on a line is above 0."""
    told = [(at, sign) for at, sign in found if sign in _ABOVE | _BELOW]
    if all(sign in _ABOVE for _, sign in told):
        return True
    before = [sign for at, sign in told if at <= line]
    return bool(before) and before[-1] in _ABOVE


def _line(document: Document, one: Claim | Condition) -> int:
    """The line of a document's text in which a claim or a condition begins."""
    return document.text.text.count("\n", 0, one.left.start)
