"""The words of a document: which are names, which functions, and which are products of names written together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from derive.formulas.names import Labels
from derive.formulas.signs import PROSE
from derive.formulas.tokens import Token
from derive.rules import SPELLINGS

FURTHER = frozenset("tan cot sec csc sinh cosh coth sech csch cbrt max min softmax".split())
SEQUENCED = frozenset("ln log exp sin cos tan cot sec csc sinh cosh tanh".split())
"""Functions that people apply without brackets: ln x."""
CONSTANTS = MappingProxyType({"e": "e", "pi": "π", "π": "π"})
_UPDATED = re.compile(r"(?:(?:_|(?<=\d))(new|next|old|updated)$)|^(new|old|updated)_?(?=[A-Za-z]{1,2}_?\d*$)")
_DISTINCT = re.compile(r"_|\{|\}|,")
_PLAIN = re.compile(r"[A-Za-zß-öø-ɏÀ-ÖØ-Þ]{2,}|[Ѐ-ԯ]{3,}|[àáèéìíòóùúÀÁÈÉÌÍÒÓÙÚ]")
"""A word that may be prose: Latin letters with their accents, or Cyrillic ones."""
_PIECE = re.compile(r"[^\W\d_](?:_?hat|_?bar|_?tilde)?_?\d*")
_LONGEST = 40


def is_wordlike(word: str) -> bool:
    """Whether a word is made of the letters of a language alone: of several, or of one with an accent as in `à`."""
    return _PLAIN.fullmatch(word) is not None


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
    """What the words of a document are.

    `spellings`: each name's key with its first spelling. `functions`: the document's own functions with their
    variables, in the order in which they are first defined. `names`: words that are names by what stands around them;
    `defined` those that a relation follows, `bound` those that are differentiated, or that something is
    differentiated by.
    """

    spellings: Mapping[str, str] = MappingProxyType({})
    functions: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    names: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    differentials: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    bare_defined: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    """Words that stand before brackets alone, and of which nothing says that they are a name or a function."""

    def is_function(self, word: str) -> bool:
        """Whether a word, with an argument behind it, is a function: of the table, or the document's own."""
        found = key(word)
        if word in ("sigma", "Sigma"):
            return found not in self.defined
        return found in self.functions or ((word in SPELLINGS or word in FURTHER) and found not in self.defined)

    def is_unknown_call(self, token: Token) -> bool:
        """Whether a word of plain text, with a bracket close behind it, may be a function that nobody knows."""
        return not token.shown and token.value in self.called and not self.is_function(token.value)

    def is_bare(self, name: str) -> bool:
        """Whether a function of the document stands somewhere without an argument, as a quantity does."""
        return name in self.bare

    def is_name(self, word: str) -> bool:
        """Whether a word of plain text belongs to a formula."""
        found = key(word)
        if found in self.defined or found in self.functions:
            return True
        if not is_wordlike(word):
            return True
        if word in SPELLINGS or word in FURTHER or found in self.names:
            return True
        return word not in PROSE and len(self.cut(word)) > 1

    def cut(self, word: str) -> tuple[str, ...]:
        """A word as a product of names, `w1i1`, `hW_2`, `xw`: itself where it is a name, or where no parts are."""
        found = key(word)
        if found in self.defined or found in self.bound or found in self.functions or word in SPELLINGS:
            return (word,)
        if len(word) > _LONGEST or len(word) < 2:
            return (word,)
        marks = re.search(r"[⁺⟨^]", word)
        head, tail = (word, "") if marks is None else (word[: marks.start()], word[marks.start() :])
        ways: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(head) + 1):
            best: tuple[str, ...] | None = None
            for start in range(end):
                before, piece = ways[start], head[start:end]
                if before is None or not self._is_part(piece + (tail if end == len(head) else ""), start, end, head):
                    continue
                if best is None or len(before) + 1 < len(best):
                    best = (*before, piece)
            ways.append(best)
        made = ways[-1]
        if made is None or len(made) < 2:
            return (word,)
        return (*made[:-1], made[-1] + tail)

    def _is_part(self, piece: str, start: int, end: int, whole: str) -> bool:
        """Whether a piece of a word is a name of its own in the document, and does not end within an index."""
        if end < len(whole) and (whole[end].isdigit() or whole[end] == "_" or piece.endswith("_")):
            return False
        if piece[0].isdigit() or piece[0] == "_" or (start, end) == (0, len(whole)):
            return False
        return key(piece) in self.names or key(piece) in self.defined


