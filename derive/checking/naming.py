"""Names that stand for derivatives: dEdw5 and E_total_w5 are ∂E/∂w5; dw5 is too, or a step; `dden` in code is ∂f/∂den."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

_BOTH = re.compile(r"d(?=[^\W\d])")
_ALONE = re.compile(r"(?:d|d_|grad_?|gradient_?)(?P<by>[^\W\d]\w*)\Z|(?P<by2>[^\W\d]\w*)_grad\Z")


@dataclass(frozen=True)
class Slope:
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
    known = {word for word in seen if find(word) is not None and not _ALONE.match(word)}
    alone: dict[str, str] = {}
    for word in seen:
        if word in known:
            continue
        both = next(_both(word, find, losses, equations), None)
        if both is not None:
            yield word, both
            continue
        match = _ALONE.match(word)
        by = find(match["by"] or match["by2"]) if match is not None else None
        if by is not None and word in begun:
            alone[word] = by
    of = _output(frozenset(alone.values()), losses, equations) if alone else None
    if of is not None:
        yield from ((word, Slope(of, by, alone=True)) for word, by in alone.items() if by != of)


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


def _output(names: frozenset[str], losses: frozenset[str], equations: Mapping[str, sp.Expr]) -> str | None:
    """The one quantity that all of these lead to and that leads nowhere: what the document works out; the loss first."""
    used: dict[str, set[str]] = {}
    for name, body in equations.items():
        for part in body.free_symbols:
            used.setdefault(part.name, set()).add(name)
    ends: set[str] | None = None
    for name in names:
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here not in reached:
                reached.add(here)
                waiting.extend(used.get(here, ()))
        final = {here for here in reached if here not in used and here in equations}
        ends = final if ends is None else ends & final
    return next(iter(ends)) if ends is not None and len(ends) == 1 else None
