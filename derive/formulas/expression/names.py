"""Which words are names: those declared, or any letter; and how a word is cut into a product of names."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from derive.formulas.vocabulary import FURTHER, OF_VECTORS, SLOPED
from derive.rules import SPELLINGS

CONSTANTS = frozenset({"e", "pi", "π"})
LONGEST_WORD = 60
"""Longer words are no names and no products of names."""


class Resolving(Protocol):
    """What the reader must know about names: which written words stand for which quantities."""

    functions: ClassVar[frozenset[str]]
    unknown: ClassVar[str]

    def resolve(self, written: str) -> tuple[str, ...] | None:
        """The names whose product a word writes, mostly one; None where it is not known."""


@dataclass(frozen=True)
class Names:
    """The names that a formula may use: the declared ones, and other spellings of them (`E` for `E_Total`)."""

    functions: ClassVar[frozenset[str]] = frozenset(SPELLINGS)
    unknown: ClassVar[str] = "is not a declared name"
    declared: frozenset[str]
    aliases: tuple[tuple[str, str], ...] = ()
    _known: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", {**dict(self.aliases), **{name: name for name in self.declared}})

    @classmethod
    def of(cls, declared: Iterable[str], aliases: Iterable[tuple[str, str]] = ()) -> "Names":
        """Names from any iterables."""
        return cls(frozenset(declared), tuple(aliases))

    def find(self, written: str) -> str | None:
        """The declared name that a written one stands for, None where there is none."""
        return self._known.get(written)

    def resolve(self, written: str) -> tuple[str, ...] | None:
        """The name itself, or the only way to cut `w1i1` into declared names."""
        found = self.find(written)
        return (found,) if found is not None else _cut(written, self.find)


class FreeNames:
    """Any single letter, with its index, is a name: `x`, `w1`, `out_h1`; other words are products of letters, `xy`."""

    functions: ClassVar[frozenset[str]] = frozenset(SPELLINGS) | FURTHER - {*OF_VECTORS, *SLOPED}
    unknown: ClassVar[str] = "is not known here"

    def resolve(self, written: str) -> tuple[str, ...] | None:
        """A letter with its index (`x1` or `x_1`), an underscored or Greek name, else the letters one by one."""
        known = written in CONSTANTS or written in self.functions or written in _NOT_READ
        if known or written.startswith("log_") or written.endswith("_"):
            return None
        if _INDEXED.fullmatch(written):
            return (written.replace("_", ""),)
        if _ONE_LETTER.fullmatch(written) or "_" in written or written in _SPELLED_LETTERS:
            return (written,)
        if re.fullmatch(r"[^\W\d_]+", written):
            return tuple(written)
        pieces = tuple(_ONE_LETTER.findall(written))
        if len(pieces) > 1 and "".join(pieces) == written and all(any(c.isdigit() for c in p) for p in pieces):
            return pieces  # w1i1
        return (written,)


_ONE_LETTER = re.compile(r"[^\W\d_]\d*")
_INDEXED = re.compile(r"[^\W\d_]_\d+")
_SPELLED_LETTERS = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu rho sigma tau phi psi omega".split()
)
_NOT_READ = frozenset(
    f"{arc}{name}"
    for arc in ("a", "ar", "arc")
    for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch")
) | frozenset(
    "atan2 arg re im conj floor ceil round trunc mod gcd lcm det vec deg rad lim sum prod int nthroot root binom nCr "
    "nPr linesegment elementof true false undefined infinity oo Pi PI xi nu chi".split()
)
"""Words that name something else than a product of letters; a formula that has one is refused."""


def _cut(written: str, find: Callable[[str], str | None]) -> tuple[str, ...] | None:
    """`w1i1` as the declared names w1, i1: the only way to cut it, None where there is none or more than one."""
    if len(written) > LONGEST_WORD:
        return None
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(written) + 1):
        ways.append(
            [
                (*before, name)
                for start in range(end)
                if ways[start] and (name := find(written[start:end])) is not None
                for before in ways[start][:2]
            ][:2]
        )
    return ways[-1][0] if len(ways[-1]) == 1 else None
