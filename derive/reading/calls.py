"""Functions that a document defines, f(x, y) = x*y: each is in sight from there until it is defined anew."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from derive.claim import Called, Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.formula import read_over
from derive.reading.functions import FURTHER, NOT_READ
from derive.reading.items import FOREIGN
from derive.reading.sights import LETTER, NOTHING, Rule, Sight
from derive.reading.spelling import Spelled
from derive.reading.statements import Statement
from derive.reading.tokens import word as pieces_of
from derive.reading.vocabulary import CONSTANTS, Resolving, cut

_LEFT = re.compile(r"([^\W\d]\w*)\s*\(\s*([^\W\d_]\w*(?:\s*,\s*[^\W\d_]\w*)*)\s*\)\Z")
_APPLIED = re.compile(r"(?<!\w)([^\W\d_])'*\(\s*([^\W\d_]\w*)\s*\)")
_SHORT_PRODUCT = 3
_MOST_FUNCTIONS = 100
_NO_LETTERS = frozenset(("d", *CONSTANTS, *FURTHER, *NOT_READ))


class Calling(Struct, frozen=True):
    """Known names, the functions that a document defines, and their letters."""

    known: Resolving
    functions: frozenset[str]
    letters: frozenset[str]

    def resolve(self, written: str) -> tuple[str, ...] | None:
        """The names that a word writes: known ones first, then the functions' letters."""
        found = self.known.resolve(written)
        if found is not None or written in self.letters:
            return found or (written,)
        return cut(written, self._letter) if len(written) <= _SHORT_PRODUCT or "_" in written else None

    def _letter(self, written: str) -> str | None:
        if written in self.letters:
            return written
        found = self.known.resolve(written) if LETTER.fullmatch(written) else None
        return found[0] if found is not None and len(found) == 1 else None


class _Body(Struct, frozen=True):
    """Known names, and every letter with its index as itself: what a function's body is written in."""

    known: Resolving
    functions: frozenset[str]
    parameters: frozenset[str]

    def resolve(self, written: str) -> tuple[str, ...] | None:
        if written in self.parameters:
            return (written,)
        found = self.known.resolve(written)
        if found is not None or written in _NO_LETTERS:
            return found
        if LETTER.fullmatch(written):
            return (written,)
        parts = cut(written, lambda part: part if LETTER.fullmatch(part) else None)
        return parts if parts is not None and ("_" in written or len(parts) <= _SHORT_PRODUCT) else None


def with_sight(statements: Iterable[Statement], names: Spelled, sight: Sight = NOTHING) -> Iterator[Statement]:
    """Every statement with the functions in its sight, and with the one that it defines itself, if any.

    `sight` are those known from the start. Names of the network and functions that every reader knows are none.
    """
    for statement in statements:
        rule = None if len(sight.rules) > _MOST_FUNCTIONS else _defined(statement, names, sight)
        if rule is not None:
            for unsaid in _unsaid(statement.members[1].text, rule.parameters, names, sight):
                sight = sight.defined(unsaid)
            before = sight.rule(rule.name, len(rule.parameters))
            sight = sight.defined(rule)
            yield replace(statement, sight=sight, defines=rule, before=before)
        else:
            sight = _said_again(statement, names, sight)
            yield replace(statement, sight=sight) if sight else statement


def _said_again(statement: Statement, names: Spelled, sight: Sight) -> Sight:
    """f = q*z says f(x, y, z) in q too, so that there is a ∂f/∂q."""
    word = statement.members[0].text.strip()
    rule = sight.rule(word)
    if rule is None or rule.body is None or len(statement.members) < 2 or statement.lacks_equals:
        return sight
    try:
        way = read_over(statement.members[1].text, Calling(names, sight.words, sight.letters))
    except DeriveError:
        return sight
    new = way.free_symbols - set(map(symbol, rule.parameters))
    return sight.saying(word, way) if new and not way.has(Partial, Called) else sight


def _defined(statement: Statement, names: Spelled, sight: Sight) -> Rule | None:
    """The function that a statement defines; of one whose body is not read only the name is known."""
    match = _LEFT.match(statement.members[0].text.strip())
    if match is None or len(statement.members) < 2 or match.group(1) in ("d", "D"):
        return None
    name, written = match.group(1), tuple(re.split(r"\s*,\s*", match.group(2)))
    pieces = pieces_of(name, 0, names)
    taken = names.is_networks(names.find(name) or "") or (pieces and pieces[0].kind == "FUNCTION")
    if taken or len(set(written)) < len(written):
        return None
    parameters = tuple((names.resolve(word) or (word,))[0] for word in written)
    if FOREIGN.search(statement.members[1].text) or statement.cut[1]:
        return Rule(name, parameters, foreign=True)
    unsaid = tuple(_unsaid(statement.members[1].text, written, names, sight))
    within = Sight((*sight.rules, *unsaid), sight.letters)
    try:
        read = read_over(statement.members[1].text, _Body(names, within.words - {name}, frozenset(parameters)))
        (body, *others) = within.opened(read)
    except DeriveError:
        return Rule(name, parameters, foreign=True)
    if body.has(Partial):  # f(x) = x*∂g/∂x
        return Rule(name, parameters, foreign=True)
    if others or (not body.free_symbols and sight.rule(name) is not None):
        return None  # f(x, y) = -12 is its value
    return Rule(name, parameters, body)


def _unsaid(body: str, parameters: tuple[str, ...], names: Spelled, sight: Sight) -> Iterator[Rule]:
    """f and g in h(x) = f(x)/g(x): functions of which nothing is said, applied to the letter alone."""
    for match in _APPLIED.finditer(body):
        word, letter = match.groups()
        known = word in parameters or sight.rule(word, 1) is not None or names.resolve(word) is not None
        if letter in parameters and not known and not pieces_of(word, 0, names):
            yield Rule(word, (letter,))
