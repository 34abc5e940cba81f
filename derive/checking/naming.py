"""Names for derivatives: dEdw5 and E_total_w5 are ∂E/∂w5; dw5 is that or a step; `dden` in code is ∂f/∂den."""

import re
from collections.abc import Callable, Iterator, Mapping

import sympy as sp
from msgspec import Struct

_BOTH = re.compile(r"d(?=[^\W\d])")
_ALONE = re.compile(r"(?:d|d_|grad_?|gradient_?)(?P<by>[^\W\d]\w*)\Z|(?P<by2>[^\W\d]\w*)_grad\Z")


class Slope(Struct, frozen=True):
    """∂of/∂by under a name of its own; `alone` where the name only tells `by`, so that it could be a step too."""

    of: str
    by: str
    alone: bool = False


Find = Callable[[str], str | None]


def slope_names(
    seen: tuple[str, ...], begun: frozenset[str], find: Find, losses: frozenset[str], equations: Mapping[str, sp.Expr]
) -> Iterator[tuple[str, Slope]]:
    """The words of a document that name derivatives.

    `begun` are those with which equalities begin, `losses` the loss and the errors, `equations` the definitions, the
    document's own among them.
    """
    found: dict[str, Slope] = {}
    alone: dict[str, str] = {}
    for word in seen:
        both = next(_both(word, find, losses, equations), None)
        if both is not None:
            found[word] = both
            continue
        match = _ALONE.match(word)
        by = find(match["by"] or match["by2"]) if match is not None else None
        if by is not None and word in begun:
            alone[word] = by
    used: dict[str, set[str]] = {}
    for name, body in equations.items() if alone else ():
        for part in body.free_symbols if name not in alone and name not in found else ():
            used.setdefault(part.name, set()).add(name)
    ends = {word: _ends(by, used) - {by} for word, by in alone.items()}
    sure = {end for found_ends in ends.values() if len(found_ends) == 1 for end in found_ends}
    for word, by in alone.items():
        # where a name leads to more than one end, it is the one that the other names of this kind lead to
        (of, *others) = (ends[word] if len(ends[word]) == 1 else ends[word] & sure) or ("",)
        if of and not others:
            found[word] = Slope(of, by, alone=True)
    yield from found.items()


def _both(word: str, find: Find, losses: frozenset[str], equations: Mapping[str, sp.Expr]) -> Iterator[Slope]:
    """dEdw5, dE_dw5, d_E_d_w5; E_total_w5."""
    if word[0] in "d∂":
        for match in _BOTH.finditer(word, 1):
            of, by = find(word[1 : match.start()].strip("_")), find(word[match.end() :].strip("_"))
            if of in equations and by is not None:
                yield Slope(str(of), by)
    for match in re.finditer("_", word):
        of, by = find(word[: match.start()]), find(word[match.end() :])
        if of in losses and by is not None and by not in equations:
            yield Slope(str(of), by)


def _ends(name: str, used: Mapping[str, set[str]]) -> set[str]:
    """What a quantity leads to and what leads nowhere: what the document works out of it."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting.extend(used.get(here, ()))
    return {here for here in reached if here not in used}