def vocabulary_of(lines: Iterable[Sequence[Token]]) -> Vocabulary:
    """The vocabulary of a document's lines of tokens."""
    spellings: dict[str, str] = {}
    functions: dict[str, tuple[str, ...]] = {}
    names: set[str] = set()
    defined: set[str] = set()
    bound: set[str] = set()
    differentials: set[str] = set()
    alone: set[str] = set()
    bare: set[str] = set()
    valued: set[str] = set()
    called: set[str] = set()
    standing: set[str] = set()
    own: dict[str, tuple[str, ...]] = {}
    """Functions of the table that the document defines, too."""
    for tokens in lines:
        for place, token in enumerate(tokens):
            if token.kind != "WORD":
                continue
            spellings.setdefault(key(token.value), token.value)
            names.update(_names_at(tokens, place))
            if _PLAIN.fullmatch(token.value):
                before_bracket = _kinds(tokens, place + 1, 1) == ["OPEN"] and not tokens[place + 1].spaced
                (called if before_bracket else standing).add(token.value)
            if (
                _kinds(tokens, place + 1, 1) not in (["OPEN"], ["WORD"])
                and not _is_primed_call(tokens, place)
                and (token.shown or not _PLAIN.fullmatch(token.value))
            ):
                bare.add(key(token.value))
            by = _bound_at(tokens, place)
            bound.update(by)
            if by and token.value[0] in DIFFERENTIALS:
                differentials.add(token.value[0])
            if (
                token.value in DIFFERENTIALS
                and _kinds(tokens, place + 1, 1) != ["WORD"]
                and not _is_in_ratio(tokens, place)
            ):
                alone.add(token.value)
            if _begins(tokens, place):
                after = _kinds(tokens, place + 1, 1)
                if after == ["RELATION"] and (token.shown or token.value not in PROSE or place == 0):
                    (valued if _kinds(tokens, place + 2, 1) == ["NUMBER"] else defined).add(key(token.value))
                head = _head(tokens, place)
                if head is not None:
                    (own if is_known(token.value) else functions).setdefault(key(token.value), head)
            if _is_primed_call(tokens, place) and not is_known(token.value):
                functions.setdefault(key(token.value), ())
            if _is_composed(tokens, place):
                functions.setdefault(key(token.value), ())
                functions.setdefault(key(tokens[place + 2].value), (key(tokens[place + 4].value),))
    whole = Vocabulary(names=frozenset(names | bound), defined=frozenset(defined))
    defined |= {name for name in valued if len(whole.cut(name)) < 2}  # wx = 2*3 is a product with values put in
    functions.update((name, head) for name, head in own.items() if name in defined and name not in functions)
    bare_defined = defined & functions.keys()
    defined -= functions.keys()
    return Vocabulary(
        MappingProxyType(spellings),
        MappingProxyType(functions),
        frozenset(names | bound),
        frozenset(defined),
        frozenset(bound),
        frozenset(differentials),
        frozenset(alone),
        frozenset(bare),
        frozenset(bare_defined),
        frozenset(word for word in called - standing - {key(n) for n in defined | bound} if len(whole.cut(word)) < 2),
    )


def _kinds(tokens: Sequence[Token], start: int, count: int) -> list[str]:
    return [token.kind for token in tokens[start : start + count]]


