"""What polynomials are in: names, π, and functions of polynomials in earlier generators."""

from collections.abc import Mapping
from math import prod
from typing import Any

from derive.kernel.polynomials import Polynomial, constant, generator, require
from derive.kernel.values import iv, number, operate

KINDS = {"name", "pi", "exp", "sin", "cos", "ln", "root", "inverse"}


class Proof:
    """What the cases of a certificate share; a generator is defined by earlier ones."""

    def __init__(self, certificate: Mapping[str, Any]) -> None:
        iv.prec, Polynomial.work, self.certificate = 400, 0, certificate
        self.generators = [tuple(one) for one in certificate["generators"]]
        self.places = {one: place for place, one in enumerate(self.generators)}
        self.table = [sum((prod((generator(g) ** k for g, k in m), start=constant(c)) for c, m in p), constant(0))
                      for p in certificate["polynomials"]]  # fmt: skip
        for place, (kind, *rest) in enumerate(self.generators):
            inside = self.table[rest[0]] if kind not in ("name", "pi") else {}
            require(all(g < place for m in inside for g, _ in m) and kind in KINDS, "no definition of a generator")
        used = {g for p in self.table for m in p for g, _ in m}
        require(all(isinstance(g, int) and 0 <= g < len(self.generators) for g in used), "no such generator")

    def at(self, p: Polynomial) -> Any:
        """The interval of a polynomial in constants; None of any other."""
        terms = [[number(c), *(operate("power", self.value(g), number(k)) for g, k in m)] for m, c in p.items()]
        return operate("add", *(operate("mul", *term) for term in terms))

    def value(self, place: int) -> Any:
        kind, *rest = self.generators[place]
        parts = [self.at(self.table[rest[0]]), *rest[1:]] if kind not in ("name", "pi") else []
        return None if kind == "name" else operate(kind, *parts)
