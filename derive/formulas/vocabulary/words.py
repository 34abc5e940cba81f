"""What a word is: by itself, as its letters show, and in a document whose other words are known."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from derive.formulas.signs import PROSE
from derive.formulas.tokens import Token
from derive.rules import SPELLINGS

OF_VECTORS = MappingProxyType({
    "softmax": "a softmax over a vector", "diag": "a diagonal matrix", "det": "a determinant",
    **dict.fromkeys(("tr", "Tr", "trace"), "a trace"),
})  # fmt: skip
"""Functions that take a whole vector or matrix, and how they are told."""
INVERSES = MappingProxyType({"sin": "arcsin", "cos": "arccos", "tan": "arctan"})
"""Functions and their inverses."""
SLOPED = frozenset(("erf", *INVERSES.values()))
"""Functions of which only the derivatives are worked out."""
FURTHER = frozenset("tan cot sec csc sinh cosh coth sech csch cbrt max min".split()).union(
    OF_VECTORS, SLOPED
)
"""Functions that are read beside those of the table of rules."""
SEQUENCED = frozenset("ln log exp sin cos tan cot sec csc sinh cosh tanh det tr Tr".split()).union(INVERSES.values())
"""Functions that people apply without brackets: ln x."""
DIFFERENTIALS = frozenset("dδΔ")
"""Letters that stand for the differential of what follows them."""
_SPELLED_OUT = frozenset(("sigma", "Sigma"))
_UPDATED = re.compile(r"(?:(?:_|(?<=\d))(new|next|old|updated)$)|^(new|old|updated)_?(?=[A-Za-z]{1,2}_?\d*$)")
_DISTINCT = re.compile(r"[_{},]")
_PLAIN = re.compile(r"[A-Za-zß-öø-ɏÀ-ÖØ-ÞḀ-ỿ]{2,}|[Ѐ-ԯ]{3,}|[àáèéìíòóùúÀÁÈÉÌÍÒÓÙÚ]")
_MARK = re.compile(r"[⁺⟨^]")
TIMES_PI = re.compile("π[A-Za-hlo-ru-zλ]")
"""The number and what it is multiplied with; before a letter that counts it may be a name, a share π_k."""
_LONGEST = 40


def is_wordlike(word: str) -> bool:
    """Whether a word is made of the letters of a language alone, Latin or Cyrillic: of several, or of one with an
    accent as in `à`; dO and xW are none."""
    return _PLAIN.fullmatch(word) is not None and not (len(word) == 2 and word[0].islower() and word[1].isupper())


def is_known(word: str) -> bool:
    """Whether a word is a function of the table."""
    return word in SPELLINGS or word in FURTHER


def key(word: str) -> str:
    """What a name is known by, however its index is set: w_5, w_{5} and w5 are one; w_new is w⁺, w_old is w."""
    found = _UPDATED.search(word)
    if found is not None and len(word) > len(found[0]):
        rest = word[: found.start()] + word[found.end() :]
        return key(rest) + ("" if "old" in (found[1], found[2]) else "⁺")
    return _DISTINCT.sub("", word) if not word.startswith("_") else word


class Vocabulary(Struct, frozen=True):
    """What the words of a document are, each by its key.

    `spellings`: each name with its first spelling. `functions`: the document's own functions with their variables, in
    the order in which they are first defined. `names`: words that are names by what stands around them; `defined` those
    that a relation follows, `bound` those that are differentiated, or that something is differentiated by.
    `finite`: letters of changes that limits let go to something, Δ of Δx.
    `differentials`: the letters that begin a differential; `alone` those of them that stand for themselves. `bare`:
    names without an argument behind them; `bare_defined` those of the functions that a relation follows so. `called`:
    words that stand before brackets alone, and of which nothing says that they are a name or a function.
    `stepped`: names to which something is added, s += x: variables of a program.
    `connectives`: letters that are a word of the text's language, Spanish y, where they may be.
    """

    spellings: Mapping[str, str] = MappingProxyType({})
    functions: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    names: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    differentials: frozenset[str] = frozenset()
    finite: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    bare_defined: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    stepped: frozenset[str] = frozenset()
    connectives: frozenset[str] = frozenset()

    def is_function(self, word: str) -> bool:
        """Whether a word, with an argument behind it, is a function: of the table, or the document's own."""
        found = key(word)
        known = is_known(word) or word in _SPELLED_OUT
        return found in self.functions or (known and found not in self.defined)

    def is_defined(self, found: str) -> bool:
        """Whether a relation follows a name, be it a function."""
        return found in self.defined or found in self.functions

    def is_unknown_call(self, token: Token) -> bool:
        """Whether a word of plain text, with a bracket close behind it, may be a function that nobody knows."""
        return not token.shown and token.value in self.called and not self.is_function(token.value)

    def is_name(self, word: str) -> bool:
        """Whether a word of plain text belongs to a formula."""
        found = key(word)
        return (
            not is_wordlike(word)
            or is_known(word)
            or found in self.defined
            or found in self.functions
            or found in self.names
            or (word not in PROSE and len(self.cut(word)) > 1)
        )

    def cut(self, word: str) -> tuple[str, ...]:
        """A word as a product of names, `w1i1`, `hW_2`, `xw`: itself where it is a name, or where no parts are."""
        found = key(word)
        is_whole = found in self.defined or found in self.bound or found in self.functions or word in SPELLINGS
        if is_whole or not 2 <= len(word) <= _LONGEST:
            return (word,)
        mark = _MARK.search(word)
        head, tail = (word, "") if mark is None else (word[: mark.start()], word[mark.start() :])
        ways: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(head) + 1):
            behind = tail if end == len(head) else ""
            known = [
                (*before, head[start:end])
                for start, before in enumerate(ways)
                if before is not None and self._is_part(head[start:end] + behind, start, end, head)
            ]
            ways.append(min(known, key=len, default=None))
        made = ways[-1]
        return (word,) if made is None or len(made) < 2 else (*made[:-1], made[-1] + tail)

    def _is_part(self, piece: str, start: int, end: int, whole: str) -> bool:
        """Whether a piece of a word is a name of its own in the document, and does not end within an index."""
        if end < len(whole) and (whole[end].isdigit() or whole[end] == "_" or piece.endswith("_")):
            return False
        if piece[0].isdigit() or piece[0] == "_" or (start, end) == (0, len(whole)):
            return False
        if (start, piece) == (0, "d") and "d" not in self.alone and not self.is_function(whole[1:]):
            return False  # dr is no product
        is_factor = (start, piece) == (0, "π") and TIMES_PI.match(whole) is not None
        return is_factor or key(piece) in self.names or key(piece) in self.defined