def _begins(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands where a formula may begin."""
    if place == 0:
        return True
    before = tokens[place - 1]
    return (
        before.kind in ("STOP", "COMMA", "TEXT", "GAP", "ARROW", "AMP", "ROW", "RELATION", "DOTS")
        or (before.kind == "WORD" and before.value.isalpha() and len(before.value) > 1 and not before.shown)
        or (before.kind == "OPEN" and before.value != "{")
        or (before.kind == "CLOSE"
        and before.value == ")"
        and tokens[place].spaced)
    )


def _head(tokens: Sequence[Token], place: int) -> tuple[str, ...] | None:
    """The variables of f(x, y) = …; None where no function is defined."""
    if _kinds(tokens, place + 1, 1) != ["OPEN"] or tokens[place + 1].value != "(":
        return None
    variables: list[str] = []
    for at, token in enumerate(tokens[place + 2 : place + 24], place + 2):
        if token.kind == "CLOSE":
            relation = tokens[at + 1] if at + 1 < len(tokens) else None
            if (
                not variables
                or relation is None
                or relation.kind != "RELATION"
                or relation.value in ("+=", "-=", "*=", "/=")
            ):
                return None
            return tuple(variables)
        if token.kind == "WORD":
            variables.append(key(token.value))
        elif token.kind == "PRIME" and variables:  # L(y', y), of a y' that is a name
            variables[-1] += "′" * len(token.value)
        elif not (token.kind == "COMMA" or (token.kind in ("STOP", "BAR") and token.value in ";|")):
            return None
    return None


def _is_primed_call(tokens: Sequence[Token], place: int) -> bool:
    """f'(z): what has a prime and an argument is a function."""
    return (
        _kinds(tokens, place + 1, 2) == ["PRIME", "OPEN"]
        and tokens[place + 2].value == "("
        and not tokens[place + 2].spaced
    )


def _is_composed(tokens: Sequence[Token], place: int) -> bool:
    """f(g(x)): letters before brackets in brackets are functions."""
    outer, inner = tokens[place], tokens[place + 2] if place + 2 < len(tokens) else None
    return (
        inner is not None
        and _kinds(tokens, place, 7) == ["WORD", "OPEN", "WORD", "OPEN", "WORD", "CLOSE", "CLOSE"]
        and tokens[place + 1].value == tokens[place + 3].value == "("
        and not (tokens[place + 1].spaced or tokens[place + 3].spaced or is_known(outer.value) or is_known(inner.value))
    )


def _names_at(tokens: Sequence[Token], place: int) -> Iterable[str]:
    """The key of a word that is a name by its shape, or by the sign beside it."""
    token = tokens[place]
    if not _PLAIN.fullmatch(token.value):
        return (key(token.value),)
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.value in PROSE and not token.shown:
        operand = (
            before is not None
            and before.kind in ("TIMES", "PLUS", "OVER", "PARTIAL", "MINUS")
            and place > 1
            and (after is None or after.kind not in ("WORD", "TEXT"))
        )
        return (key(token.value),) if operand else ()
    beside = before is not None and before.kind in _ARITHMETIC and _is_operand(tokens, place - 1)
    further = tokens[place + 2] if place + 2 < len(tokens) else None
    dash = (
        after is not None
        and after.kind == "MINUS"
        and further is not None
        and further.value in PROSE
        and not token.shown
    )
    behind = after is not None and after.kind in _ARITHMETIC and not _is_hyphen(tokens, place + 1) and not dash
    related = after is not None and after.kind == "RELATION"
    return (key(token.value),) if beside or behind or related else ()


def _bound_at(tokens: Sequence[Token], place: int) -> tuple[str, ...]:
    """The key of a name that is differentiated or differentiated by: behind ∂, or behind the d of a ratio."""
    word = tokens[place].value
    before = tokens[place - 1] if place else None
    if before is not None and before.kind == "PARTIAL":
        return (key(word),)
    if (
        before is not None
        and before.kind == "WORD"
        and before.value in DIFFERENTIALS
        and _is_in_ratio(tokens, place - 1)
    ):
        return (key(word),)
    if word[0] in DIFFERENTIALS and len(word) > 1 and _is_in_ratio(tokens, place) and word not in PROSE:
        return (key(word[1:].lstrip("_")),) if word[1:].lstrip("_") else ()
    return ()


DIFFERENTIALS = frozenset("dδΔ")
_ARITHMETIC = frozenset(("PLUS", "MINUS", "TIMES", "OVER", "POWER", "PARTIAL"))


def _is_in_ratio(tokens: Sequence[Token], place: int) -> bool:
    """Whether a differential stands above or below a stroke."""
    if (place and tokens[place - 1].kind == "OVER") or _kinds(tokens, place + 1, 1) == ["OVER"]:
        return True
    if place and tokens[place - 1].kind == "OPEN":
        return place > 1 and tokens[place - 2].kind in ("FRACTION", "CLOSE", "OVER", "ABOVE")
    return (
        _kinds(tokens, place + 2, 1) == ["OVER"]
        and place + 1 < len(tokens)
        and tokens[place + 1].kind in ("WORD", "CLOSE")
    )


def _is_hyphen(tokens: Sequence[Token], place: int) -> bool:
    """feed-forward: a minus without blanks between two words."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after is not None and after.kind == "WORD" and not after.spaced and _PLAIN.fullmatch(after.value) is not None


def _is_operand(tokens: Sequence[Token], place: int) -> bool:
    """Whether the operator at a place is one: a hyphen and a bullet are none."""
    token = tokens[place]
    if token.kind != "MINUS":
        return place > 0
    if place == 0:
        return False
    before, after = tokens[place - 1], tokens[place + 1] if place + 1 < len(tokens) else None
    word = before.kind == "WORD" and _PLAIN.fullmatch(before.value) is not None and not before.shown
    return not (word and not token.spaced and after is not None and not after.spaced)


def labels_of(lines: Iterable[Sequence[Token]]) -> Labels:
    """What stands above names without being a power, seen from the whole document.

    A numeral is a label where one name bears ^1 or ^0: nobody writes these powers; or many, where none stands beside
    the name alone, as in a polynomial of x; and beside such a name, above each that never stands without one. A letter
    is one where it stands above names, alone or with ±1, and is never an operand itself.
    """
    above: dict[str, set[str]] = {}
    operands: set[str] = set()
    powers: set[str] = set()
    plain: set[str] = set()
    for tokens in lines:
        powers.update(_powers(tokens))
        plain.update(_plain(tokens))
        related = any(token.kind == "RELATION" for token in tokens)
        for place, token in enumerate(tokens):
            if token.kind != "WORD":
                continue
            if token.shown and _PLAIN.fullmatch(token.value) and not is_known(token.value) and token.value not in PROSE:
                operands.update(token.value)  # cn is a product of letters
            if related and _is_operand_word(tokens, place) and not _opens_power(tokens, place):
                operands.add(key(token.value))
            if _kinds(tokens, place + 1, 1) == ["POWER"]:
                exponent = _exponent(tokens, place + 2)
                if exponent:
                    above.setdefault(token.value, set()).add(exponent)
    letters = {e[0] for word, signs in above.items() if word != "e" for e in signs if e[0].isalpha()}
    bases = {
        w
        for w, signs in above.items()
        if w != "e" and (signs & {"1", "0"} or (len(signs & set("1234")) > 2 and w not in powers))
    }
    counted = {w for w, signs in above.items() if w != "e" and signs & set("1234") and key(w) not in plain}
    return Labels(frozenset(letters - operands - {"T"}), frozenset(bases | counted if bases else bases))


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    """The keys of the names that stand without anything above, or are differentiated by so."""
    for place, token in enumerate(tokens):
        if token.kind == "WORD" and _kinds(tokens, place + 1, 1) != ["POWER"]:
            yield from (key(token.value), *_bound_at(tokens, place))


def _powers(tokens: Sequence[Token]) -> Iterator[str]:
    """The names that one line has with a numeral above and without: f(x) = x^4 + x^3, d/dx x^4, x^3 - 2x."""
    words = [place for place, token in enumerate(tokens) if token.kind == "WORD"]
    alone: set[str] = set()
    for place in words:
        if _kinds(tokens, place + 1, 1) == ["POWER"]:
            continue
        bracketed = place > 0 and tokens[place - 1].kind == "OPEN" and _kinds(tokens, place + 1, 1) == ["CLOSE"]
        alone.update(_bound_at(tokens, place))
        alone.update((key(tokens[place].value),) if bracketed or _is_operand_word(tokens, place) else ())
    yield from (
        tokens[place].value
        for place in words
        if _kinds(tokens, place + 1, 1) == ["POWER"] and key(tokens[place].value) in alone
    )


def _is_operand_word(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands beside an operator or another operand, not alone before or behind a relation."""
    before = tokens[place - 1].kind if place else ""
    after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
    if before == "POWER":
        return False
    operators = ("PLUS", "TIMES", "OVER", "FRACTION")
    return before in operators or after in operators or (before == "WORD" and tokens[place].shown) or before == "NUMBER"


def _opens_power(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands in the brackets of an exponent."""
    while place > 0 and tokens[place].kind not in ("POWER",):
        if tokens[place].kind in ("RELATION", "CLOSE", "OVER"):
            return False
        place -= 1
    return place > 0 or (bool(tokens) and tokens[0].kind == "POWER")


def _exponent(tokens: Sequence[Token], place: int) -> str:
    """A short exponent as text: `2`, `l`, `l-1`; empty for any other."""
    inside = list(tokens[place : place + 6])
    if inside and inside[0].kind == "OPEN":
        close = next((at for at, token in enumerate(inside) if token.kind == "CLOSE"), None)
        if close is None:
            return ""
        inside = inside[1:close]
    else:
        inside = inside[:1]
    text = "".join(token.value for token in inside)
    return text if re.fullmatch(r"[A-Za-z](?:[+-]\d)?|\d", text) else ""
