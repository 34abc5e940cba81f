"""The sides of an equality, read: as written where that can be read, else mended, with what a reading must know."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from derive.checking.intended import Intended
from derive.checking.resolving import Slopes
from derive.errors import DeriveError
from derive.reading.calls import Calling
from derive.reading.items import FOREIGN
from derive.reading.mending import MOST_ATTEMPTS, Reading, readings
from derive.reading.repairs import Scope
from derive.reading.sights import Sight
from derive.reading.spelling import key
from derive.reading.statements import Statement
from derive.reading.traced import Traced

NO_SCALAR = "a sum over indices or samples, a matrix or a limit: only scalar notation is read"
CUT = "words or a comparison stand within the formula"
_WORDS = re.compile(r"(?<![^\W\d])[^\W\d]\w*|(?<=d)[^\W\d]\w*")
_MOST_FAULTS = 300
"""After so many lines that cannot be read, a document's lines are no longer mended."""
_LETTERS = re.compile(r"(?<!\w)d?([A-Za-zα-ωΑ-Ω])(?![\w(])")


class Member(Struct, frozen=True):
    """One side of an equality as read: its ways of reading, or why there is none."""

    traced: Traced
    readings: tuple[Reading, ...] = ()
    fault: str = ""
    calls: bool = False
    """Whether it has a function of the document's own, so that a number can be what it comes to."""

    @property
    def text(self) -> str:
        """The linear text."""
        return self.traced.text.strip()


@dataclass(frozen=True)
class Reader:
    """The members of a document's statements, each text read once."""

    intended: Intended
    slopes: Slopes
    _sights: dict[int, tuple[Sight, Scope]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _letters: dict[tuple[int, frozenset[str]], Scope] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _read_before: dict[tuple[str, int], tuple[Reading, ...] | str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _faults: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    def read(self, traced: Traced, statement: Statement, wider: Callable[[], Scope], *, cut: bool = False) -> Member:
        if FOREIGN.search(traced.text):
            return Member(traced, fault=NO_SCALAR)
        if cut:
            return Member(traced, fault=CUT)
        sight = statement.sight
        found = self._ways(traced.text, self._scopes(sight))
        if isinstance(found, str):
            scope = wider()
            again = self._ways(traced.text, scope) if scope is not self._scopes(sight) else found
            if isinstance(again, str):
                return Member(traced, fault=self._summed(traced.text) or found)
            found = again
        try:
            opened = tuple(
                replace(r, expression=self.slopes.told(e)) for r in found for e in sight.opened(r.expression)
            )
            return Member(traced, opened, calls=opened != found)
        except DeriveError as error:
            return Member(traced, fault=str(error))

    def _summed(self, text: str) -> str:
        """Why a text is not read whose words the document defines by a sum over samples, or the like."""
        words = [word for word in dict.fromkeys(_WORDS.findall(text)) if key(word) in self.intended.beyond]
        return f"{words[0]} is {NO_SCALAR}" if words else ""

    def _scopes(self, sight: Sight) -> Scope:
        """What may be read where functions of the document are in sight."""
        if id(sight) not in self._sights:
            names = self.intended.names
            calling = Calling(names, sight.words, sight.letters) if sight else names
            self._sights[id(sight)] = sight, replace(self.intended.scope, names=calling)
        return self._sights[id(sight)][1]

    def _ways(self, text: str, scope: Scope) -> tuple[Reading, ...] | str:
        """The ways to read a text, or why there is none; the same text is read once."""
        place = (text, id(scope))
        if place not in self._read_before:
            attempts = MOST_ATTEMPTS if len(self._faults) < _MOST_FAULTS else 0
            try:
                self._read_before[place] = readings(text, scope, attempts)
            except DeriveError as error:
                self._faults.append(text)
                self._read_before[place] = str(error)
        return self._read_before[place]

    def wider(self, statement: Statement) -> Scope:
        """What may be read in a statement: the document's names, and its own letters as in σ(x) = 1/(1 + exp(-x))."""
        scope = self._scopes(statement.sight)
        used = Counter(letter for member in statement.members for letter in set(_LETTERS.findall(member.text)))
        known = scope.names.resolve
        letters = frozenset(n for n, count in used.items() if count > 1 and known(n) is None and n not in "de")
        if not letters or len(letters) > 3:
            return scope
        place = id(scope), letters
        if place not in self._letters:
            own = self.intended.names.with_own({letter: letter for letter in letters})
            names = Calling(own, statement.sight.words, statement.sight.letters) if statement.sight else own
            self._letters[place] = replace(scope, names=names)
        return self._letters[place]
