"""What a document defines: every `name = expression` of it, over known names and over words that look like names."""

import re
from collections.abc import Iterable, Iterator, Mapping

import sympy as sp
from msgspec import Struct

from derive.claim import Partial
from derive.errors import DeriveError
from derive.reading.formula import read_over
from derive.reading.functions import FURTHER
from derive.reading.items import FOREIGN
from derive.reading.mending import TWO_READINGS
from derive.reading.notation import SUBSCRIPTS
from derive.reading.spelling import Spelled, key, looks_like, role_of, updated
from derive.reading.statements import Statement
from derive.reading.tokens import word as pieces_of
from derive.reading.vocabulary import Resolving

WORD = re.compile(r"[^\W\d]\w*⁺?\Z")
_NAME_LIKE = re.compile(r"\w*\d|\w+_\w+|[^\W\d_]{1,12}")
_NO_NAMES = frozenset(("d", "e", *FURTHER))
_DIFFERENCE = re.compile(r"[(\[{]\s*([^\W\d]\w*)\s*-\s*([^\W\d]\w*)\s*[)\]}]")


class Defined(Struct, frozen=True):
    """`name = expression` as a document has it."""

    written: str
    expression: sp.Expr
    place: int = 0
    """Where it stands: several definitions of a chain stand at one place."""


class Open(Struct, frozen=True):
    """Known names, and every word that looks like a name as itself."""

    known: Spelled
    raw: bool = False

    def resolve(self, written: str) -> tuple[str, ...] | None:
        found = self.known.resolve(written)
        if found is not None and (len(found) > 1 or not self.raw):
            return found
        if found is None and self.known.find(written) is None and self.known.is_product(written):
            return tuple(key(one) if self.raw else self.known.find(one) or one for one in written)
        if found is not None or (_NAME_LIKE.fullmatch(written) and written not in _NO_NAMES):
            return (key(written) if self.raw else written,)
        return None


def latest_of(definitions: tuple[Defined, ...], names: Spelled, at: int) -> Iterator[Defined]:
    """The definitions, those first that hold at a place: of each name the last one up to there."""
    last: dict[str, int] = {}
    for one in definitions:
        if one.place <= at:
            last[names.find(one.written) or one.written] = one.place
    yield from (one for one in definitions if last.get(names.find(one.written) or one.written) == one.place)
    yield from (one for one in definitions if last.get(names.find(one.written) or one.written) != one.place)


def revised_in(definitions: Iterable[Defined], names: Spelled, own: frozenset[str]) -> Iterator[int]:
    """The places where a name of the document's own gets another body than before."""
    before: dict[str, Defined] = {}
    for one in definitions:
        name = names.find(one.written) or one.written
        if name not in own or one.expression.has(Partial):
            continue
        last = before.get(name)
        if last is not None and last.place != one.place and last.expression.doit() != one.expression.doit():
            yield one.place
        if last is None or last.place != one.place:
            before[name] = one


def beyond_reading(statements: Iterable[Statement], seen: tuple[str, ...], names: Spelled) -> Iterator[tuple[str, str]]:
    """Spellings that the document defines by a sum over samples or the like, and never otherwise: they are not ours."""
    beyond: set[str] = set()
    read: set[str] = set()
    for statement in statements:
        written = statement.members[0].text.strip()
        name = names.find(written) if WORD.match(written) else None
        if name in names.network.definitions and len(statement.members) > 1:
            foreign = any(FOREIGN.search(member.text) for member in statement.members[1:])
            if foreign:
                beyond.add(key(written))
            elif any(re.search(r"[^\W\d]", member.text) for member in statement.members[1:]):
                read.add(key(written))
    for word in seen:
        if key(word) in beyond - read:
            yield key(word), ""


def has_bias(one: Defined) -> bool:
    """Whether a weighted sum has a bias."""
    roles = [(role_of(s.name) or ("",))[0] for s in one.expression.free_symbols]
    return one.expression.is_Add and "bias" in roles and "weight" in roles


def definitions_in(statements: Iterable[Statement], names: Resolving) -> Iterator[Defined]:
    """Every `name = expression` whose name is one word and whose expression is more than a number."""
    for statement in statements:
        written = statement.members[0].text.strip()
        if not WORD.match(written) or updated(written) or statement.lacks_equals:
            continue
        for member in statement.members[1:]:
            if _calls_unknown(member.text, names) or TWO_READINGS.search(member.text):
                continue
            try:
                expression = read_over(member.text, names)
            except DeriveError:
                continue
            if expression.free_symbols and not expression.is_Symbol:
                yield Defined(written, expression, statement.members[0].place(0))


def _calls_unknown(text: str, names: Resolving) -> bool:
    """Whether a text applies a function that no one knows: activation(h1)."""
    called = re.findall(r"(?<![\w\\])([A-Za-z]{2,}|[fgFGφψ])\(", text)
    return any(not (found := pieces_of(name, 0, names)) or found[0].kind == "NAME" for name in called)


def differences(statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """(one name, the other) of each difference of two names in brackets, both ways round."""
    for statement in statements:
        for member in statement.members:
            text = "".join(SUBSCRIPTS.get(char, char) for char in member.text)
            for one, other in _DIFFERENCE.findall(text):
                yield one, other
                yield other, one


def typed_alike(
    definitions: Iterable[Defined], spellings: Mapping[str, tuple[str, ...]], names: Spelled
) -> Iterator[tuple[str, str]]:
    """A document that defines a_01 means a_o1 by it throughout."""
    for one in definitions:
        found = looks_like(one.written, spellings) if names.find(one.written) is None else ()
        if len(found) == 1:
            yield key(one.written), found[0]
